//! What an operator does to a message's delivery: replay, cancel, retry now (docs/contract.md#what-each-state-allows).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::messages::{MessageRef, SendReceipt, message_not_found, parse_id};
use crate::error::{Error, ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::ids::MessageId;
use crate::model::message::{Message, MessageStatus};
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::link::Notice;
use crate::outbox::messages::Found;
use crate::outbox::sqlite::messages as stored;
use crate::outbox::sqlite::writer::WriteContext;
use crate::outbox::sqlite::writer::edit::Edited;

/// The most replays of one message.
pub const REPLAY_LIMIT: u32 = 10;

/// The full message and its id once more, as cancel and retry-now answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangedMessage {
    /// The message's id.
    pub message_id: MessageId,
    /// The message as it is now.
    #[serde(flatten)]
    pub message: Message,
}

/// Which messages are replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replay {
    /// Any whose delivery has come to something; at most [`REPLAY_LIMIT`] times.
    Counted,
    /// Only one in the dead letter queue, however often (docs/contract.md#dead-letters).
    DeadLetter,
}

fn check_replay(found: &Found, in_flight: bool, replay: Replay, now: Timestamp) -> Result<()> {
    let refuse = |code, text: &str| Err(Error::new(code, text));
    let message = &found.message;
    if replay == Replay::DeadLetter && message.status != MessageStatus::FailedPermanent {
        let text = format!("the message is {}, not in the dead letter queue", message.status.name());
        return refuse(ErrorCode::InvalidStatus, &text);
    }
    if message.deleted_at.is_some() {
        return refuse(ErrorCode::PayloadUnavailable, "the message was deleted");
    }
    if in_flight || matches!(message.status, MessageStatus::Queued | MessageStatus::Delivering) {
        return refuse(ErrorCode::DeliveryInProgress, "the message is queued or being delivered");
    }
    if message.status == MessageStatus::PendingRetry && found.retry_type == Some(RetryType::Fast) {
        return refuse(ErrorCode::RetryInProgress, "the message waits for a fast retry");
    }
    match message.payload_expires_at {
        None => return refuse(ErrorCode::PayloadUnavailable, "the payload is no longer kept"),
        Some(expiry) if expiry <= now => {
            return refuse(ErrorCode::RetentionExpired, "the payload is past its retention");
        }
        Some(_) => {}
    }
    if replay == Replay::Counted && message.replay_count >= REPLAY_LIMIT {
        return refuse(ErrorCode::ReplayLimitExceeded, "a message is replayed at most 10 times");
    }
    Ok(())
}

/// Queues a message again in the writer's transaction.
pub(super) fn requeue(
    context: &mut WriteContext<'_>,
    id: &MessageId,
    kept: Duration,
    replay: Replay,
) -> rusqlite::Result<Result<Notice>> {
    let Some(found) = stored::find(context.connection, id, kept)? else {
        return Ok(Err(message_not_found()));
    };
    if let Err(error) = check_replay(&found, context.is_in_flight(found.key.0), replay, context.now) {
        return Ok(Err(error));
    }
    context.changed(Change::Messages(found.lane.0));
    stored::requeue(context.connection, found.key.0, replay == Replay::Counted, context.now)?;
    Ok(Ok(Notice::Requeued { seq: found.key.0, endpoint_seq: found.lane.0 }))
}

fn replay_one(context: &Context, request: &MessageRef, replay: Replay) -> Result<SendReceipt> {
    let id = parse_id(&request.message_id)?;
    let kept = context.config.payload_retention;
    let is_relay = context.config.server.is_some();
    context.edit(move |context| {
        if is_relay
            && replay == Replay::Counted
            && let Some(found) = stored::find(context.connection, &id, kept)?
            && found.message.status == MessageStatus::Succeeded
        {
            // Forwarded once more it would be the same message to the server, and nothing would be sent again.
            return Ok(Err(Error::new(ErrorCode::DeliveryInProgress, "the message is being handed over")));
        }
        let notice = match requeue(context, &id, kept, replay)? {
            Ok(notice) => notice,
            Err(error) => return Ok(Err(error)),
        };
        let receipt = SendReceipt { message_id: id, status: MessageStatus::Queued };
        Ok(Ok(Edited::telling(receipt, notice)))
    })
}

pub(crate) fn replay(context: &Context, request: MessageRef) -> Result<SendReceipt> {
    replay_one(context, &request, Replay::Counted)
}

pub(crate) fn replay_dead_letter(context: &Context, request: MessageRef) -> Result<SendReceipt> {
    replay_one(context, &request, Replay::DeadLetter)
}

/// Changes a message that waits for a retry, and answers what it became.
fn change_waiting(
    context: &Context,
    request: &MessageRef,
    wanted: &'static str,
    change: fn(&rusqlite::Connection, i64, Timestamp) -> rusqlite::Result<()>,
    notice: fn(&Found) -> Option<Notice>,
) -> Result<ChangedMessage> {
    let id = parse_id(&request.message_id)?;
    let kept = context.config.payload_retention;
    context.edit(move |context| {
        let Some(found) = stored::find(context.connection, &id, kept)? else {
            return Ok(Err(message_not_found()));
        };
        let refused = |status: &str| {
            Ok(Err(Error::new(
                ErrorCode::InvalidStatus,
                format!("only a message that is pending_retry can be {wanted}; this one is {status}"),
            )))
        };
        if found.message.deleted_at.is_some() {
            return refused("deleted");
        }
        if found.message.status != MessageStatus::PendingRetry {
            return refused(found.message.status.name());
        }
        if !context.withdraw(found.key.0) {
            return refused(MessageStatus::Delivering.name());
        }
        change(context.connection, found.key.0, context.now)?;
        context.changed(Change::Messages(found.lane.0));
        let Some(now) = stored::find(context.connection, &id, kept)? else {
            return Ok(Err(message_not_found()));
        };
        let notices = notice(&now).into_iter().collect();
        let answer = ChangedMessage { message_id: id, message: now.message };
        Ok(Ok(Edited { answer, notices }))
    })
}

pub(crate) fn cancel(context: &Context, request: MessageRef) -> Result<ChangedMessage> {
    change_waiting(context, &request, "cancelled", stored::cancel, |_| None)
}

pub(crate) fn retry_now(context: &Context, request: MessageRef) -> Result<ChangedMessage> {
    change_waiting(context, &request, "retried now", stored::make_due, |found| {
        Some(Notice::Requeued { seq: found.key.0, endpoint_seq: found.lane.0 })
    })
}
