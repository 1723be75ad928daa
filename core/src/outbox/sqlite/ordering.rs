//! Order among the messages of one endpoint and ordering key: each waits until the one before it has come to an end.
//!
//! `in_order` is 0 for the message in front and 1 for those behind it. Only the one in front is ever due, so that a key which is
//! blocked costs the reading of due messages nothing, however many wait behind it. Whatever ends a message lets the next go
//! in the same transaction.

use rusqlite::{Connection, OptionalExtension, params};

use super::endpoints;
use super::stored::failed_permanent;
use crate::model::ids::MessageId;
use crate::outbox::messages::Front;

/// SQL: the messages that wait behind another of their ordering key. It is the condition of an index.
macro_rules! held {
    () => {
        "held_due_at IS NOT NULL"
    };
}
pub(super) use held;

const FRONT: i64 = 0;
const HELD: i64 = 1;

const HAS_FRONT: &str =
    "SELECT EXISTS (SELECT 1 FROM hookbridge_messages INDEXED BY hookbridge_messages_order
    WHERE endpoint_seq = ?1 AND ordering_key = ?2 AND in_order = 0)";
const LEAVE: &str = "UPDATE hookbridge_messages SET in_order = NULL, held_due_at = NULL WHERE seq = ?1";
/// The one in front, or the first of those behind where nobody is.
const FIRST: &str =
    "SELECT seq, in_order, held_due_at IS NOT NULL FROM hookbridge_messages INDEXED BY hookbridge_messages_order
    WHERE endpoint_seq = ?1 AND ordering_key = ?2 AND in_order >= 0 ORDER BY in_order, seq LIMIT 1";
const RELEASE: &str =
    "UPDATE hookbridge_messages SET in_order = 0, due_at = held_due_at, held_due_at = NULL WHERE seq = ?1";
const ENTER_IN_FRONT: &str = "UPDATE hookbridge_messages SET in_order = 0 WHERE seq = ?1";
const ENTER_BEHIND: &str =
    "UPDATE hookbridge_messages SET in_order = 1, held_due_at = due_at, due_at = NULL WHERE seq = ?1";
const FRONT_ONE: &str = concat!(
    "SELECT id, status = ",
    failed_permanent!(),
    " FROM hookbridge_messages INDEXED BY hookbridge_messages_order
    WHERE endpoint_seq = ?1 AND ordering_key = ?2 AND in_order = 0 LIMIT 1"
);
const BETWEEN: &str =
    "SELECT count(*) FROM (SELECT 1 FROM hookbridge_messages INDEXED BY hookbridge_messages_order
    WHERE endpoint_seq = ?1 AND ordering_key = ?2 AND in_order = 1 AND seq < ?3 LIMIT ?4)";
const PLACE: &str = "SELECT endpoint_seq, ordering_key, in_order FROM hookbridge_messages WHERE seq = ?1";

/// The place of a new message: `in_order`, and whether it waits behind another.
pub(super) fn place_of_new(
    connection: &Connection,
    endpoint_seq: i64,
    key: Option<&str>,
) -> rusqlite::Result<(Option<i64>, bool)> {
    let Some(key) = key else { return Ok((None, false)) };
    let held = has_front(connection, endpoint_seq, key)?;
    Ok((Some(if held { HELD } else { FRONT }), held))
}

fn has_front(connection: &Connection, endpoint_seq: i64, key: &str) -> rusqlite::Result<bool> {
    connection.prepare_cached(HAS_FRONT)?.query_row(params![endpoint_seq, key], |row| row.get(0))
}

/// Where a message stands: its endpoint, its ordering key and its place. None where it has no key, or no row.
fn place(connection: &Connection, seq: i64) -> rusqlite::Result<Option<(i64, String, Option<i64>)>> {
    let found = connection
        .prepare_cached(PLACE)?
        .query_row([seq], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?, row.get(2)?)))
        .optional()?;
    Ok(found.and_then(|(endpoint_seq, key, in_order)| Some((endpoint_seq, key?, in_order))))
}

/// A message came to an end: it leaves its place, and the next one goes. True where another message is due by this.
pub(super) fn leave(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    let Some((endpoint_seq, key, in_order)) = place(connection, seq)? else { return Ok(false) };
    if in_order.is_none() {
        return Ok(false);
    }
    connection.prepare_cached(LEAVE)?.execute([seq])?;
    release(connection, endpoint_seq, &key)
}

/// Lets the next message of a key go, unless one is in front. True where another message is due by this.
pub(super) fn release(connection: &Connection, endpoint_seq: i64, key: &str) -> rusqlite::Result<bool> {
    loop {
        let first: Option<(i64, i64, bool)> = connection
            .prepare_cached(FIRST)?
            .query_row(params![endpoint_seq, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((next, HELD, waits)) = first else { return Ok(false) };
        // One that was given up while it waited holds the others, if its endpoint halts.
        if waits || endpoints::halts(connection, endpoint_seq)? {
            connection.prepare_cached(RELEASE)?.execute([next])?;
            return Ok(waits);
        }
        connection.prepare_cached(LEAVE)?.execute([next])?;
    }
}

/// A message that had come to an end was queued again, and is due: it takes its place, behind the one in front if there is any.
pub(super) fn enter_again(connection: &Connection, seq: i64) -> rusqlite::Result<()> {
    let Some((endpoint_seq, key, in_order)) = place(connection, seq)? else { return Ok(()) };
    let sql = match in_order {
        // It was given up and has held the others since.
        Some(_) => return Ok(()),
        None if has_front(connection, endpoint_seq, &key)? => ENTER_BEHIND,
        None => ENTER_IN_FRONT,
    };
    connection.prepare_cached(sql)?.execute([seq]).map(drop)
}

/// The message in front of one that waits behind it; none where it does not.
pub(super) fn front(connection: &Connection, seq: i64, most: u64) -> rusqlite::Result<Option<Front>> {
    let Some((endpoint_seq, key, Some(HELD))) = place(connection, seq)? else { return Ok(None) };
    let found: Option<([u8; 16], bool)> = connection
        .prepare_cached(FRONT_ONE)?
        .query_row(params![endpoint_seq, key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, halted)) = found else { return Ok(None) };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let between: u64 = connection
        .prepare_cached(BETWEEN)?
        .query_row(params![endpoint_seq, key, seq, most], |row| row.get(0))?;
    Ok(Some(Front { message_id: MessageId::from_bytes(id), halted, before: between + 1 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::sqlite::schema;

    /// A key that is blocked with many behind it costs the others nothing.
    #[test]
    fn every_statement_finds_its_message_by_the_index_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        for sql in [HAS_FRONT, FIRST, FRONT_ONE, BETWEEN] {
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let mut rows = plan.raw_query();
            let mut steps = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                steps.push(row.get::<_, String>(3).unwrap());
            }
            let by = "hookbridge_messages_order (endpoint_seq=? AND ordering_key=? AND in_order";
            assert!(steps.iter().any(|step| step.contains(by)), "{sql}: {steps:?}");
            assert!(!steps.iter().any(|step| step.contains("ORDER BY")), "{sql}: {steps:?}");
        }
    }
}
