//! The answers that many ask for, each made once for all of them.

use std::sync::Arc;

use axum::body::Bytes;

use super::shared::Shared;

pub type Shareable<T> = Shared<Result<T, hookbridge_core::Error>>;

/// What is shared by all who ask.
#[derive(Default)]
pub struct Standing {
    pub(super) stats: Shareable<Arc<str>>,
    pub(super) writable: Shareable<()>,
    pub(super) metrics: Shareable<Bytes>,
}
