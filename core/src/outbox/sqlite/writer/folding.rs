//! When the write-ahead log is folded into the file, and by whom.
//!
//! SQLite has the commit that finds the log long fold all of it, and its producer waits until megabytes are on the disk. Here
//! a thread does nearly all of that while producers go on. A log starts over only once nothing in it is left to fold, so
//! under a steady stream the last few pages are a commit's after all.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use rusqlite::Connection;

use crate::config::Durability;
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads::{self, Ended};
use crate::outbox::sqlite::log_fold::{Folded, fold, fold_alone};
use crate::outbox::sqlite::{SqliteFile, storage_error};

/// From how many pages on the log is folded.
const LONG: u32 = 1_000;
/// How many more there must be before it is tried again where it did not come to an end.
const STEP: u32 = 500;
/// What a commit folds beside its own pages.
const SHORT: u32 = 200;
/// From here on commits fold what the thread left, however much that is: where it falls behind messages come faster than the
/// disk takes them, and this slows them down.
const TOO_LONG: u32 = 8_000;
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

/// What the thread came to.
#[derive(Default)]
struct Reached {
    /// The pages that are folded.
    folded: AtomicU32,
    /// They became more.
    is_nearer: AtomicBool,
}

/// The folding of one file's log.
pub(super) struct Folding {
    /// The log is not brought to the disk by every commit.
    syncs: bool,
    under_way: Option<Ended>,
    reached: Arc<Reached>,
    /// The pages after the last commit.
    pages: u32,
    /// Those that were written here since the thread last brought the log to the disk.
    unsynced: u32,
    /// The log started over since the thread was last looked at.
    started_over: bool,
    /// The pages from which it is tried again.
    again_from: u32,
}

impl Folding {
    pub(super) fn of(durability: Durability) -> Self {
        Self {
            syncs: durability == Durability::Normal,
            under_way: None,
            reached: Arc::default(),
            pages: 0,
            unsynced: 0,
            started_over: false,
            again_from: LONG,
        }
    }

    /// A commit was written to `log` by `connection`, the first since others wrote or not. Call with the turn and inside the
    /// gate.
    ///
    /// # Errors
    /// The log could not be folded and grows; the commit is none the worse.
    pub(super) fn committed(
        &mut self,
        file: &Arc<SqliteFile>,
        connection: &Connection,
        log: &Arc<File>,
        others_wrote: bool,
    ) -> Result<()> {
        match self.next(file.log_pages(), others_wrote) {
            Next::Nobody => Ok(()),
            Next::Commit => self.fold(file, connection, others_wrote),
            Next::Thread => {
                // Where little of it is this process's, as in one that lives for a request, there is little to sync.
                let log = (self.syncs && self.unsynced >= STEP).then(|| log.clone());
                self.unsynced = 0;
                let (folded, reached) = (file.clone(), self.reached.clone());
                match threads::start("hookbridge-fold", move || {
                    fold_beside(&folded, log.as_deref(), &reached)
                }) {
                    Ok(ended) => {
                        self.under_way = Some(ended);
                        Ok(())
                    }
                    // No thread is to be had.
                    Err(_) => self.fold(file, connection, others_wrote),
                }
            }
        }
    }

    /// Folds all that is left. Others are kept from writing for the end of it only.
    fn fold(&mut self, file: &SqliteFile, connection: &Connection, others_wrote: bool) -> Result<()> {
        fold(connection).map_err(storage_error)?;
        if others_wrote {
            // They may have kept SQLite from doing it.
            file.sync_folded()
                .map_err(|cause| Error::new(ErrorCode::StorageUnavailable, cause.to_string()))?;
        }
        if let Some(now) = fold_alone(connection).map_err(storage_error)? {
            self.reached.folded.store(now.folded, Ordering::Relaxed);
        }
        Ok(())
    }

    /// What is to be done about a log of so many pages.
    fn next(&mut self, pages: u32, others_wrote: bool) -> Next {
        let starts_over = pages < self.pages;
        let own = match () {
            () if others_wrote => 0,
            () if starts_over => pages,
            () => pages - self.pages,
        };
        self.unsynced = if starts_over { own } else { self.unsynced.saturating_add(own) };
        self.started_over |= starts_over;
        self.pages = pages;
        if !self.rests(Instant::now()) {
            return Next::Nobody;
        }
        let mut has_ended = self.under_way.take().is_some();
        if std::mem::take(&mut self.started_over) {
            // What the thread reached is of the log before.
            has_ended = false;
            self.reached.folded.store(0, Ordering::Relaxed);
            self.again_from = LONG;
        }
        let left = Folded { pages, folded: self.reached.folded.load(Ordering::Relaxed) }.left();
        let fell_behind = has_ended && self.reached.is_nearer.load(Ordering::Relaxed);
        let next = match () {
            () if pages < LONG => Next::Nobody,
            () if has_ended && left.saturating_sub(own) <= SHORT => Next::Commit,
            () if fell_behind && pages >= TOO_LONG => Next::Commit,
            () if pages >= self.again_from => Next::Thread,
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
fn fold_beside(file: &SqliteFile, log: Option<&File>, reached: &Reached) {
    reached.is_nearer.store(false, Ordering::Relaxed);
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
    for _ in 0..PASSES {
        match file.fold_beside() {
            Ok(Some(now)) => {
                let before = reached.folded.swap(now.folded, Ordering::Relaxed);
                if now.folded <= before {
                    break;
                }
                reached.is_nearer.store(true, Ordering::Relaxed);
                // What a pass tells is what there was when it began.
                if file.log_pages().saturating_sub(now.folded) <= NEARLY_NOTHING {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(target: "hookbridge::outbox", %error, "the write-ahead log cannot be folded and grows");
                return;
            }
        }
    }
    if !reached.is_nearer.load(Ordering::Relaxed) {
        return;
    }
    if let Err(error) = file.sync_folded_beside() {
        // SQLite syncs the file itself before it lets go of the log, and is told the same.
        tracing::warn!(target: "hookbridge::outbox", %error, "the outbox file cannot be brought to the disk");
    }
    // What came meanwhile is little, and would be a commit's.
    if let Ok(Some(now)) = file.fold_beside() {
        reached.folded.store(now.folded, Ordering::Relaxed);
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
        let before = folding.reached.folded.swap(folded, Ordering::Relaxed);
        folding.reached.is_nearer.store(folded > before, Ordering::Relaxed);
    }

    #[test]
    fn a_long_log_is_the_threads_and_what_it_leaves_is_a_commits() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG - 1, false), Next::Nobody);
        assert_eq!(folding.next(LONG, false), Next::Thread);
        ended_at(&mut folding, LONG + 40);
        assert_eq!(folding.next(LONG + 40 + SHORT, false), Next::Commit);
        // The log starts over.
        assert_eq!(folding.next(4, false), Next::Nobody);
        assert_eq!(folding.next(LONG, false), Next::Thread);
    }

    #[test]
    fn a_commits_own_pages_are_not_what_is_left() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG, false), Next::Thread);
        ended_at(&mut folding, LONG);
        assert_eq!(folding.next(LONG + 5 * SHORT, false), Next::Commit);
    }

    #[test]
    fn what_others_wrote_is_not_its_own() {
        let mut folding = Folding::of(Durability::Normal);
        // The log was there before.
        assert_eq!(folding.next(LONG, true), Next::Thread);
        assert_eq!(folding.unsynced, 0);
        ended_at(&mut folding, LONG);
        assert_eq!(folding.next(TOO_LONG - 1, true), Next::Thread);
    }

    #[test]
    fn while_the_thread_folds_nobody_else_does() {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let mut folding = Folding::of(Durability::Full);
        folding.under_way = threads::start("slow", move || {
            let _ = held.recv();
        })
        .ok();
        assert_eq!(folding.next(TOO_LONG * 2, false), Next::Nobody);
        assert!(!folding.rests(Instant::now()));
        // It starts over meanwhile, and what the thread reached is of the log before.
        assert_eq!(folding.next(4, false), Next::Nobody);
        folding.reached.folded.store(TOO_LONG, Ordering::Relaxed);
        drop(release);
        assert!(folding.rests(Instant::now() + std::time::Duration::from_secs(60)));
        assert_eq!(folding.next(LONG + SHORT, false), Next::Thread);
    }

    #[test]
    fn what_does_not_come_to_an_end_is_tried_again_later() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG, false), Next::Thread);
        // A reader still needs the rest.
        ended_at(&mut folding, 10);
        assert_eq!(folding.next(LONG + SHORT + 20, false), Next::Nobody);
        assert_eq!(folding.next(LONG + STEP, false), Next::Thread);
        // However long that takes: no commit can do more.
        ended_at(&mut folding, 10);
        assert_eq!(folding.next(TOO_LONG, false), Next::Thread);
        ended_at(&mut folding, 10);
        assert_eq!(folding.next(TOO_LONG + 1, false), Next::Nobody);
        assert_eq!(folding.next(TOO_LONG + STEP, false), Next::Thread);
    }

    #[test]
    fn where_the_thread_falls_behind_commits_fold_in_the_end() {
        let mut folding = Folding::of(Durability::Normal);
        for (pages, next) in [(LONG, Next::Thread), (TOO_LONG - 1, Next::Thread), (TOO_LONG, Next::Commit)] {
            assert_eq!(folding.next(pages, false), next);
            ended_at(&mut folding, pages - 2 * SHORT);
            folding.pages = pages - 1;
        }
    }
}
