//! Messages: reading them, and changing them for operations.

use super::job::{Applied, Pending};
use super::rows::StoredMessage;
use super::transaction::Transaction;
use super::{Memory, Rows, wait};
use crate::error::{Result, endpoint_not_found, message_not_found};
use crate::model::attempt::Attempt;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::due_at;
use crate::outbox::link::Notice;
use crate::outbox::messages::{
    Changed, DeadLetter, Filter, Found, Front, Listing, Messages, Order, StoredPayload,
};
use crate::outbox::page::Cursor;
use crate::outbox::rows::{LaneKey, MessageKey};

/// The most messages that one page reads. It is small so that tests meet short pages.
pub(crate) const MOST_READ: usize = 50;

impl Rows {
    /// A message from its row, which a reader or the transaction has looked up.
    fn found(&self, key: MessageKey, row: &StoredMessage, kept: std::time::Duration) -> Option<Found> {
        let endpoint_id = self.endpoints.get(&row.lane)?.endpoint.id;
        let event = row.event.and_then(|event| self.events.get(&event));
        let event_created_at = event.map(|event| event.record.created_at);
        let clocks = (self.behind(), kept, self.set_since(key));
        Some(row.found(key, endpoint_id, event_created_at, clocks))
    }

    fn summary(&self, row: &StoredMessage) -> MessageSummary {
        let endpoint = self.endpoints().get(&row.lane).map(|stored| &stored.endpoint);
        let url = endpoint.map(|endpoint| endpoint.url.clone()).unwrap_or_default();
        row.summary(url, endpoint.map(|endpoint| endpoint.id), self.behind())
    }

    fn page(&self, filter: &Filter, order: Order, after: Option<Cursor>, limit: usize) -> Result<Listing> {
        let lane = match &filter.endpoint {
            Some(id) => Some(self.lane_of(id).ok_or_else(endpoint_not_found)?),
            None => None,
        };
        let mut rows: Box<dyn Iterator<Item = (&MessageKey, &StoredMessage)>> = match order {
            Order::NewestFirst => {
                let before = after.map_or(i64::MAX, |Cursor(row)| row);
                Box::new(self.messages().range(..MessageKey(before)).rev())
            }
            Order::OldestFirst => {
                let behind = after.map_or(0, |Cursor(row)| row);
                Box::new(self.messages().range(MessageKey(behind + 1)..))
            }
        };
        let mut listing = Listing { messages: Vec::new(), next: None };
        let mut last = after;
        for (key, row) in rows.by_ref().take(MOST_READ) {
            if row.is_taken(filter, lane, *key) {
                if listing.messages.len() == limit {
                    listing.next = last;
                    return Ok(listing);
                }
                listing.messages.push((*key, self.summary(row)));
            }
            last = Some(Cursor(key.0));
        }
        listing.next = last.filter(|_| rows.next().is_some());
        Ok(listing)
    }

    fn attempts_of(&self, id: &MessageId, limit: usize) -> (Vec<Attempt>, bool) {
        let Some(key) = self.key_of(id) else { return (Vec::new(), false) };
        let stored = self.attempts.committed().range((key, 0)..=(key, u32::MAX)).take(limit + 1);
        let mut attempts: Vec<Attempt> = stored
            .map(|(_, stored)| {
                let Attempt { attempt_no, created_at, .. } = stored.attempt;
                let listed = stored.sent.list(id, attempt_no, created_at.as_seconds());
                let headers = listed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                Attempt { request_headers: Some(headers), ..stored.attempt.clone() }
            })
            .collect();
        let more = attempts.len() > limit;
        attempts.truncate(limit);
        (attempts, more)
    }
}

/// The result of a command to one message, with the notices and changes that follow from it.
fn change(
    transaction: &mut Transaction<'_>,
    id: &MessageId,
    command: MessageCommand,
    all: &mut Applied<Vec<Result<Changed>>>,
) -> Result<Changed> {
    let kept = transaction.payload_retention;
    let find = |transaction: &Transaction<'_>| {
        let key = transaction.rows.written_key_of(id)?;
        transaction.rows.found(key, transaction.rows.messages.get(&key)?, kept)
    };
    let found = find(transaction).ok_or_else(message_not_found)?;
    let decision = transaction.decide(command, &found)?;
    if decision == Decision::AsItIs {
        return Ok(Changed { message: found.message, changed: false });
    }
    let (now, due_time) = (transaction.now, transaction.due_time());
    transaction.rows.change_message(found.key, |row| row.apply(decision, now, due_time));
    let released = match decision {
        Decision::Requeue { .. } => {
            transaction.rows.enter_again(found.key);
            false
        }
        Decision::Delete { .. } => {
            transaction.rows.drop_payload(found.key);
            transaction.rows.leave(found.key)
        }
        Decision::GiveUp => transaction.rows.leave(found.key),
        Decision::AsItIs | Decision::MakeDue | Decision::Schedule { .. } => false,
    };
    all.edited.push(Change::Messages(found.lane));
    all.notices.extend(decision.notice(found.key, found.lane));
    all.notices.extend(released.then_some(Notice::LaneHasWork(found.lane)));
    let became = find(transaction).ok_or_else(message_not_found)?;
    Ok(Changed { message: became.message, changed: true })
}

impl Memory {
    /// Queues a change of messages without waiting for it.
    pub(crate) fn begin_change(
        &self,
        ids: &[MessageId],
        command: MessageCommand,
    ) -> Pending<Vec<Result<Changed>>> {
        let ids = ids.to_vec();
        self.begin_to_change("change", move |transaction| {
            let mut all = Applied::quietly(Vec::new());
            for id in &ids {
                let answer = change(transaction, id, command, &mut all);
                all.answer.push(answer);
            }
            Ok(all)
        })
    }
}

impl Messages for Memory {
    fn message(&self, id: &MessageId) -> Result<Option<Found>> {
        self.read("message", |rows| {
            let key = rows.key_of(id)?;
            rows.found(key, rows.messages().get(&key)?, self.shared.payload_retention)
        })
    }

    fn payload(&self, id: &MessageId) -> Result<Option<(Found, Option<StoredPayload>)>> {
        self.read("payload", |rows| {
            let key = rows.key_of(id)?;
            let row = rows.messages().get(&key)?;
            Some((rows.found(key, row, self.shared.payload_retention)?, row.payload.clone()))
        })
    }

    fn accepted_at(&self, Cursor(row): Cursor) -> Result<Option<Timestamp>> {
        self.read("accepted_at", |rows| rows.messages().get(&MessageKey(row)).map(|found| found.created_at))
    }

    fn ahead(&self, found: &Found, now: Timestamp, most: u64) -> Result<u64> {
        self.read("ahead", |rows| {
            let due_time = now.as_millis().saturating_add(rows.behind());
            let Some(due_at) = rows.messages().get(&found.key).and_then(|row| row.due_at) else { return 0 };
            let before = |(lane, other, key): &&(LaneKey, i64, MessageKey)| {
                let retry = *other > 0 && *other <= due_time && (due_at <= 0 || *other < due_at);
                let earlier = due_at < 0 && (*other, *key) < (due_at, found.key);
                let scheduled = *other < 0 && due_at::is_due(*other, due_time) && (due_at == 0 || earlier);
                let older = *other == 0 && due_at == 0 && *key < found.key;
                *lane == found.lane && *key != found.key && (retry || scheduled || older)
            };
            (rows.waiting.committed().keys().filter(before).count() as u64).min(most)
        })
    }

    fn front(&self, found: &Found, most: u64) -> Result<Option<Front>> {
        self.read("front", |rows| rows.front(found.key, most))
    }

    fn attempts(&self, id: &MessageId, limit: usize) -> Result<(Vec<Attempt>, bool)> {
        self.read("attempts", |rows| rows.attempts_of(id, limit))
    }

    fn page(&self, filter: &Filter, order: Order, after: Option<Cursor>, limit: usize) -> Result<Listing> {
        self.read("page", |rows| rows.page(filter, order, after, limit))?
    }

    fn dead_letters(
        &self,
        endpoint: Option<&EndpointId>,
        after: Option<Cursor>,
        limit: usize,
        each: &mut dyn FnMut(DeadLetter),
    ) -> Result<Option<Cursor>> {
        self.read("dead_letters", |rows| {
            let lane = match endpoint {
                Some(id) => Some(rows.lane_of(id).ok_or_else(endpoint_not_found)?),
                None => None,
            };
            let before = after.map_or(i64::MAX, |Cursor(row)| row);
            let dead = |row: &StoredMessage| {
                row.status == MessageStatus::FailedPermanent
                    && row.deleted_at.is_none()
                    && lane.is_none_or(|lane| row.lane == lane)
            };
            let mut found = rows.messages().range(..MessageKey(before)).rev().filter(|(_, row)| dead(row));
            let mut last = None;
            for (key, row) in found.by_ref().take(limit) {
                last = Some(Cursor(key.0));
                let Some(stored) = rows.endpoints().get(&row.lane) else { continue };
                each(DeadLetter {
                    message_id: row.id,
                    endpoint_id: stored.endpoint.id,
                    endpoint: stored.endpoint.url.clone(),
                    response_status: row.response_status,
                    last_error: row.last_error.clone(),
                    failed_at: row.failed_at.unwrap_or(row.updated_at),
                });
            }
            Ok(last.filter(|_| found.next().is_some()))
        })?
    }

    fn change(&self, ids: &[MessageId], command: MessageCommand) -> Result<Vec<Result<Changed>>> {
        wait(&self.begin_change(ids, command))
    }
}
