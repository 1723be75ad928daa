//! Running an operation on a server. A batch becomes one request for each message.

use super::Remote;
use serde_json::value::to_raw_value;

use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::{Reply, Slot, Tell};
use crate::model::ids::MessageId;
use crate::model::json_fields::Fields;
use crate::operations::events::{SendEvents, send_batch_with as send_batch_of_events};
use crate::operations::messages::{SendReceipt, SendRequest, check_batch_size, send_batch_with};
use crate::operations::{read, write};

/// Runs the operation called `name`.
pub(crate) fn call(remote: &Remote, name: &str, request: &str) -> Result<String> {
    match name {
        "messages.send" => {
            let slot = Slot::new();
            remote.send(&read(request)?, Reply::Thread(slot.clone()))?;
            write(&slot.wait()?)
        }
        "messages.send_batch" => {
            write(&send_batch_with(read(request)?, |requests| send_batch(remote, requests))?)
        }
        "events.send" => remote.call(name, &with_key(request)?),
        "events.send_batch" => {
            let batch: SendEvents = read(request)?;
            let texts: Vec<String> = batch.events.iter().map(|event| event.get().to_owned()).collect();
            let mut texts = texts.into_iter();
            write(&send_batch_of_events(batch, |requests| {
                let send = |request: Result<_>| {
                    let text = texts.next().unwrap_or_default();
                    request?;
                    read(&remote.call("events.send", &with_key(&text)?)?)
                };
                Ok(requests.into_iter().map(send).collect())
            })?)
        }
        _ => remote.call(name, request),
    }
}

/// Begins `events.send`.
pub(crate) fn begin_send_event(remote: &Remote, request: &str, tell: Tell) -> Result<()> {
    remote.begin_call("events.send", &with_key(request)?, tell)
}

/// An event's request with an idempotency key, so that it may be repeated where the answer was lost.
fn with_key(request: &str) -> Result<String> {
    let mut fields: Fields = read(request)?;
    let given = fields.0.iter().any(|(name, value)| name == "idempotency_key" && value.get() != "null");
    if given {
        return Ok(request.to_owned());
    }
    fields.0.retain(|(name, _)| name != "idempotency_key");
    let made = to_raw_value(&MessageId::generate()?.to_string())
        .map_err(|cause| Error::new(ErrorCode::Internal, format!("a request cannot be written: {cause}")))?;
    fields.0.push(("idempotency_key".to_owned(), made));
    write(&fields)
}

/// Sends each message of a batch with a request of its own.
pub(crate) fn send_batch(
    remote: &Remote,
    requests: Vec<Result<SendRequest>>,
) -> Result<Vec<Result<SendReceipt>>> {
    check_batch_size(requests.len())?;
    Ok(remote.send_batch(requests))
}
