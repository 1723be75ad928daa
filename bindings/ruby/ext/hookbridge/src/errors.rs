//! Errors and panics on their way to Ruby.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbridge_core::{Error, ErrorCode};
use magnus::{Exception, Module, RClass, Ruby, value::ReprValue};

/// The package's own exception for an error: `HookBridge::Error` chooses the class.
pub(crate) fn raise(ruby: &Ruby, error: &Error) -> magnus::Error {
    let parts = (
        error.code().name(),
        error.message(),
        error.http_status(),
        error.is_retryable(),
        error.request_id(),
        error.retry_after().map(|pause| pause.as_secs_f64()),
    );
    ruby.class_object()
        .const_get::<_, RClass>("HookBridge")
        .and_then(|outer| outer.const_get::<_, RClass>("Error"))
        .and_then(|base| base.funcall::<_, _, Exception>("from_engine", parts))
        .map_or_else(|failure| failure, magnus::Error::from)
}

/// A panic becomes an error: it must not unwind into Ruby's frames.
pub(crate) fn caught<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Error::new(ErrorCode::Internal, "the engine panicked")))
}
