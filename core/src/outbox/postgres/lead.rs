//! Leadership: which process delivers. A process that may deliver has a row in `nodes` and renews it; one whose row has not changed
//! for a lease is expelled by whoever has watched it for so long. No clock of two machines is compared.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::Store;
use super::node::Node;
use super::statement::{Columns, Sql, args};
use crate::error::{Error, ErrorCode, Result};
use crate::model::deliverer::Deliverer;
use crate::model::timestamp::Timestamp;
use crate::outbox::lead::Lead;

/// How often a leader renews its row.
pub(super) const BEAT: Duration = Duration::from_secs(2);
/// How long a leader goes on that could not renew its row, and after how long the others expel it.
const OWN_PATIENCE: Duration = Duration::from_secs(6);
const LEASE: Duration = Duration::from_secs(10);

const JOIN: &str = "INSERT INTO hookbridge.nodes (id, pid, version, started_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (id) DO NOTHING";
/// Whoever has the first shard has all that are free.
const CLAIM: &str = "WITH free AS MATERIALIZED (
        SELECT shard FROM hookbridge.shards WHERE shard = 0 AND node IS NULL FOR UPDATE SKIP LOCKED)
    UPDATE hookbridge.shards SET node = $1 WHERE node IS NULL AND EXISTS (SELECT 1 FROM free)";
const LEADER: &str = "SELECT n.id, n.pid, n.started_at, n.beat FROM hookbridge.shards s
    JOIN hookbridge.nodes n ON n.id = s.node WHERE s.shard = 0";
const RENEW: &str = "UPDATE hookbridge.nodes SET beat = beat + 1 WHERE id = $1 RETURNING beat";
const EXPEL: &str = "DELETE FROM hookbridge.nodes WHERE id = $1 AND beat = $2";
const FENCE: &str = "SELECT 1 FROM hookbridge.nodes WHERE id = $1 FOR KEY SHARE";
const LEAVE: &str = "DELETE FROM hookbridge.nodes WHERE id = $1";

/// What this process knows of who leads.
#[derive(Default)]
pub(super) struct Leadership(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// When this process renewed its row last, while it leads.
    renewed: Option<Instant>,
    /// Whether this process has ever led: then its row is the fence of its outcomes.
    has_led: bool,
    /// The leader that was seen last, its beat, and since when it has been that.
    other: Option<(Uuid, i64, Instant)>,
}

impl Leadership {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_leading(&self) -> bool {
        self.known().renewed.is_some()
    }

    fn begin(&self) {
        let mut known = self.known();
        (known.renewed, known.has_led) = (Some(Instant::now()), true);
    }
}

struct Leader {
    id: Uuid,
    pid: u32,
    since: Timestamp,
    beat: i64,
}

async fn leader(client: &tokio_postgres::Client) -> Sql<Option<Leader>> {
    let rows = client.query_typed(LEADER, args![]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Leader {
        id: Uuid::from_bytes(row.id(0)?),
        pid: row.small(1)?,
        since: row.time(2)?,
        beat: row.int(3)?,
    }))
}

async fn try_lead(node: &Node) -> Result<bool> {
    if node.lead.is_leading() {
        return Ok(true);
    }
    let found = node
        .read(async |client| {
            if let Some(other) = leader(client).await?.filter(|leader| leader.id != node.id) {
                return Ok(Some(other));
            }
            let (pid, version) = (i64::from(std::process::id()), env!("CARGO_PKG_VERSION"));
            client.query_typed(JOIN, args![node.id, pid, version, Timestamp::now().as_millis()]).await?;
            client.query_typed(CLAIM, args![node.id]).await?;
            leader(client).await
        })
        .await?;
    let Some(leader) = found else { return Ok(false) };
    if leader.id == node.id {
        node.lead.begin();
        return Ok(true);
    }
    let is_over = {
        let mut known = node.lead.known();
        let since = match known.other {
            Some((id, beat, since)) if (id, beat) == (leader.id, leader.beat) => since,
            _ => Instant::now(),
        };
        known.other = Some((leader.id, leader.beat, since));
        since.elapsed() >= LEASE
    };
    if is_over {
        tracing::warn!(target: "hookbridge::outbox", node = %leader.id, "a process that does not renew its lease is expelled");
        node.read(async |client| client.query_typed(EXPEL, args![leader.id, leader.beat]).await).await?;
    }
    Ok(false)
}

/// Whether the outcomes of this process settle its messages. Where its row is there it stays until the transaction ends: whoever expels
/// this process waits for that. A renewal is not held up.
pub(super) async fn may_settle(node: &Node, client: &tokio_postgres::Client) -> Sql<bool> {
    if !node.lead.known().has_led {
        return Ok(true);
    }
    Ok(!client.query_typed(FENCE, args![node.id]).await?.is_empty())
}

/// Renews the row of this process, while it leads.
pub(super) async fn renew(node: &Node) {
    if !node.lead.is_leading() {
        return;
    }
    let renewed = node.read(async |client| client.query_typed(RENEW, args![node.id]).await).await;
    match renewed {
        Ok(rows) if rows.is_empty() => node.lead.known().renewed = None,
        Ok(_) => node.lead.known().renewed = Some(Instant::now()),
        Err(error) => tracing::warn!(target: "hookbridge::outbox", %error, "the lease cannot be renewed"),
    }
}

impl Lead for Store {
    fn try_lead(&self) -> Result<bool> {
        self.run(async |node| try_lead(node).await)
    }

    fn keep_leading(&self) -> Result<()> {
        let stop = |why: &str| Err(Error::new(ErrorCode::StorageUnavailable, why));
        match self.lead.known().renewed {
            None => stop("another process may deliver: this one was expelled"),
            Some(at) if at.elapsed() > OWN_PATIENCE => {
                stop("another process may deliver: the lease of this one could not be renewed")
            }
            Some(_) => Ok(()),
        }
    }

    fn resign(&self) {
        if self.lead.known().renewed.take().is_some() {
            let _ = self.run(async |node| {
                node.read(async |client| client.query_typed(LEAVE, args![node.id]).await).await
            });
        }
    }

    /// There is no such file: a process that waits to lead has to try again.
    fn lead_file(&self) -> &Path {
        Path::new("")
    }

    fn deliverer(&self) -> Option<Deliverer> {
        let found = self.run(async |node| {
            let leader = node.read(async |client| leader(client).await).await?;
            Ok(leader.map(|leader| Deliverer {
                pid: leader.pid,
                this_engine: leader.id == node.id,
                since: leader.since,
                stopped: false,
            }))
        });
        found.ok().flatten()
    }
}
