//! Folding the write-ahead log into the database (SQLite: a checkpoint).

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, MAIN_DB};

use super::log_watch::LogWatch;
use super::own_file::Identity;
use super::{SqliteFile, close_without_folding, connection, lock_guard, storage_error};
use crate::error::Result;
use crate::host::fork;

/// The number of pages in a file's log after our last commit.
#[derive(Clone, Default)]
pub(crate) struct LogPages(Arc<AtomicU32>);

impl LogPages {
    pub(super) fn set(&self, pages: u32) {
        self.0.store(pages, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How much of a log is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoldProgress {
    /// All pages of the log.
    pub pages: u32,
    /// The pages that are in the database too.
    pub folded: u32,
}

impl FoldProgress {
    /// The pages that are not folded yet.
    pub(crate) fn left(self) -> u32 {
        self.pages.saturating_sub(self.folded)
    }
}

/// Folds the pages that no reader needs from the log any more. Others may write meanwhile; only the disk is waited for.
/// `None` where another program is folding.
pub(crate) fn fold(connection: &Connection) -> rusqlite::Result<Option<FoldProgress>> {
    checkpoint(connection, CheckpointMode::PASSIVE)
}

/// Folds the whole log while nobody else writes, so that the next commit starts the log over. Where another program writes
/// or reads it may fold less and return `None`.
pub(crate) fn fold_while_locked(connection: &Connection) -> rusqlite::Result<Option<FoldProgress>> {
    Ok(connection::without_waiting(connection, || checkpoint(connection, CheckpointMode::FULL))?.flatten())
}

/// Folds the whole log and truncates it. Where another program writes or reads it may fold less and return `None`.
pub(super) fn fold_and_truncate(connection: &Connection) -> rusqlite::Result<Option<FoldProgress>> {
    Ok(connection::without_waiting(connection, || checkpoint(connection, CheckpointMode::TRUNCATE))?
        .flatten())
}

fn checkpoint(connection: &Connection, mode: CheckpointMode) -> rusqlite::Result<Option<FoldProgress>> {
    match connection.wal_checkpoint_v2(Some(MAIN_DB), mode) {
        Ok((pages, folded)) => {
            let both = u32::try_from(pages).ok().zip(u32::try_from(folded).ok());
            Ok(both.map(|(pages, folded)| FoldProgress { pages, folded }))
        }
        Err(cause) if cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => Ok(None),
        Err(cause) => Err(cause),
    }
}

/// The connection that folds while the writer's connection writes, and the log that it has open. It is opened when it is
/// first needed and then kept, since a log that was long once will be long again.
#[derive(Default)]
pub(super) struct FoldingConnection(Mutex<Option<(Connection, Identity)>>);

impl FoldingConnection {
    pub(super) fn take(&self) -> Option<Connection> {
        fork::lock(&self.0).take().map(|(connection, _)| connection)
    }
}

impl SqliteFile {
    /// Folds the log on the folding connection, while others write and read. `None` where that is not possible now.
    pub(crate) fn fold_beside_writer(&self) -> Result<Option<FoldProgress>> {
        let _inside = fork::enter();
        // Held shared, so that nobody closes every connection meanwhile.
        let is_closed = self.access.read().unwrap_or_else(PoisonError::into_inner);
        if *is_closed || self.trouble().is_some() {
            return Ok(None);
        }
        let mut folding_connection = fork::lock(&self.folding_connection.0);
        // Folding the pages of another log would ruin the file. The next commit notices another log, and has everything
        // opened anew.
        let log = self.log_by_name();
        if let Some((connection, _)) = folding_connection.take_if(|(_, opened)| Some(*opened) != log) {
            close_without_folding(connection);
        }
        let Some(log) = log else { return Ok(None) };
        if folding_connection.is_none() {
            let connection =
                self.open_own(|| connection::open_folding_connection(self.path(), self.config.durability))?;
            if self.log_by_name() != Some(log) {
                close_without_folding(connection);
                return Ok(None);
            }
            *folding_connection = Some((connection, log));
        }
        let Some((connection, _)) = folding_connection.as_ref() else { return Ok(None) };
        let outcome = fold(connection).map_err(storage_error);
        if outcome.is_err() {
            folding_connection.take();
        }
        outcome
    }

    /// The log that the writer's connection has open; `None` where the log's path leads to another file.
    fn log_by_name(&self) -> Option<Identity> {
        fork::lock(&self.log).as_ref().filter(|log| log.is_named()).map(LogWatch::identity)
    }

    /// Syncs the database file after folding. SQLite does so too before a log starts over, and then has less to do.
    pub(crate) fn sync_folded(&self) -> std::io::Result<()> {
        let _inside = fork::enter();
        let _order = fork::lock(&lock_guard::ORDER);
        let guard = fork::lock(&self.guard).clone();
        guard.map_or(Ok(()), |guard| guard.database().sync_data())
    }

    /// [`SqliteFile::sync_folded`] for callers that hold no lock of the file. Does nothing once the file is closed.
    pub(crate) fn sync_folded_if_open(&self) -> std::io::Result<()> {
        let _inside = fork::enter();
        let is_closed = self.access.read().unwrap_or_else(PoisonError::into_inner);
        if *is_closed { Ok(()) } else { self.sync_folded() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::config::Config;
    use crate::outbox::sqlite::beside;

    /// A file whose log has one commit of its writer.
    fn written() -> (tempfile::TempDir, Arc<SqliteFile>) {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { database: folder.path().join("outbox.db"), ..Config::default() };
        let file = SqliteFile::open(&config, None).unwrap();
        write(&file);
        assert!(file.log_that_is_there().is_some());
        (folder, file)
    }

    fn write(file: &SqliteFile) {
        let writer = fork::lock(&file.writer);
        writer.as_ref().unwrap().execute("UPDATE hookbridge_state SET value = value + 1", []).unwrap();
    }

    #[test]
    fn what_is_folded_is_in_the_file_and_the_log_starts_over() {
        let (_folder, file) = written();
        let all = file.fold_beside_writer().unwrap().unwrap();
        assert!(all.pages > 1 && all.left() == 0, "{all:?}");
        assert_eq!(all.pages, file.log_pages());
        write(&file);
        assert_eq!(file.log_pages(), 1);
        assert_eq!(file.fold_beside_writer().unwrap(), Some(FoldProgress { pages: 1, folded: 1 }));
    }

    #[test]
    fn what_a_reader_still_sees_is_left() {
        let (_folder, file) = written();
        let reader = connection::open_reader(file.path()).unwrap();
        reader.execute_batch("BEGIN; SELECT value FROM hookbridge_state").unwrap();
        write(&file);
        let some = file.fold_beside_writer().unwrap().unwrap();
        assert_eq!(some.left(), 1);
        reader.execute_batch("COMMIT").unwrap();
        assert_eq!(file.fold_beside_writer().unwrap().unwrap().left(), 0);
    }

    #[test]
    fn alone_nobody_writes_and_the_next_commit_starts_over() {
        let (_folder, file) = written();
        let other =
            connection::open_writer(file.path(), file.config.durability, &LogPages::default()).unwrap();
        let fold_by_the_writer = || fold_while_locked(fork::lock(&file.writer).as_ref().unwrap()).unwrap();
        // Another program writes, and is not waited for.
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let begun = Instant::now();
        assert!(fold_by_the_writer().is_none_or(|now| now.left() == 0));
        assert!(begun.elapsed() < std::time::Duration::from_secs(4));
        other.execute_batch("ROLLBACK").unwrap();
        write(&file);
        assert_eq!(fold_by_the_writer().unwrap().left(), 0);
        write(&file);
        assert_eq!(file.log_pages(), 1);
    }

    #[test]
    fn another_log_is_not_folded_into_the_file() {
        let (folder, file) = written();
        let log = beside(file.path(), "-wal");
        std::fs::rename(&log, folder.path().join("elsewhere")).unwrap();
        assert_eq!(file.fold_beside_writer().unwrap(), None);
        std::fs::write(&log, "another").unwrap();
        assert_eq!(file.fold_beside_writer().unwrap(), None);
        assert!(file.folding_connection.take().is_none());
        std::fs::rename(folder.path().join("elsewhere"), &log).unwrap();
        assert_eq!(file.fold_beside_writer().unwrap().unwrap().left(), 0);
        // The folding connection that was kept is not used for another log either.
        write(&file);
        std::fs::rename(&log, folder.path().join("elsewhere")).unwrap();
        assert_eq!(file.fold_beside_writer().unwrap(), None);
        assert!(file.folding_connection.take().is_none());
    }

    #[test]
    fn nothing_is_opened_again_after_the_close_or_between_connections() {
        let (_folder, file) = written();
        file.fold_beside_writer().unwrap().unwrap();
        file.close_all_without_folding(&mut fork::lock(&file.writer));
        assert_eq!(file.fold_beside_writer().unwrap(), None);
        file.close(Instant::now());
        assert_eq!(file.fold_beside_writer().unwrap(), None);
        assert!(!beside(file.path(), "-wal").exists());
    }
}
