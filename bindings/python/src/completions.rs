//! Outcomes of sends on their way to those who wait: the writer's thread leaves a whole commit group in a list
//! and writes one byte; it never touches the interpreter.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hookbridge_core::operations::messages::SendReceipt;
use hookbridge_core::{AnswerSink, CompletionSink, Error, ErrorCode, Result};
use pyo3::prelude::*;

use crate::errors::{Parts, parts, raise};

/// What came of a send or of another call.
enum Answer {
    Receipt(SendReceipt),
    /// An operation's JSON.
    Text(String),
}

type Outcome = (u64, Result<Answer>);

struct Shared {
    outcomes: Mutex<Vec<Outcome>>,
    bell: UnixStream,
}

impl AnswerSink for Shared {
    fn answered(&self, tag: u64, outcome: Result<String>) {
        self.leave(std::iter::once((tag, outcome.map(Answer::Text))));
    }
}

impl CompletionSink for Shared {
    fn complete(&self, group: Vec<(u64, Result<SendReceipt>)>) {
        self.leave(group.into_iter().map(|(tag, outcome)| (tag, outcome.map(Answer::Receipt))));
    }
}

impl Shared {
    fn leave(&self, group: impl Iterator<Item = Outcome>) {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        let first = outcomes.is_empty();
        outcomes.extend(group);
        drop(outcomes);
        if first {
            // A full pipe is readable, which is all that is wanted.
            let _ = (&self.bell).write(&[1]);
        }
    }
}

/// Where the outcomes of sends and of other calls arrive.
#[pyclass(frozen, module = "hookbridge._hookbridge")]
pub(crate) struct Completions {
    shared: Arc<Shared>,
    reader: UnixStream,
}

impl Completions {
    pub(crate) fn answers(&self) -> Arc<dyn AnswerSink> {
        self.shared.clone()
    }

    pub(crate) fn sink(&self) -> Arc<dyn CompletionSink> {
        self.shared.clone()
    }
}

#[pymethods]
impl Completions {
    #[new]
    fn new() -> PyResult<Self> {
        let (reader, bell) = UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        bell.set_nonblocking(true)?;
        Ok(Self { shared: Arc::new(Shared { outcomes: Mutex::default(), bell }), reader })
    }

    /// A descriptor that is readable while outcomes wait.
    fn fileno(&self) -> i32 {
        self.reader.as_raw_fd()
    }

    /// All outcomes that wait: (tag, message id or JSON answer or None, error parts or None).
    fn take(&self) -> Vec<(u64, Option<String>, Option<Parts>)> {
        let _ = (&self.reader).read(&mut [0; 64]);
        let outcomes =
            std::mem::take(&mut *self.shared.outcomes.lock().unwrap_or_else(PoisonError::into_inner));
        outcomes
            .into_iter()
            .map(|(tag, outcome)| match outcome {
                Ok(Answer::Receipt(receipt)) => (tag, Some(receipt.message_id.to_string()), None),
                Ok(Answer::Text(text)) => (tag, Some(text), None),
                Err(error) => (tag, None, Some(parts(&error))),
            })
            .collect()
    }
}

/// Waits for something in slices, so that Ctrl-C gets through between them.
pub(crate) fn in_slices<T: Send>(
    py: Python<'_>,
    timeout: Duration,
    mut slice: impl FnMut(Duration) -> Result<Option<T>> + Send,
) -> PyResult<Option<T>> {
    const SLICE: Duration = Duration::from_millis(50);
    let deadline = Instant::now().checked_add(timeout);
    loop {
        let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(Instant::now()));
        let found = py.detach(|| crate::errors::caught(|| slice(left.min(SLICE)))).map_err(raise)?;
        if found.is_some() || left.is_zero() {
            return Ok(found);
        }
        py.check_signals()?;
    }
}

/// Runs what cannot be cut into slices on a thread of its own and waits for it: Ctrl-C ends the wait, and the
/// work goes on behind it.
pub(crate) fn behind_a_thread<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> PyResult<T> {
    let (sender, ended) = std::sync::mpsc::channel();
    std::thread::Builder::new()
        .name("hookbridge-call".to_owned())
        .spawn(move || sender.send(crate::errors::caught(work)))?;
    let outcome = in_slices(py, Duration::MAX, move |slice| match ended.recv_timeout(slice) {
        Ok(outcome) => outcome.map(Some),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => Err(unanswered()),
    })?;
    outcome.ok_or_else(|| raise(unanswered()))
}

fn unanswered() -> Error {
    Error::new(ErrorCode::Internal, "the engine gave no answer")
}
