//! Turns results and panics into codes: every function of the ABI runs inside [`guard`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbridge_core::{Error, ErrorCode};

use crate::cancellation::NoCancellation;
use crate::error::{HOOKBRIDGE_OK, hookbridge_code, hookbridge_error};

/// Runs `body`. An error or a panic becomes a code, and an object in `*error`.
///
/// # Safety
/// `error` is null or points to writable memory for one pointer.
pub(crate) unsafe fn guard(
    error: *mut *mut hookbridge_error,
    body: impl FnOnce() -> Result<(), Error>,
) -> hookbridge_code {
    let _no_cancellation = NoCancellation::begin();
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        Err(Error::new(ErrorCode::Internal, format!("the engine panicked: {text}")))
    });
    let (code, filled) = match outcome {
        Ok(()) => (HOOKBRIDGE_OK, std::ptr::null_mut()),
        Err(cause) => {
            let code = cause.code() as i32;
            (code, if error.is_null() { std::ptr::null_mut() } else { hookbridge_error::into_raw(cause) })
        }
    };
    if !error.is_null() {
        // SAFETY: not null, and the caller vouches for the memory.
        unsafe { error.write(filled) };
    }
    code
}

#[cfg(test)]
mod tests {
    use std::ptr::null_mut;

    use super::*;
    use crate::error::{hookbridge_error_code, hookbridge_error_free};
    use crate::pointer::null_argument;

    /// The code that `guard` returns, and the one in the error that it fills.
    fn both(body: impl FnOnce() -> Result<(), Error>) -> (hookbridge_code, hookbridge_code) {
        // `guard` overwrites the pointer and neither reads nor frees what it pointed to.
        let mut error = std::ptr::dangling_mut();
        // SAFETY: `error` is writable and what it is set to is freed once.
        unsafe {
            let code = guard(&mut error, body);
            let filled = hookbridge_error_code(error);
            hookbridge_error_free(error);
            (code, filled)
        }
    }

    #[test]
    fn a_result_becomes_a_code() {
        assert_eq!(both(|| Ok(())), (HOOKBRIDGE_OK, HOOKBRIDGE_OK));
        let closed = ErrorCode::Closed as hookbridge_code;
        assert_eq!(both(|| Err(Error::new(ErrorCode::Closed, "x"))), (closed, closed));
        // SAFETY: NULL is allowed.
        assert_eq!(
            unsafe { guard(null_mut(), || Err(null_argument("x"))) },
            ErrorCode::InvalidRequest as i32
        );
    }

    #[test]
    fn a_panic_stops_here_whatever_it_carries() {
        let internal = ErrorCode::Internal as hookbridge_code;
        assert_eq!(both(|| panic!("with text")), (internal, internal));
        assert_eq!(both(|| panic!("with {}", 1)), (internal, internal));
        assert_eq!(both(|| std::panic::panic_any(7)), (internal, internal));
    }
}
