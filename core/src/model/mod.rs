//! The things the engine speaks of, each with its form in JSON.

pub mod api_key;
pub mod attempt;
pub(crate) mod base_url;
pub mod deliverer;
pub mod endpoint;
pub mod endpoint_url;
pub mod event;
pub mod export;
pub mod header_map;
pub mod ids;
pub mod inspection;
pub mod json_fields;
pub mod message;
pub mod message_summary;
pub mod payload;
pub(crate) mod random;
pub mod receipt;
pub mod retry_after;
pub mod retry_schedule;
#[cfg(feature = "schema")]
pub mod schema;
pub mod sent_headers;
pub mod shortage;
pub mod signing_key;
pub mod timestamp;
pub(crate) mod whole_number;
