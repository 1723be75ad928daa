//! The console's addresses.

/// Where the console is.
pub const ROOT: &str = "/console";
/// Where its half of the API is.
pub const API: &str = "/console/api";
/// The API's paths beside those of the table of routes.
pub(super) const SESSION: &str = "/console/api/session";
pub(super) const SESSIONS: &str = "/console/api/sessions";
pub(super) const REVEAL: &str = "/console/api/endpoints/{endpoint_id}/reveal";
pub(super) const EVENTS: &str = "/console/api/v1/events";
/// The file of an export, for the owner of its signed link.
pub(super) const FILE: &str = "/console/api/v1/exports/{export_id}/file";
pub(super) const PAGE: &str = "/console/{*path}";
/// All that are no operation's.
pub const BESIDE: [&str; 7] = [ROOT, PAGE, SESSION, SESSIONS, REVEAL, EVENTS, FILE];
