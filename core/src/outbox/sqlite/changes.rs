//! The revision of a file, and the changes that led to it.
//!
//! Each change raises the revision by one and adds a row under that number. An older version of HookBridge on the same file
//! adds no row, and old rows are dropped. Where a number has no row, anything may have changed.

use rusqlite::{Connection, params};

use crate::outbox::change::Change;
use crate::outbox::rows::LaneKey;

/// How many rows are kept. A process that is further behind reads everything anew.
const ROWS_KEPT: i64 = 10_000;

const REVISION: &str = "SELECT value FROM hookbridge_state WHERE name = 'revision'";
const RAISE: &str = "UPDATE hookbridge_state SET value = value + 1 WHERE name = 'revision' RETURNING value";
const NOTE: &str =
    "INSERT OR REPLACE INTO hookbridge_changes (revision, kind, endpoint_seq) VALUES (?1, ?2, ?3)";
const DROP: &str = "DELETE FROM hookbridge_changes WHERE revision <= ?1";
const SINCE: &str =
    "SELECT kind, endpoint_seq FROM hookbridge_changes WHERE revision > ?1 AND revision <= ?2";

/// The stored number of each kind of change.
mod kind {
    pub(super) const ENDPOINT: i64 = 1;
    pub(super) const MESSAGES: i64 = 2;
    pub(super) const API_KEYS: i64 = 3;
}

pub(crate) fn revision(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(REVISION)?.query_row([], |row| row.get(0))
}

/// Writes the changes of one group.
pub(crate) fn note(
    connection: &Connection,
    changes: impl IntoIterator<Item = Change>,
) -> rusqlite::Result<()> {
    for change in changes {
        let revision: i64 = connection.prepare_cached(RAISE)?.query_row([], |row| row.get(0))?;
        let (kind, endpoint_seq) = match change {
            Change::Endpoint(lane) => (kind::ENDPOINT, Some(lane.0)),
            Change::Messages(lane) => (kind::MESSAGES, Some(lane.0)),
            Change::ApiKeys => (kind::API_KEYS, None),
        };
        connection.prepare_cached(NOTE)?.execute(params![revision, kind, endpoint_seq])?;
        connection.prepare_cached(DROP)?.execute([revision - ROWS_KEPT])?;
    }
    Ok(())
}

/// The changes after revision `from` and up to `to`; `None` where they are not all known.
pub(crate) fn between(connection: &Connection, from: i64, to: i64) -> rusqlite::Result<Option<Vec<Change>>> {
    if to < from || to - from > ROWS_KEPT {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(SINCE)?;
    let mut rows = statement.query([from, to])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push(match (row.get(0)?, row.get(1)?) {
            (kind::ENDPOINT, Some(seq)) => Change::Endpoint(LaneKey(seq)),
            (kind::MESSAGES, Some(seq)) => Change::Messages(LaneKey(seq)),
            (kind::API_KEYS, _) => Change::ApiKeys,
            // A kind that a newer version has written.
            _ => return Ok(None),
        });
    }
    let whole = i64::try_from(changes.len()).is_ok_and(|found| found == to - from);
    Ok(whole.then_some(changes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::sqlite::schema;

    #[test]
    fn each_edit_is_named_and_an_unnamed_one_is_noticed() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let begun = revision(&connection).unwrap();
        let edits = [Change::Endpoint(LaneKey(7)), Change::Messages(LaneKey(7)), Change::ApiKeys];
        note(&connection, edits).unwrap();
        let now = revision(&connection).unwrap();
        assert_eq!(now, begun + 3);
        assert_eq!(between(&connection, begun, now).unwrap(), Some(edits.to_vec()));
        assert_eq!(between(&connection, now - 1, now).unwrap(), Some(vec![Change::ApiKeys]));
        assert_eq!(between(&connection, now, now).unwrap(), Some(Vec::new()));
        // An older version raises the revision without a row.
        connection
            .execute("UPDATE hookbridge_state SET value = value + 1 WHERE name = 'revision'", [])
            .unwrap();
        assert_eq!(between(&connection, now, now + 1).unwrap(), None);
        note(&connection, [Change::Endpoint(LaneKey(8))]).unwrap();
        assert_eq!(between(&connection, now, now + 2).unwrap(), None);
        assert_eq!(between(&connection, now + 1, now + 2).unwrap(), Some(vec![Change::Endpoint(LaneKey(8))]));
    }

    #[test]
    fn few_rows_are_kept_and_who_is_too_late_is_told() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let begun = revision(&connection).unwrap();
        note(&connection, (0..ROWS_KEPT + 5).map(LaneKey).map(Change::Messages)).unwrap();
        let now = revision(&connection).unwrap();
        let rows: i64 =
            connection.query_row("SELECT count(*) FROM hookbridge_changes", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, ROWS_KEPT);
        assert_eq!(between(&connection, begun, now).unwrap(), None);
        assert_eq!(
            between(&connection, now - ROWS_KEPT, now).unwrap().map(|changes| changes.len() as i64),
            Some(ROWS_KEPT)
        );
    }
}
