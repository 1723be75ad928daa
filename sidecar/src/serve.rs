//! `hookbridge serve`: starts the server, and stops it at a signal.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookbridge_core::Engine;
use hookbridge_core::model::api_key::NewApiKey;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use crate::http::app::App;
use crate::http::console::Console;
use crate::http::router::Doors;
use crate::http::{server, tls};
use crate::logs;
use crate::settings::Settings;
use crate::{telemetry, terminal};

/// The engine gets at least this long to write its last outcomes, however short `shutdown_timeout` is.
const LEAST_CLOSE_PATIENCE: Duration = Duration::from_millis(500);
/// The longest that sending the last spans and metrics may take.
const TELEMETRY_PATIENCE: Duration = Duration::from_secs(5);
/// The exit code after a second signal: 128 + SIGINT, as shells have it.
const EXIT_INTERRUPTED: i32 = 130;

/// Serves until a signal.
pub fn run(settings: Settings) -> ExitCode {
    let telemetry = telemetry::begin();
    let sent = telemetry.as_ref().ok().and_then(Option::as_ref);
    logs::start(settings.server.log_format, settings.server.log_level, sent);
    if telemetry.is_err() {
        // The error itself is not logged: it shows the variable, in which there may be a password.
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
    // Threads that still block are not waited for.
    runtime.shutdown_background();
    if let Some(telemetry) = sent {
        telemetry.shutdown(patience);
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

/// Installs the given API key. If none is given and the file has none, creates one and prints it once on stderr, never in the
/// log.
fn ensure_api_key(engine: &Engine, given: Option<&str>) -> Result<(), Box<dyn Error>> {
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
    let listener = TcpListener::bind(settings.server.listen).await?;
    with(listener, settings, has_collector, |_, _| async { Ok(()) }).await
}

/// Serves at a listener until a signal. `started` is run when everything is ready and the first request can be answered.
///
/// # Errors
/// Where something cannot be opened, or `started` fails.
pub async fn with<S, F>(
    listener: TcpListener,
    settings: Settings,
    has_collector: bool,
    started: S,
) -> Result<bool, Box<dyn Error>>
where
    S: FnOnce(Engine, Option<&Console>) -> F,
    F: Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let limits = settings.limits();
    let certificate = match &settings.tls {
        Some(files) => Some(watch::channel(files.read()?)),
        None => None,
    };
    let (tls_sender, tls_receiver) = certificate.unzip();
    let address = listener.local_addr()?;
    let console_listener = match settings.server.console_listen.filter(|_| settings.server.console.is_on()) {
        Some(address) => Some(TcpListener::bind(address).await?),
        None => None,
    };
    let console_address = console_listener.as_ref().map_or(Ok(address), TcpListener::local_addr)?;
    let console = Console::new(&settings.server, console_address)?;
    let engine = {
        let config = settings.engine.clone();
        tokio::task::spawn_blocking(move || Engine::open(config)).await??
    };
    let (opened, given) = (engine.clone(), settings.server.api_key.clone());
    let first = move || ensure_api_key(&opened, given.as_deref()).map_err(|cause| cause.to_string());
    tokio::task::spawn_blocking(first).await??;
    let (opened, files) = (engine.clone(), settings.server.sqlite_outbox.clone());
    tokio::task::spawn_blocking(move || opened.take_from(&files)).await??;
    let app = Arc::new(App::new(engine, &settings.server, has_collector));
    app.count_attempts()?;
    if has_collector {
        let watched = app.engine().clone();
        telemetry::add_gauges(move || serde_json::from_str(&watched.call("stats", "{}").ok()?).ok());
    }
    let stop = watch_signals(settings.tls, tls_sender)?;
    tracing::info!(%address, tls = tls_receiver.is_some(), "listening");
    if let Some(console) = &console {
        let (url, engine) = (console.url().to_owned(), app.engine().clone());
        tracing::info!(
            url = format!("{url}/console"),
            "the console is served: `hookbridge console` opens it"
        );
        tokio::task::spawn_blocking(move || engine.note_console(&url)).await??;
    }
    let listeners = match console_listener {
        Some(own) => vec![
            (listener, Doors { api: true, console: None }),
            (own, Doors { api: false, console: console.clone() }),
        ],
        None => vec![(listener, Doors { api: true, console: console.clone() })],
    };
    let (mut begun, ready) = (stop.clone(), started(app.engine().clone(), console.as_deref()));
    let (failed, mut failure) = oneshot::channel();
    let ready = tokio::spawn(async move {
        if let Err(cause) = ready.await {
            let _ = failed.send(cause);
            return;
        }
        // As long as nothing has failed, whoever waits for a failure goes on waiting.
        std::future::pending::<()>().await;
    });
    let stopped = async {
        tokio::select! {
            // An error means that the task which watches signals has ended: stop as well.
            _ = begun.wait_for(Option::is_some) => None,
            failed = &mut failure => failed.ok(),
        }
    };
    let (drained, failed) = server::serve(listeners, tls_receiver, app.clone(), limits, stopped).await;
    ready.abort();
    let stopped_at = stop.borrow().unwrap_or_else(Instant::now);
    let left = limits.shutdown_patience.saturating_sub(stopped_at.elapsed()).max(LEAST_CLOSE_PATIENCE);
    let closed = tokio::task::spawn_blocking(move || app.engine().close(left)).await??;
    tracing::info!(drained, closed, "stopped");
    match failed {
        Some(cause) => Err(cause),
        None => Ok(drained && closed),
    }
}

/// Watches signals. The value becomes the moment of the first SIGTERM or SIGINT; the second ends the process at once; SIGHUP
/// reads the certificate again.
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
                std::process::exit(EXIT_INTERRUPTED);
            }
            tracing::info!("stopping: what is in flight ends first");
            stop.send_replace(Some(Instant::now()));
        }
    });
    Ok(stopped)
}
