//! One attempt on the wire: the address guard, the signature, the connection, the request and its answer.

pub mod address_guard;
mod addresses;
mod answer;
mod budget;
pub mod client;
mod connection;
mod connector;
mod exchange;
mod failure;
mod http1;
mod http2;
mod lookup_places;
pub(crate) mod names;
pub mod origin;
pub mod outcome;
mod patience;
mod pool;
pub mod receiver;
mod remembered;
mod report;
mod resolver;
pub mod signature;
pub mod target;
pub(crate) mod tls;
mod tls_failure;
pub(crate) mod trust_store;
pub mod verification;
