//! Reading due messages, for the delivery loop.

use std::sync::Arc;

use bytes::Bytes;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, Transaction, params};

use super::clock::behind;
use super::messages::payload_of;
use super::stored::before_all;
use crate::model::event_record::OfEvent;
use crate::model::event_type::EventType;
use crate::model::ids::{EventId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::due::{LOOK_AGAIN, Refill, Wanted};
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::{DueMessage, Timing};

const COLUMNS: &str = "m.seq, m.id, m.endpoint_seq, m.due_at, m.attempt_count, m.schedule_start, m.epoch,
    m.created_at, m.retention_hours, p.headers, p.body, m.ordering_key, m.expires_at, m.deliver_at, v.id, v.type, v.tenant";
const LAST_SEQ: &str = "SELECT coalesce(max(seq), 0) FROM hookbridge_messages";
const LANES_SINCE: &str = "SELECT DISTINCT endpoint_seq FROM hookbridge_messages WHERE seq > ?1";
/// The earliest retry and the earliest scheduled message that are not due yet, each found by one step into the index.
const NEXT_DUE: &str = concat!(
    "SELECT min(at) FROM (
    SELECT min(due_at) AS at FROM hookbridge_messages WHERE endpoint_seq = ?1 AND due_at > ?2
    UNION ALL SELECT min(due_at) + ",
    before_all!(),
    " FROM hookbridge_messages WHERE endpoint_seq = ?1 AND due_at < 0 AND due_at > ?2 - ",
    before_all!(),
    ")"
);
const WAITING_LANES: &str = "WITH RECURSIVE lane (seq) AS (
        SELECT min(endpoint_seq) FROM hookbridge_messages WHERE due_at IS NOT NULL
        UNION ALL
        SELECT (SELECT min(endpoint_seq) FROM hookbridge_messages
            WHERE due_at IS NOT NULL AND endpoint_seq > lane.seq) FROM lane WHERE lane.seq IS NOT NULL)
    SELECT seq FROM lane WHERE seq IS NOT NULL";
const ANY_DUE: &str = concat!(
    "SELECT 1 FROM hookbridge_messages WHERE endpoint_seq = ?1 AND due_at BETWEEN 0 AND ?2 + ",
    behind!(),
    " UNION ALL SELECT 1 FROM hookbridge_messages WHERE endpoint_seq = ?1 AND due_at < 0 AND due_at <= ?2 + ",
    behind!(),
    " - ",
    before_all!(),
    " LIMIT 1"
);

/// With so many lanes or more, one page of the file is likely to hold messages of several lanes, so a larger cache pays.
const LANES_THAT_SHARE_PAGES: usize = 8;
/// In KiB. SQLite empties the cache when the file has changed.
const LARGE_CACHE: &str = "PRAGMA cache_size = -16384";

fn due_message(row: &Row<'_>) -> rusqlite::Result<DueMessage> {
    Ok(DueMessage {
        key: MessageKey(row.get(0)?),
        id: MessageId::from_bytes(row.get(1)?),
        lane: LaneKey(row.get(2)?),
        due_at: row.get(3)?,
        attempt_count: row.get(4)?,
        schedule_start: row.get(5)?,
        epoch: row.get(6)?,
        created_at: Timestamp::from_millis(row.get(7)?),
        retention_hours: row.get(8)?,
        headers: row.get(9)?,
        payload: Bytes::from(row.get::<_, Vec<u8>>(10)?),
        ordering_key: row.get::<_, Option<String>>(11)?.map(Arc::from),
        timing: Timing {
            expires_at: row.get::<_, Option<i64>>(12)?.map(Timestamp::from_millis),
            deliver_at: row.get::<_, Option<i64>>(13)?.map(Timestamp::from_millis),
        },
        event: match row.get::<_, Option<[u8; 16]>>(14)? {
            Some(id) => Some(Arc::new(OfEvent {
                id: EventId::from_bytes(id),
                event_type: EventType::stored(row.get(15)?),
                tenant: row.get(16)?,
            })),
            None => None,
        },
    })
}

/// The statements of refills, prepared once for many lanes, over one snapshot.
pub(crate) struct Refills<'a> {
    ranges: [CachedStatement<'a>; 3],
    next_due: CachedStatement<'a>,
    // Dropped last, which ends the snapshot.
    _snapshot: Transaction<'a>,
}

impl<'a> Refills<'a> {
    /// Begins a snapshot for the refills of `lanes` lanes.
    pub(crate) fn new(connection: &'a Connection, lanes: usize) -> rusqlite::Result<Self> {
        if lanes >= LANES_THAT_SHARE_PAGES {
            connection.execute_batch(LARGE_CACHE)?;
        }
        let snapshot = connection.unchecked_transaction()?;
        let range = |range: &str| {
            connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM hookbridge_messages m JOIN hookbridge_payloads p ON p.seq = {}
                 LEFT JOIN hookbridge_events v ON v.seq = m.event_seq
                 WHERE m.endpoint_seq = ?1 AND {range}
                 ORDER BY m.due_at, m.seq",
                payload_of!()
            ))
        };
        Ok(Self {
            ranges: [
                range("m.due_at > 0 AND m.due_at <= ?2")?,
                range(concat!("m.due_at < 0 AND m.due_at <= ?2 - ", before_all!()))?,
                range("m.due_at = 0 AND ?2 IS NOT NULL")?,
            ],
            next_due: connection.prepare_cached(NEXT_DUE)?,
            _snapshot: snapshot,
        })
    }

    /// Reads up to `room` messages and about `bytes` of payload that are due on a lane and not `known`: due retries first,
    /// then scheduled messages, then fresh ones in the order of acceptance. One that has expired is passed over. Each refill
    /// reads from the beginning, so that no message which was inserted behind a cursor is missed. The known messages are few.
    pub(crate) fn read(
        &mut self,
        wanted: &Wanted,
        now: Timestamp,
        wall: Timestamp,
    ) -> rusqlite::Result<Refill> {
        let Wanted { lane: LaneKey(lane), room, bytes, known } = wanted;
        let mut found = Refill { messages: Vec::new(), more: false, next_due: None };
        let mut held = 0;
        let mut has_expired = false;
        for statement in &mut self.ranges {
            let mut rows = statement.query(params![lane, now.as_millis()])?;
            while let Some(row) = rows.next()? {
                if known.contains(&MessageKey(row.get(0)?)) {
                    continue;
                }
                if found.messages.len() >= *room || (held >= *bytes && !found.messages.is_empty()) {
                    found.more = true;
                    break;
                }
                if row.get::<_, Option<i64>>(12)?.is_some_and(|at| at <= wall.as_millis()) {
                    has_expired = true;
                    continue;
                }
                let message = due_message(row)?;
                held += message.weight();
                found.messages.push(message);
            }
        }
        found.next_due = self
            .next_due
            .query_row(params![lane, now.as_millis()], |row| row.get::<_, Option<i64>>(0))?
            .map(Timestamp::from_millis);
        if has_expired {
            let again = now.plus(LOOK_AGAIN);
            found.next_due = Some(found.next_due.map_or(again, |at| at.min(again)));
        }
        Ok(found)
    }
}

/// The row of the newest message.
pub(crate) fn last_seq(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(LAST_SEQ)?.query_row([], |row| row.get(0))
}

/// The lanes that got messages after row `since`, and the newest row.
pub(crate) fn lanes_since(connection: &Connection, since: i64) -> rusqlite::Result<(Vec<LaneKey>, i64)> {
    let last = last_seq(connection)?;
    let lanes = connection
        .prepare_cached(LANES_SINCE)?
        .query_map([since], |row| row.get(0).map(LaneKey))?
        .collect::<Result<_, _>>()?;
    Ok((lanes, last))
}

/// Every lane in which messages wait, due or not. Takes one step through the index for each lane.
pub(crate) fn waiting_lanes(connection: &Connection) -> rusqlite::Result<Vec<LaneKey>> {
    connection.prepare_cached(WAITING_LANES)?.query_map([], |row| row.get(0).map(LaneKey))?.collect()
}

/// Whether a message is due on a lane that is not paused.
pub(crate) fn anything_due(connection: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
    // Lane by lane: the first due message is the answer.
    let mut statement = connection.prepare_cached(WAITING_LANES)?;
    let mut lanes = statement.query([])?;
    while let Some(row) = lanes.next()? {
        let lane = row.get(0)?;
        if !super::endpoints::is_paused(connection, lane)? {
            let due = connection
                .prepare_cached(ANY_DUE)?
                .query_row(params![lane, now.as_millis()], |_| Ok(()))
                .optional()?;
            if due.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
