//! What a host may want to be told while messages are delivered.

use serde::{Deserialize, Serialize};

use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;

/// What happened to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A receiver answered 2xx, and that is on disk.
    MessageDelivered,
    /// An attempt failed and another will follow.
    AttemptFailed,
    /// The message was given up: it is in the dead letter queue.
    MessageDead,
}

/// One thing that happened in the process that delivers, told after it was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The message.
    pub message_id: MessageId,
    /// Its endpoint.
    pub endpoint_id: EndpointId,
    /// Which attempt it was, from 1.
    pub attempt_no: u32,
    /// The receiver's status, where one came.
    pub response_status: Option<u16>,
    /// What went wrong, where something did.
    pub error_text: Option<String>,
    /// When the next attempt is due, where one follows.
    pub next_attempt_at: Option<Timestamp>,
    /// When it happened.
    pub occurred_at: Timestamp,
}
