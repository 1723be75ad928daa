//! Messages and their states.

use serde::{Deserialize, Serialize};

use crate::model::ids::{ApiKeyId, EndpointId, EventId, MessageId};
use crate::model::timestamp::Timestamp;

/// The longest idempotency key.
pub const IDEMPOTENCY_KEY_CHARACTERS: usize = 255;

/// The one project of an outbox.
pub const PROJECT_ID: &str = "proj_default";

/// The media type of every payload.
pub const CONTENT_TYPE: &str = "application/json";

/// The state of a message (docs/contract.md#message-states).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum MessageStatus {
    /// Accepted or replayed, and not attempted since.
    Queued,
    /// An attempt is under way. Only the process that delivers knows; other processes see the status before it.
    Delivering,
    /// A receiver answered 2xx.
    Succeeded,
    /// The last attempt failed and another will follow.
    PendingRetry,
    /// Given up: in the dead letter queue.
    FailedPermanent,
}

impl MessageStatus {
    /// Every status as it stands in JSON.
    pub const NAMES: [&'static str; 5] = [
        Self::Queued.name(),
        Self::Delivering.name(),
        Self::Succeeded.name(),
        Self::PendingRetry.name(),
        Self::FailedPermanent.name(),
    ];

    /// The status as it stands in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivering => "delivering",
            Self::Succeeded => "succeeded",
            Self::PendingRetry => "pending_retry",
            Self::FailedPermanent => "failed_permanent",
        }
    }
}

/// The statuses from which many messages are replayed.
pub const REPLAYABLE: [&str; 2] = [MessageStatus::FailedPermanent.name(), MessageStatus::PendingRetry.name()];

/// A message, without its payload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// A UUIDv7.
    pub id: MessageId,
    /// Always `proj_default`.
    pub project_id: String,
    /// The endpoint it goes to.
    pub endpoint_id: EndpointId,
    /// The message's state.
    pub status: MessageStatus,
    /// Attempts that ended.
    pub attempt_count: u32,
    /// Replays by `messages.replay`, `messages.replay_all` and `messages.replay_batch`, at most 10.
    pub replay_count: u32,
    /// Always `application/json`.
    pub content_type: String,
    /// The size of the payload.
    pub size_bytes: u64,
    /// Hex SHA-256 of the payload.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::Sha256Hex"))]
    pub payload_sha256: String,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The producer's idempotency key; absent where it gave none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::IdempotencyKey>"))]
    pub idempotency_key: Option<String>,
    /// When the next attempt is due, while `pending_retry` or scheduled.
    pub next_attempt_at: Option<Timestamp>,
    /// What the last failed attempt said.
    pub last_error: Option<String>,
    /// The receiver's status in the last attempt; absent where that attempt got no answer.
    pub response_status: Option<u16>,
    /// How long the last attempt took, in milliseconds.
    pub response_latency_ms: Option<u32>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The API key of the caller that deleted it; absent where the door asks for none.
    pub deleted_by_api_key_id: Option<ApiKeyId>,
    /// When the first attempt began.
    pub first_attempt_at: Option<Timestamp>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// From acceptance to the first attempt, in milliseconds.
    pub queue_wait_ms: Option<u64>,
    /// From acceptance to success, in milliseconds.
    pub total_delivery_ms: Option<u64>,
    /// When the payload is dropped at the latest; absent once it is gone.
    pub payload_expires_at: Option<Timestamp>,
    /// The event that it belongs to; absent for a message that was sent to one endpoint.
    pub event_id: Option<EventId>,
    /// The type of that event.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::event_type::EventType>"))]
    pub event_type: Option<String>,
    /// Messages of the endpoint with this key are delivered one after another.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::model::ordering::ORDERING_KEY_CHARACTERS)))]
    pub ordering_key: Option<String>,
    /// Before when it is not delivered.
    pub deliver_at: Option<Timestamp>,
    /// After when it is not tried any more.
    pub expires_at: Option<Timestamp>,
}
