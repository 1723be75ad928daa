//! What an orchestrator and a scraper ask, without a key: alive, ready, metrics.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hookbridge_core::ErrorCode;
use hookbridge_core::operations::stats::Stats;

use super::envelope::{Refusal, RequestId, wrap};
use super::{App, call, prometheus, request_id};
use hookbridge_core::operations::routes::Answer;

fn status(text: &str, id: &RequestId) -> Response {
    wrap(Answer::Data(200), text, id).unwrap_or_else(|refusal| refusal.response(id))
}

/// The process answers.
pub async fn alive(request: Request) -> Response {
    status(r#"{"status":"alive"}"#, &request_id(&request))
}

async fn stats(app: &Arc<App>) -> Result<Stats, Refusal> {
    let text = call(app, "stats", String::new()).await?;
    serde_json::from_str(&text)
        .map_err(|cause| Refusal::new(ErrorCode::Internal, format!("the statistics cannot be read: {cause}")))
}

/// The outbox can be read, and the server is not stopping.
pub async fn ready(State(app): State<Arc<App>>, request: Request) -> Response {
    let id = request_id(&request);
    if *app.stopping.borrow() {
        return Refusal::new(ErrorCode::StorageUnavailable, "the server is stopping").response(&id);
    }
    match stats(&app).await {
        Ok(_) => status(r#"{"status":"ready"}"#, &id),
        Err(refusal) => refusal.response(&id),
    }
}

/// The text that Prometheus scrapes.
pub async fn metrics(State(app): State<Arc<App>>, request: Request) -> Response {
    match stats(&app).await {
        Ok(stats) => {
            let mut response = Response::new(app.metrics.text(&stats).into());
            let media_type = HeaderValue::from_static(prometheus::MEDIA_TYPE);
            response.headers_mut().insert(header::CONTENT_TYPE, media_type);
            response
        }
        Err(refusal) => refusal.response(&request_id(&request)),
    }
}
