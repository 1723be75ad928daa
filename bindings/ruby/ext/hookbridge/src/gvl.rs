//! Waiting without Ruby's lock (the GVL), so that other threads run and interrupts get through.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use hookbridge_core::{Error, ErrorCode, Result};
use magnus::Ruby;

use crate::errors::{caught, raise};

/// The longest away from Ruby: an interrupt that is told just before the wait begins would be seen only after it.
const SLICE: Duration = Duration::from_millis(50);
/// How soon an interrupt that is told during the wait is seen.
const TICK: Duration = Duration::from_millis(5);

struct Work<'a, T> {
    body: &'a mut dyn FnMut() -> Result<T>,
    outcome: Option<Result<T>>,
}

/// # Safety
/// `work` is a `Work<T>` that nobody else uses during the call.
unsafe extern "C" fn run<T>(work: *mut c_void) -> *mut c_void {
    // SAFETY: as above.
    let work = unsafe { &mut *work.cast::<Work<'_, T>>() };
    work.outcome = Some(caught(|| (work.body)()));
    null_mut()
}

/// # Safety
/// `flag` is an `AtomicBool`.
unsafe extern "C" fn interrupt(flag: *mut c_void) {
    // SAFETY: as above.
    unsafe { &*flag.cast::<AtomicBool>() }.store(true, Ordering::Release);
}

/// Runs `body` once without the GVL. It is told whether an interrupt came meanwhile, and must touch nothing of Ruby's.
pub(crate) fn detached<T>(
    ruby: &Ruby,
    mut body: impl FnMut(&AtomicBool) -> Result<T>,
) -> Result<T, magnus::Error> {
    let interrupted = AtomicBool::new(false);
    let mut body = || body(&interrupted);
    let mut work = Work { body: &mut body, outcome: None };
    loop {
        // SAFETY: `run` and `interrupt` get what they ask for, and both live until the call returns. With these flags it
        // does not jump out of our frames for an interrupt, and a handler of a signal may call `interrupt`, which only
        // stores: else Ruby starts a thread for each call of a program that has one thread, and a send takes twice as long.
        unsafe {
            rb_sys::rb_nogvl(
                Some(run::<T>),
                (&raw mut work).cast(),
                Some(interrupt),
                (&raw const interrupted).cast_mut().cast(),
                (rb_sys::RB_NOGVL_INTR_FAIL | rb_sys::RB_NOGVL_UBF_ASYNC_SAFE).cast_signed(),
            );
        }
        match work.outcome.take() {
            Some(outcome) => return outcome.map_err(|error| raise(ruby, &error)),
            // An interrupt was pending, and nothing was run.
            None => ruby.thread_check_ints()?,
        }
    }
}

/// Waits for something in slices: exceptions from other threads, signals and timeouts are raised between them.
/// `tick` is asked again and again, and waits no longer than it is told. None where `timeout` passed before.
pub(crate) fn in_slices<T>(
    ruby: &Ruby,
    timeout: Duration,
    mut tick: impl FnMut(Duration) -> Result<Option<T>>,
) -> Result<Option<T>, magnus::Error> {
    let deadline = Instant::now().checked_add(timeout);
    loop {
        let until = Instant::now() + SLICE;
        let until = deadline.map_or(until, |deadline| deadline.min(until));
        let found = detached(ruby, |interrupted| {
            loop {
                let left = until.saturating_duration_since(Instant::now());
                let found = tick(left.min(TICK))?;
                if found.is_some() || left.is_zero() || interrupted.load(Ordering::Acquire) {
                    return Ok(found);
                }
            }
        })?;
        if found.is_some() || deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Ok(found);
        }
        ruby.thread_check_ints()?;
    }
}

/// Runs what cannot be cut into slices on a thread of its own and waits for it: an interrupt ends the wait, and the
/// work goes on behind it.
pub(crate) fn behind_a_thread<T: Send + 'static>(
    ruby: &Ruby,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T, magnus::Error> {
    let (sender, ended) = std::sync::mpsc::channel();
    std::thread::Builder::new()
        .name("hookbridge-call".to_owned())
        .spawn(move || sender.send(caught(work)))
        .map_err(|cause| {
        raise(ruby, &Error::new(ErrorCode::Internal, format!("no thread can be started: {cause}")))
    })?;
    let outcome = in_slices(ruby, Duration::MAX, |slice| match ended.recv_timeout(slice) {
        Ok(outcome) => outcome.map(Some),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => Err(unanswered()),
    })?;
    outcome.ok_or_else(|| raise(ruby, &unanswered()))
}

pub(crate) fn unanswered() -> Error {
    Error::new(ErrorCode::Internal, "the engine gave no answer")
}
