//! Payloads that go before their partition does, and the messages that waited for too long.

use std::sync::mpsc::{TryRecvError, sync_channel};
use std::time::Duration;

use super::partitions::first_id;
use super::rows::in_order;
use super::{BITE, BUSY, Bounds, bites};
use crate::error::{Result, closed};
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::link::Notice;
use crate::outbox::postgres::node::Node;
use crate::outbox::postgres::ordering;
use crate::outbox::postgres::outcome::drop_payloads;
use crate::outbox::postgres::rows::{self, MessageRow};
use crate::outbox::postgres::statement::{Columns, Sql, args, uuid};
use crate::outbox::postgres::transaction::{Applied, Tx};
use crate::outbox::postgres::writer::{ReadCheckWrite, Work};

/// How many messages are given up in one transaction of the writer, and how often its answer is looked for.
const FEW: i64 = 200;
const LOOK: Duration = Duration::from_millis(10);

/// Messages that wait although their payload is past its retention. No index has them: what waits is read once.
const WAITS_FOR_TOO_LONG: &str = "SELECT id FROM hookbridge.waiting
        WHERE payload < $1 AND (deliver_at IS NULL OR deliver_at < $2) AND coalesce(retention_hours, 0) = 0
    UNION ALL
    SELECT m.id FROM hookbridge.ordered o JOIN hookbridge.messages m ON m.id = o.id LEFT JOIN hookbridge.events v ON v.seq = m.event
        WHERE o.held_due_at IS NOT NULL AND coalesce(v.id, m.id) < $1 AND (m.deliver_at IS NULL OR m.deliver_at < $2)
            AND coalesce(m.retention_hours, 0) = 0
    LIMIT $3";
/// Messages with a payload of their own whose own expiry has come, and that wait no more.
const DATED: &str = concat!(
    "SELECT m.id FROM hookbridge.messages m WHERE m.payload_expires_at < $1 AND m.due_at IS NULL AND m.event IS NULL
    AND NOT ",
    in_order!(" AND o.held_due_at IS NOT NULL"),
    " ORDER BY m.payload_expires_at LIMIT $2"
);
const DROP: &str = "DELETE FROM hookbridge.payloads WHERE id = ANY($1)";
const UNDATE: &str =
    "UPDATE hookbridge.messages SET payload_expires_at = NULL WHERE id = ANY($1) AND payload_expires_at < $2";
/// The others whose own expiry has come.
const DATED_OTHERS: &str =
    "SELECT id FROM hookbridge.messages WHERE payload_expires_at < $1 ORDER BY payload_expires_at LIMIT $2";
/// Events that nobody wanted, whose own retention has come. One that a message was made of since has no such moment any more.
const UNWANTED: &str = "WITH due AS MATERIALIZED (
        SELECT seq, id FROM hookbridge.events WHERE unwanted_until < $1 ORDER BY unwanted_until LIMIT $2 FOR UPDATE SKIP LOCKED
    ), p AS (
        DELETE FROM hookbridge.payloads p USING due WHERE p.id = due.id
    )
    UPDATE hookbridge.events v SET unwanted_until = NULL FROM due WHERE v.seq = due.seq";

/// Gives up messages whose payload passes its retention while they wait.
pub(super) async fn give_up_what_waits(node: &Node, bounds: Bounds) -> Result<()> {
    loop {
        let found = node.read(async |client| {
            let values = args![first_id(bounds.payloads), bounds.payloads, FEW];
            ids(&client.query_typed(WAITS_FOR_TOO_LONG, values).await?)
        });
        if !node.has_the_chores() || let_go(node, found.await?, bounds).await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(BUSY).await;
    }
}

/// Drops payloads whose own expiry has come.
pub(super) async fn drop_dated(node: &Node, bounds: Bounds) -> Result<()> {
    bites(node, async || {
        node.read(async |client| {
            let ids = ids(&client.query_typed(DATED, args![bounds.now, BITE]).await?)?;
            if !ids.is_empty() {
                client.execute_typed(DROP, args![ids]).await?;
                client.execute_typed(UNDATE, args![ids, bounds.now]).await?;
            }
            Ok(ids.len() as i64)
        })
        .await
    })
    .await?;
    bites(node, async || {
        let gone = node.read(async |client| client.execute_typed(UNWANTED, args![bounds.now, BITE]).await);
        Ok(gone.await? as i64)
    })
    .await?;
    loop {
        let found =
            node.read(async |client| ids(&client.query_typed(DATED_OTHERS, args![bounds.now, FEW]).await?));
        if !node.has_the_chores() || let_go(node, found.await?, bounds).await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(BUSY).await;
    }
}

fn ids(rows: &[tokio_postgres::Row]) -> Sql<Vec<uuid::Uuid>> {
    rows.iter().map(|row| row.id(0).map(|id| uuid(&id))).collect()
}

/// Has the writer let these payloads go, and answers for how many it did.
async fn let_go(node: &Node, ids: Vec<uuid::Uuid>, bounds: Bounds) -> Result<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let (reply, answered) = sync_channel(1);
    let run = async move |tx: &mut Tx<'_>| Ok(Ok(pass_retention(tx, ids.clone(), bounds.now).await?));
    node.hand_to_writer(Work::Other(Box::new(ReadCheckWrite::new(run, reply))));
    loop {
        match answered.try_recv() {
            Ok(answer) => return answer,
            Err(TryRecvError::Disconnected) => return Err(closed()),
            Err(TryRecvError::Empty) => tokio::time::sleep(LOOK).await,
        }
    }
}

/// The payloads of these messages are past their retention: they go, and what waited for its delivery is given up.
async fn pass_retention(tx: &mut Tx<'_>, ids: Vec<uuid::Uuid>, now: i64) -> Sql<Applied<usize>> {
    ordering::lock(tx.client, &ordering::of_messages(tx.client, ids.clone()).await?).await?;
    let mut found: Vec<MessageRow> = rows::lock(tx.client, ids).await?;
    let is_over = |row: &MessageRow| {
        let expiry = row.found(tx.node).message.payload_expires_at;
        expiry.is_none_or(|at| at < Timestamp::from_millis(now))
    };
    found.retain(is_over);
    let mut all = Applied::quietly(found.len());
    let mut given_up = Vec::new();
    for row in &mut found {
        row.message.payload_expires_at = None;
        if row.message.give_up_without_payload(tx.now) {
            given_up.push(row.key);
            all.notices.push(Notice::Withdrawn(row.key));
            all.edited.push(Change::Messages(row.message.lane));
        }
    }
    drop_payloads(tx.client, &found.iter().map(|row| &row.message).collect::<Vec<_>>()).await?;
    rows::write(tx.client, &found.iter().collect::<Vec<_>>()).await?;
    for row in found.iter_mut().filter(|row| !row.halts && given_up.contains(&row.key)) {
        if ordering::leave(tx.client, row).await? {
            all.notices.push(Notice::LaneHasWork(row.message.lane));
        }
    }
    Ok(all)
}
