//! Accepting messages.

use crate::error::Result;
use crate::host::completion::Reply;
use crate::model::receipt::SendReceipt;
use crate::outbox::NewMessage;

/// How far a send may hold its caller up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The caller waits for the answer anyway: the commit may be made on its thread.
    MayWait,
    /// The caller serves others too: the commit may be made on its thread only while commits are short.
    MayCommit,
    /// The caller must not wait, neither for a commit nor for room in the queue.
    MustNotWait,
}

/// Accepts messages.
pub(crate) trait Accept: Send + Sync {
    /// Writes a message, or finds the one that its idempotency key names. `reply` gets the outcome once it is as durable as the
    /// configuration says, perhaps before this returns.
    ///
    /// # Errors
    /// `CLOSED`. Then `reply` gets nothing.
    fn accept(&self, message: NewMessage, caller: Caller, reply: Reply) -> Result<()>;

    /// Writes many messages in one transaction. Returns an outcome for each, in order; messages that were refused before
    /// keep their errors.
    ///
    /// # Errors
    /// Where nothing was written.
    fn accept_batch(&self, messages: Vec<Result<NewMessage>>) -> Result<Vec<Result<SendReceipt>>>;
}
