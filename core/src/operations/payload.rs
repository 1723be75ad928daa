//! The payload of a message, as it was accepted.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::messages::{MessageRef, parse_id};
use crate::error::{Error, ErrorCode, Result, message_not_found};
use crate::model::header_map::HeaderMap;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::command::check_payload;

/// A message's payload and what is sent beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessagePayload {
    /// The message's id.
    pub message_id: MessageId,
    /// The endpoint it goes to.
    pub endpoint_id: EndpointId,
    /// Always `application/json`.
    pub content_type: String,
    /// The JSON document as a text, byte for byte as it was accepted: what is read into numbers may lose digits.
    pub payload: String,
    /// The size of the payload.
    pub size_bytes: u64,
    /// Hex SHA-256 of the payload.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::Sha256Hex"))]
    pub payload_sha256: String,
    /// The message's own headers; absent where it has none.
    pub headers: Option<HeaderMap>,
    /// When the payload is dropped at the latest.
    pub payload_expires_at: Option<Timestamp>,
}

fn unreadable(what: &str, cause: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorCode::StorageUnavailable, format!("the stored {what} cannot be read: {cause}"))
}

pub(crate) fn get(context: &Context, request: MessageRef) -> Result<MessagePayload> {
    let id = parse_id(&request.message_id)?;
    let (found, stored) = context.reading().payload(&id)?.ok_or_else(message_not_found)?;
    let message = found.message;
    check_payload(&message, Timestamp::now())?;
    let gone = || Error::new(ErrorCode::PayloadUnavailable, "the payload is no longer kept");
    let stored = stored.ok_or_else(gone)?;
    let payload = String::from_utf8(stored.body.into()).map_err(|cause| unreadable("payload", &cause))?;
    let headers = stored
        .headers
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|cause| unreadable("headers", &cause))?;
    Ok(MessagePayload {
        message_id: message.id,
        endpoint_id: message.endpoint_id,
        content_type: message.content_type,
        payload,
        size_bytes: message.size_bytes,
        payload_sha256: message.payload_sha256,
        headers,
        payload_expires_at: message.payload_expires_at,
    })
}
