//! The engine's handle.

use std::os::fd::AsRawFd;
use std::time::Duration;

use hookbridge_core::model::event::Event;
use hookbridge_core::model::header_map::HeaderMap;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine, EventQueue, Result};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::completions::{Completions, behind_a_thread, in_slices};
use crate::errors::{detached, raise};

/// An open engine.
#[pyclass(frozen, module = "hookbridge._hookbridge")]
pub(crate) struct NativeEngine {
    engine: Engine,
}

fn patience(seconds: f64) -> PyResult<Duration> {
    const LONGEST: f64 = 100.0 * 365.0 * 86_400.0;
    if seconds.is_nan() || seconds < 0.0 {
        return Err(PyValueError::new_err("a timeout is a number of seconds, 0 or more"));
    }
    Ok(Duration::from_secs_f64(seconds.min(LONGEST)))
}

fn request(
    endpoint_id: String,
    payload: Vec<u8>,
    headers: Option<Vec<(String, String)>>,
    idempotency_key: Option<String>,
    retention_hours: Option<u32>,
) -> Result<SendRequest> {
    let headers = headers.map(HeaderMap::from_iter);
    Ok(SendRequest { headers, idempotency_key, retention_hours, ..SendRequest::new(endpoint_id, payload)? })
}

#[pymethods]
impl NativeEngine {
    #[new]
    fn new(py: Python<'_>, configuration: &str) -> PyResult<Self> {
        detached(py, || Engine::open(Config::from_json(configuration)?)).map(|engine| Self { engine })
    }

    /// Accepts a message and waits for the commit; Ctrl-C ends the wait, not the message.
    #[pyo3(signature = (endpoint_id, payload, headers, idempotency_key, retention_hours))]
    fn send(
        &self,
        py: Python<'_>,
        endpoint_id: String,
        payload: &[u8],
        headers: Option<Vec<(String, String)>>,
        idempotency_key: Option<String>,
        retention_hours: Option<u32>,
    ) -> PyResult<String> {
        let pending = detached(py, || {
            let request = request(endpoint_id, payload.to_vec(), headers, idempotency_key, retention_hours)?;
            self.engine.begin_send(request)
        })?;
        let receipt = in_slices(py, Duration::MAX, |slice| pending.wait(slice).transpose())?;
        Ok(receipt.map(|receipt| receipt.message_id.to_string()).unwrap_or_default())
    }

    /// Accepts a message; its outcome arrives in `completions` under `tag`.
    #[pyo3(signature = (endpoint_id, payload, headers, idempotency_key, retention_hours, tag, completions))]
    #[allow(clippy::too_many_arguments)]
    fn send_to(
        &self,
        endpoint_id: String,
        payload: &[u8],
        headers: Option<Vec<(String, String)>>,
        idempotency_key: Option<String>,
        retention_hours: Option<u32>,
        tag: u64,
        completions: &Completions,
    ) -> PyResult<()> {
        crate::errors::caught(|| {
            let request = request(endpoint_id, payload.to_vec(), headers, idempotency_key, retention_hours)?;
            self.engine.send_to(request, tag, &completions.sink())
        })
        .map_err(raise)
    }

    /// Runs an operation; Ctrl-C ends the wait, not the operation.
    fn call(&self, py: Python<'_>, operation: String, request: String) -> PyResult<String> {
        if let Some(pending) = detached(py, || self.engine.begin_call(&operation, &request))? {
            let answer = in_slices(py, Duration::MAX, |slice| pending.wait(slice).transpose())?;
            return Ok(answer.unwrap_or_default());
        }
        let engine = self.engine.clone();
        behind_a_thread(py, move || engine.call(&operation, &request))
    }

    /// Begins an operation that needs no thread; its answer arrives in `completions` under `tag`. False for the others, of
    /// which nothing was done.
    fn call_to(&self, operation: &str, request: &str, tag: u64, completions: &Completions) -> PyResult<bool> {
        crate::errors::caught(|| self.engine.call_to(operation, request, tag, &completions.answers()))
            .map_err(raise)
    }

    /// Waits until nothing is due.
    fn flush(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
        let timeout = patience(timeout)?;
        let flushed = in_slices(py, timeout, |slice| Ok(self.engine.flush(slice)?.then_some(())))?;
        Ok(flushed.is_some())
    }

    /// Stops the threads.
    fn close(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
        let timeout = patience(timeout)?;
        let engine = self.engine.clone();
        behind_a_thread(py, move || engine.close(timeout))
    }

    /// Lets what this process accepted be delivered, for `exit_timeout`, and closes. A signal does not end the wait: it is short.
    fn finish(&self, py: Python<'_>) -> PyResult<bool> {
        detached(py, || self.engine.finish())
    }

    /// A queue of events.
    fn events(&self, py: Python<'_>) -> PyResult<NativeEvents> {
        detached(py, || self.engine.events()).map(|queue| NativeEvents { queue })
    }

    /// A queue of what happens to the outbox, whichever process does it.
    fn watch(&self, py: Python<'_>) -> PyResult<NativeEvents> {
        detached(py, || self.engine.watch()).map(|queue| NativeEvents { queue })
    }
}

/// A queue of events.
#[pyclass(frozen, module = "hookbridge._hookbridge")]
pub(crate) struct NativeEvents {
    queue: EventQueue,
}

#[pymethods]
impl NativeEvents {
    /// A descriptor that is readable while events wait.
    fn fileno(&self) -> i32 {
        self.queue.descriptor().as_raw_fd()
    }

    /// The next event as JSON; `None` where none came in time.
    fn next(&self, py: Python<'_>, timeout: f64) -> PyResult<Option<String>> {
        in_slices(py, patience(timeout)?, |slice| {
            self.queue.next(slice)?.as_ref().map(Event::to_json).transpose()
        })
    }

    /// Whether nothing will come any more.
    fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// How many were dropped because nobody took them.
    fn dropped(&self) -> u64 {
        self.queue.dropped()
    }
}
