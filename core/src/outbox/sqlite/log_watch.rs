//! Watches the write-ahead log: whether the log that we write to is the one that other processes see. If another copy of
//! SQLite in this process has dropped our locks, another process may have deleted the log.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::beside;
use super::own_file::{Identity, identity};

/// How often the log's path is looked up. The descriptor shows at once, in a tenth of the time, that a log was deleted or
/// replaced. Only a log that was moved away is noticed by its path.
const NAME_PAUSE: Duration = Duration::from_millis(1);

/// The log of one connection. SQLite locks no byte of the log, so closing this descriptor drops no lock.
pub(crate) struct LogWatch {
    path: PathBuf,
    log: Arc<File>,
    identity: Identity,
    named_at: Instant,
}

impl LogWatch {
    /// Starts to watch the log at its path.
    pub(crate) fn begin(database: &Path) -> io::Result<Self> {
        let path = beside(database, "-wal");
        let log = Arc::new(File::open(&path)?);
        let identity = identity(&log.metadata()?);
        Ok(Self { path, log, identity, named_at: Instant::now() })
    }

    /// The log file.
    pub(crate) fn log(&self) -> &Arc<File> {
        &self.log
    }

    /// The identity of the file.
    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether the log is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.log.metadata().is_ok_and(|log| log.len() == 0)
    }

    /// Whether the log was deleted or replaced, as its descriptor shows.
    pub(super) fn is_deleted(&self) -> bool {
        !self.log.metadata().is_ok_and(|log| log.nlink() > 0)
    }

    /// Whether the log still has its path. The path is looked up at most every [`NAME_PAUSE`].
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

    /// Whether its path still leads to this file.
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
