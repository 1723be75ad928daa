//! The HTTP API: one table of routes, each leading to an operation of the engine.

pub mod app;
mod auth;
mod connections;
mod downloads;
mod drain;
mod envelope;
mod head;
pub mod limits;
mod observe;
mod openapi;
mod paths;
mod permits;
mod probe_cache;
mod probes;
mod prometheus;
mod repolling;
mod request;
mod router;
mod schemas;
mod send;
pub mod server;
mod single_flight;
pub mod tls;
