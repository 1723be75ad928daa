//! Retention: dropping payloads and rows past their retention, in small bites between other commits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::{AfterCommit, Job, WriteContext};
use crate::config::Config;
use crate::error::Error;
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::Reading;
use crate::outbox::link::{Notice, PAYLOAD_WENT};
use crate::outbox::rows::LaneKey;
use crate::outbox::sqlite::clock::{self, set_since};
use crate::outbox::sqlite::schema::ATTEMPT_ROWS;
use crate::outbox::sqlite::{endpoints, messages, metrics, ordering, stored};

/// The most rows of each kind that one bite reads.
const BITE: i64 = 200;

/// The age at which the note of the clocks is renewed although nothing was set.
const NOTE_RENEWED_AFTER_MS: i64 = 3_600_000;

/// Payloads in the order of acceptance, behind the row that was reached before: when each was accepted, and from when on its
/// retention counts. That of a scheduled message counts from its own moment.
const NEXT_PAYLOADS: &str = concat!(
    "SELECT p.seq, m.created_at + ",
    set_since!(),
    ", coalesce(m.deliver_at, m.created_at) + ",
    set_since!(),
    " FROM hookbridge_payloads p CROSS JOIN hookbridge_messages m ON m.seq = p.seq WHERE p.seq > ?1
    ORDER BY p.seq LIMIT ?2"
);
/// Payloads whose own expiry has come by the wall clock, and their expiry corrected for clock steps.
const DATED_PAYLOADS: &str = concat!(
    "SELECT m.seq, coalesce(coalesce(m.deliver_at, m.created_at) + m.retention_hours * 3600000, m.payload_expires_at) + ",
    set_since!(),
    " FROM hookbridge_messages m WHERE m.payload_expires_at IS NOT NULL AND m.payload_expires_at < ?1 LIMIT ?2"
);
const DATE_ANEW: &str = "UPDATE hookbridge_messages SET payload_expires_at = ?2 WHERE seq = ?1";
/// Events in the order of acceptance, behind the one that was reached before: when each was accepted, from when on its payload's
/// retention counts (a message that was rescheduled may need it for longer), whether it has its payload, whether it has messages, and whether it is the newest. That one is kept, so
/// that numbers are never reused.
const NEXT_EVENTS: &str = "SELECT v.seq, v.created_at + (SELECT coalesce(sum(step), 0) FROM hookbridge_clock_steps s WHERE s.seq >= v.message_seq),
    max(coalesce(v.deliver_at, v.created_at), coalesce((SELECT max(m.deliver_at) FROM hookbridge_messages m
        WHERE m.event_seq = v.seq AND m.event_seq IS NOT NULL AND (m.due_at IS NOT NULL OR m.held_due_at IS NOT NULL)), 0))
        + (SELECT coalesce(sum(step), 0) FROM hookbridge_clock_steps s WHERE s.seq >= v.message_seq),
    EXISTS (SELECT 1 FROM hookbridge_payloads p WHERE p.seq = -v.seq),
    EXISTS (SELECT 1 FROM hookbridge_messages m WHERE m.event_seq = v.seq AND m.event_seq IS NOT NULL),
    v.seq = (SELECT max(seq) FROM hookbridge_events)
    FROM hookbridge_events v WHERE v.seq > ?1 ORDER BY v.seq LIMIT ?2";
/// The messages of an event that wait; few at a time, since an event may have many.
const WAITING_OF_EVENT: &str =
    "SELECT seq FROM hookbridge_messages WHERE event_seq = ?1 AND event_seq IS NOT NULL
    AND (due_at IS NOT NULL OR held_due_at IS NOT NULL) LIMIT ?2";
/// Events that nobody wanted and whose own retention has come by the wall clock, corrected for clock steps, and whether a
/// message was made of one since, which needs its payload.
const UNWANTED: &str = "SELECT v.seq, v.unwanted_until
    + (SELECT coalesce(sum(step), 0) FROM hookbridge_clock_steps s WHERE s.seq >= v.message_seq), v.needed_by > 0
    FROM hookbridge_events v WHERE v.unwanted_until IS NOT NULL AND v.unwanted_until < ?1 LIMIT ?2";
const UNWANTED_UNTIL: &str = "UPDATE hookbridge_events SET unwanted_until = ?2 WHERE seq = ?1";
const DROP_PAYLOAD: &str = "DELETE FROM hookbridge_payloads WHERE seq = ?1";
const DROP_EVENT: &str = "DELETE FROM hookbridge_events WHERE seq = ?1";
/// Gives up a message that still waits: it cannot be delivered without its payload.
const GIVE_UP: &str =
    "UPDATE hookbridge_messages SET status = ?2, due_at = NULL, held_due_at = NULL, epoch = epoch + 1, failed_at = ?3,
    updated_at = ?3, last_error = ?4
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

/// The last row of each kind that was looked at; 0 once every one that may be old enough was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reached {
    pub rows: i64,
    pub payloads: i64,
    pub events: i64,
}

/// The result of a bite, which the next one continues from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RetentionProgress {
    /// How many payloads and rows were dropped; plus one where counters were rolled up.
    pub dropped: usize,
    /// How far this went.
    pub reached: Reached,
    /// Whether the bite was not written. It is repeated later.
    pub failed: bool,
}

impl RetentionProgress {
    /// Whether there may be more to drop.
    pub(crate) fn is_busy(self) -> bool {
        !self.failed && (self.dropped > 0 || self.reached != Reached::default())
    }
}

/// The job of one bite.
pub(crate) struct Retention {
    payload_retention: Duration,
    row_retention: Duration,
    /// Where the last bite ended.
    reached: Reached,
    /// The lanes in which other messages may go by this bite.
    released: Vec<LaneKey>,
    /// This bite's result, which is published once it is on disk.
    result: RetentionProgress,
    published: Arc<Mutex<RetentionProgress>>,
}

impl Retention {
    /// A bite behind what was reached, and the place of its result, which says `failed` until the bite was written.
    pub(crate) fn new(config: &Config, reached: Reached) -> (Self, Arc<Mutex<RetentionProgress>>) {
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
            .query_row(params![seq, stored::FAILED_PERMANENT, now.as_millis(), PAYLOAD_WENT], |row| {
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

    /// Drops the payloads of the next events that are past their retention, and the rows of those that have no messages any
    /// more. Returns how much was done, and the last event that was looked at. A payload goes once none of its messages waits.
    fn old_events(&mut self, connection: &Connection, now: Timestamp) -> rusqlite::Result<(usize, i64)> {
        let payloads_before = now.minus(self.payload_retention).as_millis();
        let rows_before = now.minus(self.row_retention).as_millis();
        let read = |row: &rusqlite::Row<'_>| -> rusqlite::Result<(i64, i64, i64, bool, bool, bool)> {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        };
        let next: Vec<_> = connection
            .prepare_cached(NEXT_EVENTS)?
            .query_map(params![self.reached.events, BITE], read)?
            .collect::<rusqlite::Result<_>>()?;
        let whole = next.len() == BITE as usize;
        let (mut done, mut reached) = (0, self.reached.events);
        for (event, created_at, counts_from, has_payload, has_messages, is_newest) in next {
            // Every later event is younger still.
            if created_at >= payloads_before {
                return Ok((done, 0));
            }
            if has_payload && counts_from < payloads_before {
                let waiting: Vec<i64> = connection
                    .prepare_cached(WAITING_OF_EVENT)?
                    .query_map(params![event, BITE], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                for seq in &waiting {
                    self.give_up(connection, *seq, now)?;
                }
                done += waiting.len() + 1;
                if waiting.len() == BITE as usize {
                    return Ok((done, reached));
                }
                connection.prepare_cached(DROP_PAYLOAD)?.execute([-event])?;
            }
            if created_at < rows_before && !has_messages && !is_newest {
                connection.prepare_cached(DROP_PAYLOAD)?.execute([-event])?;
                connection.prepare_cached(DROP_EVENT)?.execute([event])?;
                done += 1;
            }
            reached = event;
        }
        Ok((done, if whole { reached } else { 0 }))
    }

    /// The payloads past their retention among the next ones, and the last that was looked at.
    fn old_payloads(&self, connection: &Connection, now: Timestamp) -> rusqlite::Result<(Vec<i64>, i64)> {
        let before = now.minus(self.payload_retention).as_millis();
        let mut statement = connection.prepare_cached(NEXT_PAYLOADS)?;
        let mut rows = statement.query(params![self.reached.payloads, BITE])?;
        let (mut old, mut seen, mut reached) = (Vec::new(), 0, self.reached.payloads);
        while let Some(row) = rows.next()? {
            // Every later payload is younger still.
            if row.get::<_, i64>(1)? >= before {
                return Ok((old, 0));
            }
            reached = row.get(0)?;
            seen += 1;
            if row.get::<_, i64>(2)? < before {
                old.push(reached);
            }
        }
        Ok((old, if seen < BITE { 0 } else { reached }))
    }

    /// The rows past their retention among the next ones, and the last row that was read. A message that still waits is
    /// kept, and holds up no other row.
    fn old_rows(&self, context: &WriteContext<'_>, now: Timestamp) -> rusqlite::Result<(Vec<i64>, i64)> {
        let before = now.minus(self.row_retention).as_millis();
        let mut statement = context.connection.prepare_cached(NEXT_ROWS)?;
        let mut rows = statement.query(params![self.reached.rows, before, BITE])?;
        let (mut old, mut seen, mut reached) = (Vec::new(), 0, self.reached.rows);
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

/// Drops the payloads of events that nobody wanted, once their own retention has come. Returns how many events were looked at.
fn unwanted_events(connection: &Connection, now: Timestamp) -> rusqlite::Result<usize> {
    let found: Vec<(i64, i64, bool)> = connection
        .prepare_cached(UNWANTED)?
        .query_map(params![now.as_millis(), BITE], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (event, until, is_needed) in &found {
        let is_over = *until < now.as_millis();
        connection.prepare_cached(UNWANTED_UNTIL)?.execute(params![event, (!is_over).then_some(until)])?;
        if is_over && !is_needed {
            connection.prepare_cached(DROP_PAYLOAD)?.execute([-event])?;
        }
    }
    Ok(found.len())
}

/// The payloads whose own expiry has come. One that has come only because the clock was set is put off.
fn dated_payloads(context: &WriteContext<'_>, now: Timestamp) -> rusqlite::Result<Vec<i64>> {
    let mut old = Vec::new();
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
        let (mut expired, mut events, mut old, mut reached) = (Vec::new(), 0, Vec::new(), Reached::default());
        if !noted.is_doubtful(&reading) {
            (expired, reached.payloads) = self.old_payloads(connection, now)?;
            expired.extend(dated_payloads(context, now)?);
            for seq in &expired {
                messages::drop_payload(connection, *seq)?;
                self.give_up(connection, *seq, now)?;
                connection.prepare_cached(CLEAR_DATE)?.execute([seq])?;
            }
            (events, reached.events) = self.old_events(connection, now)?;
            events += unwanted_events(connection, now)?;
            (old, reached.rows) = self.old_rows(context, now)?;
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
