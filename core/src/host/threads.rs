//! The engine's threads: named, with every signal blocked, and never waited for without a bound.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use nix::sys::signal::{SigSet, SigmaskHow};

use crate::error::{Error, ErrorCode, Result};

/// Tells when a thread has ended.
#[derive(Clone, Default)]
pub(crate) struct Ended(Arc<(Mutex<bool>, Condvar)>);

impl Ended {
    fn tell(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Waits until the thread has ended. False where `deadline` came first.
    pub(crate) fn wait(&self, deadline: Instant) -> bool {
        let mut ended = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !*ended {
            let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
            else {
                return false;
            };
            ended = self.0.1.wait_timeout(ended, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// Tells on drop, so also when the thread panics.
struct TellOnDrop(Ended);

impl Drop for TellOnDrop {
    fn drop(&mut self) {
        self.0.tell();
    }
}

/// Restores a thread's signal mask on drop, so also when the thread unwinds.
struct Mask(Option<SigSet>);

impl Drop for Mask {
    fn drop(&mut self) {
        if let Some(before) = self.0.take() {
            let _ = before.thread_set_mask();
        }
    }
}

/// Runs `run` on this thread with every signal blocked.
pub(crate) fn with_signals_blocked<T>(run: impl FnOnce() -> T) -> T {
    let _mask = Mask(SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK).ok());
    run()
}

/// Starts a thread in which every signal is blocked: the host's handlers run on the host's threads, and
/// a write to a closed connection gives an error and no SIGPIPE.
pub(crate) fn start(name: &str, run: impl FnOnce() + Send + 'static) -> Result<Ended> {
    let ended = Ended::default();
    let teller = TellOnDrop(ended.clone());
    // A thread inherits the mask of its creator: the signals are blocked before the thread's first instruction.
    let started = with_signals_blocked(|| {
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _teller = teller;
            run();
        })
    });
    started
        .map(|_| ended)
        .map_err(|cause| Error::new(ErrorCode::Internal, format!("a thread cannot be started: {cause}")))
}
