//! The figures of the outbox.

use tokio_postgres::Client;

use super::statement::{Columns, Sql, args};
use super::{Store, endpoints};
use crate::error::{Result, endpoint_not_found};
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::due_at::BEFORE_ALL;
use crate::outbox::figures::{Buckets, Counters, Counts, EndpointFigures, Figures};

/// The oldest that is due is found lane by lane: of the fresh ones the first is it, and only those whose time has come are looked at.
const COUNTS: &str = "WITH RECURSIVE lane (seq) AS (
        (SELECT min(endpoint) FROM hookbridge.waiting)
        UNION ALL
        SELECT (SELECT min(endpoint) FROM hookbridge.waiting WHERE endpoint > lane.seq) FROM lane WHERE lane.seq IS NOT NULL)
    SELECT
    (SELECT count(*) FROM hookbridge.waiting WHERE due_at <= 0)
        + (SELECT count(*) FROM hookbridge.ordered WHERE held_due_at <= 0),
    (SELECT count(*) FROM hookbridge.waiting WHERE due_at > 0)
        + (SELECT count(*) FROM hookbridge.ordered WHERE held_due_at > 0),
    (SELECT count(*) FROM hookbridge.dead_letters),
    (SELECT min(least(
        (SELECT created_at FROM hookbridge.waiting w WHERE w.endpoint = lane.seq AND w.due_at = 0 ORDER BY w.due_at, w.xid, w.seq LIMIT 1),
        (SELECT min(created_at) FROM hookbridge.waiting w WHERE w.endpoint = lane.seq AND w.due_at BETWEEN 1 AND $1),
        (SELECT min(created_at) FROM hookbridge.waiting w WHERE w.endpoint = lane.seq AND w.due_at <= $1 - $2)))
        FROM lane)";
const SUMS: &str = "SELECT (at - $1) / $2, sum(total)::bigint, sum(succeeded)::bigint, sum(failed)::bigint, sum(retries)::bigint,
        sum(answers)::bigint, sum(latency_ms)::bigint
    FROM hookbridge.metrics WHERE at >= $1 AND at < $3 AND ($4::bigint IS NULL OR endpoint = $4) GROUP BY 1";
const OF_ENDPOINT: &str = "SELECT
    (SELECT count(*) FROM hookbridge.waiting WHERE endpoint = $1 AND due_at <= 0)
        + (SELECT count(*) FROM hookbridge.ordered WHERE endpoint = $1 AND held_due_at IS NOT NULL),
    (SELECT count(*) FROM hookbridge.waiting WHERE endpoint = $1 AND due_at > 0),
    (SELECT count(*) FROM hookbridge.dead_letters WHERE endpoint = $1),
    (SELECT max(at) FROM hookbridge.metrics WHERE endpoint = $1 AND succeeded > 0),
    (SELECT max(at) FROM hookbridge.metrics WHERE endpoint = $1 AND failed + retries > 0)";
/// Lane by lane: the first due message is the answer.
const ANY_DUE: &str = "WITH RECURSIVE lane (seq) AS (
        (SELECT min(endpoint) FROM hookbridge.waiting)
        UNION ALL
        SELECT (SELECT min(endpoint) FROM hookbridge.waiting WHERE endpoint > lane.seq) FROM lane WHERE lane.seq IS NOT NULL)
    SELECT EXISTS (SELECT 1 FROM lane JOIN hookbridge.endpoints e ON e.seq = lane.seq AND NOT e.paused
        WHERE EXISTS (SELECT 1 FROM hookbridge.waiting w WHERE w.endpoint = lane.seq AND w.due_at BETWEEN 0 AND $1)
            OR EXISTS (SELECT 1 FROM hookbridge.waiting w WHERE w.endpoint = lane.seq AND w.due_at <= $1 - $2))";
/// All tables of the schema with their indexes.
const BYTES: &str = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'hookbridge' AND c.relkind IN ('r', 'm')";

async fn counters(client: &Client, buckets: Buckets, lane: Option<i64>) -> Sql<Vec<Counters>> {
    let mut found = vec![Counters::default(); buckets.count];
    let until = buckets.from + buckets.width * i64::try_from(buckets.count).unwrap_or(0);
    for row in client.query_typed(SUMS, args![buckets.from, buckets.width, until, lane]).await? {
        let place = usize::try_from(row.int(0)?).ok().and_then(|place| found.get_mut(place));
        let Some(bucket) = place else { continue };
        *bucket = Counters {
            total: row.count(1)?,
            succeeded: row.count(2)?,
            failed: row.count(3)?,
            retries: row.count(4)?,
            answers: row.count(5)?,
            latency_ms: row.count(6)?,
        };
    }
    Ok(found)
}

async fn of_endpoint(client: &Client, id: &EndpointId, buckets: Buckets) -> Sql<Option<EndpointFigures>> {
    let Some(lane) = endpoints::live_lane(client, id).await? else { return Ok(None) };
    let rows = client.query_typed(OF_ENDPOINT, args![lane.0]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let counted = counters(client, buckets, Some(lane.0)).await?;
    Ok(Some(EndpointFigures {
        lane,
        queued: row.count(0)?,
        waiting_for_retry: row.count(1)?,
        dead: row.count(2)?,
        last_success: row.maybe_time(3)?,
        last_failure: row.maybe_time(4)?,
        buckets: counted.into_iter().map(|bucket| Counters { total: 0, ..bucket }).collect(),
    }))
}

impl Figures for Store {
    fn counts(&self, now: Timestamp) -> Result<Counts> {
        self.read(async move |node, client| {
            let rows = client.query_typed(COUNTS, args![node.due_time(now), BEFORE_ALL]).await?;
            let none = Counts { queued: 0, waiting_for_retry: 0, dead: 0, oldest_due: None };
            let Some(row) = rows.first() else { return Ok(none) };
            Ok(Counts {
                queued: row.count(0)?,
                waiting_for_retry: row.count(1)?,
                dead: row.count(2)?,
                oldest_due: row.maybe_time(3)?,
            })
        })
    }

    fn counters(&self, buckets: Buckets, endpoint: Option<&EndpointId>) -> Result<Vec<Counters>> {
        let endpoint = endpoint.copied();
        self.read(async move |_, client| {
            let lane = match &endpoint {
                None => None,
                Some(id) => match endpoints::live_lane(client, id).await? {
                    Some(lane) => Some(lane.0),
                    None => return Ok(None),
                },
            };
            counters(client, buckets, lane).await.map(Some)
        })?
        .ok_or_else(endpoint_not_found)
    }

    fn endpoint_figures(&self, ids: &[EndpointId], buckets: Buckets) -> Result<Vec<Option<EndpointFigures>>> {
        let ids = ids.to_vec();
        self.read(async move |_, client| {
            let mut figures = Vec::with_capacity(ids.len());
            for id in &ids {
                figures.push(of_endpoint(client, id, buckets).await?);
            }
            Ok(figures)
        })
    }

    fn anything_due(&self, now: Timestamp) -> Result<bool> {
        self.read(async move |node, client| {
            let rows = client.query_typed(ANY_DUE, args![node.due_time(now), BEFORE_ALL]).await?;
            rows.first().map_or(Ok(false), |row| row.boolean(0))
        })
    }

    fn bytes_on_disk(&self) -> u64 {
        let bytes = self.read(async |_, client| {
            client.query_typed(BYTES, args![]).await?.first().map_or(Ok(0), |row| row.count(0))
        });
        bytes.unwrap_or(0)
    }
}
