//! Replaying events to an endpoint that has missed them (docs/contract.md#events).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::endpoints::parse_id;
use super::events::sought;
use super::invalid_request;
use super::paging::{checked_limit, read_cursor};
use crate::error::Result;
use crate::model::ids::{EventId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::events::Missed;
use crate::outbox::page::Listed;

/// The most events that one call replays.
pub const REPLAY_LIMIT: usize = 1000;
const REPLAY_DEFAULT: usize = 100;
/// The highest rate, in messages a second.
pub const RATE_LIMIT: u32 = 1000;

request! {
    /// What `events.replay` takes.
    #[derive(Clone, Debug)]
    pub struct ReplayEvents {
        /// The endpoint's id, `ep_...`
        #[cfg_attr(feature = "schema", schemars(with = "crate::model::ids::EndpointId"))]
        pub endpoint_id: String,
        /// Only events accepted at this moment or later.
        pub since: Timestamp,
        /// Only events accepted before this moment.
        #[serde(default)]
        pub before: Option<Timestamp>,
        /// Only events of this type.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::event_type::EventType>"))]
        pub r#type: Option<String>,
        /// Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is at once.
        #[serde(default, deserialize_with = "crate::model::whole_number::optional")]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = RATE_LIMIT)))]
        pub rate: Option<u32>,
        /// How many events one call replays: 1 to 1,000, 100 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = REPLAY_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the call before.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
        /// Only says what would be done.
        #[serde(default)]
        pub dry_run: Option<bool>,
    }
}

/// What `events.replay` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReplayEventsResult"))]
pub struct ReplayedEvents {
    /// How many events got a message for the endpoint, or would get one.
    pub replayed: u64,
    /// Those events, oldest first.
    pub event_ids: Vec<EventId>,
    /// The messages that were made; empty in a dry run.
    pub message_ids: Vec<MessageId>,
    /// How many events this call looked at.
    pub examined: u64,
    /// Over how many seconds the messages are spread by `rate`. The next call should come no sooner.
    pub spread_over_seconds: u64,
    /// Whether this was a dry run.
    pub dry_run: bool,
    /// Whether there may be further events.
    pub has_more: bool,
    /// What to pass as `cursor` to go on; null where nothing is left.
    pub next_cursor: Option<String>,
}

pub(crate) fn replay(context: &Context, request: ReplayEvents) -> Result<ReplayedEvents> {
    let endpoint = parse_id(&request.endpoint_id)?;
    let limit = checked_limit(request.limit, REPLAY_DEFAULT, REPLAY_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Events)?;
    if request.rate.is_some_and(|rate| rate == 0 || rate > RATE_LIMIT) {
        return Err(invalid_request(format!("`rate` must be 1 to {RATE_LIMIT}")));
    }
    let sought = sought(request.r#type, None, Some(request.since), request.before)?;
    let Missed { events, looked_at: examined, next } =
        context.reading().missed(&endpoint, &sought, after, limit)?;
    let dry_run = request.dry_run.unwrap_or_default();
    let event_ids: Vec<EventId> = events.iter().map(|(_, id)| *id).collect();
    let gap_ms = request.rate.map_or(0, |rate| 1000 / u64::from(rate));
    let message_ids = if dry_run || events.is_empty() {
        Vec::new()
    } else {
        context.expect_delivery();
        context.outbox.make_up(&endpoint, events.into_iter().map(|(key, _)| key).collect(), gap_ms)?
    };
    let made = if dry_run { event_ids.len() } else { message_ids.len() };
    Ok(ReplayedEvents {
        replayed: made as u64,
        event_ids,
        message_ids,
        examined,
        spread_over_seconds: (gap_ms * made as u64).div_ceil(1000),
        dry_run,
        has_more: next.is_some(),
        next_cursor: next.map(|next| next.encode(Listed::Events)),
    })
}
