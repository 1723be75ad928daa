//! Attempts: one request for a message, and its result.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::header_map::HeaderMap;
use crate::model::ids::AttemptId;
use crate::model::timestamp::Timestamp;

/// Which list of the retry schedule a failure was put on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum RetryType {
    /// After a 429.
    Fast,
    /// After any other failure that is retried.
    Slow,
}

/// One attempt at a delivery. Times are whole milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AttemptRecord"))]
pub struct Attempt {
    /// A UUIDv7.
    pub id: AttemptId,
    /// 1 for the first attempt of the message; goes on counting after a replay.
    pub attempt_no: u32,
    /// When the attempt began.
    pub created_at: Timestamp,
    /// The receiver's status; absent where no answer came.
    pub response_status: Option<u16>,
    /// From the beginning of the attempt to the end of the answer or of the failure.
    pub response_latency_ms: Option<u32>,
    /// From the moment the message was due to the beginning of the attempt.
    pub processing_ms: Option<u32>,
    /// What went wrong, for people.
    pub error_text: Option<String>,
    /// The answer's headers. The values of a repeated name are joined by a comma.
    pub response_headers: Option<HeaderMap>,
    /// Which list of the schedule the next attempt follows.
    pub retry_type: Option<RetryType>,
    /// The delay until the next attempt.
    pub retry_after_seconds: Option<u64>,
    /// The address that was connected to or refused.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub resolved_ip: Option<IpAddr>,
    /// The headers sent. The value of `Authorization` is masked.
    pub request_headers: Option<HeaderMap>,
    /// Resolving the host; absent on a reused connection.
    pub dns_ms: Option<u32>,
    /// Connecting; absent on a reused connection.
    pub tcp_connect_ms: Option<u32>,
    /// The TLS handshake; absent on a reused connection and without TLS.
    pub tls_handshake_ms: Option<u32>,
    /// From the request being ready to be written to the answer's headers.
    pub ttfb_ms: Option<u32>,
    /// From the answer's headers to its last byte.
    pub transfer_ms: Option<u32>,
    /// Whether a kept connection served.
    pub conn_reused: Option<bool>,
    /// Whether the answer's body was longer than the kept part.
    pub response_body_truncated: Option<bool>,
    /// The beginning of the answer's body as text, at most 64 KiB of it.
    pub response_body: Option<String>,
    /// Something unusual that neither the status nor the error says: a body that was cut off or ended badly, a dead kept
    /// connection that a fresh one replaced.
    pub note: Option<String>,
}
