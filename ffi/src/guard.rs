//! The one place where a panic stops and where results become codes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbridge_core::{Error, ErrorCode};

use crate::error::{HOOKBRIDGE_OK, hookbridge_code, hookbridge_error};

/// Runs `body`; its error, or a panic, becomes a code and fills `*error`.
///
/// # Safety
/// `error` is null or points to writable memory for one pointer.
pub(crate) unsafe fn guard(
    error: *mut *mut hookbridge_error,
    body: impl FnOnce() -> Result<(), Error>,
) -> hookbridge_code {
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
        let _ = catch_unwind(AssertUnwindSafe(move || drop(owned)));
    }
}
