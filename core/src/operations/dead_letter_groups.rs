//! The dead letter queue by cause: what failed alike at one endpoint is one group.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::logs::named_endpoint;
use super::paging::read_cursor;
use crate::error::Result;
use crate::model::failure_cause::failure_cause;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::messages::DeadLetter;
use crate::outbox::page::Listed;

/// How many dead letters one call reads.
pub const GROUPED_AT_ONCE: usize = 10_000;

request! {
    /// What `dead_letters.groups` takes.
    #[derive(Clone, Debug, Default)]
    pub struct GroupDeadLetters {
        /// Only messages of this endpoint.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<EndpointId>"))]
        pub endpoint_id: Option<String>,
        /// The `next_cursor` of the call before.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
    }
}

/// Dead letters with one cause at one endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadLetterGroup {
    /// `HTTP 503` where the receiver answered, else the text of the error without numbers and addresses.
    pub cause: String,
    /// The endpoint.
    pub endpoint_id: EndpointId,
    /// The endpoint's URL.
    pub endpoint: String,
    /// How many messages.
    pub count: u64,
    /// When the first of them was given up.
    pub first_failed_at: Timestamp,
    /// When the last of them was given up.
    pub last_failed_at: Timestamp,
    /// The newest of them.
    pub message_id: MessageId,
    /// What its last attempt said, whole.
    pub last_error: Option<String>,
}

/// What `dead_letters.groups` answers. Where there is more, the further messages have groups of their own: those with the same
/// cause and endpoint belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DeadLetterGroups"))]
pub struct DeadLetterGroups {
    /// The largest first.
    pub groups: Vec<DeadLetterGroup>,
    /// How many dead letters were read: at most 10,000.
    pub read: u64,
    /// Whether there are more.
    pub has_more: bool,
    /// What to pass as `cursor` to go on; null where all were read.
    pub next_cursor: Option<String>,
}

pub(crate) fn groups(context: &Context, request: GroupDeadLetters) -> Result<DeadLetterGroups> {
    let endpoint = named_endpoint(request.endpoint_id.as_deref())?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Messages)?;
    let mut read = 0;
    let mut groups: HashMap<(EndpointId, String), DeadLetterGroup> = HashMap::new();
    let next = context.reading().dead_letters(endpoint.as_ref(), after, GROUPED_AT_ONCE, &mut |letter| {
        read += 1;
        add(&mut groups, letter);
    })?;
    let mut groups: Vec<DeadLetterGroup> = groups.into_values().collect();
    // The largest first; those that are as large by the newest failure.
    groups.sort_by_key(|group| (std::cmp::Reverse((group.count, group.last_failed_at)), group.message_id));
    let next_cursor = next.map(|next| next.encode(Listed::Messages));
    Ok(DeadLetterGroups { groups, read, has_more: next_cursor.is_some(), next_cursor })
}

/// Adds a message to its group. Messages come newest first.
fn add(groups: &mut HashMap<(EndpointId, String), DeadLetterGroup>, letter: DeadLetter) {
    let cause = failure_cause(letter.response_status, letter.last_error.as_deref());
    let DeadLetter { message_id, endpoint_id, endpoint, failed_at, last_error, .. } = letter;
    groups
        .entry((endpoint_id, cause.clone()))
        .and_modify(|group| {
            group.count += 1;
            group.first_failed_at = group.first_failed_at.min(failed_at);
            group.last_failed_at = group.last_failed_at.max(failed_at);
        })
        .or_insert(DeadLetterGroup {
            cause,
            endpoint_id,
            endpoint,
            count: 1,
            first_failed_at: failed_at,
            last_failed_at: failed_at,
            message_id,
            last_error,
        });
}
