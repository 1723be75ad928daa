//! Gives every request an id, a span, a line in the log, and counts it.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use hookbridge_core::operations::definition;
use tracing::Instrument;

use super::app::App;
use super::envelope::{RefusalCode, RequestId};
use super::paths::BESIDE;
use super::{console, drain, head};
use crate::telemetry;

/// Requests to this route that succeed are logged at debug level: there may be thousands a second.
const SEND: &str = "/v1/webhooks/send";
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Logs the route's template and never the request's own path, query or headers: secrets may be in them.
pub async fn observe(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = RequestId::generate();
    let method = method_name(request.method());
    let route = route_name(request.extensions().get::<MatchedPath>());
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!(
        target: "hookbridge::http",
        "request",
        otel.kind = "server",
        request_id = id.as_str(),
        method,
        route,
        status = tracing::field::Empty,
    );
    telemetry::join_trace(&span, request.headers());
    let (head, body) = drain::drain_body(request, app.body_patience).into_parts();
    let mut response = match head::check(&head) {
        Ok(()) => next.run(Request::from_parts(head, body)).instrument(span.clone()).await,
        Err(refusal) => refusal.response(&id),
    };
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    span.record("status", status);
    let _entered = span.enter();
    app.metrics.request_answered(method, route, status, took);
    let code = response.extensions().get::<RefusalCode>().map(|code| code.0);
    // Nobody needs more than microseconds.
    let (id, milliseconds) = (id.as_str(), took.as_micros() as f64 / 1000.0);
    if code.is_none() && route == SEND {
        tracing::debug!(request_id = id, method, route, status, milliseconds, "answered");
    } else {
        tracing::info!(request_id = id, method, route, status, code, milliseconds, "answered");
    }
    response
}

/// The routes of operations below the console's API.
static CONSOLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    definition::served().iter().map(|route| format!("{}{}", console::API, route.path)).collect()
});

/// The route's template. As a metric's label it must be one of a few.
fn route_name(matched: Option<&MatchedPath>) -> &'static str {
    let Some(matched) = matched else { return "none" };
    let paths = definition::served().iter().map(|route| route.path);
    let own = paths.chain(BESIDE).chain(console::BESIDE).find(|path| *path == matched.as_str());
    own.or_else(|| CONSOLES.iter().find(|path| *path == matched.as_str()).map(String::as_str))
        .unwrap_or("none")
}

/// The method as a label: clients may invent methods, and labels must be few.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
