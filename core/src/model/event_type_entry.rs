//! The catalogue of event types: what each is, and what its payload looks like.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::event_type::EventType;
use crate::model::timestamp::Timestamp;

/// The longest description.
pub const DESCRIPTION_CHARACTERS: usize = 500;
/// The largest schema, and the largest example, in bytes of JSON.
pub const SCHEMA_BYTES: usize = 65_536;
/// The most event types of a catalogue.
pub const EVENT_TYPES_LIMIT: usize = 10_000;

/// A type of event in the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EventTypeEntry"))]
pub struct EventTypeEntry {
    /// The name, such as `order.created`.
    pub name: EventType,
    /// For people; at most 500 characters.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
    pub description: Option<String>,
    /// The JSON schema (2020-12) of its payloads.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::JsonObject>"))]
    pub schema: Option<Value>,
    /// A payload, for whoever writes a receiver.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::JsonValue>"))]
    pub example: Option<Value>,
    /// Whether receivers should not rely on it any more. It is sent all the same.
    pub deprecated: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
