//! Changes that other processes must read. They are named, so that nothing else is read again.

use crate::outbox::rows::LaneKey;

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// The endpoint of this row, or its signing keys.
    Endpoint(LaneKey),
    /// Messages of this row's endpoint: they waited before, or wait from now on.
    Messages(LaneKey),
    /// API keys.
    ApiKeys,
}
