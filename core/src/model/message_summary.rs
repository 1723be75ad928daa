//! A message as lists show it (docs/contract.md#logs, docs/contract.md#dead-letters).

use serde::{Deserialize, Serialize};

use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;

/// One line of the logs or of the dead letter queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageSummary {
    /// A UUIDv7.
    pub message_id: MessageId,
    /// The endpoint's URL, not its id.
    pub endpoint: String,
    /// The message's state.
    pub status: MessageStatus,
    /// Attempts that ended.
    pub attempt_count: u32,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When the next attempt is due, while `pending_retry` or scheduled.
    pub next_attempt_at: Option<Timestamp>,
    /// The receiver's status in the last attempt; absent where that attempt got no answer.
    pub response_status: Option<u16>,
    /// How long the last attempt took, in milliseconds.
    pub response_latency_ms: Option<u32>,
    /// What the last failed attempt said.
    pub last_error: Option<String>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// The endpoint's id; absent where an older server answered.
    #[serde(default)]
    pub endpoint_id: Option<EndpointId>,
    /// The type of the event that it belongs to; absent for a message that was sent to one endpoint.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::event_type::EventType>"))]
    pub event_type: Option<String>,
}
