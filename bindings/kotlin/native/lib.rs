//! The engine for Kotlin, Java and Swift: uniffi writes their sources from this one definition. The types, the settings and the methods
//! that are operations are written by `hookbridge-generate`; what a client does beside them is in `client.rs`.
//!
//! Numbers are signed, since Java has no others and cannot call what Kotlin names after an unsigned one.

mod answers;
mod client;
mod errors;
mod failure;
mod json_text;
mod operations;
mod request;
mod requests;
mod results;
mod schedule;

pub use client::{BatchResult, Events, HookBridge};
pub use errors::HookBridgeError;
pub use failure::Failure;
pub use json_text::JsonText;
pub use requests::{HookBridgeOptions, SendRequest};
pub use results::*;
pub use schedule::RetrySchedule;

uniffi::setup_scaffolding!("hookbridge");
