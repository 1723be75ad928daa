//! Accepting messages: one, or many in one transaction.

use std::sync::Arc;

use rusqlite::{OptionalExtension, params};

use super::{AfterCommit, Job, WriteContext, any};
use crate::error::endpoint_not_found;
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::{Reply, Slot};
use crate::model::ids::MessageId;
use crate::model::message::MessageStatus;
use crate::model::receipt::SendReceipt;
use crate::model::timestamp::Timestamp;
use crate::outbox::due_at;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::sqlite::{endpoints, messages, ordering, stored};
use crate::outbox::{NewMessage, Timing};

const FIND_KEY: &str = "SELECT id, payload_sha256 FROM hookbridge_messages
    WHERE endpoint_seq = ?1 AND idempotency_key = ?2 AND deleted_at IS NULL";
const INSERT_MESSAGE: &str = "INSERT INTO hookbridge_messages (id, endpoint_seq, status, due_at, size_bytes,
    payload_sha256, idempotency_key, created_at, updated_at, retention_hours, payload_expires_at)
    VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?7, ?8, ?9)";
/// Of a message that has a time or an order. Others do not pay for the columns.
const INSERT_TIMED: &str = "INSERT INTO hookbridge_messages (id, endpoint_seq, status, size_bytes, payload_sha256,
    idempotency_key, created_at, updated_at, retention_hours, payload_expires_at, due_at, ordering_key, in_order,
    held_due_at, deliver_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
const INSERT_PAYLOAD: &str = "INSERT INTO hookbridge_payloads (seq, headers, body) VALUES (?1, ?2, ?3)";

enum Accepted {
    /// The message was written, under this row and this endpoint's row. It is due then, unless it waits behind another.
    New { seq: i64, endpoint_seq: i64, due_at: Option<i64> },
    /// Its idempotency key names this message.
    Known(MessageId),
}

fn insert(context: &mut WriteContext<'_>, message: &NewMessage) -> rusqlite::Result<Result<Accepted>> {
    if message.id_is_given
        && let Some(sha256) = messages::payload_sha256(context.connection, &message.id)?
    {
        return Ok(message.is_there(&sha256).map(Accepted::Known));
    }
    let endpoint_seq = match context.endpoint_seq(&message.endpoint_id)? {
        Some(seq) => seq,
        None if message.makes_lane => {
            endpoints::insert_relayed(context.connection, &message.endpoint_id, message.created_at)?
        }
        None => return Ok(Err(endpoint_not_found())),
    };
    if let Some(key) = &message.idempotency_key {
        let known = context
            .connection
            .prepare_cached(FIND_KEY)?
            .query_row(params![endpoint_seq, key], |row| Ok((row.get(0)?, row.get::<_, [u8; 32]>(1)?)))
            .optional()?;
        if let Some((id, sha256)) = known {
            return Ok(message.is_known_as(MessageId::from_bytes(id), &sha256).map(Accepted::Known));
        }
    }
    let due_at = if message.ordering_key.is_none() && message.timing == Timing::default() {
        context.statement(INSERT_MESSAGE)?.execute(params![
            message.id.as_bytes(),
            endpoint_seq,
            stored::QUEUED,
            message.payload.len() as i64,
            message.payload_sha256,
            message.idempotency_key,
            message.created_at.as_millis(),
            message.retention_hours,
            message.payload_expires_at().map(Timestamp::as_millis),
        ])?;
        Some(due_at::AT_ONCE)
    } else {
        insert_timed(context, message, endpoint_seq)?
    };
    let seq = context.connection.last_insert_rowid();
    context.statement(INSERT_PAYLOAD)?.execute(params![seq, message.headers, message.payload.as_ref()])?;
    Ok(Ok(Accepted::New { seq, endpoint_seq, due_at }))
}

/// Returns when the message is due; none where it waits behind another of its ordering key.
fn insert_timed(
    context: &mut WriteContext<'_>,
    message: &NewMessage,
    endpoint_seq: i64,
) -> rusqlite::Result<Option<i64>> {
    // A relay hands a message on at once; its server keeps to the times.
    let due_at = if message.makes_lane { due_at::AT_ONCE } else { context.due_at(message.timing)? };
    let (in_order, held) =
        ordering::place_of_new(context.connection, endpoint_seq, message.ordering_key.as_deref())?;
    context.statement(INSERT_TIMED)?.execute(params![
        message.id.as_bytes(),
        endpoint_seq,
        stored::QUEUED,
        message.payload.len() as i64,
        message.payload_sha256,
        message.idempotency_key,
        message.created_at.as_millis(),
        message.retention_hours,
        message.payload_expires_at().map(Timestamp::as_millis),
        (!held).then_some(due_at),
        message.ordering_key,
        in_order,
        held.then_some(due_at),
        message.timing.deliver_at.map(Timestamp::as_millis),
        message.timing.expires_at.map(Timestamp::as_millis),
    ])?;
    Ok((!held).then_some(due_at))
}

fn receipt(message_id: MessageId) -> SendReceipt {
    SendReceipt { message_id, status: MessageStatus::Queued }
}

/// A message and its outcome.
struct Entry {
    message: NewMessage,
    outcome: Option<Result<Accepted>>,
}

impl Entry {
    fn new(message: NewMessage) -> Self {
        Self { message, outcome: None }
    }

    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.outcome = Some(insert(context, &self.message)?);
        Ok(())
    }

    fn is_written(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        match self.outcome {
            Some(Ok(Accepted::New { .. })) => messages::exists(context.connection, &self.message.id),
            _ => Ok(false),
        }
    }

    fn finish(
        self,
        committed: std::result::Result<(), &Error>,
        after: &mut AfterCommit<'_>,
    ) -> Result<SendReceipt> {
        committed.map_err(Clone::clone)?;
        let message = self.message;
        match self.outcome {
            Some(Ok(Accepted::Known(id))) => Ok(receipt(id)),
            Some(Ok(Accepted::New { seq, endpoint_seq, due_at })) => {
                let id = message.id;
                if let Some(due_at) = due_at {
                    after.accepted(due_at, LaneKey(endpoint_seq), |lane| {
                        message.into_due(MessageKey(seq), lane)
                    });
                }
                Ok(receipt(id))
            }
            Some(Err(error)) => Err(error),
            None => Err(Error::new(ErrorCode::Internal, "a message was not written")),
        }
    }
}

/// The job of a single message.
pub(crate) struct Send {
    entry: Entry,
    reply: Reply,
}

impl Send {
    pub(crate) fn new(message: NewMessage, reply: Reply) -> Box<Self> {
        Box::new(Self { entry: Entry::new(message), reply })
    }
}

impl Job for Send {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.entry.apply(context)
    }

    fn is_written(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        self.entry.is_written(context)
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcome = self.entry.finish(committed, after);
        after.completions.answer(self.reply, outcome.map_err(Error::in_process));
    }

    fn weight(&self) -> usize {
        512 + self.entry.message.payload.len()
    }
}

/// The answer of a batch: an outcome for each message, or the failure of the whole.
pub(crate) type BatchOutcome = Result<Vec<Result<SendReceipt>>>;

/// The job of many messages in one transaction. Messages that were refused before keep their place and their error.
pub(crate) struct SendBatch {
    entries: Vec<Result<Entry>>,
    reply: Arc<Slot<BatchOutcome>>,
}

impl SendBatch {
    pub(crate) fn new(messages: Vec<Result<NewMessage>>, reply: Arc<Slot<BatchOutcome>>) -> Box<Self> {
        let entries = messages.into_iter().map(|message| message.map(Entry::new)).collect();
        Box::new(Self { entries, reply })
    }
}

impl Job for SendBatch {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.entries.iter_mut().flatten().try_for_each(|entry| entry.apply(context))
    }

    fn is_written(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        any(self.entries.iter().flatten(), |entry| entry.is_written(context))
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcomes = self.entries.into_iter().map(|entry| entry?.finish(committed, after)).collect();
        self.reply.fill(committed.map_err(Clone::clone).map(|()| outcomes));
    }

    fn weight(&self) -> usize {
        self.entries.iter().flatten().map(|entry| 512 + entry.message.payload.len()).sum()
    }
}
