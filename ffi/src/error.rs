//! Codes and the error object.

use std::ffi::{CString, c_char};

use hookbridge_core::{Error, ErrorCode};

use crate::codes::hookbridge_codes;
use crate::pointer::free;

/// A hookbridge_code: one of the HOOKBRIDGE_ constants below. New ones may be added; none changes its number.
pub type hookbridge_code = i32;

/// Success.
pub(crate) const HOOKBRIDGE_OK: hookbridge_code = hookbridge_codes::HOOKBRIDGE_OK as hookbridge_code;

/// An error: a code for programs and a sentence for people. Immutable; free it with hookbridge_error_free.
pub struct hookbridge_error {
    code: ErrorCode,
    name: CString,
    message: CString,
    request_id: CString,
    retry_after_ms: u64,
}

fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

impl hookbridge_error {
    pub(crate) fn into_raw(cause: Error) -> *mut Self {
        Box::into_raw(Box::new(Self {
            code: cause.code(),
            name: c_text(cause.code().name()),
            message: c_text(cause.message()),
            request_id: c_text(cause.request_id().unwrap_or_default()),
            retry_after_ms: cause
                .retry_after()
                .map_or(0, |pause| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)),
        }))
    }
}

/// The error's code. NULL answers HOOKBRIDGE_OK.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_error_code(error: *const hookbridge_error) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe { error.as_ref() }.map_or(HOOKBRIDGE_OK, |error| error.code as hookbridge_code)
}

/// The code's name, such as "ENDPOINT_NOT_FOUND"; lives as long as the error. NULL answers "".
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_error_name(error: *const hookbridge_error) -> *const c_char {
    // SAFETY: as the caller vouches.
    unsafe { error.as_ref() }.map_or(c"".as_ptr(), |error| error.name.as_ptr())
}

/// A sentence for people, in UTF-8; lives as long as the error. NULL answers "".
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_error_message(error: *const hookbridge_error) -> *const c_char {
    // SAFETY: as the caller vouches.
    unsafe { error.as_ref() }.map_or(c"".as_ptr(), |error| error.message.as_ptr())
}

/// The HTTP status that goes with the code. NULL answers 0.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_error_http_status(error: *const hookbridge_error) -> u16 {
    // SAFETY: as the caller vouches.
    unsafe { error.as_ref() }.map_or(0, |error| error.code.http_status())
}

/// Whether the same call may succeed later without being changed. NULL answers false.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_error_is_retryable(error: *const hookbridge_error) -> bool {
    // SAFETY: as the caller vouches.
    unsafe { error.as_ref() }.is_some_and(|error| error.code.is_retryable())
}

/// The id that a server gave the request; lives as long as the error. "" where no server answered, and for NULL.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_error_request_id(error: *const hookbridge_error) -> *const c_char {
    // SAFETY: as the caller vouches.
    unsafe { error.as_ref() }.map_or(c"".as_ptr(), |error| error.request_id.as_ptr())
}

/// How long a server asks to wait before the same is tried again, in milliseconds; 0 where it said nothing, and for NULL.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_error_retry_after_ms(error: *const hookbridge_error) -> u64 {
    // SAFETY: as the caller vouches.
    unsafe { error.as_ref() }.map_or(0, |error| error.retry_after_ms)
}

/// Frees an error. NULL does nothing.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_error_free(error: *mut hookbridge_error) {
    // SAFETY: as the caller vouches.
    unsafe { free(error) }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;
    use std::ptr::{null, null_mut};

    use super::*;

    #[test]
    fn an_error_says_what_it_was_made_from() {
        let error = hookbridge_error::into_raw(Error::new(ErrorCode::PayloadTooLarge, "too\0large"));
        // SAFETY: the error is fresh and freed once; its texts are read before.
        unsafe {
            assert_eq!(hookbridge_error_code(error), ErrorCode::PayloadTooLarge as hookbridge_code);
            assert_eq!(CStr::from_ptr(hookbridge_error_name(error)), c"PAYLOAD_TOO_LARGE");
            assert_eq!(CStr::from_ptr(hookbridge_error_message(error)), c"too\u{fffd}large");
            assert_eq!(hookbridge_error_http_status(error), ErrorCode::PayloadTooLarge.http_status());
            assert!(!hookbridge_error_is_retryable(error));
            assert_eq!(CStr::from_ptr(hookbridge_error_request_id(error)), c"");
            assert_eq!(hookbridge_error_retry_after_ms(error), 0);
            hookbridge_error_free(error);
        }
    }

    #[test]
    fn null_is_no_error() {
        // SAFETY: NULL is allowed everywhere, and the empty texts are static.
        unsafe {
            assert_eq!(hookbridge_error_code(null()), HOOKBRIDGE_OK);
            assert_eq!(CStr::from_ptr(hookbridge_error_name(null())), c"");
            assert_eq!(CStr::from_ptr(hookbridge_error_message(null())), c"");
            assert_eq!(hookbridge_error_http_status(null()), 0);
            assert!(!hookbridge_error_is_retryable(null()));
            assert_eq!(CStr::from_ptr(hookbridge_error_request_id(null())), c"");
            assert_eq!(hookbridge_error_retry_after_ms(null()), 0);
            hookbridge_error_free(null_mut());
        }
    }
}
