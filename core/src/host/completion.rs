//! How the outcome of a send finds the one who waits for it: a blocked thread, a future, or a
//! binding's event loop.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::error::Result;
use crate::model::receipt::SendReceipt;

/// Takes the outcomes of [`crate::Engine::send_to`]. Called on the writer thread, once for each group of
/// messages that was committed together: it must be quick, not block and not call the engine.
pub trait CompletionSink: Send + Sync {
    /// `outcomes` pairs each tag with what came of its message.
    fn complete(&self, outcomes: Vec<(u64, Result<SendReceipt>)>);
}

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

    pub(crate) fn wait(&self) -> T {
        loop {
            if let Some(value) = self.wait_for(Duration::from_secs(1)) {
                return value;
            }
        }
    }

    /// The answer, where it comes within `patience`.
    pub(crate) fn wait_for(&self, patience: Duration) -> Option<T> {
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = self.filled.wait_timeout_while(value, patience, |value| value.is_none());
        waiting.unwrap_or_else(PoisonError::into_inner).0.take()
    }
}

/// A message on its way to the disk. Dropping this does not take it back.
pub struct PendingSend(pub(crate) Arc<Slot<Result<SendReceipt>>>);

impl PendingSend {
    /// The outcome, where it comes within `patience`; it is given once.
    pub fn wait(&self, patience: Duration) -> Option<Result<SendReceipt>> {
        self.0.wait_for(patience)
    }

    /// The outcome, however long it takes.
    ///
    /// # Errors
    /// As [`crate::Engine::send`].
    pub fn finish(self) -> Result<SendReceipt> {
        self.0.wait()
    }
}

/// Who waits for the outcome of one send.
pub(crate) enum Reply {
    Thread(Arc<Slot<Result<SendReceipt>>>),
    Future(oneshot::Sender<Result<SendReceipt>>),
    Sink { sink: Arc<dyn CompletionSink>, tag: u64 },
}

type SinkOutcomes = (Arc<dyn CompletionSink>, Vec<(u64, Result<SendReceipt>)>);

/// The outcomes of one commit group, so that each sink is called once.
#[derive(Default)]
pub(crate) struct Completions {
    sinks: Vec<SinkOutcomes>,
}

impl Completions {
    pub(crate) fn answer(&mut self, reply: Reply, outcome: Result<SendReceipt>) {
        match reply {
            Reply::Thread(slot) => slot.fill(outcome),
            // A future that was dropped does not want to know; the message is accepted all the same.
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
