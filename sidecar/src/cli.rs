//! The command line. `--help` is the reference of every setting; each is also an environment variable and a key
//! of the TOML file.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::BoolishValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use serde::{Deserialize, Serialize};

use crate::commands::{
    self, ApiKeys, Call, DeadLetters, Endpoints, Keys, Messages, MetricsFlags, OutboxFlags, doctor, export,
    health, send,
};
use crate::listen::{self, ListenFlags};
use crate::{serve, settings, terminal};

/// Webhook delivery over an outbox file.
///
/// Ends with 0 where all went well, 1 where something was refused or failed, 2 where the command line or a setting is wrong.
#[derive(Parser)]
#[command(name = "hookbridge", version, about, long_about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the HTTP API and deliver.
    ///
    /// A flag wins over its environment variable, which wins over the file's key of the same name (with `_` for `-`).
    Serve(Box<ServeFlags>),
    /// Send a message, or many from lines of JSON.
    Send {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        message: send::SendFlags,
    },
    /// Look after endpoints.
    Endpoints {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: Endpoints,
    },
    /// Look after messages.
    Messages {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: Messages,
    },
    /// Look after messages that were given up.
    Dlq {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: DeadLetters,
    },
    /// Look after an endpoint's signing keys.
    Keys {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: Keys,
    },
    /// Look after the API keys that a sidecar on the outbox lets in.
    ApiKeys {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(subcommand)]
        action: ApiKeys,
    },
    /// How the outbox stands.
    Stats {
        #[command(flatten)]
        outbox: OutboxFlags,
    },
    /// What happened lately.
    Metrics {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        which: MetricsFlags,
    },
    /// Write messages to a CSV file.
    Export {
        #[command(flatten)]
        outbox: OutboxFlags,
        #[command(flatten)]
        which: export::ExportFlags,
    },
    /// Receive deliveries, verify them and print them: a receiver for development.
    Listen(ListenFlags),
    /// Look for what is wrong with an outbox and its surroundings, and say what to do.
    Doctor {
        #[command(flatten)]
        outbox: OutboxFlags,
        /// The file of authorities that those who deliver trust beside the system's.
        #[arg(long, env = "HOOKBRIDGE_CA_FILE", value_name = "FILE")]
        ca_file: Option<PathBuf>,
    },
    /// Ask a sidecar whether it is well, for containers without another client.
    Health(health::HealthFlags),
    /// Print a shell's completions.
    Completions { shell: Shell },
    /// Write the manual pages.
    Man {
        /// The folder to write them into, which must exist.
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        output: PathBuf,
    },
}

/// What `serve` is told.
#[derive(Debug, Args)]
pub struct ServeFlags {
    /// A TOML file of settings.
    #[arg(long, env = "HOOKBRIDGE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub server: ServerFlags,
    #[command(flatten, next_help_heading = "Engine")]
    pub engine: EngineFlags,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Json,
    Text,
}

/// The least that is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// The server's settings.
#[derive(Clone, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerFlags {
    /// The address to listen on.
    #[arg(long, env = "HOOKBRIDGE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The key that callers must show; without one, a key is made at the start and shown once on stderr. Everybody on the machine
    /// sees a command line (`ps`), and who runs as the same user sees the environment: `--api-key-file` is for secrets.
    #[arg(long, env = "HOOKBRIDGE_API_KEY", value_name = "KEY", hide_env_values = true)]
    pub api_key: Option<String>,
    /// A file that has the key instead, which only this user need be able to read.
    #[arg(long, env = "HOOKBRIDGE_API_KEY_FILE", value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    /// A PEM file with the certificate and its chain; read again on SIGHUP.
    #[arg(long, env = "HOOKBRIDGE_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// A PEM file with the certificate's private key; read again on SIGHUP.
    #[arg(long, env = "HOOKBRIDGE_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Where clients reach this server, as `https://hooks.example.com`; for links to files. Without it a link begins with
    /// the host that the client named.
    #[arg(long, env = "HOOKBRIDGE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Permits an address beyond this machine without TLS.
    #[arg(long, env = "HOOKBRIDGE_INSECURE_LISTEN", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub insecure_listen: bool,
    /// Seconds for what is in flight to end at a stop.
    #[arg(long, env = "HOOKBRIDGE_SHUTDOWN_TIMEOUT", value_name = "SECONDS", default_value = "30")]
    pub shutdown_timeout: u32,
    /// Seconds for a client to send a request's headers.
    #[arg(long, env = "HOOKBRIDGE_HEADER_TIMEOUT", value_name = "SECONDS", default_value = "10")]
    pub header_timeout: u32,
    /// Seconds for a client to send a request's body, and to take an answer.
    #[arg(long, env = "HOOKBRIDGE_BODY_TIMEOUT", value_name = "SECONDS", default_value = "30")]
    pub body_timeout: u32,
    /// Connections at once; more wait to be accepted.
    #[arg(long, env = "HOOKBRIDGE_MAX_CONNECTIONS", value_name = "NUMBER", default_value = "1024")]
    pub max_connections: u32,
    /// Requests at once; more are answered 429.
    #[arg(long, env = "HOOKBRIDGE_MAX_REQUESTS", value_name = "NUMBER", default_value = "256")]
    pub max_requests: u32,
    /// How log lines are written to stderr.
    #[arg(long, env = "HOOKBRIDGE_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// The least that is logged.
    #[arg(long, env = "HOOKBRIDGE_LOG_LEVEL", default_value = "info")]
    pub log_level: LogLevel,
}

/// The engine's settings, which the engine checks. What is absent has the engine's default.
#[derive(Debug, Args, Serialize)]
pub struct EngineFlags {
    /// The outbox file; its folder must exist.
    #[arg(long, env = "HOOKBRIDGE_DATABASE", value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<PathBuf>,
    /// `full`: what is accepted survives a power cut; `normal`: the process.
    #[arg(long, env = "HOOKBRIDGE_DURABILITY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    durability: Option<String>,
    /// `auto`: deliver unless another process on the file does; `off`: only accept.
    #[arg(long, env = "HOOKBRIDGE_DELIVERY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    /// Permits `http://`, loopback, private and link-local endpoints.
    #[arg(long, env = "HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = BoolishValueParser::new())]
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_local_endpoints: Option<bool>,
    /// Whether an endpoint's host must resolve when it is written.
    #[arg(long, env = "HOOKBRIDGE_VERIFY_DNS", value_parser = BoolishValueParser::new())]
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_dns: Option<bool>,
    /// Attempts under way at once.
    #[arg(long, env = "HOOKBRIDGE_MAX_IN_FLIGHT", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_in_flight: Option<u64>,
    /// Attempts under way at once to one endpoint.
    #[arg(long, env = "HOOKBRIDGE_MAX_IN_FLIGHT_PER_ENDPOINT", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_in_flight_per_endpoint: Option<u64>,
    /// Seconds for one attempt.
    #[arg(long, env = "HOOKBRIDGE_REQUEST_TIMEOUT", value_name = "SECONDS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    request_timeout: Option<f64>,
    /// Seconds for DNS, TCP and TLS together.
    #[arg(long, env = "HOOKBRIDGE_CONNECT_TIMEOUT", value_name = "SECONDS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    connect_timeout: Option<f64>,
    /// `hookbridge`, `standard-webhooks`, or JSON: gaps in seconds, or `{"slow": [...], "fast": [...]}`.
    #[arg(long, env = "HOOKBRIDGE_RETRY_SCHEDULE", value_name = "SCHEDULE", value_parser = json_or_text)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_schedule: Option<serde_json::Value>,
    /// Attempts in all before a message is dead.
    #[arg(long, env = "HOOKBRIDGE_MAX_ATTEMPTS", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_attempts: Option<u64>,
    /// Hours for which payloads are kept.
    #[arg(long, env = "HOOKBRIDGE_PAYLOAD_RETENTION_HOURS", value_name = "HOURS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_retention_hours: Option<u64>,
    /// Days for which a message's row and attempts are kept after it ended.
    #[arg(long, env = "HOOKBRIDGE_ROW_RETENTION_DAYS", value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    row_retention_days: Option<u64>,
    /// The largest payload taken.
    #[arg(long, env = "HOOKBRIDGE_MAX_PAYLOAD_BYTES", value_name = "BYTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_payload_bytes: Option<u64>,
    /// The memory for messages that wait to be written or sent.
    #[arg(long, env = "HOOKBRIDGE_MEMORY_BUDGET_BYTES", value_name = "BYTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_budget_bytes: Option<u64>,
    /// Exports kept at once; more are refused until some are deleted or expire.
    #[arg(long, env = "HOOKBRIDGE_MAX_EXPORTS", value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_exports: Option<u64>,
    /// The bytes of all files of exports together.
    #[arg(long, env = "HOOKBRIDGE_MAX_EXPORT_BYTES", value_name = "BYTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_export_bytes: Option<u64>,
    /// A PEM file of certificate authorities trusted beside the operating system's.
    #[arg(long, env = "HOOKBRIDGE_CA_FILE", value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_file: Option<PathBuf>,
}

fn json_or_text(text: &str) -> Result<serde_json::Value, std::convert::Infallible> {
    Ok(serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::from(text)))
}

impl std::fmt::Debug for ServerFlags {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerFlags").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// Runs what the command line says. Help, and errors of the command line itself, end the process here.
pub fn run() -> ExitCode {
    let matches = Cli::command().try_get_matches().unwrap_or_else(|error| without_values(error).exit());
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| without_values(error).exit());
    match cli.command {
        Command::Serve(flags) => {
            let given = |key: &str| {
                let source =
                    matches.subcommand_matches("serve").and_then(|matches| matches.value_source(key));
                source.is_some_and(|source| source != ValueSource::DefaultValue)
            };
            match settings::merge(*flags, given) {
                Ok(settings) => serve::run(settings),
                Err(wrong) => refuse(&wrong),
            }
        }
        Command::Send { outbox, message } => outbox.with(|engine| send::run(engine, outbox.json, message)),
        Command::Endpoints { outbox, action } => commands::run(&outbox, &action.into()),
        Command::Messages { outbox, action } => commands::messages(&outbox, action),
        Command::Dlq { outbox, action } => commands::run(&outbox, &action.into()),
        Command::Keys { outbox, action } => commands::run(&outbox, &action.into()),
        Command::ApiKeys { outbox, action } => commands::run(&outbox, &action.into()),
        Command::Stats { outbox } => commands::run(&outbox, &Call::stats()),
        Command::Metrics { outbox, which } => commands::run(&outbox, &Call::metrics(&which)),
        Command::Export { outbox, which } => outbox.with(|engine| export::run(engine, outbox.json, &which)),
        Command::Listen(flags) => listen::run(&flags),
        Command::Doctor { outbox, .. } if outbox.has_server() => {
            outbox.with(|engine| doctor::of_server(engine, outbox.json))
        }
        Command::Doctor { outbox, ca_file } => {
            doctor::of_file(&outbox.database, ca_file.as_deref(), outbox.json)
        }
        Command::Health(flags) => health::run(&flags),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hookbridge", &mut script);
            written(terminal::content().write_all(&script))
        }
        Command::Man { output } => written(clap_mangen::generate_to(Cli::command(), output)),
    }
}

/// What is wrong with a setting, without its value: a secret may have been put into the wrong variable.
fn without_values(mut error: clap::Error) -> clap::Error {
    if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation)
        && let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg).cloned()
        && is_setting(&built(), &argument)
    {
        error.insert(ContextKind::InvalidValue, ContextValue::String("...".to_owned()));
    }
    error
}

/// The command with its arguments as errors name them.
fn built() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// Whether an argument, as errors name it, can come from the environment.
fn is_setting(command: &clap::Command, argument: &str) -> bool {
    let mut named = command.get_arguments().filter(|known| known.get_env().is_some());
    named.any(|known| known.to_string() == argument)
        || command.get_subcommands().any(|command| is_setting(command, argument))
}

fn written(outcome: std::io::Result<()>) -> ExitCode {
    match outcome {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => {
            terminal::say(format_args!("hookbridge: {cause}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Says what is wrong with the settings, and ends as other commands do then.
fn refuse(message: &str) -> ExitCode {
    terminal::say(format_args!("hookbridge: {message}"));
    ExitCode::from(2)
}
