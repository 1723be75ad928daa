//! What was seen of the newest messages, and what differs from that.

use std::collections::HashMap;

use crate::model::event::{Event, EventKind};
use crate::model::event_type::EventType;
use crate::model::ids::MessageId;
use crate::model::message::MessageStatus;
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::Revision;

/// How a message was seen last, and what was told of it.
#[derive(Clone, Copy)]
struct Known {
    status: MessageStatus,
    /// The last attempt whose end was told.
    ended: u32,
    /// The last attempt whose beginning was told.
    begun: u32,
}

impl Known {
    fn of(message: &MessageSummary) -> Self {
        let attempts = message.attempt_count;
        Self { status: message.status, ended: attempts, begun: attempts }
    }

    /// Whether the end of this attempt was not told yet; from now on it was.
    fn ends(&mut self, attempt: u32) -> bool {
        let is_new = attempt > self.ended;
        self.ended = self.ended.max(attempt);
        is_new
    }
}

/// What the own loop says of messages that were not seen yet.
pub(super) type Unseen = HashMap<MessageId, Vec<Event>>;

/// The newest messages as they were seen last.
#[derive(Default)]
pub(super) struct Seen {
    messages: HashMap<MessageId, Known>,
    revision: Option<Revision>,
}

impl Seen {
    /// Tells what this process's own loop says of messages that were seen, and returns what it says of others.
    pub(super) fn own(&mut self, own: Vec<Event>, told: &mut Vec<Event>) -> Unseen {
        let mut unseen = Unseen::new();
        for event in own {
            let (Some(id), Some(attempt)) = (event.message_id, event.attempt_no) else {
                told.push(event);
                continue;
            };
            match self.messages.get_mut(&id) {
                Some(known) => told.extend(known.ends(attempt).then_some(event)),
                None => unseen.entry(id).or_default().push(event),
            }
        }
        unseen
    }

    /// Compares the newest messages, newest first, with those that were seen, and tells what differs. Returns whether
    /// messages may have come and gone unseen; `is_full` says that there are more than these.
    pub(super) fn look(
        &mut self,
        newest: &[MessageSummary],
        revision: Revision,
        is_full: bool,
        mut unseen: Unseen,
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
            let id = message.message_id;
            let known = match self.messages.get(&id) {
                Some(known) => compare(*known, message, told),
                None if is_first || age >= fresh => Known::of(message),
                None => {
                    told.push(of(EventKind::MessageAccepted, message, None, message.created_at));
                    let mut known = Known { status: MessageStatus::Queued, ended: 0, begun: 0 };
                    for event in unseen.remove(&id).into_iter().flatten() {
                        told.extend(
                            event.attempt_no.is_some_and(|attempt| known.ends(attempt)).then_some(event),
                        );
                    }
                    compare(known, message, told)
                }
            };
            messages.insert(id, known);
        }
        // They are older than those that are compared.
        told.extend(unseen.into_values().flatten());
        let gap = !is_first && is_full && fresh == newest.len();
        self.messages = messages;
        gap
    }
}

/// Tells what has happened to a message since it was known.
fn compare(mut known: Known, message: &MessageSummary, told: &mut Vec<Event>) -> Known {
    let (attempts, now) = (message.attempt_count, Timestamp::now());
    let has_changed = known.status != message.status;
    known.status = message.status;
    let has_ended = known.ends(attempts);
    let event = match message.status {
        MessageStatus::Delivering => {
            let begins = attempts + 1 > known.begun;
            known.begun = known.begun.max(attempts + 1);
            begins.then(|| of(EventKind::AttemptStarted, message, Some(attempts + 1), now))
        }
        MessageStatus::Succeeded => {
            let at = message.delivered_at.unwrap_or(now);
            has_ended.then(|| of(EventKind::MessageDelivered, message, Some(attempts), at))
        }
        MessageStatus::PendingRetry => {
            has_ended.then(|| of(EventKind::AttemptFailed, message, Some(attempts), now))
        }
        // It is also given up without an attempt, by whoever cancels it.
        MessageStatus::FailedPermanent => (has_ended
            || (has_changed && known.ended == attempts && !was_told(told, message)))
        .then(|| of(EventKind::MessageDead, message, Some(attempts), message.failed_at.unwrap_or(now))),
        MessageStatus::Queued => None,
    };
    told.extend(event);
    known
}

/// Whether the end of a message was told just now.
fn was_told(told: &[Event], message: &MessageSummary) -> bool {
    told.iter()
        .any(|event| event.message_id == Some(message.message_id) && event.kind == EventKind::MessageDead)
}

fn plain(kind: EventKind, occurred_at: Timestamp) -> Event {
    Event {
        kind,
        message_id: None,
        endpoint_id: None,
        event_type: None,
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
        event_type: message.event_type.clone().map(EventType::stored),
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
            event_type: None,
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
        let unseen = seen.own(said, &mut told);
        let gap = seen.look(newest, Revision(1), full, unseen, &mut told);
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
        // The look was faster than the own loop, which says it again.
        let (told, _) = watched(
            &mut seen,
            Vec::new(),
            &[message(5, PendingRetry, 1), message(4, Succeeded, 1), message(3, FailedPermanent, 2)],
            false,
        );
        assert_eq!(told, [(MessageAccepted, 5), (AttemptFailed, 5)]);
        let (told, _) = watched(
            &mut seen,
            vec![own(5, AttemptFailed, 1)],
            &[message(5, PendingRetry, 1), message(4, Succeeded, 1)],
            false,
        );
        assert_eq!(told, []);
        // Two attempts between two looks: the own loop tells both.
        let (told, _) = watched(
            &mut seen,
            vec![own(6, AttemptFailed, 1), own(6, MessageDelivered, 2)],
            &[message(6, Succeeded, 2), message(5, PendingRetry, 1), message(4, Succeeded, 1)],
            false,
        );
        assert_eq!(told, [(MessageAccepted, 6), (AttemptFailed, 6), (MessageDelivered, 6)]);
        // One that was cancelled is dead without an attempt, and told once.
        let cancelled = [message(6, Succeeded, 2), message(5, FailedPermanent, 1), message(4, Succeeded, 1)];
        assert_eq!(watched(&mut seen, Vec::new(), &cancelled, false).0, [(MessageDead, 5)]);
        assert_eq!(watched(&mut seen, Vec::new(), &cancelled, false).0, []);
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
        seen.look(&[], Revision(1), false, Unseen::new(), &mut told);
        seen.look(&[], Revision(1), false, Unseen::new(), &mut told);
        assert_eq!(told, []);
        seen.look(&[], Revision(2), false, Unseen::new(), &mut told);
        assert_eq!(told.iter().map(|event| event.kind).collect::<Vec<_>>(), [EventKind::EndpointChanged]);
    }
}
