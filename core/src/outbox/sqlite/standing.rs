//! Handles files that were replaced, moved or removed while our connections have them open.
//!
//! A restore, an administrator or another program may replace, move or remove the database, its log or its index at any
//! moment. A message is acknowledged only if, after its commit, the database's path still led to the file that was written,
//! and the log and the index were still in place. Between this check and the answer anything may happen; no program can
//! prevent that.

use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::index_watch::{Index, IndexWatch};
use super::log_watch::LogWatch;
use super::own_file::{Identity, identity};
use super::siblings::{self, Exclusive};
use super::{SqliteFile, beside, close_without_folding, lock_guard, log_fold};
use crate::error::closed;
use crate::error::{Error, ErrorCode, Result};
use crate::host::fork;

/// How long a log is folded before it is given up. Readers may need its pages meanwhile.
const LAST_FOLD: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(1);

/// For how long opening is repeated, until the log and the index are the same files before and after it.
const OPENING: Duration = Duration::from_secs(5);

/// Why our connections must not be used.
pub(super) enum Trouble {
    /// The database's path leads to another file, or to none.
    Moved(Error),
    /// The index is not the one that other processes see, or it was truncated.
    Index(Index),
    /// The log was removed or replaced.
    LogGone,
}

/// A file at our log's path that is not our log.
pub(super) struct ForeignLog {
    log: Identity,
    /// The file that was at the index's path at that time.
    index: NamedIndex,
}

/// The file at the index's path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NamedIndex {
    None,
    Ours(Identity),
    Other,
}

fn unavailable(what: String) -> Error {
    Error::new(ErrorCode::StorageUnavailable, what)
}

impl SqliteFile {
    /// Opens the connection that writes, and watches its log and index. These are its own if they had their paths before
    /// the open and have them after it. Takes the lock guard. Call with [`lock_guard::ORDER`] locked, and inside the gate.
    pub(super) fn open_watched(&self, open: impl Fn() -> Result<Connection>) -> Result<Connection> {
        let deadline = Instant::now() + OPENING;
        loop {
            let (log, index) = (LogWatch::begin(self.path()).ok(), IndexWatch::begin(self.path()));
            let connection = self.open_own(&open)?;
            let was_missing = log.is_none() || index.is_none();
            let watched = log.zip(index).filter(|(log, index)| {
                // An empty log beside an index with frames: other processes use another log, and have not noticed that it
                // is gone.
                let is_others = log.is_empty() && index.tells_of_frames();
                log.is_named() && index.is_named() && !is_others
            });
            if let Some((log, index)) = watched {
                *fork::lock(&self.log) = Some(log);
                *fork::lock(&self.index) = Some(index);
                self.hold_guard();
                return Ok(connection);
            }
            close_without_folding(connection);
            if was_missing && Instant::now() < deadline {
                // The log and the index did not exist before the first open of the file.
                continue;
            }
            if Instant::now() > deadline || self.has_sibling_in_trouble() {
                return Err(unavailable(format!(
                    "the write-ahead log of {} or its index was removed by another program, and others still have it open",
                    self.path().display()
                )));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Whether another outbox of this process on the file is in trouble. SQLite would share that outbox's index.
    pub(super) fn has_sibling_in_trouble(&self) -> bool {
        self.siblings().iter().any(|file| file.trouble_beside().is_some())
    }

    /// Settles the trouble of the process's other outboxes on the file. Call without any lock of the file.
    pub(super) fn settle_siblings(&self) {
        for file in self.siblings() {
            if file.trouble_beside().is_some() {
                // The other outbox reports its error itself.
                let _ = file.check_and_settle();
            }
        }
    }

    fn siblings(&self) -> Vec<Arc<SqliteFile>> {
        let all = siblings::of(self.own.identity()).into_iter();
        all.filter(|file| !std::ptr::eq(&raw const **file, self)).collect()
    }

    fn hold_guard(&self) {
        let mut guard = fork::lock(&self.guard);
        if guard.is_none() {
            *guard = lock_guard::hold(self.path());
        }
    }

    /// Checks that the file is at its path, and that the log beside it is ours.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`, which says what happened to which file.
    pub(crate) fn check(&self) -> Result<()> {
        let _inside = fork::enter();
        self.own.check()?;
        self.refuse_foreign_log()
    }

    /// Opens a connection, and checks before and after that the path leads to our file.
    pub(super) fn open_own(&self, open: impl FnOnce() -> Result<Connection>) -> Result<Connection> {
        self.own.check()?;
        self.refuse_foreign_log()?;
        let connection = open()?;
        match self.own.check() {
            Ok(()) => Ok(connection),
            Err(moved) => {
                close_without_folding(connection);
                Err(moved)
            }
        }
    }

    pub(super) fn trouble(&self) -> Option<Trouble> {
        if let Err(moved) = self.own.check() {
            return Some(Trouble::Moved(moved));
        }
        self.trouble_beside()
    }

    /// The trouble that descriptors show. This is far cheaper than looking a path up.
    fn trouble_beside(&self) -> Option<Trouble> {
        match fork::lock(&self.index).as_mut().map_or(Index::Whole, IndexWatch::look) {
            Index::Whole => {}
            other => return Some(Trouble::Index(other)),
        }
        let log_is_gone = fork::lock(&self.log).as_ref().is_some_and(|log| log.is_deleted());
        log_is_gone.then_some(Trouble::LogGone)
    }

    /// Checks every file, also by its path, and closes connections that must not be used.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`, which says what happened to which file.
    pub(crate) fn check_and_settle(&self) -> Result<()> {
        let _inside = fork::enter();
        let index_is_named = || fork::lock(&self.index).as_ref().is_none_or(IndexWatch::is_named);
        match self.trouble() {
            None if index_is_named() => Ok(()),
            trouble => self.settle(trouble.unwrap_or(Trouble::Index(Index::Gone))),
        }
    }

    /// Why the writer's connection must not be used. The database's path is looked up only with `path_too`.
    pub(super) fn trouble_before(&self, path_too: bool) -> Option<Trouble> {
        if path_too { self.trouble() } else { self.trouble_beside() }
    }

    /// Call after a commit, before it is acknowledged. Returns the log that was written; an error where other processes do
    /// not see it.
    pub(super) fn after_commit(&self) -> Result<Arc<File>, Trouble> {
        match (self.trouble(), self.log_that_is_there()) {
            (None, Some(log)) => Ok(log),
            (trouble, _) => Err(trouble.unwrap_or(Trouble::LogGone)),
        }
    }

    /// Handles `trouble`, so that connections can be opened again. Call without any lock of the file.
    ///
    /// # Errors
    /// As [`Self::check_and_settle`].
    pub(super) fn settle(&self, trouble: Trouble) -> Result<()> {
        let files = siblings::of(self.own.identity());
        let settled = Exclusive::with(self, &files, |exclusive| {
            let trouble = match self.trouble() {
                // Another thread has settled it.
                None if !self.has_connections(exclusive) => return Ok(()),
                None => trouble,
                Some(now) => now,
            };
            self.settle_alone(exclusive, trouble)
        });
        settled.unwrap_or_else(|| Err(closed()))
    }

    fn has_connections(&self, exclusive: &Exclusive<'_>) -> bool {
        exclusive.writer().is_some() || fork::lock(&self.index).is_some()
    }

    /// Whether a last close may fold the log into the file and delete the log at its path. Call while nobody reads.
    pub(super) fn can_be_closed(&self, writer: &mut Option<Connection>) -> bool {
        let log_is_moved = || fork::lock(&self.log).as_ref().is_some_and(|log| !log.is_named());
        let trouble = match self.trouble() {
            None if log_is_moved() => Trouble::LogGone,
            None => return true,
            Some(trouble) => trouble,
        };
        // The process's other outboxes on the file have the same trouble. The last of them handles it.
        let is_last =
            siblings::of(self.own.identity()).iter().all(|file| std::ptr::eq(&raw const **file, self));
        is_last && self.settle_alone(&mut Exclusive::just(self, writer), trouble).is_ok()
    }

    fn settle_alone(&self, exclusive: &mut Exclusive<'_>, trouble: Trouble) -> Result<()> {
        match trouble {
            Trouble::Moved(error) => {
                self.give_file_up(exclusive);
                Err(error)
            }
            Trouble::Index(Index::CutShort) => {
                // The index is repaired first: SQLite would touch the missing pages.
                if let Some(Err(cause)) = fork::lock(&self.index).as_mut().map(IndexWatch::mend) {
                    let index = beside(self.path(), "-shm");
                    return Err(unavailable(format!(
                        "{} was cut short by another program and cannot be made whole: {cause}",
                        index.display()
                    )));
                }
                exclusive.close_all_without_folding();
                Ok(())
            }
            Trouble::Index(_) => {
                // SQLite builds another index from the log. The log may be removed next, so it is folded now.
                if self.named_index() != NamedIndex::Other {
                    self.fold_last(exclusive.writer_of_log());
                }
                exclusive.close_all_without_folding();
                Ok(())
            }
            Trouble::LogGone => self.give_log_up(exclusive),
        }
    }

    /// Gives up a file that its path does not lead to any more. Its log is folded into it, wherever the file is now:
    /// otherwise SQLite would take the log for that of the file which has the path.
    fn give_file_up(&self, exclusive: &mut Exclusive<'_>) {
        let log_is_ours = fork::lock(&self.log).as_ref().is_some_and(LogWatch::is_named);
        if let Some(connection) = exclusive.writer().filter(|_| log_is_ours && self.has_whole_index()) {
            // While other processes read, less is folded.
            let _ = log_fold::fold_and_truncate(connection);
        }
        exclusive.close_all_without_folding();
    }

    /// Gives up a log that its path does not lead to any more.
    fn give_log_up(&self, exclusive: &mut Exclusive<'_>) -> Result<()> {
        let path = beside(self.path(), "-wal");
        // An empty log holds nothing foreign.
        let other = std::fs::metadata(&path).ok().filter(|other| other.len() > 0);
        let index = self.named_index();
        if index == NamedIndex::Other {
            // Another process took itself for the last user and closed the file, and it was opened anew since. What was in
            // our log is in the file, or in the new log.
            exclusive.close_all_without_folding();
            return Ok(());
        }
        // Only processes in the same position have this log open.
        self.fold_last(exclusive.writer_of_log());
        exclusive.close_all_without_folding();
        match other {
            None => self.forget_index(index),
            Some(other) => exclusive.files().for_each(|file| {
                *fork::lock(&file.foreign) = Some(ForeignLog { log: identity(&other), index });
            }),
        }
        self.refuse_foreign_log()
    }

    fn named_index(&self) -> NamedIndex {
        let Ok(named) = std::fs::metadata(beside(self.path(), "-shm")) else { return NamedIndex::None };
        let ours = fork::lock(&self.index).as_ref().map(IndexWatch::identity);
        if ours == Some(identity(&named)) { NamedIndex::Ours(identity(&named)) } else { NamedIndex::Other }
    }

    /// Fails while a foreign file is at our log's path: SQLite would write its contents into the database.
    fn refuse_foreign_log(&self) -> Result<()> {
        let mut foreign = fork::lock(&self.foreign);
        let Some(known) = foreign.as_ref() else { return Ok(()) };
        let path = beside(self.path(), "-wal");
        if std::fs::metadata(&path).is_ok_and(|log| identity(&log) == known.log && log.len() > 0) {
            return Err(unavailable(format!(
                "the write-ahead log {} was replaced by another file: nothing is accepted or delivered until that is moved away",
                path.display()
            )));
        }
        if let Some(known) = foreign.take() {
            self.forget_index(known.index);
        }
        Ok(())
    }

    /// Removes an index of ours, where it still has its path. It describes a log that is gone; the next log needs another.
    fn forget_index(&self, index: NamedIndex) {
        let path = beside(self.path(), "-shm");
        let NamedIndex::Ours(index) = index else { return };
        if std::fs::metadata(&path).is_ok_and(|named| identity(&named) == index) {
            let _ = std::fs::remove_file(path);
        }
    }

    /// Folds the log into the file, although the log has no path any more.
    fn fold_last(&self, writer: Option<&Connection>) {
        let Some(connection) = writer.filter(|_| self.has_whole_index()) else { return };
        let deadline = Instant::now() + LAST_FOLD;
        let is_folded =
            || log_fold::fold(connection).is_ok_and(|folded| folded.is_some_and(|folded| folded.left() == 0));
        while !is_folded() && Instant::now() < deadline {
            std::thread::sleep(PAUSE);
        }
    }

    /// The log that the writing connection has open, or had before it was closed after an error.
    pub(super) fn log_identity(&self) -> Option<Identity> {
        fork::lock(&self.log).as_ref().map(LogWatch::identity)
    }

    fn has_whole_index(&self) -> bool {
        fork::lock(&self.index).as_mut().is_some_and(|index| index.look() != Index::CutShort)
    }

    /// Closes every connection without folding the log, which may not be ours. SQLite forgets what it knows of a log only
    /// when the process's last connection is closed.
    pub(super) fn close_all_without_folding(&self, writer: &mut Option<Connection>) {
        fork::lock(&self.log).take();
        let readers = std::mem::take(&mut *fork::lock(&self.readers));
        writer
            .take()
            .into_iter()
            .chain(self.folding_connection.take())
            .chain(readers)
            .for_each(close_without_folding);
    }

    /// Stops watching the index and drops the lock guard. Call when no connection is open.
    pub(super) fn stop_watching(&self) {
        fork::lock(&self.index).take();
        let _order = fork::lock(&lock_guard::ORDER);
        fork::lock(&self.guard).take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn value(file: &SqliteFile) -> i64 {
        file.read(|connection| {
            connection
                .query_row("SELECT value FROM hookbridge_state WHERE name = 'revision'", [], |row| row.get(0))
        })
        .unwrap()
    }

    /// One of two outboxes of a process lost its writing connection to an error; the log that both had is removed.
    #[test]
    fn what_another_outbox_wrote_is_kept_where_ours_has_no_writer() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { database: folder.path().join("outbox.db"), ..Config::default() };
        let (ours, others) =
            (SqliteFile::open(&config, None).unwrap(), SqliteFile::open(&config, None).unwrap());
        let begun = value(&ours);
        close_without_folding(fork::lock(&ours.writer).take().unwrap());
        let raised = "UPDATE hookbridge_state SET value = value + 1 WHERE name = 'revision'";
        fork::lock(&others.writer).as_ref().unwrap().execute(raised, []).unwrap();
        std::fs::remove_file(beside(ours.path(), "-wal")).unwrap();
        ours.check_and_settle().unwrap();
        assert_eq!(value(&ours), begun + 1);
        assert_eq!(value(&others), begun + 1);
    }
}
