//! The engine's handle and its queue of events.

use std::os::fd::AsRawFd;
use std::time::Duration;

use hookbridge_core::model::header_map::HeaderMap;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine, Error, ErrorCode, EventQueue};
use magnus::{RString, Ruby};

use crate::errors::raise;
use crate::gvl::{behind_a_thread, detached, in_slices, unanswered};

/// An open engine.
#[magnus::wrap(class = "HookBridge::NativeEngine", free_immediately, frozen_shareable)]
pub(crate) struct NativeEngine {
    engine: Engine,
}

fn patience(ruby: &Ruby, seconds: f64) -> Result<Duration, magnus::Error> {
    const LONGEST: f64 = 100.0 * 365.0 * 86_400.0;
    if seconds.is_nan() || seconds < 0.0 {
        let message = "a timeout is a number of seconds, 0 or more";
        return Err(magnus::Error::new(ruby.exception_arg_error(), message));
    }
    Ok(Duration::from_secs_f64(seconds.min(LONGEST)))
}

impl NativeEngine {
    pub(crate) fn open(ruby: &Ruby, configuration: String) -> Result<Self, magnus::Error> {
        let engine = detached(ruby, |_| Engine::open(Config::from_json(&configuration)?))?;
        Ok(Self { engine })
    }

    /// Accepts a message and waits for the commit. An interrupt ends the wait, not the message.
    pub(crate) fn send(
        ruby: &Ruby,
        rb_self: &Self,
        endpoint_id: String,
        payload: RString,
        headers: Option<Vec<(String, String)>>,
        idempotency_key: Option<String>,
        retention_hours: Option<i64>,
    ) -> Result<String, magnus::Error> {
        // SAFETY: copied before anything of Ruby's can run.
        let payload = unsafe { payload.as_slice() }.to_vec();
        let retention_hours = retention_hours.map(u32::try_from).transpose().map_err(|_| {
            raise(ruby, &Error::new(ErrorCode::InvalidRequest, "`retention_hours` is out of range"))
        })?;
        let request = SendRequest::new(endpoint_id, payload).map_err(|error| raise(ruby, &error))?;
        let headers = headers.map(HeaderMap::from_iter);
        let mut request = Some(SendRequest { headers, idempotency_key, retention_hours, ..request });
        let mut pending = None;
        let receipt = in_slices(ruby, Duration::MAX, |slice| {
            if let Some(request) = request.take() {
                pending = Some(rb_self.engine.begin_send(request)?);
            }
            pending.as_ref().ok_or_else(unanswered)?.wait(slice).transpose()
        })?;
        let receipt = receipt.ok_or_else(|| raise(ruby, &unanswered()))?;
        Ok(receipt.message_id.to_string())
    }

    /// Runs an operation. An interrupt ends the wait, not the operation.
    pub(crate) fn call(
        ruby: &Ruby,
        rb_self: &Self,
        operation: String,
        request: String,
    ) -> Result<String, magnus::Error> {
        if let Some(pending) = detached(ruby, |_| rb_self.engine.begin_call(&operation, &request))? {
            let answer = in_slices(ruby, Duration::MAX, |slice| pending.wait(slice).transpose())?;
            return answer.ok_or_else(|| raise(ruby, &unanswered()));
        }
        let engine = rb_self.engine.clone();
        behind_a_thread(ruby, move || engine.call(&operation, &request))
    }

    /// Waits until nothing is due.
    pub(crate) fn flush(ruby: &Ruby, rb_self: &Self, timeout: f64) -> Result<bool, magnus::Error> {
        let timeout = patience(ruby, timeout)?;
        let flushed = in_slices(ruby, timeout, |slice| Ok(rb_self.engine.flush(slice)?.then_some(())))?;
        Ok(flushed.is_some())
    }

    /// Stops the threads.
    pub(crate) fn close(ruby: &Ruby, rb_self: &Self, timeout: f64) -> Result<bool, magnus::Error> {
        let timeout = patience(ruby, timeout)?;
        let engine = rb_self.engine.clone();
        behind_a_thread(ruby, move || engine.close(timeout))
    }

    /// Lets what this process accepted be delivered, for `exit_timeout`, and closes. A signal does not end the wait: it is
    /// short.
    pub(crate) fn finish(ruby: &Ruby, rb_self: &Self) -> Result<bool, magnus::Error> {
        detached(ruby, |_| rb_self.engine.finish())
    }

    /// A queue of events.
    pub(crate) fn events(ruby: &Ruby, rb_self: &Self) -> Result<NativeEvents, magnus::Error> {
        detached(ruby, |_| rb_self.engine.events()).map(|queue| NativeEvents { queue })
    }

    /// A queue of what happens to the outbox, whichever process does it.
    pub(crate) fn watch(ruby: &Ruby, rb_self: &Self) -> Result<NativeEvents, magnus::Error> {
        detached(ruby, |_| rb_self.engine.watch()).map(|queue| NativeEvents { queue })
    }
}

/// A queue of events.
#[magnus::wrap(class = "HookBridge::NativeEvents", free_immediately, frozen_shareable)]
pub(crate) struct NativeEvents {
    queue: EventQueue,
}

impl NativeEvents {
    /// A descriptor that is readable while events wait.
    pub(crate) fn fileno(&self) -> i32 {
        self.queue.descriptor().as_raw_fd()
    }

    /// The next event as JSON; nil where none came in time.
    pub(crate) fn next(ruby: &Ruby, rb_self: &Self, timeout: f64) -> Result<Option<String>, magnus::Error> {
        let timeout = patience(ruby, timeout)?;
        let event = in_slices(ruby, timeout, |slice| {
            // Closed: there is nothing to wait for.
            Ok(match rb_self.queue.next(slice)? {
                None if rb_self.queue.is_closed() => Some(None),
                None => None,
                Some(event) => Some(Some(event.to_json()?)),
            })
        })?;
        Ok(event.flatten())
    }

    /// Whether nothing will come any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// How many were dropped because nobody took them.
    pub(crate) fn dropped(&self) -> u64 {
        self.queue.dropped()
    }
}
