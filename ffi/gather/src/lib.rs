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
//! That nothing is held back beyond a commit rests on the order in which SQLite writes a frame, which no interface
//! promises. Two guards stand before a version that writes otherwise: [`name`] knows only [`TESTED`] versions, and
//! [`gather`] fails where a commit ended with something still held.
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

/// Runs `commit`, which is to execute a `COMMIT` on `connection` and nothing else, and has the pages that it writes to the
/// log reach it together. Where the commit fails halfway, nothing of it is written afterwards.
///
/// On a connection that was opened with another VFS, or outside of this, SQLite writes as it always does.
///
/// # Errors
/// Those of `commit`. And `SQLITE_IOERR_WRITE` where `commit` succeeded with frames still held: SQLite has told other
/// connections of frames that were not in the log, and that no sync reached. They are in the log when this returns, so that
/// nobody reads what is not there; but the commit must not be relied on. Close the connection.
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
