//! Committing a group of jobs in one transaction, on the thread that has the turn.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
use rusqlite::Connection;

use super::folding::Folding;
use super::foreign_lock::ForeignLock;
use super::last_commit::LastCommit;
use super::queue::Queued;
use super::usual_time::UsualTime;
use super::{AfterCommit, Job, WriteContext};
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::Completions;
use crate::host::fork;
use crate::host::threads;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::link::{DeliveryLink, Notice};
use crate::outbox::sqlite::metrics::{self, GroupCounters};
use crate::outbox::sqlite::subscriptions::KnownSubscriptions;
use crate::outbox::sqlite::{
    SqliteFile, changes, close_without_folding, connection, log_fold, storage_error, write_locked,
};
use crate::outbox::withdrawals::Withdrawals;

/// How often a group is written again because the log was removed meanwhile.
const REWRITES: usize = 10;
/// For how long after a commit the next commit trusts, at its beginning, that the database's path leads to the file. After
/// each commit the path is looked up.
const PATH_TRUSTED_FOR: Duration = Duration::from_millis(1);

/// Whether to wait for another program's write.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LockWait {
    /// Wait until the first job must be refused.
    AsJobsAllow,
    /// Do not wait.
    Never,
}

/// The result of writing a group.
enum GroupOutcome {
    Committed,
    /// Nothing was done: another program is writing, or the file must be opened first and the caller does not wait.
    NotNow,
}

/// The state of writing that is kept from one group to the next.
struct WriterState {
    endpoints: HashMap<EndpointId, i64>,
    subscriptions: KnownSubscriptions,
    /// The version of the file that `endpoints` was read from.
    cached_version: Option<i64>,
    /// Whether other processes wrote between the last two groups.
    others_wrote: bool,
    /// Whether the log or its index was removed while the current group was written.
    rewritten: bool,
    foreign_lock: ForeignLock,
    /// The withdrawals of the current group.
    withdrawals: Withdrawals,
    /// Whether the last group changed anything. A commit without changes does not write to the disk.
    wrote: bool,
    /// When the database's path was last found to lead to the file.
    path_checked_at: Option<Instant>,
    folding: Folding,
    /// Why the log could not be folded after the last group.
    unfolded: Option<Error>,
}

/// Commits one group of jobs per transaction. Callers must hold the queue's turn, so `state` is never contended.
pub(crate) struct Committer {
    file: Arc<SqliteFile>,
    link: Arc<DeliveryLink>,
    state: Mutex<WriterState>,
    opened: AtomicU64,
    usual_time: UsualTime,
    last: LastCommit,
}

impl Committer {
    pub(crate) fn new(file: Arc<SqliteFile>, link: Arc<DeliveryLink>) -> Self {
        let state = WriterState {
            endpoints: HashMap::new(),
            subscriptions: KnownSubscriptions::default(),
            cached_version: None,
            others_wrote: false,
            rewritten: false,
            foreign_lock: ForeignLock::default(),
            withdrawals: Withdrawals::default(),
            wrote: false,
            path_checked_at: None,
            folding: Folding::of(file.config.durability),
            unfolded: None,
        };
        Self {
            file,
            link,
            state: Mutex::new(state),
            opened: AtomicU64::new(0),
            usual_time: UsualTime::default(),
            last: LastCommit::default(),
        }
    }

    /// How many connections were opened to write.
    pub(super) fn connections_opened(&self) -> u64 {
        self.opened.load(Ordering::Acquire)
    }

    /// Whether recent commits took so long that a server's thread should not wait for one.
    pub(crate) fn is_lengthy(&self) -> bool {
        self.usual_time.is_lengthy()
    }

    /// Whether the last commit succeeded less than a second ago.
    pub(crate) fn has_just_committed(&self) -> bool {
        self.last.is_recent()
    }

    /// Waits until no thread folds the log, or until `deadline`.
    pub(crate) fn wait_for_folding(&self, deadline: Instant) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // A thread that is late ends by itself.
        let _ended = state.folding.wait(deadline);
    }

    /// Commits `jobs` and answers each.
    pub(super) fn write(&self, mut jobs: Vec<Queued>) {
        // The jobs that were given back go on waiting for another program's lock.
        while !jobs.is_empty() {
            jobs = self.commit_and_answer(jobs, LockWait::AsJobsAllow);
        }
    }

    /// Commits `job` on the caller's thread and answers it. Gives it back if it would have to wait for anything but the disk.
    pub(crate) fn write_here(&self, job: Box<dyn Job>) -> Option<Box<dyn Job>> {
        // A write past a file size limit raises SIGXFSZ, which would stay pending for the host's thread.
        let unlimited = getrlimit(Resource::RLIMIT_FSIZE).is_ok_and(|(soft, _)| soft == RLIM_INFINITY);
        if !unlimited {
            return Some(job);
        }
        // No signal handler of the host may run in the middle of a commit: it could fork or jump away.
        let given_back =
            threads::with_signals_blocked(|| self.commit_and_answer(vec![Queued::now(job)], LockWait::Never))
                .pop();
        given_back.map(|queued| queued.job)
    }

    /// Commits `jobs` and answers each. Returns the jobs that were not written and may go on waiting.
    fn commit_and_answer(&self, mut jobs: Vec<Queued>, lock_wait: LockWait) -> Vec<Queued> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.commit(&mut state, &mut jobs, lock_wait)))
            .unwrap_or_else(|_| {
                self.forget_connection();
                Err(Error::new(ErrorCode::Internal, "the writer panicked; the group was rolled back"))
            });
        let withdrawn = match &outcome {
            Ok(_) => state.withdrawals.notices(),
            Err(_) => {
                state.withdrawals.give_back(&self.link);
                // They were read in the transaction that was undone.
                state.subscriptions = KnownSubscriptions::default();
                Vec::new()
            }
        };
        let waiting_on = match (&outcome, lock_wait) {
            (Ok(GroupOutcome::NotNow), LockWait::Never) => return jobs,
            (Ok(GroupOutcome::NotNow), LockWait::AsJobsAllow) => state.foreign_lock.waiting_on(&mut jobs),
            _ => Vec::new(),
        };
        let (rewritten, unfolded) = (std::mem::take(&mut state.rewritten), state.unfolded.take());
        let wrote = state.wrote;
        drop(state);
        // Logged here, since no log subscriber of the host may run inside the gate.
        if rewritten {
            tracing::error!(
                target: "hookbridge::outbox",
                "another program removed the outbox's write-ahead log or its index: the file was reopened and the group written again"
            );
        }
        if let Some(error) = unfolded {
            tracing::warn!(target: "hookbridge::outbox", %error, "the write-ahead log cannot be folded and grows");
        }
        let outcome = outcome.and_then(|written| match written {
            GroupOutcome::Committed => Ok(()),
            GroupOutcome::NotNow => Err(write_locked()),
        });
        let committed = match &outcome {
            Ok(()) => {
                if wrote {
                    self.last.succeeded();
                }
                Ok(())
            }
            Err(error) => {
                self.last.failed();
                tracing::warn!(target: "hookbridge::outbox", %error, jobs = jobs.len(), "a commit failed");
                Err(error)
            }
        };
        let mut after = AfterCommit {
            link: &self.link,
            settled: Vec::new(),
            notices: withdrawn,
            fresh: Vec::new(),
            completions: Completions::default(),
        };
        for queued in jobs {
            queued.job.finish(committed, &mut after);
        }
        let AfterCommit { settled, notices, fresh, completions, .. } = after;
        // Settled before the next group: a caller that reads the outcome may replay the message at once.
        self.link.settle(&settled);
        completions.deliver();
        if !fresh.is_empty() {
            self.link.tell(Notice::Accepted(fresh));
        }
        for notice in notices {
            self.link.tell(notice);
        }
        waiting_on
    }

    /// Writes all of `jobs` in one transaction. Returns once it is as durable as the configuration says.
    fn commit(
        &self,
        state: &mut WriterState,
        jobs: &mut [Queued],
        lock_wait: LockWait,
    ) -> Result<GroupOutcome> {
        let _inside = fork::enter();
        let file = &self.file;
        let mut slot = fork::lock(&file.writer);
        let path_too = state.path_checked_at.is_none_or(|at| at.elapsed() > PATH_TRUSTED_FOR);
        match file.trouble_before(path_too) {
            None => {}
            Some(_) if lock_wait == LockWait::Never => return Ok(GroupOutcome::NotNow),
            Some(trouble) => {
                drop(slot);
                file.settle(trouble)?;
                slot = fork::lock(&file.writer);
            }
        }
        for written in 0..REWRITES {
            if slot.is_none() {
                if lock_wait == LockWait::Never && written == 0 {
                    return Ok(GroupOutcome::NotNow);
                }
                drop(slot);
                file.settle_siblings();
                slot = fork::lock(&file.writer);
                let opened = file.open_writer()?;
                if file.has_sibling_in_trouble() {
                    close_without_folding(opened);
                    continue;
                }
                *slot = Some(opened);
                self.opened.fetch_add(1, Ordering::AcqRel);
                state.cached_version = None;
                state.subscriptions = KnownSubscriptions::default();
            }
            let Some(connection) = slot.as_ref() else { continue };
            let begun = Instant::now();
            match apply_all(state, &self.link, connection, jobs, written > 0, lock_wait) {
                Ok(GroupOutcome::NotNow) => return Ok(GroupOutcome::NotNow),
                Ok(GroupOutcome::Committed) => self.usual_time.note(begun.elapsed()),
                Err(cause) => {
                    // The write may have failed because a file was removed or replaced.
                    if let Some(trouble) = file.trouble_before(true) {
                        drop(slot);
                        file.settle(trouble)?;
                        state.rewritten = true;
                        slot = fork::lock(&file.writer);
                        continue;
                    }
                    let error = storage_error(cause);
                    // A fresh connection sees that the file was repaired, replaced, or has room again.
                    drop(file.folding_connection.take());
                    // Without a writer nobody could fold the log, should it be removed before the next write.
                    let _ = log_fold::fold(connection);
                    slot.take();
                    return Err(error);
                }
            }
            match file.after_commit() {
                Ok(log) => {
                    state.path_checked_at = Some(Instant::now());
                    let others_wrote = state.others_wrote;
                    state.unfolded = state.folding.committed(file, connection, &log, others_wrote).err();
                    return Ok(GroupOutcome::Committed);
                }
                Err(trouble) => {
                    drop(slot);
                    file.settle(trouble)?;
                    state.rewritten = true;
                    slot = fork::lock(&file.writer);
                }
            }
        }
        Err(Error::new(
            ErrorCode::StorageUnavailable,
            "the outbox's write-ahead log or its index is being removed by another program: see the documentation \
             on opening the file with another SQLite",
        ))
    }

    fn forget_connection(&self) {
        let _inside = fork::enter();
        fork::lock(&self.file.writer).take();
    }
}

fn apply_all(
    state: &mut WriterState,
    link: &DeliveryLink,
    connection: &Connection,
    jobs: &mut [Queued],
    again: bool,
    lock_wait: LockWait,
) -> rusqlite::Result<GroupOutcome> {
    let wait = match lock_wait {
        LockWait::AsJobsAllow => state.foreign_lock.patience(jobs),
        LockWait::Never => Duration::ZERO,
    };
    let begun = Instant::now();
    let Some(transaction) = Transaction::begin(connection, wait)? else {
        if lock_wait == LockWait::AsJobsAllow {
            state.foreign_lock.is_taken(begun);
        }
        return Ok(GroupOutcome::NotNow);
    };
    state.foreign_lock.is_free();
    // Another process may have changed endpoints since the last group.
    let version = data_version(connection)?;
    state.others_wrote = state.cached_version.replace(version) != Some(version);
    if state.others_wrote {
        state.endpoints.clear();
    }
    let before = connection.total_changes();
    let mut context = WriteContext {
        connection,
        now: Timestamp::now(),
        endpoints: &mut state.endpoints,
        subscriptions: &mut state.subscriptions,
        link,
        withdrawals: &mut state.withdrawals,
        counters: GroupCounters::new(),
        changes: BTreeSet::new(),
        statements: Vec::new(),
    };
    for queued in jobs.iter_mut() {
        // A job that was written before is skipped: it counts once and keeps its first answer.
        if !again || !queued.job.is_written(&context)? {
            queued.job.apply(&mut context)?;
        }
    }
    metrics::write(context.connection, &context.counters, context.now)?;
    changes::note(context.connection, std::mem::take(&mut context.changes))?;
    drop(context);
    state.wrote = connection.total_changes() != before;
    transaction.commit().map(|()| GroupOutcome::Committed)
}

/// A transaction that may write. Dropped before its commit, it is rolled back. Unlike rusqlite's, its statements are
/// prepared once: a lone message is committed in less time than compiling them takes.
struct Transaction<'a>(&'a Connection);

impl<'a> Transaction<'a> {
    /// Begins a transaction. `None` where another program keeps the write lock for longer than `wait`.
    fn begin(connection: &'a Connection, wait: Duration) -> rusqlite::Result<Option<Self>> {
        connection::waiting(connection, wait, || {
            connection.prepare_cached("BEGIN IMMEDIATE")?.execute([]).map(|_| Self(connection))
        })
    }

    fn commit(self) -> rusqlite::Result<()> {
        let mut commit = self.0.prepare_cached("COMMIT")?;
        hookbridge_gather::gather(self.0, || commit.execute([]).map(drop))
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // If the rollback fails, the connection is closed after the error anyway.
        if !self.0.is_autocommit() {
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
}

pub(super) fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}
