//! Making and dropping partitions, and what is dropped row by row beside them.

use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use super::{BUSY, Bounds, rows};
use crate::error::Result;
use crate::outbox::postgres::node::Node;
use crate::outbox::postgres::statement::{Columns, Sql, args};

/// How long to wait before a lock is asked for again that others held, at first and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(1_800));

const MAINTAIN: &str =
    "SELECT done, busy, kept FROM hookbridge.maintain(payload_retention => $1 * interval '1 millisecond',
    row_retention => $2 * interval '1 millisecond', as_of => to_timestamp($3 / 1000.0), spare => $4)";
const DUE: &str = "SELECT parent::text, name::text, lower, upper FROM hookbridge.partitions
    WHERE upper <= CASE parent WHEN 'payloads' THEN $1 ELSE $2 END ORDER BY upper, parent DESC";
const LOWEST: &str = "SELECT lower FROM hookbridge.partitions WHERE parent = 'messages' AND lower IS NOT NULL ORDER BY lower LIMIT 1";

/// What `maintain` did.
struct Maintained {
    done: Option<String>,
    busy: Vec<String>,
    kept: Vec<String>,
}

/// A partition whose rows may be past their retention.
pub(super) struct Partition {
    parent: String,
    name: String,
    pub range: Range,
}

/// Ids from the first to before the last.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub lower: Uuid,
    pub upper: Uuid,
}

/// What is known from one pass to the next.
#[derive(Default)]
pub(in crate::outbox::postgres) struct Partitions {
    /// Others held a lock: until when nobody is made to wait for it again, and for how long that was.
    later: Option<(Instant, Duration)>,
    /// Whether it was said that this role may not make and drop partitions.
    said: bool,
}

/// The least id of a moment.
pub(super) fn first_id(ms: i64) -> Uuid {
    Uuid::from_u128(u128::from(u64::try_from(ms).unwrap_or(0)) << 80)
}

impl Partitions {
    /// Makes what is missing ahead, and drops what is past its retention.
    pub(super) async fn turn(&mut self, node: &Node, bounds: Bounds) -> Result<()> {
        for due in due(node, bounds).await? {
            if due.parent == "messages" {
                rows::free_names(node, due.range, bounds).await?;
            }
        }
        let kept = self.maintain(node, bounds).await?;
        for due in due(node, bounds).await? {
            if kept.as_ref().is_none_or(|kept| kept.contains(&due.name)) {
                match due.parent.as_str() {
                    "messages" => {
                        rows::drop_messages(node, rows::Place::Partition, due.range, bounds).await?
                    }
                    "payloads" => {
                        rows::drop_payloads(node, rows::Place::Partition, due.range, bounds).await?
                    }
                    _ => rows::drop_attempts(node, rows::Place::Partition, due.range).await?,
                }
            }
        }
        let before = |ms| Range { lower: Uuid::nil(), upper: first_id(ms) };
        rows::drop_payloads(node, rows::Place::Default, before(bounds.payloads), bounds).await?;
        rows::drop_messages(node, rows::Place::Default, before(bounds.rows), bounds).await?;
        rows::drop_attempts(node, rows::Place::Default, before(bounds.rows)).await?;
        let lowest = node.read(async |client| {
            client.query_typed(LOWEST, args![]).await?.first().map(|row| row.id(0)).transpose()
        });
        match lowest.await? {
            Some(lowest) => rows::forget_late_changes(node, Uuid::from_bytes(lowest)).await,
            None => Ok(()),
        }
    }

    /// Has the database make and drop partitions until none is left to. The names of those that have to go row by row; none where all
    /// have to, since this role may not drop any.
    async fn maintain(&mut self, node: &Node, bounds: Bounds) -> Result<Option<Vec<String>>> {
        if self.later.is_some_and(|(until, _)| Instant::now() < until) {
            return Ok(Some(Vec::new()));
        }
        let mut busy: Vec<String> = Vec::new();
        loop {
            let Some(found) = node.read(async |client| maintained(client, bounds, &busy).await).await? else {
                if !std::mem::replace(&mut self.said, true) {
                    tracing::info!(target: "hookbridge::outbox",
                        "this role may not execute hookbridge.maintain: partitions are left to the owner");
                }
                return Ok(None);
            };
            if let Some(done) = &found.done {
                tracing::debug!(target: "hookbridge::outbox", %done, "partitions");
            }
            busy.extend(found.busy);
            if found.done.is_none() || !node.has_the_chores() {
                self.later = (!busy.is_empty()).then(|| {
                    let pause = self.later.map_or(PATIENCE.0, |(_, before)| PATIENCE.1.min(before * 2));
                    tracing::debug!(target: "hookbridge::outbox", ?busy, ?pause, "partitions that others hold");
                    (Instant::now() + pause, pause)
                });
                return Ok(Some(found.kept));
            }
            tokio::time::sleep(BUSY).await;
        }
    }
}

/// None where this role may not.
async fn maintained(
    client: &tokio_postgres::Client,
    bounds: Bounds,
    busy: &[String],
) -> Sql<Option<Maintained>> {
    let values = args![bounds.now - bounds.payloads, bounds.now - bounds.rows, bounds.now, busy.to_vec()];
    let rows = match client.query_typed(MAINTAIN, values).await {
        Err(refused) if refused.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => return Ok(None),
        answered => answered?,
    };
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Maintained { done: row.maybe_text(0)?, busy: row.try_get(1)?, kept: row.try_get(2)? }))
}

/// The partitions that lie before the bounds as a whole.
async fn due(node: &Node, bounds: Bounds) -> Result<Vec<Partition>> {
    node.read(async |client| {
        let rows = client.query_typed(DUE, args![first_id(bounds.payloads), first_id(bounds.rows)]).await?;
        rows.iter()
            .map(|row| {
                let range =
                    Range { lower: Uuid::from_bytes(row.id(2)?), upper: Uuid::from_bytes(row.id(3)?) };
                Ok(Partition { parent: row.text(0)?, name: row.text(1)?, range })
            })
            .collect()
    })
    .await
}
