//! Owned output.

use crate::pointer::free;

/// Bytes given to the caller; free them with hookbridge_buffer_free.
pub struct hookbridge_buffer(Vec<u8>);

impl hookbridge_buffer {
    pub(crate) fn into_raw(text: String) -> *mut Self {
        let mut bytes = text.into_bytes();
        // Readable as a C string too; not counted in the length.
        bytes.push(0);
        Box::into_raw(Box::new(Self(bytes)))
    }
}

/// The first byte; lives as long as the buffer. A NUL follows the last byte. NULL answers NULL.
///
/// # Safety
/// `buffer` is NULL or a buffer that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_buffer_data(buffer: *const hookbridge_buffer) -> *const u8 {
    // SAFETY: as the caller vouches.
    unsafe { buffer.as_ref() }.map_or(std::ptr::null(), |buffer| buffer.0.as_ptr())
}

/// How many bytes there are, without the NUL. NULL answers 0.
///
/// # Safety
/// `buffer` is NULL or a buffer that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_buffer_len(buffer: *const hookbridge_buffer) -> usize {
    // SAFETY: as the caller vouches.
    unsafe { buffer.as_ref() }.map_or(0, |buffer| buffer.0.len().saturating_sub(1))
}

/// Frees a buffer. NULL does nothing.
///
/// # Safety
/// `buffer` is NULL or a buffer that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_buffer_free(buffer: *mut hookbridge_buffer) {
    // SAFETY: as the caller vouches.
    unsafe { free(buffer) }
}

#[cfg(test)]
mod tests {
    use std::ptr::{null, null_mut};

    use super::*;

    #[test]
    fn a_buffer_has_its_bytes_and_a_nul_after_them() {
        for text in ["", "{}", "a\0b", "\u{1f41d}"] {
            let buffer = hookbridge_buffer::into_raw(text.to_owned());
            // SAFETY: the buffer is fresh, is read within its length and freed once.
            unsafe {
                let (data, len) = (hookbridge_buffer_data(buffer), hookbridge_buffer_len(buffer));
                assert_eq!(len, text.len());
                let read = std::slice::from_raw_parts(data, len + 1);
                assert_eq!(read.split_last(), Some((&0, text.as_bytes())));
                hookbridge_buffer_free(buffer);
            }
        }
    }

    #[test]
    fn null_is_an_empty_buffer() {
        // SAFETY: NULL is allowed everywhere.
        unsafe {
            assert!(hookbridge_buffer_data(null()).is_null());
            assert_eq!(hookbridge_buffer_len(null()), 0);
            hookbridge_buffer_free(null_mut());
        }
    }
}
