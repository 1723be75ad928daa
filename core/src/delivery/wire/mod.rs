//! One attempt on the wire: the address guard, the signature, the connection, the answer.

pub mod address_guard;
pub mod client;
mod connection;
mod connector;
pub mod endpoint_url;
mod failure;
pub mod shortage;
pub mod signature;
pub mod target;
pub(crate) mod tls;
