//! Replaying and deleting many messages at once (docs/contract.md#many-messages): by their ids, or by a filter.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::invalid_request;
use super::logs::named_endpoint;
use super::messages::{deleted, parse_id};
use super::paging::checked_limit;
use crate::error::{Error, ErrorCode, Result};
use crate::model::ids::{ApiKeyId, MessageId};
use crate::model::message::{MessageStatus, REPLAYABLE};
use crate::model::timestamp::Timestamp;
use crate::outbox::command::MessageCommand;
use crate::outbox::messages::{Changed, Filter, Order};

/// The most ids of one batch.
pub const NAMED_LIMIT: usize = 100;
/// The most messages that one replay-all or delete-all changes.
pub const FOUND_LIMIT: usize = 1000;
const REPLAY_DEFAULT: usize = 100;

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

request! {
    /// What `messages.replay_all` takes.
    #[derive(Clone, Debug)]
    pub struct ReplayAll {
        /// `failed_permanent` or `pending_retry`.
        #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::ReplayableMessageStatus"))]
        pub status: MessageStatus,
        /// Only messages of this endpoint.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::ids::EndpointId>"))]
        pub endpoint_id: Option<String>,
        /// 1 to 1,000, 100 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = FOUND_LIMIT)))]
        pub limit: Option<i64>,
    }
}

/// What a replay by a filter came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReplayAllMessagesResponse"))]
pub struct ReplayedAll {
    /// How many messages are queued again.
    pub replayed: u64,
    /// How many were refused because of their state or their payload's retention.
    pub failed: u64,
    /// Always 0: a replay is one transaction, so no message is left halfway.
    pub stuck: u64,
    /// The messages that are queued again.
    pub replayed_message_ids: Vec<MessageId>,
    /// Always empty.
    pub stuck_message_ids: Vec<MessageId>,
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

request! {
    /// What `messages.delete_all` takes.
    #[derive(Clone, Debug, Default)]
    pub struct DeleteAll {
        /// Only messages with one of these statuses; all where empty.
        #[serde(default)]
        pub status: Vec<MessageStatus>,
        /// Only messages of this endpoint.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::ids::EndpointId>"))]
        pub endpoint_id: Option<String>,
        /// Only messages accepted at this moment or later.
        #[serde(default)]
        pub created_after: Option<Timestamp>,
        /// Only messages accepted before this moment.
        #[serde(default)]
        pub created_before: Option<Timestamp>,
        /// 1 to 1,000, 1,000 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = FOUND_LIMIT)))]
        pub limit: Option<i64>,
        /// The API key of the caller; set by a door that asks for one.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(skip))]
        pub deleted_by_api_key_id: Option<ApiKeyId>,
    }
}

/// What a delete by a filter came to. Where `deleted` is the limit there may be more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DeleteAllResult"))]
pub struct DeletedAll {
    /// How many messages were deleted.
    pub deleted: u64,
    /// Their ids.
    pub deleted_message_ids: Vec<MessageId>,
}

fn check_named(ids: &[String]) -> Result<()> {
    if (1..=NAMED_LIMIT).contains(&ids.len()) {
        Ok(())
    } else {
        Err(invalid_request(format!("`message_ids` must have 1 to {NAMED_LIMIT} ids, not {}", ids.len())))
    }
}

/// The ids of the messages that a filter finds, oldest first. They are read outside the transaction; each message is
/// checked again inside it.
fn find(context: &Context, filter: &Filter, limit: usize) -> Result<Vec<MessageId>> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let found = context.reading().page(filter, Order::OldestFirst, after, limit - ids.len())?;
        ids.extend(found.messages.iter().map(|(_, message)| message.message_id));
        after = found.next;
        if after.is_none() || ids.len() >= limit {
            return Ok(ids);
        }
    }
}

pub(crate) fn replay_all(context: &Context, request: ReplayAll) -> Result<ReplayedAll> {
    let limit = checked_limit(request.limit, REPLAY_DEFAULT, FOUND_LIMIT)?;
    if !REPLAYABLE.contains(&request.status.name()) {
        return Err(invalid_request(format!("`status` must be {}", REPLAYABLE.join(" or "))));
    }
    let filter = Filter {
        endpoint: named_endpoint(request.endpoint_id.as_deref())?,
        statuses: vec![request.status],
        without_deleted: true,
        ..Filter::default()
    };
    let mut answer = ReplayedAll::default();
    let ids = find(context, &filter, limit)?;
    context.expect_delivery();
    let outcomes = context.outbox.change(&ids, context.replay())?;
    for (id, outcome) in ids.into_iter().zip(outcomes) {
        match outcome {
            Ok(_) => {
                answer.replayed += 1;
                answer.replayed_message_ids.push(id);
            }
            Err(_) => answer.failed += 1,
        }
    }
    Ok(answer)
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

pub(crate) fn delete_all(context: &Context, request: DeleteAll) -> Result<DeletedAll> {
    let limit = checked_limit(request.limit, FOUND_LIMIT, FOUND_LIMIT)?;
    let filter = Filter {
        endpoint: named_endpoint(request.endpoint_id.as_deref())?,
        statuses: request.status,
        created_from: request.created_after,
        created_before: request.created_before,
        without_deleted: true,
        among: None,
    };
    let ids = find(context, &filter, limit)?;
    let command = MessageCommand::Delete { by: request.deleted_by_api_key_id };
    let outcomes = context.outbox.change(&ids, command)?;
    let deleted_message_ids: Vec<MessageId> = ids
        .into_iter()
        .zip(outcomes)
        .filter(|(_, outcome)| matches!(outcome, Ok(changed) if changed.changed))
        .map(|(id, _)| id)
        .collect();
    Ok(DeletedAll { deleted: deleted_message_ids.len() as u64, deleted_message_ids })
}
