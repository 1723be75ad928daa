//! Looking for commits of other processes: by the difference of two snapshots, which misses nothing, in whatever order transactions
//! began and ended.

use std::time::{Duration, Instant};

use super::node::Node;
use super::statement::{Columns, Sql, args};
use super::transaction::{API_KEYS, ENDPOINT};
use super::{balance, expiry, uncounted};
use crate::outbox::change::Change;
use crate::outbox::link::Notice;
use crate::outbox::rows::LaneKey;

/// The pause between two looks, while there is something to see and while there is not.
const BUSY: Duration = Duration::from_millis(10);
const IDLE: Duration = Duration::from_millis(20);

/// What became visible since the snapshot `$1`, with the snapshot that saw it: fresh and scheduled messages, and changes.
///
/// The transactions that were open then are cut from the snapshot's text (`xmin:xmax:xip,...`), so that the planner sees how many
/// there are. Where it has to guess it takes them for ten, and with transactions of ten thousand messages reads all that waits. The
/// next transaction stands beside them: of no transaction at all it would think that any index will do.
pub(super) const SINCE: &str = "SELECT NULL::smallint, NULL::integer, pg_current_snapshot()::text
    UNION ALL
    SELECT DISTINCT 3::smallint, endpoint, NULL FROM hookbridge.waiting WHERE due_at <= 0
        AND (xid >= pg_snapshot_xmax($1::text::pg_snapshot)
            OR xid = ANY (array_append(string_to_array(split_part($1, ':', 3), ','), split_part($1, ':', 2))::xid8[]))
    UNION ALL
    SELECT kind, endpoint, NULL FROM hookbridge.changes
        WHERE xid >= pg_snapshot_xmax($1::text::pg_snapshot)
            OR xid = ANY (array_append(string_to_array(split_part($1, ':', 3), ','), split_part($1, ':', 2))::xid8[])";
pub(super) const NOW: &str = "SELECT pg_current_snapshot()::text";
/// How this statement calls messages that wait.
const WAITING: i64 = 3;

/// How often expired messages are looked for, and messages that were sent from SQL are counted.
const CHORES: Duration = Duration::from_secs(2);
/// How often every lane in which messages wait is looked for: a look at what is new does not see what a restored dump has brought, or
/// a hand.
const SWEEP: Duration = Duration::from_secs(30);

/// For how long what changed since a look can be learnt. Changes are kept for an hour.
const REMEMBERED: Duration = Duration::from_secs(30 * 60);

/// The snapshot of the last look, and when it was taken.
pub(super) struct Seen {
    snapshot: String,
    at: Instant,
}

impl Seen {
    fn new(snapshot: String) -> Self {
        Self { snapshot, at: Instant::now() }
    }
}

/// Looks until the thread ends.
pub(super) async fn keep_looking(node: &Node) {
    let mut chores_at = tokio::time::Instant::now();
    let mut sweep_at = chores_at + SWEEP;
    let mut pause = IDLE;
    loop {
        tokio::time::sleep(pause).await;
        let now = tokio::time::Instant::now();
        if chores_at <= now {
            chores_at = now + CHORES;
            if node.link.is_leading() {
                expiry::look(node).await;
            }
            if node.has_the_chores() {
                uncounted::count(node).await;
            }
        }
        if sweep_at <= now {
            sweep_at = now + SWEEP;
            node.link.tell(Notice::OverviewWanted);
        }
        pause = if look(node).await { BUSY } else { IDLE };
    }
}

/// Tells the loop what others have committed since the last look. True where that was something.
pub(super) async fn look(node: &Node) -> bool {
    if !node.link.is_leading() {
        return false;
    }
    if node.looking.replace(true) {
        // What is committed until then is found by the next look.
        return true;
    }
    let found_any = look_once(node).await;
    node.looking.set(false);
    found_any
}

async fn look_once(node: &Node) -> bool {
    let is_known = |seen: &Seen| seen.at.elapsed() < REMEMBERED;
    let before = node.seen.take().filter(|_| !node.server_changed.take()).filter(is_known);
    let is_first = before.is_none();
    let found = node.read(async |client| since(client, before.as_ref()).await).await;
    match found {
        Ok(New { seen, mut lanes, edits, balance }) => {
            node.seen.replace(Some(seen));
            if balance {
                node.balance.notify_one();
            }
            lanes.retain(|lane| node.link.serves(*lane));
            if is_first {
                node.link.tell(Notice::RereadAll);
            } else if lanes.is_empty() && edits.is_empty() {
                return false;
            } else {
                node.link.tell(Notice::OthersWrote { lanes, edits });
            }
            true
        }
        Err(error) => {
            node.seen.replace(before);
            tracing::warn!(target: "hookbridge::outbox", %error, "cannot look for new messages");
            false
        }
    }
}

/// What a look has found.
struct New {
    seen: Seen,
    /// Lanes with new messages.
    lanes: Vec<LaneKey>,
    edits: Vec<Change>,
    /// Whether shards are free or wanted.
    balance: bool,
}

async fn since(client: &tokio_postgres::Client, before: Option<&Seen>) -> Sql<New> {
    let Some(Seen { snapshot: before, .. }) = before else {
        let rows = client.query_typed(NOW, args![]).await?;
        let now = rows.first().map_or(Ok(String::new()), |row| row.text(0))?;
        return Ok(New { seen: Seen::new(now), lanes: Vec::new(), edits: Vec::new(), balance: true });
    };
    let mut new =
        New { seen: Seen::new(before.clone()), lanes: Vec::new(), edits: Vec::new(), balance: false };
    for row in client.query_typed(SINCE, args![before.as_str()]).await? {
        let lane = LaneKey(row.maybe_int(1)?.unwrap_or_default());
        match row.maybe_int(0)? {
            None => new.seen = Seen::new(row.text(2)?),
            Some(WAITING) => new.lanes.push(lane),
            Some(balance::CHANGED) => new.balance = true,
            Some(ENDPOINT) => new.edits.push(Change::Endpoint(lane)),
            Some(API_KEYS) => new.edits.push(Change::ApiKeys),
            Some(_) => new.edits.push(Change::Messages(lane)),
        }
    }
    new.edits.sort_unstable();
    new.edits.dedup();
    Ok(new)
}
