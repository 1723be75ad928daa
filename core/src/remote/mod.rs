//! The engine's operations over HTTP: a client of a sidecar or of the hosted service.
//!
//! `request.rs` makes an operation's JSON a request, `answer.rs` makes the answer the operation's JSON again; between
//! them lie the connections (`client.rs`) and the rules for trying again (`retry.rs`).

pub(crate) mod answer;
pub(crate) mod calls;
pub(crate) mod client;
pub(crate) mod request;
mod retry;

pub(crate) use client::Remote;
