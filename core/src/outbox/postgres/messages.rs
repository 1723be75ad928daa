//! Messages: reading them, and changing them for operations.

use std::collections::HashMap;

use bytes::Bytes;

use super::ordering;
use super::outcome::drop_payloads;
use super::rows::{self, MessageRow};
use super::statement::{Columns, Sql, args, uuid};
use super::transaction::{Applied, Tx};
use super::{Store, attempts, listing};
use crate::error::{Result, endpoint_not_found, message_not_found};
use crate::model::attempt::Attempt;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::due_at::BEFORE_ALL;
use crate::outbox::link::Notice;
use crate::outbox::messages::{
    Changed, DeadLetter, Filter, Found, Front, Listing, Messages, Order, StoredPayload,
};
use crate::outbox::page::Cursor;

const PAYLOAD: &str = "SELECT headers, body FROM hookbridge.payloads WHERE id = $1";
const CREATED_AT: &str = "SELECT created_at FROM hookbridge.messages WHERE seq = $1";
/// The messages that wait alone, up to a bound. Retries whose time has come go before fresh messages, and those after each other.
const AHEAD: &str = "SELECT count(*) FROM (
        SELECT 1 FROM hookbridge.waiting WHERE endpoint = $1 AND due_at > 0 AND due_at <= $2 AND ($3 <= 0 OR due_at < $3)
        UNION ALL
        SELECT 1 FROM hookbridge.waiting WHERE endpoint = $1 AND due_at < 0 AND due_at <= $2 - $6
            AND ($3 = 0 OR ($3 < 0 AND (due_at < $3 OR (due_at = $3 AND seq < $4))))
        UNION ALL
        SELECT 1 FROM hookbridge.waiting WHERE endpoint = $1 AND due_at = 0 AND $3 = 0 AND seq < $4
        LIMIT $5) AS ahead";

/// The result of a command to one message. What follows from it is noted in `all`.
async fn change_one(
    tx: &mut Tx<'_>,
    row: &mut MessageRow,
    command: MessageCommand,
    all: &mut Applied<Vec<Result<Changed>>>,
) -> Sql<Result<Changed>> {
    let found = row.found(tx.node);
    let decision = match tx.decide(command, &found) {
        Ok(decision) => decision,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if decision == Decision::AsItIs {
        return Ok(Ok(Changed { message: found.message, changed: false }));
    }
    row.message.apply(decision, tx.now, tx.due_time());
    if matches!(decision, Decision::Schedule { .. }) {
        let since = row.message.timing.deliver_at.or(row.event_created_at).unwrap_or(row.message.created_at);
        if let (Some(_), Some(hours)) = (row.message.payload_expires_at, row.message.retention_hours) {
            let own = since.as_millis() + i64::from(hours) * 3_600_000;
            row.message.payload_expires_at = Some(Timestamp::from_millis(own));
        }
    }
    let mut released = false;
    match decision {
        Decision::Requeue { .. } => ordering::enter_again(tx.client, row).await?,
        Decision::Delete { .. } => {
            drop_payloads(tx.client, &[&row.message]).await?;
            row.message.payload = None;
            free_key(tx, row).await?;
            released = ordering::leave(tx.client, row).await?;
        }
        Decision::GiveUp => released = ordering::leave(tx.client, row).await?,
        Decision::AsItIs | Decision::MakeDue | Decision::Schedule { .. } => {}
    }
    rows::write(tx.client, &[row]).await?;
    all.edited.push(Change::Messages(found.lane));
    all.notices.extend(decision.notice(found.key, found.lane));
    all.notices.extend(released.then_some(Notice::LaneHasWork(found.lane)));
    Ok(Ok(Changed { message: row.found(tx.node).message, changed: true }))
}

/// A deleted message's idempotency key names it no more.
async fn free_key(tx: &Tx<'_>, row: &MessageRow) -> Sql<()> {
    const FREE: &str = "DELETE FROM hookbridge.keys WHERE endpoint = $1 AND key = $2 AND message_id = $3";
    let Some(key) = &row.message.idempotency_key else { return Ok(()) };
    let id = uuid(row.message.id.as_bytes());
    tx.client.query_typed(FREE, args![row.message.lane.0, *key, id]).await.map(drop)
}

async fn change(
    tx: &mut Tx<'_>,
    ids: &[MessageId],
    command: MessageCommand,
) -> Sql<Applied<Vec<Result<Changed>>>> {
    let wanted: Vec<_> = ids.iter().map(|id| uuid(id.as_bytes())).collect();
    ordering::lock(tx.client, &ordering::of_messages(tx.client, wanted.clone()).await?).await?;
    let mut found: HashMap<MessageId, MessageRow> =
        rows::lock(tx.client, wanted).await?.into_iter().map(|row| (row.message.id, row)).collect();
    let mut all = Applied::quietly(Vec::new());
    for id in ids {
        let answer = match found.get_mut(id) {
            None => Err(message_not_found()),
            Some(row) => {
                // What was changed before it may have let it go.
                if row.message.ordering_key.is_some()
                    && let Some(now) = rows::find(tx.client, vec![uuid(id.as_bytes())]).await?.pop()
                {
                    *row = now;
                }
                change_one(tx, row, command, &mut all).await?
            }
        };
        all.answer.push(answer);
    }
    Ok(all)
}

impl Messages for Store {
    fn message(&self, id: &MessageId) -> Result<Option<Found>> {
        let id = uuid(id.as_bytes());
        self.read(async move |node, client| {
            Ok(rows::find(client, vec![id]).await?.pop().map(|row| row.found(node)))
        })
    }

    fn payload(&self, id: &MessageId) -> Result<Option<(Found, Option<StoredPayload>)>> {
        let id = uuid(id.as_bytes());
        self.read(async move |node, client| {
            let Some(row) = rows::find(client, vec![id]).await?.pop() else { return Ok(None) };
            let stored = client.query_typed(PAYLOAD, args![row.payload()]).await?;
            let payload = match stored.first().filter(|_| row.message.payload.is_some()) {
                Some(stored) => Some(StoredPayload {
                    headers: stored.maybe_text(0)?,
                    body: Bytes::from(stored.bytes(1)?),
                }),
                None => None,
            };
            Ok(Some((row.found(node), payload)))
        })
    }

    fn ahead(&self, found: &Found, now: Timestamp, most: u64) -> Result<u64> {
        let (id, most) = (uuid(found.message.id.as_bytes()), i64::try_from(most).unwrap_or(i64::MAX));
        self.read(async move |node, client| {
            let Some(row) = rows::find(client, vec![id]).await?.pop() else { return Ok(0) };
            let Some(due_at) = row.message.due_at else { return Ok(0) };
            let values = args![row.message.lane.0, node.due_time(now), due_at, row.key.0, most, BEFORE_ALL];
            let rows = client.query_typed(AHEAD, values).await?;
            rows.first().map_or(Ok(0), |row| row.count(0))
        })
    }

    fn front(&self, found: &Found, most: u64) -> Result<Option<Front>> {
        let found = Found { message: found.message.clone(), ..*found };
        self.read(async move |_, client| ordering::front(client, &found, most).await)
    }

    fn attempts(&self, id: &MessageId, limit: usize) -> Result<(Vec<Attempt>, bool)> {
        let id = *id;
        self.read(async move |_, client| attempts::of_message(client, &id, limit).await)
    }

    fn accepted_at(&self, Cursor(row): Cursor) -> Result<Option<Timestamp>> {
        self.read(async move |_, client| {
            let rows = client.query_typed(CREATED_AT, args![row]).await?;
            rows.first().map(|row| row.time(0)).transpose()
        })
    }

    fn page(&self, filter: &Filter, order: Order, after: Option<Cursor>, limit: usize) -> Result<Listing> {
        let filter = filter.clone();
        self.run(async move |node| {
            node.read(async |client| listing::page(node, client, &filter, order, after, limit).await).await?
        })
    }

    fn dead_letters(
        &self,
        endpoint: Option<&EndpointId>,
        after: Option<Cursor>,
        limit: usize,
        each: &mut dyn FnMut(DeadLetter),
    ) -> Result<Option<Cursor>> {
        let endpoint = endpoint.copied();
        let found = self.read(async move |_, client| {
            listing::dead_letters(client, endpoint.as_ref(), after, limit).await
        })?;
        let (letters, next) = found.ok_or_else(endpoint_not_found)?;
        letters.into_iter().for_each(each);
        Ok(next)
    }

    fn change(&self, ids: &[MessageId], command: MessageCommand) -> Result<Vec<Result<Changed>>> {
        let ids = ids.to_vec();
        self.change(async move |tx| Ok(Ok(change(tx, &ids, command).await?)))
    }
}
