//! How pointers from the caller are read, cleared and freed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbridge_core::{Error, ErrorCode};

use crate::cancellation::NoCancellation;

/// The error for an argument that is NULL.
pub(crate) fn null_argument(name: &str) -> Error {
    Error::new(ErrorCode::InvalidRequest, format!("`{name}` must not be NULL"))
}

/// A reference to the object behind a handle.
///
/// # Safety
/// `pointer` is null or came from this library and was not freed.
pub(crate) unsafe fn borrow<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Error> {
    // SAFETY: the caller vouches for it.
    unsafe { pointer.as_ref() }.ok_or_else(|| null_argument(name))
}

/// Sets an output to null before the call's work, so that it never holds garbage.
///
/// # Safety
/// `out` is null or points to writable memory for one pointer.
pub(crate) unsafe fn clear<T>(out: *mut *mut T, name: &str) -> Result<(), Error> {
    if out.is_null() {
        return Err(null_argument(name));
    }
    // SAFETY: not null, and the caller vouches for the memory.
    unsafe { out.write(std::ptr::null_mut()) };
    Ok(())
}

/// Frees an object of [`Box::into_raw`]. Null does nothing. A panic of the destructor does not leave this function.
///
/// # Safety
/// `pointer` is null or came from `Box::into_raw` for this type and was not freed.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: not null, and the caller vouches for where it came from.
        let owned = unsafe { Box::from_raw(pointer) };
        let _no_cancellation = NoCancellation::begin();
        let _ = catch_unwind(AssertUnwindSafe(move || drop(owned)));
    }
}

#[cfg(test)]
mod tests {
    use std::ptr::null_mut;

    use super::*;

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
