//! Which processes deliver. A process that may deliver has a row in `nodes` and renews it; one whose row has not changed for a lease
//! is expelled by whoever has watched it for so long. No clock of two machines is compared. What each of them delivers is in
//! [`super::balance`].

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::node::Node;
use super::statement::{Columns, Sql, args};
use super::{Store, balance};
use crate::error::{Error, ErrorCode, Result};
use crate::model::deliverer::Deliverer;
use crate::model::random::random_bytes;
use crate::model::timestamp::Timestamp;
use crate::outbox::lead::Lead;

/// How often a process that delivers renews its row.
pub(super) const BEAT: Duration = Duration::from_secs(2);
/// How long one goes on that could not renew its row, and after how long the others expel it.
const OWN_PATIENCE: Duration = Duration::from_secs(6);
pub(super) const LEASE: Duration = Duration::from_secs(10);
/// How long the others have seen a process before they give it its share: one that comes to send something and goes moves nothing.
const SETTLED: Duration = Duration::from_secs(2);

const JOIN: &str = "WITH joined AS (
        INSERT INTO hookbridge.nodes (id, pid, version, started_at) VALUES ($1, $2, $3, $4) RETURNING id)
    INSERT INTO hookbridge.changes (kind) SELECT $5 FROM joined";
/// The other rows are as they were before the statement.
const BEAT_AND_LOOK: &str = "WITH me AS (UPDATE hookbridge.nodes SET beat = beat + 1 WHERE id = $1 RETURNING id)
    SELECT n.id, n.beat, EXISTS (SELECT 1 FROM me), (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint
    FROM hookbridge.nodes n";
/// Its shards are free then: the foreign key sees to it.
const EXPEL: &str = "WITH gone AS (DELETE FROM hookbridge.nodes WHERE id = $1 AND beat = $2 RETURNING id)
    INSERT INTO hookbridge.changes (kind) SELECT $3 FROM gone";
const LEAVE: &str = "WITH gone AS (DELETE FROM hookbridge.nodes WHERE id = $1 RETURNING id)
    INSERT INTO hookbridge.changes (kind) SELECT $2 FROM gone";
const FENCE: &str = "SELECT id FROM hookbridge.nodes WHERE id = ANY($1) ORDER BY id FOR KEY SHARE";
/// The process that does what is to be done once for the whole outbox.
const FIRST: &str =
    "SELECT n.pid, n.started_at FROM hookbridge.shards s JOIN hookbridge.nodes n ON n.id = s.node
    WHERE s.shard = 0";

/// What this process knows of who delivers.
#[derive(Default)]
pub(super) struct Leadership(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The row of this process, while it delivers.
    row: Option<OwnRow>,
    /// The id of the last such row: outcomes are fenced by it.
    id: Option<Uuid>,
    /// Whether this process is about to stop delivering: it takes nothing more.
    leaves: bool,
    others: HashMap<Uuid, Other>,
    /// When the server was started, by its own clock.
    server_started: Option<i64>,
}

/// Another process that delivers, as this one sees it.
#[derive(Clone, Copy)]
struct Other {
    beat: i64,
    /// Since when its beat has been that.
    since: Instant,
    first_seen: Instant,
}

#[derive(Clone, Copy)]
struct OwnRow {
    since: Timestamp,
    renewed: Instant,
}

impl Leadership {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_leading(&self) -> bool {
        self.known().row.is_some()
    }

    /// The id of the row of this process, while it delivers.
    pub(super) fn row(&self) -> Option<Uuid> {
        let known = self.known();
        known.id.filter(|_| known.row.is_some())
    }

    /// The id of the row that fences the outcomes of this process. None where it never delivered.
    pub(super) fn fence(&self) -> Option<Uuid> {
        self.known().id
    }

    /// Whether this process takes shards.
    pub(super) fn takes_more(&self) -> bool {
        let known = self.known();
        known.row.is_some() && !known.leaves
    }

    /// How many processes share what is delivered, this one among them.
    pub(super) fn processes(&self) -> usize {
        let known = self.known();
        known.others.values().filter(|other| other.first_seen.elapsed() >= SETTLED).count() + 1
    }

    fn lost(&self) {
        self.known().row = None;
    }
}

/// Takes a row, and such shards as are free.
async fn join(node: &Node) -> Result<()> {
    if node.lead.is_leading() {
        return Ok(());
    }
    // Anew each time: outcomes of before are those of a process that was expelled.
    let id = Uuid::from_bytes(random_bytes()?);
    let since = Timestamp::now();
    let (pid, version) = (i64::from(std::process::id()), env!("CARGO_PKG_VERSION"));
    let values = args![id, pid, version, since.as_millis(), balance::CHANGED];
    node.read(async |client| client.query_typed(JOIN, values).await).await?;
    balance::begin(node);
    {
        let mut known = node.lead.known();
        known.row = Some(OwnRow { since, renewed: Instant::now() });
        (known.id, known.leaves) = (Some(id), false);
        known.others.clear();
    }
    beat(node).await;
    balance::take(node).await;
    Ok(())
}

/// Renews the row of this process, looks at the others, and expels those that do not renew theirs.
pub(super) async fn beat(node: &Node) {
    let Some(id) = node.lead.row() else { return };
    let rows = match node.read(async |client| client.query_typed(BEAT_AND_LOOK, args![id]).await).await {
        Ok(rows) => rows,
        Err(error) => {
            // Who was not seen meanwhile is not to blame for it.
            node.lead.known().others.clear();
            tracing::warn!(target: "hookbridge::outbox", %error, "the lease cannot be renewed");
            return;
        }
    };
    match seen(node, id, &rows) {
        Ok(over) => {
            for (other, beat) in over {
                expel(node, other, beat).await;
            }
        }
        Err(cause) => {
            tracing::warn!(target: "hookbridge::outbox", error = %cause, "the processes cannot be read")
        }
    }
}

/// Takes what a beat has read. Returns who is to be expelled, each with its beat.
fn seen(node: &Node, id: Uuid, rows: &[tokio_postgres::Row]) -> Sql<Vec<(Uuid, i64)>> {
    let mut others = HashMap::new();
    let mut over = Vec::new();
    let mut is_here = false;
    let mut known = node.lead.known();
    let now = Instant::now();
    for row in rows {
        let (other, beat) = (Uuid::from_bytes(row.id(0)?), row.int(1)?);
        is_here |= row.boolean(2)?;
        let started = row.int(3)?;
        if known.server_started.replace(started).is_some_and(|before| before != started) {
            // Another server may have other snapshots, and lack what was committed last.
            node.server_changed.set(true);
        }
        if other == id {
            continue;
        }
        let before = known.others.get(&other).copied();
        let since = before.filter(|before| before.beat == beat).map_or(now, |before| before.since);
        if now.duration_since(since) >= LEASE {
            over.push((other, beat));
        }
        let first_seen = before.map_or(now, |before| before.first_seen);
        others.insert(other, Other { beat, since, first_seen });
    }
    known.others = others;
    match known.row.as_mut().filter(|_| is_here) {
        Some(row) => row.renewed = now,
        None => known.row = None,
    }
    Ok(over)
}

async fn expel(node: &Node, other: Uuid, beat: i64) {
    tracing::warn!(target: "hookbridge::outbox", node = %other, "a process that does not renew its lease is expelled");
    let values = args![other, beat, balance::CHANGED];
    match node.read(async |client| client.query_typed(EXPEL, values).await).await {
        Ok(_) => drop(node.lead.known().others.remove(&other)),
        Err(error) => tracing::warn!(target: "hookbridge::outbox", %error, "it cannot be expelled"),
    }
}

/// Which of these rows, each of a process at a time when it delivered, are there. They stay until the transaction ends: whoever expels
/// such a process waits for that. A renewal is not held up.
pub(super) async fn fence(client: &tokio_postgres::Client, rows: Vec<Uuid>) -> Sql<Vec<Uuid>> {
    if rows.is_empty() {
        return Ok(rows);
    }
    let found = client.query_typed(FENCE, args![rows]).await?;
    found.iter().map(|row| row.id(0).map(Uuid::from_bytes)).collect()
}

impl Lead for Store {
    fn try_lead(&self) -> Result<bool> {
        self.run(async |node| join(node).await)?;
        Ok(self.lead.is_leading())
    }

    fn keep_leading(&self) -> Result<()> {
        let stop = |why: &str| Err(Error::new(ErrorCode::StorageUnavailable, why));
        match self.lead.known().row {
            None => stop("others deliver: this process was expelled"),
            Some(row) if row.renewed.elapsed() > OWN_PATIENCE => {
                stop("others may deliver: the lease of this process could not be renewed")
            }
            Some(_) => Ok(()),
        }
    }

    fn hand_over(&self) {
        self.lead.known().leaves = true;
        self.tell_node(balance::leave_all);
    }

    fn others_deliver(&self) -> bool {
        self.lead.is_leading() && !self.lead.known().others.is_empty()
    }

    fn resign(&self) {
        let Some(id) = self.lead.row() else { return };
        self.lead.lost();
        let _ = self.run(async move |node| {
            node.read(async |client| client.query_typed(LEAVE, args![id, balance::CHANGED]).await).await
        });
    }

    /// There is no such file: nobody waits to lead.
    fn lead_file(&self) -> &Path {
        Path::new("")
    }

    fn deliverer(&self) -> Option<Deliverer> {
        if let Some(row) = self.lead.known().row {
            let pid = std::process::id();
            return Some(Deliverer { pid, this_engine: true, since: row.since, stopped: false });
        }
        let found = self.read(async |_, client| {
            let rows = client.query_typed(FIRST, args![]).await?;
            let Some(row) = rows.first() else { return Ok(None) };
            let (pid, since) = (row.small(0)?, row.time(1)?);
            Ok(Some(Deliverer { pid, this_engine: false, since, stopped: false }))
        });
        found.ok().flatten()
    }
}
