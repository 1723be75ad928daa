//! The things the engine speaks of, each with its form in JSON.

pub mod api_key;
pub mod attempt;
pub mod endpoint;
pub mod event;
pub mod export;
pub mod header_map;
pub mod ids;
pub mod json_fields;
pub mod message;
pub mod message_summary;
pub(crate) mod random;
pub mod retry_schedule;
pub mod sent_headers;
pub mod signing_key;
pub mod timestamp;
pub(crate) mod whole_number;
