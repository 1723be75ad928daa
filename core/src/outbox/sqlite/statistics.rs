//! How many messages stand where.

use rusqlite::{Connection, params};

use super::clock::behind;
use crate::model::timestamp::Timestamp;
use crate::outbox::stored_status;

const WAITING: &str = concat!(
    "SELECT count(*) FILTER (WHERE status = ?2), count(*) FILTER (WHERE status = ?3),
    min(created_at) FILTER (WHERE due_at <= ?1 + ",
    behind!(),
    ") FROM hookbridge_messages WHERE due_at IS NOT NULL"
);
const DEAD: &str = "SELECT count(*) FROM hookbridge_messages WHERE status = 3 AND deleted_at IS NULL";

pub(crate) struct Counts {
    pub queued: u64,
    pub waiting_for_retry: u64,
    pub dead: u64,
    /// When the oldest message that is due was accepted.
    pub oldest_due: Option<Timestamp>,
}

pub(crate) fn counts(connection: &Connection, now: Timestamp) -> rusqlite::Result<Counts> {
    let (queued, waiting_for_retry, oldest_due) = connection
        .prepare_cached(WAITING)?
        .query_row(params![now.as_millis(), stored_status::QUEUED, stored_status::PENDING_RETRY], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<i64>>(2)?))
        })?;
    let dead = connection.prepare_cached(DEAD)?.query_row([], |row| row.get(0))?;
    Ok(Counts { queued, waiting_for_retry, dead, oldest_due: oldest_due.map(Timestamp::from_millis) })
}
