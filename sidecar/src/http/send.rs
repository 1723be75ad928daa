//! `messages.send`: the operation that is called most, so it has a path of its own.

use axum::http::Version;
use axum::http::request::Parts;
use axum::response::Response;
use hookbridge_core::ErrorCode;
use hookbridge_core::config::Durability;
use hookbridge_core::model::header_map::HeaderOwner;
use hookbridge_core::operations::definition::Route;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::trace::TRACEPARENT;

use super::app::App;
use super::envelope::{self, Refusal, RequestId};
use super::{repolling, request};
use crate::telemetry;

/// Sends without JSON between server and engine, and without a thread that waits for the commit.
pub async fn serve(
    app: &App,
    route: &Route,
    head: &Parts,
    body: &str,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let mut request: SendRequest = serde_json::from_str(request::object_text(body)?).map_err(|cause| {
        Refusal::new(ErrorCode::InvalidRequest, format!("the request is not valid: {cause}"))
    })?;
    if let Some(traceparent) = telemetry::traceparent(&tracing::Span::current(), &head.headers) {
        add_traceparent(&mut request, traceparent);
    }
    // Messages that arrive together are better committed in one group by the writer's thread.
    let receipt = if is_alone(app, head.version).await {
        app.engine.send_here(request).await?
    } else {
        app.engine.send_async(request).await?
    };
    app.metrics.message_accepted();
    let answer = serde_json::to_string(&receipt).map_err(|cause| {
        Refusal::new(ErrorCode::Internal, format!("the receipt cannot be written: {cause}"))
    })?;
    envelope::wrap(route.answer, &answer, id)
}

/// Whether no other request is under way, and none is about to begin.
pub(super) async fn is_alone(app: &App, version: Version) -> bool {
    // This connection holds one permit. The accept loop holds one for the next connection, while any is free.
    // Those of browsers have permits of their own: a console that is open makes no send slower.
    let connections = &app.connection_permits;
    if app.engine.config().durability == Durability::Full && connections.in_use() > 2 {
        // The commit waits for the disk meanwhile, and other connections may send.
        return false;
    }
    if connections.in_use() > 2 || connections.is_exhausted() || version == Version::HTTP_2 {
        // One thread serves many connections: each looks alone until the others that are ready have run.
        repolling::yield_to_ready_tasks().await;
    }
    app.request_permits.in_use() == 1
}

/// Adds a `traceparent` header to the message, unless it has one already or its headers are at their limit.
fn add_traceparent(request: &mut SendRequest, traceparent: String) {
    let mut headers = request.headers.clone().unwrap_or_default();
    if headers.get(TRACEPARENT).is_none() {
        headers.set(TRACEPARENT, traceparent);
        if headers.check(HeaderOwner::Message).is_ok() {
            request.headers = Some(headers);
        }
    }
}
