//! What every request works with.

use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use hookbridge_core::{Engine, ErrorCode};
use tokio::sync::watch;

use super::envelope::Refusal;
use super::head;
use super::places::Places;
use super::prometheus::Metrics;
use super::standing::Standing;
use super::tenants::Tenants;
use crate::serve_flags::ServerFlags;

/// How long a client that finds every place taken is told to wait.
pub(super) const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// How many links to files are looked at at once.
const OPENED_AT_ONCE: usize = 8;

/// What every request is answered with.
pub struct App {
    pub(super) engine: Engine,
    pub(super) metrics: Arc<Metrics>,
    pub(super) standing: Standing,
    pub(super) requests: Places,
    /// Files that are being opened for those who have a link: they take no place from those who have a key.
    pub(super) opened: Places,
    pub(super) connections: Places,
    pub(super) tenants: Arc<Tenants>,
    pub(super) body_patience: Duration,
    /// Where clients reach this server; without it they are told what they said themselves.
    public_url: Option<String>,
    /// Whether it speaks TLS itself.
    secure: bool,
    /// Set when the server begins to stop.
    pub(super) stopping: watch::Sender<bool>,
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
    pub(super) fn origin(&self, asked: &Parts) -> String {
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

/// Runs an operation.
pub(super) async fn call(
    app: &Arc<App>,
    operation: &'static str,
    request: String,
) -> Result<String, Refusal> {
    blocking(app, move |app| app.engine.call(operation, &request)).await
}

/// Runs `work` on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> hookbridge_core::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let app = app.clone();
    // What is logged there belongs to the request.
    let span = tracing::Span::current();
    let ended = tokio::task::spawn_blocking(move || span.in_scope(|| work(&app))).await;
    Ok(ended.map_err(|_| Refusal::new(ErrorCode::Internal, "the operation broke off"))??)
}
