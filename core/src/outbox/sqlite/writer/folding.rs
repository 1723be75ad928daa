//! Decides when the write-ahead log is folded into the database, and by whom.
//!
//! SQLite has the commit that finds the log long fold all of it, and the commit's producer waits until megabytes are on the
//! disk. Here a thread folds nearly all of it while producers go on. A log starts over only when all of it is folded, so
//! under a steady stream a commit still folds the last few pages.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use rusqlite::Connection;

use crate::config::Durability;
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads::{self, Ended};
use crate::outbox::sqlite::log_fold::{FoldProgress, fold, fold_while_locked};
use crate::outbox::sqlite::{SqliteFile, storage_error};

/// The length, in pages, from which the log is folded.
const LONG: u32 = 1_000;
/// By how many pages the log must grow before folding is tried again, where it did not fold everything.
const STEP: u32 = 500;
/// The most pages that a commit folds beside its own.
const SHORT: u32 = 200;
/// The length from which commits fold whatever the thread left. The thread falls behind where messages come faster than the
/// disk takes them; folding in commits slows the producers down.
const TOO_LONG: u32 = 8_000;
/// How many passes the thread makes: each folds the pages that came during the pass before.
const PASSES: usize = 5;
/// The most pages that are not worth another pass.
const NEARLY_NOTHING: u32 = 20;

/// Who folds next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NextFold {
    Nobody,
    Thread,
    Commit,
}

/// How far the thread got.
#[derive(Default)]
struct ThreadProgress {
    /// The number of folded pages.
    folded: AtomicU32,
    /// Whether the last run folded more pages than were folded before.
    has_advanced: AtomicBool,
}

/// The folding of one file's log.
pub(super) struct Folding {
    /// Whether the thread must sync the log: with `normal`, commits do not.
    syncs: bool,
    under_way: Option<Ended>,
    reached: Arc<ThreadProgress>,
    /// The log's pages after the last commit.
    pages: u32,
    /// The pages that this process wrote since the thread last synced the log.
    unsynced: u32,
    /// Whether the log started over since the thread's last end was noticed.
    started_over: bool,
    /// The length from which folding is tried again.
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

    /// Call after each commit, with the turn and inside the gate. `others_wrote`: another process has committed since our
    /// last group.
    ///
    /// # Errors
    /// Where the log could not be folded and grows. The commit itself is not affected.
    pub(super) fn committed(
        &mut self,
        file: &Arc<SqliteFile>,
        connection: &Connection,
        log: &Arc<File>,
        others_wrote: bool,
    ) -> Result<()> {
        match self.next(file.log_pages(), others_wrote) {
            NextFold::Nobody => Ok(()),
            NextFold::Commit => self.fold(file, connection, others_wrote),
            NextFold::Thread => {
                // A process that wrote little, such as one that lives for a single request, leaves the sync to others.
                let log = (self.syncs && self.unsynced >= STEP).then(|| log.clone());
                self.unsynced = 0;
                let (folded, reached) = (file.clone(), self.reached.clone());
                match threads::start("hookbridge-fold", move || {
                    fold_on_thread(&folded, log.as_deref(), &reached)
                }) {
                    Ok(ended) => {
                        self.under_way = Some(ended);
                        Ok(())
                    }
                    // No thread can be started.
                    Err(_) => self.fold(file, connection, others_wrote),
                }
            }
        }
    }

    /// Folds everything that is left. Only for the last part are others kept from writing.
    fn fold(&mut self, file: &SqliteFile, connection: &Connection, others_wrote: bool) -> Result<()> {
        fold(connection).map_err(storage_error)?;
        if others_wrote {
            // Other processes' writes may have kept SQLite from syncing the database.
            file.sync_folded()
                .map_err(|cause| Error::new(ErrorCode::StorageUnavailable, cause.to_string()))?;
        }
        if let Some(now) = fold_while_locked(connection).map_err(storage_error)? {
            self.reached.folded.store(now.folded, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Decides who folds a log of so many pages.
    fn next(&mut self, pages: u32, others_wrote: bool) -> NextFold {
        let starts_over = pages < self.pages;
        let own = match () {
            () if others_wrote => 0,
            () if starts_over => pages,
            () => pages - self.pages,
        };
        self.unsynced = if starts_over { own } else { self.unsynced.saturating_add(own) };
        self.started_over |= starts_over;
        self.pages = pages;
        if !self.wait(Instant::now()) {
            return NextFold::Nobody;
        }
        let mut has_ended = self.under_way.take().is_some();
        if std::mem::take(&mut self.started_over) {
            // The thread's progress is about the previous log.
            has_ended = false;
            self.reached.folded.store(0, Ordering::Relaxed);
            self.again_from = LONG;
        }
        let left = FoldProgress { pages, folded: self.reached.folded.load(Ordering::Relaxed) }.left();
        let fell_behind = has_ended && self.reached.has_advanced.load(Ordering::Relaxed);
        let next = match () {
            () if pages < LONG => NextFold::Nobody,
            () if has_ended && left.saturating_sub(own) <= SHORT => NextFold::Commit,
            () if fell_behind && pages >= TOO_LONG => NextFold::Commit,
            () if pages >= self.again_from => NextFold::Thread,
            () => NextFold::Nobody,
        };
        if next != NextFold::Nobody {
            self.again_from = pages + STEP;
        }
        next
    }

    /// Waits until the folding thread has ended, where one is running. False where `deadline` came first.
    pub(super) fn wait(&self, deadline: Instant) -> bool {
        self.under_way.as_ref().is_none_or(|under_way| under_way.wait(deadline))
    }
}

/// The body of the thread: folds the log until hardly anything is left, or a pass does not advance. Syncs `log` first.
fn fold_on_thread(file: &SqliteFile, log: Option<&File>, reached: &ThreadProgress) {
    reached.has_advanced.store(false, Ordering::Relaxed);
    // Syncing takes by far the longest. It is done outside the gate, so that a fork need not wait for it.
    if let Some(Err(error)) = log.map(File::sync_data) {
        // The kernel reports a writeback error once per descriptor, so a later checkpoint may succeed silently: log it here.
        tracing::error!(
            target: "hookbridge::outbox",
            %error,
            "the write-ahead log cannot be brought to the disk: what was accepted last may not survive a loss of power"
        );
        return;
    }
    for _ in 0..PASSES {
        match file.fold_beside_writer() {
            Ok(Some(now)) => {
                let before = reached.folded.swap(now.folded, Ordering::Relaxed);
                if now.folded <= before {
                    break;
                }
                reached.has_advanced.store(true, Ordering::Relaxed);
                // A pass reports the log's length at its beginning; the log may be longer now.
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
    if !reached.has_advanced.load(Ordering::Relaxed) {
        return;
    }
    if let Err(error) = file.sync_folded_if_open() {
        // SQLite syncs the file itself before the log starts over, and gets the error too.
        tracing::warn!(target: "hookbridge::outbox", %error, "the outbox file cannot be brought to the disk");
    }
    // The few pages that came during the sync would otherwise be left to a commit.
    if let Ok(Some(now)) = file.fold_beside_writer() {
        reached.folded.store(now.folded, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has the folding thread ended with so many pages folded.
    fn ended_at(folding: &mut Folding, folded: u32) {
        let ended = threads::start("ended", || {}).unwrap();
        assert!(ended.wait(Instant::now() + std::time::Duration::from_secs(60)));
        folding.under_way = Some(ended);
        let before = folding.reached.folded.swap(folded, Ordering::Relaxed);
        folding.reached.has_advanced.store(folded > before, Ordering::Relaxed);
    }

    #[test]
    fn a_long_log_is_the_threads_and_what_it_leaves_is_a_commits() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG - 1, false), NextFold::Nobody);
        assert_eq!(folding.next(LONG, false), NextFold::Thread);
        ended_at(&mut folding, LONG + 40);
        assert_eq!(folding.next(LONG + 40 + SHORT, false), NextFold::Commit);
        // The log started over.
        assert_eq!(folding.next(4, false), NextFold::Nobody);
        assert_eq!(folding.next(LONG, false), NextFold::Thread);
    }

    #[test]
    fn a_commits_own_pages_are_not_what_is_left() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG, false), NextFold::Thread);
        ended_at(&mut folding, LONG);
        assert_eq!(folding.next(LONG + 5 * SHORT, false), NextFold::Commit);
    }

    #[test]
    fn what_others_wrote_is_not_its_own() {
        let mut folding = Folding::of(Durability::Normal);
        // The log existed before.
        assert_eq!(folding.next(LONG, true), NextFold::Thread);
        assert_eq!(folding.unsynced, 0);
        ended_at(&mut folding, LONG);
        assert_eq!(folding.next(TOO_LONG - 1, true), NextFold::Thread);
    }

    #[test]
    fn while_the_thread_folds_nobody_else_does() {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let mut folding = Folding::of(Durability::Full);
        folding.under_way = threads::start("slow", move || {
            let _ = held.recv();
        })
        .ok();
        assert_eq!(folding.next(TOO_LONG * 2, false), NextFold::Nobody);
        assert!(!folding.wait(Instant::now()));
        // The log starts over meanwhile, so the thread's progress is about the previous log.
        assert_eq!(folding.next(4, false), NextFold::Nobody);
        folding.reached.folded.store(TOO_LONG, Ordering::Relaxed);
        drop(release);
        assert!(folding.wait(Instant::now() + std::time::Duration::from_secs(60)));
        assert_eq!(folding.next(LONG + SHORT, false), NextFold::Thread);
    }

    #[test]
    fn what_does_not_come_to_an_end_is_tried_again_later() {
        let mut folding = Folding::of(Durability::Normal);
        assert_eq!(folding.next(LONG, false), NextFold::Thread);
        // A reader still needs the rest.
        ended_at(&mut folding, 10);
        assert_eq!(folding.next(LONG + SHORT + 20, false), NextFold::Nobody);
        assert_eq!(folding.next(LONG + STEP, false), NextFold::Thread);
        // This goes on for as long as the reader reads: a commit could not fold more either.
        ended_at(&mut folding, 10);
        assert_eq!(folding.next(TOO_LONG, false), NextFold::Thread);
        ended_at(&mut folding, 10);
        assert_eq!(folding.next(TOO_LONG + 1, false), NextFold::Nobody);
        assert_eq!(folding.next(TOO_LONG + STEP, false), NextFold::Thread);
    }

    #[test]
    fn where_the_thread_falls_behind_commits_fold_in_the_end() {
        let mut folding = Folding::of(Durability::Normal);
        for (pages, next) in
            [(LONG, NextFold::Thread), (TOO_LONG - 1, NextFold::Thread), (TOO_LONG, NextFold::Commit)]
        {
            assert_eq!(folding.next(pages, false), next);
            ended_at(&mut folding, pages - 2 * SHORT);
            folding.pages = pages - 1;
        }
    }
}
