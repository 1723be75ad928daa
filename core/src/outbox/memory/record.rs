//! Recording the outcome of an attempt.

use super::job::{AfterCommit, Job};
use super::rows::StoredAttempt;
use super::transaction::Transaction;
use crate::error::Error;
use crate::outbox::change::Change;
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

impl Job for Record {
    fn apply(&mut self, transaction: &mut Transaction<'_>) {
        let ended = &*self.ended;
        if let Verdict::RetryAt { .. } = ended.verdict {
            transaction.note_clocks(NOTED_FOR_MS);
        }
        let (now, mut overtaken) = (transaction.now, true);
        let is_there = transaction.rows.change_message(ended.message, |row| {
            overtaken = row.take_outcome(ended, now);
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
