//! SQLite that has no memory to begin with takes no VFS, and takes one as soon as it has. Alone in its file: SQLite begins
//! once for the whole process.

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::ffi::{
    SQLITE_CONFIG_GETMALLOC, SQLITE_CONFIG_MALLOC, SQLITE_NOMEM, SQLITE_OK, sqlite3_config,
    sqlite3_mem_methods,
};

static SHORT: AtomicBool = AtomicBool::new(true);
static BEGIN: OnceLock<unsafe extern "C" fn(*mut c_void) -> c_int> = OnceLock::new();

/// What memory begins with in SQLite.
unsafe extern "C" fn begin(data: *mut c_void) -> c_int {
    match BEGIN.get() {
        // SAFETY: it is SQLite's own, called as SQLite does.
        Some(begin) if !SHORT.load(Ordering::SeqCst) => unsafe { begin(data) },
        _ => SQLITE_NOMEM,
    }
}

#[test]
fn a_refusal_is_not_kept() {
    // SAFETY: every field is a pointer or a function that may be null; SQLite fills them in.
    let mut memory: sqlite3_mem_methods = unsafe { std::mem::zeroed() };
    // SAFETY: SQLite has not begun, and nobody else uses it. It copies what it is given.
    unsafe {
        assert_eq!(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &raw mut memory), SQLITE_OK);
        BEGIN.set(memory.xInit.unwrap()).unwrap();
        memory.xInit = Some(begin);
        assert_eq!(sqlite3_config(SQLITE_CONFIG_MALLOC, &raw mut memory), SQLITE_OK);
    }
    assert_eq!(hookbridge_gather::name(), None);
    SHORT.store(false, Ordering::SeqCst);
    assert!(hookbridge_gather::name().is_some());
}
