//! Versions.

use std::ffi::c_char;

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");

/// The version of the library, such as "3.0.0"; lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn hookbridge_version() -> *const c_char {
    VERSION.as_ptr().cast()
}

/// The version of the interface that the library speaks; compare it with HOOKBRIDGE_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn hookbridge_abi_version() -> u32 {
    0
}
