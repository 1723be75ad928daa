//! Replaying, cancelling and deleting the messages that a filter finds (docs/contract.md#many-messages): so many a call, the oldest
//! first, and where it is asked only to say what would happen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::invalid_request;
use super::logs::{named_endpoint, sought};
use super::paging::{checked_limit, read_cursor};
use crate::error::{Result, message_not_found};
use crate::model::ids::{ApiKeyId, MessageId};
use crate::model::message::{MessageStatus, REPLAYABLE};
use crate::model::timestamp::Timestamp;
use crate::model::words_or_list;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::messages::{Filter, Order};
use crate::outbox::page::Listed;

/// The most messages that one call changes.
pub const FOUND_LIMIT: usize = 1000;
const REPLAY_DEFAULT: usize = 100;

/// Defines a request with the fields that every one of them has behind its own.
macro_rules! found {
    ($(#[$meta:meta])* pub struct $name:ident { $($own:tt)* } then { $($last:tt)* }) => {
        request! {
            $(#[$meta])*
            pub struct $name {
                $($own)*
                /// Only messages whose last failure has this cause, in the words of `dead_letters.groups`.
                #[serde(default)]
                #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::operations::logs::TEXT_CHARACTERS)))]
                pub cause: Option<String>,
                /// Changes nothing, and answers what would happen.
                #[serde(default)]
                pub dry_run: Option<bool>,
                /// The `next_cursor` of the call before: goes on behind what that one has looked at.
                #[serde(default)]
                #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
                pub cursor: Option<String>,
                $($last)*
            }
        }
    };
}

found! {
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
        /// Only messages accepted at this moment or later.
        #[serde(default)]
        pub created_after: Option<Timestamp>,
        /// Only messages accepted before this moment.
        #[serde(default)]
        pub created_before: Option<Timestamp>,
    } then {}
}

found! {
    /// What `messages.cancel_all` takes.
    #[derive(Clone, Debug, Default)]
    pub struct CancelAll {
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
    } then {}
}

found! {
    /// What `messages.delete_all` takes.
    #[derive(Clone, Debug, Default)]
    pub struct DeleteAll {
        /// Only messages with one of these statuses; all where empty.
        #[serde(default, deserialize_with = "words_or_list::read")]
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
    } then {
        /// The API key of the caller; set by a door that asks for one.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(skip))]
        pub deleted_by_api_key_id: Option<ApiKeyId>,
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
    /// How many were refused, by the code of their error; absent where an older server answered.
    #[serde(default)]
    pub refused: Option<BTreeMap<String, u64>>,
    /// Whether nothing was changed, and this is what would happen; absent where an older server answered.
    #[serde(default)]
    pub dry_run: Option<bool>,
    /// What to pass as `cursor` to go on; absent where nothing is left.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What a cancel by a filter came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CancelAllResult"))]
pub struct CancelledAll {
    /// How many messages were given up.
    pub cancelled: u64,
    /// Their ids.
    pub cancelled_message_ids: Vec<MessageId>,
    /// How many were refused, by the code of their error.
    pub refused: BTreeMap<String, u64>,
    /// Whether nothing was changed, and this is what would happen.
    pub dry_run: bool,
    /// What to pass as `cursor` to go on; absent where nothing is left.
    pub next_cursor: Option<String>,
}

/// What a delete by a filter came to. Where `deleted` is the limit there may be more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DeleteAllResult"))]
pub struct DeletedAll {
    /// How many messages were deleted.
    pub deleted: u64,
    /// Their ids.
    pub deleted_message_ids: Vec<MessageId>,
    /// Whether nothing was changed, and this is what would happen; absent where an older server answered.
    #[serde(default)]
    pub dry_run: Option<bool>,
    /// What to pass as `cursor` to go on; absent where nothing is left.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A filter, how many of its messages to change, and how.
struct Sweep {
    filter: Filter,
    limit: usize,
    command: MessageCommand,
    dry_run: bool,
    cursor: Option<String>,
}

/// What became of the messages of a call.
#[derive(Default)]
struct Swept {
    changed: Vec<MessageId>,
    refused: BTreeMap<String, u64>,
    next_cursor: Option<String>,
}

impl Sweep {
    /// Messages are read outside the transaction; each is checked again inside it.
    fn run(self, context: &Context) -> Result<Swept> {
        let mut after = read_cursor(self.cursor.as_deref(), Listed::Messages)?;
        let mut ids = Vec::new();
        loop {
            let left = self.limit - ids.len();
            let found = context.reading().page(&self.filter, Order::OldestFirst, after, left)?;
            ids.extend(found.messages.iter().map(|(_, message)| message.message_id));
            after = found.next;
            if after.is_none() || ids.len() >= self.limit {
                break;
            }
        }
        let mut swept =
            Swept { next_cursor: after.map(|next| next.encode(Listed::Messages)), ..Swept::default() };
        let outcomes: Vec<Result<bool>> = if self.dry_run {
            ids.iter().map(|id| self.would_change(context, id)).collect()
        } else {
            let outcomes = context.outbox.change(&ids, self.command)?;
            outcomes.into_iter().map(|outcome| outcome.map(|changed| changed.changed)).collect()
        };
        for (id, outcome) in ids.into_iter().zip(outcomes) {
            match outcome {
                Ok(true) => swept.changed.push(id),
                Ok(false) => {}
                Err(error) => *swept.refused.entry(error.code().name().to_owned()).or_default() += 1,
            }
        }
        Ok(swept)
    }

    /// As the transaction would decide now.
    fn would_change(&self, context: &Context, id: &MessageId) -> Result<bool> {
        let found = context.reading().message(id)?.ok_or_else(message_not_found)?;
        let in_flight = context.link.is_in_flight(found.key);
        let decision =
            self.command.decide(&found.message, found.retry_type, in_flight, found.held, Timestamp::now())?;
        Ok(decision != Decision::AsItIs)
    }
}

pub(crate) fn replay_all(context: &Context, request: ReplayAll) -> Result<ReplayedAll> {
    if !REPLAYABLE.contains(&request.status.name()) {
        return Err(invalid_request(format!("`status` must be {}", REPLAYABLE.join(" or "))));
    }
    let dry_run = request.dry_run.unwrap_or_default();
    if !dry_run {
        context.expect_delivery();
    }
    let sweep = Sweep {
        limit: checked_limit(request.limit, REPLAY_DEFAULT, FOUND_LIMIT)?,
        filter: Filter {
            endpoint: named_endpoint(request.endpoint_id.as_deref())?,
            statuses: vec![request.status],
            cause: sought("cause", request.cause)?,
            created_from: request.created_after,
            created_before: request.created_before,
            without_deleted: true,
            ..Filter::default()
        },
        command: context.replay(),
        dry_run,
        cursor: request.cursor,
    };
    let Swept { changed, refused, next_cursor } = sweep.run(context)?;
    Ok(ReplayedAll {
        replayed: changed.len() as u64,
        failed: refused.values().sum(),
        replayed_message_ids: changed,
        refused: Some(refused),
        dry_run: Some(dry_run),
        next_cursor,
        ..ReplayedAll::default()
    })
}

pub(crate) fn cancel_all(context: &Context, request: CancelAll) -> Result<CancelledAll> {
    let dry_run = request.dry_run.unwrap_or_default();
    let sweep = Sweep {
        limit: checked_limit(request.limit, FOUND_LIMIT, FOUND_LIMIT)?,
        filter: Filter {
            endpoint: named_endpoint(request.endpoint_id.as_deref())?,
            statuses: vec![MessageStatus::PendingRetry],
            cause: sought("cause", request.cause)?,
            created_from: request.created_after,
            created_before: request.created_before,
            without_deleted: true,
            ..Filter::default()
        },
        command: MessageCommand::Cancel,
        dry_run,
        cursor: request.cursor,
    };
    let Swept { changed, refused, next_cursor } = sweep.run(context)?;
    Ok(CancelledAll {
        cancelled: changed.len() as u64,
        cancelled_message_ids: changed,
        refused,
        dry_run,
        next_cursor,
    })
}

pub(crate) fn delete_all(context: &Context, request: DeleteAll) -> Result<DeletedAll> {
    let dry_run = request.dry_run.unwrap_or_default();
    let sweep = Sweep {
        limit: checked_limit(request.limit, FOUND_LIMIT, FOUND_LIMIT)?,
        filter: Filter {
            endpoint: named_endpoint(request.endpoint_id.as_deref())?,
            statuses: request.status,
            cause: sought("cause", request.cause)?,
            created_from: request.created_after,
            created_before: request.created_before,
            without_deleted: true,
            ..Filter::default()
        },
        command: MessageCommand::Delete { by: request.deleted_by_api_key_id },
        dry_run,
        cursor: request.cursor,
    };
    let Swept { changed, next_cursor, .. } = sweep.run(context)?;
    Ok(DeletedAll {
        deleted: changed.len() as u64,
        deleted_message_ids: changed,
        dry_run: Some(dry_run),
        next_cursor,
    })
}
