//! Candidates: the rows that an index finds for a filter, in order. There are indexes of the messages that wait, of those
//! that were given up and of the deleted ones. Only indexes are read, so the rows in between cost nothing.

use rusqlite::{Connection, params};

use super::listing::{Rows, order_in_sql};
use super::ordering::held;
use super::stored::{dead_letter, failed_permanent, pending_retry, queued};
use crate::model::message::MessageStatus;
use crate::outbox::messages::Order;
use crate::outbox::rows::MessageKey;

/// A range of rows, without its bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Between {
    pub above: i64,
    pub below: i64,
}

/// An index, and the condition on its rows.
#[derive(Clone, Copy, PartialEq)]
struct Source {
    index: &'static str,
    rows: &'static str,
}

const fn waiting(rows: &'static str) -> Source {
    Source { index: "hookbridge_messages_waiting", rows }
}

const fn deleted(rows: &'static str) -> Source {
    Source { index: "hookbridge_messages_deleted", rows }
}

/// The due time tells queued messages from those that wait for a retry: see `schema.rs`.
const QUEUED: [Source; 4] = [
    waiting("due_at = 0"),
    waiting("due_at < 0"),
    Source { index: "hookbridge_messages_held", rows: held!() },
    deleted(concat!("deleted_at IS NOT NULL AND status = ", queued!())),
];
const PENDING_RETRY: [Source; 2] =
    [waiting("due_at > 0"), deleted(concat!("deleted_at IS NOT NULL AND status = ", pending_retry!()))];
const GIVEN_UP: [Source; 2] = [
    Source { index: "hookbridge_messages_dead", rows: dead_letter!() },
    deleted(concat!("deleted_at IS NOT NULL AND status = ", failed_permanent!())),
];

/// The sources of the messages with one status; deleted messages are in the last one. `None` where no index has the messages.
fn sources(status: MessageStatus) -> Option<&'static [Source]> {
    match status {
        MessageStatus::Queued => Some(&QUEUED),
        MessageStatus::PendingRetry => Some(&PENDING_RETRY),
        MessageStatus::FailedPermanent => Some(&GIVEN_UP),
        // Never stored.
        MessageStatus::Delivering => Some(&[]),
        MessageStatus::Succeeded => None,
    }
}

/// The first `wanted` rows that may pass the filter; `None` where no index has all of them.
pub(super) fn find(
    connection: &Connection,
    sought: &Rows<'_>,
    order: Order,
    between: Between,
    wanted: usize,
) -> rusqlite::Result<Option<Vec<i64>>> {
    let filter = sought.filter;
    let within = |seq: &i64| (between.above + 1..between.below).contains(seq);
    if let Some(MessageKey(seq)) = filter.only {
        return Ok(Some(Some(seq).filter(within).into_iter().collect()));
    }
    if filter.statuses.is_empty() && filter.delivering.is_none() {
        return Ok(None);
    }
    let delivering = filter.delivering.iter().flatten().map(|key| key.0);
    let mut found: Vec<i64> = delivering.filter(within).collect();
    for status in &filter.statuses {
        let Some(sources) = sources(*status) else { return Ok(None) };
        // The deleted messages are in the last source.
        let without = sources.len().saturating_sub(usize::from(filter.without_deleted));
        let sources = sources.get(..without).unwrap_or_default();
        for source in sources {
            read(connection, *source, sought.endpoint_seq, order, between, wanted, &mut found)?;
        }
    }
    match order {
        Order::NewestFirst => found.sort_unstable_by(|a, b| b.cmp(a)),
        Order::OldestFirst => found.sort_unstable(),
    }
    // A row that moved between indexes meanwhile was found twice.
    found.dedup();
    found.truncate(wanted);
    Ok(Some(found))
}

/// The statement that reads a source from its index alone. The rows come in the order of the index, or SQLite sorts them
/// and keeps no more than the limit.
fn sql(source: Source, of_endpoint: bool, order: Order) -> String {
    let endpoint = if of_endpoint { "endpoint_seq = ?4" } else { "?4 IS NULL" };
    let (_, direction) = order_in_sql(order);
    format!(
        "SELECT seq FROM hookbridge_messages INDEXED BY {} WHERE {} AND {endpoint} AND seq > ?1 AND seq < ?2
         ORDER BY seq {direction} LIMIT ?3",
        source.index, source.rows
    )
}

fn read(
    connection: &Connection,
    source: Source,
    endpoint_seq: Option<i64>,
    order: Order,
    between: Between,
    wanted: usize,
    found: &mut Vec<i64>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(&sql(source, endpoint_seq.is_some(), order))?;
    let rows = statement
        .query_map(params![between.above, between.below, wanted as i64, endpoint_seq], |row| row.get(0))?;
    for row in rows {
        found.push(row?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::sqlite::schema;

    #[test]
    fn no_source_looks_at_the_table() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        for source in [QUEUED.as_slice(), &PENDING_RETRY, &GIVEN_UP].concat() {
            for of_endpoint in [false, true] {
                for order in [Order::NewestFirst, Order::OldestFirst] {
                    let sql = sql(source, of_endpoint, order);
                    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
                    let mut rows = plan.raw_query();
                    let mut steps = Vec::new();
                    while let Some(row) = rows.next().unwrap() {
                        steps.push(row.get::<_, String>(3).unwrap());
                    }
                    let covering = format!("COVERING INDEX {}", source.index);
                    assert!(steps[0].contains(&covering), "{sql}: {steps:?}");
                    let sorts = steps.iter().any(|step| step.contains("ORDER BY"));
                    // The waiting index is in the order of lanes and times.
                    let may_sort = source == PENDING_RETRY[0]
                        || source == QUEUED[1]
                        || (source == QUEUED[0] && !of_endpoint);
                    assert_eq!(sorts, may_sort, "{sql}: {steps:?}");
                }
            }
        }
    }
}
