//! How long connections and a stop may take.

use std::time::Duration;

/// How connections are served.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the connection, or the answer before, to the end of a request's headers.
    pub header_patience: Duration,
    /// How long a client may leave an answer untaken.
    pub write_patience: Duration,
    /// From the stop to the end of the last request.
    pub shutdown_patience: Duration,
}
