//! What was seen of the newest messages, and what differs from that.

use std::collections::HashMap;

use crate::model::event::{Event, EventKind};
use crate::model::ids::MessageId;
use crate::model::message::MessageStatus;
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::Revision;

/// How a message was seen last.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    status: MessageStatus,
    attempts: u32,
}

/// The newest messages as they were seen last.
#[derive(Default)]
pub(super) struct Seen {
    messages: HashMap<MessageId, State>,
    revision: Option<Revision>,
}

fn state_after(kind: EventKind) -> Option<MessageStatus> {
    match kind {
        EventKind::MessageDelivered => Some(MessageStatus::Succeeded),
        EventKind::AttemptFailed => Some(MessageStatus::PendingRetry),
        EventKind::MessageDead => Some(MessageStatus::FailedPermanent),
        EventKind::MessageAccepted
        | EventKind::AttemptStarted
        | EventKind::EndpointChanged
        | EventKind::NotDelivering => None,
    }
}

impl Seen {
    /// Tells what this process's own loop says of messages that were seen, and returns what it says of others.
    pub(super) fn own(&mut self, own: Vec<Event>, told: &mut Vec<Event>) -> Vec<Event> {
        let mut others = Vec::new();
        for event in own {
            let known = event.message_id.and_then(|id| self.messages.get_mut(&id));
            match (known, event.attempt_no, state_after(event.kind)) {
                (Some(known), Some(attempts), Some(status)) => {
                    *known = State { status, attempts };
                    told.push(event);
                }
                (None, ..) if event.message_id.is_some() => others.push(event),
                _ => told.push(event),
            }
        }
        others
    }

    /// What the own loop says of messages that no look has told of: they are older than those that are compared.
    pub(super) fn others(&self, own: Vec<Event>) -> impl Iterator<Item = Event> + '_ {
        own.into_iter().filter(|event| {
            let known = event.message_id.and_then(|id| self.messages.get(&id));
            known.is_none_or(|known| event.attempt_no.is_some_and(|attempt| known.attempts < attempt))
        })
    }

    /// Compares the newest messages, newest first, with those that were seen, and tells what differs. Returns whether
    /// messages may have come and gone unseen; `is_full` says that there are more than these.
    pub(super) fn look(
        &mut self,
        newest: &[MessageSummary],
        revision: Revision,
        is_full: bool,
        told: &mut Vec<Event>,
    ) -> bool {
        let is_first = self.revision.is_none();
        if self.revision.replace(revision).is_some_and(|before| before != revision) {
            told.push(plain(EventKind::EndpointChanged, Timestamp::now()));
        }
        let fresh =
            newest.iter().take_while(|message| !self.messages.contains_key(&message.message_id)).count();
        let mut messages = HashMap::with_capacity(newest.len());
        for (age, message) in newest.iter().enumerate().rev() {
            let state = State { status: message.status, attempts: message.attempt_count };
            if !is_first {
                let before = self.messages.get(&message.message_id).copied();
                if before.is_none() && age < fresh {
                    told.push(of(EventKind::MessageAccepted, message, None, message.created_at));
                }
                // What was below the compared ones before is not new, and how it was is not known.
                let is_compared = before.is_some() || age < fresh;
                let differs = is_compared && before != Some(state);
                told.extend(differs.then(|| change(message, before)).flatten());
            }
            messages.insert(message.message_id, state);
        }
        let gap = !is_first && is_full && fresh == newest.len();
        self.messages = messages;
        gap
    }
}

/// The event that led to a message's state.
fn change(message: &MessageSummary, before: Option<State>) -> Option<Event> {
    let (attempts, now) = (message.attempt_count, Timestamp::now());
    match message.status {
        MessageStatus::Delivering => Some(of(EventKind::AttemptStarted, message, Some(attempts + 1), now)),
        MessageStatus::Succeeded => {
            let at = message.delivered_at.unwrap_or(now);
            Some(of(EventKind::MessageDelivered, message, Some(attempts), at))
        }
        MessageStatus::FailedPermanent => {
            Some(of(EventKind::MessageDead, message, Some(attempts), message.failed_at.unwrap_or(now)))
        }
        MessageStatus::PendingRetry => {
            let has_failed = attempts > before.map_or(0, |before| before.attempts);
            has_failed.then(|| of(EventKind::AttemptFailed, message, Some(attempts), now))
        }
        MessageStatus::Queued => None,
    }
}

fn plain(kind: EventKind, occurred_at: Timestamp) -> Event {
    Event {
        kind,
        message_id: None,
        endpoint_id: None,
        attempt_no: None,
        response_status: None,
        error_text: None,
        next_attempt_at: None,
        occurred_at,
    }
}

fn of(kind: EventKind, message: &MessageSummary, attempt_no: Option<u32>, occurred_at: Timestamp) -> Event {
    let failed = matches!(kind, EventKind::AttemptFailed | EventKind::MessageDead);
    let answered = failed || kind == EventKind::MessageDelivered;
    Event {
        message_id: Some(message.message_id),
        endpoint_id: message.endpoint_id,
        attempt_no,
        response_status: message.response_status.filter(|_| answered),
        error_text: message.last_error.clone().filter(|_| failed),
        next_attempt_at: message.next_attempt_at.filter(|_| failed),
        ..plain(kind, occurred_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::EndpointId;

    fn message(number: u8, status: MessageStatus, attempts: u32) -> MessageSummary {
        MessageSummary {
            message_id: MessageId::from_bytes([number; 16]),
            endpoint: String::new(),
            status,
            attempt_count: attempts,
            created_at: Timestamp::from_millis(i64::from(number)),
            delivered_at: None,
            next_attempt_at: None,
            response_status: None,
            response_latency_ms: None,
            last_error: Some("refused".to_owned()),
            deleted_at: None,
            failed_at: None,
            endpoint_id: Some(EndpointId::from_bytes([1; 16])),
        }
    }

    fn own(number: u8, kind: EventKind, attempt_no: u32) -> Event {
        Event {
            message_id: Some(MessageId::from_bytes([number; 16])),
            attempt_no: Some(attempt_no),
            ..plain(kind, Timestamp::from_millis(0))
        }
    }

    /// Each step of a watch: what the own loop says, and the newest messages. The answer: kinds with the message's number.
    fn watched(
        seen: &mut Seen,
        said: Vec<Event>,
        newest: &[MessageSummary],
        full: bool,
    ) -> (Vec<(EventKind, u8)>, bool) {
        let mut told = Vec::new();
        let later = seen.own(said, &mut told);
        let gap = seen.look(newest, Revision(1), full, &mut told);
        told.extend(seen.others(later).collect::<Vec<_>>());
        let number = |event: &Event| event.message_id.map_or(0, |id| id.as_bytes()[0]);
        (told.iter().map(|event| (event.kind, number(event))).collect(), gap)
    }

    #[test]
    fn what_differs_is_told_once_and_in_order() {
        use EventKind::{AttemptFailed, AttemptStarted, MessageAccepted, MessageDead, MessageDelivered};
        use MessageStatus::{Delivering, FailedPermanent, PendingRetry, Queued, Succeeded};
        let mut seen = Seen::default();
        // The first look tells nothing.
        assert_eq!(watched(&mut seen, Vec::new(), &[message(2, Queued, 0)], false), (Vec::new(), false));
        // A new message, and one whose attempt began.
        let (told, gap) =
            watched(&mut seen, Vec::new(), &[message(3, Queued, 0), message(2, Delivering, 0)], false);
        assert_eq!((told, gap), (vec![(AttemptStarted, 2), (MessageAccepted, 3)], false));
        // The own loop says it, and the look does not say it again.
        let (told, _) = watched(
            &mut seen,
            vec![own(2, MessageDelivered, 1)],
            &[message(3, PendingRetry, 1), message(2, Succeeded, 1)],
            false,
        );
        assert_eq!(told, [(MessageDelivered, 2), (AttemptFailed, 3)]);
        // Accepted and delivered between two looks: accepted comes first, and delivered once.
        let (told, _) = watched(
            &mut seen,
            vec![own(4, MessageDelivered, 1)],
            &[message(4, Succeeded, 1), message(3, FailedPermanent, 2), message(2, Succeeded, 1)],
            false,
        );
        assert_eq!(told, [(MessageDead, 3), (MessageAccepted, 4), (MessageDelivered, 4)]);
        // An old message that is not among the newest is told by the own loop alone.
        let (told, _) =
            watched(&mut seen, vec![own(1, MessageDelivered, 7)], &[message(4, Succeeded, 1)], false);
        assert_eq!(told, [(MessageDelivered, 1)]);
        // One that comes into view from below is not new.
        let (told, _) =
            watched(&mut seen, Vec::new(), &[message(4, Succeeded, 1), message(1, Succeeded, 7)], false);
        assert_eq!(told, []);
        // Nothing that was seen is left: there is a gap where there are more, and none where the outbox was emptied.
        assert!(watched(&mut seen, Vec::new(), &[message(9, Queued, 0)], true).1);
        assert!(!watched(&mut seen, Vec::new(), &[], false).1);
    }

    #[test]
    fn an_edit_is_told_without_saying_whose() {
        let mut seen = Seen::default();
        let mut told = Vec::new();
        seen.look(&[], Revision(1), false, &mut told);
        seen.look(&[], Revision(1), false, &mut told);
        assert_eq!(told, []);
        seen.look(&[], Revision(2), false, &mut told);
        assert_eq!(told.iter().map(|event| event.kind).collect::<Vec<_>>(), [EventKind::EndpointChanged]);
    }
}
