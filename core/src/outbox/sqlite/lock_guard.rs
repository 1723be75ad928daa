//! Keeps the write-ahead log in place when the host opens the same file with another SQLite.
//!
//! POSIX locks belong to the process: when another copy of SQLite in it closes the file, our locks
//! are gone, and the next process to close the file would take itself for the last user and delete
//! the log under us. Locks by open file description do not fall with a close elsewhere. A shared one on
//! the bytes that SQLite locks for "in use" says so for as long as this guard lives. It is a safety
//! net (Linux only), not a licence: the documentation tells users never to do this.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::ofd_lock::{Kind, OfdLock, PerFile};

/// Held while a file is opened until its guard is held, and while a guard may be dropped: between the two the process's POSIX
/// locks on the file would fall with the descriptor that the drop closes.
pub(super) static ORDER: Mutex<()> = Mutex::new(());

/// Closing a descriptor drops the process's own POSIX locks on that file, so the guard is shared and dropped last.
pub(super) static GUARDS: PerFile<LockGuard> = PerFile::new();

pub(super) struct LockGuard {
    in_database: OfdLock,
    _in_index: Option<OfdLock>,
}

impl LockGuard {
    /// The database, by a descriptor that stays as long as this: any other would drop SQLite's locks when it is closed.
    pub(super) fn database(&self) -> &File {
        self.in_database.file()
    }
}

/// SQLite's SHARED range (`SHARED_FIRST`, `SHARED_SIZE`) in the database file.
const SHARED_FIRST: i64 = 0x4000_0002;
const SHARED_SIZE: i64 = 510;
/// The byte of the `-shm` file that every user of a write-ahead log holds (`UNIX_SHM_DMS`).
const IN_USE_BYTE: i64 = 128;

/// Takes or shares the guard of `database`; the file must be open by SQLite already. Call inside the gate.
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
