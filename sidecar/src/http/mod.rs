//! The HTTP API: one table of routes, each leading to an operation of the engine.

pub mod app;
mod auth;
mod downloads;
mod envelope;
mod head;
mod leftover;
pub mod limits;
mod observe;
mod openapi;
mod paths;
mod places;
mod probes;
mod prometheus;
mod request;
mod router;
mod schemas;
mod send;
pub mod server;
mod shared;
mod standing;
mod tenants;
pub mod tls;
mod wakes;
