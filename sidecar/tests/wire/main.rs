//! The real binary, over real sockets.

mod client;
mod command_line;
mod commands;
mod delivery;
mod document;
mod errors;
mod exports;
mod hostile;
mod http2;
mod lifecycle;
#[path = "../../../core/tests/receiver/mod.rs"]
mod receiver;
mod routes;
mod server;
mod signatures;
mod startup;
mod strictness;
mod telemetry;
mod tls;
