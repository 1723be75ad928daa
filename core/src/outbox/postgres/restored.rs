//! After a dump was restored into another server. Its rows name the transactions that wrote them, and those numbers may still be to come
//! in the new server: such rows would look new at every look for new ones, and lie behind what is accepted later.

use tokio_postgres::Client;

use super::statement::{Sql, args};

/// What this transaction sees is committed, and so was not written by a transaction that is still to come.
const WAITING: &str = "WITH moved AS (
        UPDATE hookbridge.waiting SET xid = pg_current_xact_id()
        WHERE due_at <= 0 AND xid >= pg_snapshot_xmax(pg_current_snapshot()) RETURNING id
    )
    UPDATE hookbridge.messages m SET xid = pg_current_xact_id() FROM moved WHERE m.id = moved.id RETURNING m.id";
/// Whoever starts now reads everything anew.
const CHANGES: &str = "DELETE FROM hookbridge.changes WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())";

/// Has rows of transactions that are still to come be written by this one. A message that is held gets its number when it comes to the
/// front (rows.rs).
pub(super) async fn mend(client: &Client) -> Sql<()> {
    let moved = client.query_typed(WAITING, args![]).await?.len();
    client.query_typed(CHANGES, args![]).await?;
    if moved > 0 {
        tracing::info!(target: "hookbridge::outbox", messages = moved, "the database was restored from a dump");
    }
    Ok(())
}
