//! Brings the write-ahead log to the disk while producers go on.
//!
//! Without it, where commits wait for no disk, all that has gathered is synced by the commit that folds the log into the
//! file, and its producer waits for megabytes. SQLite still syncs the log itself before it folds it: what is done here
//! only leaves less for it to do, and may come late without harm.

use std::fs::File;
use std::sync::Arc;
use std::time::Instant;

use crate::config::Durability;
use crate::engine::threads::{self, Ended};

/// How much gathers in the log, more or less, before it is brought to the disk.
const BITE_BYTES: usize = 4 * 1024 * 1024;
/// What a commit writes beside the payloads: five pages in the log.
const COMMIT_BYTES: usize = 5 * 4120;

/// What has been written to one log since it was last brought to the disk.
pub(super) struct LogSync {
    written: usize,
    under_way: Option<Ended>,
}

impl LogSync {
    /// `None` where every commit is synced anyway.
    pub(super) fn of(durability: Durability) -> Option<Self> {
        (durability == Durability::Normal).then_some(Self { written: 0, under_way: None })
    }

    /// A commit with so many bytes of jobs was written to `log`.
    pub(super) fn add(&mut self, bytes: usize, log: &Arc<File>) {
        self.written += bytes + COMMIT_BYTES;
        if self.written < BITE_BYTES || !self.rests(Instant::now()) {
            return;
        }
        self.written = 0;
        let log = log.clone();
        // Where no thread can be started SQLite has more to sync.
        self.under_way = threads::start("hookbridge-sync", move || sync(&log)).ok();
    }

    /// Waits until nothing is under way. False where `deadline` came first.
    pub(super) fn rests(&self, deadline: Instant) -> bool {
        self.under_way.as_ref().is_none_or(|under_way| under_way.wait(deadline))
    }
}

/// Outside the gate, since a fork need not wait for the disk: what a child would get is a descriptor too many.
fn sync(log: &File) {
    if let Err(error) = log.sync_data() {
        // SQLite's descriptor is told as well if it was open before, but folding the log is tried again without a word.
        tracing::error!(
            target: "hookbridge::outbox",
            %error,
            "the write-ahead log cannot be brought to the disk: what was accepted last may not survive a loss of power"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn a_bite_is_brought_to_the_disk_once_and_the_next_counts_anew() {
        let log = Arc::new(tempfile::tempfile().unwrap());
        let mut log_sync = LogSync::of(Durability::Normal).unwrap();
        log_sync.add(BITE_BYTES - COMMIT_BYTES - 1, &log);
        assert!(log_sync.under_way.is_none());
        log_sync.add(0, &log);
        assert_eq!(log_sync.written, 0);
        assert!(log_sync.under_way.is_some() && log_sync.rests(soon()));
        // A descriptor of the log that stays open for every bite would be one too many.
        assert_eq!(Arc::strong_count(&log), 1);
    }

    #[test]
    fn what_gathers_while_the_disk_is_busy_is_kept_for_the_next_time() {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let log = Arc::new(tempfile::tempfile().unwrap());
        let mut log_sync = LogSync::of(Durability::Normal).unwrap();
        log_sync.under_way = threads::start("slow", move || {
            let _ = held.recv();
        })
        .ok();
        log_sync.add(BITE_BYTES, &log);
        assert!(log_sync.written > BITE_BYTES);
        drop(release);
        assert!(log_sync.rests(soon()));
        log_sync.add(0, &log);
        assert_eq!(log_sync.written, 0);
        assert!(LogSync::of(Durability::Full).is_none());
    }
}
