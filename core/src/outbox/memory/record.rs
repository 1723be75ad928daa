//! Recording the outcome of an attempt.

use super::job::{AfterCommit, Job};
use super::rows::{StoredAttempt, StoredMessage};
use super::transaction::Transaction;
use crate::error::Error;
use crate::model::attempt::RetryType;
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::due_at;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::link::Notice;

/// For how long what was noted of the clocks will do, with retries.
const NOTED_FOR_MS: i64 = 1_000;

pub(super) struct Record {
    ended: Box<EndedAttempt>,
    /// Whether an operation changed the message while the attempt ran.
    overtaken: bool,
    /// Whether another message of the lane may go by this.
    released: bool,
}

impl Record {
    pub(super) fn new(ended: Box<EndedAttempt>) -> Self {
        Self { ended, overtaken: false, released: false }
    }
}

impl StoredMessage {
    /// Writes to the message's row what every recorded attempt leaves there.
    fn note_attempt(&mut self, ended: &EndedAttempt, now: Timestamp) {
        let attempt = &ended.attempt;
        self.attempt_count = self.attempt_count.max(attempt.attempt_no);
        self.updated_at = now;
        self.first_attempt_at = self.first_attempt_at.or(Some(attempt.created_at));
        self.response_status = attempt.response_status;
        self.response_latency_ms = attempt.response_latency_ms;
    }

    fn settle(&mut self, ended: &EndedAttempt, now: Timestamp) {
        self.note_attempt(ended, now);
        self.attempt_count = ended.attempt.attempt_no;
        self.last_error.clone_from(&ended.attempt.error_text);
        let (status, due_at, retry_type): (_, _, Option<RetryType>) = match ended.verdict {
            Verdict::Succeeded => (MessageStatus::Succeeded, None, None),
            Verdict::RetryAt { at, kind } => {
                (MessageStatus::PendingRetry, Some(due_at::retry(at)), Some(kind))
            }
            Verdict::Dead => (MessageStatus::FailedPermanent, None, None),
        };
        (self.status, self.due_at, self.retry_type) = (status, due_at, retry_type);
        self.delivered_at = (ended.verdict == Verdict::Succeeded).then_some(now);
        self.failed_at = (ended.verdict == Verdict::Dead).then_some(now);
    }

    /// The message was cancelled, deleted, replayed or retried while the attempt ran: a success stands, since the receiver
    /// has the message; a failure changes nothing of what the operation decided.
    fn settle_anyway(&mut self, ended: &EndedAttempt, now: Timestamp) {
        self.note_attempt(ended, now);
        if ended.verdict == Verdict::Succeeded {
            (self.status, self.due_at, self.held_due_at) = (MessageStatus::Succeeded, None, None);
            (self.delivered_at, self.failed_at) = (Some(now), None);
        } else {
            self.last_error.clone_from(&ended.attempt.error_text);
        }
    }
}

impl Job for Record {
    fn apply(&mut self, transaction: &mut Transaction<'_>) {
        let ended = &*self.ended;
        if let Verdict::RetryAt { .. } = ended.verdict {
            transaction.note_clocks(NOTED_FOR_MS);
        }
        let (now, mut overtaken) = (transaction.now, true);
        let is_there = transaction.rows.change_message(ended.message, |row| {
            overtaken = row.epoch != ended.epoch || row.deleted_at.is_some();
            if overtaken {
                row.settle_anyway(ended, now);
            } else {
                row.settle(ended, now);
            }
        });
        if is_there && ended.drop_payload && ended.verdict == Verdict::Succeeded {
            transaction.rows.drop_payload(ended.message);
        }
        self.overtaken = overtaken;
        if !is_there {
            return;
        }
        let is_over = match ended.verdict {
            Verdict::Succeeded => true,
            Verdict::RetryAt { .. } => false,
            Verdict::Dead => !overtaken && !transaction.rows.halts(ended.lane),
        };
        self.released = is_over && transaction.rows.leave(ended.message);
        transaction.count(ended.lane).count(ended, overtaken);
        let attempt = StoredAttempt { attempt: ended.attempt.clone(), sent: ended.sent.clone() };
        transaction.rows.attempts.put((ended.message, ended.attempt.attempt_no), attempt);
        if ended.pause_endpoint {
            // A deleted endpoint is not paused, since nobody could resume it.
            let stored = transaction.rows.endpoints.get_mut(&ended.lane);
            if let Some(stored) = stored.filter(|stored| stored.deleted_at.is_none()) {
                (stored.endpoint.paused, stored.endpoint.updated_at) = (true, now);
            }
            transaction.changed(Change::Endpoint(ended.lane));
        }
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { ended, overtaken, released } = *self;
        if committed.is_err() {
            after.notices.push(Notice::NotRecorded(ended));
            return;
        }
        after.settled.push(ended.message);
        if ended.pause_endpoint {
            after.notices.push(Notice::EndpointChanged(ended.lane));
        }
        let released = released.then_some(Notice::LaneHasWork(ended.lane));
        after.notices.push(Notice::Recorded { ended, overtaken });
        after.notices.extend(released);
    }
}
