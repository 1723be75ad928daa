//! Whether the write-ahead log that we write to is the one that other processes see. Where another copy of SQLite in this
//! process dropped our locks, a third process may have deleted it.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::beside;
use super::own_file::{Identity, identity};

/// How often the log's name is looked up. That it was deleted or replaced its descriptor tells at once and in a tenth of the
/// time; only a log that was moved away goes on with its name changed.
const NAME_PAUSE: Duration = Duration::from_millis(1);

/// The log of one connection. No lock of SQLite's is on it, so that closing its descriptor drops none.
pub(crate) struct LogWatch {
    path: PathBuf,
    log: Arc<File>,
    identity: Identity,
    named_at: Instant,
}

impl LogWatch {
    /// The log as the connection found it.
    pub(crate) fn begin(database: &Path) -> io::Result<Self> {
        let path = beside(database, "-wal");
        let log = Arc::new(File::open(&path)?);
        let identity = identity(&log.metadata()?);
        Ok(Self { path, log, identity, named_at: Instant::now() })
    }

    /// The log itself.
    pub(crate) fn log(&self) -> &Arc<File> {
        &self.log
    }

    /// Which file it is.
    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether it has not a byte.
    pub(super) fn is_empty(&self) -> bool {
        self.log.metadata().is_ok_and(|log| log.len() == 0)
    }

    /// Whether it has no name any more, as its descriptor tells.
    pub(super) fn is_deleted(&self) -> bool {
        !self.log.metadata().is_ok_and(|log| log.nlink() > 0)
    }

    /// Whether it is still there.
    pub(crate) fn is_there(&mut self) -> bool {
        if self.is_deleted() {
            return false;
        }
        let now = Instant::now();
        if now < self.named_at + NAME_PAUSE {
            return true;
        }
        self.named_at = now;
        self.is_named()
    }

    /// Whether its name still leads to it.
    pub(crate) fn is_named(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|named| identity(&named) == self.identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched() -> (tempfile::TempDir, PathBuf, LogWatch) {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("outbox.db-wal");
        std::fs::write(&log, "a log").unwrap();
        let watch = LogWatch::begin(&folder.path().join("outbox.db")).unwrap();
        (folder, log, watch)
    }

    #[test]
    fn a_log_that_was_deleted_or_replaced_is_missed_at_once() {
        let (_folder, log, mut watch) = watched();
        assert!(watch.is_there());
        std::fs::remove_file(&log).unwrap();
        assert!(!watch.is_there());
        std::fs::write(&log, "another").unwrap();
        assert!(!watch.is_there());

        let (folder, log, mut watch) = watched();
        let other = folder.path().join("other");
        std::fs::write(&other, "another").unwrap();
        std::fs::rename(&other, &log).unwrap();
        assert!(!watch.is_there());
    }

    #[test]
    fn a_log_that_was_moved_away_is_missed_soon() {
        let (folder, log, mut watch) = watched();
        std::thread::sleep(NAME_PAUSE * 2);
        assert!(watch.is_there());
        std::fs::rename(&log, folder.path().join("elsewhere")).unwrap();
        std::thread::sleep(NAME_PAUSE * 2);
        assert!(!watch.is_there());
    }
}
