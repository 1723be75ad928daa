//! What each process delivers: its shards. Each has its share of them, takes free ones up to it, and gives up what is above it as soon
//! as no attempt is under way there, so that nothing is delivered twice because of it.

use std::time::Duration;

use uuid::Uuid;

use super::lead::{self, BEAT};
use super::node::Node;
use super::statement::{Columns, Sql, args};
use crate::error::Result;
use crate::outbox::shards::{SHARDS, Shard, ShardSet};

/// How `changes` calls a change of who delivers what: shards are free, or are wanted.
pub(super) const CHANGED: i64 = 4;
/// The pause between two looks whether what is to be given up is at rest.
const AT_REST: Duration = Duration::from_millis(5);

const TAKE: &str = "UPDATE hookbridge.shards SET node = $1 WHERE shard IN (
        SELECT shard FROM hookbridge.shards WHERE node IS NULL
        ORDER BY array_position($3::bigint[], shard::bigint) LIMIT $2 FOR UPDATE SKIP LOCKED)";
const OWN: &str = "SELECT shard FROM hookbridge.shards WHERE node = $1";
const GIVE: &str = "WITH free AS (UPDATE hookbridge.shards SET node = NULL WHERE node = $1 AND shard = ANY($2) RETURNING shard)
    INSERT INTO hookbridge.changes (kind) SELECT $3 WHERE EXISTS (SELECT 1 FROM free)";

/// Where a shard stands in the order in which shards are taken and kept. Endpoints are numbered one after another: with the bits the
/// other way round, each part of this order has a part of them, however few they are. Shard 0 is the first.
fn place(shard: Shard) -> u8 {
    shard.0.reverse_bits()
}

/// The shards of each of so many processes, at most.
fn share(processes: usize) -> usize {
    SHARDS.div_ceil(processes)
}

/// Renews the lease and keeps the balance, until the thread ends.
pub(super) async fn keep(node: &Node) {
    let mut beat_at = tokio::time::Instant::now();
    loop {
        let leaving = node.leaving.get();
        let pause = if leaving.is_empty() { beat_at } else { tokio::time::Instant::now() + AT_REST };
        let told = tokio::select! {
            () = tokio::time::sleep_until(pause) => false,
            () = node.balance.notified() => true,
        };
        if !leaving.is_empty() {
            give(node, leaving).await;
        }
        if told || beat_at <= tokio::time::Instant::now() {
            beat_at = tokio::time::Instant::now() + BEAT;
            lead::beat(node).await;
            balance(node).await;
        }
    }
}

/// Has nothing started before [`take`] has brought what this process delivers.
pub(super) fn begin(node: &Node) {
    node.leaving.set(ShardSet::default());
    node.link.leave(&ShardSet::ALL);
}

/// Begins to give up everything.
pub(super) fn leave_all(node: &Node) {
    leave(node, &ShardSet::ALL);
    node.balance.notify_one();
}

fn leave(node: &Node, shards: &ShardSet) {
    let served = node.link.served();
    let leaving =
        shards.iter().filter(|shard| served.contains(*shard)).chain(node.leaving.get().iter()).collect();
    node.leaving.set(leaving);
    node.link.leave(shards);
}

/// Takes what is missing, and begins to give up what is too much.
async fn balance(node: &Node) {
    let Some(surplus) = node.link.served().len().checked_sub(share(node.lead.processes())) else {
        return take(node).await;
    };
    if surplus > 0 && node.lead.takes_more() {
        // The first shards stay where they are, and with them what is done once for the whole outbox.
        let mut served: Vec<Shard> = node.link.served().iter().collect();
        served.sort_unstable_by_key(|shard| place(*shard));
        leave(node, &served.split_off(served.len() - surplus).into_iter().collect());
    }
}

/// Takes free shards, up to the share of this process, and serves what it has then.
pub(super) async fn take(node: &Node) {
    let Some(id) = node.lead.row().filter(|_| node.lead.takes_more()) else { return };
    let leaving = node.leaving.get();
    let has = node.link.served().len() + leaving.len();
    let more = share(node.lead.processes()).saturating_sub(has);
    let own = match node.read(async |client| taken(client, id, more).await).await {
        Ok(own) => own,
        Err(error) => {
            tracing::warn!(target: "hookbridge::outbox", %error, "shards cannot be taken");
            return;
        }
    };
    // Asked again: this process may have begun to leave meanwhile.
    let (served, leaving) = (node.link.served(), node.leaving.get());
    let lost = served.without(&own);
    if !lost.is_empty() {
        node.link.leave(&lost);
    }
    let gained = own.without(&served).without(&leaving);
    if gained.is_empty() {
        return;
    }
    node.link.serve(&gained);
    if !node.lead.takes_more() {
        leave_all(node);
    }
    let shards = node.link.served().len();
    tracing::info!(target: "hookbridge::outbox", shards, processes = node.lead.processes(), "this process serves more shards");
}

/// Takes up to `more` free shards. Returns all that the process has.
async fn taken(client: &tokio_postgres::Client, id: Uuid, more: usize) -> Sql<ShardSet> {
    if more > 0 {
        let order: Vec<i64> = (0..=u8::MAX).map(|at| i64::from(place(Shard(at)))).collect();
        client.query_typed(TAKE, args![id, more as i64, order]).await?;
    }
    let rows = client.query_typed(OWN, args![id]).await?;
    rows.iter().map(|row| row.small(0).map(|shard| Shard(shard.to_le_bytes()[0]))).collect()
}

/// Gives up those of `leaving` in which no attempt is under way.
async fn give(node: &Node, leaving: ShardSet) {
    let Some(id) = node.lead.row() else {
        node.leaving.set(ShardSet::default());
        return;
    };
    let free = leaving.without(&node.link.under_way_in());
    if free.is_empty() {
        return;
    }
    let shards: Vec<i64> = free.iter().map(|shard| i64::from(shard.0)).collect();
    let given: Result<_> =
        node.read(async |client| client.query_typed(GIVE, args![id, shards, CHANGED]).await).await;
    match given {
        Ok(_) => node.leaving.set(node.leaving.get().without(&free)),
        // They are given up with the next look.
        Err(error) => tracing::warn!(target: "hookbridge::outbox", %error, "shards cannot be given up"),
    }
}
