//! The mark of a file whose outbox moves into a database, or has moved. From then on every program that opens the file is refused, and
//! triggers refuse the changes of those that had it open before, of whichever version.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::storage_error;
use crate::error::{Error, ErrorCode, Result};

/// The mark stands where other things stand that have a name and are one.
const FIND: &str = "SELECT value FROM hookbridge_secrets WHERE name = 'moved'";

/// How each refusal begins.
const MOVED: &str = "this outbox has moved to ";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Names the move.
    pub id: String,
    /// The address, without what is secret in it.
    pub to: String,
    /// Whether everything is there.
    pub is_done: bool,
}

pub(super) fn find(connection: &Connection) -> Result<Option<Mark>> {
    let found: Option<Vec<u8>> =
        connection.query_row(FIND, [], |row| row.get(0)).optional().map_err(storage_error)?;
    found.map(|mark| serde_json::from_slice(&mark)).transpose().map_err(|_| {
        Error::new(ErrorCode::StorageUnavailable, "the outbox file is damaged: its mark of a move")
    })
}

/// What every program is told that opens the file.
pub(super) fn sentence(mark: &Mark) -> String {
    let again = if mark.is_done { "" } else { ", which has not ended: run `hookbridge move` again" };
    format!("{MOVED}{}{again}", mark.to)
}

/// Refuses a file that has moved, or is being moved.
///
/// # Errors
/// `INVALID_CONFIGURATION`, which says where it went.
pub(super) fn check(connection: &Connection) -> Result<()> {
    match find(connection)? {
        Some(mark) => Err(Error::new(ErrorCode::InvalidConfiguration, sentence(&mark))),
        None => Ok(()),
    }
}

/// The refusal of a trigger, if it is one.
pub(super) fn refusal(cause: &rusqlite::Error) -> Option<Error> {
    match cause {
        rusqlite::Error::SqliteFailure(_, Some(text)) if text.starts_with(MOVED) => {
            Some(Error::new(ErrorCode::InvalidConfiguration, text.clone()))
        }
        _ => None,
    }
}

/// Marks the file. Call in a transaction.
#[cfg(feature = "postgres")]
pub(super) fn set(connection: &Connection, mark: &Mark) -> rusqlite::Result<()> {
    const MARK: &str = "INSERT OR REPLACE INTO hookbridge_secrets (name, value) VALUES ('moved', ?1)";
    /// The tables that a program writes whatever it does.
    const GUARDED: [&str; 7] =
        ["endpoints", "signing_keys", "api_keys", "messages", "events", "event_types", "attempts"];
    let value =
        serde_json::to_vec(mark).map_err(|cause| rusqlite::Error::ToSqlConversionFailure(cause.into()))?;
    connection.execute(MARK, [value])?;
    let why = format!("{MOVED}{}", mark.to).replace('\'', "''");
    for table in GUARDED {
        for change in ["INSERT", "UPDATE", "DELETE"] {
            let name = format!("hookbridge_moved_{table}_{}", change.to_lowercase());
            connection.execute_batch(&format!(
                "DROP TRIGGER IF EXISTS {name};
                CREATE TRIGGER {name} BEFORE {change} ON hookbridge_{table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
            ))?;
        }
    }
    Ok(())
}
