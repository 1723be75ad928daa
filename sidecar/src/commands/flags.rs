//! Flags that several commands share.

use clap::Args;
use serde_json::{Value, json};

use super::call::without_nulls;

/// Which page of a list.
#[derive(Debug, Args)]
pub struct PageFlags {
    /// How many at most.
    #[arg(long)]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
}

/// The settings of an endpoint.
#[derive(Debug, Args)]
pub struct EndpointSettings {
    /// A text for people.
    #[arg(long)]
    description: Option<String>,
    /// Deliveries a second at most.
    #[arg(long, value_name = "NUMBER")]
    rate_limit_rps: Option<u32>,
    /// Deliveries at once that the rate limit lets through.
    #[arg(long, value_name = "NUMBER")]
    burst: Option<u32>,
    /// A header of every delivery; may be said again.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Attempts in all before a message is dead.
    #[arg(long, value_name = "NUMBER")]
    max_attempts: Option<u32>,
}

impl EndpointSettings {
    pub fn request(self, mut request: Value) -> Value {
        request["description"] = json!(self.description);
        request["rate_limit_rps"] = json!(self.rate_limit_rps);
        request["burst"] = json!(self.burst);
        request["max_attempts"] = json!(self.max_attempts);
        if !self.headers.is_empty() {
            request["headers"] = self.headers.into_iter().map(|(name, value)| (name, json!(value))).collect();
        }
        without_nulls(request)
    }
}

/// `NAME: VALUE`.
pub fn header(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err("a header is `NAME: VALUE`".to_owned()),
    }
}

/// Which messages.
#[derive(Debug, Args)]
pub struct MessageFilter {
    /// Only with this status: queued, pending_retry, succeeded or failed_permanent.
    #[arg(long)]
    pub status: Option<String>,
    /// Only of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
}

/// Which metrics.
#[derive(Debug, Args)]
pub struct MetricsFlags {
    /// How far back: 1h, 24h, 7d or 30d.
    #[arg(long)]
    pub window: Option<String>,
    /// Only of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// Over time instead of in all.
    #[arg(long)]
    pub series: bool,
}
