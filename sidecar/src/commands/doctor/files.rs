//! The files of an outbox.

use std::path::{Path, PathBuf};

/// The path of the file beside the outbox whose name is the outbox's and `suffix`.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The outbox and all that lies beside it.
pub fn all_files(database: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> =
        ["", "-wal", "-shm", "-lock", "-exports"].iter().map(|suffix| beside(database, suffix)).collect();
    let exports = std::fs::read_dir(beside(database, "-exports")).into_iter().flatten().flatten();
    all.extend(exports.map(|export| export.path()));
    all
}
