//! Recording an attempt, and the new state of its message.

use rusqlite::{OptionalExtension, params};

use super::{AfterCommit, Job, WriteContext};
use crate::error::Error;
use crate::outbox::change::Change;
use crate::outbox::clock::Reading;
use crate::outbox::due_at;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::link::Notice;
use crate::outbox::sqlite::{attempts, clock, endpoints, messages, ordering, stored};

/// The statement that settles a message whose epoch is as it was, with `more` to set.
macro_rules! settle {
    ($more:literal) => {
        concat!(
            "UPDATE hookbridge_messages SET status = ?3, due_at = ?4, attempt_count = ?5, retry_type = ?6,
            updated_at = ?7, first_attempt_at = coalesce(first_attempt_at, ?8), delivered_at = ?9, failed_at = ?10,
            last_error = ?11, response_status = ?12, response_latency_ms = ?13",
            $more,
            " WHERE seq = ?1 AND epoch = ?2 AND deleted_at IS NULL"
        )
    };
}
const SETTLE: &str = settle!("");
/// The message leaves its place in the order too.
const SETTLE_AND_LEAVE: &str = settle!(", in_order = NULL");
/// The message was cancelled, deleted, replayed or retried while the attempt ran: a success stands, since the
/// receiver has the message; a failure changes nothing of what the operation decided.
const SETTLE_SUCCESS_ANYWAY: &str = "UPDATE hookbridge_messages SET status = ?2, due_at = NULL, held_due_at = NULL,
    attempt_count = max(attempt_count, ?3), updated_at = ?4, first_attempt_at = coalesce(first_attempt_at, ?5),
    delivered_at = ?4, failed_at = NULL, response_status = ?6, response_latency_ms = ?7 WHERE seq = ?1";
const SETTLE_FAILURE_ANYWAY: &str = "UPDATE hookbridge_messages SET attempt_count = max(attempt_count, ?2),
    updated_at = ?3, first_attempt_at = coalesce(first_attempt_at, ?4), last_error = ?5, response_status = ?6,
    response_latency_ms = ?7 WHERE seq = ?1";
const EXISTS: &str = "SELECT 1 FROM hookbridge_messages WHERE seq = ?1";

/// The age at which the note of the clocks is renewed when a retry is recorded.
const NOTED_FOR_MS: i64 = 1_000;

/// The job that records one attempt.
pub(crate) struct Record {
    ended: Box<EndedAttempt>,
    /// Whether an operation changed the message while the attempt ran.
    overtaken: bool,
    /// Whether another message of the lane may go by this.
    released: bool,
}

impl Record {
    pub(crate) fn new(ended: Box<EndedAttempt>) -> Box<Self> {
        Box::new(Self { ended, overtaken: false, released: false })
    }

    fn settle(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        let ended = &self.ended;
        let attempt = &ended.attempt;
        let now = context.now.as_millis();
        if let (Verdict::RetryAt { .. }, Some(reading)) = (ended.verdict, Reading::take()) {
            // The note keeps due time from going back behind the retry's beginning, also across a boot.
            clock::note(context.connection, &reading, NOTED_FOR_MS)?;
        }
        let started = attempt.created_at.as_millis();
        let (status, due_at, kind) = match ended.verdict {
            Verdict::Succeeded => (stored::SUCCEEDED, None, None),
            Verdict::RetryAt { at, kind } => {
                (stored::PENDING_RETRY, Some(due_at::retry(at)), Some(stored::retry_type_number(kind)))
            }
            Verdict::Dead => (stored::FAILED_PERMANENT, None, None),
        };
        let delivered_at = (ended.verdict == Verdict::Succeeded).then_some(now);
        let failed_at = (ended.verdict == Verdict::Dead).then_some(now);
        let leaves = ended.ordering_key.is_some() && self.is_over(context)?;
        let sql = if leaves { SETTLE_AND_LEAVE } else { SETTLE };
        let settled = context.statement(sql)?.execute(params![
            ended.message.0,
            ended.epoch,
            status,
            due_at,
            attempt.attempt_no,
            kind,
            now,
            started,
            delivered_at,
            failed_at,
            attempt.error_text,
            attempt.response_status,
            attempt.response_latency_ms,
        ])?;
        self.overtaken = settled == 0;
        if !self.overtaken {
            return Ok(());
        }
        if ended.verdict == Verdict::Succeeded {
            context.connection.prepare_cached(SETTLE_SUCCESS_ANYWAY)?.execute(params![
                ended.message.0,
                status,
                attempt.attempt_no,
                now,
                started,
                attempt.response_status,
                attempt.response_latency_ms,
            ])?;
        } else {
            context.connection.prepare_cached(SETTLE_FAILURE_ANYWAY)?.execute(params![
                ended.message.0,
                attempt.attempt_no,
                now,
                started,
                attempt.error_text,
                attempt.response_status,
                attempt.response_latency_ms,
            ])?;
        }
        Ok(())
    }

    /// Whether the next message of the ordering key may go, unless an operation has decided otherwise meanwhile.
    fn is_over(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(match self.ended.verdict {
            Verdict::Succeeded => true,
            Verdict::RetryAt { .. } => false,
            Verdict::Dead => !endpoints::halts(context.connection, self.ended.lane.0)?,
        })
    }

    /// Lets the next message of the ordering key go, where this one has come to an end.
    fn release(&mut self, context: &WriteContext<'_>) -> rusqlite::Result<()> {
        let ended = &self.ended;
        let Some(key) = &ended.ordering_key else { return Ok(()) };
        self.released = match (self.overtaken, ended.verdict) {
            // It has its place as the operation left it.
            (true, Verdict::Succeeded) => ordering::leave(context.connection, ended.message.0)?,
            (true, _) | (_, Verdict::RetryAt { .. }) => false,
            (false, _) => self.is_over(context)? && ordering::release(context.connection, ended.lane.0, key)?,
        };
        Ok(())
    }
}

impl Job for Record {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.settle(context)?;
        self.release(context)?;
        let ended = &self.ended;
        if self.overtaken
            && context
                .connection
                .prepare_cached(EXISTS)?
                .query_row([ended.message.0], |_| Ok(()))
                .optional()?
                .is_none()
        {
            // The message's row was dropped by retention: there is nothing to record the attempt under.
            return Ok(());
        }
        context.count(ended.lane.0).count(ended, self.overtaken);
        attempts::insert(context.statement(attempts::INSERT)?, ended.message.0, &ended.attempt, &ended.sent)?;
        if ended.drop_payload && ended.verdict == Verdict::Succeeded {
            messages::drop_payload(context.connection, ended.message.0)?;
        }
        if ended.pause_endpoint {
            endpoints::pause(context.connection, ended.lane.0, context.now)?;
            context.changed(Change::Endpoint(ended.lane));
        }
        Ok(())
    }

    fn is_written(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        attempts::exists(context.connection, self.ended.message.0, &self.ended.attempt)
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        if committed.is_ok() {
            after.settled.push(self.ended.message);
        }
        if committed.is_ok() && self.ended.pause_endpoint {
            after.notices.push(Notice::EndpointChanged(self.ended.lane));
        }
        let released = (committed.is_ok() && self.released).then_some(Notice::LaneHasWork(self.ended.lane));
        after.notices.push(match committed {
            Ok(()) => Notice::Recorded { ended: self.ended, overtaken: self.overtaken },
            Err(_) => Notice::NotRecorded(self.ended),
        });
        // After it: until then the loop takes the ordering key for busy.
        after.notices.extend(released);
    }

    fn weight(&self) -> usize {
        1024
    }

    fn is_patient(&self) -> bool {
        true
    }
}
