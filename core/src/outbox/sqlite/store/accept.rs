//! Accepting messages into the file.

use super::Store;
use crate::error::Result;
use crate::host::completion::{Reply, Slot};
use crate::model::receipt::SendReceipt;
use crate::outbox::NewMessage;
use crate::outbox::accept::{Accept, Caller};
use crate::outbox::sqlite::writer::Job;
use crate::outbox::sqlite::writer::insert::{Send as SendJob, SendBatch};

impl Store {
    /// Commits a job on the caller's thread if nobody else writes, else leaves it to the writer's thread.
    pub(super) fn commit_here(&self, job: Box<dyn Job>) -> Result<()> {
        if let Some((turn, job)) = self.queue.put_or_write(job)?
            && let Some(job) = self.committer.write_here(job)
        {
            turn.pass_on(job)?;
        }
        Ok(())
    }
}

impl Accept for Store {
    fn accept(&self, message: NewMessage, caller: Caller, reply: Reply) -> Result<()> {
        let job = SendJob::new(message, reply);
        match caller {
            Caller::MayWait => self.commit_here(job),
            Caller::MayCommit if !self.committer.is_lengthy() => self.commit_here(job),
            Caller::MayCommit | Caller::MustNotWait => self.queue.put_now(job),
        }
    }

    fn accept_batch(&self, messages: Vec<Result<NewMessage>>) -> Result<Vec<Result<SendReceipt>>> {
        let reply = Slot::new();
        self.queue.put(SendBatch::new(messages, reply.clone()))?;
        reply.wait()
    }
}
