//! Every write is a job. It waits in a queue until a group is written, and is answered when the group is committed or has failed.

use std::sync::Arc;

use super::transaction::Transaction;
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::{Completions, Slot};
use crate::outbox::DueMessage;
use crate::outbox::change::Change;
use crate::outbox::due_at;
use crate::outbox::link::{DeliveryLink, Notice};
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::withdrawals::Withdrawals;

/// One write.
pub(super) trait Job: Send {
    fn apply(&mut self, transaction: &mut Transaction<'_>);

    /// Called when the group is committed, or has failed.
    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>);
}

/// A job, with the name of the call that made it.
pub(super) struct Named {
    pub name: &'static str,
    pub job: Box<dyn Job>,
}

/// Jobs that were applied in an open transaction, which no reader sees yet.
#[must_use]
pub(crate) struct Group {
    pub(super) jobs: Vec<Named>,
    pub(super) withdrawals: Withdrawals,
    /// How often shards had been given up before the transaction began.
    pub(super) hand_overs: u64,
    /// Whether the transaction can be committed.
    pub(super) written: Result<()>,
}

/// Collects what finished jobs have for the rest of the engine, for the whole group.
pub(super) struct AfterCommit<'a> {
    pub link: &'a DeliveryLink,
    /// How often shards had been given up before the transaction began.
    pub hand_overs: u64,
    /// Messages whose attempt's outcome is recorded.
    pub settled: Vec<MessageKey>,
    pub notices: Vec<Notice>,
    pub fresh: Vec<DueMessage>,
    pub completions: Completions,
}

/// A group that is committed or has failed, and whose jobs are not answered yet.
#[must_use]
pub(crate) struct Written {
    pub(super) group: Group,
    pub(super) outcome: Result<()>,
}

impl AfterCommit<'_> {
    /// Tells the loop of this process of a message that was committed and is due at `due_at`.
    pub(super) fn accepted(
        &mut self,
        due_at: i64,
        lane: LaneKey,
        message: impl FnOnce(LaneKey) -> DueMessage,
    ) {
        if !self.link.is_leading() {
            return;
        }
        match due_at::moment(due_at) {
            None if self.hand_overs != self.link.hand_overs() => {
                self.notices.push(Notice::LaneHasWork(lane));
            }
            None => self.fresh.push(message(lane)),
            Some(at) => self.notices.push(Notice::Scheduled { lane, at }),
        }
    }
}

impl Group {
    /// Answers each job, and sends the loop its notices.
    pub(super) fn answer(mut self, link: &DeliveryLink, committed: std::result::Result<(), &Error>) {
        let withdrawn = match committed {
            Ok(()) => self.withdrawals.notices(),
            Err(_) => {
                self.withdrawals.give_back(link);
                Vec::new()
            }
        };
        let mut after = AfterCommit {
            link,
            hand_overs: self.hand_overs,
            settled: Vec::new(),
            notices: withdrawn,
            fresh: Vec::new(),
            completions: Completions::default(),
        };
        for named in self.jobs {
            named.job.finish(committed, &mut after);
        }
        let AfterCommit { settled, notices, fresh, completions, .. } = after;
        link.settle(&settled);
        completions.deliver();
        if !fresh.is_empty() {
            link.tell(Notice::Accepted(fresh));
        }
        for notice in notices {
            link.tell(notice);
        }
    }
}

/// The result of a change.
pub(super) struct Applied<A> {
    pub answer: A,
    /// The change that every process must read.
    pub edited: Vec<Change>,
    /// Notices for the loop, sent once the change is committed.
    pub notices: Vec<Notice>,
}

impl<A> Applied<A> {
    /// A result that no other process must read.
    pub(super) fn quietly(answer: A) -> Self {
        Self { answer, edited: Vec::new(), notices: Vec::new() }
    }
}

/// The answer to a caller, sent when the group is committed or has failed.
pub(crate) type Pending<A> = Arc<Slot<Result<A>>>;

/// A read-check-write whose caller waits for the answer.
pub(super) struct ReadCheckWrite<A, R> {
    run: R,
    outcome: Result<Applied<A>>,
    reply: Pending<A>,
}

impl<A, R> ReadCheckWrite<A, R>
where
    R: FnMut(&mut Transaction<'_>) -> Result<Applied<A>> + Send,
{
    /// `run` reads, decides and writes. An error is a refusal: then nothing is written.
    pub(super) fn new(run: R, reply: Pending<A>) -> Self {
        Self { run, outcome: Err(Error::new(ErrorCode::Internal, "a change was not written")), reply }
    }
}

impl<A: Send, R> Job for ReadCheckWrite<A, R>
where
    R: FnMut(&mut Transaction<'_>) -> Result<Applied<A>> + Send,
{
    fn apply(&mut self, transaction: &mut Transaction<'_>) {
        self.outcome = (self.run)(transaction);
        let edited = self.outcome.iter().flat_map(|applied| applied.edited.clone());
        edited.for_each(|change| transaction.changed(change));
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { outcome, reply, .. } = *self;
        let outcome = committed.map_err(Clone::clone).and(outcome);
        reply.fill(outcome.map(|applied| {
            after.notices.extend(applied.notices);
            applied.answer
        }));
    }
}
