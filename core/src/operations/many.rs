//! Replaying and deleting many messages at once by their ids (docs/contract.md#many-messages).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::invalid_request;
use super::messages::{deleted, parse_id};
use crate::error::{Error, ErrorCode, Result};
use crate::model::ids::{ApiKeyId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::command::MessageCommand;
use crate::outbox::messages::Changed;

/// The most ids of one batch.
pub const NAMED_LIMIT: usize = 100;

request! {
    /// What `messages.replay_batch` takes, and `messages.delete_batch` over HTTP.
    #[derive(Clone, Debug)]
    pub struct MessageIds {
        /// 1 to 100.
        #[cfg_attr(feature = "schema", schemars(length(min = 1, max = NAMED_LIMIT)))]
        pub message_ids: Vec<String>,
    }
}

request! {
    /// What `messages.delete_batch` takes.
    #[derive(Clone, Debug)]
    pub struct DeleteBatch {
        /// 1 to 100.
        #[cfg_attr(feature = "schema", schemars(length(min = 1, max = NAMED_LIMIT)))]
        pub message_ids: Vec<String>,
        /// The API key of the caller; set by a door that asks for one.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(skip))]
        pub deleted_by_api_key_id: Option<ApiKeyId>,
    }
}

/// What became of one message of a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReplayBatchResult"))]
pub struct ReplayResult {
    /// The id as the request gave it.
    pub message_id: String,
    /// `replayed` or `failed`.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::ReplayOutcome"))]
    pub status: String,
    /// Why the message was not replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub error: Option<String>,
}

/// What a replay of named messages came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "ReplayBatchMessagesResponse")
)]
pub struct ReplayedBatch {
    /// How many messages are queued again.
    pub replayed: u64,
    /// How many were refused.
    pub failed: u64,
    /// Always 0.
    pub stuck: u64,
    /// One result for each id of the request, in its order.
    pub results: Vec<ReplayResult>,
}

/// What became of one message of a delete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DeleteBatchItemResult"))]
pub struct DeleteResult {
    /// The id as the request gave it.
    pub message_id: String,
    /// `deleted`, `already_deleted` or `not_found`.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::DeleteOutcome"))]
    pub outcome: String,
    /// When the message was first deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Timestamp"))]
    pub deleted_at: Option<Timestamp>,
}

/// What a delete of named messages came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DeleteBatchResult"))]
pub struct DeletedBatch {
    /// One result for each id of the request, in its order.
    pub results: Vec<DeleteResult>,
    /// How many messages this request deleted.
    pub deleted_count: u64,
    /// How many had been deleted before.
    pub already_deleted_count: u64,
    /// How many ids are unknown.
    pub not_found_count: u64,
}

fn check_named(ids: &[String]) -> Result<()> {
    if (1..=NAMED_LIMIT).contains(&ids.len()) {
        Ok(())
    } else {
        Err(invalid_request(format!("`message_ids` must have 1 to {NAMED_LIMIT} ids, not {}", ids.len())))
    }
}

pub(crate) fn replay_batch(context: &Context, request: MessageIds) -> Result<ReplayedBatch> {
    check_named(&request.message_ids)?;
    let known: Vec<MessageId> = request.message_ids.iter().filter_map(|id| parse_id(id).ok()).collect();
    context.expect_delivery();
    let mut outcomes = context.outbox.change(&known, context.replay())?.into_iter();
    let mut answer = ReplayedBatch::default();
    for message_id in request.message_ids {
        let outcome = match parse_id(&message_id) {
            Ok(_) => outcomes.next().unwrap_or_else(unanswered).map(drop),
            Err(error) => Err(error),
        };
        let (status, error) = match outcome {
            Ok(()) => ("replayed", None),
            Err(error) => ("failed", Some(error.message().to_owned())),
        };
        match &error {
            None => answer.replayed += 1,
            Some(_) => answer.failed += 1,
        }
        answer.results.push(ReplayResult { message_id, status: status.to_owned(), error });
    }
    Ok(answer)
}

fn unanswered() -> Result<Changed> {
    Err(Error::new(ErrorCode::Internal, "a message was not looked at"))
}

pub(crate) fn delete_batch(context: &Context, request: DeleteBatch) -> Result<DeletedBatch> {
    check_named(&request.message_ids)?;
    let known: Vec<MessageId> = request.message_ids.iter().filter_map(|id| parse_id(id).ok()).collect();
    let command = MessageCommand::Delete { by: request.deleted_by_api_key_id };
    let mut outcomes = context.outbox.change(&known, command)?.into_iter();
    let mut answer = DeletedBatch::default();
    for message_id in request.message_ids {
        // A delete refuses only an unknown message.
        let outcome = parse_id(&message_id).ok().and_then(|id| Some(deleted(id, &outcomes.next()?.ok()?)));
        let (outcome, deleted_at) = match outcome {
            Some(deleted) if deleted.already_deleted => {
                answer.already_deleted_count += 1;
                ("already_deleted", Some(deleted.deleted_at))
            }
            Some(deleted) => {
                answer.deleted_count += 1;
                ("deleted", Some(deleted.deleted_at))
            }
            None => {
                answer.not_found_count += 1;
                ("not_found", None)
            }
        };
        answer.results.push(DeleteResult { message_id, outcome: outcome.to_owned(), deleted_at });
    }
    Ok(answer)
}
