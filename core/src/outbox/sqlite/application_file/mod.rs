//! The SQLite file of an application, in which a table of ours has the messages that it sends in its own transactions.
//!
//! The file is the application's: it is opened as any other process opens it, never waited for long, and nothing but our own tables
//! is read or written. Every statement about them is here.

mod read;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub(crate) use self::read::{SentRow, Waiting};
use super::close_without_folding;
use super::own_file::{self, OwnFile};
use crate::error::{Error, ErrorCode, Result};
use crate::host::fork::{self, SurvivesFork};

/// The table with its trigger, and the list of endpoints, as statements that empty lines separate.
pub(crate) const TABLE: &str = include_str!("table.sql");
pub(crate) const ENDPOINTS: &str = include_str!("endpoints.sql");

/// How long the application is waited for. It waits for us no longer than one of our short transactions takes.
const BUSY_TIMEOUT: Duration = Duration::from_millis(50);

const HAS_ENDPOINTS: &str =
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'hookbridge_endpoint'";
const LISTED: &str = "SELECT id FROM hookbridge_endpoint";
const LIST: &str = "INSERT OR IGNORE INTO hookbridge_endpoint (id) VALUES (?1)";
const UNLIST: &str = "DELETE FROM hookbridge_endpoint WHERE id = ?1";
/// By the id as well: the application may have emptied the table, and its numbers may begin anew.
const REMOVE: &str = "DELETE FROM hookbridge_send WHERE seq = ?1 AND id = ?2";
const REFUSE: &str = "UPDATE hookbridge_send SET refused = ?3 WHERE seq = ?1 AND id = ?2 AND refused IS NULL";

/// What becomes of a row that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub seq: i64,
    /// As the row has it.
    pub id: String,
    /// Why the message is refused; none where the outbox has it.
    pub refused: Option<String>,
}

/// Changes with every commit of others, and where the file was opened anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub opened: u64,
    data: i64,
}

struct Open {
    own: OwnFile,
    connection: Connection,
}

/// The file of an application. Its connection is used only inside the gate.
pub(crate) struct ApplicationFile {
    path: PathBuf,
    outbox: Option<PathBuf>,
    open: Mutex<(Option<Open>, u64)>,
}

/// The error with the path of the file.
fn unusable(path: &Path, why: impl std::fmt::Display) -> Error {
    let text = format!("the application's file {}: {why}", path.display());
    Error::new(ErrorCode::StorageUnavailable, text)
}

/// None where the application has the lock.
fn unless_busy<T>(path: &Path, outcome: rusqlite::Result<T>) -> Result<Option<T>> {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(cause) if matches!(cause.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked)) => Ok(None),
        Err(cause) => Err(unusable(path, cause)),
    }
}

/// Whether a statement names what is not there.
fn is_about_the_statement(cause: &rusqlite::Error) -> bool {
    matches!(cause, rusqlite::Error::SqlInputError { .. })
        || cause.sqlite_error_code() == Some(rusqlite::ErrorCode::Unknown)
}

impl ApplicationFile {
    /// Opens the file, which is not to be `outbox`.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where it is not there, is the outbox itself, has two names, is no database, or has not our table.
    pub(crate) fn open(path: &Path, outbox: Option<&Path>) -> Result<Arc<Self>> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let file = Arc::new(Self { path, outbox: outbox.map(Path::to_owned), open: Mutex::new((None, 0)) });
        fork::register(Arc::downgrade(&file) as _);
        // Where the application has the lock just now, it is the right file all the same.
        file.with(|connection| connection.query_row(read::PROBE, [], |_| Ok(())))?;
        Ok(file)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// None where the application has the lock.
    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<Option<T>> {
        let _inside = fork::enter();
        let mut open = fork::lock(&self.open);
        let (current, opened) = &mut *open;
        // What the application has replaced the file with is what it uses now.
        if current.as_ref().is_some_and(|open| open.own.check().is_err())
            && let Some(lost) = current.take()
        {
            close_without_folding(lost.connection);
        }
        if current.is_none() {
            let Some(connected) = unless_busy(&self.path, self.connect()?)? else { return Ok(None) };
            *current = Some(connected);
            *opened += 1;
        }
        let Some(Open { connection, .. }) = current.as_mut() else { return Ok(None) };
        let outcome = unless_busy(&self.path, work(connection));
        if outcome.is_err() {
            current.take();
        }
        outcome
    }

    fn connect(&self) -> Result<rusqlite::Result<Open>> {
        let wrong = |why: &str| Err(unusable(&self.path, why));
        if !self.path.exists() {
            return wrong("it is not there");
        }
        let resolved =
            own_file::sole_name(&self.path).map_err(|cause| unusable(&self.path, cause.message()))?;
        let same = |outbox: &PathBuf| {
            let identity = |path: &Path| std::fs::metadata(path).ok().map(|known| own_file::identity(&known));
            *outbox == resolved || identity(outbox).is_some_and(|one| identity(&resolved) == Some(one))
        };
        if self.outbox.as_ref().is_some_and(same) {
            return wrong("it is the outbox itself");
        }
        let own = OwnFile::of(&resolved)?;
        let connection = match connection(&resolved) {
            Ok(connection) => connection,
            Err(cause) => return Ok(Err(cause)),
        };
        match connection.prepare(read::PROBE).map(drop) {
            Ok(()) => Ok(Ok(Open { own, connection })),
            Err(cause) if is_about_the_statement(&cause) => wrong(
                "it has no table `hookbridge_send`, or one of another version: `hookbridge sqlite-outbox --print` prints it",
            ),
            Err(cause) => Ok(Err(cause)),
        }
    }

    /// What the file's state is called.
    pub(crate) fn version(&self) -> Result<Option<Version>> {
        let data =
            self.with(|connection| connection.pragma_query_value(None, "data_version", |row| row.get(0)))?;
        let _inside = fork::enter();
        let opened = fork::lock(&self.open).1;
        Ok(data.map(|data| Version { opened, data }))
    }

    /// At most `most` rows behind `after` that were not refused, in the order of their commits, and not many more bytes than `bytes`.
    pub(crate) fn sent(&self, after: i64, most: usize, bytes: usize) -> Result<Option<Vec<SentRow>>> {
        self.with(|connection| read::sent(connection, after, most, bytes))
    }

    /// How many messages are refused.
    pub(crate) fn refused(&self) -> Result<Option<u64>> {
        self.with(|connection| read::refused(connection))
    }

    /// What is in the table. Reads all of it.
    pub(crate) fn waiting(&self) -> Result<Option<Waiting>> {
        self.with(|connection| read::waiting(connection))
    }

    /// Deletes the rows that the outbox has, and marks those that it refuses.
    pub(crate) fn settle(&self, settled: &[Settled]) -> Result<Option<()>> {
        self.write(|transaction| {
            for row in settled {
                match &row.refused {
                    None => transaction.prepare_cached(REMOVE)?.execute((row.seq, &row.id))?,
                    Some(why) => transaction.prepare_cached(REFUSE)?.execute((row.seq, &row.id, why))?,
                };
            }
            Ok(())
        })
    }

    /// Whether the application wants a list of endpoints.
    pub(crate) fn lists_endpoints(&self) -> Result<Option<bool>> {
        self.with(|connection| connection.prepare_cached(HAS_ENDPOINTS)?.exists([]))
    }

    /// Makes the list of endpoints that of `endpoints`.
    pub(crate) fn list_endpoints(&self, endpoints: &BTreeSet<String>) -> Result<Option<()>> {
        let listed = self.with(|connection| {
            let mut listed = connection.prepare_cached(LISTED)?;
            listed.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<BTreeSet<String>>>()
        })?;
        let Some(listed) = listed else { return Ok(None) };
        if listed == *endpoints {
            return Ok(Some(()));
        }
        self.write(|transaction| {
            for id in endpoints.difference(&listed) {
                transaction.prepare_cached(LIST)?.execute([id])?;
            }
            for id in listed.difference(endpoints) {
                transaction.prepare_cached(UNLIST)?.execute([id])?;
            }
            Ok(())
        })
    }

    fn write(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>) -> Result<Option<()>> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            work(&transaction)?;
            transaction.commit()
        })
    }
}

fn connection(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if journal.eq_ignore_ascii_case("wal") {
        // A power cut may undo what we deleted: the outbox knows those messages.
        connection.pragma_update(None, "synchronous", "normal")?;
    }
    Ok(connection)
}

impl SurvivesFork for ApplicationFile {
    fn before_fork(&self) {
        if let Some(open) = fork::lock(&self.open).0.take() {
            close_without_folding(open.connection);
        }
    }

    fn in_child(&self) {}
}

impl Drop for ApplicationFile {
    fn drop(&mut self) {
        let _inside = fork::enter();
        fork::lock(&self.open).0.take();
    }
}
