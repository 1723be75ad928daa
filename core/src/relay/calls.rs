//! Who answers an operation: the file, for a message that has not been forwarded; the server, for everything else.

use serde::Deserialize;
use serde_json::value::to_raw_value;

use crate::error::Result;
use crate::model::ids::MessageId;
use crate::model::json_fields::Fields;
use crate::model::message::MessageStatus;
use crate::operations;
use crate::operations::context::Context;
use crate::relay::forward;
use crate::remote::Remote;

/// What is always about the file.
const LOCAL: &[&str] = &["messages.send", "messages.send_batch", "stats"];

/// Where a message is.
enum Whereabouts {
    /// Not of this file: the server may know it.
    Elsewhere,
    /// In the file, not forwarded yet, or refused.
    Here,
    /// With the server, under its id.
    Forwarded(MessageId),
}

/// Runs an operation where it belongs.
pub(crate) fn call(context: &Context, remote: &Remote, operation: &str, request: &str) -> Result<String> {
    if LOCAL.contains(&operation) {
        return operations::call(context, operation, request);
    }
    let Some(id) = named_message(request) else { return remote.call(operation, request) };
    match whereabouts(context, id)? {
        Whereabouts::Here => {
            let answer = operations::call(context, operation, request);
            // Handed over meanwhile: what the file says of it is about the forwarding, not about the delivery.
            match whereabouts(context, id)? {
                Whereabouts::Forwarded(there) => remote.call(operation, &renamed(request, &there)),
                _ => answer,
            }
        }
        Whereabouts::Elsewhere => remote.call(operation, request),
        Whereabouts::Forwarded(there) => remote.call(operation, &renamed(request, &there)),
    }
}

/// The message that a request is about.
fn named_message(request: &str) -> Option<MessageId> {
    #[derive(Deserialize)]
    struct Named {
        message_id: String,
    }
    serde_json::from_str::<Named>(request).ok()?.message_id.parse().ok()
}

fn whereabouts(context: &Context, id: MessageId) -> Result<Whereabouts> {
    let Some(found) = context.reading().message(&id)? else { return Ok(Whereabouts::Elsewhere) };
    if found.message.status != MessageStatus::Succeeded {
        return Ok(Whereabouts::Here);
    }
    let (attempts, _) = context.reading().attempts(&id, operations::messages::ATTEMPTS_LIMIT)?;
    let there =
        attempts.iter().rev().find_map(|attempt| forward::forwarded_as(attempt.response_body.as_deref()?));
    Ok(there.map_or(Whereabouts::Here, Whereabouts::Forwarded))
}

/// The request with the server's id in place of the file's.
fn renamed(request: &str, there: &MessageId) -> String {
    let Ok(mut fields) = serde_json::from_str::<Fields>(request) else { return request.to_owned() };
    for (name, value) in &mut fields.0 {
        if name == "message_id"
            && let Ok(id) = to_raw_value(&there.to_string())
        {
            *value = id;
        }
    }
    serde_json::to_string(&fields).unwrap_or_else(|_| request.to_owned())
}
