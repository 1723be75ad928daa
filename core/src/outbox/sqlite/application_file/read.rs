//! Reading the table of an application's file.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

const SENT: &str = "SELECT seq, id, endpoint_id, idempotency_key, ordering_key, deliver_at, expires_at, retention_hours, headers, payload
    FROM hookbridge_send WHERE seq > ?1 AND refused IS NULL ORDER BY seq LIMIT ?2";
/// Fails where the table has not the columns that are used. Always one row.
pub(super) const PROBE: &str =
    "SELECT count(*) FROM (SELECT seq, id, endpoint_id, refused, idempotency_key, ordering_key, deliver_at,
    expires_at, retention_hours, headers, payload FROM hookbridge_send LIMIT 1)";
const WAITING: &str =
    "SELECT count(*), (SELECT id FROM hookbridge_send WHERE refused IS NULL ORDER BY seq LIMIT 1)
    FROM hookbridge_send WHERE refused IS NULL";
const REFUSED: &str = "SELECT count(*), max(refused) FROM hookbridge_send WHERE refused IS NOT NULL";

/// A message as the application has written it; what it says may be anything where the trigger was taken away.
#[derive(Debug)]
pub(crate) struct SentRow {
    pub seq: i64,
    pub id: String,
    pub endpoint_id: String,
    pub idempotency_key: Option<String>,
    pub ordering_key: Option<String>,
    pub deliver_at: Option<String>,
    pub expires_at: Option<String>,
    /// Negative where it is no whole number.
    pub retention_hours: Option<i64>,
    pub headers: Option<Vec<u8>>,
    pub payload: Vec<u8>,
}

/// What is in the table.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    pub rows: u64,
    /// The id of the oldest row that was not refused.
    pub oldest: Option<String>,
    pub refused: u64,
    /// Why one of them was.
    pub example: Option<String>,
}

fn bytes(value: ValueRef<'_>) -> Option<Vec<u8>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into_bytes()),
        ValueRef::Real(number) => Some(number.to_string().into_bytes()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
    }
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    Ok(bytes(row.get_ref(column)?).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

pub(super) fn sent(
    connection: &Connection,
    after: i64,
    most: usize,
    most_bytes: usize,
) -> rusqlite::Result<Vec<SentRow>> {
    let mut statement = connection.prepare_cached(SENT)?;
    let mut rows = statement.query((after, most))?;
    let (mut sent, mut taken) = (Vec::new(), 0);
    while taken < most_bytes
        && let Some(row) = rows.next()?
    {
        let row = SentRow {
            seq: row.get(0)?,
            id: text(row, 1)?.unwrap_or_default(),
            endpoint_id: text(row, 2)?.unwrap_or_default(),
            idempotency_key: text(row, 3)?,
            ordering_key: text(row, 4)?,
            deliver_at: text(row, 5)?,
            expires_at: text(row, 6)?,
            retention_hours: match row.get_ref(7)? {
                ValueRef::Null => None,
                ValueRef::Integer(hours) => Some(hours),
                _ => Some(-1),
            },
            headers: bytes(row.get_ref(8)?),
            payload: bytes(row.get_ref(9)?).unwrap_or_default(),
        };
        taken += row.payload.len();
        sent.push(row);
    }
    Ok(sent)
}

/// How many messages are refused. Costs nothing where none is.
pub(super) fn refused(connection: &Connection) -> rusqlite::Result<u64> {
    connection.prepare_cached(REFUSED)?.query_row([], |row| row.get(0))
}

pub(super) fn waiting(connection: &Connection) -> rusqlite::Result<Waiting> {
    let (rows, oldest) =
        connection.prepare_cached(WAITING)?.query_row([], |row| Ok((row.get(0)?, text(row, 1)?)))?;
    let (refused, example) =
        connection.prepare_cached(REFUSED)?.query_row([], |row| Ok((row.get(0)?, text(row, 1)?)))?;
    Ok(Waiting { rows, oldest, refused, example })
}
