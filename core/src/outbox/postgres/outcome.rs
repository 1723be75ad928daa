//! Recording the outcomes of attempts.

use std::collections::{HashMap, HashSet};

use tokio_postgres::Client;
use uuid::Uuid;

use super::ordering::{self, Order};
use super::rows::{self, MessageRow};
use super::statement::{Columns, Sql, args, uuid};
use super::transaction::{AfterCommit, Tx};
use super::{attempts, endpoints, lead};
use crate::error::Error;
use crate::model::ids::MessageId;
use crate::model::message::MessageStatus;
use crate::outbox::change::Change;
use crate::outbox::clock::Reading;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::link::Notice;
use crate::outbox::stored_message::StoredMessage;

/// For how long what was noted of the clocks will do, with retries.
const NOTED_FOR_MS: i64 = 1_000;

const DROP: &str = "DELETE FROM hookbridge.payloads WHERE id = ANY($1)";
const GONE: &str = "UPDATE hookbridge.messages SET payload_gone = true WHERE id = ANY($1) AND NOT payload_gone RETURNING event";
const NEEDED_LESS: &str = "UPDATE hookbridge.events v SET needed_by = needed_by - t.less
    FROM (SELECT event, count(*) AS less FROM unnest($1::bigint[]) AS t (event) GROUP BY event) AS t
    WHERE v.seq = t.event RETURNING v.id, v.needed_by";

/// The outcome of one attempt.
pub(super) struct Record {
    ended: Box<EndedAttempt>,
    /// The row of the process that made the attempt, where it has one.
    fence: Option<Uuid>,
    /// Whether an operation changed the message while the attempt ran.
    overtaken: bool,
    /// Whether another message of the lane may go by this.
    released: bool,
}

impl Record {
    pub(super) fn new(ended: Box<EndedAttempt>, fence: Option<Uuid>) -> Self {
        Self { ended, fence, overtaken: false, released: false }
    }

    pub(super) fn finish(self, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { ended, overtaken, released, .. } = self;
        if committed.is_err() {
            after.notices.push(Notice::NotRecorded(ended));
            return;
        }
        after.settled.push(ended.message);
        if ended.pause_endpoint {
            after.notices.push(Notice::EndpointChanged(ended.lane));
        }
        let released = released.then_some(Notice::LaneHasWork(ended.lane));
        after.notices.push(Notice::Recorded { ended, overtaken });
        after.notices.extend(released);
    }
}

/// Drops the payloads of messages; that of an event with the last of its messages that needs it.
pub(super) async fn drop_payloads(client: &Client, messages: &[&StoredMessage<()>]) -> Sql<()> {
    let of_events = |wanted: bool| -> Vec<Uuid> {
        let of_kind = messages.iter().filter(|message| message.event.is_some() == wanted);
        of_kind.map(|message| uuid(message.id.as_bytes())).collect()
    };
    let (own, shared) = (of_events(false), of_events(true));
    if !own.is_empty() {
        client.query_typed(DROP, args![own]).await?;
    }
    if shared.is_empty() {
        return Ok(());
    }
    let mut events = Vec::new();
    for row in client.query_typed(GONE, args![shared]).await? {
        events.extend(row.maybe_int(0)?);
    }
    let mut unneeded = Vec::new();
    for row in client.query_typed(NEEDED_LESS, args![events]).await? {
        if row.int(1)? <= 0 {
            unneeded.push(uuid(&row.id(0)?));
        }
    }
    client.query_typed(DROP, args![unneeded]).await.map(drop)
}

/// Whether the outcome of a process that was expelled says anything. Another attempts its messages by now: a failure is that one's to
/// say, and a success stands, since the receiver has the message, unless another was recorded.
fn stands(ended: &EndedAttempt, row: &mut MessageRow) -> bool {
    let stands = ended.verdict == Verdict::Succeeded && row.message.status != MessageStatus::Succeeded;
    if stands {
        // As where an operation had changed the message meanwhile.
        row.message.epoch += 1;
    }
    stands
}

/// Records outcomes, in order.
pub(super) async fn apply<'a>(tx: &mut Tx<'_>, records: impl Iterator<Item = &'a mut Record>) -> Sql<()> {
    let mut records: Vec<&mut Record> = records.collect();
    let mut fences: Vec<Uuid> = records.iter().filter_map(|record| record.fence).collect();
    fences.sort_unstable();
    fences.dedup();
    let fences = lead::fence(tx.client, fences).await?;
    let may_settle = |record: &Record| record.fence.is_none_or(|fence| fences.contains(&fence));
    let has_retry = records.iter().any(|record| matches!(record.ended.verdict, Verdict::RetryAt { .. }));
    if let Some(reading) = has_retry.then(Reading::take).flatten() {
        tx.node.note_clocks(&reading, NOTED_FOR_MS);
    }
    let orders: Vec<Order> = records
        .iter()
        .filter_map(|record| Some((record.ended.lane, record.ended.ordering_key.as_deref()?.to_owned())))
        .collect();
    ordering::lock(tx.client, &orders).await?;
    let ids = records.iter().map(|record| uuid(record.ended.message_id.as_bytes())).collect();
    let mut found: HashMap<MessageId, MessageRow> =
        rows::lock(tx.client, ids).await?.into_iter().map(|row| (row.message.id, row)).collect();
    let ended = records.iter().map(|record| &*record.ended);
    let known: HashSet<_> = attempts::recorded(tx.client, ended).await?.into_iter().collect();
    // One message may have several outcomes in a group only where its attempts were recorded late: one after another.
    let mut written = HashSet::new();
    let mut later = Vec::new();
    let mut together = Vec::new();
    for record in &mut records {
        if !written.insert(record.ended.message_id) {
            later.push(&mut **record);
        } else if let Some(row) = found.get_mut(&record.ended.message_id) {
            if !may_settle(record) && !stands(&record.ended, row) {
                record.overtaken = true;
                continue;
            }
            if known.contains(&record.ended.attempt.id) {
                // Recorded before, in a transaction whose end was not learnt.
                record.overtaken = row.message.epoch != record.ended.epoch;
                continue;
            }
            together.push(&mut **record);
        } else {
            // The message's row was dropped by retention: there is nothing to record the attempt under.
            record.overtaken = true;
        }
    }
    settle(tx, &mut found, &mut together).await?;
    for record in later {
        let ids = vec![uuid(record.ended.message_id.as_bytes())];
        let mut found: HashMap<MessageId, MessageRow> =
            rows::lock(tx.client, ids).await?.into_iter().map(|row| (row.message.id, row)).collect();
        if found.is_empty() {
            record.overtaken = true;
        } else {
            settle(tx, &mut found, &mut [record]).await?;
        }
    }
    Ok(())
}

/// Writes outcomes of different messages, which are locked.
async fn settle(
    tx: &mut Tx<'_>,
    found: &mut HashMap<MessageId, MessageRow>,
    records: &mut [&mut Record],
) -> Sql<()> {
    if records.is_empty() {
        return Ok(());
    }
    let now = tx.now;
    let mut leaving = HashSet::new();
    for record in records.iter_mut() {
        let ended = &*record.ended;
        let Some(row) = found.get_mut(&ended.message_id) else { continue };
        record.overtaken = row.message.take_outcome(ended, now);
        let is_over = match ended.verdict {
            Verdict::Succeeded => true,
            Verdict::RetryAt { .. } => false,
            Verdict::Dead => !record.overtaken && !row.halts,
        };
        if is_over && row.message.place.is_some() {
            leaving.insert(ended.message_id);
        }
        tx.count(ended.lane).count(ended, record.overtaken);
    }
    let of = |record: &&mut Record| found.get(&record.ended.message_id);
    let stay: Vec<&MessageRow> =
        records.iter().filter_map(of).filter(|row| !leaving.contains(&row.message.id)).collect();
    rows::write(tx.client, &stay).await?;
    let ended: Vec<&EndedAttempt> = records.iter().map(|record| &*record.ended).collect();
    attempts::insert(tx.client, &ended).await?;
    let dropped: Vec<&StoredMessage<()>> = records
        .iter()
        .filter(|record| record.ended.drop_payload && record.ended.verdict == Verdict::Succeeded)
        .filter_map(of)
        .map(|row| &row.message)
        .collect();
    if !dropped.is_empty() {
        drop_payloads(tx.client, &dropped).await?;
    }
    for record in records {
        if leaving.contains(&record.ended.message_id)
            && let Some(row) = found.get_mut(&record.ended.message_id)
        {
            record.released = ordering::leave(tx.client, row).await?;
        }
        if record.ended.pause_endpoint {
            endpoints::pause(tx.client, record.ended.lane, now).await?;
            tx.changed(Change::Endpoint(record.ended.lane));
        }
    }
    Ok(())
}
