//! What was edited in an outbox, so that other processes read that anew and nothing else.

/// An edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// An endpoint of this row, or its signing keys.
    Endpoint(i64),
    /// Messages that waited for the endpoint of this row, or wait from now on.
    Messages(i64),
    /// API keys.
    ApiKeys,
}
