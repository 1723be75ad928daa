//! What was edited in an outbox, so that other processes read that anew and nothing else.

use crate::outbox::rows::LaneKey;

/// An edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// An endpoint of this row, or its signing keys.
    Endpoint(LaneKey),
    /// Messages that waited for the endpoint of this row, or wait from now on.
    Messages(LaneKey),
    /// API keys.
    ApiKeys,
}
