//! The limits of the operations, each with the constant that holds it, for the table of docs/contract.md#limits.

use crate::config::PAYLOAD_BYTES_LIMIT;
use crate::model::api_key::LABEL_CHARACTERS;
use crate::model::endpoint::{BURST, DESCRIPTION_CHARACTERS, MAX_ATTEMPTS, RATE_LIMIT_RPS};
use crate::model::endpoint_url::{LONGEST, SHORTEST};
use crate::model::event_filter::CONDITIONS_LIMIT;
use crate::model::event_record::TENANT_CHARACTERS;
use crate::model::event_type::{EVENT_TYPE_CHARACTERS, PATTERNS_LIMIT};
use crate::model::event_type_entry::{EVENT_TYPES_LIMIT, SCHEMA_BYTES};
use crate::model::header_map::{HEADER_BYTES_LIMIT, HEADERS_LIMIT};
use crate::model::message::IDEMPOTENCY_KEY_CHARACTERS;
use crate::model::ordering::ORDERING_KEY_CHARACTERS;
use crate::model::retry_schedule::{LONGEST_GAP, MOST_GAPS};
use crate::model::signing_key::MAX_SIGNING_KEYS;
use crate::operations::actors::ACTORS_LIMIT;
use crate::operations::endpoints::PAGE_LIMIT;
use crate::operations::event_replay::REPLAY_LIMIT as REPLAY_EVENTS_LIMIT;
use crate::operations::events::PAGE_LIMIT as EVENTS_LIMIT;
use crate::operations::found::FOUND_LIMIT;
use crate::operations::logs::{DEAD_LETTERS_LIMIT, LOGS_LIMIT};
use crate::operations::many::NAMED_LIMIT;
use crate::operations::messages::{ATTEMPTS_LIMIT, BATCH_LIMIT};
use crate::outbox::command::REPLAY_LIMIT;

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is limited.
    pub what: &'static str,
    /// The least, where it is more than nothing.
    pub least: Option<u64>,
    /// The most.
    pub most: u64,
    /// What is counted.
    pub unit: &'static str,
    /// What else there is to say.
    pub note: &'static str,
    /// The setting that lowers it; empty where none does.
    pub setting: &'static str,
}

const fn limit(what: &'static str, most: u64, unit: &'static str) -> Limit {
    Limit { what, least: None, most, unit, note: "", setting: "" }
}

impl Limit {
    const fn from(self, least: u64) -> Self {
        Self { least: Some(least), ..self }
    }

    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    const fn lowered_by(self, setting: &'static str) -> Self {
        Self { setting, ..self }
    }
}

/// Every limit, in the order of the table.
pub const LIMITS: &[Limit] = &[
    limit("payload", PAYLOAD_BYTES_LIMIT as u64, "bytes").lowered_by("max_payload_bytes"),
    limit("custom headers of a message or an endpoint", HEADERS_LIMIT as u64, ""),
    limit("the same together", HEADER_BYTES_LIMIT as u64, "bytes"),
    limit("idempotency key", IDEMPOTENCY_KEY_CHARACTERS as u64, "characters"),
    limit("URL of an endpoint", LONGEST as u64, "characters").from(SHORTEST as u64),
    limit("description of an endpoint", DESCRIPTION_CHARACTERS as u64, "characters"),
    limit("label of an API key", LABEL_CHARACTERS as u64, "characters"),
    limit("tenant", TENANT_CHARACTERS as u64, "characters"),
    limit("name or pattern of an event type", EVENT_TYPE_CHARACTERS as u64, "characters"),
    limit("patterns of an endpoint", PATTERNS_LIMIT as u64, ""),
    limit("conditions of a filter", CONDITIONS_LIMIT as u64, ""),
    limit("ordering key", ORDERING_KEY_CHARACTERS as u64, "characters"),
    limit("schema or example of an event type", SCHEMA_BYTES as u64, "bytes"),
    limit("event types of a catalogue", EVENT_TYPES_LIMIT as u64, ""),
    limit("rate limit", RATE_LIMIT_RPS as u64, "deliveries a second"),
    limit("burst", BURST as u64, "deliveries"),
    limit("attempts at a message", MAX_ATTEMPTS as u64, "").lowered_by("max_attempts"),
    limit("attempts that are listed", ATTEMPTS_LIMIT as u64, "").note("the last, over all replays"),
    limit("gaps of a retry schedule", MOST_GAPS as u64, ""),
    limit("a gap of a retry schedule", LONGEST_GAP.as_secs() / 86_400, "days"),
    limit("signing keys of an endpoint", MAX_SIGNING_KEYS as u64, "").from(1),
    limit("replays of a message", REPLAY_LIMIT as u64, "").note("without those of the dead letter queue"),
    limit("`send_batch`", BATCH_LIMIT as u64, "messages")
        .note("with payloads of `memory_budget_bytes` together")
        .lowered_by("memory_budget_bytes"),
    limit("`replay_batch`, `delete_batch`", NAMED_LIMIT as u64, "messages").from(1),
    limit("`replay_all`, `delete_all`", FOUND_LIMIT as u64, "messages").from(1),
    limit("look-up of actors", ACTORS_LIMIT as u64, "ids"),
    limit("page of endpoints", PAGE_LIMIT as u64, "items").from(1),
    limit("page of logs", LOGS_LIMIT as u64, "items").from(1),
    limit("page of dead letters", DEAD_LETTERS_LIMIT as u64, "items").from(1),
    limit("page of events, of event types", EVENTS_LIMIT as u64, "items").from(1),
    limit("`replay_events`", REPLAY_EVENTS_LIMIT as u64, "events").from(1),
];
