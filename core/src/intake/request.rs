//! A row of an application as a message to be written.

use crate::config::Config;
use crate::error::{Result, invalid_request};
use crate::model::header_map::HeaderMap;
use crate::model::ids::MessageId;
use crate::model::payload::Payload;
use crate::model::timestamp::Timestamp;
use crate::operations::messages::SendRequest;
use crate::outbox::NewMessage;
use crate::outbox::sqlite::application_file::SentRow;

/// Checks everything that the engine checks of a send: the trigger has not all of it, and may have been taken away.
pub(super) fn message(row: SentRow, config: &Config) -> Result<NewMessage> {
    let id = given_id(&row.id)?;
    let headers = row.headers.as_deref().map(serde_json::from_slice::<Option<HeaderMap>>).transpose();
    let retention_hours = row.retention_hours.map(u32::try_from).transpose();
    let request = SendRequest {
        endpoint_id: row.endpoint_id,
        payload: Payload::from_json(row.payload)?,
        headers: headers.map_err(|cause| invalid_request(format!("`headers`: {cause}")))?.flatten(),
        idempotency_key: row.idempotency_key,
        retention_hours: retention_hours
            .map_err(|_| invalid_request("`retention_hours` must be a whole number of hours"))?,
        ordering_key: row.ordering_key,
        deliver_at: moment("deliver_at", row.deliver_at.as_deref())?,
        expires_at: moment("expires_at", row.expires_at.as_deref())?,
    };
    request.accept_given(config, id)
}

/// An id in the form in which there is only one for each message, with the time in it by which an outbox may divide its tables.
fn given_id(text: &str) -> Result<MessageId> {
    let id = text.parse::<MessageId>().ok().filter(|id| id.to_string() == text);
    let is_seventh = |id: &MessageId| id.as_bytes()[6] >> 4 == 7;
    id.filter(is_seventh).ok_or_else(|| invalid_request("`id` must be a UUIDv7 in lower case with dashes"))
}

fn moment(name: &str, text: Option<&str>) -> Result<Option<Timestamp>> {
    let read = |text| {
        Timestamp::parse(text)
            .ok_or_else(|| invalid_request(format!("`{name}` must be a time as in RFC 3339")))
    };
    text.map(read).transpose()
}
