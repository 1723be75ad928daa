//! The lock guard: it keeps the write-ahead log in place when the host opens the same file with another SQLite.
//!
//! POSIX locks belong to the process. When another copy of SQLite in the process closes the file, our locks are gone. The
//! next process that closes the file would then take itself for the last user and delete the log under us. Locks of an open
//! file description (OFD) survive a close elsewhere. The guard holds a shared OFD lock on the bytes that SQLite locks while
//! a file is in use. It is a safety net (Linux only): the documentation tells users never to open the file with another
//! SQLite.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::ofd_lock::{Kind, OfdLock, PerFile};

/// Locked from opening a file until its guard is held, and while a guard may be dropped. Dropping a guard closes a
/// descriptor, which drops the process's POSIX locks on the file; this must not happen between another outbox's open and
/// its guard.
pub(super) static ORDER: Mutex<()> = Mutex::new(());

/// The guards by file. Closing a guard's descriptor drops the process's POSIX locks on the file, so a guard is shared and
/// dropped last.
pub(super) static GUARDS: PerFile<LockGuard> = PerFile::new();

pub(super) struct LockGuard {
    in_database: OfdLock,
    _in_index: Option<OfdLock>,
}

impl LockGuard {
    /// A descriptor of the database that may be used: closing any other would drop SQLite's locks.
    pub(super) fn database(&self) -> &File {
        self.in_database.file()
    }
}

/// SQLite's SHARED range (`SHARED_FIRST`, `SHARED_SIZE`) in the database file.
const SHARED_FIRST: i64 = 0x4000_0002;
const SHARED_SIZE: i64 = 510;
/// The byte of the `-shm` file that every user of the log has locked (`UNIX_SHM_DMS`).
const IN_USE_BYTE: i64 = 128;

/// Makes the guard of `database`, or shares the one that there is. SQLite must have the file open already. Call inside the gate.
pub(super) fn hold(database: &Path) -> Option<Arc<LockGuard>> {
    let shared = |path: &Path, start, length| {
        File::open(path).ok().and_then(|file| OfdLock::take(file, Kind::Shared, start, length).ok())
    };
    let take = || -> Result<LockGuard, ()> {
        let in_database = shared(database, SHARED_FIRST, SHARED_SIZE).ok_or(())?;
        let in_index = shared(&super::beside(database, "-shm"), IN_USE_BYTE, 1);
        Ok(LockGuard { in_database, _in_index: in_index })
    };
    GUARDS.share_named(database, take).ok().flatten()
}
