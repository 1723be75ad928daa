//! An outbox in memory, for tests. It behaves as every store does, fails where a test wants it to, and lets a test look at
//! each moment between a transaction and its commit.
//!
//! Every write is a job in a queue. A job is written at once, unless the test writes by hand. Then it takes three calls:
//! [`Memory::begin`] applies all waiting jobs in a transaction that no reader sees, [`Memory::commit`] commits or fails it, and
//! [`Memory::tell`] answers the callers and sends the loop its notices.

mod accept;
mod activity;
mod api_keys;
mod cases;
mod due;
mod endpoints;
mod event_types;
mod events;
mod expiry;
mod export_bytes;
mod exports;
mod figures;
mod job;
mod lead;
mod messages;
mod order;
mod others;
mod record;
mod rows;
mod sign_in;
mod table;
mod transaction;

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use self::job::{Applied, Job, Named, ReadCheckWrite};
use self::lead::Leader;
use self::others::Seen;
use self::transaction::{EDITS_KEPT, Transaction, unavailable};
use crate::error::{Result, closed};
use crate::host::completion::Slot;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::clock::Reading;
use crate::outbox::link::DeliveryLink;
use crate::outbox::withdrawals::Withdrawals;

pub(crate) use self::job::{Group, Pending, Written};
pub(crate) use self::rows::{Rows, StoredEndpoint};

/// How long a call waits for its commit until the test counts as stuck.
const PATIENCE: Duration = Duration::from_secs(60);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The clocks of the outbox.
#[derive(Clone, Copy)]
enum Clock {
    /// The machine's clocks.
    Machine,
    /// A wall clock without a steady clock.
    Wall(Timestamp),
    Both(Reading),
}

impl Clock {
    fn now(self) -> Timestamp {
        match self {
            Self::Machine => Timestamp::now(),
            Self::Wall(now) => now,
            Self::Both(reading) => reading.wall,
        }
    }

    fn reading(self) -> Option<Reading> {
        match self {
            Self::Machine => Reading::take(),
            Self::Wall(_) => None,
            Self::Both(reading) => Some(reading),
        }
    }
}

/// The state that all processes of one outbox share.
struct Shared {
    rows: Mutex<Rows>,
    /// Whether a group is open: no other may be begun.
    is_writing: AtomicBool,
    /// The number of commits that changed something.
    commits: AtomicU64,
    clock: Mutex<Clock>,
    payload_retention: Duration,
    edits_kept: AtomicI64,
    leader: Mutex<Option<Leader>>,
    processes: Mutex<Vec<Weak<Memory>>>,
    export_files: export_bytes::Files,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Named>,
    by_hand: bool,
    closed: bool,
}

/// Decides by a call's name whether it fails.
type Fails = Box<dyn FnMut(&'static str) -> bool + Send>;

/// The outbox as one process has it open.
pub(crate) struct Memory {
    shared: Arc<Shared>,
    link: Arc<DeliveryLink>,
    queue: Mutex<Queue>,
    shut: AtomicBool,
    /// How many of [`Shared::commits`] this process made.
    own_commits: AtomicU64,
    seen: Mutex<Option<Seen>>,
    fails: Mutex<Option<Fails>>,
    commits_fail: AtomicBool,
}

impl Memory {
    /// An empty outbox. Payloads without an expiry of their own are kept for `payload_retention`.
    pub(crate) fn new(link: Arc<DeliveryLink>, payload_retention: Duration) -> Arc<Self> {
        let shared = Shared {
            rows: Mutex::default(),
            is_writing: AtomicBool::new(false),
            commits: AtomicU64::new(0),
            clock: Mutex::new(Clock::Machine),
            payload_retention,
            edits_kept: AtomicI64::new(EDITS_KEPT),
            leader: Mutex::default(),
            processes: Mutex::default(),
            export_files: export_bytes::Files::default(),
        };
        Self::open(Arc::new(shared), link)
    }

    /// The same outbox, opened by another process that only enqueues.
    pub(crate) fn elsewhere(&self) -> Arc<Self> {
        self.over(Arc::new(DeliveryLink::new(None)))
    }

    /// The same outbox, opened by another process whose loop is behind `link`.
    pub(crate) fn over(&self, link: Arc<DeliveryLink>) -> Arc<Self> {
        Self::open(self.shared.clone(), link)
    }

    fn open(shared: Arc<Shared>, link: Arc<DeliveryLink>) -> Arc<Self> {
        let memory = Arc::new(Self {
            shared,
            link,
            queue: Mutex::default(),
            shut: AtomicBool::new(false),
            own_commits: AtomicU64::new(0),
            seen: Mutex::default(),
            fails: Mutex::default(),
            commits_fail: AtomicBool::new(false),
        });
        lock(&memory.shared.processes).push(Arc::downgrade(&memory));
        memory
    }

    /// Sets the wall clock of the outbox, which has no steady clock from now on.
    pub(crate) fn set_now(&self, now: Timestamp) {
        *lock(&self.shared.clock) = Clock::Wall(now);
    }

    /// Sets both clocks of the outbox.
    pub(crate) fn set_clocks(&self, reading: Reading) {
        *lock(&self.shared.clock) = Clock::Both(reading);
    }

    fn clock(&self) -> Clock {
        *lock(&self.shared.clock)
    }

    /// Sets how many changes the outbox keeps. A process that has missed more reads everything again.
    pub(crate) fn keep_edits(&self, kept: i64) {
        self.shared.edits_kept.store(kept, Ordering::Relaxed);
    }

    /// Has calls of this process fail. `fails` gets the name of every call that reads or commits; where it returns true,
    /// the call fails with `STORAGE_UNAVAILABLE` and changes nothing. It is not called for groups that are ended by hand.
    pub(crate) fn fail_calls(&self, fails: impl FnMut(&'static str) -> bool + Send + 'static) {
        *lock(&self.fails) = Some(Box::new(fails));
    }

    /// Has no call fail from now on.
    pub(crate) fn fail_no_calls(&self) {
        lock(&self.fails).take();
    }

    /// Sets whether the groups of this process fail from now on, except those ended by hand.
    pub(crate) fn fail_commits(&self, fail: bool) {
        self.commits_fail.store(fail, Ordering::Release);
    }

    fn fails(&self, name: &'static str) -> bool {
        lock(&self.fails).as_mut().is_some_and(|fails| fails(name))
    }

    /// Locks the committed rows. Every other call waits until the guard is dropped, also on this thread.
    pub(crate) fn state(&self) -> impl Deref<Target = Rows> + '_ {
        lock(&self.shared.rows)
    }

    /// Runs `read` on the committed rows.
    fn read<T>(&self, name: &'static str, read: impl FnOnce(&Rows) -> T) -> Result<T> {
        if self.shut.load(Ordering::Acquire) {
            return Err(closed());
        }
        if self.fails(name) {
            return Err(unavailable());
        }
        Ok(read(&lock(&self.shared.rows)))
    }

    /// Has jobs of this process wait for [`Memory::begin`] from now on.
    pub(crate) fn write_by_hand(&self) {
        lock(&self.queue).by_hand = true;
    }

    /// Applies all waiting jobs in one transaction. `None` where no job waits, or where another process's group is open.
    pub(crate) fn begin(&self) -> Option<Group> {
        if lock(&self.queue).jobs.is_empty() || self.shared.is_writing.swap(true, Ordering::AcqRel) {
            return None;
        }
        let mut jobs = std::mem::take(&mut lock(&self.queue).jobs);
        let mut withdrawals = Withdrawals::default();
        let hand_overs = self.link.hand_overs();
        let mut rows = lock(&self.shared.rows);
        let clock = self.clock();
        let mut transaction =
            Transaction::new(&mut rows, clock, self.shared.payload_retention, &self.link, &mut withdrawals);
        for named in &mut jobs {
            named.job.apply(&mut transaction);
        }
        let written = transaction.finish(self.shared.edits_kept.load(Ordering::Relaxed));
        Some(Group { jobs, withdrawals, hand_overs, written })
    }

    /// Commits a group or fails it. Then jobs of other processes that waited for it are written.
    pub(crate) fn commit(&self, mut group: Group, committed: bool) -> Written {
        let written = std::mem::replace(&mut group.written, Ok(()));
        let outcome = written.and(if committed { Ok(()) } else { Err(unavailable()) });
        let mut rows = lock(&self.shared.rows);
        match &outcome {
            Ok(()) if rows.commit() => {
                self.shared.commits.fetch_add(1, Ordering::AcqRel);
                self.own_commits.fetch_add(1, Ordering::AcqRel);
            }
            Ok(()) => {}
            Err(_) => rows.roll_back(),
        }
        drop(rows);
        self.shared.is_writing.store(false, Ordering::Release);
        let processes: Vec<_> = lock(&self.shared.processes).iter().filter_map(Weak::upgrade).collect();
        processes.iter().for_each(|process| process.write_waiting());
        Written { group, outcome }
    }

    /// Answers the jobs of a group that was committed or failed, and sends the loop its notices.
    pub(crate) fn tell(&self, written: Written) {
        let Written { group, outcome } = written;
        group.answer(&self.link, outcome.as_ref().copied());
    }

    /// Calls [`Memory::commit`] and [`Memory::tell`].
    pub(crate) fn end(&self, group: Group, committed: bool) {
        let written = self.commit(group, committed);
        self.tell(written);
    }

    /// Writes the waiting jobs, unless the test writes by hand.
    fn write_waiting(&self) {
        while !lock(&self.queue).by_hand
            && let Some(group) = self.begin()
        {
            let fails = self.commits_fail.load(Ordering::Acquire)
                || group.jobs.iter().any(|named| self.fails(named.name));
            self.end(group, !fails);
        }
    }

    /// Puts a job in the queue.
    fn put(&self, name: &'static str, job: impl Job + 'static) -> Result<()> {
        let mut queue = lock(&self.queue);
        if queue.closed {
            return Err(closed());
        }
        queue.jobs.push(Named { name, job: Box::new(job) });
        drop(queue);
        self.write_waiting();
        Ok(())
    }

    /// Queues a change.
    fn begin_to_change<A: Send + 'static>(
        &self,
        name: &'static str,
        run: impl FnMut(&mut Transaction<'_>) -> Result<Applied<A>> + Send + 'static,
    ) -> Pending<A> {
        let reply = Slot::new();
        if let Err(error) = self.put(name, ReadCheckWrite::new(run, reply.clone())) {
            reply.fill(Err(error));
        }
        reply
    }

    /// Queues a change and waits for its commit.
    fn change_and_wait<A: Send + 'static>(
        &self,
        name: &'static str,
        run: impl FnMut(&mut Transaction<'_>) -> Result<Applied<A>> + Send + 'static,
    ) -> Result<A> {
        wait(&self.begin_to_change(name, run))
    }
}

fn wait<A>(pending: &Pending<A>) -> Result<A> {
    pending.wait_for(PATIENCE).unwrap_or_else(|| panic!("nobody writes what waits: see `write_by_hand`"))
}

impl Outbox for Memory {
    fn check_writable(&self) -> Result<()> {
        self.change_and_wait("check_writable", |_| Ok(Applied::quietly(())))
    }

    fn nudge(&self) {}

    fn refuse_changes(&self) {
        lock(&self.queue).closed = true;
    }

    fn close(&self, _deadline: Instant) -> bool {
        self.refuse_changes();
        let written = lock(&self.queue).jobs.is_empty();
        if written {
            self.shut.store(true, Ordering::Release);
        }
        written
    }
}

mod tests;
