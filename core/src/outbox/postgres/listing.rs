//! Lists of messages, newest or oldest first. Those that wait or were given up have tables of their own. For other filters a page
//! reads a bounded number of rows, and may be short although more follow.
//!
//! The order is that of the messages' numbers, which is nearly the order of their commits: a message of a transaction that was open
//! while a page was read may come to lie before the page's end.

use tokio_postgres::Client;

use super::endpoints;
use super::node::Node;
use super::rows::{MessageRow, columns, tables};
use super::statement::{Columns, Sql, args};
use crate::error::{Result, endpoint_not_found};
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::outbox::messages::{DeadLetter, Filter, Listing, Order};
use crate::outbox::page::Cursor;
use crate::outbox::rows::MessageKey;

/// The most rows that one page reads.
pub(super) const MOST_READ: usize = 20_000;
/// How many rows are read at once.
const BITE: usize = 500;

const NEWEST: &str =
    concat!("SELECT ", columns!(), " ", tables!(), " WHERE m.seq < $1 ORDER BY m.seq DESC LIMIT $2");
const OLDEST: &str =
    concat!("SELECT ", columns!(), " ", tables!(), " WHERE m.seq > $1 ORDER BY m.seq LIMIT $2");
const BY_NUMBER: &str = concat!("SELECT ", columns!(), " ", tables!(), " WHERE m.seq = ANY($1)");
const DEAD_LETTERS: &str =
    "SELECT d.seq, d.id, e.id, e.url, m.response_status, m.last_error, coalesce(m.failed_at, m.updated_at)
    FROM hookbridge.dead_letters d JOIN hookbridge.messages m ON m.id = d.id
    JOIN hookbridge.endpoints e ON e.seq = d.endpoint
    WHERE d.seq < $1 AND ($2::bigint IS NULL OR d.endpoint = $2) ORDER BY d.seq DESC LIMIT $3";
/// What a filter by these statuses can take: from the tables of what waits, of what is held and of what was given up.
const CANDIDATES: &str = "SELECT seq FROM (
        SELECT seq FROM hookbridge.waiting WHERE $1 AND due_at <= 0 AND ($4::bigint IS NULL OR endpoint = $4)
        UNION ALL SELECT seq FROM hookbridge.waiting WHERE $2 AND due_at > 0 AND ($4::bigint IS NULL OR endpoint = $4)
        UNION ALL SELECT seq FROM hookbridge.ordered
            WHERE ($1 OR $2) AND held_due_at IS NOT NULL AND ($4::bigint IS NULL OR endpoint = $4)
        UNION ALL SELECT seq FROM hookbridge.dead_letters WHERE $3 AND ($4::bigint IS NULL OR endpoint = $4)
        UNION ALL SELECT unnest($5::bigint[])) AS c
    WHERE seq > $6 AND seq < $7";

/// At most `limit` messages behind `after`.
pub(super) async fn page(
    node: &Node,
    client: &Client,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
    limit: usize,
) -> Sql<Result<Listing>> {
    let lane = match &filter.endpoint {
        Some(id) => match endpoints::live_lane(client, id).await? {
            Some(lane) => Some(lane),
            None => return Ok(Err(endpoint_not_found())),
        },
        None => None,
    };
    let begin = after.map_or(if order == Order::NewestFirst { i64::MAX } else { 0 }, |Cursor(row)| row);
    let mut page = Page { node, listing: Listing { messages: Vec::new(), next: None }, last: after, limit };
    let takes = |row: &MessageRow| row.message.is_taken(filter, lane, row.key);
    if let Some(keys) = candidates(client, filter, lane.map(|lane| lane.0), order, begin).await? {
        for keys in keys.chunks(BITE) {
            let mut rows = read(client.query_typed(BY_NUMBER, args![keys.to_vec()]).await?)?;
            rows.sort_unstable_by_key(|row| row.key);
            if order == Order::NewestFirst {
                rows.reverse();
            }
            if page.add(rows, takes) {
                return Ok(Ok(page.listing));
            }
        }
        page.listing.next = page.last.filter(|_| keys.len() >= MOST_READ);
        return Ok(Ok(page.listing));
    }
    let (sql, mut at, mut looked_at) = (if order == Order::NewestFirst { NEWEST } else { OLDEST }, begin, 0);
    while looked_at < MOST_READ {
        let bite = BITE.min(MOST_READ - looked_at);
        let rows = read(client.query_typed(sql, args![at, bite as i64]).await?)?;
        looked_at += rows.len();
        let ended = rows.len() < bite;
        if let Some(row) = rows.last() {
            at = row.key.0;
        }
        if page.add(rows, takes) || ended {
            return Ok(Ok(page.listing));
        }
    }
    page.listing.next = page.last;
    Ok(Ok(page.listing))
}

fn read(rows: Vec<tokio_postgres::Row>) -> Sql<Vec<MessageRow>> {
    rows.iter().map(MessageRow::read).collect()
}

/// A page that is being filled.
struct Page<'a> {
    node: &'a Node,
    listing: Listing,
    /// The last row that was looked at.
    last: Option<Cursor>,
    limit: usize,
}

impl Page<'_> {
    /// Adds rows, in order. True where the page is full, and more follow.
    fn add(&mut self, rows: Vec<MessageRow>, takes: impl Fn(&MessageRow) -> bool) -> bool {
        for row in rows {
            if takes(&row) {
                if self.listing.messages.len() == self.limit {
                    self.listing.next = self.last;
                    return true;
                }
                let summary = row.message.summary(row.url.clone(), Some(row.endpoint_id), self.node.behind());
                self.listing.messages.push((row.key, summary));
            }
            self.last = Some(Cursor(row.key.0));
        }
        false
    }
}

/// The messages that may pass the filter, where tables of their own have all of them, in order.
async fn candidates(
    client: &Client,
    filter: &Filter,
    lane: Option<i64>,
    order: Order,
    begin: i64,
) -> Sql<Option<Vec<i64>>> {
    let (above, below) = match order {
        Order::NewestFirst => (0, begin),
        Order::OldestFirst => (begin, i64::MAX),
    };
    if let Some(MessageKey(only)) = filter.only {
        return Ok(Some(Some(only).filter(|only| (above + 1..below).contains(only)).into_iter().collect()));
    }
    let named = !filter.statuses.is_empty() || filter.delivering.is_some();
    // Deleted messages with these statuses stand in none of the tables.
    if !named || !filter.without_deleted || filter.statuses.contains(&MessageStatus::Succeeded) {
        return Ok(None);
    }
    let has = |status| filter.statuses.contains(&status);
    let delivering: Vec<i64> = filter.delivering.iter().flatten().map(|key| key.0).collect();
    let direction = if order == Order::NewestFirst { "DESC" } else { "ASC" };
    let sql = format!("{CANDIDATES} ORDER BY seq {direction} LIMIT {MOST_READ}");
    let values = args![
        has(MessageStatus::Queued),
        has(MessageStatus::PendingRetry),
        has(MessageStatus::FailedPermanent),
        lane,
        delivering,
        above,
        below,
    ];
    let rows = client.query_typed(&sql, values).await?;
    let mut keys = rows.iter().map(|row| row.int(0)).collect::<Sql<Vec<_>>>()?;
    keys.dedup();
    Ok(Some(keys))
}

/// At most `limit` dead letters behind `after`, newest first, and where to go on; none where the endpoint is unknown.
pub(super) async fn dead_letters(
    client: &Client,
    endpoint: Option<&EndpointId>,
    after: Option<Cursor>,
    limit: usize,
) -> Sql<Option<(Vec<DeadLetter>, Option<Cursor>)>> {
    let lane = match endpoint {
        Some(id) => match endpoints::live_lane(client, id).await? {
            Some(lane) => Some(lane.0),
            None => return Ok(None),
        },
        None => None,
    };
    let before = after.map_or(i64::MAX, |Cursor(row)| row);
    let mut rows = client.query_typed(DEAD_LETTERS, args![before, lane, limit as i64 + 1]).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match rows.last().filter(|_| more) {
        Some(row) => Some(Cursor(row.int(0)?)),
        None => None,
    };
    let letter = |row: &tokio_postgres::Row| {
        Ok(DeadLetter {
            message_id: MessageId::from_bytes(row.id(1)?),
            endpoint_id: EndpointId::from_bytes(row.id(2)?),
            endpoint: row.text(3)?,
            response_status: row.maybe_int(4)?.and_then(|status| u16::try_from(status).ok()),
            last_error: row.maybe_text(5)?,
            failed_at: row.time(6)?,
        })
    };
    Ok(Some((rows.iter().map(letter).collect::<Sql<_>>()?, next)))
}
