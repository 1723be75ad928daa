//! The engine's operations over HTTP: a client of a sidecar or of the hosted service.
//!
//! `request.rs` makes an HTTP request of an operation's JSON, and `answer.rs` makes JSON of the answer again. Between them
//! are the connections (`client.rs`) and the rules for repeating a request (`retry.rs`).

pub(crate) mod answer;
pub(crate) mod calls;
pub(crate) mod client;
pub(crate) mod request;
mod retry;

pub(crate) use client::Remote;
