//! `hookbridge serve`: from the settings to the last request.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookbridge_core::Engine;
use hookbridge_core::model::api_key::NewApiKey;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::http::app::App;
use crate::http::{server, tls};
use crate::logs;
use crate::settings::Settings;
use crate::{telemetry, terminal};

/// What an engine always gets to write its last outcomes, however short the patience.
const LEAST_CLOSE_PATIENCE: Duration = Duration::from_millis(500);
/// What the last spans and metrics get to be sent.
const TELEMETRY_PATIENCE: Duration = Duration::from_secs(5);
/// What a second signal ends with, as a shell would say of SIGINT.
const CUT_OFF: i32 = 130;

/// Serves until a signal.
pub fn run(settings: Settings) -> ExitCode {
    let telemetry = telemetry::begin();
    let sent = telemetry.as_ref().ok().and_then(Option::as_ref);
    logs::start(settings.server.log_format, settings.server.log_level, sent);
    if telemetry.is_err() {
        // Not the error: it shows the variable, which may have a password in it.
        tracing::error!("nothing is sent to a collector: an `OTEL_EXPORTER_OTLP_` variable is not valid");
    }
    let patience = settings.limits().shutdown_patience.clamp(LEAST_CLOSE_PATIENCE, TELEMETRY_PATIENCE);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no threads");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(serve(settings, sent.is_some()));
    // What still blocks after its time was cut off already.
    runtime.shutdown_background();
    if let Some(telemetry) = sent {
        telemetry.end(patience);
    }
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tracing::error!(error = %error, "cannot serve");
            ExitCode::FAILURE
        }
    }
}

/// Sees to it that somebody can be let in: a given key is installed, and a file without any gets one, which is shown once on
/// stderr and never in the log.
fn first_key(engine: &Engine, given: Option<&str>) -> Result<(), Box<dyn Error>> {
    if let Some(key) = given {
        engine.install_api_key(key)?;
    } else if !engine.has_api_keys()? {
        let created = engine.call("api_keys.create", r#"{"label": "first"}"#)?;
        let created: NewApiKey = serde_json::from_str(&created)?;
        terminal::say(format_args!("API key, shown only now: {}", created.key));
    }
    Ok(())
}

async fn serve(settings: Settings, has_collector: bool) -> Result<bool, Box<dyn Error>> {
    let limits = settings.limits();
    let certificate = match &settings.tls {
        Some(files) => Some(watch::channel(files.read()?)),
        None => None,
    };
    let (tls_sender, tls_receiver) = certificate.unzip();
    let listener = TcpListener::bind(settings.server.listen).await?;
    let address = listener.local_addr()?;
    let engine = {
        let config = settings.engine.clone();
        tokio::task::spawn_blocking(move || Engine::open(config)).await??
    };
    let (opened, given) = (engine.clone(), settings.server.api_key.clone());
    let first = move || first_key(&opened, given.as_deref()).map_err(|cause| cause.to_string());
    tokio::task::spawn_blocking(first).await??;
    let app = Arc::new(App::new(engine, &settings.server, has_collector));
    app.count_attempts()?;
    if has_collector {
        let watched = app.engine().clone();
        telemetry::watch(move || serde_json::from_str(&watched.call("stats", "{}").ok()?).ok());
    }
    let stop = watch_signals(settings.tls, tls_sender)?;
    tracing::info!(%address, tls = tls_receiver.is_some(), "listening");
    let mut begun = stop.clone();
    let stopped = async move {
        // An error means that nobody watches signals any more, which is as good as a signal.
        let _ = begun.wait_for(Option::is_some).await;
    };
    let drained = server::serve(listener, tls_receiver, app.clone(), limits, stopped).await;
    let stopped_at = stop.borrow().unwrap_or_else(Instant::now);
    let left = limits.shutdown_patience.saturating_sub(stopped_at.elapsed()).max(LEAST_CLOSE_PATIENCE);
    let closed = tokio::task::spawn_blocking(move || app.engine().close(left)).await??;
    tracing::info!(drained, closed, "stopped");
    Ok(drained && closed)
}

/// When the first SIGTERM or SIGINT came. The second ends the process at once; SIGHUP reads the certificate again.
fn watch_signals(
    files: Option<tls::Files>,
    current: Option<watch::Sender<Arc<rustls::ServerConfig>>>,
) -> Result<watch::Receiver<Option<Instant>>, Box<dyn Error>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut hang_up = signal(SignalKind::hangup())?;
    let (stop, stopped) = watch::channel(None);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hang_up.recv() => {
                    if let (Some(files), Some(current)) = (&files, &current) {
                        tls::reload(files, current);
                    }
                    continue;
                }
            }
            if stop.borrow().is_some() {
                tracing::warn!("cut off by a second signal");
                std::process::exit(CUT_OFF);
            }
            tracing::info!("stopping: what is in flight ends first");
            stop.send_replace(Some(Instant::now()));
        }
    });
    Ok(stopped)
}
