//! How messages come in.

use crate::error::Result;
use crate::host::completion::Reply;
use crate::model::receipt::SendReceipt;
use crate::outbox::NewMessage;

/// What the caller of a send can do while its message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// It waits for the answer and has nothing else to do: the commit may be made on its thread.
    MayWait,
    /// It serves others meanwhile: the commit may be made on its thread where commits are short.
    MayCommit,
    /// It must not be held up, neither by a commit nor for want of room.
    MustNotWait,
}

/// Takes messages in.
pub(crate) trait Accept: Send + Sync {
    /// Writes a message, or finds the one that its idempotency key names. `reply` learns what became of it once that is as
    /// durable as the configuration says, perhaps before this returns.
    ///
    /// # Errors
    /// `CLOSED`; then `reply` is not answered.
    fn accept(&self, message: NewMessage, caller: Caller, reply: Reply) -> Result<()>;

    /// Writes many messages in one transaction. Each has its own answer, in order; those refused before keep theirs.
    ///
    /// # Errors
    /// What nothing was written for.
    fn accept_batch(&self, messages: Vec<Result<NewMessage>>) -> Result<Vec<Result<SendReceipt>>>;
}
