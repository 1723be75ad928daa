//! The file's record of the clocks. `hookbridge_state` has the last reading. `hookbridge_clock_steps` has a row for each
//! time that the wall clock was set: the step, and the newest message at that moment. The ages of messages up to that one
//! are corrected by the step.

use rusqlite::{Connection, params};

use crate::outbox::clock::{Noted, Reading, is_after_step};

/// SQL: by how much the wall clock was set since message `m` was accepted.
macro_rules! set_since {
    () => {
        "(SELECT coalesce(sum(step), 0) FROM hookbridge_clock_steps s WHERE s.seq >= m.seq)"
    };
}
/// SQL: how far due times run ahead of the wall clock (see [`Noted::behind`]).
macro_rules! behind {
    () => {
        "(SELECT coalesce(max(value), 0) FROM hookbridge_state WHERE name = 'clock_behind')"
    };
}
pub(crate) use {behind, set_since};

const NOTED: &str =
    "SELECT max(value) FILTER (WHERE name = 'clock_boot'), max(value) FILTER (WHERE name = 'clock_started'),
    max(value) FILTER (WHERE name = 'clock_wall'), max(value) FILTER (WHERE name = 'clock_behind'),
    max(value) FILTER (WHERE name = 'clock_doubted') FROM hookbridge_state WHERE name GLOB 'clock_*'";
const NOTE: &str = "INSERT OR REPLACE INTO hookbridge_state VALUES ('clock_boot', ?1), ('clock_started', ?2),
    ('clock_wall', ?3), ('clock_behind', ?4), ('clock_doubted', ?5)";
const ADD_STEP: &str = "INSERT INTO hookbridge_clock_steps (seq, step) VALUES (?1, ?2)";
/// Drops the steps that happened before the oldest message was accepted.
const FORGET_STEPS: &str =
    "DELETE FROM hookbridge_clock_steps WHERE seq < (SELECT min(seq) FROM hookbridge_messages)";
const ALL_STEPS: &str = "SELECT coalesce(sum(abs(step)), 0) FROM hookbridge_clock_steps";
const NEWEST: &str = "SELECT seq, created_at FROM hookbridge_messages ORDER BY seq DESC LIMIT ?1";

/// The most messages that are read to find the one that was the newest when the clock was set.
const MOST_READ: i64 = 10_000;

const BEHIND: &str = concat!("SELECT ", behind!());

/// How far due times run ahead of the wall clock.
pub(crate) fn behind_now(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(BEHIND)?.query_row([], |row| row.get(0))
}

/// The reading that was noted last.
pub(crate) fn noted(connection: &Connection) -> rusqlite::Result<Option<Noted>> {
    connection.prepare_cached(NOTED)?.query_row([], |row| {
        let Some(boot) = row.get(0)? else { return Ok(None) };
        let value = |column| row.get::<_, Option<i64>>(column).map(Option::unwrap_or_default);
        Ok(Some(Noted { boot, started: value(1)?, wall: value(2)?, behind: value(3)?, doubted: value(4)? }))
    })
}

/// Notes a reading where the clock was set or the machine was restarted, or where the last note is `older_than` so many
/// milliseconds. Call in the writer's transaction.
pub(crate) fn note(connection: &Connection, now: &Reading, older_than: i64) -> rusqlite::Result<Noted> {
    let before = noted(connection)?;
    let (after, step) = Noted::noting(before.as_ref(), now, older_than);
    let Some(step) = step else { return Ok(after) };
    if step != 0
        && let Some(seq) = newest_before(connection, now.wall.as_millis(), step)?
    {
        connection.prepare_cached(ADD_STEP)?.execute([seq, step])?;
    }
    connection.prepare_cached(NOTE)?.execute(params![
        after.boot,
        after.started,
        after.wall,
        after.behind,
        after.doubted
    ])?;
    Ok(after)
}

/// The newest message that was accepted before the clock was set by `step` to `now`. Where this cannot be told the answer
/// is on the safe side: messages are kept longer, never dropped earlier.
fn newest_before(connection: &Connection, now: i64, step: i64) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached(NEWEST)?;
    let mut rows = statement.query([MOST_READ])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let (seq, created_at): (i64, i64) = (row.get(0)?, row.get(1)?);
        if !is_after_step(created_at, now, step) {
            return Ok(Some(seq));
        }
        last = Some(seq);
    }
    Ok(last.filter(|_| step > 0))
}

/// Drops the steps that no message needs any more.
pub(crate) fn forget_steps(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached(FORGET_STEPS)?.execute([]).map(drop)
}

/// By how much, in milliseconds, the order of `created_at` may differ from the order of acceptance.
pub(crate) fn disorder(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(ALL_STEPS)?.query_row([], |row| row.get(0))
}
