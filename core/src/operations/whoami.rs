//! Who asks, and what answers: the caller's API key, and the engine with the limits in force.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use crate::config::Delivery;
use crate::error::{Error, ErrorCode, Result};
use crate::model::api_key::{ApiKey, ApiKeyScope};
use crate::model::deliverer::Deliverer;
use crate::model::ids::ApiKeyId;

request! {
    /// `whoami` takes nothing.
    #[derive(Clone, Debug, Default)]
    pub struct WhoAmIRequest {
        /// The API key of the caller; set by a door that asks for one.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(skip))]
        pub caller_api_key_id: Option<ApiKeyId>,
    }
}

/// Who asks, and what answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhoAmI {
    /// The API key that the caller showed; absent in a process, where nobody is asked for one.
    pub api_key: Option<ApiKey>,
    /// What the caller may do.
    pub scope: ApiKeyScope,
    /// The version of HookBridge.
    pub version: String,
    /// The process that answers.
    pub pid: u32,
    /// The outbox's file.
    pub database: String,
    /// Whether this engine is to deliver.
    pub delivers: bool,
    /// The process that delivers; absent where none does.
    pub deliverer: Option<Deliverer>,
    /// The largest payload, in bytes.
    pub max_payload_bytes: u64,
    /// How long payloads are kept, in hours.
    pub payload_retention_hours: u64,
    /// The most attempts at a message.
    pub max_attempts: u64,
}

pub(crate) fn whoami(context: &Context, request: WhoAmIRequest) -> Result<WhoAmI> {
    let api_key = match request.caller_api_key_id {
        None => None,
        Some(id) => {
            let keys = context.reading().api_keys()?;
            let found = keys.into_iter().map(|key| key.listed).find(|key| key.key_id == id);
            // It was deleted since it let the caller in.
            let gone = || Error::new(ErrorCode::Unauthorized, "the API key is missing or unknown");
            let mut found = found.ok_or_else(gone)?;
            found.last_used_at = context.keys.last_used(&found);
            Some(found)
        }
    };
    let config = &context.config;
    Ok(WhoAmI {
        scope: api_key.as_ref().and_then(|key| key.scope).unwrap_or_default(),
        api_key,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        database: config.database.display().to_string(),
        delivers: config.delivery == Delivery::Auto,
        deliverer: context.deliverer(),
        max_payload_bytes: config.max_payload_bytes as u64,
        payload_retention_hours: config.payload_retention.as_secs() / 3600,
        max_attempts: u64::from(config.max_attempts),
    })
}
