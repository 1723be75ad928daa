//! Accepting messages.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{SyncSender, sync_channel};

use tokio_postgres::Client;
use uuid::Uuid;

use super::Store;
use super::ordering::{self, Order};
use super::rows::{self, MessageRow, NewRow};
use super::statement::{Columns, Sql, args, uuid};
use super::transaction::{AfterCommit, Tx};
use super::writer::Work;
use crate::error::{Error, ErrorCode, Result, closed, endpoint_not_found};
use crate::host::completion::Reply;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::receipt::SendReceipt;
use crate::model::timestamp::Timestamp;
use crate::outbox::accept::{Accept, Caller};
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::stored_message::Place;
use crate::outbox::{NewMessage, due_at};

const LANES: &str = "SELECT id, seq FROM hookbridge.endpoints WHERE id = ANY($1) AND deleted_at IS NULL";
const RELAYED: &str =
    "INSERT INTO hookbridge.endpoints (id, url, created_at, updated_at) VALUES ($1, '', $2, $2)
    ON CONFLICT (id) DO UPDATE SET deleted_at = NULL RETURNING seq";
/// Waits for other transactions that are about to use a key. In the order of keys, so that no two wait for each other.
const TAKE_KEYS: &str = "INSERT INTO hookbridge.keys (endpoint, key, message_id, payload_sha256)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::uuid[], $4::bytea[]) AS t (endpoint, key, id, sha256)
    ORDER BY endpoint, key COLLATE \"C\" ON CONFLICT (endpoint, key) DO NOTHING RETURNING endpoint, key";
const KNOWN: &str = "SELECT k.endpoint, k.key, k.message_id, k.payload_sha256 FROM hookbridge.keys k
    JOIN unnest($1::bigint[], $2::text[]) AS t (endpoint, key) ON k.endpoint = t.endpoint AND k.key = t.key";

const GIVEN: &str = "SELECT id, payload_sha256 FROM hookbridge.messages WHERE id = ANY($1)";

/// What became of a message.
pub(super) enum Accepted {
    /// With its place in memory, and when it is due, unless it waits behind another.
    New(MessageKey, LaneKey, Option<i64>),
    /// Accepted before: its idempotency key names this message.
    Known(MessageId),
}

/// A message that is to be written.
pub(super) struct Entry {
    message: NewMessage,
    outcome: Result<Accepted>,
}

impl Entry {
    fn new(message: NewMessage) -> Self {
        Self { message, outcome: Err(Error::new(ErrorCode::Internal, "a message was not written")) }
    }

    /// The answer to the caller that sent it.
    fn receipt(self, after: &mut AfterCommit<'_>) -> Result<SendReceipt> {
        let message_id = match self.outcome? {
            Accepted::Known(id) => id,
            Accepted::New(key, lane, due_at) => {
                let (id, message) = (self.message.id, self.message);
                if let Some(due_at) = due_at {
                    after.accepted(due_at, lane, || message.into_due(key, lane));
                }
                id
            }
        };
        Ok(SendReceipt { message_id, status: MessageStatus::Queued })
    }
}

/// A message whose sender waits for the answer in some way.
pub(super) struct Sent {
    entry: Entry,
    reply: Reply,
}

impl Sent {
    pub(super) fn entry(&mut self) -> &mut Entry {
        &mut self.entry
    }

    pub(super) fn finish(self, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcome = committed.map_err(Clone::clone).and_then(|()| self.entry.receipt(after));
        after.completions.answer(self.reply, outcome.map_err(Error::in_process));
    }
}

/// Messages that are accepted or fail together.
pub(super) struct Batch {
    entries: Vec<Result<Entry>>,
    reply: SyncSender<Result<Vec<Result<SendReceipt>>>>,
}

impl Batch {
    pub(super) fn entries(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.entries.iter_mut().flatten()
    }

    pub(super) fn finish(self, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { entries, reply } = self;
        let mut answer = |entry: Result<Entry>| entry.and_then(|entry| entry.receipt(after));
        let outcome = committed.map_err(Clone::clone);
        let _ = reply.send(outcome.map(|()| entries.into_iter().map(&mut answer).collect()));
    }
}

/// A row for an endpoint that only the server of a relay knows.
pub(super) async fn relayed_lane(client: &Client, id: &EndpointId, now: Timestamp) -> Sql<LaneKey> {
    let rows = client.query_typed(RELAYED, args![uuid(id.as_bytes()), now.as_millis()]).await?;
    rows.first().map_or(Ok(LaneKey(0)), |row| row.int(0).map(LaneKey))
}

/// The rows of the endpoints that messages are for.
async fn lanes(tx: &Tx<'_>, messages: &[&mut Entry]) -> Sql<HashMap<EndpointId, LaneKey>> {
    let wanted: HashSet<EndpointId> = messages.iter().map(|entry| entry.message.endpoint_id).collect();
    let ids: Vec<Uuid> = wanted.iter().map(|id| uuid(id.as_bytes())).collect();
    let mut lanes = HashMap::new();
    for row in tx.client.query_typed(LANES, args![ids]).await? {
        lanes.insert(EndpointId::from_bytes(row.id(0)?), LaneKey(row.int(1)?));
    }
    let mut unknown: Vec<&NewMessage> = messages
        .iter()
        .map(|entry| &entry.message)
        .filter(|message| message.makes_lane && !lanes.contains_key(&message.endpoint_id))
        .collect();
    unknown.sort_unstable_by_key(|message| message.endpoint_id);
    unknown.dedup_by_key(|message| message.endpoint_id);
    for message in unknown {
        let lane = relayed_lane(tx.client, &message.endpoint_id, message.created_at).await?;
        lanes.insert(message.endpoint_id, lane);
    }
    Ok(lanes)
}

/// An idempotency key of an endpoint, and the message that it names, with the hash of its payload.
type Name = (LaneKey, String);
type Named = (MessageId, [u8; 32]);

/// The message that each idempotency key names, after these messages have taken the keys that were free.
async fn named(tx: &Tx<'_>, messages: &[(LaneKey, &mut Entry)]) -> Sql<HashMap<Name, Named>> {
    let mut named: HashMap<Name, Named> = HashMap::new();
    for (lane, entry) in messages {
        let NewMessage { id, idempotency_key, payload_sha256, .. } = &entry.message;
        if let Some(key) = idempotency_key {
            // The first of several has it.
            named.entry((*lane, key.clone())).or_insert((*id, *payload_sha256));
        }
    }
    if named.is_empty() {
        return Ok(named);
    }
    let rows: Vec<(&Name, &Named)> = named.iter().collect();
    let lanes: Vec<i64> = rows.iter().map(|((lane, _), _)| lane.0).collect();
    let keys: Vec<&str> = rows.iter().map(|((_, key), _)| key.as_str()).collect();
    let ids: Vec<Uuid> = rows.iter().map(|(_, (id, _))| uuid(id.as_bytes())).collect();
    let hashes: Vec<&[u8]> = rows.iter().map(|(_, (_, sha256))| &sha256[..]).collect();
    let taken = tx.client.query_typed(TAKE_KEYS, args![lanes, keys, ids, hashes]).await?.len();
    if taken < rows.len() {
        for row in tx.client.query_typed(KNOWN, args![lanes, keys]).await? {
            let (id, sha256) = (MessageId::from_bytes(row.id(2)?), row.sha256(3)?);
            named.insert((LaneKey(row.int(0)?), row.text(1)?), (id, sha256));
        }
    }
    Ok(named)
}

/// Leaves out the messages that came before, with the ids that they have from outside. The loop hears of one that an earlier try has
/// written as it hears of what others write.
async fn without_given<'a>(tx: &Tx<'_>, entries: Vec<&'a mut Entry>) -> Sql<Vec<&'a mut Entry>> {
    let given = entries.iter().filter(|entry| entry.message.id_is_given);
    let ids: Vec<Uuid> = given.map(|entry| uuid(entry.message.id.as_bytes())).collect();
    if ids.is_empty() {
        return Ok(entries);
    }
    let mut there: HashMap<MessageId, [u8; 32]> = HashMap::new();
    for row in tx.client.query_typed(GIVEN, args![ids]).await? {
        there.insert(MessageId::from_bytes(row.id(0)?), row.sha256(1)?);
    }
    let mut left = Vec::with_capacity(entries.len());
    for entry in entries {
        match there.get(&entry.message.id) {
            Some(sha256) => entry.outcome = entry.message.is_there(sha256).map(Accepted::Known),
            None => left.push(entry),
        }
    }
    Ok(left)
}

/// Leaves out the messages that an earlier try has written: its commit was not learnt.
async fn without_written<'a>(
    tx: &Tx<'_>,
    wanted: Vec<(LaneKey, &'a mut Entry)>,
) -> Sql<Vec<(LaneKey, &'a mut Entry)>> {
    let ids = wanted.iter().map(|(_, entry)| uuid(entry.message.id.as_bytes())).collect();
    let mut written: HashMap<MessageId, MessageRow> =
        rows::find(tx.client, ids).await?.into_iter().map(|row| (row.message.id, row)).collect();
    let mut left = Vec::with_capacity(wanted.len());
    for (lane, entry) in wanted {
        match written.remove(&entry.message.id) {
            Some(row) => entry.outcome = Ok(Accepted::New(row.key, lane, row.message.due_at)),
            None => left.push((lane, entry)),
        }
    }
    Ok(left)
}

/// Writes messages, or finds those that their idempotency keys name. Each gets its outcome.
pub(super) async fn insert<'a>(tx: &mut Tx<'_>, entries: impl Iterator<Item = &'a mut Entry>) -> Sql<()> {
    let entries = without_given(tx, entries.collect()).await?;
    let lanes = lanes(tx, &entries).await?;
    let mut wanted: Vec<(LaneKey, &mut Entry)> = Vec::with_capacity(entries.len());
    for entry in entries {
        match lanes.get(&entry.message.endpoint_id) {
            Some(lane) => wanted.push((*lane, entry)),
            None => entry.outcome = Err(endpoint_not_found()),
        }
    }
    if tx.again {
        wanted = without_written(tx, wanted).await?;
    }
    let named = named(tx, &wanted).await?;
    let mut new: Vec<(LaneKey, &mut Entry)> = Vec::with_capacity(wanted.len());
    for (lane, entry) in wanted {
        let key = entry.message.idempotency_key.clone();
        match key.and_then(|key| named.get(&(lane, key))) {
            Some((id, sha256)) if *id != entry.message.id => {
                entry.outcome = entry.message.is_known_as(*id, sha256).map(Accepted::Known);
            }
            _ => new.push((lane, entry)),
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let order_of = |lane: LaneKey, entry: &Entry| entry.message.ordering_key.clone().map(|key| (lane, key));
    let orders: Vec<Order> = new.iter().filter_map(|(lane, entry)| order_of(*lane, entry)).collect();
    ordering::lock(tx.client, &orders).await?;
    let mut with_front: HashSet<Order> =
        ordering::with_front(tx.client, &orders).await?.into_iter().collect();
    // Numbers are given while the orders are locked, so that they ascend within each.
    let keys = rows::numbers_for(tx.client, new.len()).await?;
    let behind = tx.node.behind();
    for ((lane, entry), key) in new.iter_mut().zip(keys) {
        let due_at =
            if entry.message.makes_lane { due_at::AT_ONCE } else { entry.message.timing.due_at(behind) };
        let is_held = order_of(*lane, entry).is_some_and(|order| !with_front.insert(order));
        entry.outcome = Ok(Accepted::New(key, *lane, (!is_held).then_some(due_at)));
    }
    let written: Vec<NewRow<'_>> = new
        .iter()
        .filter_map(|(_, entry)| {
            let Ok(Accepted::New(key, lane, due)) = &entry.outcome else { return None };
            let place = entry.message.ordering_key.as_ref();
            let place = place.map(|_| if due.is_some() { Place::Front } else { Place::Behind });
            let at_once = entry.message.makes_lane;
            let due_at = due.unwrap_or_else(|| {
                if at_once { due_at::AT_ONCE } else { entry.message.timing.due_at(behind) }
            });
            Some(NewRow::of(&entry.message, *key, *lane, due_at, place))
        })
        .collect();
    rows::insert(tx, &written).await?;
    let payloads: Vec<(Uuid, Option<&str>, &[u8])> = new
        .iter()
        .map(|(_, entry)| {
            let NewMessage { id, headers, payload, .. } = &entry.message;
            (uuid(id.as_bytes()), headers.as_deref(), &payload[..])
        })
        .collect();
    rows::insert_payloads(tx.client, &payloads).await
}

impl Accept for Store {
    fn accept(&self, message: NewMessage, _caller: Caller, reply: Reply) -> Result<()> {
        self.write(Work::Send(Sent { entry: Entry::new(message), reply }))
    }

    fn accept_batch(&self, messages: Vec<Result<NewMessage>>) -> Result<Vec<Result<SendReceipt>>> {
        let entries = messages.into_iter().map(|message| message.map(Entry::new)).collect();
        let (reply, answered) = sync_channel(1);
        self.write(Work::Batch(Batch { entries, reply }))?;
        answered.recv().unwrap_or_else(|_| Err(closed()))
    }
}
