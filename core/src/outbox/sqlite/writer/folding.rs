//! When the write-ahead log is folded into the file, and by whom.
//!
//! SQLite has the commit that finds the log long fold all of it, and its producer waits until megabytes are on the disk. Here
//! a thread does nearly all of that while producers go on. A log starts over only once nothing in it is left to fold, so
//! under a steady stream the last few pages are a commit's after all.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use rusqlite::Connection;

use crate::config::Durability;
use crate::engine::threads::{self, Ended};
use crate::outbox::sqlite::SqliteFile;
use crate::outbox::sqlite::log_fold::{Folded, fold};

/// From how many pages on the log is folded.
const LONG: u32 = 1_000;
/// How many more there must be before it is tried again where it did not come to an end.
const STEP: u32 = 500;
/// What a commit folds itself.
const SHORT: u32 = 200;
/// From here on commits fold it all, whatever it takes: messages come faster than the disk folds them, and this slows them
/// down.
const TOO_LONG: u32 = 32_000;
/// How often the thread folds what came while it folded.
const PASSES: usize = 5;
/// What is not worth another pass.
const NEARLY_NOTHING: u32 = 20;

/// Who folds next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Nobody,
    Thread,
    Commit,
}

/// The folding of one file's log.
pub(super) struct Folding {
    /// The log is not brought to the disk by every commit.
    syncs: bool,
    under_way: Option<Ended>,
    /// The pages that were folded when it was last tried.
    folded: Arc<AtomicU32>,
    /// The pages at the last look.
    pages: u32,
    /// The pages from which it is tried again.
    again_from: u32,
}

impl Folding {
    pub(super) fn of(durability: Durability) -> Self {
        Self {
            syncs: durability == Durability::Normal,
            under_way: None,
            folded: Arc::default(),
            pages: 0,
            again_from: LONG,
        }
    }

    /// A commit was written to `log` by `connection`. Call with the turn and inside the gate.
    pub(super) fn committed(&mut self, file: &Arc<SqliteFile>, connection: &Connection, log: &Arc<File>) {
        match self.next(file.log_pages()) {
            Next::Nobody => {}
            // What failed here fails again where it can be said: the thread is outside the gate.
            Next::Commit => {
                if let Ok(Some(now)) = fold(connection) {
                    self.folded.store(now.folded, Ordering::Relaxed);
                }
            }
            Next::Thread => {
                let (file, log, folded) =
                    (file.clone(), self.syncs.then(|| log.clone()), self.folded.clone());
                let started =
                    threads::start("hookbridge-fold", move || fold_beside(&file, log.as_deref(), &folded));
                // Where no thread can be started the log grows until commits fold it.
                self.under_way = started.ok();
            }
        }
    }

    /// What is to be done about a log of so many pages.
    fn next(&mut self, pages: u32) -> Next {
        if !self.rests(Instant::now()) {
            return Next::Nobody;
        }
        let has_ended = self.under_way.take().is_some();
        if pages < self.pages {
            // It started over.
            self.folded.store(0, Ordering::Relaxed);
            self.again_from = LONG;
        }
        self.pages = pages;
        let left = Folded { pages, folded: self.folded.load(Ordering::Relaxed) }.left();
        let is_due = pages >= self.again_from;
        let next = match () {
            () if pages < LONG => Next::Nobody,
            () if has_ended && left <= SHORT => Next::Commit,
            () if is_due && pages >= TOO_LONG => Next::Commit,
            () if is_due => Next::Thread,
            () => Next::Nobody,
        };
        if next != Next::Nobody {
            self.again_from = pages + STEP;
        }
        next
    }

    /// Waits until no thread of it is under way. False where `deadline` came first.
    pub(super) fn rests(&self, deadline: Instant) -> bool {
        self.under_way.as_ref().is_none_or(|under_way| under_way.wait(deadline))
    }
}

/// Folds the log until hardly anything is left or it comes no nearer to that. `log` is brought to the disk first.
fn fold_beside(file: &SqliteFile, log: Option<&File>, folded: &AtomicU32) {
    // By far the longest part, and outside the gate: a fork need not wait for it.
    if let Some(Err(error)) = log.map(File::sync_data) {
        // SQLite's descriptor is told as well if it was open before, but folding is tried again without a word.
        tracing::error!(
            target: "hookbridge::outbox",
            %error,
            "the write-ahead log cannot be brought to the disk: what was accepted last may not survive a loss of power"
        );
        return;
    }
    let mut before = 0;
    for _ in 0..PASSES {
        match file.fold_beside() {
            Ok(Some(now)) => {
                folded.store(now.folded, Ordering::Relaxed);
                if now.left() <= NEARLY_NOTHING || now.folded <= before {
                    return;
                }
                before = now.folded;
            }
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(target: "hookbridge::outbox", %error, "the write-ahead log cannot be folded and grows");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folding whose thread has come to its end with so many pages folded.
    fn ended_at(folding: &mut Folding, folded: u32) {
        let ended = threads::start("ended", || {}).unwrap();
        assert!(ended.wait(Instant::now() + std::time::Duration::from_secs(60)));
        folding.under_way = Some(ended);
        folding.folded.store(folded, Ordering::Relaxed);
    }

    #[test]
    fn a_long_log_is_the_threads_and_what_it_leaves_is_a_commits() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG - 1), Next::Nobody);
        assert_eq!(folding.next(LONG), Next::Thread);
        ended_at(&mut folding, LONG + 40);
        assert_eq!(folding.next(LONG + 40 + SHORT), Next::Commit);
        // The log starts over.
        assert_eq!(folding.next(4), Next::Nobody);
        assert_eq!(folding.next(LONG), Next::Thread);
    }

    #[test]
    fn while_the_thread_folds_nobody_else_does() {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let mut folding = Folding::of(Durability::Full);
        folding.under_way = threads::start("slow", move || {
            let _ = held.recv();
        })
        .ok();
        assert_eq!(folding.next(TOO_LONG * 2), Next::Nobody);
        assert!(!folding.rests(Instant::now()));
        drop(release);
        assert!(folding.rests(Instant::now() + std::time::Duration::from_secs(60)));
        assert_eq!(folding.next(TOO_LONG * 2), Next::Commit);
    }

    #[test]
    fn what_does_not_come_to_an_end_is_tried_again_later_and_in_the_end_by_commits() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG), Next::Thread);
        // A reader still needs the rest.
        ended_at(&mut folding, 10);
        assert_eq!(folding.next(LONG + 1), Next::Nobody);
        assert_eq!(folding.next(LONG + STEP), Next::Thread);
        ended_at(&mut folding, 10);
        assert_eq!(folding.next(TOO_LONG), Next::Commit);
        assert_eq!(folding.next(TOO_LONG + 1), Next::Nobody);
        assert_eq!(folding.next(TOO_LONG + STEP), Next::Commit);
    }

    #[test]
    fn where_no_thread_starts_the_log_waits_for_commits() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG), Next::Thread);
        assert_eq!(folding.next(LONG + 1), Next::Nobody);
        assert_eq!(folding.next(LONG + STEP), Next::Thread);
    }
}
