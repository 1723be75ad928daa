//! What probes answer with, made once for all clients.

use std::sync::Arc;

use axum::body::Bytes;

use super::single_flight::SingleFlight;

pub type Cached<T> = SingleFlight<Result<T, hookbridge_core::Error>>;

#[derive(Default)]
pub struct ProbeCache {
    pub(super) stats: Cached<Arc<str>>,
    pub(super) writable: Cached<()>,
    pub(super) metrics: Cached<Bytes>,
}
