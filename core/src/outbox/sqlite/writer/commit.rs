//! One transaction for a group of jobs, on the thread that has the turn.

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
use crate::outbox::sqlite::metrics::{self, Tally};
use crate::outbox::sqlite::{SqliteFile, changes, close_as_it_is, connection, storage_error, write_locked};
use crate::outbox::withdrawals::Withdrawals;

/// How often a group is written again when the log vanished under it.
const REWRITES: usize = 10;
/// For how long after a commit it is taken that the database's name still leads to it, before the next. Whether it did is
/// looked up after each.
const LOOK_PAUSE: Duration = Duration::from_millis(1);

/// Whether another program's write is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// As long as the jobs have patience.
    Waits,
    /// Not at all.
    Refuses,
}

enum Written {
    Committed,
    /// Another program is writing, or the file has to be opened first and that is not waited for; nothing was done.
    NotNow,
}

/// What writers keep between groups.
struct Kept {
    endpoints: HashMap<EndpointId, i64>,
    /// The version of the file for which `endpoints` holds.
    cached_version: Option<i64>,
    /// Others wrote between the last two groups.
    others_wrote: bool,
    /// The log or its index vanished under the group that is being written.
    rewritten: bool,
    foreign_lock: ForeignLock,
    /// Of the group that is being written.
    withdrawals: Withdrawals,
    /// The last group changed something: a commit of nothing does not ask the disk.
    wrote: bool,
    /// When the database's name was last found to lead to it.
    looked_at: Option<Instant>,
    folding: Folding,
    /// Why the log could not be folded after the last group.
    unfolded: Option<Error>,
}

/// Commits groups. Who calls it has the queue's turn, so the lock in it is always free.
pub(crate) struct Committer {
    file: Arc<SqliteFile>,
    link: Arc<DeliveryLink>,
    kept: Mutex<Kept>,
    opened: AtomicU64,
    usual_time: UsualTime,
    last: LastCommit,
}

impl Committer {
    pub(crate) fn new(file: Arc<SqliteFile>, link: Arc<DeliveryLink>) -> Self {
        let kept = Kept {
            endpoints: HashMap::new(),
            cached_version: None,
            others_wrote: false,
            rewritten: false,
            foreign_lock: ForeignLock::default(),
            withdrawals: Withdrawals::default(),
            wrote: false,
            looked_at: None,
            folding: Folding::of(file.config.durability),
            unfolded: None,
        };
        Self {
            file,
            link,
            kept: Mutex::new(kept),
            opened: AtomicU64::new(0),
            usual_time: UsualTime::default(),
            last: LastCommit::default(),
        }
    }

    /// Changes with each connection that was opened to write.
    pub(super) fn connections_opened(&self) -> u64 {
        self.opened.load(Ordering::Acquire)
    }

    /// Whether commits took so long lately that a server's thread had better not wait for one.
    pub(crate) fn is_lengthy(&self) -> bool {
        self.usual_time.is_lengthy()
    }

    /// Whether the last commit went well, and less than a second ago.
    pub(crate) fn has_just_committed(&self) -> bool {
        self.last.is_recent()
    }

    /// Waits until nobody folds the log, or until `deadline`.
    pub(crate) fn rest(&self, deadline: Instant) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Late, it goes on by itself.
        let _rests = kept.folding.rests(deadline);
    }

    /// Commits `jobs` and answers each.
    pub(super) fn write(&self, mut jobs: Vec<Queued>) {
        // Given back are those that go on waiting for another program's lock.
        while !jobs.is_empty() {
            jobs = self.commit_and_answer(jobs, Patience::Waits);
        }
    }

    /// Commits `job` on the caller's thread and answers it; gives it back where it would have to wait for anything but
    /// the disk.
    pub(crate) fn write_here(&self, job: Box<dyn Job>) -> Option<Box<dyn Job>> {
        // A write past the limit raises SIGXFSZ, which would be pending for the host's thread afterwards.
        let unlimited = getrlimit(Resource::RLIMIT_FSIZE).is_ok_and(|(soft, _)| soft == RLIM_INFINITY);
        if !unlimited {
            return Some(job);
        }
        // No handler of the host may run, fork or jump away in the middle of a commit.
        let given_back =
            threads::deaf(|| self.commit_and_answer(vec![Queued::now(job)], Patience::Refuses)).pop();
        given_back.map(|queued| queued.job)
    }

    /// Commits `jobs` and answers each. Returns those that were not written and may wait on.
    fn commit_and_answer(&self, mut jobs: Vec<Queued>, patience: Patience) -> Vec<Queued> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.commit(&mut kept, &mut jobs, patience)))
            .unwrap_or_else(|_| {
                self.forget_connection();
                Err(Error::new(ErrorCode::Internal, "the writer panicked; the group was rolled back"))
            });
        let withdrawn = match &outcome {
            Ok(_) => kept.withdrawals.notices(),
            Err(_) => {
                kept.withdrawals.give_back(&self.link);
                Vec::new()
            }
        };
        let waiting_on = match (&outcome, patience) {
            (Ok(Written::NotNow), Patience::Refuses) => return jobs,
            (Ok(Written::NotNow), Patience::Waits) => kept.foreign_lock.waiting_on(&mut jobs),
            _ => Vec::new(),
        };
        let (rewritten, unfolded) = (std::mem::take(&mut kept.rewritten), kept.unfolded.take());
        let wrote = kept.wrote;
        drop(kept);
        // Said here and not where it happened: inside the gate no subscriber of the host may run.
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
            Written::Committed => Ok(()),
            Written::NotNow => Err(write_locked()),
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
        // Before the next group: whoever reads that the attempt has ended may replay its message at once.
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

    /// One transaction for all of `jobs`. Returns once it is as durable as the configuration says.
    fn commit(&self, kept: &mut Kept, jobs: &mut [Queued], patience: Patience) -> Result<Written> {
        let _inside = fork::enter();
        let file = &self.file;
        let mut slot = fork::lock(&file.writer);
        let name_too = kept.looked_at.is_none_or(|at| at.elapsed() > LOOK_PAUSE);
        match file.trouble_before(name_too) {
            None => {}
            Some(_) if patience == Patience::Refuses => return Ok(Written::NotNow),
            Some(trouble) => {
                drop(slot);
                file.settle(trouble)?;
                slot = fork::lock(&file.writer);
            }
        }
        for written in 0..REWRITES {
            if slot.is_none() {
                if patience == Patience::Refuses && written == 0 {
                    return Ok(Written::NotNow);
                }
                drop(slot);
                file.settle_siblings();
                slot = fork::lock(&file.writer);
                let opened = file.open_writer()?;
                if file.has_sibling_in_trouble() {
                    close_as_it_is(opened);
                    continue;
                }
                *slot = Some(opened);
                self.opened.fetch_add(1, Ordering::AcqRel);
                kept.cached_version = None;
            }
            let Some(connection) = slot.as_ref() else { continue };
            let begun = Instant::now();
            match apply_all(kept, &self.link, connection, jobs, written > 0, patience) {
                Ok(Written::NotNow) => return Ok(Written::NotNow),
                Ok(Written::Committed) => self.usual_time.note(begun.elapsed()),
                Err(cause) => {
                    // It may be for what happened to the files that it failed.
                    if let Some(trouble) = file.trouble_before(true) {
                        drop(slot);
                        file.settle(trouble)?;
                        kept.rewritten = true;
                        slot = fork::lock(&file.writer);
                        continue;
                    }
                    let error = storage_error(cause);
                    // A fresh connection sees a file that was repaired, replaced or given room.
                    drop(file.folder.take());
                    slot.take();
                    return Err(error);
                }
            }
            match file.after_commit() {
                Ok(log) => {
                    kept.looked_at = Some(Instant::now());
                    let others_wrote = kept.others_wrote;
                    kept.unfolded = kept.folding.committed(file, connection, &log, others_wrote).err();
                    return Ok(Written::Committed);
                }
                Err(trouble) => {
                    drop(slot);
                    file.settle(trouble)?;
                    kept.rewritten = true;
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
    kept: &mut Kept,
    link: &DeliveryLink,
    connection: &Connection,
    jobs: &mut [Queued],
    again: bool,
    patience: Patience,
) -> rusqlite::Result<Written> {
    let wait = match patience {
        Patience::Waits => kept.foreign_lock.patience(jobs),
        Patience::Refuses => Duration::ZERO,
    };
    let begun = Instant::now();
    let Some(transaction) = Transaction::begin(connection, wait)? else {
        if patience == Patience::Waits {
            kept.foreign_lock.is_taken(begun);
        }
        return Ok(Written::NotNow);
    };
    kept.foreign_lock.is_free();
    // Endpoints may have been edited by another process since the last group.
    let version = data_version(connection)?;
    kept.others_wrote = kept.cached_version.replace(version) != Some(version);
    if kept.others_wrote {
        kept.endpoints.clear();
    }
    let before = connection.total_changes();
    let mut context = WriteContext {
        connection,
        now: Timestamp::now(),
        endpoints: &mut kept.endpoints,
        link,
        withdrawals: &mut kept.withdrawals,
        tally: Tally::new(),
        changes: BTreeSet::new(),
        statements: Vec::new(),
    };
    for queued in jobs.iter_mut() {
        // Here alone is seen to it that a job which is written twice counts once and answers what it answered first.
        if !again || !queued.job.is_written(&context)? {
            queued.job.apply(&mut context)?;
        }
    }
    metrics::write(context.connection, &context.tally, context.now)?;
    changes::note(context.connection, std::mem::take(&mut context.changes))?;
    drop(context);
    kept.wrote = connection.total_changes() != before;
    transaction.commit().map(|()| Written::Committed)
}

/// A transaction that may write, rolled back where it is dropped before its commit. Unlike rusqlite's own its statements
/// are prepared once: a lone message is committed in less time than it takes to compile a few of them.
struct Transaction<'a>(&'a Connection);

impl<'a> Transaction<'a> {
    /// `None` where another program's is under way for longer than `wait`.
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
        // What cannot be rolled back goes with its connection, which is given up after an error.
        if !self.0.is_autocommit() {
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
}

pub(super) fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}
