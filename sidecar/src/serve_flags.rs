//! The settings of `hookbridge serve`: each is a flag, an environment variable and a key of the TOML file.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

/// Flags of `hookbridge serve`.
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

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    On,
    Off,
}

impl Switch {
    pub fn is_on(self) -> bool {
        self == Self::On
    }
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
    /// The key that callers must show; without one, a key is made at the start and shown once on stderr. A command line is
    /// visible to every user of the machine (`ps`), and the environment to every process of the same user: prefer
    /// `--api-key-file`.
    #[arg(long, env = "HOOKBRIDGE_API_KEY", value_name = "KEY", hide_env_values = true)]
    pub api_key: Option<String>,
    /// A file that has the key instead, which only this user need be able to read.
    #[arg(long, env = "HOOKBRIDGE_API_KEY_FILE", value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    /// An application's SQLite file from which messages are taken over that it sends in its own transactions
    /// (`hookbridge sqlite-outbox`); may be given several times.
    #[arg(long, env = "HOOKBRIDGE_SQLITE_OUTBOX", value_name = "FILE", value_delimiter = ',')]
    pub sqlite_outbox: Vec<PathBuf>,
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
    /// Seconds that requests and attempts under way have to end at a stop.
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
    /// Whether the console is served, at `/console`.
    #[arg(long, env = "HOOKBRIDGE_CONSOLE", value_name = "SWITCH", default_value = "on")]
    pub console: Switch,
    /// Serves the console at this address instead, and the API without it.
    #[arg(long, env = "HOOKBRIDGE_CONSOLE_LISTEN", value_name = "ADDRESS")]
    pub console_listen: Option<SocketAddr>,
    /// Has the console change nothing, whoever signs in.
    #[arg(long, env = "HOOKBRIDGE_CONSOLE_READ_ONLY", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub console_read_only: bool,
    /// Whether the console shows payloads.
    #[arg(long, env = "HOOKBRIDGE_CONSOLE_PAYLOADS", value_name = "SWITCH", default_value = "on")]
    pub console_payloads: Switch,
    /// What the console does not send to a browser: names of headers, and places of payloads as JSON pointers, such as
    /// `x-token,/card/number`. `Authorization` is never sent.
    #[arg(long, env = "HOOKBRIDGE_CONSOLE_REDACT", value_name = "LIST", value_delimiter = ',')]
    pub console_redact: Vec<String>,
    /// A folder with the console's built files, for work on them.
    #[arg(long, env = "HOOKBRIDGE_CONSOLE_DIR", value_name = "FOLDER", hide = true)]
    pub console_dir: Option<PathBuf>,
    /// How log lines are written to stderr.
    #[arg(long, env = "HOOKBRIDGE_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// The least that is logged.
    #[arg(long, env = "HOOKBRIDGE_LOG_LEVEL", default_value = "info")]
    pub log_level: LogLevel,
}

/// The engine's settings. The engine checks them, and has a default for each that is absent.
#[derive(Debug, Args, Serialize)]
pub struct EngineFlags {
    /// The outbox file; its folder must exist.
    #[arg(long, env = "HOOKBRIDGE_DATABASE", hide_env_values = true, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<PathBuf>,
    /// `full`: an accepted message survives a power cut; `normal`: it survives a crash of the process.
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
    /// Whether events of types that are not in the catalogue are refused.
    #[arg(long, env = "HOOKBRIDGE_STRICT_EVENT_TYPES", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = BoolishValueParser::new())]
    #[serde(skip_serializing_if = "Option::is_none")]
    strict_event_types: Option<bool>,
    /// Whether events whose payload does not fit the schema of their type are refused.
    #[arg(long, env = "HOOKBRIDGE_VALIDATE_PAYLOADS", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = BoolishValueParser::new())]
    #[serde(skip_serializing_if = "Option::is_none")]
    validate_payloads: Option<bool>,
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
    /// Seconds that a normal exit waits for what was accepted to be delivered; `--shutdown-timeout` is what a stop waits.
    #[arg(long, env = "HOOKBRIDGE_EXIT_TIMEOUT", value_name = "SECONDS", hide = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_timeout: Option<f64>,
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

#[cfg(test)]
mod tests {
    use clap::{Args, Command};
    use hookbridge_core::config::settings::SETTINGS;

    use super::ServeFlags;

    /// What a client of a server is told, and a server is not.
    const OF_A_CLIENT: [&str; 5] = ["base_url", "send_url", "timeout", "retries", "insecure_base_url"];

    #[test]
    fn every_setting_of_the_engine_is_a_flag() {
        let command = ServeFlags::augment_args(Command::new("serve"));
        let flags: Vec<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
        for setting in SETTINGS {
            let flag = setting.name.replace('_', "-");
            assert_ne!(flags.contains(&flag.as_str()), OF_A_CLIENT.contains(&setting.name), "{flag}");
        }
    }
}
