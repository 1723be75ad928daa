//! Brings the write-ahead log to the disk while producers go on.
//!
//! Without it, where commits wait for no disk, all that has gathered is synced by the commit that folds the log into the
//! file, and its producer waits for megabytes. SQLite still syncs the log itself before it folds it: what is done here
//! is only less for it to do, and may fail or be late without harm.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Durability;
use crate::engine::threads;
use crate::fork;
use crate::outbox::sqlite::beside;

/// How much gathers in the log before it is brought to the disk.
const BITE_BYTES: usize = 4 * 1024 * 1024;
/// What a commit writes beside the payloads: the pages of the tables and indexes that it changes, each as a whole.
const COMMIT_BYTES: usize = 12 * 1024;

/// What has been written to one log since it was last brought to the disk.
pub(super) struct LogSync {
    log: PathBuf,
    written: usize,
    under_way: Arc<AtomicBool>,
}

impl LogSync {
    /// `None` where every commit is synced anyway.
    pub(super) fn of(database: &Path, durability: Durability) -> Option<Self> {
        let log = beside(database, "-wal");
        (durability == Durability::Normal).then(|| Self { log, written: 0, under_way: Arc::default() })
    }

    /// A commit with so many bytes of jobs was written.
    pub(super) fn add(&mut self, bytes: usize) {
        self.written += bytes + COMMIT_BYTES;
        if self.written < BITE_BYTES || self.under_way.swap(true, Ordering::Acquire) {
            return;
        }
        self.written = 0;
        let (log, under_way) = (self.log.clone(), self.under_way.clone());
        let started = threads::start("hookbridge-sync", move || {
            sync(&log);
            under_way.store(false, Ordering::Release);
        });
        if started.is_err() {
            self.under_way.store(false, Ordering::Release);
        }
    }
}

/// By a descriptor of its own: no lock of SQLite's is on the log, so closing it drops none.
fn sync(log: &Path) {
    // A fork does not copy the descriptor.
    let _inside = fork::enter();
    if let Ok(log) = File::open(log) {
        // SQLite's descriptor learns of a failure by itself.
        let _ = log.sync_data();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn rests(log_sync: &LogSync) -> bool {
        let deadline = Instant::now() + Duration::from_secs(60);
        while log_sync.under_way.load(Ordering::Acquire) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        !log_sync.under_way.load(Ordering::Acquire)
    }

    #[test]
    fn a_bite_is_brought_to_the_disk_once_and_the_next_counts_anew() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("outbox.db");
        std::fs::write(beside(&database, "-wal"), vec![7; BITE_BYTES]).unwrap();
        let mut log_sync = LogSync::of(&database, Durability::Normal).unwrap();
        log_sync.add(BITE_BYTES - COMMIT_BYTES - 1);
        assert!(rests(&log_sync));
        assert_eq!(log_sync.written, BITE_BYTES - 1);
        log_sync.add(1);
        assert_eq!(log_sync.written, 0);
        assert!(rests(&log_sync));
        // Nothing to sync is no harm.
        std::fs::remove_file(beside(&database, "-wal")).unwrap();
        log_sync.add(BITE_BYTES);
        assert!(rests(&log_sync));
    }

    #[test]
    fn what_gathers_while_the_disk_is_busy_is_kept_for_the_next_time() {
        let mut log_sync = LogSync::of(Path::new("/nowhere/outbox.db"), Durability::Normal).unwrap();
        log_sync.under_way.store(true, Ordering::Release);
        log_sync.add(BITE_BYTES);
        assert!(log_sync.written > BITE_BYTES);
        log_sync.under_way.store(false, Ordering::Release);
        log_sync.add(0);
        assert_eq!(log_sync.written, 0);
        assert!(LogSync::of(Path::new("/nowhere/outbox.db"), Durability::Full).is_none());
    }
}
