//! What the file remembers of the clocks: `state` has what was noted last, and `hookbridge_clock_steps` by how much the wall
//! clock was set, with the newest message of that moment. An older message's age leaves such a step out.

use rusqlite::{Connection, params};

use crate::outbox::clock::{Noted, Reading};

/// By how much the wall clock was set since message `m` was accepted.
macro_rules! set_since {
    () => {
        "(SELECT coalesce(sum(step), 0) FROM hookbridge_clock_steps s WHERE s.seq >= m.seq)"
    };
}
/// How far what is due runs ahead of the wall clock (see [`Noted::behind`]).
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
/// Steps that no message is older than.
const FORGET_STEPS: &str =
    "DELETE FROM hookbridge_clock_steps WHERE seq < (SELECT min(seq) FROM hookbridge_messages)";
const ALL_STEPS: &str = "SELECT coalesce(sum(abs(step)), 0) FROM hookbridge_clock_steps";
const NEWEST: &str = "SELECT seq, created_at FROM hookbridge_messages ORDER BY seq DESC LIMIT ?1";

/// The most messages that are looked at to find those that were accepted after a step and before it was noticed.
const LOOKED_AT: i64 = 10_000;

/// What was noted last.
pub(crate) fn noted(connection: &Connection) -> rusqlite::Result<Option<Noted>> {
    connection.prepare_cached(NOTED)?.query_row([], |row| {
        let Some(boot) = row.get(0)? else { return Ok(None) };
        let value = |column| row.get::<_, Option<i64>>(column).map(Option::unwrap_or_default);
        Ok(Some(Noted { boot, started: value(1)?, wall: value(2)?, behind: value(3)?, doubted: value(4)? }))
    })
}

/// Notes a reading where something follows from it, or the last is `older_than` so many milliseconds. In the writer's
/// transaction.
pub(crate) fn note(connection: &Connection, now: &Reading, older_than: i64) -> rusqlite::Result<Noted> {
    let before = noted(connection)?;
    let after = Noted::after(before.as_ref(), now);
    if let Some(before) = before {
        let step = before.step(now);
        if step == 0 && before.boot == after.boot && after.wall.saturating_sub(before.wall) < older_than {
            return Ok(before);
        }
        if step != 0
            && let Some(seq) = newest_before(connection, now.wall.as_millis(), step)?
        {
            connection.prepare_cached(ADD_STEP)?.execute([seq, step])?;
        }
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

/// The newest message that was accepted before the clock was set by `step` to be `now`. Where that cannot be told it is the
/// one with which messages are kept for longer, not the one with which they go earlier.
fn newest_before(connection: &Connection, now: i64, step: i64) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached(NEWEST)?;
    let mut rows = statement.query([LOOKED_AT])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let (seq, created_at): (i64, i64) = (row.get(0)?, row.get(1)?);
        let is_after = created_at.abs_diff(now) < created_at.abs_diff(now.saturating_sub(step));
        if !is_after {
            return Ok(Some(seq));
        }
        last = Some(seq);
    }
    Ok(last.filter(|_| step > 0))
}

/// Forgets what no message needs any more.
pub(crate) fn forget_steps(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached(FORGET_STEPS)?.execute([]).map(drop)
}

/// By how much the wall clock's order and that of acceptance may differ, in milliseconds.
pub(crate) fn disorder(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(ALL_STEPS)?.query_row([], |row| row.get(0))
}
