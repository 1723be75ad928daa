//! The outboxes of one process on the same file. SQLite shares the index among all connections of the process: while one
//! connection has it open, new connections get the same index, whatever its path leads to by now. So all their connections
//! are closed together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLockWriteGuard, Weak};

use rusqlite::Connection;

use super::SqliteFile;
use super::own_file::Identity;
use crate::host::fork;

static ALL: Mutex<Vec<Weak<SqliteFile>>> = Mutex::new(Vec::new());

/// Adds `file` to the outboxes of this process. Call inside the gate.
pub(super) fn add(file: &Arc<SqliteFile>) {
    let mut all = fork::lock(&ALL);
    all.retain(|known| known.strong_count() > 0);
    all.push(Arc::downgrade(file));
}

/// The outboxes on the file `identity`, in the same order for every caller, which locks them in it. Call inside the gate.
pub(super) fn of(identity: Identity) -> Vec<Arc<SqliteFile>> {
    let all = fork::lock(&ALL);
    all.iter().filter_map(Weak::upgrade).filter(|file| file.own.identity() == identity).collect()
}

/// Forgets the outboxes of the parent, in a forked child.
pub(super) fn forget_inherited() {
    fork::lock(&ALL).clear();
}

/// Exclusive access to the outboxes on one file: while this is held nobody else reads or writes. One of them is the caller's own.
pub(super) struct Exclusive<'a> {
    files: Vec<(&'a SqliteFile, &'a mut Option<Connection>)>,
    own: usize,
}

impl Exclusive<'_> {
    /// Locks all of `files` and runs `work`. `None` where `own` is not among them or was closed.
    pub(super) fn with<T>(
        own: &SqliteFile,
        files: &[Arc<SqliteFile>],
        work: impl FnOnce(&mut Exclusive<'_>) -> T,
    ) -> Option<T> {
        let place = files.iter().position(|file| std::ptr::eq(&raw const **file, own))?;
        let mut writers: Vec<MutexGuard<'_, _>> = files.iter().map(|file| fork::lock(&file.writer)).collect();
        let alone: Vec<RwLockWriteGuard<'_, _>> =
            files.iter().map(|file| file.access.write().unwrap_or_else(PoisonError::into_inner)).collect();
        if *alone[place] {
            return None;
        }
        let files = files.iter().zip(&mut writers).map(|(file, writer)| (&**file, &mut **writer)).collect();
        Some(work(&mut Exclusive { files, own: place }))
    }

    /// Exclusive access to one outbox, whose locks the caller holds.
    pub(super) fn just<'a>(file: &'a SqliteFile, writer: &'a mut Option<Connection>) -> Exclusive<'a> {
        Exclusive { files: vec![(file, writer)], own: 0 }
    }

    /// The writing connection of the caller's own outbox.
    pub(super) fn writer(&self) -> Option<&Connection> {
        self.files[self.own].1.as_ref()
    }

    /// A connection that writes to the log of the caller's own outbox: its own, or another outbox's where its own was closed
    /// after an error.
    pub(super) fn writer_of_log(&self) -> Option<&Connection> {
        let log = self.files[self.own].0.log_identity();
        let of_others = || self.files.iter().filter(|(file, _)| log.is_some() && file.log_identity() == log);
        self.writer().or_else(|| of_others().find_map(|(_, writer)| writer.as_ref()))
    }

    /// Every outbox on the file.
    pub(super) fn files(&self) -> impl Iterator<Item = &SqliteFile> {
        self.files.iter().map(|(file, _)| *file)
    }

    /// Closes every connection of every outbox.
    pub(super) fn close_all_without_folding(&mut self) {
        for (file, writer) in &mut self.files {
            file.close_all_without_folding(writer);
        }
        // Closing these descriptors drops the process's locks, so all connections are closed first.
        for (file, _) in &self.files {
            file.stop_watching();
        }
    }
}
