//! The tables beside the messages: changes for other processes, counters, and the revisions of processes that are gone. Activity, login
//! codes and consoles are bounded where they are written, and exports by whoever writes them.

use uuid::Uuid;

use super::{BITE, Bounds, bites};
use crate::error::Result;
use crate::outbox::figures::{DAY, HOUR, MINUTE, QUARTER, floor};
use crate::outbox::postgres::node::Node;
use crate::outbox::postgres::statement::{Columns, args};

/// How long a change is there to be seen. Whoever looks less often reads everything anew.
const CHANGES_KEPT: i64 = HOUR;
/// No window reaches further back.
const METRICS_KEPT: i64 = 32 * DAY;
/// Counters by the minute become counters by the hour, and so on, once no window needs the narrower: of which width, from which age on,
/// and up to which. By then the whole bucket of the next step has come of age.
const ROLL_UPS: [(i64, i64, i64); 3] = [
    (HOUR, 65 * MINUTE, 25 * HOUR + QUARTER),
    (QUARTER, 25 * HOUR, 8 * DAY + DAY),
    (DAY, 8 * DAY, METRICS_KEPT + DAY),
];
/// How many processes may have a row of revisions before they are added up.
const REVISIONS: i64 = 64;
/// Stands for all processes together.
const ALL: Uuid = Uuid::nil();

const OLD_CHANGES: &str = "DELETE FROM hookbridge.changes WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM hookbridge.changes WHERE at < to_timestamp($1 / 1000.0) LIMIT $2))";
const OLD_METRICS: &str = "DELETE FROM hookbridge.metrics WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM hookbridge.metrics WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE))";
const ROLL_UP: &str = "WITH narrow AS (
        DELETE FROM hookbridge.metrics WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM hookbridge.metrics WHERE at >= $1 AND at < $2 AND (at % $3 <> 0 OR node <> $4)
            ORDER BY at, endpoint, node LIMIT $5 FOR UPDATE))
        RETURNING at - at % $3 AS at, endpoint, total, succeeded, failed, retries, answers, latency_ms
    ), wide AS (
        INSERT INTO hookbridge.metrics AS m (at, endpoint, node, total, succeeded, failed, retries, answers, latency_ms)
        SELECT at, endpoint, $4, sum(total), sum(succeeded), sum(failed), sum(retries), sum(answers), sum(latency_ms)
        FROM narrow GROUP BY at, endpoint ORDER BY at, endpoint
        ON CONFLICT (at, endpoint, node) DO UPDATE SET total = m.total + excluded.total,
            succeeded = m.succeeded + excluded.succeeded, failed = m.failed + excluded.failed,
            retries = m.retries + excluded.retries, answers = m.answers + excluded.answers,
            latency_ms = m.latency_ms + excluded.latency_ms
    )
    SELECT count(*) FROM narrow";
/// A process that still runs begins a row anew. At no moment is the sum another.
const ADD_UP: &str = "WITH gone AS (
        DELETE FROM hookbridge.revisions WHERE (SELECT count(*) FROM hookbridge.revisions) > $2
            AND node IN (SELECT node FROM hookbridge.revisions WHERE node <> $1 FOR UPDATE SKIP LOCKED)
        RETURNING edits
    )
    INSERT INTO hookbridge.revisions AS r (node, edits) SELECT $1, sum(edits)::bigint FROM gone HAVING count(*) > 0
    ON CONFLICT (node) DO UPDATE SET edits = r.edits + excluded.edits";

pub(super) async fn sweep(node: &Node, bounds: Bounds) -> Result<()> {
    let now = bounds.now;
    bites(node, async || {
        let gone = node
            .read(async |client| client.execute_typed(OLD_CHANGES, args![now - CHANGES_KEPT, BITE]).await);
        Ok(gone.await? as i64)
    })
    .await?;
    for (width, from_age, to_age) in ROLL_UPS {
        let (from, to) = (floor(now - to_age, width), floor(now - from_age, width));
        bites(node, async || {
            node.read(async |client| {
                let rows = client.query_typed(ROLL_UP, args![from, to, width, ALL, BITE]).await?;
                rows.first().map_or(Ok(0), |row| row.int(0))
            })
            .await
        })
        .await?;
    }
    bites(node, async || {
        let gone = node
            .read(async |client| client.execute_typed(OLD_METRICS, args![now - METRICS_KEPT, BITE]).await);
        Ok(gone.await? as i64)
    })
    .await?;
    node.read(async |client| client.execute_typed(ADD_UP, args![ALL, REVISIONS]).await).await.map(drop)
}
