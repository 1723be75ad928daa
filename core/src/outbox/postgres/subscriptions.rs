//! The index of subscriptions, kept in step with the database.

use super::endpoints;
use super::statement::{Columns, Sql, args};
use super::transaction::Tx;
use crate::outbox::subscriptions::Subscriptions;

const REVISION: &str = "SELECT coalesce(sum(edits), 0)::bigint FROM hookbridge.revisions";

/// The subscriptions as this process knows them.
#[derive(Default)]
pub(super) struct KnownSubscriptions {
    pub index: Subscriptions,
    /// The revision that the index was read at; `None` where it is to be read anew.
    revision: Option<i64>,
}

/// The subscriptions as they are in this transaction. They are taken from the node: give them back.
pub(super) async fn take(tx: &Tx<'_>) -> Sql<KnownSubscriptions> {
    let mut known = tx.node.subscriptions.take();
    let rows = tx.client.query_typed(REVISION, args![]).await?;
    let now = rows.first().map_or(Ok(0), |row| row.int(0))?;
    let pending = tx.has_changed_endpoints();
    if pending || known.revision != Some(now) {
        known.index = Subscriptions::default();
        for (lane, endpoint) in endpoints::live(tx.client).await? {
            known.index.set(lane, Some(&endpoint));
        }
    }
    // What is not committed may never be.
    known.revision = (!pending).then_some(now);
    Ok(known)
}
