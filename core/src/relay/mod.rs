//! The relay: messages are committed to a file and forwarded to a server, which delivers them.
//!
//! It is the outbox and the delivery loop as they are, with the server as every lane's receiver (`forward.rs`). What
//! is asked about a message is answered from the file until the server has it, and by the server from then on.

mod calls;
pub(crate) mod forward;

pub(crate) use calls::call;
