//! Events: what a producer said happened, for every endpoint that wants it.

use serde::{Deserialize, Serialize};

use crate::model::event_type::EventType;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;

/// The longest tenant.
pub const TENANT_CHARACTERS: usize = 128;

/// An event, without its payload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventRecord {
    /// The event's id, `evt_...`
    pub event_id: EventId,
    /// The name of its type.
    pub r#type: EventType,
    /// The customer whose endpoints it went to; absent where the producer named none.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TENANT_CHARACTERS)))]
    pub tenant: Option<String>,
    /// The producer's idempotency key; absent where it gave none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::IdempotencyKey>"))]
    pub idempotency_key: Option<String>,
    /// Its messages to one endpoint are delivered in order with others of this key; absent where the producer gave none.
    pub ordering_key: Option<String>,
    /// The size of the payload.
    pub size_bytes: u64,
    /// Hex SHA-256 of the payload.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::Sha256Hex"))]
    pub payload_sha256: String,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// Before when its messages are not delivered.
    pub deliver_at: Option<Timestamp>,
    /// After when its messages are not tried any more.
    pub expires_at: Option<Timestamp>,
    /// How many endpoints wanted it when it was accepted.
    pub matched: u64,
    /// Whether its payload is still kept.
    pub has_payload: bool,
}

/// A message of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventMessage {
    /// The message's id.
    pub message_id: MessageId,
    /// The endpoint it goes to.
    pub endpoint_id: EndpointId,
    /// The message's state.
    pub status: MessageStatus,
}

/// What a message's deliveries say of the event that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfEvent {
    /// The event's id.
    pub id: EventId,
    /// The name of its type, which the header `X-Webhook-Event` carries.
    pub event_type: EventType,
    /// The customer whose event it is.
    pub tenant: Option<String>,
}
