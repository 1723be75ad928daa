//! Lists that are read a page at a time.

/// Where a page ended and the next begins. What it holds is the store's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(pub(in crate::outbox) i64);
