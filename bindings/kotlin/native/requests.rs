// Written by `hookbridge-generate`: change the definition, not this file.

//! A message to be sent, and the settings of a client.

use std::collections::HashMap;
use std::time::SystemTime;

use serde::Serialize;

use super::schedule::RetrySchedule;

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SendRequest {
    /// The endpoint's id, `ep_...`.
    pub endpoint_id: String,
    /// The payload as JSON in UTF-8, sent byte for byte.
    pub payload: Vec<u8>,
    /// Sent with this message's deliveries, in place of the endpoint's headers of the same names. At
    /// most 50 headers and 8,192 bytes.
    #[uniffi(default)]
    pub headers: Option<HashMap<String, String>>,
    /// 1 to 255 of letters, digits, `_`, `-`.
    #[uniffi(default)]
    pub idempotency_key: Option<String>,
    /// How long the payload is kept, in hours; 0 drops it right after delivery.
    #[uniffi(default)]
    pub retention_hours: Option<i32>,
    /// Messages of the endpoint with this key are delivered one after another; at most 255 characters.
    #[uniffi(default)]
    pub ordering_key: Option<String>,
    /// Before when it is not delivered; at most a year ahead.
    #[uniffi(default)]
    pub deliver_at: Option<SystemTime>,
    /// After when it is not tried any more.
    #[uniffi(default)]
    pub expires_at: Option<SystemTime>,
}

/// An event to be sent.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct EventRequest {
    /// The name of its type, such as `order.created`.
    pub r#type: String,
    /// The payload as JSON in UTF-8, sent byte for byte.
    pub payload: Vec<u8>,
    /// The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a
    /// tenant.
    #[uniffi(default)]
    pub tenant: Option<String>,
    /// Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50
    /// headers and 8,192 bytes.
    #[uniffi(default)]
    pub headers: Option<HashMap<String, String>>,
    /// 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event.
    #[uniffi(default)]
    pub idempotency_key: Option<String>,
    /// Messages of one endpoint with this key are delivered one after another; at most 255 characters.
    #[uniffi(default)]
    pub ordering_key: Option<String>,
    /// Before when it is not delivered; at most a year ahead.
    #[uniffi(default)]
    pub deliver_at: Option<SystemTime>,
    /// After when it is not tried any more.
    #[uniffi(default)]
    pub expires_at: Option<SystemTime>,
    /// How long the payload is kept, in hours; 0 drops it once all its messages are delivered.
    #[uniffi(default)]
    pub retention_hours: Option<i32>,
}

/// Every setting of a client; what is not given comes from its `HOOKBRIDGE_` variable or its default.
#[derive(Clone, Default, PartialEq, Serialize, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct HookBridgeOptions {
    /// What a server at `baseUrl` lets its callers in by. In-process it is not needed: whoever can open
    /// the file may send.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// A server that speaks HookBridge's API: `https://`, or `http://` on this machine. With `database`
    /// beside it, messages are committed to the file first and forwarded.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Where messages are sent to, if elsewhere. By default `baseUrl`.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_url: Option<String>,
    /// Seconds for one request to the server. By default 30.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<f64>,
    /// How often a request to the server is made again. By default 3.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<i32>,
    /// The outbox's file, in a folder that exists, or its database, as `postgresql://user@host/name`.
    /// By default `hookbridge.db`.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// `full`: an accepted message survives a power cut. `normal`: it survives the process. By default
    /// `full`.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durability: Option<String>,
    /// `auto` delivers where no other process on the file does, `off` only accepts. By default `auto`.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<String>,
    /// Permits `http://` and loopback, private and link-local targets. By default false.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_local_endpoints: Option<bool>,
    /// Whether an endpoint's host must resolve when the endpoint is created or its URL changed. By
    /// default true.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_dns: Option<bool>,
    /// Whether events of types that are not in the catalogue are refused. By default false.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict_event_types: Option<bool>,
    /// Whether events whose payload does not fit the schema of their type are refused. By default
    /// false.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_payloads: Option<bool>,
    /// Attempts under way at once. By default 256.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_in_flight: Option<i32>,
    /// Attempts under way at once to one endpoint. By default 32.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_in_flight_per_endpoint: Option<i32>,
    /// Seconds for one attempt. By default 30.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_timeout: Option<f64>,
    /// Seconds for DNS, TCP and TLS together. By default 10.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_timeout: Option<f64>,
    /// When a failed message is tried again: a name, gaps in seconds, or gaps for both kinds of
    /// failure. By default `hookbridge`.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_schedule: Option<RetrySchedule>,
    /// Attempts before a message is given up. By default 8.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<i32>,
    /// Hours that a payload is kept. By default 720.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_retention_hours: Option<i32>,
    /// Days that a message's row is kept after it ended. By default 90.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_retention_days: Option<i32>,
    /// The largest payload that is taken, in bytes. By default 1048576.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_payload_bytes: Option<i32>,
    /// Memory for messages that wait, in bytes. By default 67108864.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_budget_bytes: Option<i64>,
    /// Seconds that a normal exit without a close waits for what this process has accepted to be
    /// delivered. By default 2.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_timeout: Option<f64>,
    /// A PEM file of authorities that are trusted beside the system's.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    /// Permits `http://` to a server on another machine, over which the API key travels in the clear.
    /// By default false.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insecure_base_url: Option<bool>,
    /// Exports kept at once. Further ones are refused. By default 100.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_exports: Option<i32>,
    /// Bytes of all files of exports together. By default 10737418240.
    #[uniffi(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_export_bytes: Option<i64>,
}

/// Without its secrets.
impl std::fmt::Debug for HookBridgeOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HookBridgeOptions")
            .field("apiKey", &format_args!("[hidden]"))
            .field("baseUrl", &self.base_url)
            .field("sendUrl", &self.send_url)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .field("database", &self.database)
            .field("durability", &self.durability)
            .field("delivery", &self.delivery)
            .field("allowLocalEndpoints", &self.allow_local_endpoints)
            .field("verifyDns", &self.verify_dns)
            .field("strictEventTypes", &self.strict_event_types)
            .field("validatePayloads", &self.validate_payloads)
            .field("maxInFlight", &self.max_in_flight)
            .field("maxInFlightPerEndpoint", &self.max_in_flight_per_endpoint)
            .field("requestTimeout", &self.request_timeout)
            .field("connectTimeout", &self.connect_timeout)
            .field("retrySchedule", &self.retry_schedule)
            .field("maxAttempts", &self.max_attempts)
            .field("payloadRetentionHours", &self.payload_retention_hours)
            .field("rowRetentionDays", &self.row_retention_days)
            .field("maxPayloadBytes", &self.max_payload_bytes)
            .field("memoryBudgetBytes", &self.memory_budget_bytes)
            .field("exitTimeout", &self.exit_timeout)
            .field("caFile", &self.ca_file)
            .field("insecureBaseUrl", &self.insecure_base_url)
            .field("maxExports", &self.max_exports)
            .field("maxExportBytes", &self.max_export_bytes)
            .finish()
    }
}
