//! Errors and panics on their way to Python.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbridge_core::{Error, ErrorCode};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

pyo3::create_exception!(
    hookbridge._hookbridge,
    NativeError,
    PyException,
    "Carries (code, message, http_status, retryable, request_id, retry_after); the package turns it into its own exceptions."
);

/// What Python sees of an error.
pub(crate) type Parts = (&'static str, String, u16, bool, Option<String>, Option<f64>);

pub(crate) fn parts(error: &Error) -> Parts {
    (
        error.code().name(),
        error.message().to_owned(),
        error.http_status(),
        error.is_retryable(),
        error.request_id().map(str::to_owned),
        error.retry_after().map(|pause| pause.as_secs_f64()),
    )
}

pub(crate) fn raise(error: Error) -> PyErr {
    NativeError::new_err(parts(&error))
}

/// Runs `body` without the GIL. A panic becomes an error of the package, not a `PanicException`, which
/// `except Exception` would miss.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    body: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    py.detach(|| caught(body)).map_err(raise)
}

pub(crate) fn caught<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Error::new(ErrorCode::Internal, "the engine panicked")))
}
