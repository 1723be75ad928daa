//! The VFS. It is the system's for every file but the log, whose writes it gathers.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

use rusqlite::Connection;
use rusqlite::ffi::{
    self, SQLITE_OK, SQLITE_OPEN_WAL, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
};

use crate::current::{GATHERING, HELD};
use crate::frames::{Frames, Step};
use crate::versions::is_tested;

const NAME: &CStr = c"hookbridge-gather";

/// The system's VFS, once ours is registered. Both stay for the rest of the process's life.
struct Registered {
    system: *mut sqlite3_vfs,
}

// SAFETY: a VFS is there for every thread to use, and the default one stays registered.
unsafe impl Send for Registered {}
// SAFETY: likewise.
unsafe impl Sync for Registered {}

static REGISTERED: OnceLock<Registered> = OnceLock::new();
static REGISTERING: Mutex<()> = Mutex::new(());

/// The VFS's name, to open connections with. `None` where a connection does without: for good where the version of SQLite
/// is none of [`TESTED`](crate::TESTED), and for now where SQLite has no memory to take a VFS; the next caller asks again.
pub fn name() -> Option<&'static str> {
    name_for(rusqlite::version_number())
}

fn name_for(version: c_int) -> Option<&'static str> {
    if !is_tested(version) {
        return None;
    }
    if REGISTERED.get().is_none() {
        let _one_at_a_time = REGISTERING.lock().unwrap_or_else(PoisonError::into_inner);
        if REGISTERED.get().is_none() {
            let registered = register()?;
            REGISTERED.get_or_init(|| registered);
        }
    }
    NAME.to_str().ok()
}

fn register() -> Option<Registered> {
    // SAFETY: asks for the default VFS. The answer is null, or a VFS that stays registered for ever.
    let system = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
    // SAFETY: as above; the VFS is only read.
    let found = unsafe { system.as_ref() }?;
    let log_file = c_int::try_from(SYSTEMS_FILE).ok()?;
    let own = sqlite3_vfs {
        szOsFile: log_file.checked_add(found.szOsFile)?,
        pNext: ptr::null_mut(),
        zName: NAME.as_ptr(),
        xOpen: Some(open),
        // The other functions do not use the VFS that they get, or only fields that are the same in both.
        ..*found
    };
    let own = Box::into_raw(Box::new(own));
    // SAFETY: `own` is given away for ever, its name is a static, and its functions are the system's or those of this file.
    // 0: not the default VFS. Only a connection that names it gets it.
    if unsafe { ffi::sqlite3_vfs_register(own, 0) } == SQLITE_OK {
        return Some(Registered { system });
    }
    // SAFETY: `own` was made above, and SQLite has not taken it.
    drop(unsafe { Box::from_raw(own) });
    None
}

/// An open log. The system's file follows in the same piece of memory.
#[repr(C)]
struct LogFile {
    /// SQLite's part of it, which must come first.
    file: sqlite3_file,
    frames: Frames,
}

/// The offset of the system's file.
const SYSTEMS_FILE: usize = size_of::<LogFile>().next_multiple_of(8);
// SQLite's memory for files is aligned to 8 bytes and no more.
const _: () = assert!(align_of::<LogFile>() <= 8);

/// Version 1 of the methods: SQLite uses no others for a log.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// Opens a log as a [`LogFile`], and every other file as the system does. SQLite calls it with memory of `szOsFile` bytes.
unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let Some(Registered { system }) = REGISTERED.get() else { return ffi::SQLITE_CANTOPEN };
    // SAFETY: it stays, as above.
    let Some(systems_open) = (unsafe { (**system).xOpen }) else { return ffi::SQLITE_CANTOPEN };
    if flags & SQLITE_OPEN_WAL == 0 {
        // SAFETY: handed on as it came; the memory is longer than the system needs.
        return unsafe { systems_open(*system, name, file, flags, out) };
    }
    // SAFETY: the memory has the length of a `LogFile` and the system's file behind it, and its alignment. Where the open
    // fails `pMethods` is null and SQLite does not use the file, nor close it.
    unsafe {
        (*file).pMethods = ptr::null();
        let inner = inner(file);
        (*inner).pMethods = ptr::null();
        let opened = systems_open(*system, name, inner, flags, out);
        if opened == SQLITE_OK {
            let log = LogFile { file: sqlite3_file { pMethods: &raw const METHODS }, frames: Frames::new() };
            file.cast::<LogFile>().write(log);
        } else if let Some(close) = (*inner).pMethods.as_ref().and_then(|methods| methods.xClose) {
            close(inner);
        }
        opened
    }
}

/// The system's file.
///
/// # Safety
/// `file` has the memory of a log's.
unsafe fn inner(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: that memory reaches beyond it.
    unsafe { file.byte_add(SYSTEMS_FILE) }
}

/// Calls a method of the system's file. Unsafe: `$file` is a log that `open` has opened, and the arguments are SQLite's.
macro_rules! systems {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        let inner = inner($file);
        match (*(*inner).pMethods).$method {
            Some(method) => method(inner $(, $argument)*),
            None => ffi::SQLITE_IOERR,
        }
    }};
}

/// The largest write that SQLite's own VFS takes: it uses the lowest 17 bits of a length.
const MOST_AT_ONCE: usize = 0x1_0000;

/// Writes the frames that a commit has left in the log of `connection`. Ignores errors: the caller fails anyway.
pub(crate) fn write_held(connection: &Connection) {
    let mut log: *mut sqlite3_file = ptr::null_mut();
    // SAFETY: the connection is borrowed, so it stays open and no other thread uses it. SQLite answers with its log, if the
    // log is open.
    unsafe {
        let asked = ffi::sqlite3_file_control(
            connection.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_JOURNAL_POINTER,
            (&raw mut log).cast(),
        );
        if asked == SQLITE_OK && log.as_ref().is_some_and(|open| ptr::eq(open.pMethods, &raw const METHODS)) {
            settle(log);
        }
    }
}

/// Writes the frames that are held, before anything else is done with the log.
///
/// # Safety
/// `file` is a log that `open` has opened, and nobody else uses it now.
unsafe fn settle(file: *mut sqlite3_file) -> c_int {
    // SAFETY: as the caller vouches; the bytes written are our own.
    unsafe {
        let frames = &mut (*file.cast::<LogFile>()).frames;
        let mut outcome = SQLITE_OK;
        if let Some((bytes, mut offset)) = frames.held(GATHERING.get()) {
            HELD.set(HELD.get().saturating_sub(bytes.len()));
            for piece in bytes.chunks(MOST_AT_ONCE) {
                if outcome == SQLITE_OK {
                    outcome = systems!(file, xWrite, piece.as_ptr().cast(), piece.len() as c_int, offset);
                    offset += piece.len() as sqlite3_int64;
                }
            }
        }
        frames.clear();
        outcome
    }
}

/// A method that writes the frames that are held and then calls the system's.
macro_rules! settled {
    ($name:ident, $method:ident $(, $argument:ident: $kind:ty)*) => {
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $argument: $kind)*) -> c_int {
            // SAFETY: SQLite calls it with a log that `open` has opened, from one thread at a time.
            unsafe {
                match settle(file) {
                    SQLITE_OK => systems!(file, $method $(, $argument)*),
                    failed => failed,
                }
            }
        }
    };
}

settled!(read, xRead, bytes: *mut c_void, length: c_int, offset: sqlite3_int64);
settled!(write_apart, xWrite, bytes: *const c_void, length: c_int, offset: sqlite3_int64);
settled!(truncate, xTruncate, size: sqlite3_int64);
settled!(sync, xSync, flags: c_int);
settled!(file_size, xFileSize, size: *mut sqlite3_int64);

/// A method that calls the system's. The bytes of the file do not matter to it.
macro_rules! passed_on {
    ($name:ident, $method:ident $(, $argument:ident: $kind:ty)*) => {
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $argument: $kind)*) -> c_int {
            // SAFETY: as for the others.
            unsafe { systems!(file, $method $(, $argument)*) }
        }
    };
}

passed_on!(lock, xLock, kind: c_int);
passed_on!(unlock, xUnlock, kind: c_int);
passed_on!(check_reserved_lock, xCheckReservedLock, held: *mut c_int);
passed_on!(file_control, xFileControl, kind: c_int, argument: *mut c_void);
passed_on!(sector_size, xSectorSize);
passed_on!(device_characteristics, xDeviceCharacteristics);

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    offset: sqlite3_int64,
) -> c_int {
    let number = GATHERING.get();
    // SAFETY: SQLite calls it with a log that `open` has opened, from one thread at a time, and with so many bytes.
    unsafe {
        if number != 0
            && let Ok(length) = usize::try_from(length)
        {
            let bytes = std::slice::from_raw_parts(bytes.cast::<u8>(), length);
            match (*file.cast::<LogFile>()).frames.add(bytes, offset, number) {
                Step::Held => {
                    HELD.set(HELD.get() + length);
                    return SQLITE_OK;
                }
                Step::Write => {
                    HELD.set(HELD.get() + length);
                    return settle(file);
                }
                Step::Apart => {}
            }
        }
        write_apart(file, bytes, length, offset)
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: `open` has filled the log, and SQLite does not use it again.
    unsafe {
        ptr::drop_in_place(&raw mut (*file.cast::<LogFile>()).frames);
        systems!(file, xClose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_was_not_tested_has_no_vfs() {
        assert_eq!(name_for(3_054_001), NAME.to_str().ok());
        assert_eq!(name_for(3_054_002), None);
        assert_eq!(name_for(rusqlite::version_number()), name());
    }
}
