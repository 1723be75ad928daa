//! The HTTP API: one table of routes, each leading to an operation of the engine.

pub mod app;
mod auth;
mod connections;
#[cfg(feature = "console")]
pub mod console;
#[cfg(not(feature = "console"))]
#[path = "no_console.rs"]
pub mod console;
mod downloads;
mod drain;
mod envelope;
mod events;
mod head;
mod intake_metrics;
pub mod limits;
mod methods;
mod observe;
pub mod openapi;
mod paths;
mod permits;
mod probe_cache;
mod probes;
mod prometheus;
mod repolling;
mod request;
pub mod router;
mod schemas;
mod send;
mod send_event;
pub mod server;
mod single_flight;
mod streams;
pub mod tls;
mod webhooks;
