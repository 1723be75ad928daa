//! Giving up messages that have expired without being delivered, a bounded number at a time.

use super::node::Node;
use super::ordering;
use super::rows::{self, MessageRow};
use super::statement::{Columns, Sql, args, uuid};
use super::transaction::{Applied, Tx};
use super::writer::{ReadCheckWrite, Work};
use crate::model::timestamp::Timestamp;
use crate::outbox::link::{ExpiredMessage, Notice};

/// How many are given up in one transaction.
const BITE: i64 = 200;

/// Of the lanes that a process serves: its loop is to be told.
const EXPIRED: &str = "SELECT id FROM hookbridge.waiting WHERE expires_at <= $1 AND endpoint & 255 = ANY($3)
    UNION ALL SELECT id FROM hookbridge.ordered
        WHERE expires_at <= $1 AND endpoint & 255 = ANY($3) AND held_due_at IS NOT NULL LIMIT $2";

/// Has the writer give up what has expired. For a process that delivers.
pub(super) async fn look(node: &Node) {
    let now = Timestamp::now().as_millis();
    let found =
        node.read(async |client| client.query_typed(EXPIRED, args![now, 1_i64, served(node)]).await).await;
    if found.is_ok_and(|rows| !rows.is_empty()) {
        let (reply, _) = std::sync::mpsc::sync_channel(1);
        node.hand_to_writer(Work::Other(Box::new(ReadCheckWrite::new(give_up, reply))));
    }
}

fn served(node: &Node) -> Vec<i64> {
    node.link.served().iter().map(|shard| i64::from(shard.0)).collect()
}

async fn give_up(tx: &mut Tx<'_>) -> Sql<crate::error::Result<Applied<()>>> {
    let now = tx.now;
    let rows = tx.client.query_typed(EXPIRED, args![now.as_millis(), BITE, served(tx.node)]).await?;
    let ids = rows.iter().map(|row| row.id(0).map(|id| uuid(&id))).collect::<Sql<Vec<_>>>()?;
    ordering::lock(tx.client, &ordering::of_messages(tx.client, ids.clone()).await?).await?;
    let mut all = Applied::quietly(());
    let mut given_up = Vec::new();
    let mut expired: Vec<MessageRow> = rows::lock(tx.client, ids).await?;
    expired.retain(|row| row.message.has_expired(now));
    for row in &mut expired {
        row.message.expire(now);
        all.notices.push(Notice::Withdrawn(row.key));
        given_up.push(ExpiredMessage {
            message_id: row.message.id,
            endpoint_id: row.endpoint_id,
            event_type: row.message.of_event.as_ref().map(|event| event.event_type.clone()),
            attempt_count: row.message.attempt_count,
        });
    }
    rows::write(tx.client, &expired.iter().collect::<Vec<_>>()).await?;
    for row in expired.iter_mut().filter(|row| !row.halts) {
        if ordering::leave(tx.client, row).await? {
            all.notices.push(Notice::LaneHasWork(row.message.lane));
        }
    }
    if !given_up.is_empty() {
        all.notices.push(Notice::Expired(given_up));
    }
    Ok(Ok(all))
}
