//! The real binary, over real sockets.

mod client;
mod command_line;
mod commands;
mod console;
mod delivery;
mod doctor;
mod document;
mod errors;
mod exports;
mod guests;
mod heads;
mod hostile;
mod http2;
mod lifecycle;
mod limits;
mod log_lines;
mod people;
mod readiness;
#[path = "../../../core/tests/receiver/mod.rs"]
mod receiver;
mod routes;
mod secrecy;
mod server;
mod signatures;
mod startup;
mod strangers;
mod strictness;
mod telemetry;
mod tls;
