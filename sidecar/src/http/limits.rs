//! How long connections and a stop may take.

use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the beginning of a connection, or the end of the last answer, to the end of the next request's headers.
    pub header_patience: Duration,
    /// How long a client may take nothing of an answer.
    pub write_patience: Duration,
    /// From a stop to the end of the last request.
    pub shutdown_patience: Duration,
}
