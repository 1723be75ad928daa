//! The settings: how they are read from JSON and from the environment, and checked.

pub mod database_url;
mod debug;
pub mod settings;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, ErrorCode, Result};
use crate::model::base_url::BaseUrl;
use crate::model::retry_schedule::RetrySchedule;
use database_url::DatabaseUrl;
pub use settings::TEN_YEARS_HOURS;
use settings::{SETTINGS, Takes};

/// The largest payload, in bytes (docs/contract.md#limits).
pub const PAYLOAD_BYTES_LIMIT: usize = 1_048_576;

/// How far a returned message id can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// An id is returned after the disk confirmed the write: it survives a power cut.
    Full,
    /// An id is returned after the operating system took the write: it survives the process, not the machine.
    Normal,
}

/// Whether this process delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Deliver whenever no other process on the same file does.
    Auto,
    /// Only enqueue; another process on the same file delivers.
    Off,
}

/// The settings of an engine. Start from [`Config::default`] and change fields, or read a JSON
/// document with [`Config::from_json`]; [`crate::Engine::open`] checks the whole.
#[derive(Clone, PartialEq)]
pub struct Config {
    /// The outbox: a file, not `:memory:` or a `file:` URI, whose folder must exist; or the address of a PostgreSQL database,
    /// `postgresql://user@host/name`. Default `hookbridge.db`.
    pub database: PathBuf,
    /// Default [`Durability::Full`].
    pub durability: Durability,
    /// Default [`Delivery::Auto`].
    pub delivery: Delivery,
    /// Permits `http://` and loopback, private and link-local targets. Default false.
    pub allow_local_endpoints: bool,
    /// Whether an endpoint's host must resolve when the endpoint is created or its URL changed. Default true.
    pub verify_dns: bool,
    /// Whether events of types that are not in the catalogue are refused. Default false.
    pub strict_event_types: bool,
    /// Whether events whose payload does not fit the schema of their type are refused. Default false.
    pub validate_payloads: bool,
    /// Attempts under way at once, 1 to 10,000. Default 256.
    pub max_in_flight: u32,
    /// Attempts under way at once to one endpoint, 1 to 10,000. Default 32.
    pub max_in_flight_per_endpoint: u32,
    /// The time for one attempt, from looking the name up to the answer's status and headers: 10 ms to 10 minutes. Default 30 s.
    /// The answer's body has a bound of its own (docs/contract.md#success-and-failure).
    pub request_timeout: Duration,
    /// The time for DNS, TCP and TLS together, 10 ms to 10 minutes. Default 10 s.
    pub connect_timeout: Duration,
    /// When a failed message is tried again. Default [`RetrySchedule::hookbridge`].
    pub retry_schedule: RetrySchedule,
    /// Attempts in all before a message is dead, 1 to 100. Default 8.
    pub max_attempts: u32,
    /// How long a payload is kept after the message was accepted, 1 minute to 10 years. Default 30 days.
    pub payload_retention: Duration,
    /// How long a message's row and attempts are kept after it ended, 1 minute to 10 years. Default 90 days.
    pub row_retention: Duration,
    /// The largest payload taken, 1 byte to 1 MiB. Default 1 MiB.
    pub max_payload_bytes: usize,
    /// The memory for messages that wait to be written or sent, 1 MiB to 16 GiB. Default 64 MiB.
    pub memory_budget_bytes: usize,
    /// The most exports kept at once. Further ones are refused until an export is deleted or expires. Default 100.
    pub max_exports: u32,
    /// The most bytes of all export files together. Default 10 GiB.
    pub max_export_bytes: u64,
    /// How long a normal exit of the program waits for what this process has accepted, 0 to 1 minute. Default 2 s.
    pub exit_timeout: Duration,
    /// A PEM file of certificate authorities trusted beside the operating system's. Default none.
    pub ca_file: Option<PathBuf>,
    /// A sidecar or the hosted service to work with instead of a file, or to forward to. Default none.
    pub server: Option<Server>,
}

/// Refuses the names that SQLite does not take for a path: `:memory:` is gone with the process, and a `file:` URI has options.
fn check_database(database: &Path) -> Result<()> {
    let name = database.as_os_str().as_encoded_bytes();
    let is_uri = name.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"file:"));
    if name.is_empty() || is_uri || name == b":memory:" {
        return Err(refused("database", "the path of a file, and neither `:memory:` nor `file:...`"));
    }
    if DatabaseUrl::is_torn(database) {
        return Err(refused(
            "database",
            "an address with two slashes, as a text: a path has lost one of them",
        ));
    }
    Ok(())
}

/// A server that speaks HookBridge's HTTP API.
#[derive(Clone, PartialEq)]
pub struct Server {
    /// Where the API is: `https://`, or `http://` to this machine; a path before `/v1` is kept.
    pub base_url: String,
    /// Where messages are sent to, where that is another address. Default `base_url`.
    pub send_url: Option<String>,
    /// The API key that every request shows.
    pub api_key: String,
    /// The time for one request, 10 ms to 10 minutes. Default 30 s.
    pub timeout: Duration,
    /// How often a request is made again after it failed, 0 to 100. Default 3.
    pub retries: u32,
    /// Permits `http://` to other machines, over which the key travels in the clear. Default false.
    pub insecure: bool,
    /// Whether messages go into the file first and are forwarded in the background (a relay). Without it every
    /// call is a request, and there is no file.
    pub relay: bool,
}

impl Server {
    /// A server with the default settings, and no file.
    pub fn new(base_url: impl Into<String>, api_key: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            send_url: None,
            api_key: api_key.into(),
            timeout: Duration::from_secs(30),
            retries: 3,
            insecure: false,
            relay: false,
        }
    }
}

impl std::fmt::Debug for Server {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("base_url", &self.base_url)
            .field("send_url", &self.send_url)
            .field("relay", &self.relay)
            .finish_non_exhaustive()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: PathBuf::from("hookbridge.db"),
            durability: Durability::Full,
            delivery: Delivery::Auto,
            allow_local_endpoints: false,
            verify_dns: true,
            strict_event_types: false,
            validate_payloads: false,
            max_in_flight: 256,
            max_in_flight_per_endpoint: 32,
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            retry_schedule: RetrySchedule::hookbridge(),
            max_attempts: 8,
            payload_retention: Duration::from_secs(30 * 24 * 3600),
            row_retention: Duration::from_secs(90 * 24 * 3600),
            max_payload_bytes: PAYLOAD_BYTES_LIMIT,
            memory_budget_bytes: 64 * 1024 * 1024,
            max_exports: 100,
            max_export_bytes: 10 << 30,
            exit_timeout: Duration::from_secs(2),
            ca_file: None,
            server: None,
        }
    }
}

/// The settings of a server while they are gathered. Without `base_url` there is no server.
#[derive(Default)]
struct ServerSettings {
    base_url: Option<String>,
    send_url: Option<String>,
    api_key: Option<String>,
    timeout: Option<Duration>,
    retries: Option<u32>,
    insecure: bool,
    /// Whether a file was named: then the engine is a relay.
    has_database: bool,
}

impl ServerSettings {
    fn finish(self) -> Result<Option<Server>> {
        let Some(base_url) = self.base_url else {
            return match self.send_url {
                Some(_) => Err(invalid("`send_url` needs `base_url` beside it".to_owned())),
                None => Ok(None),
            };
        };
        let Some(api_key) = self.api_key else {
            return Err(invalid("`base_url` needs `api_key` beside it".to_owned()));
        };
        let server = Server::new(base_url, api_key);
        Ok(Some(Server {
            send_url: self.send_url,
            timeout: self.timeout.unwrap_or(server.timeout),
            retries: self.retries.unwrap_or(server.retries),
            insecure: self.insecure,
            relay: self.has_database,
            ..server
        }))
    }
}

const LEAST_RETENTION: Duration = Duration::from_secs(60);
const LONGEST_RETENTION: Duration = Duration::from_secs(TEN_YEARS_HOURS * 3600);

/// The names of all settings.
pub fn keys() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.name)
}

impl Config {
    /// The defaults, overlaid with the environment, overlaid with a JSON object.
    ///
    /// Keys are the field names; timeouts are seconds (fractions allowed), retention is
    /// `payload_retention_hours` and `row_retention_days`. With `base_url` (and `api_key`) every call goes
    /// to that server; where a `database` is named too, messages go there first and are forwarded. An embedded
    /// engine takes `api_key` and does not use it. The environment has each key in capitals behind `HOOKBRIDGE_`.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION` for a key that does not exist or a value outside its range; the
    /// message names the key and what is allowed.
    pub fn from_json(document: &str) -> Result<Self> {
        let mut draft = Draft::from_variables(|name| std::env::var(name).ok())?;
        if document.trim().is_empty() {
            return draft.finish();
        }
        let value: Value = serde_json::from_str(document)
            .map_err(|cause| invalid(format!("the configuration is not valid JSON: {cause}")))?;
        let Value::Object(entries) = value else {
            return Err(invalid("the configuration must be a JSON object".to_owned()));
        };
        for (key, value) in &entries {
            if !value.is_null() || settings::named(key).is_none() {
                draft.set(key, value, key)?;
            }
        }
        draft.finish()
    }

    /// The defaults, overlaid with the variables `HOOKBRIDGE_DATABASE`, `HOOKBRIDGE_DURABILITY` and so on.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION`, naming the variable and what is allowed.
    pub fn from_env() -> Result<Self> {
        Draft::from_variables(|name| std::env::var(name).ok())?.finish()
    }

    /// Checks every setting, as [`crate::Engine::open`] does.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION`, naming the field and what is allowed.
    pub fn validate(&self) -> Result<()> {
        check_database(&self.database)?;
        for (key, value) in [
            ("max_in_flight", u64::from(self.max_in_flight)),
            ("max_in_flight_per_endpoint", u64::from(self.max_in_flight_per_endpoint)),
            ("max_attempts", u64::from(self.max_attempts)),
            ("max_payload_bytes", self.max_payload_bytes as u64),
            ("memory_budget_bytes", self.memory_budget_bytes as u64),
            ("max_exports", u64::from(self.max_exports)),
            ("max_export_bytes", self.max_export_bytes),
        ] {
            check_whole(key, key, value)?;
        }
        for (key, retention) in
            [("payload_retention", self.payload_retention), ("row_retention", self.row_retention)]
        {
            if !(LEAST_RETENTION..=LONGEST_RETENTION).contains(&retention) {
                return Err(refused(key, "1 minute to 3650 days"));
            }
        }
        for (key, timeout) in [
            ("request_timeout", self.request_timeout),
            ("connect_timeout", self.connect_timeout),
            ("exit_timeout", self.exit_timeout),
        ] {
            check_timeout(key, key, timeout.as_secs_f64())?;
        }
        if let Some(server) = &self.server {
            check_timeout("timeout", "timeout", server.timeout.as_secs_f64())?;
            check_whole("retries", "retries", u64::from(server.retries))?;
            BaseUrl::parse("base_url", &server.base_url, server.insecure)?;
            if let Some(url) = &server.send_url {
                BaseUrl::parse("send_url", url, server.insecure)?;
            }
            if server.api_key.is_empty() || !server.api_key.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(refused("api_key", "printable ASCII without spaces"));
            }
        }
        self.retry_schedule.validate().map_err(|allowed| refused("retry_schedule", &allowed))
    }
}

/// Settings while they are gathered.
#[derive(Default)]
struct Draft {
    config: Config,
    server: ServerSettings,
}

impl Draft {
    fn from_variables(read: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut draft = Self::default();
        for setting in SETTINGS {
            let key = setting.name;
            let variable = format!("HOOKBRIDGE_{}", key.to_uppercase());
            let Some(text) = read(&variable).filter(|text| !text.is_empty()) else { continue };
            let is_text = matches!(setting.takes, Takes::Path | Takes::Text(_) | Takes::Word(_));
            let value = match serde_json::from_str(&text) {
                Ok(value) if !is_text => value,
                _ => Value::String(text),
            };
            draft.set(key, &value, &variable)?;
        }
        Ok(draft)
    }

    fn finish(self) -> Result<Config> {
        Ok(Config { server: self.server.finish()?, ..self.config })
    }

    fn set(&mut self, key: &str, value: &Value, named: &str) -> Result<()> {
        let server = &mut self.server;
        match key {
            "api_key" => server.api_key = Some(text(named, value, "a string")?.to_owned()),
            "base_url" => server.base_url = Some(text(named, value, "a URL")?.to_owned()),
            "send_url" => server.send_url = Some(text(named, value, "a URL")?.to_owned()),
            "timeout" => server.timeout = Some(timeout(key, named, value)?),
            "retries" => server.retries = Some(whole(key, named, value)? as u32),
            "insecure_base_url" => server.insecure = switch(named, value)?,
            _ => {
                server.has_database |= key == "database";
                return self.config.set(key, value, named);
            }
        }
        Ok(())
    }
}

impl Config {
    fn set(&mut self, key: &str, value: &Value, named: &str) -> Result<()> {
        match key {
            "database" => self.database = PathBuf::from(text(named, value, "the path of a file")?),
            "durability" => {
                self.durability = match value.as_str() {
                    Some("full") => Durability::Full,
                    Some("normal") => Durability::Normal,
                    _ => return Err(refused(named, "\"full\" or \"normal\"")),
                }
            }
            "delivery" => {
                self.delivery = match value.as_str() {
                    Some("auto") => Delivery::Auto,
                    Some("off") => Delivery::Off,
                    _ => return Err(refused(named, "\"auto\" or \"off\"")),
                }
            }
            "allow_local_endpoints" => self.allow_local_endpoints = switch(named, value)?,
            "verify_dns" => self.verify_dns = switch(named, value)?,
            "strict_event_types" => self.strict_event_types = switch(named, value)?,
            "validate_payloads" => self.validate_payloads = switch(named, value)?,
            "max_in_flight" => self.max_in_flight = whole(key, named, value)? as u32,
            "max_in_flight_per_endpoint" => {
                self.max_in_flight_per_endpoint = whole(key, named, value)? as u32;
            }
            "request_timeout" => self.request_timeout = timeout(key, named, value)?,
            "connect_timeout" => self.connect_timeout = timeout(key, named, value)?,
            "exit_timeout" => self.exit_timeout = timeout(key, named, value)?,
            "retry_schedule" => {
                self.retry_schedule = serde_json::from_value(value.clone())
                    // The error itself is left out: it would show the value.
                    .map_err(|_| {
                        refused(named, "the name of a schedule, gaps in seconds, or `slow` and `fast` gaps")
                    })?;
            }
            "max_attempts" => self.max_attempts = whole(key, named, value)? as u32,
            "payload_retention_hours" => {
                self.payload_retention = Duration::from_secs(whole(key, named, value)? * 3600);
            }
            "row_retention_days" => {
                self.row_retention = Duration::from_secs(whole(key, named, value)? * 24 * 3600);
            }
            "max_payload_bytes" => {
                self.max_payload_bytes = whole(key, named, value)? as usize;
            }
            "memory_budget_bytes" => {
                self.memory_budget_bytes = whole(key, named, value)? as usize;
            }
            "max_exports" => self.max_exports = whole(key, named, value)? as u32,
            "max_export_bytes" => {
                self.max_export_bytes = whole(key, named, value)?;
            }
            "ca_file" => self.ca_file = Some(PathBuf::from(text(named, value, "the path of a PEM file")?)),
            _ => {
                return Err(invalid(format!(
                    "there is no setting `{named}`; there are: {}",
                    keys().collect::<Vec<_>>().join(", ")
                )));
            }
        }
        Ok(())
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidConfiguration, message)
}

fn refused(key: &str, allowed: &str) -> Error {
    invalid(format!("`{key}` must be {allowed}"))
}

/// Checks a number by the row of the setting `key`; the error calls it `named`.
fn check_whole(key: &str, named: &str, value: u64) -> Result<()> {
    match settings::named(key).map(|setting| setting.takes) {
        Some(Takes::Whole(least, most)) if !(least..=most).contains(&value) => {
            Err(refused(named, &format!("a whole number from {least} to {most}")))
        }
        _ => Ok(()),
    }
}

fn whole(key: &str, named: &str, value: &Value) -> Result<u64> {
    let number = value.as_u64().unwrap_or(u64::MAX);
    check_whole(key, named, number)?;
    Ok(number)
}

fn switch(key: &str, value: &Value) -> Result<bool> {
    match value {
        Value::Bool(on) => Ok(*on),
        Value::Number(number) if number.as_u64() == Some(1) => Ok(true),
        Value::Number(number) if number.as_u64() == Some(0) => Ok(false),
        _ => Err(refused(key, "true or false")),
    }
}

fn text<'a>(key: &str, value: &'a Value, allowed: &str) -> Result<&'a str> {
    value.as_str().filter(|text| !text.is_empty()).ok_or_else(|| refused(key, allowed))
}

fn check_timeout(key: &str, named: &str, seconds: f64) -> Result<()> {
    match settings::named(key).map(|setting| setting.takes) {
        Some(Takes::Seconds(least, most)) if !(least..=most).contains(&seconds) => {
            Err(refused(named, &format!("seconds from {least} to {most}")))
        }
        _ => Ok(()),
    }
}

fn timeout(key: &str, named: &str, value: &Value) -> Result<Duration> {
    let seconds = value.as_f64().unwrap_or(f64::NAN);
    check_timeout(key, named, seconds)?;
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named() {
        let error = Config::from_json(r#"{"datebase": "x"}"#).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidConfiguration);
        assert!(error.message().contains("`datebase`"), "{error}");
    }

    #[test]
    fn a_wrong_value_names_the_key_and_what_is_allowed() {
        for (document, needle) in [
            (r#"{"max_in_flight": 0}"#, "`max_in_flight` must be a whole number from 1 to 10000"),
            (r#"{"durability": "most"}"#, "`durability` must be \"full\" or \"normal\""),
            (r#"{"request_timeout": "30"}"#, "`request_timeout` must be seconds"),
            (r#"{"database": ""}"#, "`database` must be the path of a file"),
            (r#"{"retry_schedule": "never"}"#, "`retry_schedule` must be"),
            (r#"[]"#, "must be a JSON object"),
        ] {
            let error = Config::from_json(document).unwrap_err();
            assert!(error.message().contains(needle), "{document}: {error}");
        }
    }

    #[test]
    fn variables_are_read_and_named_when_wrong() {
        let draft = Draft::from_variables(|name| match name {
            "HOOKBRIDGE_DATABASE" => Some("123".into()),
            "HOOKBRIDGE_MAX_IN_FLIGHT" => Some("7".into()),
            "HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS" => Some("1".into()),
            _ => None,
        });
        let config = draft.and_then(Draft::finish).unwrap();
        assert_eq!(config.database, PathBuf::from("123"));
        assert_eq!(config.max_in_flight, 7);
        assert!(config.allow_local_endpoints);
        let error = Draft::from_variables(|name| (name == "HOOKBRIDGE_DELIVERY").then(|| "maybe".into()))
            .err()
            .unwrap();
        assert!(error.message().contains("HOOKBRIDGE_DELIVERY"), "{error}");
    }

    #[test]
    fn the_defaults_are_valid() {
        Config::default().validate().unwrap();
    }
}
