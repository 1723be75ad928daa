//! The operations on a message's delivery: replay, cancel, retry now (docs/contract.md#what-each-state-allows).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::messages::{MessageRef, parse_id};
use crate::error::Result;
use crate::model::ids::MessageId;
use crate::model::message::{Message, MessageStatus};
use crate::outbox::command::MessageCommand;

/// What `messages.cancel` and `messages.retry_now` answer: the whole message, and its id as `message_id` too.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangedMessage {
    /// The message's id.
    pub message_id: MessageId,
    /// The message as it is now.
    #[serde(flatten)]
    pub message: Message,
}

/// A message that is queued again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReplayMessageResponse"))]
pub struct Replayed {
    /// The message's id, which stays.
    pub message_id: MessageId,
    /// Always `queued`.
    pub status: MessageStatus,
}

fn replay_one(context: &Context, request: &MessageRef, command: MessageCommand) -> Result<Replayed> {
    let message_id = parse_id(&request.message_id)?;
    context.change_message(message_id, command)?;
    Ok(Replayed { message_id, status: MessageStatus::Queued })
}

pub(crate) fn replay(context: &Context, request: MessageRef) -> Result<Replayed> {
    replay_one(context, &request, context.replay())
}

pub(crate) fn replay_dead_letter(context: &Context, request: MessageRef) -> Result<Replayed> {
    replay_one(context, &request, MessageCommand::ReplayDeadLetter)
}

/// Changes a message that waits for a retry, and returns the changed message.
fn change_waiting(
    context: &Context,
    request: &MessageRef,
    command: MessageCommand,
) -> Result<ChangedMessage> {
    let message_id = parse_id(&request.message_id)?;
    let message = context.change_message(message_id, command)?.message;
    Ok(ChangedMessage { message_id, message })
}

pub(crate) fn cancel(context: &Context, request: MessageRef) -> Result<ChangedMessage> {
    change_waiting(context, &request, MessageCommand::Cancel)
}

pub(crate) fn retry_now(context: &Context, request: MessageRef) -> Result<ChangedMessage> {
    change_waiting(context, &request, MessageCommand::RetryNow)
}
