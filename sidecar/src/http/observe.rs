//! What surrounds every request: its id, a line in the log, and the counters.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use hookbridge_core::operations::routes;
use tracing::Instrument;

use super::app::App;
use super::envelope::{RefusedWith, RequestId};
use super::paths::BESIDE;
use super::{head, leftover};
use crate::telemetry;

/// The one route that is called all the time.
const SEND: &str = "/v1/webhooks/send";
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Neither the address as it was asked for nor a header is logged: both may carry what is secret.
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
    telemetry::join(&span, request.headers());
    let (head, body) = leftover::look_after(request, app.body_patience).into_parts();
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
    let code = response.extensions().get::<RefusedWith>().map(|refused| refused.0);
    let (id, milliseconds) = (id.as_str(), took.as_secs_f64() * 1000.0);
    // What goes well a thousand times a second is not written down each time.
    if code.is_none() && route == SEND {
        tracing::debug!(request_id = id, method, route, status, milliseconds, "answered");
    } else {
        tracing::info!(request_id = id, method, route, status, code, milliseconds, "answered");
    }
    response
}

/// The route's template, which is one of few.
fn route_name(matched: Option<&MatchedPath>) -> &'static str {
    let Some(matched) = matched else { return "none" };
    let paths = routes::served().iter().map(|route| route.path);
    paths.chain(BESIDE).find(|path| *path == matched.as_str()).unwrap_or("none")
}

/// Methods are a client's to invent, and labels must be few.
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
