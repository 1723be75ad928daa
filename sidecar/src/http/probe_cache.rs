//! What probes answer with, made once for all clients.

use std::sync::Arc;

use axum::body::Bytes;
use hookbridge_core::model::deliverer::Readiness;

use super::single_flight::SingleFlight;

pub type Cached<T> = SingleFlight<Result<T, hookbridge_core::Error>>;

#[derive(Default)]
pub struct ProbeCache {
    pub(super) stats: Cached<Arc<str>>,
    pub(super) ready: Cached<Readiness>,
    pub(super) metrics: Cached<Bytes>,
}
