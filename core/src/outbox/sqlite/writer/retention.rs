//! Dropping what is past its retention, in small bites between other commits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::params;

use super::{AfterCommit, Job, WriteContext};
use crate::config::Config;
use crate::error::Error;
use crate::outbox::sqlite::metrics;
use crate::outbox::sqlite::schema::ATTEMPT_ROWS;
use crate::outbox::stored_status;

/// The most rows that one bite looks at of each kind.
const BITE: i64 = 200;

/// Payloads without a date of their own, in the order in which they were accepted.
const OLDEST_PAYLOADS: &str =
    "SELECT p.seq FROM hookbridge_payloads p JOIN hookbridge_messages m ON m.seq = p.seq
    WHERE m.created_at < ?1 AND p.seq <= (SELECT min(seq) + ?2 FROM hookbridge_payloads) LIMIT ?2";
const EXPIRED_PAYLOADS: &str = "SELECT seq FROM hookbridge_messages WHERE payload_expires_at IS NOT NULL AND payload_expires_at < ?1 LIMIT ?2";
const DROP_PAYLOAD: &str = "DELETE FROM hookbridge_payloads WHERE seq = ?1";
/// A message that still waits cannot be delivered without its payload.
const GIVE_UP: &str =
    "UPDATE hookbridge_messages SET status = ?2, due_at = NULL, epoch = epoch + 1, failed_at = ?3,
    updated_at = ?3, last_error = 'the payload passed its retention before it was delivered'
    WHERE seq = ?1 AND due_at IS NOT NULL";
const CLEAR_DATE: &str = "UPDATE hookbridge_messages SET payload_expires_at = NULL WHERE seq = ?1";
/// Rows in the order of their acceptance, behind a place that was reached before. The newest row stays, so that row
/// numbers are never given twice.
const NEXT_ROWS: &str = "SELECT seq, created_at, due_at IS NULL AND updated_at < ?2 FROM hookbridge_messages
    WHERE seq > ?1 AND seq < (SELECT max(seq) FROM hookbridge_messages) ORDER BY seq LIMIT ?3";
const DROP_ATTEMPTS: &str = "DELETE FROM hookbridge_attempts WHERE row >= ?1 AND row < ?2";
const DROP_ROW: &str = "DELETE FROM hookbridge_messages WHERE seq = ?1";

/// What a bite came to, for the next one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bitten {
    /// How much was dropped, or folded into wider counters.
    pub dropped: usize,
    /// The row up to which was looked; 0 once every row that may be old enough was seen.
    pub reached: i64,
    /// It was not written: the same again, later.
    pub failed: bool,
}

impl Bitten {
    /// Whether there may be more.
    pub(crate) fn is_busy(self) -> bool {
        !self.failed && (self.dropped > 0 || self.reached > 0)
    }
}

/// One bite.
pub(crate) struct Retention {
    payload_retention: Duration,
    row_retention: Duration,
    /// Where the last bite ended.
    reached: i64,
    /// What it came to, told once it is on disk.
    came_to: Bitten,
    bitten: Arc<Mutex<Bitten>>,
}

impl Retention {
    /// A bite behind row `reached`, and the place where it tells what it came to: nothing where it was not written.
    pub(crate) fn new(config: &Config, reached: i64) -> (Self, Arc<Mutex<Bitten>>) {
        let bitten = Arc::new(Mutex::new(Bitten { dropped: 0, reached, failed: true }));
        let bite = Self {
            payload_retention: config.payload_retention,
            row_retention: config.row_retention,
            reached,
            came_to: Bitten::default(),
            bitten: Arc::clone(&bitten),
        };
        (bite, bitten)
    }

    /// Rows past their retention among the next ones, and how far that looked. One that still waits holds up no
    /// other.
    fn old_rows(&self, context: &WriteContext<'_>) -> rusqlite::Result<(Vec<i64>, i64)> {
        let before = context.now.minus(self.row_retention).as_millis();
        let mut statement = context.connection.prepare_cached(NEXT_ROWS)?;
        let mut rows = statement.query(params![self.reached, before, BITE])?;
        let (mut old, mut seen, mut reached) = (Vec::new(), 0, self.reached);
        while let Some(row) = rows.next()? {
            // Whatever was accepted later is younger still.
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

fn rows(context: &WriteContext<'_>, sql: &str, before: i64) -> rusqlite::Result<Vec<i64>> {
    context.connection.prepare_cached(sql)?.query_map(params![before, BITE], |row| row.get(0))?.collect()
}

impl Job for Retention {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        let connection = context.connection;
        let now = context.now.as_millis();
        let payloads_before = context.now.minus(self.payload_retention).as_millis();
        let mut expired = rows(context, OLDEST_PAYLOADS, payloads_before)?;
        expired.extend(rows(context, EXPIRED_PAYLOADS, now)?);
        for seq in &expired {
            connection.prepare_cached(DROP_PAYLOAD)?.execute([seq])?;
            connection.prepare_cached(GIVE_UP)?.execute(params![
                seq,
                stored_status::FAILED_PERMANENT,
                now
            ])?;
            connection.prepare_cached(CLEAR_DATE)?.execute([seq])?;
        }
        let (old, reached) = self.old_rows(context)?;
        for seq in &old {
            connection.prepare_cached(DROP_PAYLOAD)?.execute([seq])?;
            connection
                .prepare_cached(DROP_ATTEMPTS)?
                .execute([seq * ATTEMPT_ROWS, (seq + 1) * ATTEMPT_ROWS])?;
            connection.prepare_cached(DROP_ROW)?.execute([seq])?;
        }
        let folded = usize::from(metrics::age(connection, context.now)?);
        self.came_to = Bitten { dropped: expired.len() + old.len() + folded, reached, failed: false };
        Ok(())
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, _after: &mut AfterCommit<'_>) {
        if committed.is_err() {
            return;
        }
        *self.bitten.lock().unwrap_or_else(PoisonError::into_inner) = self.came_to;
        let dropped = self.came_to.dropped;
        if dropped > 0 {
            tracing::debug!(target: "hookbridge::outbox", dropped, "dropped what is past its retention");
        }
    }
}
