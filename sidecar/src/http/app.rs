//! The state that all requests share.

use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use hookbridge_core::engine::KeyHolder;
use hookbridge_core::{Engine, ErrorCode};
use tokio::sync::watch;

use super::connections::Connections;
use super::envelope::Refusal;
use super::head;
use super::permits::Permits;
use super::probe_cache::ProbeCache;
use super::prometheus::Metrics;
use super::streams::Streams;
use crate::serve_flags::ServerFlags;

/// The `Retry-After` of a 429.
pub(super) const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// How many downloads of exports are opened at once.
const DOWNLOADS_AT_ONCE: usize = 8;
/// How many streams of events there are at once.
const STREAMS_AT_ONCE: usize = 32;

pub struct App {
    pub(super) engine: Engine,
    pub(super) metrics: Arc<Metrics>,
    pub(super) probes: ProbeCache,
    pub(super) request_permits: Permits,
    /// Apart from `request_permits`: whoever has a link to a file must not hold up clients with an API key.
    pub(super) download_permits: Permits,
    pub(super) connection_permits: Permits,
    /// Of streams of events, which last.
    pub(super) stream_permits: Permits,
    pub(super) streams: Streams,
    pub(super) connections: Arc<Connections>,
    pub(super) body_patience: Duration,
    /// The URL at which clients reach this server, if it is configured.
    public_url: Option<String>,
    /// Whether this server itself speaks TLS.
    secure: bool,
    /// Set when the server begins to stop.
    pub(super) stopping: watch::Sender<bool>,
}

impl App {
    pub fn new(engine: Engine, settings: &ServerFlags, has_collector: bool) -> Self {
        Self {
            engine,
            metrics: Arc::new(Metrics::new(has_collector)),
            probes: ProbeCache::default(),
            request_permits: Permits::new(settings.max_requests as usize),
            download_permits: Permits::new(DOWNLOADS_AT_ONCE),
            connection_permits: Permits::new(settings.max_connections as usize),
            stream_permits: Permits::new(STREAMS_AT_ONCE),
            streams: Streams::default(),
            connections: Arc::default(),
            body_patience: Duration::from_secs(u64::from(settings.body_timeout)),
            public_url: settings.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned()),
            secure: settings.tls_cert.is_some(),
            stopping: watch::Sender::new(false),
        }
    }

    /// Scheme and host for links to this server: `public_url`, or the host that the client named. `head::check` has checked
    /// that host.
    pub(super) fn origin(&self, request: &Parts) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let scheme = if self.secure { "https" } else { "http" };
        head::authority(request).map(|host| format!("{scheme}://{host}")).unwrap_or_default()
    }

    /// Starts a thread that counts this process's attempts until the engine is closed.
    ///
    /// # Errors
    /// If the engine has no events, or no thread can be started.
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

/// Runs an operation of the engine.
pub(super) async fn call(
    app: &Arc<App>,
    holder: KeyHolder,
    operation: &'static str,
    request: String,
) -> Result<String, Refusal> {
    blocking(app, move |app| app.engine.call_for(&holder, operation, &request)).await
}

/// Runs `work` on a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> hookbridge_core::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let app = app.clone();
    // Log lines of `work` carry the request's id.
    let span = tracing::Span::current();
    let ended = tokio::task::spawn_blocking(move || span.in_scope(|| work(&app))).await;
    Ok(ended.map_err(|_| Refusal::new(ErrorCode::Internal, "the operation broke off"))??)
}
