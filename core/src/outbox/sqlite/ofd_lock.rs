//! Locks that belong to an open file description and not to the process: a close elsewhere in the process leaves them.
//! Linux has them; elsewhere nothing is taken, and what they guard against is only documented.

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

/// Somebody else has it.
pub(super) struct Taken;

/// Held until dropped by the process that took it. A forked child drops its copy without effect.
pub(super) struct OfdLock {
    file: File,
    start: i64,
    length: i64,
    owner: u32,
}

impl OfdLock {
    pub(super) fn take(file: File, kind: Kind, start: i64, length: i64) -> Result<Self, Taken> {
        let kind = match kind {
            Kind::Shared => nix::libc::F_RDLCK,
            Kind::Exclusive => nix::libc::F_WRLCK,
        };
        set(&file, start, length, kind)?;
        Ok(Self { file, start, length, owner: std::process::id() })
    }

    /// The file that it is on.
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for OfdLock {
    /// A child on its way from `fork` to `exec` has a copy of the descriptor, which would keep the lock when ours is
    /// closed: so it is given back by name.
    fn drop(&mut self) {
        if self.owner == std::process::id() {
            let _ = set(&self.file, self.start, self.length, nix::libc::F_UNLCK);
        }
    }
}

/// Runs `change` while nobody else has a lock on the byte at `place` of `file`; false where somebody has.
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
fn set(file: &File, start: i64, length: i64, kind: i32) -> Result<(), Taken> {
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
        Err(Errno::EAGAIN | Errno::EACCES) => Err(Taken),
        // Where the file system has no such locks the net is missing, as on other systems.
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn set(_file: &File, _start: i64, _length: i64, _kind: i32) -> Result<(), Taken> {
    Ok(())
}

/// What all outboxes on one file in this process share; it goes with the last of them.
pub(super) struct PerFile<T>(Mutex<Vec<(Identity, Weak<T>)>>);

impl<T> PerFile<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// What is shared on the file that has the name `path`, or else what `make` gives; none where there is no such file.
    pub(super) fn share_named<E>(
        &self,
        path: &Path,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Option<Arc<T>>, E> {
        let Ok(metadata) = std::fs::metadata(path) else { return Ok(None) };
        self.share(identity(&metadata), make).map(Some)
    }

    /// What is shared on the file `key`, or else what `make` gives. Call inside the gate.
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

    /// In a forked child: what was inherited is the parent's.
    pub(super) fn forget_inherited(&self) {
        fork::lock(&self.0).clear();
    }
}
