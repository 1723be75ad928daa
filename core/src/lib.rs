//! HookBridge's engine: an outbound-webhook outbox and its delivery, inside the producer's process.
//!
//! ```no_run
//! use hookbridge_core::{Config, Engine};
//! use hookbridge_core::operations::messages::SendRequest;
//!
//! # fn main() -> hookbridge_core::Result<()> {
//! let engine = Engine::open(Config::default())?;
//! let endpoint = engine.call("endpoints.create", r#"{"url": "https://example.com/hooks"}"#)?;
//! println!("{endpoint}");
//! let request = SendRequest::new("ep_00000000000000000000000000000000", br#"{"event": "order.created"}"#.to_vec())?;
//! println!("{}", engine.send(request)?.message_id);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod config;
mod delivery;
pub mod engine;
pub mod error;
mod exports;
mod host;
pub mod inspection;
mod intake;
pub mod model;
pub mod operations;
mod outbox;
mod relay;
mod remote;
#[cfg(test)]
#[path = "../../tests/simulation/mod.rs"]
mod simulation;
pub mod trace;
pub mod wire;

pub use config::Config;
pub use engine::{AnswerSink, CompletionSink, Engine, EventQueue, PendingCall, PendingSend};
pub use error::{Error, ErrorClass, ErrorCode, Result};
