//! The bounded queue to the writer. Full, it blocks the producer: that is the backpressure.
//!
//! Who writes has the turn. The writer's thread takes it with each group; a producer whom nobody is ahead of gets it
//! too and writes its own message, which saves it two switches between threads.

#[cfg(all(test, hookbridge_loom))]
mod interleavings;

use std::collections::VecDeque;
use std::sync::PoisonError;
#[cfg(not(all(test, hookbridge_loom)))]
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[cfg(all(test, hookbridge_loom))]
use loom::sync::{Condvar, Mutex, MutexGuard};

use super::Job;
use crate::error::{Result, closed};

/// The most jobs and bytes that one transaction takes.
const GROUP_JOBS: usize = 4096;
const GROUP_BYTES: usize = 16 * 1024 * 1024;
/// How many jobs for which nobody waits may gather before the writer is woken for them.
const PATIENT_JOBS: usize = 512;

/// A job, and since when it waits.
pub(crate) struct Queued {
    pub job: Box<dyn Job>,
    pub since: Instant,
}

impl Queued {
    /// One that comes now.
    pub(super) fn now(job: Box<dyn Job>) -> Self {
        Self { job, since: Instant::now() }
    }
}

/// Who has the turn.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Writing {
    #[default]
    Nobody,
    /// The writer's thread, until it takes again.
    Thread,
    Producer,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Queued>,
    bytes: usize,
    /// Somebody waits for one of the jobs, or they have become many.
    urgent: bool,
    closed: bool,
    writing: Writing,
    /// The writer's thread waits for the turn.
    awaited: bool,
}

pub(crate) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    drained: Condvar,
    capacity_bytes: usize,
}

impl Queue {
    /// A queue that holds jobs of `capacity_bytes` in all before it blocks.
    pub(crate) fn new(capacity_bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            filled: Condvar::new(),
            drained: Condvar::new(),
            capacity_bytes: capacity_bytes.max(1),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, mut state: MutexGuard<'_, State>, queued: Queued) -> Result<()> {
        if state.closed {
            return Err(closed());
        }
        state.bytes += queued.job.weight();
        let wakes = !queued.job.is_patient() || state.jobs.len() >= PATIENT_JOBS;
        state.jobs.push_back(queued);
        // The writer waits only while there is nothing but patient jobs and nobody has the turn.
        let wake = wakes && !state.urgent && state.writing == Writing::Nobody;
        state.urgent |= wakes;
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Gives `job` back together with the turn where nobody is ahead of it, else adds it as [`Queue::put`] does.
    pub(crate) fn put_or_write(&self, job: Box<dyn Job>) -> Result<Option<(Turn<'_>, Box<dyn Job>)>> {
        let mut state = self.state();
        if state.closed {
            return Err(closed());
        }
        if state.writing != Writing::Nobody || state.urgent || state.awaited {
            return self.put_into(state, Queued::now(job)).map(|()| None);
        }
        state.writing = Writing::Producer;
        Ok(Some((Turn(self), job)))
    }

    /// Adds a job, waiting while the queue is full.
    pub(crate) fn put(&self, job: Box<dyn Job>) -> Result<()> {
        self.put_into(self.state(), Queued::now(job))
    }

    fn put_into(&self, mut state: MutexGuard<'_, State>, queued: Queued) -> Result<()> {
        while state.bytes >= self.capacity_bytes && !state.closed {
            state = self.drained.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.insert(state, queued)
    }

    /// Adds a job at once, full or not: for callers that must not block and whose own number bounds
    /// the queue (an event loop's pending sends, attempts under way).
    pub(crate) fn put_now(&self, job: Box<dyn Job>) -> Result<()> {
        self.insert(self.state(), Queued::now(job))
    }

    /// What has gathered, after at most `patience`, and the turn with it until the next call; `None` once closed and
    /// empty.
    pub(super) fn take(&self, patience: Duration) -> Option<Vec<Queued>> {
        let mut state = self.state();
        // A producer may have the turn when the thread takes for the first time.
        if state.writing == Writing::Thread {
            state.writing = Writing::Nobody;
        }
        if !state.urgent && !state.closed {
            state = self.filled.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.awaited = true;
        while state.writing != Writing::Nobody {
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.awaited = false;
        state.writing = Writing::Thread;
        if state.jobs.is_empty() {
            return if state.closed { None } else { Some(Vec::new()) };
        }
        let mut group = Vec::with_capacity(state.jobs.len().min(GROUP_JOBS));
        let mut bytes = 0;
        while group.len() < GROUP_JOBS && bytes < GROUP_BYTES {
            let Some(queued) = state.jobs.pop_front() else { break };
            bytes += queued.job.weight();
            group.push(queued);
        }
        state.bytes = state.bytes.saturating_sub(bytes);
        state.urgent = !state.jobs.is_empty();
        drop(state);
        self.drained.notify_all();
        Some(group)
    }

    /// Wakes the writer though nothing is to be written.
    pub(crate) fn nudge(&self) {
        drop(self.state());
        self.filled.notify_all();
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.state().jobs.is_empty()
    }

    /// Refuses further jobs; what is in the queue is still written.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.filled.notify_all();
        self.drained.notify_all();
    }
}

/// A producer's right to write, given up when it is dropped.
pub(crate) struct Turn<'a>(&'a Queue);

impl Turn<'_> {
    /// Leaves `job` to the writer after all.
    pub(crate) fn pass_on(self, job: Box<dyn Job>) -> Result<()> {
        self.0.put_now(job)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.writing = Writing::Nobody;
        let wake = state.urgent || state.awaited || state.closed;
        drop(state);
        if wake {
            self.0.filled.notify_one();
        }
    }
}
