//! The changes of operations: each reads, decides and writes in one transaction.
//!
//! A group is written again where it is unknown whether it reached the file. A step that has an answer, and finds the
//! outbox as the step left it, is not run again then.

mod activity;
mod api_key;
mod endpoint;
mod event_type;
mod export;
mod message;
mod note;
mod sign_in;
mod signing_key;

use std::sync::Arc;

use super::queue::Queue;
use super::{AfterCommit, Job, WriteContext, any};
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::Slot;
use crate::outbox::change::Change;
use crate::outbox::link::Notice;

pub(in crate::outbox::sqlite) use activity::AddActivity;
pub(in crate::outbox::sqlite) use api_key::{AddApiKey, DeleteApiKey};
pub(in crate::outbox::sqlite) use endpoint::{ChangeEndpoint, CreateEndpoint};
pub(in crate::outbox::sqlite) use event_type::{AddEventType, ChangeEventType};
pub(in crate::outbox::sqlite) use export::{ChangeExport, CreateExport, ExportChange, ForgetExports};
pub(in crate::outbox::sqlite) use message::MessageStep;
pub(in crate::outbox::sqlite) use note::Note;
pub(in crate::outbox::sqlite) use sign_in::{AddLoginCode, KeepSecret, NoteConsole, TakeLoginCode};
pub(in crate::outbox::sqlite) use signing_key::ChangeKeys;

/// The result of a step.
pub(in crate::outbox::sqlite) struct Applied<A> {
    pub answer: A,
    /// The change that every process must read.
    pub edited: Option<Change>,
    /// Notices for the delivery loop, given once the step is on disk.
    pub notices: Vec<Notice>,
}

/// One change: read, decide, write.
pub(in crate::outbox::sqlite) trait Step: Send + 'static {
    type Answer: Send;

    /// Reads, decides and writes the decision. A refusal is an answer; an error is a failure of the storage.
    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<Self::Answer>>>;

    /// Whether the outbox still has what the last run wrote, or a later change of it. False where the last run changed
    /// nothing, or where running anew has the same result.
    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool>;
}

/// A step and its answer, once it has run.
struct Entry<S: Step> {
    step: S,
    outcome: Option<Result<Applied<S::Answer>>>,
}

impl<S: Step> Entry<S> {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.outcome = Some(self.step.run(context)?);
        if let Some(Ok(Applied { edited: Some(change), .. })) = &self.outcome {
            context.changed(*change);
        }
        Ok(())
    }

    fn answer(self, after: &mut AfterCommit<'_>) -> Result<S::Answer> {
        let missing = || Err(Error::new(ErrorCode::Internal, "an operation was not written"));
        self.outcome.unwrap_or_else(missing).map(|applied| {
            after.notices.extend(applied.notices);
            applied.answer
        })
    }
}

/// The answers of steps, or the failure of the whole transaction.
type Answers<A> = Result<Vec<Result<A>>>;

/// The job of several steps in one transaction.
struct Steps<S: Step> {
    entries: Vec<Entry<S>>,
    reply: Arc<Slot<Answers<S::Answer>>>,
}

impl<S: Step> Job for Steps<S> {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.entries.iter_mut().try_for_each(|entry| entry.apply(context))
    }

    fn is_written(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        any(&self.entries, |entry| match entry.outcome {
            Some(Ok(_)) => entry.step.holds(context),
            _ => Ok(false),
        })
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcome = match committed {
            Ok(()) => Ok(self.entries.into_iter().map(|entry| entry.answer(after)).collect()),
            Err(error) => Err(error.clone()),
        };
        self.reply.fill(outcome);
    }
}

/// Runs every step in one transaction and waits for the commit.
pub(in crate::outbox::sqlite) fn commit<S: Step>(
    queue: &Queue,
    steps: impl IntoIterator<Item = S>,
) -> Answers<S::Answer> {
    let entries = steps.into_iter().map(|step| Entry { step, outcome: None }).collect();
    let reply = Slot::new();
    queue.put(Box::new(Steps { entries, reply: reply.clone() }))?;
    reply.wait()
}

/// Runs one step and waits for the commit.
pub(in crate::outbox::sqlite) fn commit_one<S: Step>(queue: &Queue, step: S) -> Result<S::Answer> {
    let missing = || Err(Error::new(ErrorCode::Internal, "an operation was not answered"));
    commit(queue, [step])?.pop().unwrap_or_else(missing)
}

#[cfg(test)]
mod tests;
