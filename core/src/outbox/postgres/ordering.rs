//! Order among the messages of one endpoint and ordering key: each waits until the one before it has come to an end.
//!
//! Whoever gives or takes a place of an order holds the lock of that order until its transaction ends, so that the order of places
//! is the order of commits. It is taken before the locks of messages, and for several orders in one order of their numbers.

use tokio_postgres::Client;
use uuid::Uuid;

use super::rows::{self, MessageRow};
use super::statement::{Columns, Sql, args, uuid};
use crate::model::ids::MessageId;
use crate::outbox::messages::{Found, Front};
use crate::outbox::rows::LaneKey;
use crate::outbox::stored_message::Place;

const LOCK: &str = "SELECT pg_advisory_xact_lock(n) FROM (
    SELECT DISTINCT hashtextextended(key, endpoint) AS n FROM unnest($1::bigint[], $2::text[]) AS t (endpoint, key)
    ORDER BY n) AS orders";
const WITH_FRONT: &str = "SELECT o.endpoint, o.key FROM hookbridge.ordered o
    JOIN unnest($1::bigint[], $2::text[]) AS t (endpoint, key) ON o.endpoint = t.endpoint AND o.key = t.key
    WHERE o.in_front";
const FIRST: &str = "SELECT id, in_front FROM hookbridge.ordered
    WHERE endpoint = $1 AND key = $2 ORDER BY NOT in_front, seq LIMIT 1";
const FRONT: &str =
    "SELECT o.id, m.failed_at IS NOT NULL FROM hookbridge.ordered o JOIN hookbridge.messages m ON m.id = o.id
    WHERE o.endpoint = $1 AND o.key = $2 AND o.in_front";
const BETWEEN: &str = "SELECT count(*) FROM (SELECT 1 FROM hookbridge.ordered
    WHERE endpoint = $1 AND key = $2 AND NOT in_front AND seq < $3 LIMIT $4) AS between";
const KEYS_OF: &str = "SELECT endpoint, ordering_key FROM hookbridge.messages
    WHERE id = ANY($1) AND ordering_key IS NOT NULL";

/// One order.
pub(super) type Order = (LaneKey, String);

/// Keeps others out of these orders until the transaction ends.
pub(super) async fn lock(client: &Client, orders: &[Order]) -> Sql<()> {
    if orders.is_empty() {
        return Ok(());
    }
    let (lanes, keys) = columns(orders);
    client.query_typed(LOCK, args![lanes, keys]).await.map(drop)
}

fn columns(orders: &[Order]) -> (Vec<i64>, Vec<String>) {
    orders.iter().map(|(lane, key)| (lane.0, key.clone())).unzip()
}

/// The orders that messages belong to.
pub(super) async fn of_messages(client: &Client, ids: Vec<Uuid>) -> Sql<Vec<Order>> {
    let rows = client.query_typed(KEYS_OF, args![ids]).await?;
    rows.iter().map(|row| Ok((LaneKey(row.int(0)?), row.text(1)?))).collect()
}

/// Those of these orders that have a message in front.
pub(super) async fn with_front(client: &Client, orders: &[Order]) -> Sql<Vec<Order>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let (lanes, keys) = columns(orders);
    let rows = client.query_typed(WITH_FRONT, args![lanes, keys]).await?;
    rows.iter().map(|row| Ok((LaneKey(row.int(0)?), row.text(1)?))).collect()
}

/// A message came to an end: it leaves its place, and the next one goes. True where another message is due by this. The message's
/// own row is written.
pub(super) async fn leave(client: &Client, row: &mut MessageRow) -> Sql<bool> {
    let (Some(key), Some(_)) = (row.message.ordering_key.clone(), row.message.place) else {
        return Ok(false);
    };
    (row.message.place, row.message.held_due_at) = (None, None);
    rows::write(client, &[row]).await?;
    loop {
        let first = client.query_typed(FIRST, args![row.message.lane.0, key]).await?;
        let Some(first) = first.first() else { return Ok(false) };
        if first.boolean(1)? {
            return Ok(false);
        }
        let next = MessageId::from_bytes(first.id(0)?);
        let Some(mut next) = rows::lock(client, vec![uuid(next.as_bytes())]).await?.pop() else {
            return Ok(false);
        };
        let waits = next.message.held_due_at.is_some();
        // One that was given up while it waited holds the others, if its endpoint halts.
        let goes = waits || next.halts;
        if goes {
            next.message.come_to_the_front();
        } else {
            next.message.place = None;
        }
        rows::write(client, &[&next]).await?;
        if goes {
            return Ok(waits);
        }
    }
}

/// A message that had come to an end was queued again: it takes its place, behind the one in front if there is any. Its row is
/// still to be written.
pub(super) async fn enter_again(client: &Client, row: &mut MessageRow) -> Sql<()> {
    let (Some(key), None) = (row.message.ordering_key.clone(), row.message.place) else { return Ok(()) };
    let behind = !with_front(client, &[(row.message.lane, key)]).await?.is_empty();
    row.message.enter(behind);
    Ok(())
}

/// The message in front of one that waits behind it; none where it does not.
pub(super) async fn front(client: &Client, found: &Found, most: u64) -> Sql<Option<Front>> {
    let Some(key) = &found.message.ordering_key else { return Ok(None) };
    let id = uuid(found.message.id.as_bytes());
    let Some(row) = rows::find(client, vec![id]).await?.pop() else { return Ok(None) };
    if row.message.place != Some(Place::Behind) {
        return Ok(None);
    }
    let lane = row.message.lane.0;
    let front = client.query_typed(FRONT, args![lane, *key]).await?;
    let Some(front) = front.first() else { return Ok(None) };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let between = client.query_typed(BETWEEN, args![lane, *key, row.key.0, most]).await?;
    let before = between.first().map_or(Ok(0), |row| row.count(0))? + 1;
    Ok(Some(Front { message_id: MessageId::from_bytes(front.id(0)?), halted: front.boolean(1)?, before }))
}
