//! The dead letter queue, read for its groups: by its index, newest first.

use rusqlite::{Connection, params};

use super::stored::dead_letter;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::messages::DeadLetter;
use crate::outbox::page::Cursor;

/// The index has the endpoint too, so that of another endpoint's messages nothing but the index is read.
const READ: &str = concat!(
    "SELECT m.seq, m.id, e.id, e.url, m.response_status, m.last_error, coalesce(m.failed_at, m.updated_at)
    FROM (SELECT seq FROM hookbridge_messages INDEXED BY hookbridge_messages_dead WHERE ",
    dead_letter!(),
    " AND seq < ?1 AND (?2 IS NULL OR endpoint_seq = ?2) ORDER BY seq DESC LIMIT ?3) dead
    JOIN hookbridge_messages m ON m.seq = dead.seq JOIN hookbridge_endpoints e ON e.seq = m.endpoint_seq
    ORDER BY dead.seq DESC"
);

/// Calls `each` for at most `limit` messages behind `after`. Returns where to go on, if there are more.
pub(crate) fn read(
    connection: &Connection,
    endpoint_seq: Option<i64>,
    after: Option<Cursor>,
    limit: usize,
    each: &mut dyn FnMut(DeadLetter),
) -> rusqlite::Result<Option<Cursor>> {
    let before = after.map_or(i64::MAX, |Cursor(row)| row);
    let mut statement = connection.prepare_cached(READ)?;
    // One more than is wanted tells whether there are more.
    let mut rows = statement.query(params![before, endpoint_seq, limit as i64 + 1])?;
    let (mut count, mut last) = (0, None);
    while let Some(row) = rows.next()? {
        if count == limit {
            return Ok(last);
        }
        count += 1;
        last = Some(Cursor(row.get(0)?));
        each(DeadLetter {
            message_id: MessageId::from_bytes(row.get(1)?),
            endpoint_id: EndpointId::from_bytes(row.get(2)?),
            endpoint: row.get(3)?,
            response_status: row.get(4)?,
            last_error: row.get(5)?,
            failed_at: Timestamp::from_millis(row.get(6)?),
        });
    }
    Ok(None)
}
