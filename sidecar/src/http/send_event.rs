//! `events.send`: the caller's trace goes along with each delivery, and what is accepted is counted by its type.

use axum::http::request::Parts;
use axum::response::Response;
use hookbridge_core::model::header_map::{HeaderMap, HeaderOwner};
use hookbridge_core::model::json_fields::Fields;
use hookbridge_core::model::receipt::EventReceipt;
use hookbridge_core::operations::definition::Route;
use hookbridge_core::trace::TRACEPARENT;
use serde_json::value::{RawValue, to_raw_value};

use super::app::App;
use super::envelope::{self, Refusal, RequestId};
use super::send::is_alone;
use crate::telemetry;

/// Accepts the event of `request`, which the body made.
pub async fn serve(
    app: &App,
    route: &Route,
    head: &Parts,
    request: String,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let traceparent = telemetry::traceparent(&tracing::Span::current(), &head.headers);
    let (event_type, traced) = read(&request, traceparent).unwrap_or_default();
    let request = traced.unwrap_or(request);
    let answer = app.engine.send_event_async(&request, is_alone(app, head.version).await).await?;
    if let (Some(event_type), Ok(receipt)) = (event_type, serde_json::from_str::<EventReceipt>(&answer)) {
        app.metrics.event_accepted(&event_type, receipt.messages.len() as u64);
    }
    envelope::wrap(route.answer, &answer, id)
}

/// The event's type, and the request with the `traceparent` among its headers. What cannot be read the operation refuses.
fn read(request: &str, traceparent: Option<String>) -> Option<(Option<String>, Option<String>)> {
    let Fields(fields) = serde_json::from_str(request).ok()?;
    let named = fields.iter().find(|(name, _)| name == "type");
    let event_type = named.and_then(|(_, value)| serde_json::from_str(value.get()).ok());
    Some((event_type, traceparent.and_then(|traceparent| with_header(fields, traceparent))))
}

/// The request with a `traceparent`. None where the event has one already, and where its headers are at their limit.
fn with_header(mut fields: Vec<(String, Box<RawValue>)>, traceparent: String) -> Option<String> {
    let place = fields.iter().position(|(name, _)| name == "headers");
    let given: Option<HeaderMap> = match place {
        Some(place) => serde_json::from_str(fields.get(place)?.1.get()).ok()?,
        None => None,
    };
    let mut headers = given.unwrap_or_default();
    if headers.get(TRACEPARENT).is_some() {
        return None;
    }
    headers.set(TRACEPARENT, traceparent);
    headers.check(HeaderOwner::Message).ok()?;
    let value = to_raw_value(&headers).ok()?;
    match place {
        Some(place) => fields.get_mut(place)?.1 = value,
        None => fields.push(("headers".to_owned(), value)),
    }
    serde_json::to_string(&Fields(fields)).ok()
}
