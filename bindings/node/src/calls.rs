//! Threads for what may wait. libuv's four are left to the program, whose files and names need them.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookbridge_core::{Error, ErrorCode, Result};

/// Operations of one engine that run at once; more wait for their turn.
const MOST_THREADS: usize = 16;
/// How long a thread waits for more to do.
const IDLE: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    /// The engine's handle is gone: whoever is idle ends.
    over: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    work: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work_off(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job();
                state = self.lock();
                continue;
            }
            if state.over {
                break;
            }
            state.idle += 1;
            let (woken, waited) = self.work.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if waited.timed_out() && state.jobs.is_empty() {
                break;
            }
        }
        state.threads -= 1;
    }
}

/// The threads for one engine's operations, started as they are needed.
#[derive(Default)]
pub(crate) struct Calls {
    shared: Arc<Shared>,
}

impl Calls {
    /// Runs `job`, which must not panic, on one of the threads.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` where the machine has no thread left.
    pub(crate) fn run(&self, job: impl FnOnce() + Send + 'static) -> Result<()> {
        let mut state = self.shared.lock();
        state.jobs.push_back(Box::new(job));
        if state.idle >= state.jobs.len() || state.threads >= MOST_THREADS {
            self.shared.work.notify_one();
            return Ok(());
        }
        let shared = self.shared.clone();
        match start(move || shared.work_off()) {
            Ok(()) => state.threads += 1,
            // Those that run will come to it.
            Err(_) if state.threads > 0 => {}
            Err(error) => {
                state.jobs.pop_back();
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Drop for Calls {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.work.notify_all();
    }
}

/// Runs `wait`, which must not panic, on a thread of its own: what may wait for minutes takes nobody's turn.
///
/// # Errors
/// `INTERNAL_ERROR` where the machine has no thread left.
pub(crate) fn start(wait: impl FnOnce() + Send + 'static) -> Result<()> {
    let thread = std::thread::Builder::new().name("hookbridge-call".to_owned()).spawn(wait);
    thread
        .map(drop)
        .map_err(|cause| Error::new(ErrorCode::Internal, format!("no thread is to be had: {cause}")))
}
