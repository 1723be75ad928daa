//! `messages.send`, the one operation that is called a million times.

use axum::http::Version;
use axum::http::request::Parts;
use axum::response::Response;
use hookbridge_core::ErrorCode;
use hookbridge_core::config::Durability;
use hookbridge_core::model::header_map::HeaderOwner;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::operations::routes::Route;
use hookbridge_core::trace::TRACEPARENT;

use super::app::App;
use super::envelope::{self, Refusal, RequestId};
use super::{request, wakes};
use crate::telemetry;

/// The one operation that is called a million times: typed, and without a thread that waits for the commit.
pub async fn serve(
    app: &App,
    route: &Route,
    asked: &Parts,
    body: &str,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let mut request: SendRequest = serde_json::from_str(request::object_text(body)?).map_err(|cause| {
        Refusal::new(ErrorCode::InvalidRequest, format!("the request is not valid: {cause}"))
    })?;
    if let Some(traceparent) = telemetry::traceparent(&tracing::Span::current(), &asked.headers) {
        carry(&mut request, traceparent);
    }
    // Many are better committed together than one by one.
    let receipt = if is_alone(app, asked.version).await {
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

/// Whether no other request is under way or could be at once.
async fn is_alone(app: &App, version: Version) -> bool {
    // One place is the asking connection's, and one is kept for the next that comes, while there is one.
    let connections = &app.connections;
    if app.engine.config().durability == Durability::Full && connections.taken() > 2 {
        // A commit that waits for the disk is no time to look away from those that may come.
        return false;
    }
    if connections.taken() > 2 || connections.are_all_taken() || version == Version::HTTP_2 {
        // Where one thread serves many connections each looks alone until the others that are ready had their turn.
        wakes::others_first().await;
    }
    app.requests.taken() == 1
}

/// Has the delivery carry the trace, unless the message says otherwise or has no room for it.
fn carry(request: &mut SendRequest, traceparent: String) {
    let mut headers = request.headers.clone().unwrap_or_default();
    if headers.get(TRACEPARENT).is_none() {
        headers.set(TRACEPARENT, traceparent);
        if headers.check(HeaderOwner::Message).is_ok() {
            request.headers = Some(headers);
        }
    }
}
