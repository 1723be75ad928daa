//! The outbox in one SQLite file.

mod api_keys;
mod attempts;
mod candidates;
mod changes;
mod clock;
mod connection;
mod due;
mod endpoints;
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
mod ofd_lock;
pub(crate) mod own_file;
mod purpose;
mod schema;
mod siblings;
pub(crate) mod side_file;
mod signing_keys;
pub(crate) mod sole_copy;
mod standing;
mod statistics;
pub(crate) mod store;
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
/// How often a close looks whether those who read are through.
const SHUT_POLL: Duration = Duration::from_millis(1);

/// The path of a file that belongs to `database`, such as its `-wal`.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Another program is writing, and was waited for.
pub(crate) fn write_locked() -> Error {
    Error::new(ErrorCode::StorageUnavailable, "another program holds the outbox's write lock")
}

/// The path that goes on meaning the file that `database` names, which is created where it is missing.
fn find(database: &Path) -> Result<PathBuf> {
    connection::create_private(database)?;
    own_file::resolved(database)
}

/// What SQLite said, as the engine's error.
pub(crate) fn storage_error(cause: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Sqlite;
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
    /// Locked before `access`.
    writer: Mutex<Option<Connection>>,
    /// The log of `writer`.
    log: Mutex<Option<log_watch::LogWatch>>,
    /// The index of that log.
    index: Mutex<Option<index_watch::IndexWatch>>,
    /// What is in the log's place and not ours.
    foreign: Mutex<Option<standing::ForeignLog>>,
    log_pages: log_fold::LogPages,
    folder: log_fold::Folder,
    readers: Mutex<Vec<Connection>>,
    /// Shared by those who read; held alone while every connection is closed. Whether the file was shut for good.
    access: RwLock<bool>,
    guard: Mutex<Option<Arc<lock_guard::LockGuard>>>,
    claim: Mutex<Option<sole_copy::Claim>>,
}

impl SqliteFile {
    /// Opens or creates the file and brings its tables up to date. With `own` it is that file and no other that has come to
    /// its name.
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
                // Only now: where layers of file systems lie over each other, opening it to write can make another of it.
                let own = OwnFile::of(&path);
                close_as_it_is(first);
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
            folder: log_fold::Folder::default(),
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

    /// For whoever will open it again.
    pub(crate) fn own(&self) -> &Arc<OwnFile> {
        &self.own
    }

    /// For whoever will open the file again: until it is dropped no other copy of this library gets in between.
    pub(crate) fn claim(&self) -> Option<sole_copy::Claim> {
        fork::lock(&self.claim).clone()
    }

    /// Runs `read` on a reader's connection, in one snapshot per statement.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let _inside = fork::enter();
        let shut = self.access.read().unwrap_or_else(PoisonError::into_inner);
        if *shut {
            return Err(closed());
        }
        let shut = match self.trouble() {
            None => shut,
            Some(trouble) => {
                drop(shut);
                self.settle(trouble)?;
                let shut = self.access.read().unwrap_or_else(PoisonError::into_inner);
                if *shut {
                    return Err(closed());
                }
                shut
            }
        };
        let kept = fork::lock(&self.readers).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => self.open_own(|| connection::open_reader(self.path()))?,
        };
        let outcome = read(&connection).map_err(storage_error);
        // A connection that met a storage error is not kept: it may look at a file that is gone.
        if outcome.is_ok() {
            let mut readers = fork::lock(&self.readers);
            if readers.len() < KEPT_READERS {
                readers.push(connection);
            }
        }
        drop(shut);
        outcome
    }

    /// Closes the file for good once those who read are through; later reads fail with `CLOSED`. Where `deadline`
    /// comes first the last of them closes it.
    pub(crate) fn shut(&self, deadline: Instant) {
        loop {
            let inside = fork::enter();
            let mut writer = fork::lock(&self.writer);
            let alone = match self.access.try_write() {
                Ok(alone) => Some(alone),
                Err(TryLockError::Poisoned(alone)) => Some(alone.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            };
            if let Some(mut shut) = alone {
                *shut = true;
                return self.fold(&mut writer);
            }
            drop(writer);
            drop(inside);
            if Instant::now() > deadline {
                return;
            }
            std::thread::sleep(SHUT_POLL);
        }
    }

    /// Closes every connection; the last close of a file by anybody folds the log into it. Call inside the gate.
    fn fold(&self, writer: &mut Option<Connection>) {
        if !self.can_be_closed(writer) {
            // What has its name, and the log beside that, is not ours.
            self.close_all(writer);
            self.stop_watching();
            fork::lock(&self.claim).take();
            return;
        }
        fork::lock(&self.log).take();
        fork::lock(&self.readers).clear();
        drop(self.folder.take());
        // The guard goes first: it says that the file is in use.
        {
            let _order = fork::lock(&lock_guard::ORDER);
            drop(fork::lock(&self.guard).take());
        }
        // After a fork there is no connection until the next write: that last close is still to be made.
        if writer.take().is_none() && beside(self.path(), "-wal").exists() {
            let _ = self
                .open_own(|| connection::open_writer(self.path(), self.config.durability, &self.log_pages));
        }
        fork::lock(&self.index).take();
        fork::lock(&self.claim).take();
    }

    /// The log that the writer's connection wrote to just now, where it is the one that other processes see.
    fn log_that_is_there(&self) -> Option<Arc<File>> {
        let mut log = fork::lock(&self.log);
        if log.is_none() {
            *log = log_watch::LogWatch::begin(self.path()).ok();
        }
        let log = log.as_mut()?;
        log.is_there().then(|| log.log().clone())
    }

    /// The pages in the log after the last commit.
    fn log_pages(&self) -> u32 {
        self.log_pages.get()
    }

    /// Whether messages wait in it, due or not.
    pub(crate) fn has_waiting(&self) -> Result<bool> {
        self.read(due::waiting_lanes).map(|lanes| !lanes.is_empty())
    }

    /// Bytes on disk: the file and its write-ahead log.
    pub(crate) fn bytes_on_disk(&self) -> u64 {
        [self.path().to_owned(), beside(self.path(), "-wal")]
            .iter()
            .filter_map(|path| std::fs::metadata(path).ok())
            .map(|metadata| metadata.len())
            .sum()
    }
}

/// Closes a connection without the checkpoint that a last close would make.
fn close_as_it_is(connection: Connection) {
    let setting = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    // Where it is refused the close only takes longer.
    let _ = connection.set_db_config(setting, true);
}

impl SurvivesFork for SqliteFile {
    /// Closes every connection, without the checkpoint that a last close would make.
    fn rest(&self) {
        fork::lock(&self.log).take();
        let writer = fork::lock(&self.writer).take();
        let readers = std::mem::take(&mut *fork::lock(&self.readers));
        writer.into_iter().chain(self.folder.take()).chain(readers).for_each(close_as_it_is);
        fork::lock(&self.index).take();
    }

    fn wake_in_child(&self) {
        // What says that the file is in use is the parent's.
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
        // What was shut has nothing open, and the log may be that of whoever opened the file since.
        let shut = *self.access.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !shut {
            let _inside = fork::enter();
            let mut writer = fork::lock(&self.writer).take();
            self.fold(&mut writer);
        }
    }
}
