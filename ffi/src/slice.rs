//! Borrowed input.

use hookbridge_core::{Error, ErrorCode};

use crate::guard::null;

/// Bytes of the caller, read only during the call. With len 0, data may be NULL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hookbridge_slice {
    /// The first byte.
    pub data: *const u8,
    /// How many.
    pub len: usize,
}

impl hookbridge_slice {
    /// The bytes.
    ///
    /// # Safety
    /// `data` points to `len` readable bytes for the call, or `len` is 0, or `data` is null.
    pub(crate) unsafe fn bytes<'a>(self, name: &str) -> Result<&'a [u8], Error> {
        if self.len == 0 {
            return Ok(&[]);
        }
        if self.data.is_null() {
            return Err(null(name));
        }
        if self.len > isize::MAX as usize {
            return Err(Error::new(ErrorCode::InvalidRequest, format!("`{name}` has an impossible length")));
        }
        // SAFETY: not null, of a possible length, and the caller vouches for the memory.
        Ok(unsafe { std::slice::from_raw_parts(self.data, self.len) })
    }

    /// The bytes as text.
    ///
    /// # Safety
    /// As [`hookbridge_slice::bytes`].
    pub(crate) unsafe fn text<'a>(self, name: &str) -> Result<&'a str, Error> {
        // SAFETY: as the caller vouches.
        std::str::from_utf8(unsafe { self.bytes(name) }?)
            .map_err(|_| Error::new(ErrorCode::InvalidRequest, format!("`{name}` is not UTF-8")))
    }
}
