//! The one place where a panic stops and where results become codes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbridge_core::{Error, ErrorCode};

use crate::cancellation::put_off;
use crate::error::{HOOKBRIDGE_OK, hookbridge_code, hookbridge_error};

/// Runs `body`; its error, or a panic, becomes a code and fills `*error`.
///
/// # Safety
/// `error` is null or points to writable memory for one pointer.
pub(crate) unsafe fn guard(
    error: *mut *mut hookbridge_error,
    body: impl FnOnce() -> Result<(), Error>,
) -> hookbridge_code {
    let _cancelled_later = put_off();
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
            (code, if error.is_null() { std::ptr::null_mut() } else { hookbridge_error::give(cause) })
        }
    };
    if !error.is_null() {
        // SAFETY: not null, and the caller vouches for the memory.
        unsafe { error.write(filled) };
    }
    code
}

/// Refuses a null argument by name.
pub(crate) fn null(name: &str) -> Error {
    Error::new(ErrorCode::InvalidRequest, format!("`{name}` must not be NULL"))
}

/// A reference to what a handle points to.
///
/// # Safety
/// `pointer` is null or came from this library and was not freed.
pub(crate) unsafe fn borrow<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Error> {
    // SAFETY: the caller vouches for it.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// Sets an output to null at the beginning, so that it never holds rubbish.
///
/// # Safety
/// `out` is null or points to writable memory for one pointer.
pub(crate) unsafe fn clear<T>(out: *mut *mut T, name: &str) -> Result<(), Error> {
    if out.is_null() {
        return Err(null(name));
    }
    // SAFETY: not null, and the caller vouches for the memory.
    unsafe { out.write(std::ptr::null_mut()) };
    Ok(())
}

/// Frees what [`Box::into_raw`] gave out; null does nothing, and a panic in a destructor stops here.
///
/// # Safety
/// `pointer` is null or came from `Box::into_raw` for this type and was not freed.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: not null, and the caller vouches for where it came from.
        let owned = unsafe { Box::from_raw(pointer) };
        let _cancelled_later = put_off();
        let _ = catch_unwind(AssertUnwindSafe(move || drop(owned)));
    }
}

#[cfg(test)]
mod tests {
    use std::ptr::null_mut;

    use super::*;
    use crate::error::{hookbridge_error_code, hookbridge_error_free};

    /// The code that `guard` returns, and the one in the error that it fills.
    fn both(body: impl FnOnce() -> Result<(), Error>) -> (hookbridge_code, hookbridge_code) {
        // What stood there before is overwritten, never read or freed.
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
        assert_eq!(unsafe { guard(null_mut(), || Err(null("x"))) }, ErrorCode::InvalidRequest as i32);
    }

    #[test]
    fn a_panic_stops_here_whatever_it_carries() {
        let internal = ErrorCode::Internal as hookbridge_code;
        assert_eq!(both(|| panic!("with text")), (internal, internal));
        assert_eq!(both(|| panic!("with {}", 1)), (internal, internal));
        assert_eq!(both(|| std::panic::panic_any(7)), (internal, internal));
    }

    #[test]
    fn what_is_freed_is_dropped_once_and_may_panic() {
        struct Panics<'a>(&'a mut u32);
        impl Drop for Panics<'_> {
            fn drop(&mut self) {
                *self.0 += 1;
                panic!("in a destructor");
            }
        }
        let mut dropped = 0;
        // SAFETY: the box is given up here and freed once.
        unsafe { free(Box::into_raw(Box::new(Panics(&mut dropped)))) };
        assert_eq!(dropped, 1);
        // SAFETY: NULL is allowed.
        unsafe { free::<Panics<'_>>(null_mut()) };
    }

    #[test]
    fn an_output_is_null_at_the_beginning_and_an_input_must_not_be() {
        let mut out: *mut u8 = std::ptr::dangling_mut();
        // SAFETY: `out` is writable; NULL is allowed.
        unsafe {
            assert!(clear(&mut out, "out").is_ok() && out.is_null());
            assert!(clear::<u8>(null_mut(), "out").is_err());
            assert!(borrow::<u8>(out, "in").is_err());
            assert_eq!(borrow(&7, "in").ok(), Some(&7));
        }
    }
}
