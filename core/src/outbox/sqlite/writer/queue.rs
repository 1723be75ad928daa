//! The bounded queue to the writer. A full queue blocks the producer, which is the backpressure.
//!
//! The turn is the right to write. The writer's thread takes it with each group. A producer gets it if nobody is ahead, and
//! writes its own message, which saves two switches between threads.

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
/// How many patient jobs may gather before the writer is woken for them.
const PATIENT_JOBS: usize = 512;

/// A job, and when it was queued.
pub(crate) struct Queued {
    pub job: Box<dyn Job>,
    pub since: Instant,
}

impl Queued {
    /// A job that is queued now.
    pub(super) fn now(job: Box<dyn Job>) -> Self {
        Self { job, since: Instant::now() }
    }
}

/// The holder of the turn.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum TurnHolder {
    #[default]
    Nobody,
    /// The writer's thread, until it takes the next group.
    Thread,
    Producer,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Queued>,
    bytes: usize,
    /// Whether the writer must be woken: a caller waits for one of the jobs, or the patient ones have become many.
    urgent: bool,
    closed: bool,
    turn: TurnHolder,
    /// Whether the writer's thread waits for the turn.
    awaited: bool,
}

pub(crate) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    drained: Condvar,
    capacity_bytes: usize,
}

impl Queue {
    /// A queue that blocks producers once its jobs take `capacity_bytes`.
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
        // The writer's thread sleeps only while all jobs are patient and nobody has the turn.
        let wake = wakes && !state.urgent && state.turn == TurnHolder::Nobody;
        state.urgent |= wakes;
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Gives `job` back together with the turn, if nobody is ahead of it. Else queues it, as [`Queue::put`] does.
    pub(crate) fn put_or_write(&self, job: Box<dyn Job>) -> Result<Option<(Turn<'_>, Box<dyn Job>)>> {
        let mut state = self.state();
        if state.closed {
            return Err(closed());
        }
        if state.turn != TurnHolder::Nobody || state.urgent || state.awaited {
            return self.put_into(state, Queued::now(job)).map(|()| None);
        }
        state.turn = TurnHolder::Producer;
        Ok(Some((Turn(self), job)))
    }

    /// Queues a job; waits while the queue is full.
    pub(crate) fn put(&self, job: Box<dyn Job>) -> Result<()> {
        self.put_into(self.state(), Queued::now(job))
    }

    fn put_into(&self, mut state: MutexGuard<'_, State>, queued: Queued) -> Result<()> {
        while state.bytes >= self.capacity_bytes && !state.closed {
            state = self.drained.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.insert(state, queued)
    }

    /// Queues a job at once, also in a full queue. For callers that must not block, and whose own number bounds the queue
    /// (an event loop's pending sends, attempts under way).
    pub(crate) fn put_now(&self, job: Box<dyn Job>) -> Result<()> {
        self.insert(self.state(), Queued::now(job))
    }

    /// Takes the next group and the turn, after waiting at most `patience`. The turn is kept until the next call. `None`
    /// once the queue is closed and empty.
    pub(super) fn take(&self, patience: Duration) -> Option<Vec<Queued>> {
        let mut state = self.state();
        // At the first call a producer may have the turn.
        if state.turn == TurnHolder::Thread {
            state.turn = TurnHolder::Nobody;
        }
        if !state.urgent && !state.closed {
            state = self.filled.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.awaited = true;
        while state.turn != TurnHolder::Nobody {
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.awaited = false;
        state.turn = TurnHolder::Thread;
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

    /// Wakes the writer's thread although no job is urgent.
    pub(crate) fn nudge(&self) {
        drop(self.state());
        self.filled.notify_all();
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.state().jobs.is_empty()
    }

    /// Refuses further jobs. The queued ones are still written.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.filled.notify_all();
        self.drained.notify_all();
    }
}

/// The turn of a producer. Dropping it gives the turn back.
pub(crate) struct Turn<'a>(&'a Queue);

impl Turn<'_> {
    /// Leaves `job` to the writer's thread after all.
    pub(crate) fn pass_on(self, job: Box<dyn Job>) -> Result<()> {
        self.0.put_now(job)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.turn = TurnHolder::Nobody;
        let wake = state.urgent || state.awaited || state.closed;
        drop(state);
        if wake {
            self.0.filled.notify_one();
        }
    }
}
