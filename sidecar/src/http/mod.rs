//! The HTTP API: one table of routes, each leading to an operation of the engine.

pub mod auth;
mod downloads;
mod envelope;
mod head;
mod leftover;
mod observe;
mod openapi;
mod places;
mod probes;
mod prometheus;
mod request;
mod schemas;
pub mod server;
mod shared;
mod tenants;
pub mod tls;
mod wakes;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Version};
use axum::response::Response;
use axum::routing::{MethodFilter, get, on};
use hookbridge_core::config::Durability;
use hookbridge_core::model::header_map::HeaderOwner;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::operations::routes::{self, Answer, Route, Verb};
use hookbridge_core::trace::TRACEPARENT;
use hookbridge_core::{Engine, ErrorCode};
use tokio::sync::watch;

use crate::cli::ServerFlags;
use crate::telemetry;
use envelope::{Refusal, RequestId};
use places::Places;
use probes::Standing;
use prometheus::Metrics;
use tenants::{Tenant, Tenants};

/// How long a client that finds every place taken is told to wait.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// How many links to files are looked at at once.
const OPENED_AT_ONCE: usize = 8;

const ALIVE: &str = "/healthz";
const READY: &str = "/readyz";
const METRICS: &str = "/metrics";
const DOCUMENT: &str = "/openapi.json";
/// The routes beside those of docs/contract.md#operations.
const BESIDE: [&str; 5] = [ALIVE, READY, METRICS, DOCUMENT, downloads::PATH];

/// What every request is answered with.
pub struct App {
    engine: Engine,
    metrics: Arc<Metrics>,
    standing: Standing,
    requests: Places,
    /// Files that are being opened for those who have a link: they take no place from those who have a key.
    opened: Places,
    connections: Places,
    tenants: Arc<Tenants>,
    body_patience: Duration,
    /// Where clients reach this server; without it they are told what they said themselves.
    public_url: Option<String>,
    /// Whether it speaks TLS itself.
    secure: bool,
    /// Set when the server begins to stop.
    stopping: watch::Sender<bool>,
}

impl App {
    pub fn new(engine: Engine, settings: &ServerFlags, has_collector: bool) -> Self {
        Self {
            engine,
            metrics: Arc::new(Metrics::new(has_collector)),
            standing: Standing::default(),
            requests: Places::new(settings.max_requests as usize),
            opened: Places::new(OPENED_AT_ONCE),
            connections: Places::new(settings.max_connections as usize),
            tenants: Arc::default(),
            body_patience: Duration::from_secs(u64::from(settings.body_timeout)),
            public_url: settings.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned()),
            secure: settings.tls_cert.is_some(),
            stopping: watch::Sender::new(false),
        }
    }

    /// The beginning of an address of this server: as it is configured, else with the host that the client named, which has
    /// been checked.
    fn origin(&self, asked: &Parts) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let scheme = if self.secure { "https" } else { "http" };
        head::authority(asked).map(|host| format!("{scheme}://{host}")).unwrap_or_default()
    }

    /// Counts the attempts of this process until the engine is closed, on a thread of its own.
    ///
    /// # Errors
    /// Where the engine has no events or the machine no thread.
    pub fn count_attempts(&self) -> Result<(), Box<dyn std::error::Error>> {
        let (events, metrics) = (self.engine.events()?, self.metrics.clone());
        std::thread::Builder::new().name("hookbridge-metrics".to_owned()).spawn(move || {
            if let Err(error) = metrics.count_attempts(&events) {
                tracing::error!(%error, "attempts are no longer counted");
            }
        })?;
        Ok(())
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// Every route, and an envelope for what is none.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for route in routes::served() {
        let handler = move |State(app): State<Arc<App>>, path: Result<RawPathParams, _>, request: Request| async move {
            let id = request_id(&request);
            let path = path.map_err(|_: axum::extract::rejection::RawPathParamsRejection| {
                Refusal::new(ErrorCode::InvalidRequest, "the path is not valid")
            });
            let answer = match path {
                Ok(path) => serve(&app, route, &path, request, &id).await,
                Err(refusal) => Err(refusal),
            };
            answer.unwrap_or_else(|refusal| refusal.response(&id))
        };
        router = router.route(route.path, on(method(route.verb), handler));
    }
    router
        .route(ALIVE, get(probes::alive))
        .route(READY, get(probes::ready))
        .route(METRICS, get(probes::metrics))
        .route(DOCUMENT, get(openapi::serve))
        .route(downloads::PATH, get(downloads::serve))
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::middleware::from_fn_with_state(app.clone(), observe::observe))
        .with_state(app)
}

fn method(verb: Verb) -> MethodFilter {
    match verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
        Verb::Patch => MethodFilter::PATCH,
        Verb::Delete => MethodFilter::DELETE,
    }
}

/// The id that the request was given when it came.
fn request_id(request: &Request) -> RequestId {
    request.extensions().get::<RequestId>().cloned().unwrap_or_else(RequestId::generate)
}

async fn no_route(request: Request) -> Response {
    Refusal::new(ErrorCode::NotFound, "there is no such route").response(&request_id(&request))
}

async fn wrong_method(request: Request) -> Response {
    Refusal::invalid(StatusCode::METHOD_NOT_ALLOWED, "the route has other methods: see `Allow`")
        .response(&request_id(&request))
}

async fn serve(
    app: &Arc<App>,
    route: &'static Route,
    path: &RawPathParams,
    request: Request<Body>,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let _place = app.requests.take().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    // Reads a number that another process may have changed, and waits for nobody: cheaper here than on another thread.
    let key = app.engine.authenticate(auth::bearer(request.headers())?)?;
    if let Some(tenant) = request.extensions().get::<Arc<Tenant>>() {
        tenant.is_known();
    }
    let (head, body) = request.into_parts();
    let body = request::read_body(&head.headers, body, app.body_patience).await?;
    if route.operation == "messages.send" {
        return send(app, route, &head, &body, id).await;
    }
    let text = request::compose(route, path.iter(), head.uri.query(), &body, &key)?;
    if route.operation == "stats" {
        return envelope::wrap(route.answer, &probes::stats(app).await?, id);
    }
    let answer = call(app, route.operation, text).await?;
    if route.answer == Answer::Redirect {
        return envelope::redirect(&app.origin(&head), &answer);
    }
    envelope::wrap(route.answer, &answer, id)
}

/// The one operation that is called a million times: typed, and without a thread that waits for the commit.
async fn send(
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

/// Runs an operation.
async fn call(app: &Arc<App>, operation: &'static str, request: String) -> Result<String, Refusal> {
    blocking(app, move |app| app.engine.call(operation, &request)).await
}

/// Runs `work` on a thread that may wait.
async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> hookbridge_core::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let app = app.clone();
    // What is logged there belongs to the request.
    let span = tracing::Span::current();
    let ended = tokio::task::spawn_blocking(move || span.in_scope(|| work(&app))).await;
    Ok(ended.map_err(|_| Refusal::new(ErrorCode::Internal, "the operation broke off"))??)
}
