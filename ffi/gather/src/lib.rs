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
//! hookbridge_gather::gather(|| connection.execute_batch("COMMIT"))?;
//! # Ok(())
//! # }
//! ```

mod frames;
mod vfs;

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

pub use vfs::name;

/// Numbers each time that something is gathered, from 1 on.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The number of what this thread gathers now, else 0.
    static GATHERING: Cell<u64> = const { Cell::new(0) };
}

/// Goes back to what was gathered before, also where it unwinds.
struct Before(u64);

impl Drop for Before {
    fn drop(&mut self) {
        GATHERING.set(self.0);
    }
}

/// Runs `commit`, which is to execute a `COMMIT` and nothing else, and has the pages that it writes to the log reach it
/// together. Where the commit fails halfway, nothing of it is written afterwards.
///
/// On a connection that was opened with another VFS, or outside of this, SQLite writes as it always does.
pub fn gather<T>(commit: impl FnOnce() -> T) -> T {
    let _before = Before(GATHERING.replace(NUMBERS.fetch_add(1, Ordering::Relaxed)));
    commit()
}
