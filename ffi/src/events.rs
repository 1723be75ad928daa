//! Events.

use std::ffi::c_int;
use std::os::fd::AsRawFd;
use std::time::Duration;

use hookbridge_core::{Error, ErrorCode, EventQueue};

use crate::buffer::hookbridge_buffer;
use crate::engine::hookbridge_engine;
use crate::error::{hookbridge_code, hookbridge_error};
use crate::guard::guard;
use crate::pointer::{borrow, clear, free};

/// What happens to messages while this process delivers. Free it with hookbridge_events_free.
pub struct hookbridge_events {
    queue: EventQueue,
}

/// Begins to gather events: message_delivered, attempt_failed, message_dead; and not_delivering, of no message (its ids
/// are null), where this process should deliver and cannot. At most 10,000 wait; past that the
/// oldest are dropped. A queue belongs to the process that opened it: after a fork() the child opens its own.
///
/// # Safety
/// `engine` was not freed; `events` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_events_open(
    engine: *const hookbridge_engine,
    events: *mut *mut hookbridge_events,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            clear(events, "events")?;
            let queue = borrow(engine, "engine")?.engine().events()?;
            events.write(Box::into_raw(Box::new(hookbridge_events { queue })));
            Ok(())
        })
    }
}

/// Begins to gather what happens to the outbox's messages, whichever process accepts and delivers them: the events of
/// hookbridge_events_open, and message_accepted, attempt_started and endpoint_changed. The newest 500 messages are looked
/// at four times a second while the queue is there; hookbridge_events_dropped rises where more happens than is seen.
///
/// # Safety
/// `engine` was not freed; `events` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_events_watch(
    engine: *const hookbridge_engine,
    events: *mut *mut hookbridge_events,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            clear(events, "events")?;
            let queue = borrow(engine, "engine")?.engine().watch()?;
            events.write(Box::into_raw(Box::new(hookbridge_events { queue })));
            Ok(())
        })
    }
}

/// Takes the next event as JSON, waiting for at most timeout_ms. *event is NULL where none came, or where the engine
/// was closed; else free it with hookbridge_buffer_free.
///
/// # Safety
/// `events` was not freed; `event` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_events_next(
    events: *const hookbridge_events,
    timeout_ms: u64,
    event: *mut *mut hookbridge_buffer,
    error: *mut *mut hookbridge_error,
) -> hookbridge_code {
    // SAFETY: as the caller vouches.
    unsafe {
        guard(error, || {
            clear(event, "event")?;
            if let Some(next) = borrow(events, "events")?.queue.next(Duration::from_millis(timeout_ms))? {
                let text = serde_json::to_string(&next)
                    .map_err(|cause| Error::new(ErrorCode::Internal, cause.to_string()))?;
                event.write(hookbridge_buffer::into_raw(text));
            }
            Ok(())
        })
    }
}

/// A descriptor that is readable while events wait, for poll() and its like. Never read from it and never close
/// it. NULL answers -1.
///
/// # Safety
/// `events` is NULL or was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_events_fd(events: *const hookbridge_events) -> c_int {
    // SAFETY: as the caller vouches.
    unsafe { events.as_ref() }.map_or(-1, |events| events.queue.descriptor().as_raw_fd())
}

/// How many events were dropped because nobody took them. NULL answers 0.
///
/// # Safety
/// `events` is NULL or was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_events_dropped(events: *const hookbridge_events) -> u64 {
    // SAFETY: as the caller vouches.
    unsafe { events.as_ref() }.map_or(0, |events| events.queue.dropped())
}

/// Stops gathering and frees the queue. NULL does nothing.
///
/// # Safety
/// `events` is NULL or was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hookbridge_events_free(events: *mut hookbridge_events) {
    // SAFETY: as the caller vouches.
    unsafe { free(events) }
}
