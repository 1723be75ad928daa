//! What is done where the files that our connections have open are no longer those that their names lead to.
//!
//! A restore, a tidy administrator or another program may replace, move or remove any of them at any moment. Whoever asks is
//! told that his message is accepted only where after its commit the database's name still led to the file that was
//! written, and the log's and the index' files were still there. In the moment between that look and the answer anything
//! may happen; no program can do anything about that.

use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::index_watch::{Index, IndexWatch};
use super::log_watch::LogWatch;
use super::own_file::{Identity, identity};
use super::siblings::{self, Alone};
use super::{SqliteFile, beside, close_as_it_is, lock_guard, log_fold};
use crate::error::closed;
use crate::error::{Error, ErrorCode, Result};
use crate::host::fork;

/// How long others' reads are waited for where the log of ours has to be folded before it is given up.
const LAST_FOLD: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(1);

/// For how long a connection is opened anew until the files beside it are the same before and after.
const OPENING: Duration = Duration::from_secs(1);

/// Why the connections must not be used.
pub(super) enum Trouble {
    /// The database's name leads elsewhere.
    Moved(Error),
    /// The index is not the one that others see, or not whole.
    Index(Index),
    /// The log was removed or replaced.
    LogGone,
}

/// A log that came to the name of ours.
pub(super) struct ForeignLog {
    log: Identity,
    /// What had the name of the index then.
    index: NamedIndex,
}

/// What has the name of the index.
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
    /// Opens the connection that writes, and watches the log and the index that it has: those that had their names before it
    /// was opened and have them now. Says by locks that they are in use. Call with [`lock_guard::ORDER`] and inside the gate.
    pub(super) fn open_watched(&self, open: impl Fn() -> Result<Connection>) -> Result<Connection> {
        let deadline = Instant::now() + OPENING;
        loop {
            let (log, index) = (LogWatch::begin(self.path()).ok(), IndexWatch::begin(self.path()));
            let connection = self.open_own(&open)?;
            let was_missing = log.is_none() || index.is_none();
            let watched = log.zip(index).filter(|(log, index)| {
                // Others have the index of another log, and have yet to notice that it is gone.
                let is_others = log.is_empty() && index.tells_of_frames();
                log.is_named() && index.is_named() && !is_others
            });
            if let Some((log, index)) = watched {
                *fork::lock(&self.log) = Some(log);
                *fork::lock(&self.index) = Some(index);
                self.hold_guard();
                return Ok(connection);
            }
            close_as_it_is(connection);
            if was_missing && Instant::now() < deadline {
                // As where it is the first that opens the file.
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

    /// Whether another outbox of this process has connections that must not be used. SQLite would share with it.
    pub(super) fn has_sibling_in_trouble(&self) -> bool {
        self.siblings().iter().any(|file| file.trouble_beside().is_some())
    }

    /// Has those settled. Call with no lock of the file's.
    pub(super) fn settle_siblings(&self) {
        for file in self.siblings() {
            if file.trouble_beside().is_some() {
                // It will say so itself.
                let _ = file.look_after();
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

    /// Whether there is anything to deliver from: the file has its name, and the log beside it is not another's.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`, which says what became of which file.
    pub(crate) fn check(&self) -> Result<()> {
        let _inside = fork::enter();
        self.own.check()?;
        self.refuse_foreign_log()
    }

    /// Opens a connection to the file, and to no other that has its name by now.
    pub(super) fn open_own(&self, open: impl FnOnce() -> Result<Connection>) -> Result<Connection> {
        self.own.check()?;
        self.refuse_foreign_log()?;
        let connection = open()?;
        match self.own.check() {
            Ok(()) => Ok(connection),
            Err(moved) => {
                close_as_it_is(connection);
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

    /// What the descriptors tell; far cheaper than a look at a name.
    fn trouble_beside(&self) -> Option<Trouble> {
        match fork::lock(&self.index).as_mut().map_or(Index::Whole, IndexWatch::look) {
            Index::Whole => {}
            other => return Some(Trouble::Index(other)),
        }
        let log_is_gone = fork::lock(&self.log).as_ref().is_some_and(|log| log.is_deleted());
        log_is_gone.then_some(Trouble::LogGone)
    }

    /// Looks at everything, also at what only a name tells, and closes connections that must not be used.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`, which says what became of which file.
    pub(crate) fn look_after(&self) -> Result<()> {
        let _inside = fork::enter();
        let index_is_named = || fork::lock(&self.index).as_ref().is_none_or(IndexWatch::is_named);
        match self.trouble() {
            None if index_is_named() => Ok(()),
            trouble => self.settle(trouble.unwrap_or(Trouble::Index(Index::Gone))),
        }
    }

    /// Why the writer's connection must not be used, as far as can be told without a look at the database's name. With
    /// `name_too` that is looked up as well.
    pub(super) fn trouble_before(&self, name_too: bool) -> Option<Trouble> {
        if name_too { self.trouble() } else { self.trouble_beside() }
    }

    /// After a commit, before anybody is told of it: the log that was written, where that is the one which others see.
    pub(super) fn after_commit(&self) -> Result<Arc<File>, Trouble> {
        match (self.trouble(), self.log_that_is_there()) {
            (None, Some(log)) => Ok(log),
            (trouble, _) => Err(trouble.unwrap_or(Trouble::LogGone)),
        }
    }

    /// Does what `trouble` calls for; afterwards connections can be opened. Call with no lock of the file's.
    ///
    /// # Errors
    /// As [`Self::look_after`].
    pub(super) fn settle(&self, trouble: Trouble) -> Result<()> {
        let files = siblings::of(self.own.identity());
        let settled = Alone::with(self, &files, |alone| {
            let trouble = match self.trouble() {
                // Somebody was first.
                None if !self.has_connections(alone) => return Ok(()),
                None => trouble,
                Some(now) => now,
            };
            self.settle_alone(alone, trouble)
        });
        settled.unwrap_or_else(|| Err(closed()))
    }

    fn has_connections(&self, alone: &Alone<'_>) -> bool {
        alone.writer().is_some() || fork::lock(&self.index).is_some()
    }

    /// Whether a last close may fold the log into the file and delete it by its name. Call while nobody reads.
    pub(super) fn can_be_closed(&self, writer: &mut Option<Connection>) -> bool {
        let log_is_moved = || fork::lock(&self.log).as_ref().is_some_and(|log| !log.is_named());
        let trouble = match self.trouble() {
            None if log_is_moved() => Trouble::LogGone,
            None => return true,
            Some(trouble) => trouble,
        };
        // Others that are open in this process have the same trouble, and more time for it.
        let is_last =
            siblings::of(self.own.identity()).iter().all(|file| std::ptr::eq(&raw const **file, self));
        is_last && self.settle_alone(&mut Alone::just(self, writer), trouble).is_ok()
    }

    fn settle_alone(&self, alone: &mut Alone<'_>, trouble: Trouble) -> Result<()> {
        match trouble {
            Trouble::Moved(error) => {
                self.part(alone);
                Err(error)
            }
            Trouble::Index(Index::CutShort) => {
                // First, since SQLite would touch what is missing.
                if let Some(Err(cause)) = fork::lock(&self.index).as_mut().map(IndexWatch::mend) {
                    let index = beside(self.path(), "-shm");
                    return Err(unavailable(format!(
                        "{} was cut short by another program and cannot be made whole: {cause}",
                        index.display()
                    )));
                }
                alone.close_all();
                Ok(())
            }
            Trouble::Index(_) => {
                // SQLite makes another from the log, which may follow it.
                if self.named_index() != NamedIndex::Other {
                    self.fold_last(alone.writer());
                }
                alone.close_all();
                Ok(())
            }
            Trouble::LogGone => self.give_log_up(alone),
        }
    }

    /// Lets go of a file that its name does not lead to any more. What is in its log is brought into it, wherever it is now:
    /// SQLite would take the log for that of the file which has the name.
    fn part(&self, alone: &mut Alone<'_>) {
        let log_is_ours = fork::lock(&self.log).as_ref().is_some_and(LogWatch::is_named);
        if let Some(connection) = alone.writer().filter(|_| log_is_ours && self.has_whole_index()) {
            // Where others still read it stays as it is.
            let _ = log_fold::fold_and_empty(connection);
        }
        alone.close_all();
    }

    /// Lets go of a log whose name does not lead to it any more.
    fn give_log_up(&self, alone: &mut Alone<'_>) -> Result<()> {
        let path = beside(self.path(), "-wal");
        // One without a byte says nothing.
        let other = std::fs::metadata(&path).ok().filter(|other| other.len() > 0);
        let index = self.named_index();
        if index == NamedIndex::Other {
            // Somebody opened the file anew, after somebody who took himself for its last user closed it: what was in the log
            // is in the file, or in the log that he has.
            alone.close_all();
            return Ok(());
        }
        // Nobody else has it open but those who are in the same position.
        self.fold_last(alone.writer());
        alone.close_all();
        match other {
            None => self.forget_index(index),
            Some(other) => alone.files().for_each(|file| {
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

    /// Fails while a log has the name of ours that is not ours: SQLite would write what is in it into the file.
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

    /// An index tells what is in the log that it was made for: the next log gets its own.
    fn forget_index(&self, index: NamedIndex) {
        let path = beside(self.path(), "-shm");
        let NamedIndex::Ours(index) = index else { return };
        if std::fs::metadata(&path).is_ok_and(|named| identity(&named) == index) {
            let _ = std::fs::remove_file(path);
        }
    }

    /// Brings what is in the log into the file, though the log has no name any more.
    fn fold_last(&self, writer: Option<&Connection>) {
        let Some(connection) = writer.filter(|_| self.has_whole_index()) else { return };
        let deadline = Instant::now() + LAST_FOLD;
        while log_fold::fold(connection).is_ok_and(|folded| folded.is_none_or(|folded| folded.left() > 0))
            && Instant::now() < deadline
        {
            std::thread::sleep(PAUSE);
        }
    }

    fn has_whole_index(&self) -> bool {
        fork::lock(&self.index).as_mut().is_some_and(|index| index.look() != Index::CutShort)
    }

    /// Closes every connection, without folding a log that may not be ours into the file. SQLite keeps what it knows of a log
    /// for as long as any connection of the process is open: only then is the file looked at afresh.
    pub(super) fn close_all(&self, writer: &mut Option<Connection>) {
        fork::lock(&self.log).take();
        let readers = std::mem::take(&mut *fork::lock(&self.readers));
        writer.take().into_iter().chain(self.folder.take()).chain(readers).for_each(close_as_it_is);
    }

    /// Lets go of what says which files are open. Call when none is.
    pub(super) fn stop_watching(&self) {
        fork::lock(&self.index).take();
        let _order = fork::lock(&lock_guard::ORDER);
        fork::lock(&self.guard).take();
    }
}
