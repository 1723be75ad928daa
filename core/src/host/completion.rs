//! How the outcome of a send reaches its caller: a blocked thread, a future, or a binding's event loop.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::error::Result;
use crate::model::receipt::SendReceipt;

/// Takes the outcomes of [`crate::Engine::send_to`]. Called on the writer thread, once for each group of
/// messages that was committed together: it must be quick, not block and not call the engine.
pub trait CompletionSink: Send + Sync {
    /// `outcomes` pairs each tag with the receipt or the error of its message.
    fn complete(&self, outcomes: Vec<(u64, Result<SendReceipt>)>);
}

/// Takes the answers of [`crate::Engine::call_to`]. Called on the thread that has committed: it must be quick, not block and
/// not call the engine.
pub trait AnswerSink: Send + Sync {
    /// `tag` is the call's, and `outcome` its JSON answer or its error.
    fn answered(&self, tag: u64, outcome: Result<String>);
}

/// Who gets the JSON answer of a call that no thread waits for.
pub(crate) type Tell = Box<dyn FnOnce(Result<String>) + Send>;

/// A place for one answer that a thread waits for.
pub(crate) struct Slot<T> {
    value: Mutex<Option<T>>,
    filled: Condvar,
}

impl<T> Slot<T> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { value: Mutex::new(None), filled: Condvar::new() })
    }

    pub(crate) fn fill(&self, value: T) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        self.filled.notify_all();
    }

    /// Waits until the slot is filled. Whoever holds the other end fills it in any case, also when its thread ends.
    pub(crate) fn wait(&self) -> T {
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(value) = value.take() {
                return value;
            }
            value = self.filled.wait(value).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the answer, where it comes within `patience`.
    pub(crate) fn wait_for(&self, patience: Duration) -> Option<T> {
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = self.filled.wait_timeout_while(value, patience, |value| value.is_none());
        waiting.unwrap_or_else(PoisonError::into_inner).0.take()
    }
}

/// Something that is being committed. Dropping this does not cancel it.
pub struct Pending<T>(pub(crate) Arc<Slot<Result<T>>>);

/// A message that is being committed.
pub type PendingSend = Pending<SendReceipt>;
/// A call whose change is being committed; its answer is JSON.
pub type PendingCall = Pending<String>;

impl<T> Pending<T> {
    /// The outcome, where it comes within `patience`. It is returned once.
    pub fn wait(&self, patience: Duration) -> Option<Result<T>> {
        self.0.wait_for(patience)
    }

    /// Waits for the outcome.
    ///
    /// # Errors
    /// As [`crate::Engine::send`] or [`crate::Engine::call`].
    pub fn finish(self) -> Result<T> {
        self.0.wait()
    }
}

/// The caller that waits for the outcome of one send.
pub(crate) enum Reply {
    Thread(Arc<Slot<Result<SendReceipt>>>),
    Future(oneshot::Sender<Result<SendReceipt>>),
    Sink { sink: Arc<dyn CompletionSink>, tag: u64 },
}

type SinkOutcomes = (Arc<dyn CompletionSink>, Vec<(u64, Result<SendReceipt>)>);

/// Collects the outcomes of one commit group, so that each sink is called once.
#[derive(Default)]
pub(crate) struct Completions {
    sinks: Vec<SinkOutcomes>,
}

impl Completions {
    pub(crate) fn answer(&mut self, reply: Reply, outcome: Result<SendReceipt>) {
        match reply {
            Reply::Thread(slot) => slot.fill(outcome),
            // The future was dropped. The message is accepted all the same.
            Reply::Future(sender) => drop(sender.send(outcome)),
            Reply::Sink { sink, tag } => {
                match self.sinks.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &sink)) {
                    Some((_, outcomes)) => outcomes.push((tag, outcome)),
                    None => self.sinks.push((sink, vec![(tag, outcome)])),
                }
            }
        }
    }

    pub(crate) fn deliver(self) {
        for (sink, outcomes) in self.sinks {
            sink.complete(outcomes);
        }
    }
}
