//! The outboxes of one process on the same file. SQLite shares an index among all connections of the process: as long as one
//! of them has it open, the others get it too, whatever its name leads to. So they are closed together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLockWriteGuard, Weak};

use rusqlite::Connection;

use super::SqliteFile;
use super::own_file::Identity;
use crate::host::fork;

static ALL: Mutex<Vec<Weak<SqliteFile>>> = Mutex::new(Vec::new());

/// Makes `file` known. Call inside the gate.
pub(super) fn add(file: &Arc<SqliteFile>) {
    let mut all = fork::lock(&ALL);
    all.retain(|known| known.strong_count() > 0);
    all.push(Arc::downgrade(file));
}

/// Those on the file `identity`, in one order for everybody. Call inside the gate.
pub(super) fn of(identity: Identity) -> Vec<Arc<SqliteFile>> {
    let all = fork::lock(&ALL);
    all.iter().filter_map(Weak::upgrade).filter(|file| file.own.identity() == identity).collect()
}

/// In a forked child: what was inherited is the parent's.
pub(super) fn forget_inherited() {
    fork::lock(&ALL).clear();
}

/// Outboxes on one file that nobody reads and nobody writes but who has this. One of them is the `own`.
pub(super) struct Alone<'a> {
    files: Vec<(&'a SqliteFile, &'a mut Option<Connection>)>,
    own: usize,
}

impl Alone<'_> {
    /// Runs `work` with all of `files` at rest; none where `own` is not among them or was shut.
    pub(super) fn with<T>(
        own: &SqliteFile,
        files: &[Arc<SqliteFile>],
        work: impl FnOnce(&mut Alone<'_>) -> T,
    ) -> Option<T> {
        let place = files.iter().position(|file| std::ptr::eq(&raw const **file, own))?;
        let mut writers: Vec<MutexGuard<'_, _>> = files.iter().map(|file| fork::lock(&file.writer)).collect();
        let alone: Vec<RwLockWriteGuard<'_, _>> =
            files.iter().map(|file| file.access.write().unwrap_or_else(PoisonError::into_inner)).collect();
        if *alone[place] {
            return None;
        }
        let files = files.iter().zip(&mut writers).map(|(file, writer)| (&**file, &mut **writer)).collect();
        Some(work(&mut Alone { files, own: place }))
    }

    /// One outbox whose locks the caller has.
    pub(super) fn just<'a>(file: &'a SqliteFile, writer: &'a mut Option<Connection>) -> Alone<'a> {
        Alone { files: vec![(file, writer)], own: 0 }
    }

    /// The connection that writes.
    pub(super) fn writer(&self) -> Option<&Connection> {
        self.files[self.own].1.as_ref()
    }

    /// Every outbox.
    pub(super) fn files(&self) -> impl Iterator<Item = &SqliteFile> {
        self.files.iter().map(|(file, _)| *file)
    }

    /// Closes every connection.
    pub(super) fn close_all(&mut self) {
        for (file, writer) in &mut self.files {
            file.close_all(writer);
        }
        // As long as one of them is open, all keep the descriptors whose close would drop its locks.
        for (file, _) in &self.files {
            file.stop_watching();
        }
    }
}
