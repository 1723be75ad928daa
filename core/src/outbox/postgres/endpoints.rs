//! Endpoints and their signing keys.

use std::collections::HashMap;

use tokio_postgres::{Client, Row};

use super::Store;
use super::statement::{Columns, Sql, args, uuid};
use super::transaction::{Applied, Tx};
use crate::error::{Result, endpoint_not_found};
use crate::model::endpoint::Endpoint;
use crate::model::ids::{EndpointId, SigningKeyId};
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::command::{EndpointChange, KeyChange, KeyDecision};
use crate::outbox::due::StoredLane;
use crate::outbox::due_at::BEFORE_ALL;
use crate::outbox::endpoints::{ChangedEndpoint, Endpoints, StoredKey};
use crate::outbox::link::Notice;
use crate::outbox::numbers;
use crate::outbox::page::Cursor;
use crate::outbox::rows::LaneKey;

/// The columns in the order in which [`endpoint`] reads them.
macro_rules! columns {
    () => {
        "seq, id, url, description, rate_limit_rps, burst, headers, retry_schedule, max_attempts, paused, created_at,
        updated_at, tenant, event_types, filter, on_failure"
    };
}

const LIVE_LANE: &str = "SELECT seq FROM hookbridge.endpoints WHERE id = $1 AND deleted_at IS NULL";
const FIND: &str =
    concat!("SELECT ", columns!(), " FROM hookbridge.endpoints WHERE id = $1 AND deleted_at IS NULL");
const LOCK: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM hookbridge.endpoints WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE"
);
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM hookbridge.endpoints WHERE deleted_at IS NULL AND seq < $1
    AND ($2::text IS NULL OR tenant = $2) ORDER BY seq DESC LIMIT $3"
);
const OF_LANES: &str = concat!("SELECT ", columns!(), " FROM hookbridge.endpoints WHERE seq = ANY($1)");
const LIVE: &str = concat!("SELECT ", columns!(), " FROM hookbridge.endpoints WHERE deleted_at IS NULL");
const INSERT: &str =
    "INSERT INTO hookbridge.endpoints (id, url, description, rate_limit_rps, burst, headers, retry_schedule,
        max_attempts, paused, created_at, updated_at, tenant, event_types, filter, on_failure)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING seq";
const UPDATE: &str =
    "UPDATE hookbridge.endpoints SET url = $2, description = $3, rate_limit_rps = $4, burst = $5,
        headers = $6, retry_schedule = $7, max_attempts = $8, paused = $9, updated_at = $10, tenant = $11,
        event_types = $12, filter = $13, on_failure = $14 WHERE seq = $1";
/// A deleted endpoint is not paused: its messages are still delivered, and nobody could resume it.
const DELETE: &str =
    "UPDATE hookbridge.endpoints SET deleted_at = $2, updated_at = $2, paused = false WHERE seq = $1";
const PAUSE: &str =
    "UPDATE hookbridge.endpoints SET paused = true, updated_at = $2 WHERE seq = $1 AND deleted_at IS NULL";
const COUNT_DUE: &str = "SELECT count(*) FROM hookbridge.waiting WHERE endpoint = $1
    AND (due_at BETWEEN 0 AND $2 OR due_at <= $2 - $3)";
const KEYS: &str = "SELECT endpoint, id, secret, created_at FROM hookbridge.signing_keys WHERE endpoint = ANY($1) ORDER BY seq";
const INSERT_KEY: &str =
    "INSERT INTO hookbridge.signing_keys (id, endpoint, secret, created_at) VALUES ($1, $2, $3, $4)";
const DELETE_KEY: &str = "DELETE FROM hookbridge.signing_keys WHERE endpoint = $1 AND id = $2";

/// JSON that this program has written. Damaged text is none, as where it was never set.
fn read_json<T: serde::de::DeserializeOwned>(text: Option<String>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

fn write_json<T: serde::Serialize>(value: Option<&T>) -> Option<String> {
    value.and_then(|value| serde_json::to_string(value).ok())
}

/// Reads a row of [`columns`].
fn endpoint(row: &Row) -> Sql<(LaneKey, Endpoint)> {
    let endpoint = Endpoint {
        id: EndpointId::from_bytes(row.id(1)?),
        url: row.text(2)?,
        description: row.maybe_text(3)?,
        rate_limit_rps: row.maybe_small(4)?,
        burst: row.maybe_small(5)?,
        headers: read_json(row.maybe_text(6)?),
        retry_schedule: read_json(row.maybe_text(7)?),
        max_attempts: row.maybe_small(8)?,
        paused: row.boolean(9)?,
        created_at: row.time(10)?,
        updated_at: row.time(11)?,
        tenant: row.maybe_text(12)?,
        event_types: read_json(row.maybe_text(13)?),
        filter: read_json(row.maybe_text(14)?),
        on_failure: numbers::on_failure(row.int(15)?),
    };
    Ok((LaneKey(row.int(0)?), endpoint))
}

/// The row of an endpoint that was not deleted.
pub(super) async fn live_lane(client: &Client, id: &EndpointId) -> Sql<Option<LaneKey>> {
    let rows = client.query_typed(LIVE_LANE, args![uuid(id.as_bytes())]).await?;
    rows.first().map(|row| row.int(0).map(LaneKey)).transpose()
}

/// An endpoint that was not deleted, with its row.
pub(super) async fn find(client: &Client, id: &EndpointId) -> Sql<Option<(LaneKey, Endpoint)>> {
    let rows = client.query_typed(FIND, args![uuid(id.as_bytes())]).await?;
    rows.first().map(endpoint).transpose()
}

/// Every endpoint that was not deleted.
pub(super) async fn live(client: &Client) -> Sql<Vec<(LaneKey, Endpoint)>> {
    client.query_typed(LIVE, args![]).await?.iter().map(endpoint).collect()
}

/// Pauses an endpoint, unless it was deleted: nobody could resume it.
pub(super) async fn pause(client: &Client, lane: LaneKey, now: Timestamp) -> Sql<()> {
    client.query_typed(PAUSE, args![lane.0, now.as_millis()]).await.map(drop)
}

async fn keys(client: &Client, lanes: Vec<i64>) -> Sql<Vec<(LaneKey, StoredKey)>> {
    let read = |row: &Row| {
        let key = StoredKey {
            id: SigningKeyId::from_bytes(row.id(1)?),
            secret: SigningSecret::from_stored(row.text(2)?),
            created_at: row.time(3)?,
        };
        Ok((LaneKey(row.int(0)?), key))
    };
    client.query_typed(KEYS, args![lanes]).await?.iter().map(read).collect()
}

/// The endpoints of lanes, also deleted ones, with their secrets.
pub(super) async fn of_lanes(client: &Client, lanes: &[LaneKey]) -> Sql<HashMap<LaneKey, StoredLane>> {
    let seqs: Vec<i64> = lanes.iter().map(|lane| lane.0).collect();
    let mut found = HashMap::with_capacity(lanes.len());
    for row in client.query_typed(OF_LANES, args![seqs]).await? {
        let (lane, endpoint) = endpoint(&row)?;
        found.insert(lane, StoredLane { endpoint, secrets: Vec::new() });
    }
    for (lane, key) in keys(client, seqs).await? {
        if let Some(stored) = found.get_mut(&lane) {
            stored.secrets.push(key.secret);
        }
    }
    Ok(found)
}

async fn insert_key(client: &Client, lane: LaneKey, key: &StoredKey) -> Sql<()> {
    let values = args![uuid(key.id.as_bytes()), lane.0, key.secret.expose(), key.created_at.as_millis()];
    client.query_typed(INSERT_KEY, values).await.map(drop)
}

async fn insert(client: &Client, endpoint: &Endpoint) -> Sql<LaneKey> {
    let values = args![
        uuid(endpoint.id.as_bytes()),
        endpoint.url,
        endpoint.description,
        endpoint.rate_limit_rps.map(i64::from),
        endpoint.burst.map(i64::from),
        write_json(endpoint.headers.as_ref()),
        write_json(endpoint.retry_schedule.as_ref()),
        endpoint.max_attempts.map(i64::from),
        endpoint.paused,
        endpoint.created_at.as_millis(),
        endpoint.updated_at.as_millis(),
        endpoint.tenant,
        write_json(endpoint.event_types.as_ref()),
        write_json(endpoint.filter.as_ref()),
        numbers::on_failure_number(endpoint.on_failure),
    ];
    let rows = client.query_typed(INSERT, values).await?;
    rows.first().map_or(Ok(LaneKey(0)), |row| row.int(0).map(LaneKey))
}

async fn update(client: &Client, lane: LaneKey, endpoint: &Endpoint) -> Sql<()> {
    let values = args![
        lane.0,
        endpoint.url,
        endpoint.description,
        endpoint.rate_limit_rps.map(i64::from),
        endpoint.burst.map(i64::from),
        write_json(endpoint.headers.as_ref()),
        write_json(endpoint.retry_schedule.as_ref()),
        endpoint.max_attempts.map(i64::from),
        endpoint.paused,
        endpoint.updated_at.as_millis(),
        endpoint.tenant,
        write_json(endpoint.event_types.as_ref()),
        write_json(endpoint.filter.as_ref()),
        numbers::on_failure_number(endpoint.on_failure),
    ];
    client.query_typed(UPDATE, values).await.map(drop)
}

/// An answer after a change of an endpoint, which every process must read.
fn edited<A>(lane: LaneKey, answer: A) -> Applied<A> {
    Applied { answer, edited: vec![Change::Endpoint(lane)], notices: vec![Notice::EndpointChanged(lane)] }
}

/// An endpoint that was not deleted, kept from changes of others until the transaction ends.
async fn lock(tx: &Tx<'_>, id: &EndpointId) -> Sql<Option<(LaneKey, Endpoint)>> {
    let rows = tx.client.query_typed(LOCK, args![uuid(id.as_bytes())]).await?;
    rows.first().map(endpoint).transpose()
}

async fn change(
    tx: &Tx<'_>,
    id: &EndpointId,
    command: &EndpointChange,
) -> Sql<Result<Applied<ChangedEndpoint>>> {
    let Some((lane, before)) = lock(tx, id).await? else { return Ok(Err(endpoint_not_found())) };
    let mut messages_released = 0;
    let endpoint = match command.decide(&before, tx.now) {
        Some(after) => {
            update(tx.client, lane, &after).await?;
            if command.releases_messages(&before) {
                let due = tx.client.query_typed(COUNT_DUE, args![lane.0, tx.due_time(), BEFORE_ALL]).await?;
                messages_released = due.first().map_or(Ok(0), |row| row.count(0))?;
            }
            after
        }
        None => {
            tx.client.query_typed(DELETE, args![lane.0, tx.now.as_millis()]).await?;
            before
        }
    };
    Ok(Ok(edited(lane, ChangedEndpoint { endpoint, messages_released })))
}

async fn change_keys(tx: &Tx<'_>, id: &EndpointId, command: &KeyChange) -> Sql<Result<Applied<()>>> {
    let Some((lane, _)) = lock(tx, id).await? else { return Ok(Err(endpoint_not_found())) };
    let known: Vec<StoredKey> =
        keys(tx.client, vec![lane.0]).await?.into_iter().map(|(_, key)| key).collect();
    match command.decide(&known) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(KeyDecision::Insert(key)) => insert_key(tx.client, lane, key).await?,
        Ok(KeyDecision::Delete(key)) => {
            tx.client.query_typed(DELETE_KEY, args![lane.0, uuid(key.as_bytes())]).await?;
        }
    }
    Ok(Ok(edited(lane, ())))
}

impl Endpoints for Store {
    fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>> {
        let id = *id;
        self.read(async move |_, client| Ok(find(client, &id).await?.map(|(_, endpoint)| endpoint)))
    }

    fn endpoints(
        &self,
        tenant: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<Endpoint>, Option<Cursor>)> {
        let tenant = tenant.map(str::to_owned);
        let before = after.map_or(i64::from(i32::MAX), |Cursor(row)| row);
        self.read(async move |_, client| {
            let rows = client.query_typed(LIST, args![before, tenant, limit as i64 + 1]).await?;
            let mut found = rows.iter().map(endpoint).collect::<Sql<Vec<_>>>()?;
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|(lane, _)| Cursor(lane.0));
            Ok((found.into_iter().map(|(_, endpoint)| endpoint).collect(), next))
        })
    }

    fn create_endpoint(&self, endpoint: Endpoint, key: StoredKey) -> Result<()> {
        self.change(async move |tx| {
            let lane = insert(tx.client, &endpoint).await?;
            insert_key(tx.client, lane, &key).await?;
            Ok(Ok(edited(lane, ())))
        })
    }

    fn change_endpoint(&self, id: &EndpointId, change_: EndpointChange) -> Result<ChangedEndpoint> {
        let id = *id;
        self.change(async move |tx| change(tx, &id, &change_).await)
    }

    fn change_signing_keys(&self, id: &EndpointId, change: KeyChange) -> Result<()> {
        let id = *id;
        self.change(async move |tx| change_keys(tx, &id, &change).await)
    }

    fn signing_keys(&self, id: &EndpointId) -> Result<Vec<StoredKey>> {
        let id = *id;
        let found = self.read(async move |_, client| {
            let Some(lane) = live_lane(client, &id).await? else { return Ok(None) };
            keys(client, vec![lane.0]).await.map(Some)
        })?;
        let found = found.ok_or_else(endpoint_not_found)?;
        Ok(found.into_iter().map(|(_, key)| key).collect())
    }
}
