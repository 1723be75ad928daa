//! Errors and panics on their way to JavaScript.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbridge_core::{Error, ErrorCode, Result};
use napi_derive::napi;

/// What JavaScript sees of an error; the package makes its own classes of it.
#[napi(object)]
pub struct Failure {
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
    /// The HTTP status that goes with the code.
    pub status: u32,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// Set where a server answered.
    pub request_id: Option<String>,
    /// Seconds to wait, where that is known.
    pub retry_after: Option<f64>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            code: error.code().name().to_owned(),
            message: error.message().to_owned(),
            status: u32::from(error.http_status()),
            retryable: error.is_retryable(),
            request_id: error.request_id().map(str::to_owned),
            retry_after: error.retry_after().map(|pause| pause.as_secs_f64()),
        }
    }
}

/// Runs `body`; a panic becomes an error like any other.
pub(crate) fn caught<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Error::new(ErrorCode::Internal, "the engine panicked")))
}
