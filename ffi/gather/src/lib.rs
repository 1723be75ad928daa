//! Has SQLite write a commit to its write-ahead log in one piece.
//!
//! SQLite writes each page of a commit with two system calls, one for the 24 bytes of its frame's header and one for the
//! page. A lone message is four pages: what it takes to write them is a third of what the commit takes. A connection that
//! was opened with the VFS of [`name`], and whose commit runs inside [`gather`], makes one call of them.
//!
//! The file is SQLite's own in every other respect. Of all files the log alone is looked at, and nothing is ever held back
//! beyond a frame that ends a commit: what SQLite then tells other connections is in the file. It stands here, apart from
//! the engine, because a VFS is an interface of C's.
//!
//! This relies on the order in which SQLite writes a frame, and SQLite does not promise that order. Two guards protect against
//! a version with another one: [`name`] answers only for [`TESTED`] versions, and [`gather`] fails if a commit ends while
//! something is still held.
//!
//! ```
//! # fn main() -> rusqlite::Result<()> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let file = folder.path().join("example.db");
//! use rusqlite::{Connection, OpenFlags};
//!
//! let vfs = hookbridge_gather::name().expect("SQLite takes another VFS");
//! let connection = Connection::open_with_flags_and_vfs(file, OpenFlags::default(), vfs)?;
//! connection.pragma_update(None, "journal_mode", "wal")?;
//! connection.execute_batch("CREATE TABLE t (n INTEGER); BEGIN; INSERT INTO t VALUES (1)")?;
//! hookbridge_gather::gather(&connection, || connection.execute_batch("COMMIT"))?;
//! # Ok(())
//! # }
//! ```

mod current;
mod frames;
mod versions;
mod vfs;

use current::{Before, HELD};
use rusqlite::{Connection, ffi};

pub use versions::TESTED;
pub use vfs::name;

/// Runs `commit`, which must execute a `COMMIT` on `connection` and nothing else. Its pages are written to the log together.
/// If the commit fails halfway, nothing of it is written afterwards.
///
/// On a connection with another VFS, and outside of this function, SQLite writes as it always does.
///
/// # Errors
/// Those of `commit`, and `SQLITE_IOERR_WRITE` if `commit` succeeded while frames were still held. SQLite has then told other
/// connections of frames that were not in the log and were not synced. This function writes them, so that no reader finds a
/// gap, but the commit may not survive a power cut: the caller must not acknowledge it, and must close the connection.
pub fn gather<T>(
    connection: &Connection,
    commit: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let _before = Before::begin();
    let outcome = commit()?;
    match HELD.get() {
        0 => Ok(outcome),
        bytes => {
            vfs::write_held(connection);
            Err(left_held(bytes))
        }
    }
}

fn left_held(bytes: usize) -> rusqlite::Error {
    let says = format!(
        "SQLite {} ended a commit of which {bytes} bytes were still held back: its writes cannot be gathered",
        rusqlite::version()
    );
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR_WRITE), Some(says))
}
