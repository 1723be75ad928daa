//! What every failure tells.

use hookbridge_core::Error;

/// What every failure tells.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Failure {
    /// For programs, such as `ENDPOINT_NOT_FOUND`.
    pub code: String,
    /// For people.
    pub reason: String,
    /// The HTTP status that goes with the code.
    pub status: i32,
    /// Whether the same call may succeed later without being changed.
    pub retryable: bool,
    /// The id that a server gave the request, where one answered.
    pub request_id: Option<String>,
    /// How long a server asks to wait, in seconds, where it said so.
    pub retry_after_seconds: Option<f64>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code().name().to_owned(),
            reason: error.message().to_owned(),
            status: i32::from(error.http_status()),
            retryable: error.is_retryable(),
            request_id: error.request_id().map(str::to_owned),
            retry_after_seconds: error.retry_after().map(|pause| pause.as_secs_f64()),
        }
    }
}
