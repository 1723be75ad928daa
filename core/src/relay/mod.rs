//! The relay: messages are committed to a file and forwarded to a server, which delivers them.
//!
//! A relay is an outbox whose delivery loop has the server as the target of every lane (`forward.rs`). An operation on a
//! message runs on the file until the server has the message, and on the server from then on (`calls.rs`).

mod calls;
pub(crate) mod forward;

pub(crate) use calls::call;
