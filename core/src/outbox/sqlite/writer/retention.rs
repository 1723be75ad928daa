//! Retention: dropping payloads and rows past their retention, in small bites between other commits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::{AfterCommit, Job, WriteContext};
use crate::config::Config;
use crate::error::Error;
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::Reading;
use crate::outbox::link::Notice;
use crate::outbox::rows::LaneKey;
use crate::outbox::sqlite::clock::{self, set_since};
use crate::outbox::sqlite::schema::ATTEMPT_ROWS;
use crate::outbox::sqlite::{endpoints, messages, metrics, ordering, stored};

/// The most rows of each kind that one bite reads.
const BITE: i64 = 200;

/// The age at which the note of the clocks is renewed although nothing was set.
const NOTE_RENEWED_AFTER_MS: i64 = 3_600_000;

/// Payloads without an expiry of their own, in the order of acceptance.
const OLDEST_PAYLOADS: &str = concat!(
    "SELECT p.seq FROM hookbridge_payloads p JOIN hookbridge_messages m ON m.seq = p.seq
    WHERE p.seq > 0 AND p.seq <= (SELECT min(seq) + ?2 FROM hookbridge_payloads WHERE seq > 0) AND m.created_at + ",
    set_since!(),
    " < ?1 LIMIT ?2"
);
/// Payloads whose own expiry has come by the wall clock, and their expiry corrected for clock steps.
const DATED_PAYLOADS: &str = concat!(
    "SELECT m.seq, coalesce(m.created_at + m.retention_hours * 3600000, m.payload_expires_at) + ",
    set_since!(),
    " FROM hookbridge_messages m WHERE m.payload_expires_at IS NOT NULL AND m.payload_expires_at < ?1 LIMIT ?2"
);
const DATE_ANEW: &str = "UPDATE hookbridge_messages SET payload_expires_at = ?2 WHERE seq = ?1";
/// The oldest payloads of events: their rows go down.
const OLDEST_OF_EVENTS: &str = "SELECT v.seq FROM (SELECT seq FROM hookbridge_payloads WHERE seq < 0 ORDER BY seq DESC LIMIT ?2) p
    JOIN hookbridge_events v ON v.seq = -p.seq
    WHERE v.created_at + (SELECT coalesce(sum(step), 0) FROM hookbridge_clock_steps s WHERE s.seq >= v.message_seq) < ?1";
/// The messages of an event that wait; few at a time, since an event may have many.
const WAITING_OF_EVENT: &str =
    "SELECT seq FROM hookbridge_messages WHERE event_seq = ?1 AND event_seq IS NOT NULL
    AND (due_at IS NOT NULL OR held_due_at IS NOT NULL) LIMIT ?2";
/// The oldest events whose messages are gone. The newest is kept, so that numbers are never reused.
const OLD_EVENTS: &str = "SELECT v.seq FROM hookbridge_events v
    WHERE v.seq <= (SELECT min(seq) + ?2 FROM hookbridge_events) AND v.seq < (SELECT max(seq) FROM hookbridge_events)
    AND v.created_at + (SELECT coalesce(sum(step), 0) FROM hookbridge_clock_steps s WHERE s.seq >= v.message_seq) < ?1
    AND NOT EXISTS (SELECT 1 FROM hookbridge_messages m WHERE m.event_seq = v.seq AND m.event_seq IS NOT NULL)";
const DROP_PAYLOAD: &str = "DELETE FROM hookbridge_payloads WHERE seq = ?1";
const DROP_EVENT: &str = "DELETE FROM hookbridge_events WHERE seq = ?1";
/// Gives up a message that still waits: it cannot be delivered without its payload.
const GIVE_UP: &str =
    "UPDATE hookbridge_messages SET status = ?2, due_at = NULL, held_due_at = NULL, epoch = epoch + 1, failed_at = ?3,
    updated_at = ?3, last_error = 'the payload passed its retention before it was delivered'
    WHERE seq = ?1 AND (due_at IS NOT NULL OR held_due_at IS NOT NULL) RETURNING endpoint_seq, in_order IS NOT NULL";
const CLEAR_DATE: &str = "UPDATE hookbridge_messages SET payload_expires_at = NULL WHERE seq = ?1";
/// Rows in the order of acceptance, behind the row that was reached before. The newest row is kept, so that row numbers are
/// never reused.
const NEXT_ROWS: &str = concat!(
    "SELECT m.seq, m.created_at + ",
    set_since!(),
    ", m.due_at IS NULL AND m.held_due_at IS NULL AND m.in_order IS NULL AND m.updated_at + max(0, ",
    set_since!(),
    ") < ?2 FROM hookbridge_messages m WHERE m.seq > ?1
    AND m.seq < (SELECT max(seq) FROM hookbridge_messages) ORDER BY m.seq LIMIT ?3"
);
const DROP_ATTEMPTS: &str = "DELETE FROM hookbridge_attempts WHERE row >= ?1 AND row < ?2";
const DROP_ROW: &str = "DELETE FROM hookbridge_messages WHERE seq = ?1";

/// The result of a bite, which the next one continues from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RetentionProgress {
    /// How many payloads and rows were dropped; plus one where counters were rolled up.
    pub dropped: usize,
    /// The last row that was read; 0 once every row that may be old enough was read.
    pub reached: i64,
    /// Whether the bite was not written. It is repeated later.
    pub failed: bool,
}

impl RetentionProgress {
    /// Whether there may be more to drop.
    pub(crate) fn is_busy(self) -> bool {
        !self.failed && (self.dropped > 0 || self.reached > 0)
    }
}

/// The job of one bite.
pub(crate) struct Retention {
    payload_retention: Duration,
    row_retention: Duration,
    /// The row where the last bite ended.
    reached: i64,
    /// The lanes in which other messages may go by this bite.
    released: Vec<LaneKey>,
    /// This bite's result, which is published once it is on disk.
    result: RetentionProgress,
    published: Arc<Mutex<RetentionProgress>>,
}

impl Retention {
    /// A bite behind row `reached`, and the place of its result, which says `failed` until the bite was written.
    pub(crate) fn new(config: &Config, reached: i64) -> (Self, Arc<Mutex<RetentionProgress>>) {
        let published = Arc::new(Mutex::new(RetentionProgress { dropped: 0, reached, failed: true }));
        let bite = Self {
            payload_retention: config.payload_retention,
            row_retention: config.row_retention,
            reached,
            released: Vec::new(),
            result: RetentionProgress::default(),
            published: Arc::clone(&published),
        };
        (bite, published)
    }

    /// Gives a message up that still waits. The next one of its ordering key may go then.
    fn give_up(&mut self, connection: &Connection, seq: i64, now: Timestamp) -> rusqlite::Result<()> {
        let given_up: Option<(i64, bool)> = connection
            .prepare_cached(GIVE_UP)?
            .query_row(params![seq, stored::FAILED_PERMANENT, now.as_millis()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((endpoint_seq, true)) = given_up
            && !endpoints::halts(connection, endpoint_seq)?
            && ordering::leave(connection, seq)?
        {
            self.released.push(LaneKey(endpoint_seq));
        }
        Ok(())
    }

    /// Drops the payloads of events past their retention, and the rows of events that have no messages any more. Returns how
    /// much was done. A payload goes once none of its messages waits.
    fn old_events(&mut self, connection: &Connection, now: Timestamp) -> rusqlite::Result<usize> {
        let mut done = 0;
        let all = |sql: &str, before: i64| -> rusqlite::Result<Vec<i64>> {
            connection.prepare_cached(sql)?.query_map(params![before, BITE], |row| row.get(0))?.collect()
        };
        for event in all(OLDEST_OF_EVENTS, now.minus(self.payload_retention).as_millis())? {
            let waiting = all(WAITING_OF_EVENT, event)?;
            for seq in &waiting {
                self.give_up(connection, *seq, now)?;
            }
            done += waiting.len();
            if done >= BITE as usize {
                return Ok(done);
            }
            connection.prepare_cached(DROP_PAYLOAD)?.execute([-event])?;
            done += 1;
        }
        for event in all(OLD_EVENTS, now.minus(self.row_retention).as_millis())? {
            connection.prepare_cached(DROP_PAYLOAD)?.execute([-event])?;
            connection.prepare_cached(DROP_EVENT)?.execute([event])?;
            done += 1;
        }
        Ok(done)
    }

    /// The rows past their retention among the next ones, and the last row that was read. A message that still waits is
    /// kept, and holds up no other row.
    fn old_rows(&self, context: &WriteContext<'_>, now: Timestamp) -> rusqlite::Result<(Vec<i64>, i64)> {
        let before = now.minus(self.row_retention).as_millis();
        let mut statement = context.connection.prepare_cached(NEXT_ROWS)?;
        let mut rows = statement.query(params![self.reached, before, BITE])?;
        let (mut old, mut seen, mut reached) = (Vec::new(), 0, self.reached);
        while let Some(row) = rows.next()? {
            // Every later row is younger still.
            if row.get::<_, i64>(1)? >= before {
                return Ok((old, 0));
            }
            reached = row.get(0)?;
            seen += 1;
            if row.get(2)? {
                old.push(reached);
            }
        }
        Ok((old, if seen < BITE { 0 } else { reached }))
    }
}

/// The payloads past their retention. An expiry that has come only because the clock was set is put off.
fn old_payloads(
    context: &WriteContext<'_>,
    now: Timestamp,
    retention: Duration,
) -> rusqlite::Result<Vec<i64>> {
    let mut old: Vec<i64> = context
        .connection
        .prepare_cached(OLDEST_PAYLOADS)?
        .query_map(params![now.minus(retention).as_millis(), BITE], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let dated: Vec<(i64, i64)> = context
        .connection
        .prepare_cached(DATED_PAYLOADS)?
        .query_map(params![now.as_millis(), BITE], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (seq, expires_at) in dated {
        if expires_at < now.as_millis() {
            old.push(seq);
        } else {
            context.connection.prepare_cached(DATE_ANEW)?.execute([seq, expires_at])?;
        }
    }
    Ok(old)
}

impl Job for Retention {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        let connection = context.connection;
        // Without both clocks no age can be trusted: try again later.
        let Some(reading) = Reading::take() else { return Ok(()) };
        let noted = clock::note(connection, &reading, NOTE_RENEWED_AFTER_MS)?;
        let now = reading.wall;
        self.released.clear();
        let (mut expired, mut events, mut old, mut reached) = (Vec::new(), 0, Vec::new(), 0);
        if !noted.is_doubtful(&reading) {
            expired = old_payloads(context, now, self.payload_retention)?;
            for seq in &expired {
                messages::drop_payload(connection, *seq)?;
                self.give_up(connection, *seq, now)?;
                connection.prepare_cached(CLEAR_DATE)?.execute([seq])?;
            }
            events = self.old_events(connection, now)?;
            (old, reached) = self.old_rows(context, now)?;
        }
        for seq in &old {
            messages::drop_payload(connection, *seq)?;
            connection
                .prepare_cached(DROP_ATTEMPTS)?
                .execute([seq * ATTEMPT_ROWS, (seq + 1) * ATTEMPT_ROWS])?;
            connection.prepare_cached(DROP_ROW)?.execute([seq])?;
        }
        clock::forget_steps(connection)?;
        let rolled_up = usize::from(metrics::age(connection, context.now)?);
        self.result = RetentionProgress {
            dropped: expired.len() + events + old.len() + rolled_up,
            reached,
            failed: false,
        };
        Ok(())
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        if committed.is_err() {
            return;
        }
        after.notices.extend(self.released.iter().copied().map(Notice::LaneHasWork));
        *self.published.lock().unwrap_or_else(PoisonError::into_inner) = self.result;
        let dropped = self.result.dropped;
        if dropped > 0 {
            tracing::debug!(target: "hookbridge::outbox", dropped, "dropped what is past its retention");
        }
    }
}
