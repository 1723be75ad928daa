//! What a caller with an API key changed, and when.

use serde::{Deserialize, Serialize};

use crate::model::ids::{ApiKeyId, EndpointId, MessageId};
use crate::model::timestamp::Timestamp;

/// A change that a caller with an API key asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Activity {
    /// Its number. A later one is higher.
    pub activity_id: u64,
    /// When it was done.
    pub occurred_at: Timestamp,
    /// The operation, such as `endpoints.pause`.
    pub operation: String,
    /// The key that the caller showed.
    pub api_key_id: ApiKeyId,
    /// The label of that key at the time; empty where it had none.
    pub api_key_label: String,
    /// The first characters of that key.
    pub api_key_prefix: String,
    /// The endpoint that it was about; absent where it was about none, or several.
    pub endpoint_id: Option<EndpointId>,
    /// The message that it was about; absent where it was about none, or several.
    pub message_id: Option<MessageId>,
    /// How many messages, endpoints or keys it changed.
    pub affected: u64,
    /// What else was asked for, as a JSON object: a filter, a label, the fields that were changed. No secret and no payload.
    pub detail: Option<String>,
}
