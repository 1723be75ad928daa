//! Borrowed input.

use hookbridge_core::{Error, ErrorCode};

use crate::pointer::null_argument;

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
            return Err(null_argument(name));
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

#[cfg(test)]
mod tests {
    use std::ptr::{dangling, null};

    use hookbridge_core::ErrorCode;

    use super::*;

    fn read(data: *const u8, len: usize) -> Result<Vec<u8>, ErrorCode> {
        // SAFETY: each test gives readable bytes, or a length that keeps them from being read.
        unsafe { hookbridge_slice { data, len }.bytes("x") }.map(<[u8]>::to_vec).map_err(|error| error.code())
    }

    #[test]
    fn bytes_are_read_exactly() {
        let bytes = *b"a\0\xff";
        assert_eq!(read(bytes.as_ptr(), 3), Ok(bytes.to_vec()));
        // From the middle, to the end of the allocation.
        assert_eq!(read(bytes[1..].as_ptr(), 2), Ok(vec![0, 0xff]));
    }

    #[test]
    fn nothing_is_read_where_nothing_can_be() {
        assert_eq!(read(null(), 0), Ok(Vec::new()));
        assert_eq!(read(dangling(), 0), Ok(Vec::new()));
        assert_eq!(read(null(), 1), Err(ErrorCode::InvalidRequest));
        assert_eq!(read(null(), usize::MAX), Err(ErrorCode::InvalidRequest));
        assert_eq!(read(dangling(), usize::MAX), Err(ErrorCode::InvalidRequest));
        assert_eq!(read(dangling(), isize::MAX as usize + 1), Err(ErrorCode::InvalidRequest));
    }

    #[test]
    fn text_is_utf8() {
        for (bytes, expected) in
            [(&b"\xc3\xa4"[..], Some("\u{e4}")), (b"\xc3", None), (b"\xed\xa0\x80", None)]
        {
            let slice = hookbridge_slice { data: bytes.as_ptr(), len: bytes.len() };
            // SAFETY: the bytes live for the call.
            assert_eq!(unsafe { slice.text("x") }.ok(), expected);
        }
    }
}
