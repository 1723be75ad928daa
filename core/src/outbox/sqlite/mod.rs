//! The outbox in one SQLite file.

mod activity;
mod api_keys;
pub(crate) mod application_file;
mod attempts;
mod candidates;
mod changes;
mod clock;
mod connection;
mod dead_letters;
mod due;
mod endpoint_figures;
mod endpoints;
mod event_types;
mod events;
pub(crate) mod export_files;
mod exports;
mod holder;
mod index_watch;
pub(crate) mod inspection;
pub(crate) mod leadership;
mod listing;
mod lock_guard;
mod log_fold;
mod log_watch;
mod messages;
mod metrics;
mod moved;
#[cfg(feature = "postgres")]
pub(crate) mod moving;
mod ofd_lock;
mod ordering;
pub(crate) mod own_file;
mod purpose;
mod schema;
mod siblings;
pub(crate) mod side_file;
mod sign_in;
mod signing_keys;
pub(crate) mod sole_copy;
mod standing;
mod statistics;
pub(crate) mod store;
mod stored;
mod subscriptions;
mod text_column;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::config::Config;
use crate::error::closed;
use crate::error::{Error, ErrorCode, Result};
use crate::host::fork::{self, SurvivesFork};
use own_file::OwnFile;

/// The most connections kept for readers.
const KEPT_READERS: usize = 4;
/// How often a close checks whether the last reader has finished.
const CLOSE_POLL: Duration = Duration::from_millis(1);

/// The path of a file that belongs to `database`, such as its `-wal`.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The error where another program kept the write lock for longer than we wait.
pub(crate) fn write_locked() -> Error {
    Error::new(ErrorCode::StorageUnavailable, "another program holds the outbox's write lock")
}

/// The absolute path of the file that `database` names. Creates the file where it is missing.
fn find(database: &Path) -> Result<PathBuf> {
    connection::create_private(database)?;
    own_file::resolved(database)
}

/// The engine's error for an error of SQLite.
pub(crate) fn storage_error(cause: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Sqlite;
    if let Some(refusal) = moved::refusal(&cause) {
        return refusal;
    }
    let text = match cause.sqlite_error_code() {
        Some(Sqlite::NotADatabase) => "the outbox file is not a SQLite database".to_owned(),
        Some(Sqlite::DatabaseCorrupt) => format!("the outbox file is damaged: {cause}"),
        Some(Sqlite::ReadOnly) => "the outbox file is read-only".to_owned(),
        Some(Sqlite::DiskFull) => "the disk is full".to_owned(),
        Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => return write_locked(),
        _ => format!("the outbox cannot be read or written: {cause}"),
    };
    Error::new(ErrorCode::StorageUnavailable, text)
}

/// The file and its connections. Every connection and lock in it is used only inside the gate of
/// [`crate::host::fork`].
pub(crate) struct SqliteFile {
    own: Arc<OwnFile>,
    config: Config,
    /// The connection that writes. Locked before `access`.
    writer: Mutex<Option<Connection>>,
    /// The write-ahead log that `writer` has open.
    log: Mutex<Option<log_watch::LogWatch>>,
    /// The index of this log.
    index: Mutex<Option<index_watch::IndexWatch>>,
    /// A file at the log's path that is not our log.
    foreign: Mutex<Option<standing::ForeignLog>>,
    log_pages: log_fold::LogPages,
    folding_connection: log_fold::FoldingConnection,
    readers: Mutex<Vec<Connection>>,
    /// Whether the file was closed for good. Readers hold the lock shared; a thread that closes every connection holds it alone.
    access: RwLock<bool>,
    guard: Mutex<Option<Arc<lock_guard::LockGuard>>>,
    claim: Mutex<Option<sole_copy::Claim>>,
}

impl SqliteFile {
    /// Opens or creates the file and migrates its tables. With `own` it opens that file, and no other file that has its
    /// path by now.
    pub(crate) fn open(config: &Config, own: Option<&Arc<OwnFile>>) -> Result<Arc<Self>> {
        let _inside = fork::enter();
        let path = match own {
            Some(own) => own.check().map(|()| own.path().to_owned())?,
            None => find(&config.database)?,
        };
        let unusable = |cause| connection::unusable(&path, cause);
        let claim = sole_copy::claim(&path).map_err(unusable)?;
        let log_pages = log_fold::LogPages::default();
        let own = match own {
            Some(own) => own.clone(),
            None => {
                let _order = fork::lock(&lock_guard::ORDER);
                let first =
                    connection::open_writer(&path, config.durability, &log_pages).map_err(unusable)?;
                // The identity is read after the open: in an overlay file system, opening a file to write can replace it by
                // a copy.
                let own = OwnFile::of(&path);
                close_without_folding(first);
                Arc::new(own?)
            }
        };
        let file = Arc::new(Self {
            own,
            config: config.clone(),
            writer: Mutex::new(None),
            log: Mutex::new(None),
            index: Mutex::new(None),
            foreign: Mutex::new(None),
            log_pages,
            folding_connection: log_fold::FoldingConnection::default(),
            readers: Mutex::new(Vec::new()),
            access: RwLock::new(false),
            guard: Mutex::new(None),
            claim: Mutex::new(claim),
        });
        siblings::add(&file);
        file.settle_siblings();
        {
            let mut writer = fork::lock(&file.writer);
            let connection = writer.insert(file.open_writer()?);
            schema::migrate(connection).map_err(unusable)?;
            purpose::settle(connection, config)?;
        }
        Ok(file)
    }

    /// Opens the connection that writes.
    fn open_writer(&self) -> Result<Connection> {
        let _order = fork::lock(&lock_guard::ORDER);
        self.open_watched(|| {
            connection::open_writer(self.path(), self.config.durability, &self.log_pages)
                .map_err(|cause| connection::unusable(self.path(), cause))
        })
    }

    pub(crate) fn path(&self) -> &Path {
        self.own.path()
    }

    /// The file's path and identity, for opening it again later.
    pub(crate) fn own(&self) -> &Arc<OwnFile> {
        &self.own
    }

    /// The claim on the file, for opening it again later. While it is held, no other copy of this library can claim the file.
    pub(crate) fn claim(&self) -> Option<sole_copy::Claim> {
        fork::lock(&self.claim).clone()
    }

    /// Runs `read` on a reader's connection, in one snapshot per statement.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let _inside = fork::enter();
        let is_closed = self.access.read().unwrap_or_else(PoisonError::into_inner);
        if *is_closed {
            return Err(closed());
        }
        let is_closed = match self.trouble() {
            None => is_closed,
            Some(trouble) => {
                drop(is_closed);
                self.settle(trouble)?;
                let is_closed = self.access.read().unwrap_or_else(PoisonError::into_inner);
                if *is_closed {
                    return Err(closed());
                }
                is_closed
            }
        };
        let kept = fork::lock(&self.readers).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => self.open_own(|| connection::open_reader(self.path()))?,
        };
        let outcome = read(&connection).map_err(storage_error);
        // A connection that met a storage error is not kept: its file may be gone.
        if outcome.is_ok() {
            let mut readers = fork::lock(&self.readers);
            if readers.len() < KEPT_READERS {
                readers.push(connection);
            }
        }
        drop(is_closed);
        outcome
    }

    /// Closes the file for good when the last reader has finished. Later reads fail with `CLOSED`. Where `deadline` comes
    /// first, dropping the last handle closes it.
    pub(crate) fn close(&self, deadline: Instant) {
        loop {
            let inside = fork::enter();
            let mut writer = fork::lock(&self.writer);
            let alone = match self.access.try_write() {
                Ok(alone) => Some(alone),
                Err(TryLockError::Poisoned(alone)) => Some(alone.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            };
            if let Some(mut is_closed) = alone {
                *is_closed = true;
                return self.close_connections(&mut writer);
            }
            drop(writer);
            drop(inside);
            if Instant::now() > deadline {
                return;
            }
            std::thread::sleep(CLOSE_POLL);
        }
    }

    /// Closes every connection. The last close of a file by any process folds the log into it. Call inside the gate.
    fn close_connections(&self, writer: &mut Option<Connection>) {
        if !self.can_be_closed(writer) {
            // The file at our path, and the log beside it, are not ours.
            self.close_all_without_folding(writer);
            self.stop_watching();
            fork::lock(&self.claim).take();
            return;
        }
        fork::lock(&self.log).take();
        fork::lock(&self.readers).clear();
        drop(self.folding_connection.take());
        // The guard is dropped first: while it is held, no close is the last one.
        {
            let _order = fork::lock(&lock_guard::ORDER);
            drop(fork::lock(&self.guard).take());
        }
        // After a fork there may be no connection. Opening and closing one makes the last close.
        if writer.take().is_none() && beside(self.path(), "-wal").exists() {
            let _ = self
                .open_own(|| connection::open_writer(self.path(), self.config.durability, &self.log_pages));
        }
        fork::lock(&self.index).take();
        fork::lock(&self.claim).take();
    }

    /// The log that the writer's connection has open; `None` where it is not the one that other processes see.
    fn log_that_is_there(&self) -> Option<Arc<File>> {
        let mut log = fork::lock(&self.log);
        if log.is_none() {
            *log = log_watch::LogWatch::begin(self.path()).ok();
        }
        let log = log.as_mut()?;
        log.is_there().then(|| log.log().clone())
    }

    /// The number of pages in the log after the last commit.
    fn log_pages(&self) -> u32 {
        self.log_pages.get()
    }

    /// Refuses a file that has moved into a database, or is being moved.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION`, which says where it went.
    pub(crate) fn check_not_moved(&self) -> Result<()> {
        self.read(|connection| Ok(moved::check(connection)))?
    }

    /// Whether messages wait in it, due or not.
    pub(crate) fn has_waiting(&self) -> Result<bool> {
        self.read(due::waiting_lanes).map(|lanes| !lanes.is_empty())
    }

    /// The size of the file and its write-ahead log, in bytes.
    pub(crate) fn bytes_on_disk(&self) -> u64 {
        [self.path().to_owned(), beside(self.path(), "-wal")]
            .iter()
            .filter_map(|path| std::fs::metadata(path).ok())
            .map(|metadata| metadata.len())
            .sum()
    }
}

/// Closes a connection without the checkpoint that a last close would make.
fn close_without_folding(connection: Connection) {
    let setting = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    // If SQLite refuses the setting, the close only takes longer.
    let _ = connection.set_db_config(setting, true);
}

impl SurvivesFork for SqliteFile {
    /// Closes every connection, without the checkpoint that a last close would make.
    fn before_fork(&self) {
        fork::lock(&self.log).take();
        let writer = fork::lock(&self.writer).take();
        let readers = std::mem::take(&mut *fork::lock(&self.readers));
        writer
            .into_iter()
            .chain(self.folding_connection.take())
            .chain(readers)
            .for_each(close_without_folding);
        fork::lock(&self.index).take();
    }

    fn in_child(&self) {
        // The guard is the parent's: dropping our copy does not release it.
        fork::lock(&self.guard).take();
        lock_guard::GUARDS.forget_inherited();
        index_watch::INDEXES.forget_inherited();
        siblings::forget_inherited();
        fork::lock(&self.claim).take();
        sole_copy::CLAIMS.forget_inherited();
    }
}

impl Drop for SqliteFile {
    fn drop(&mut self) {
        // A closed file has no connection, and the log may by now belong to another process that opened the file.
        let is_closed = *self.access.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !is_closed {
            let _inside = fork::enter();
            let mut writer = fork::lock(&self.writer).take();
            self.close_connections(&mut writer);
        }
    }
}
