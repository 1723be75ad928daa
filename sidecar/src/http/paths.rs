//! The paths beside those of docs/contract.md#operations.

pub const ALIVE: &str = "/healthz";
pub const READY: &str = "/readyz";
pub const METRICS: &str = "/metrics";
pub const DOCUMENT: &str = "/openapi.json";
/// The file of an export; the rest of the link is made by the engine.
pub const EXPORT_FILE: &str = "/v1/exports/{export_id}/file";
/// What happens, as it happens.
pub const EVENTS: &str = "/v1/events";
/// All of them.
pub const BESIDE: [&str; 6] = [ALIVE, READY, METRICS, DOCUMENT, EXPORT_FILE, EVENTS];
