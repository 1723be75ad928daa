//! Opening connections: permissions, the write-ahead log, caches, and waiting for locks.

use std::ffi::c_int;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use super::log_fold::LogPages;
use super::storage_error;
use crate::config::Durability;
use crate::error::{Error, ErrorCode, Result};

/// How long a write waits for another process's write.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The range of pauses, in microseconds, between two tries to get the lock.
const PAUSE_MICROS: std::ops::Range<u64> = 200..3_000;
const CACHE_KIB: i32 = 8 * 1024;
/// The cache of a reader. Each commit of the writer empties it.
const READER_CACHE_KIB: i32 = 2 * 1024;

/// The error, with the path of the file.
pub(super) fn unusable(path: &Path, cause: Error) -> Error {
    Error::new(cause.code(), format!("the outbox {} cannot be opened: {}", path.display(), cause.message()))
}

fn unavailable(why: impl Into<String>) -> Error {
    Error::new(ErrorCode::StorageUnavailable, why)
}

/// Creates the file with mode 0600 where it is missing, so that no other user can ever read a payload. An existing file is
/// not opened here: closing a descriptor of it would drop SQLite's locks.
pub(super) fn create_private(path: &Path) -> Result<()> {
    if path.exists() {
        return if path.is_file() {
            Ok(())
        } else {
            Err(unusable(path, unavailable("it is not a regular file")))
        };
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let why = format!("the folder {} does not exist", folder.display());
        return Err(unusable(path, unavailable(why)));
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(cause) => Err(unusable(path, unavailable(cause.to_string()))),
    }
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection> {
    set_up(Connection::open_with_flags(path, flags | OWN).map_err(storage_error)?)
}

/// No mutex, since one thread at a time uses a connection; and no shared cache.
const OWN: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX.union(OpenFlags::SQLITE_OPEN_PRIVATE_CACHE);

fn set_up(connection: Connection) -> Result<Connection> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(storage_error)?;
    connection.set_prepared_statement_cache_capacity(256);
    // A plan does not depend on values: else SQLite prepares some statements anew each time that a value is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(storage_error)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(storage_error)?;
    connection.pragma_update(None, "temp_store", "memory").map_err(storage_error)?;
    Ok(connection)
}

/// Opens the connection that writes. It stores the length of the log after each commit in `log_pages`. The file must exist.
pub(super) fn open_writer(path: &Path, durability: Durability, log_pages: &LogPages) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let mut connection = match hookbridge_gather::name() {
        Some(vfs) => {
            set_up(Connection::open_with_flags_and_vfs(path, flags | OWN, vfs).map_err(storage_error)?)?
        }
        None => open(path, flags)?,
    };
    let journal: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .map_err(storage_error)?;
    if !journal.eq_ignore_ascii_case("wal") {
        return Err(unavailable("its file system does not allow a write-ahead log"));
    }
    set_synchronous(&connection, durability)?;
    // Replaces SQLite's own hook, which folds the log inside a commit. `writer/folding.rs` folds it instead.
    let log_pages = log_pages.clone();
    connection
        .wal_hook(Some(move |_: &mut Wal, pages: c_int| {
            log_pages.set(u32::try_from(pages).unwrap_or_default());
            Ok(())
        }))
        .map_err(storage_error)?;
    open_log(&connection)?;
    Ok(connection)
}

/// Has the connection open the log and its index, which SQLite does at the first read.
fn open_log(connection: &Connection) -> Result<()> {
    connection
        .pragma_query_value(None, "schema_version", |row| row.get::<_, i64>(0))
        .map(drop)
        .map_err(storage_error)
}

fn set_synchronous(connection: &Connection, durability: Durability) -> Result<()> {
    let synchronous = match durability {
        Durability::Full => "full",
        Durability::Normal => "normal",
    };
    connection.pragma_update(None, "synchronous", synchronous).map_err(storage_error)
}

/// Opens a connection for folding the log. It has the log open already.
pub(super) fn open_folding_connection(path: &Path, durability: Durability) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    set_synchronous(&connection, durability)?;
    open_log(&connection)?;
    Ok(connection)
}

/// Runs `begin`, and repeats it while another program has the lock. `None` where the lock was not free within `wait`. The
/// tries are frequent and at uneven intervals: SQLite's own wait ends up at ten tries a second, and may never meet a gap
/// between the commits of a busy program.
pub(super) fn waiting<T>(
    connection: &Connection,
    wait: Duration,
    mut begin: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    connection.busy_timeout(Duration::ZERO)?;
    let deadline = Instant::now() + wait;
    let begun = loop {
        match begin() {
            Ok(begun) => break Ok(Some(begun)),
            Err(cause) if cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {}
            Err(cause) => break Err(cause),
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break Ok(None);
        }
        std::thread::sleep(left.min(Duration::from_micros(fastrand::u64(PAUSE_MICROS))));
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    begun
}

/// Runs `begin` once. `None` where another program has the lock.
pub(super) fn without_waiting<T>(
    connection: &Connection,
    begin: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    waiting(connection, Duration::ZERO, begin)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB).map_err(storage_error)?;
    Ok(connection)
}
