//! Replaying and deleting many messages at once (docs/contract.md#many-messages): those named, or those that a filter finds.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::invalid_request;
use super::logs::{checked_limit, named_endpoint};
use super::messages::{deleted, parse_id};
use crate::error::{Error, ErrorCode, Result};
use crate::model::ids::{ApiKeyId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::command::MessageCommand;
use crate::outbox::messages::{Changed, Filter, Order};

/// The most messages that a batch names.
pub const NAMED_LIMIT: usize = 100;
/// The most that one replay-all or delete-all changes.
pub const FOUND_LIMIT: usize = 1000;
const REPLAY_DEFAULT: usize = 100;
/// What `messages.replay_all` replays, by the status's name.
pub const REPLAYABLE: [&str; 2] = [MessageStatus::FailedPermanent.name(), MessageStatus::PendingRetry.name()];

/// Names messages.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageIds {
    /// 1 to 100.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = NAMED_LIMIT)))]
    pub message_ids: Vec<String>,
}

/// What `messages.delete_batch` takes.
#[derive(Clone, Debug, Deserialize)]
pub struct DeleteBatch {
    /// 1 to 100.
    pub message_ids: Vec<String>,
    /// By which API key; set by a door that asks for one.
    #[serde(default)]
    pub deleted_by_api_key_id: Option<ApiKeyId>,
}

/// What `messages.replay_all` takes.
#[derive(Clone, Debug, Deserialize)]
pub struct ReplayAll {
    /// `failed_permanent` or `pending_retry`.
    pub status: MessageStatus,
    /// Only of this endpoint.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// 1 to 1,000, 100 where absent.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// What `messages.replay_all` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayedAll {
    /// How many are queued again.
    pub replayed: u64,
    /// How many were refused, by their state or their payload's retention.
    pub failed: u64,
    /// Always 0: a replay is one transaction, which happens or does not.
    pub stuck: u64,
    /// Which are queued again.
    pub replayed_message_ids: Vec<MessageId>,
    /// Always empty.
    pub stuck_message_ids: Vec<MessageId>,
}

/// What became of one message of a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayResult {
    /// As it was given.
    pub message_id: String,
    /// `replayed` or `failed`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["replayed", "failed", "stuck"])))]
    pub status: String,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub error: Option<String>,
}

/// What `messages.replay_batch` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayedBatch {
    /// How many are queued again.
    pub replayed: u64,
    /// How many were refused.
    pub failed: u64,
    /// Always 0.
    pub stuck: u64,
    /// One for each, in order.
    pub results: Vec<ReplayResult>,
}

/// What became of one message of a delete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeleteResult {
    /// As it was given.
    pub message_id: String,
    /// `deleted`, `already_deleted` or `not_found`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["deleted", "already_deleted", "not_found"])))]
    pub outcome: String,
    /// When it was deleted, the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Timestamp"))]
    pub deleted_at: Option<Timestamp>,
}

/// What `messages.delete_batch` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeletedBatch {
    /// One for each, in order.
    pub results: Vec<DeleteResult>,
    /// How many were deleted by this.
    pub deleted_count: u64,
    /// How many had been deleted before.
    pub already_deleted_count: u64,
    /// How many are unknown.
    pub not_found_count: u64,
}

/// What `messages.delete_all` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DeleteAll {
    /// Only with one of these; all where empty.
    #[serde(default)]
    pub status: Vec<MessageStatus>,
    /// Only of this endpoint.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// Only what was accepted at this moment or later.
    #[serde(default)]
    pub created_after: Option<Timestamp>,
    /// Only what was accepted before.
    #[serde(default)]
    pub created_before: Option<Timestamp>,
    /// 1 to 1,000, which is also what holds where it is absent.
    #[serde(default)]
    pub limit: Option<u64>,
    /// By which API key; set by a door that asks for one.
    #[serde(default)]
    pub deleted_by_api_key_id: Option<ApiKeyId>,
}

/// What `messages.delete_all` answers. As many as the limit means that there may be more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeletedAll {
    /// How many were deleted.
    pub deleted: u64,
    /// Which.
    pub deleted_message_ids: Vec<MessageId>,
}

fn check_named(ids: &[String]) -> Result<()> {
    if (1..=NAMED_LIMIT).contains(&ids.len()) {
        Ok(())
    } else {
        Err(invalid_request(format!("`message_ids` must have 1 to {NAMED_LIMIT} ids, not {}", ids.len())))
    }
}

/// The ids of those that a filter finds, oldest first. Read before the transaction, which each is checked in again.
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
        // The only refusal is that it is unknown.
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
