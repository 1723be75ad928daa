//! Opening the file: who may read it, which journal it keeps, how long it waits.

use std::ffi::c_int;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use super::log_fold::LogPages;
use super::storage_error;
use crate::config::Durability;
use crate::error::{Error, ErrorCode, Result};

/// How long a write waits for another process's write.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long it waits before it looks again.
const LOOKS_AGAIN_MICROS: std::ops::Range<u64> = 200..3_000;
const CACHE_KIB: i32 = 8 * 1024;
/// What a reader keeps: each commit of the writer's empties it.
const READER_CACHE_KIB: i32 = 2 * 1024;

/// The same error, saying which file.
pub(super) fn unusable(path: &Path, cause: Error) -> Error {
    Error::new(cause.code(), format!("the outbox {} cannot be opened: {}", path.display(), cause.message()))
}

fn unavailable(why: impl Into<String>) -> Error {
    Error::new(ErrorCode::StorageUnavailable, why)
}

/// Creates the file with mode 0600 where it is missing, so that no other user ever reads a payload.
/// An existing file is never opened here: closing it would drop SQLite's locks on it.
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

/// No mutex: a connection is one thread's at a time. No cache that others share.
const OWN: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX.union(OpenFlags::SQLITE_OPEN_PRIVATE_CACHE);

fn set_up(connection: Connection) -> Result<Connection> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(storage_error)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(storage_error)?;
    connection.pragma_update(None, "temp_store", "memory").map_err(storage_error)?;
    Ok(connection)
}

/// The connection that writes, and notes in `log_pages` how long each commit leaves the log. The file exists.
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
    // In the place of SQLite's own hook, which folds the log itself: see `writer/folding.rs`.
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

/// The first read of a connection opens the log and its index.
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

/// A connection that folds the log, which it has open already.
pub(super) fn open_folder(path: &Path, durability: Durability) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    set_synchronous(&connection, durability)?;
    open_log(&connection)?;
    Ok(connection)
}

/// Runs `begin`, waiting for another program's lock for at most `wait`: `None` where there is one for longer. It is looked
/// for often and at uneven moments: SQLite's own wait looks ten times a second in the end, and between the commits of a
/// busy program it may find no gap for as long as it waits.
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
        std::thread::sleep(left.min(Duration::from_micros(fastrand::u64(LOOKS_AGAIN_MICROS))));
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    begun
}

/// The same without waiting at all.
pub(super) fn without_waiting<T>(
    connection: &Connection,
    begin: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    waiting(connection, Duration::ZERO, begin)
}

/// A connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB).map_err(storage_error)?;
    Ok(connection)
}
