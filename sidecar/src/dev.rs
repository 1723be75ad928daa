//! `hookbridge dev`: everything that it takes to see a delivery, in one process: an outbox in a file of its own, a server with its
//! console, a receiver, an endpoint and a first message.

mod samples;

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use clap::{Args, Parser};
use hookbridge_core::Engine;
use hookbridge_core::model::api_key::{ApiKeyMode, ApiKeySecret};
use hookbridge_core::operations::sessions::CreateLoginCodeResponse;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

use crate::commands::console;
use crate::http::console::Console;
use crate::serve_flags::ServeFlags;
use crate::settings::{self, Settings};
use crate::{listen, logs, serve, terminal};

/// Where the server and the receiver listen, if nobody else does.
const SERVER_PORT: u16 = 8080;
const RECEIVER_PORT: u16 = 9000;

/// Flags of `hookbridge dev`.
#[derive(Debug, Args)]
pub struct DevFlags {
    /// Where the server listens: by default 127.0.0.1:8080, or another port if that one is taken.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Open the console in a browser.
    #[arg(long)]
    open: bool,
}

/// The settings of `serve`, read as its own command line.
#[derive(Parser)]
struct Served {
    #[command(flatten)]
    flags: ServeFlags,
}

/// Runs until Ctrl-C. The file goes with the process.
pub fn run(flags: &DevFlags) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return failed(&cause),
    };
    let ended = runtime.block_on(everything(flags));
    runtime.shutdown_background();
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(cause) => failed(&*cause),
    }
}

fn failed(cause: &dyn Error) -> ExitCode {
    terminal::say(format_args!("hookbridge: {cause}"));
    ExitCode::FAILURE
}

/// A listener at the port that people expect, or at any other.
async fn listener(port: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(cause) if cause.kind() == std::io::ErrorKind::AddrInUse => {
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
        }
        bound => bound,
    }
}

async fn everything(flags: &DevFlags) -> Result<bool, Box<dyn Error>> {
    let folder = tempfile::Builder::new().prefix("hookbridge-dev-").tempdir()?;
    let listener = match flags.listen {
        Some(address) => TcpListener::bind(address).await?,
        None => listener(SERVER_PORT).await?,
    };
    let receiver = self::listener(RECEIVER_PORT).await?;
    let key = ApiKeySecret::generate(ApiKeyMode::Test)?;
    let address = listener.local_addr()?.to_string();
    let database = folder.path().join("outbox.db");
    let database = database.to_str().ok_or("the folder for temporary files has a name that is no text")?;
    #[rustfmt::skip]
    let arguments = [
        "serve", "--listen", &address, "--database", database, "--api-key", key.expose(),
        "--allow-local-endpoints", "--durability", "normal", "--log-level", "warn",
    ];
    let settings: Settings = settings::merge(Served::try_parse_from(arguments)?.flags, |_| true)?;
    logs::start(settings.server.log_format, settings.server.log_level, None);
    let open = flags.open;
    let started = move |engine: Engine, console: Option<&Console>| {
        let console = console.map(|console| console.url().to_owned());
        async move {
            begin(&engine, receiver, &address, console.as_deref(), key.expose(), open)
                .await
                .map_err(|cause| cause.to_string().into())
        }
    };
    let ended = serve::with(listener, settings, false, started).await;
    drop(folder);
    ended
}

/// Makes the endpoint, sends the first message and says what to do next.
async fn begin(
    engine: &Engine,
    receiver: TcpListener,
    server: &str,
    console: Option<&str>,
    key: &str,
    open: bool,
) -> Result<(), Box<dyn Error>> {
    #[derive(Deserialize)]
    struct Made {
        id: String,
        signing_secret: String,
    }
    let url = format!("http://{}/", receiver.local_addr()?);
    let request = json!({"url": url, "description": "hookbridge dev"}).to_string();
    let made: Made = serde_json::from_str(&call(engine, "endpoints.create", request).await?)?;
    let deliveries = listen::verifying(made.signing_secret);
    tokio::spawn(async move { axum::serve(receiver, deliveries).await });

    say("");
    samples::print(&made.id, key, &format!("http://{server}"));
    let first = json!({"endpoint_id": made.id, "payload": {"event": "order.created", "order_id": "ord_123"}});
    call(engine, "messages.send", first.to_string()).await?;
    say(format!("server    http://{server}, API key {key}"));
    say(format!("endpoint  {}, which delivers to {url}", made.id));
    if let Some(console) = console {
        let code: CreateLoginCodeResponse =
            serde_json::from_str(&call(engine, "login_codes.create", "{}".to_owned()).await?)?;
        let link = format!("{console}/console#login={}", code.code);
        say(format!("console   {link} (signs in once, within a minute; then with the API key)"));
        if open && let Err(error) = console::open(&link) {
            say(format!("hookbridge: {error}"));
        }
    }
    say("Ctrl-C ends all of it. Deliveries as the receiver gets them, the first one is on its way:");
    Ok(())
}

fn say(line: impl std::fmt::Display) {
    // A closed stdout is no reason to stop.
    let _ = terminal::print(line);
}

async fn call(engine: &Engine, operation: &'static str, request: String) -> Result<String, Box<dyn Error>> {
    let engine = engine.clone();
    Ok(tokio::task::spawn_blocking(move || engine.call(operation, &request)).await??)
}
