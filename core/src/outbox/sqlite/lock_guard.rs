//! Keeps the write-ahead log in place when the host opens the same file with another SQLite.
//!
//! POSIX locks belong to the process: when another copy of SQLite in it closes the file, our locks
//! are gone, and the next process to close the file would take itself for the last user and delete
//! the log under us. Locks by open file description do not fall with a close elsewhere. A shared one on
//! the bytes that SQLite locks for "in use" says so for as long as this guard lives. It is a safety
//! net (Linux only), not a licence: the documentation tells users never to do this.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};

use crate::fork;

/// Closing a descriptor drops the process's own POSIX locks on that file, so all outboxes on one file
/// in a process share one guard, dropped with the last of them.
static GUARDS: Mutex<Vec<(Inode, Weak<LockGuard>)>> = Mutex::new(Vec::new());

/// Device and number.
type Inode = (u64, u64);

pub(super) struct LockGuard {
    database: File,
    index: Option<File>,
    /// The process that took the locks.
    owner: u32,
}

impl Drop for LockGuard {
    /// A child on its way from `fork` to `exec` has copies of the descriptors, which would keep the locks when ours are
    /// closed: the last close of the file would find it in use and leave the log beside it.
    fn drop(&mut self) {
        if self.owner == std::process::id() {
            set(&self.database, SHARED_FIRST, SHARED_SIZE, nix::libc::F_UNLCK);
            if let Some(index) = &self.index {
                set(index, IN_USE_BYTE, 1, nix::libc::F_UNLCK);
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn set(file: &File, start: i64, length: i64, kind: i32) {
    use nix::fcntl::{FcntlArg, fcntl};
    let range = nix::libc::flock {
        l_type: kind as _,
        l_whence: nix::libc::SEEK_SET as _,
        l_start: start,
        l_len: length,
        l_pid: 0,
    };
    // Where the file system has no such locks the net is missing, as on other systems.
    let _ = fcntl(file, FcntlArg::F_OFD_SETLK(&range));
}

#[cfg(not(target_os = "linux"))]
fn set(_file: &File, _start: i64, _length: i64, _kind: i32) {}

/// SQLite's SHARED range (`SHARED_FIRST`, `SHARED_SIZE`) in the database file.
const SHARED_FIRST: i64 = 0x4000_0002;
const SHARED_SIZE: i64 = 510;
/// The byte of the `-shm` file that every user of a write-ahead log holds (`UNIX_SHM_DMS`).
const IN_USE_BYTE: i64 = 128;

/// Takes or shares the guard of `database`; the file must be open by SQLite already. Call inside the gate.
pub(super) fn hold(database: &Path) -> Option<Arc<LockGuard>> {
    let metadata = std::fs::metadata(database).ok()?;
    let key = (metadata.dev(), metadata.ino());
    let mut guards = fork::lock(&GUARDS);
    guards.retain(|(_, guard)| guard.strong_count() > 0);
    let known = guards.iter().find(|(known, _)| *known == key).and_then(|(_, guard)| guard.upgrade());
    if let Some(guard) = known {
        return Some(guard);
    }
    let file = File::open(database).ok()?;
    set(&file, SHARED_FIRST, SHARED_SIZE, nix::libc::F_RDLCK);
    let index = File::open(super::beside(database, "-shm")).ok();
    if let Some(index) = &index {
        set(index, IN_USE_BYTE, 1, nix::libc::F_RDLCK);
    }
    let guard = Arc::new(LockGuard { database: file, index, owner: std::process::id() });
    guards.push((key, Arc::downgrade(&guard)));
    Some(guard)
}

/// In a forked child: the inherited guards are the parent's; forget them without unlocking.
pub(super) fn forget_inherited() {
    fork::lock(&GUARDS).clear();
}
