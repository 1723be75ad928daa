//! Locks of an open file description (OFD): unlike POSIX locks they do not belong to the process, and survive a close
//! elsewhere in it. Only Linux has them. On other systems nothing is locked, and the documentation warns of what the locks
//! would prevent.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};

use super::own_file::{Identity, identity};
use crate::host::fork;

pub(super) enum Kind {
    Shared,
    Exclusive,
}

/// Another process, or another copy of this library, holds the lock.
pub(super) struct HeldElsewhere;

/// A lock, released when the process that took it drops this. A forked child drops its copy without effect.
pub(super) struct OfdLock {
    file: File,
    start: i64,
    length: i64,
    owner: u32,
}

impl OfdLock {
    pub(super) fn take(file: File, kind: Kind, start: i64, length: i64) -> Result<Self, HeldElsewhere> {
        let kind = match kind {
            Kind::Shared => nix::libc::F_RDLCK,
            Kind::Exclusive => nix::libc::F_WRLCK,
        };
        set(&file, start, length, kind)?;
        Ok(Self { file, start, length, owner: std::process::id() })
    }

    /// The locked file.
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for OfdLock {
    /// Unlocks explicitly: between `fork` and `exec` a child has a copy of the descriptor, which would keep the lock after
    /// ours is closed.
    fn drop(&mut self) {
        if self.owner == std::process::id() {
            let _ = set(&self.file, self.start, self.length, nix::libc::F_UNLCK);
        }
    }
}

/// Locks the byte at `place` of `file` and runs `change`. False, without running it, where the byte is locked elsewhere.
pub(super) fn try_while_locked(
    file: &File,
    place: i64,
    change: impl FnOnce() -> io::Result<()>,
) -> io::Result<bool> {
    if set(file, place, 1, nix::libc::F_WRLCK).is_err() {
        return Ok(false);
    }
    let outcome = change();
    let _ = set(file, place, 1, nix::libc::F_UNLCK);
    outcome.map(|()| true)
}

#[cfg(target_os = "linux")]
fn set(file: &File, start: i64, length: i64, kind: i32) -> Result<(), HeldElsewhere> {
    use nix::errno::Errno;
    use nix::fcntl::{FcntlArg, fcntl};
    let range = nix::libc::flock {
        l_type: kind as _,
        l_whence: nix::libc::SEEK_SET as _,
        l_start: start,
        l_len: length,
        l_pid: 0,
    };
    match fcntl(file, FcntlArg::F_OFD_SETLK(&range)) {
        Err(Errno::EAGAIN | Errno::EACCES) => Err(HeldElsewhere),
        // A file system without such locks is like another system: there is no safety net.
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn set(_file: &File, _start: i64, _length: i64, _kind: i32) -> Result<(), HeldElsewhere> {
    Ok(())
}

/// One value for each file, shared by all outboxes of this process on that file and dropped with the last of them.
pub(super) struct PerFile<T>(Mutex<Vec<(Identity, Weak<T>)>>);

impl<T> PerFile<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The value of the file at `path`, made by `make` where there is none yet. `None` where there is no such file.
    pub(super) fn share_named<E>(
        &self,
        path: &Path,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Option<Arc<T>>, E> {
        let Ok(metadata) = std::fs::metadata(path) else { return Ok(None) };
        self.share(identity(&metadata), make).map(Some)
    }

    /// The value of the file `key`, made by `make` where there is none yet. Call inside the gate.
    pub(super) fn share<E>(&self, key: Identity, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let mut all = fork::lock(&self.0);
        all.retain(|(_, shared)| shared.strong_count() > 0);
        if let Some(known) =
            all.iter().find(|(known, _)| *known == key).and_then(|(_, known)| known.upgrade())
        {
            return Ok(known);
        }
        let made = Arc::new(make()?);
        all.push((key, Arc::downgrade(&made)));
        Ok(made)
    }

    /// Forgets the values of the parent, in a forked child.
    pub(super) fn forget_inherited(&self) {
        fork::lock(&self.0).clear();
    }
}
