//! The receipt of a send.

use serde::{Deserialize, Serialize};

use crate::model::ids::MessageId;
use crate::model::message::MessageStatus;

/// A message that was accepted: it is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SendWebhookResponse"))]
pub struct SendReceipt {
    /// The id under which the message is delivered.
    pub message_id: MessageId,
    /// Always `queued`.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::QueuedStatus"))]
    pub status: MessageStatus,
}
