//! The row of a message, for stores that read it whole, and what attempts and commands make of it.

use std::sync::Arc;
use std::time::Duration;

use crate::model::attempt::RetryType;
use crate::model::event_record::OfEvent;
use crate::model::hex;
use crate::model::ids::{ApiKeyId, EndpointId, MessageId};
use crate::model::message::{CONTENT_TYPE, Message, MessageStatus, PROJECT_ID};
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::command::Decision;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::events::EventKey;
use crate::outbox::link::{EXPIRED, PAYLOAD_WENT};
use crate::outbox::messages::{Filter, Found, payload_expiry};
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::{Timing, due_at};

/// Where a message with an ordering key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Front,
    Behind,
}

/// The row of a message. `P` is what the store keeps of its payload there.
#[derive(Clone, Debug)]
pub(crate) struct StoredMessage<P> {
    pub id: MessageId,
    pub lane: LaneKey,
    pub status: MessageStatus,
    /// Set only while the message waits in no order behind another (`outbox/due_at.rs`).
    pub due_at: Option<i64>,
    pub attempt_count: u32,
    pub schedule_start: u32,
    pub epoch: i64,
    pub replay_count: u32,
    pub retry_type: Option<RetryType>,
    pub size_bytes: u64,
    pub payload_sha256: [u8; 32],
    pub idempotency_key: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub retention_hours: Option<u32>,
    /// The payload's own expiry, if it has one.
    pub payload_expires_at: Option<Timestamp>,
    pub first_attempt_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
    pub last_error: Option<String>,
    pub response_status: Option<u16>,
    pub response_latency_ms: Option<u32>,
    pub deleted_at: Option<Timestamp>,
    pub deleted_by: Option<ApiKeyId>,
    pub payload: Option<P>,
    pub event: Option<EventKey>,
    pub of_event: Option<Arc<OfEvent>>,
    pub ordering_key: Option<String>,
    pub place: Option<Place>,
    /// When it will be due once it is in front; set while it waits behind another.
    pub held_due_at: Option<i64>,
    pub timing: Timing,
}

impl<P> StoredMessage<P> {
    /// Writes what every recorded attempt leaves.
    fn note_attempt(&mut self, ended: &EndedAttempt, now: Timestamp) {
        let attempt = &ended.attempt;
        self.attempt_count = self.attempt_count.max(attempt.attempt_no);
        self.updated_at = now;
        self.first_attempt_at = self.first_attempt_at.or(Some(attempt.created_at));
        self.response_status = attempt.response_status;
        self.response_latency_ms = attempt.response_latency_ms;
    }

    /// Takes the outcome of an attempt. True where an operation has overtaken it: the message was cancelled, deleted, replayed or
    /// retried while the attempt ran. Then a success stands, since the receiver has the message; a failure changes nothing of
    /// what the operation decided.
    pub(in crate::outbox) fn take_outcome(&mut self, ended: &EndedAttempt, now: Timestamp) -> bool {
        let overtaken = self.epoch != ended.epoch || self.deleted_at.is_some();
        self.note_attempt(ended, now);
        if overtaken {
            if ended.verdict == Verdict::Succeeded {
                (self.status, self.due_at, self.held_due_at) = (MessageStatus::Succeeded, None, None);
                (self.delivered_at, self.failed_at) = (Some(now), None);
            } else {
                self.last_error.clone_from(&ended.attempt.error_text);
            }
            return true;
        }
        self.attempt_count = ended.attempt.attempt_no;
        self.last_error.clone_from(&ended.attempt.error_text);
        (self.status, self.due_at, self.retry_type) = match ended.verdict {
            Verdict::Succeeded => (MessageStatus::Succeeded, None, None),
            Verdict::RetryAt { at, kind } => {
                (MessageStatus::PendingRetry, Some(due_at::retry(at)), Some(kind))
            }
            Verdict::Dead => (MessageStatus::FailedPermanent, None, None),
        };
        self.delivered_at = (ended.verdict == Verdict::Succeeded).then_some(now);
        self.failed_at = (ended.verdict == Verdict::Dead).then_some(now);
        false
    }

    /// Does what a command has decided. `due_time` is now, as due times are compared with it.
    pub(in crate::outbox) fn apply(&mut self, decision: Decision, now: Timestamp, due_time: i64) {
        match decision {
            Decision::AsItIs => return,
            Decision::Requeue { counted } => {
                (self.status, self.due_at) = (MessageStatus::Queued, Some(due_at::AT_ONCE));
                self.replay_count += u32::from(counted);
                self.schedule_start = self.attempt_count;
                (self.retry_type, self.failed_at, self.delivered_at) = (None, None, None);
            }
            Decision::MakeDue => self.due_at = Some(due_time),
            Decision::Schedule { at } => {
                let behind = due_time - now.as_millis();
                self.timing.deliver_at = at;
                let due_at = Timing { deliver_at: at, expires_at: None }.due_at(behind);
                if self.held_due_at.is_some() {
                    self.held_due_at = Some(due_at);
                } else {
                    self.due_at = Some(due_at);
                }
            }
            Decision::GiveUp => {
                (self.status, self.due_at, self.retry_type) = (MessageStatus::FailedPermanent, None, None);
                self.failed_at = Some(now);
            }
            Decision::Delete { by } => {
                (self.due_at, self.payload_expires_at) = (None, None);
                (self.deleted_at, self.deleted_by) = (Some(now), by);
            }
        }
        self.epoch += 1;
        self.updated_at = now;
    }

    /// Whether the message waits and has expired.
    pub(in crate::outbox) fn has_expired(&self, now: Timestamp) -> bool {
        self.timing.is_over(now)
            && self.deleted_at.is_none()
            && matches!(self.status, MessageStatus::Queued | MessageStatus::PendingRetry)
    }

    /// Gives up a message that has expired.
    pub(in crate::outbox) fn expire(&mut self, now: Timestamp) {
        (self.status, self.due_at, self.held_due_at) = (MessageStatus::FailedPermanent, None, None);
        (self.retry_type, self.failed_at, self.updated_at) = (None, Some(now), now);
        self.epoch += 1;
        self.last_error = Some(EXPIRED.to_owned());
    }

    /// Gives up a message whose payload is past its retention. False where it does not wait.
    #[cfg(feature = "postgres")]
    pub(in crate::outbox) fn give_up_without_payload(&mut self, now: Timestamp) -> bool {
        if self.due_at.take().or(self.held_due_at.take()).is_none() {
            return false;
        }
        (self.status, self.failed_at, self.updated_at) = (MessageStatus::FailedPermanent, Some(now), now);
        self.epoch += 1;
        self.last_error = Some(PAYLOAD_WENT.to_owned());
        true
    }

    /// Takes its place in front of its order: it is due when it would have been.
    pub(in crate::outbox) fn come_to_the_front(&mut self) {
        (self.place, self.due_at) = (Some(Place::Front), self.held_due_at.take());
    }

    /// Takes its place in an order again. `behind`: another is in front.
    pub(in crate::outbox) fn enter(&mut self, behind: bool) {
        if behind {
            (self.place, self.held_due_at) = (Some(Place::Behind), self.due_at.take());
        } else {
            self.place = Some(Place::Front);
        }
    }

    /// When its next attempt is due by the wall clock, where it has such a time.
    fn next_attempt_at(&self, behind: i64) -> Option<Timestamp> {
        let due_at = self.due_at.or(self.held_due_at)?;
        let has_time = self.status == MessageStatus::PendingRetry || due_at < due_at::AT_ONCE;
        let at = due_at::moment(due_at).filter(|_| has_time)?;
        Some(Timestamp::from_millis(at.as_millis() - behind))
    }

    /// The message as operations show it. `event_created_at` is when the event was accepted that it belongs to, `behind` how far
    /// due time is ahead of the wall clock, `kept` how long payloads are kept, and `set_since` by how much the wall clock was set
    /// since the message was accepted.
    pub(in crate::outbox) fn found(
        &self,
        key: MessageKey,
        endpoint_id: EndpointId,
        event_created_at: Option<Timestamp>,
        (behind, kept, set_since): (i64, Duration, i64),
    ) -> Found {
        let elapsed = |end: Option<Timestamp>| {
            end.map(|end| u64::try_from(end.since(self.created_at).as_millis()).unwrap_or(u64::MAX))
        };
        // The messages of an event share a payload, which is as old as the event.
        let since = self.timing.deliver_at.or(event_created_at).unwrap_or(self.created_at);
        let hours = self.payload_expires_at.and(self.retention_hours).map(i64::from);
        let own = hours.map(|hours| since.as_millis() + hours * 3_600_000);
        let message = Message {
            id: self.id,
            project_id: PROJECT_ID.to_owned(),
            endpoint_id,
            status: self.status,
            attempt_count: self.attempt_count,
            replay_count: self.replay_count,
            content_type: CONTENT_TYPE.to_owned(),
            size_bytes: self.size_bytes,
            payload_sha256: hex::encode(&self.payload_sha256),
            created_at: self.created_at,
            updated_at: self.updated_at,
            idempotency_key: self.idempotency_key.clone(),
            next_attempt_at: self.next_attempt_at(behind),
            last_error: self.last_error.clone(),
            response_status: self.response_status,
            response_latency_ms: self.response_latency_ms,
            first_attempt_at: self.first_attempt_at,
            delivered_at: self.delivered_at,
            failed_at: self.failed_at,
            queue_wait_ms: elapsed(self.first_attempt_at),
            total_delivery_ms: elapsed(self.delivered_at),
            payload_expires_at: self.payload.is_some().then(|| payload_expiry(since, own, kept, set_since)),
            deleted_at: self.deleted_at,
            deleted_by_api_key_id: self.deleted_by,
            event_id: self.of_event.as_ref().map(|event| event.id),
            event_type: self.of_event.as_ref().map(|event| event.event_type.as_str().to_owned()),
            ordering_key: self.ordering_key.clone(),
            deliver_at: self.timing.deliver_at,
            expires_at: self.timing.expires_at,
        };
        let held = self.held_due_at.is_some();
        Found { key, lane: self.lane, message, retry_type: self.retry_type, epoch: self.epoch, held }
    }

    /// The message as a list shows it.
    pub(in crate::outbox) fn summary(
        &self,
        endpoint: String,
        endpoint_id: Option<EndpointId>,
        behind: i64,
    ) -> MessageSummary {
        MessageSummary {
            message_id: self.id,
            endpoint,
            status: self.status,
            attempt_count: self.attempt_count,
            created_at: self.created_at,
            delivered_at: self.delivered_at,
            failed_at: self.failed_at,
            next_attempt_at: self.next_attempt_at(behind),
            response_status: self.response_status,
            response_latency_ms: self.response_latency_ms,
            last_error: self.last_error.clone(),
            deleted_at: self.deleted_at,
            endpoint_id,
            event_type: self.of_event.as_ref().map(|event| event.event_type.as_str().to_owned()),
        }
    }

    /// Whether a filter takes the message. `lane` is the row of the filter's endpoint.
    pub(in crate::outbox) fn is_taken(
        &self,
        filter: &Filter,
        lane: Option<LaneKey>,
        key: MessageKey,
    ) -> bool {
        lane.is_none_or(|lane| self.lane == lane)
            && filter.only.is_none_or(|only| only == key)
            && filter.takes_status(key, self.status, self.deleted_at.is_some())
            && filter.takes_texts(
                self.response_status,
                self.last_error.as_deref(),
                self.idempotency_key.as_deref(),
            )
            && filter.takes_event(
                self.of_event.as_ref().map(|event| event.event_type.as_str()),
                self.of_event.as_ref().and_then(|event| event.tenant.as_deref()),
                self.ordering_key.as_deref(),
            )
            && filter.created_from.is_none_or(|from| self.created_at >= from)
            && filter.created_before.is_none_or(|before| self.created_at < before)
            && (!filter.without_deleted || self.deleted_at.is_none())
    }
}
