//! Counting the messages that were sent from SQL. Their transactions may stay open for long, and so count nothing themselves.

use super::node::Node;
use super::statement::{Columns, args};

/// How many are counted at once.
const BITE: i64 = 10_000;

const COUNT: &str = "WITH gone AS (
        DELETE FROM hookbridge.uncounted WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM hookbridge.uncounted LIMIT $2 FOR UPDATE SKIP LOCKED))
        RETURNING at, endpoint
    ), counted AS (
        INSERT INTO hookbridge.metrics AS m (at, endpoint, node, total, succeeded, failed, retries, answers, latency_ms)
        SELECT at, endpoint, $1, count(*), 0, 0, 0, 0, 0 FROM gone GROUP BY at, endpoint ORDER BY at, endpoint
        ON CONFLICT (at, endpoint, node) DO UPDATE SET total = m.total + excluded.total
    )
    SELECT count(*) FROM gone";

/// Counts what is not counted yet, a bounded number at a time.
pub(super) async fn count(node: &Node) {
    loop {
        let counted = node.read(async |client| {
            let rows = client.query_typed(COUNT, args![node.id, BITE]).await?;
            rows.first().map_or(Ok(0), |row| row.int(0))
        });
        match counted.await {
            Ok(BITE) => {}
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(target: "hookbridge::outbox", %error, "messages sent from SQL cannot be counted");
                return;
            }
        }
    }
}
