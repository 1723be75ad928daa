//! The routes of orchestrators and scrapers, without an API key: alive, ready, metrics. Their work is done at most once a
//! second, however many clients ask.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hookbridge_core::ErrorCode;
use hookbridge_core::config::Delivery;
use hookbridge_core::operations::definition::{Answer, served};
use hookbridge_core::operations::stats::Stats;
use tokio::time::timeout;

use super::app::{App, RETRY_PAUSE};
use super::auth;
use super::envelope::{Refusal, RequestId, wrap};
use super::probe_cache::Cached;
use super::prometheus;

/// After this long without an answer of the outbox, a probe says that it is unavailable.
const PATIENCE: Duration = Duration::from_secs(5);

fn status(text: &str, id: &RequestId) -> Response {
    wrap(Answer::Data(200), text, id).unwrap_or_else(|refusal| refusal.response(id))
}

/// `GET /healthz`: the process answers.
pub async fn alive(request: Request) -> Response {
    status(r#"{"status":"alive"}"#, &RequestId::of(&request))
}

/// Does `work` on a thread that may block, once for all requests that need it.
async fn cached<T: Clone + Send + Sync + 'static>(
    app: &Arc<App>,
    cache: &Cached<T>,
    work: impl FnOnce(&App) -> hookbridge_core::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let answer = cache.get(|| {
        let app = app.clone();
        async move {
            let done = tokio::task::spawn_blocking(move || work(&app)).await;
            done.unwrap_or_else(|_| {
                Err(hookbridge_core::Error::new(ErrorCode::Internal, "the operation broke off"))
            })
        }
    });
    match timeout(PATIENCE, answer).await {
        Ok(Some(answer)) => Ok(answer?),
        Ok(None) => Err(Refusal::new(ErrorCode::Internal, "the operation broke off")),
        Err(_) => Err(Refusal::new(
            ErrorCode::StorageUnavailable,
            format!("the outbox has not answered within {} s", PATIENCE.as_secs()),
        )),
    }
}

/// The answer of the operation `stats`, at most a second old.
pub async fn stats(app: &Arc<App>) -> Result<Arc<str>, Refusal> {
    cached(app, &app.probes.stats, |app| app.engine.call("stats", "{}").map(Arc::from)).await
}

async fn parsed_stats(app: &Arc<App>) -> Result<Stats, Refusal> {
    serde_json::from_str(&stats(app).await?)
        .map_err(|cause| Refusal::new(ErrorCode::Internal, format!("the statistics cannot be read: {cause}")))
}

/// `GET /readyz`: a message that is sent now can be committed and will be delivered, and the server is not stopping.
pub async fn ready(State(app): State<Arc<App>>, request: Request) -> Response {
    let id = RequestId::of(&request);
    match is_ready(&app).await {
        Ok(()) => status(r#"{"status":"ready"}"#, &id),
        Err(refusal) => refusal.response(&id),
    }
}

async fn is_ready(app: &Arc<App>) -> Result<(), Refusal> {
    let unready = |why: &str| Err(Refusal::new(ErrorCode::StorageUnavailable, why));
    if *app.stopping.borrow() {
        return unready("the server is stopping");
    }
    let ready = cached(app, &app.probes.ready, |app| app.engine.readiness()).await?;
    if app.engine.config().delivery != Delivery::Auto {
        return Ok(());
    }
    match ready.deliverer {
        Some(deliverer) if deliverer.stopped => {
            unready(&format!("process {} should deliver, and is stopped", deliverer.pid))
        }
        Some(_) => Ok(()),
        None => {
            let why = ready.not_delivering.map(|why| format!(": {why}")).unwrap_or_default();
            unready(&format!("messages are accepted, but no process delivers them{why}"))
        }
    }
}

/// `GET /metrics`: the text that Prometheus scrapes; with the names of event types for whoever has an API key that may read
/// metrics.
pub async fn metrics(State(app): State<Arc<App>>, request: Request) -> Response {
    let answered = match auth::bearer(request.headers()) {
        Ok(key) => text_by_type(&app, key).await,
        Err(_) => text(&app).await,
    };
    match answered {
        Ok(text) => {
            let mut response = Response::new(text.into());
            let media_type = HeaderValue::from_static(prometheus::MEDIA_TYPE);
            response.headers_mut().insert(header::CONTENT_TYPE, media_type);
            response
        }
        Err(refusal) => refusal.response(&RequestId::of(&request)),
    }
}

async fn text(app: &Arc<App>) -> Result<Bytes, Refusal> {
    let stats = parsed_stats(app).await?;
    app.metrics.set_intakes(&app.engine.intakes());
    cached(app, &app.probes.metrics, move |app| Ok(app.metrics.text(&stats, false).into())).await
}

async fn text_by_type(app: &Arc<App>, key: &str) -> Result<Bytes, Refusal> {
    let _permit = app.request_permits.try_acquire().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    let holder = app.engine.authenticate(key)?;
    let reads = served().iter().find(|route| route.operation.name == "metrics.get");
    let by_type = reads.is_some_and(|route| holder.may(route.operation).is_ok());
    let stats = parsed_stats(app).await?;
    app.metrics.set_intakes(&app.engine.intakes());
    Ok(app.metrics.text(&stats, by_type).into())
}
