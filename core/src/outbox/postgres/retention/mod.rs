//! Retention: partitions are made ahead and dropped as a whole, and what goes earlier or stays longer than its partition goes row by
//! row. One process does it for all, a small bite at a time, on a connection of its own.

mod partitions;
mod payloads;
mod rows;
mod side_tables;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::time::Instant;

pub(super) use self::partitions::Partitions;
use super::node::Node;
use super::statement::{Columns, args};
use crate::error::Result;
use crate::model::timestamp::Timestamp;

/// How often the process that has the chores looks whether it has.
const TICK: Duration = Duration::from_secs(1);
/// How long after its start a process begins: it has other things to do first.
const FIRST: Duration = Duration::from_secs(10);
/// The pause between two bites, and between two passes.
const BUSY: Duration = Duration::from_millis(50);
const IDLE: Duration = Duration::from_secs(60);
/// The most rows that one statement drops.
const BITE: i64 = 1_000;

/// By the database's clock, or by that of this machine where it says less: a clock that was set forward drops nothing.
const NOW: &str = "SELECT least($1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)";

/// Keeps to retention until the thread ends.
pub(super) async fn keep(node: &Node) {
    let mut next = Instant::now() + FIRST;
    loop {
        tokio::time::sleep(TICK).await;
        if !node.has_the_chores() || Instant::now() < next {
            continue;
        }
        if let Err(error) = pass(node).await {
            tracing::warn!(target: "hookbridge::outbox", %error, "what is past its retention cannot be dropped");
        }
        next = Instant::now() + IDLE;
    }
}

/// What is kept as of one moment, in milliseconds.
#[derive(Clone, Copy)]
struct Bounds {
    now: i64,
    /// What is kept is younger.
    payloads: i64,
    rows: i64,
}

impl Bounds {
    async fn now(node: &Node) -> Result<Self> {
        let here = Timestamp::now().as_millis();
        let now = node.read(async |client| {
            client.query_typed(NOW, args![here]).await?.first().map_or(Ok(0), |row| row.int(0))
        });
        let now = now.await?;
        let before = |kept: Duration| now.saturating_sub(i64::try_from(kept.as_millis()).unwrap_or(i64::MAX));
        let settings = &node.settings;
        Ok(Self { now, payloads: before(settings.payload_retention), rows: before(settings.row_retention) })
    }
}

/// Everything once.
pub(super) async fn pass(node: &Node) -> Result<()> {
    let mut partitions = node.partitions.lock().await;
    let bounds = Bounds::now(node).await?;
    side_tables::sweep(node, bounds).await?;
    payloads::give_up_what_waits(node, bounds).await?;
    payloads::drop_dated(node, bounds).await?;
    partitions.turn(node, bounds).await?;
    rows::drop_events(node, bounds).await
}

/// Repeats a statement that drops up to [`BITE`] rows, until fewer are left, or this process has the chores no more. `one` answers how
/// many it dropped.
async fn bites(node: &Node, mut one: impl AsyncFnMut() -> Result<i64>) -> Result<()> {
    while node.has_the_chores() && one().await? >= BITE {
        tokio::time::sleep(BUSY).await;
    }
    Ok(())
}
