//! Where a relay runs an operation: on the file for a message that was not forwarded yet, on the server for everything else.

use serde::Deserialize;
use serde_json::value::to_raw_value;

use crate::error::Result;
use crate::model::ids::{EventId, MessageId};
use crate::model::json_fields::Fields;
use crate::model::message::MessageStatus;
use crate::operations;
use crate::operations::context::Context;
use crate::relay::forward;
use crate::remote::Remote;

/// Operations that always run on the file.
const LOCAL: &[&str] = &["messages.send", "messages.send_batch", "events.send", "events.send_batch", "stats"];

/// Where a message is.
enum Location {
    /// The file does not have it; the server may.
    Elsewhere,
    /// In the file: not forwarded yet, or refused by the server.
    Here,
    /// On the server, under this id.
    Forwarded(MessageId),
}

/// Runs an operation where it belongs.
pub(crate) fn call(context: &Context, remote: &Remote, operation: &str, request: &str) -> Result<String> {
    if LOCAL.contains(&operation) {
        return operations::call(context, operation, request);
    }
    if let Some(id) = named_event(request) {
        return match located_event(context, id)? {
            Some(Located::Here) => operations::call(context, operation, request),
            Some(Located::Forwarded(there)) => {
                remote.call(operation, &renamed(request, "event_id", &there.to_string()))
            }
            None => remote.call(operation, request),
        };
    }
    let Some(id) = named_message(request) else { return remote.call(operation, request) };
    match locate(context, id)? {
        Location::Here => {
            let answer = operations::call(context, operation, request);
            // If the message was forwarded meanwhile, the file's answer is about the forwarding. Only the server knows of
            // the delivery.
            match locate(context, id)? {
                Location::Forwarded(there) => {
                    remote.call(operation, &renamed(request, "message_id", &there.to_string()))
                }
                _ => answer,
            }
        }
        Location::Elsewhere => remote.call(operation, request),
        Location::Forwarded(there) => {
            remote.call(operation, &renamed(request, "message_id", &there.to_string()))
        }
    }
}

/// Where an event of the file is.
enum Located {
    /// Not forwarded yet, or refused by the server.
    Here,
    Forwarded(EventId),
}

/// The event that a request names.
fn named_event(request: &str) -> Option<EventId> {
    #[derive(Deserialize)]
    struct Named {
        event_id: String,
    }
    serde_json::from_str::<Named>(request).ok()?.event_id.parse().ok()
}

/// Where an event is; none where the file does not have it.
fn located_event(context: &Context, id: EventId) -> Result<Option<Located>> {
    let (messages, _) = context.reading().event_messages(&id, None, 1)?;
    let Some(message) = messages.first() else { return Ok(None) };
    if message.status != MessageStatus::Succeeded {
        return Ok(Some(Located::Here));
    }
    let (attempts, _) =
        context.reading().attempts(&message.message_id, operations::messages::ATTEMPTS_LIMIT)?;
    let there = attempts
        .iter()
        .rev()
        .find_map(|attempt| forward::event_forwarded_as(attempt.response_body.as_deref()?));
    Ok(Some(there.map_or(Located::Here, Located::Forwarded)))
}

/// The message that a request names.
fn named_message(request: &str) -> Option<MessageId> {
    #[derive(Deserialize)]
    struct Named {
        message_id: String,
    }
    serde_json::from_str::<Named>(request).ok()?.message_id.parse().ok()
}

fn locate(context: &Context, id: MessageId) -> Result<Location> {
    let Some(found) = context.reading().message(&id)? else { return Ok(Location::Elsewhere) };
    if found.message.status != MessageStatus::Succeeded {
        return Ok(Location::Here);
    }
    let (attempts, _) = context.reading().attempts(&id, operations::messages::ATTEMPTS_LIMIT)?;
    let there =
        attempts.iter().rev().find_map(|attempt| forward::forwarded_as(attempt.response_body.as_deref()?));
    Ok(there.map_or(Location::Here, Location::Forwarded))
}

/// The request with the server's id in place of the file's.
fn renamed(request: &str, field: &str, there: &str) -> String {
    let Ok(mut fields) = serde_json::from_str::<Fields>(request) else { return request.to_owned() };
    for (name, value) in &mut fields.0 {
        if name == field
            && let Ok(id) = to_raw_value(there)
        {
            *value = id;
        }
    }
    serde_json::to_string(&fields).unwrap_or_else(|_| request.to_owned())
}
