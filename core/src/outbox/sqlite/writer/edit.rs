//! What an operation changes: endpoints, signing keys, and the state of messages.

use std::sync::Arc;

use super::queue::Queue;
use super::{AfterCommit, Job, WriteContext};
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::Slot;
use crate::outbox::link::Notice;

/// An operation's answer and what the deliverer is to be told once it is on disk.
pub(crate) struct Edited<T> {
    pub answer: T,
    pub notices: Vec<Notice>,
}

impl<T> Edited<T> {
    pub(crate) fn telling(answer: T, notice: Notice) -> Self {
        Self { answer, notices: vec![notice] }
    }
}

type Change<T> = dyn FnMut(&mut WriteContext<'_>) -> rusqlite::Result<Result<Edited<T>>> + Send;

/// An operation's change, run in the writer's transaction.
pub(crate) struct Edit<T> {
    change: Box<Change<T>>,
    outcome: Option<Result<Edited<T>>>,
    reply: Arc<Slot<Result<T>>>,
}

impl<T: Send + 'static> Edit<T> {
    pub(crate) fn new(
        change: impl FnMut(&mut WriteContext<'_>) -> rusqlite::Result<Result<Edited<T>>> + Send + 'static,
        reply: Arc<Slot<Result<T>>>,
    ) -> Box<Self> {
        Box::new(Self { change: Box::new(change), outcome: None, reply })
    }
}

impl<T: Send + 'static> Job for Edit<T> {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.outcome = Some((self.change)(context)?);
        Ok(())
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcome = match (committed, self.outcome) {
            (Err(error), _) => Err(error.clone()),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(Error::new(ErrorCode::Internal, "an operation was not written")),
        };
        self.reply.fill(outcome.map(|edited| {
            after.notices.extend(edited.notices);
            edited.answer
        }));
    }
}

/// Runs `change` in the writer's transaction and waits for the commit. It may run more than once.
pub(crate) fn commit<T: Send + 'static>(
    queue: &Queue,
    change: impl FnMut(&mut WriteContext<'_>) -> rusqlite::Result<Result<Edited<T>>> + Send + 'static,
) -> Result<T> {
    let slot = Slot::new();
    queue.put(Edit::new(change, slot.clone()))?;
    slot.wait()
}
