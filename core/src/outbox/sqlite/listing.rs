//! Lists of messages, newest or oldest first. Messages that wait, were given up or were deleted are found by an index
//! ([`candidates`]). Other filters have no index, since every send would pay for it: there a page reads a bounded number of
//! rows, and may be short although more follow.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::candidates::{self, Between};
use super::clock::{self, behind};
use super::stored;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::due_at;
use crate::outbox::messages::{Filter, Listing, Order};
use crate::outbox::page::Cursor;
use crate::outbox::rows::MessageKey;

/// The most rows that one page reads.
pub(super) const MOST_READ: usize = 20_000;
/// How far `created_at` may be out of the rows' order, in addition to the clock steps that were noticed.
const CLOCK_SLACK_MS: i64 = 3_600_000;

const COLUMNS: &str = concat!(
    "m.seq, m.endpoint_seq, m.status, m.created_at, m.deleted_at, m.id, e.url, m.attempt_count,
    m.delivered_at, m.failed_at, coalesce(m.due_at, m.held_due_at), m.response_status, m.response_latency_ms,
    m.last_error, m.idempotency_key, e.id, ",
    behind!(),
    ", v.type, v.tenant, m.ordering_key"
);
const FROM: &str = "FROM hookbridge_messages m JOIN hookbridge_endpoints e ON e.seq = m.endpoint_seq
    LEFT JOIN hookbridge_events v ON v.seq = m.event_seq";
/// Two subqueries, since SQLite finds one bound by the key, and would read every row to find both at once.
const BOUNDS: &str =
    "SELECT (SELECT min(seq) FROM hookbridge_messages), (SELECT max(seq) FROM hookbridge_messages)";
const CREATED_AT: &str =
    "SELECT seq, created_at FROM hookbridge_messages WHERE seq >= ?1 ORDER BY seq LIMIT 1";

/// A filter of messages, with the row of its endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Rows<'a> {
    pub endpoint_seq: Option<i64>,
    pub filter: &'a Filter,
}

impl Rows<'_> {
    fn take(&self, row: &Row<'_>) -> rusqlite::Result<bool> {
        let (filter, created_at): (_, i64) = (self.filter, row.get(3)?);
        let key = MessageKey(row.get(0)?);
        let is_deleted = row.get::<_, Option<i64>>(4)?.is_some();
        let taken = self.endpoint_seq.is_none_or(|seq| row.get(1) == Ok(seq))
            && filter.only.is_none_or(|only| only == key)
            && filter.takes_status(key, stored::status(row.get(2)?), is_deleted)
            && filter.created_from.is_none_or(|from| created_at >= from.as_millis())
            && filter.created_before.is_none_or(|before| created_at < before.as_millis())
            && !(filter.without_deleted && is_deleted);
        if !taken || !filter.looks_further() {
            return Ok(taken);
        }
        let text = |column| row.get_ref(column).ok().and_then(|text| text.as_str_or_null().ok().flatten());
        Ok(filter.takes_texts(row.get(11)?, text(13), text(14))
            && filter.takes_event(text(17), text(18), text(19)))
    }
}

fn summary(row: &Row<'_>) -> rusqlite::Result<MessageSummary> {
    let time = |column: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
    };
    let status = stored::status(row.get(2)?);
    let (due_at, behind): (Option<i64>, i64) = (row.get(10)?, row.get(16)?);
    let next_attempt_at = due_at
        .filter(|due_at| status == MessageStatus::PendingRetry || *due_at < due_at::AT_ONCE)
        .and_then(due_at::moment)
        .map(|at| Timestamp::from_millis(at.as_millis().saturating_sub(behind)));
    Ok(MessageSummary {
        message_id: MessageId::from_bytes(row.get(5)?),
        endpoint: row.get(6)?,
        status,
        attempt_count: row.get(7)?,
        created_at: Timestamp::from_millis(row.get(3)?),
        delivered_at: time(8)?,
        failed_at: time(9)?,
        next_attempt_at,
        response_status: row.get(11)?,
        response_latency_ms: row.get(12)?,
        last_error: row.get(13)?,
        deleted_at: time(4)?,
        endpoint_id: Some(EndpointId::from_bytes(row.get(15)?)),
        event_type: row.get(17)?,
    })
}

/// SQL of an order: how the next row compares with the last one, and the direction.
pub(super) fn order_in_sql(order: Order) -> (&'static str, &'static str) {
    match order {
        Order::NewestFirst => ("<", "DESC"),
        Order::OldestFirst => (">", "ASC"),
    }
}

/// At most `limit` messages behind row `after`.
pub(crate) fn page(
    connection: &Connection,
    sought: &Rows<'_>,
    order: Order,
    after: Option<Cursor>,
    limit: usize,
) -> rusqlite::Result<Listing> {
    let (slack, filter) = (clock_slack(connection)?, sought.filter);
    let begin = begin(connection, filter, order, after, slack)?;
    // A filter by time or text may refuse candidates, so more of them than the limit are needed.
    let wanted = if filter.looks_further() { MOST_READ } else { limit + 1 };
    let between = match order {
        Order::NewestFirst => Between { above: oldest(connection, filter, slack)?, below: begin },
        Order::OldestFirst => Between { above: begin, below: i64::MAX },
    };
    match candidates::find(connection, sought, order, between, wanted)? {
        Some(rows) => among(connection, sought, (order, slack), &rows, wanted, limit),
        None => walk(connection, sought, (order, slack), begin, limit),
    }
}

/// A page of the candidates `rows`. `wanted` is how many candidates were asked for.
fn among(
    connection: &Connection,
    sought: &Rows<'_>,
    (order, slack): (Order, i64),
    rows: &[i64],
    wanted: usize,
    limit: usize,
) -> rusqlite::Result<Listing> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} {FROM} WHERE m.seq = ?1"))?;
    let mut listing = Listing { messages: Vec::new(), next: None };
    let mut last = None;
    for seq in rows {
        // The message may have gone, or changed its status, since the index was read.
        let found = statement
            .query_row([seq], |row| {
                let taken = sought.take(row)?;
                Ok((
                    is_past(sought.filter, order, slack, row)?,
                    if taken { Some(summary(row)?) } else { None },
                ))
            })
            .optional()?;
        match found {
            Some((true, _)) => return Ok(listing),
            Some((_, Some(message))) => {
                if listing.messages.len() == limit {
                    listing.next = last.map(Cursor);
                    return Ok(listing);
                }
                listing.messages.push((MessageKey(*seq), message));
            }
            _ => {}
        }
        last = Some(*seq);
    }
    listing.next = last.filter(|_| rows.len() == wanted).map(Cursor);
    Ok(listing)
}

/// A page of the rows behind `begin`. Reads a bounded number of rows.
fn walk(
    connection: &Connection,
    sought: &Rows<'_>,
    (order, slack): (Order, i64),
    begin: i64,
    limit: usize,
) -> rusqlite::Result<Listing> {
    let (comparison, direction) = order_in_sql(order);
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE m.seq {comparison} ?1 ORDER BY m.seq {direction}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![begin])?;
    let mut listing = Listing { messages: Vec::new(), next: None };
    let mut last = begin;
    for _ in 0..MOST_READ {
        let Some(row) = rows.next()? else { return Ok(listing) };
        if is_past(sought.filter, order, slack, row)? {
            return Ok(listing);
        }
        if sought.take(row)? {
            if listing.messages.len() == limit {
                listing.next = Some(Cursor(last));
                return Ok(listing);
            }
            listing.messages.push((MessageKey(row.get(0)?), summary(row)?));
        }
        last = row.get(0)?;
    }
    listing.next = Some(Cursor(last));
    Ok(listing)
}

/// Whether the filter's times exclude every row behind this one.
fn is_past(filter: &Filter, order: Order, slack: i64, row: &Row<'_>) -> rusqlite::Result<bool> {
    let created_at: i64 = row.get(3)?;
    Ok(match order {
        Order::NewestFirst => {
            filter.created_from.is_some_and(|from| created_at < from.as_millis().saturating_sub(slack))
        }
        Order::OldestFirst => {
            filter.created_before.is_some_and(|before| created_at > before.as_millis().saturating_add(slack))
        }
    })
}

/// The row behind which, newest first, the filter's times exclude every row.
fn oldest(connection: &Connection, filter: &Filter, slack: i64) -> rusqlite::Result<i64> {
    let Some(from) = filter.created_from else { return Ok(0) };
    Ok(first_row_from(connection, from.as_millis().saturating_sub(slack))?.map_or(0, |seq| seq - 1))
}

/// The row behind which a page begins: the cursor, else the first row that the filter's times do not exclude.
fn begin(
    connection: &Connection,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
    slack: i64,
) -> rusqlite::Result<i64> {
    if let Some(Cursor(after)) = after {
        return Ok(after);
    }
    let by_time = match order {
        Order::NewestFirst => match filter.created_before {
            Some(before) => first_row_from(connection, before.as_millis().saturating_add(slack))?,
            None => None,
        },
        Order::OldestFirst => match filter.created_from {
            Some(from) => {
                first_row_from(connection, from.as_millis().saturating_sub(slack))?.map(|seq| seq - 1)
            }
            None => None,
        },
    };
    Ok(by_time.unwrap_or(match order {
        Order::NewestFirst => i64::MAX,
        Order::OldestFirst => 0,
    }))
}

/// How far the order of `created_at` may differ from the order of the rows, in milliseconds.
pub(super) fn clock_slack(connection: &Connection) -> rusqlite::Result<i64> {
    Ok(clock::disorder(connection)?.saturating_add(CLOCK_SLACK_MS))
}

/// The first row that was accepted at `millis` or later, by binary search.
pub(super) fn first_row_from(connection: &Connection, millis: i64) -> rusqlite::Result<Option<i64>> {
    let bounds: (Option<i64>, Option<i64>) =
        connection.prepare_cached(BOUNDS)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(mut low), Some(newest)) = bounds else { return Ok(None) };
    let mut high = newest + 1;
    let mut created_at = connection.prepare_cached(CREATED_AT)?;
    while low < high {
        let middle = low + (high - low) / 2;
        let (seq, created): (i64, i64) =
            created_at.query_row([middle], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if created >= millis {
            high = middle;
        } else {
            low = seq + 1;
        }
    }
    Ok(Some(low))
}
