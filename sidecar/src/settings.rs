//! Merges flags, environment and TOML file, and refuses settings that are not valid together.

use std::time::Duration;

use hookbridge_core::Config;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::api_key;
use crate::http::limits::Limits;
use crate::http::tls;
use crate::serve_flags::{ServeFlags, ServerFlags};

pub struct Settings {
    pub server: ServerFlags,
    pub engine: Config,
    pub tls: Option<tls::Files>,
}

impl Settings {
    pub fn limits(&self) -> Limits {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        Limits {
            header_patience: seconds(self.server.header_timeout),
            write_patience: seconds(self.server.body_timeout),
            shutdown_patience: seconds(self.server.shutdown_timeout),
        }
    }
}

/// Merges the flags and the file; a flag wins. `is_set` says whether a flag or its variable was is_set, or only has its
/// default.
///
/// # Errors
/// A sentence that names the setting and what is allowed.
pub fn merge(flags: ServeFlags, is_set: impl Fn(&str) -> bool) -> Result<Settings, String> {
    let file = match &flags.config {
        None => Map::new(),
        Some(path) => {
            let wrong = |cause: &dyn std::fmt::Display| format!("{}: {cause}", path.display());
            let text = std::fs::read_to_string(path).map_err(|cause| wrong(&cause))?;
            // The error itself is not printed: it shows the line, in which there may be a secret.
            toml::from_str(&text).map_err(|cause| wrong(&unreadable(&text, &cause)))?
        }
    };
    let mut server = object(&flags.server)?;
    let mut engine = object(&flags.engine)?;
    let defaults = server.clone();
    for (key, value) in file {
        if defaults.contains_key(&key) && !is_set(&key) {
            let tried = Value::Object(Map::from_iter(
                defaults
                    .clone()
                    .into_iter()
                    .filter(|(known, _)| *known != key)
                    .chain([(key.clone(), value.clone())]),
            ));
            serde_json::from_value::<ServerFlags>(tried)
                .map_err(|cause| format!("`{key}` is not valid{}", expected(&cause.to_string())))?;
        }
        match server.get_mut(&key) {
            Some(_) if is_set(&key) => {}
            Some(known) => *known = value,
            // The engine refuses a key that it does not know, and names it.
            None => drop(engine.entry(key).or_insert(value)),
        }
    }
    let mut server: ServerFlags = serde_json::from_value(Value::Object(server))
        .map_err(|cause| format!("the settings are not valid{}", expected(&cause.to_string())))?;
    server.api_key = api_key::resolve(server.api_key.as_deref(), server.api_key_file.as_deref())?;
    let engine =
        Config::from_json(&Value::Object(engine).to_string()).map_err(|error| error.message().to_owned())?;
    check(server, engine)
}

/// The place and the cause of an error in the file, without the text at that place.
fn unreadable(text: &str, cause: &toml::de::Error) -> String {
    let before = cause.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let (line, column) =
        (before.matches('\n').count() + 1, before.chars().rev().take_while(|c| *c != '\n').count() + 1);
    format!("line {line}, column {column} is not valid TOML: {}", cause.message())
}

/// The part of serde's error that says what is expected; the part before it shows the value.
fn expected(cause: &str) -> String {
    cause.rsplit_once(", expected ").map(|(_, wanted)| format!(": expected {wanted}")).unwrap_or_default()
}

fn object(flags: &impl Serialize) -> Result<Map<String, Value>, String> {
    match serde_json::to_value(flags) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Ok(Map::new()),
        Err(cause) => Err(format!("the settings: {cause}")),
    }
}

fn check(server: ServerFlags, engine: Config) -> Result<Settings, String> {
    let tls = match (&server.tls_cert, &server.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(tls::Files { certificate: certificate.clone(), key: key.clone() })
        }
        (None, None) => None,
        _ => return Err("`tls_cert` and `tls_key` go together".to_owned()),
    };
    for address in std::iter::once(server.listen).chain(server.console_listen) {
        if tls.is_none() && !address.ip().is_loopback() && !server.insecure_listen {
            return Err(format!(
                "{address} can be reached from other machines, and keys would cross the network in the clear: give \
                 --tls-cert and --tls-key, or --insecure-listen where something else encrypts"
            ));
        }
    }
    if engine.server.is_some() {
        return Err("a sidecar works on a file: `base_url` is for its clients".to_owned());
    }
    for (name, value) in [
        ("header_timeout", server.header_timeout),
        ("body_timeout", server.body_timeout),
        ("max_connections", server.max_connections),
        ("max_requests", server.max_requests),
    ] {
        if !(1..=1_000_000).contains(&value) {
            return Err(format!("`{name}` must be 1 to 1000000"));
        }
    }
    if server.api_key.as_deref().is_some_and(|key| key.trim().is_empty() || key.trim() != key) {
        return Err("`api_key` must be a key without spaces around it".to_owned());
    }
    Ok(Settings { server, engine, tls })
}
