//! The writer: what has gathered is carried out in one transaction, in order, so that one commit serves all who wait.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::SyncSender;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio_postgres::Client;

use super::accept::{self, Batch, Sent};
use super::connections::{Failed, silent};
use super::events::{MakeUp, SentEvents};
use super::node::Node;
use super::outcome::{self, Record};
use super::statement::Sql;
use super::transaction::{AfterCommit, Applied, Tx};
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::Completions;
use crate::outbox::withdrawals::Withdrawals;

/// The most work of one transaction.
const MOST: usize = 256;
/// A process that is stopped in the midst of a transaction holds its locks, and the fence that keeps it from being expelled, no longer
/// than this; and nobody waits longer for the locks of others. Whatever the role's default is, each statement sees what was committed
/// before it. Nothing of it outlives the transaction.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED;
    SET LOCAL idle_in_transaction_session_timeout = '5s'; SET LOCAL lock_timeout = '2s'";
/// How often a transaction is tried that collides with others.
const TRIES: u32 = 8;

/// One piece of work.
pub(super) enum Work {
    Send(Sent),
    Batch(Batch),
    Events(SentEvents),
    MakeUp(MakeUp),
    Record(Record),
    Other(Box<dyn Job>),
    /// Everything before is carried out, and nothing after.
    Stop,
}

/// A change of another kind.
pub(super) trait Job: Send {
    fn apply<'a>(&'a mut self, tx: &'a mut Tx<'_>) -> Pin<Box<dyn Future<Output = Sql<()>> + 'a>>;

    /// Called when the transaction is committed, or has failed.
    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>);
}

/// A read-check-write whose caller waits for the answer.
pub(super) struct ReadCheckWrite<A, R> {
    run: R,
    outcome: Result<Applied<A>>,
    reply: SyncSender<Result<A>>,
}

impl<A, R> ReadCheckWrite<A, R> {
    pub(super) fn new(run: R, reply: SyncSender<Result<A>>) -> Self {
        Self { run, outcome: Err(Error::new(ErrorCode::Internal, "a change was not written")), reply }
    }
}

impl<A, R> Job for ReadCheckWrite<A, R>
where
    A: Send,
    R: AsyncFnMut(&mut Tx<'_>) -> Sql<Result<Applied<A>>> + Send,
{
    fn apply<'a>(&'a mut self, tx: &'a mut Tx<'_>) -> Pin<Box<dyn Future<Output = Sql<()>> + 'a>> {
        Box::pin(async move {
            self.outcome = (self.run)(tx).await?;
            let edited = self.outcome.iter().flat_map(|applied| applied.edited.clone());
            edited.for_each(|change| tx.changed(change));
            Ok(())
        })
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { outcome, reply, .. } = *self;
        let outcome = committed.map_err(Clone::clone).and(outcome);
        let _ = reply.send(outcome.map(|applied| {
            after.notices.extend(applied.notices);
            applied.answer
        }));
    }
}

/// Carries work out until it is told to stop.
pub(super) async fn run(node: &Node, mut queued: UnboundedReceiver<Work>) {
    let mut taken = Vec::with_capacity(MOST);
    while queued.recv_many(&mut taken, MOST).await > 0 {
        let stops = taken.iter().position(|work| matches!(work, Work::Stop));
        let mut group = std::mem::take(&mut taken);
        if let Some(at) = stops {
            group.truncate(at);
        }
        if !group.is_empty() {
            write(node, group).await;
        }
        if stops.is_some() {
            return;
        }
    }
}

/// Carries a group out and answers everybody. Where the database refuses it as a whole, each piece is carried out by itself, so that
/// one that cannot be written harms no other.
async fn write(node: &Node, group: Vec<Work>) {
    let Some(refused) = write_together(node, group).await else { return };
    for work in refused {
        write_together(node, vec![work]).await;
    }
}

/// Carries a group out. Answers everybody, or gives a group of several back that the database has refused.
async fn write_together(node: &Node, mut group: Vec<Work>) -> Option<Vec<Work>> {
    let mut withdrawals = Withdrawals::default();
    let hand_overs = node.link.hand_overs();
    let mut outcome = carry_out(node, &mut group, false, &mut withdrawals).await;
    let mut tries = 1;
    while let Err(cause) = &outcome
        && cause.may_succeed_again()
        && tries < TRIES
    {
        tries += 1;
        outcome = carry_out(node, &mut group, true, &mut withdrawals).await;
    }
    if group.len() > 1 && outcome.as_ref().is_err_and(Failed::is_refusal) {
        withdrawals.give_back(&node.link);
        return Some(group);
    }
    let outcome = outcome.map_err(Failed::error).and_then(|answered| answered.ok_or_else(silent));
    let withdrawn = match &outcome {
        Ok(()) => withdrawals.notices(),
        Err(_) => {
            withdrawals.give_back(&node.link);
            Vec::new()
        }
    };
    let mut after = AfterCommit {
        link: &node.link,
        hand_overs,
        settled: Vec::new(),
        notices: withdrawn,
        fresh: Vec::new(),
        completions: Completions::default(),
    };
    for work in group {
        let committed = outcome.as_ref().copied();
        match work {
            Work::Send(sent) => sent.finish(committed, &mut after),
            Work::Batch(batch) => batch.finish(committed, &mut after),
            Work::Events(events) => events.finish(committed, &mut after),
            Work::MakeUp(made) => made.finish(committed, &mut after),
            Work::Record(record) => record.finish(committed, &mut after),
            Work::Other(job) => job.finish(committed, &mut after),
            Work::Stop => {}
        }
    }
    after.deliver();
    None
}

/// One try of a group. None where the database did not answer.
async fn carry_out(
    node: &Node,
    group: &mut [Work],
    again: bool,
    withdrawals: &mut Withdrawals,
) -> std::result::Result<Option<()>, Failed> {
    let client = node.connections.lend_patiently().await?;
    Ok(client.answered(transaction(node, &client, group, again, withdrawals)).await.transpose()?)
}

async fn transaction(
    node: &Node,
    client: &Client,
    group: &mut [Work],
    again: bool,
    withdrawals: &mut Withdrawals,
) -> Sql<()> {
    client.batch_execute(BEGIN).await?;
    match in_transaction(Tx::new(node, client, again, withdrawals), group).await {
        Ok(()) => client.batch_execute("COMMIT").await,
        Err(cause) => {
            // The cause says more than a failure to roll back what is gone already.
            let _ = client.batch_execute("ROLLBACK").await;
            Err(cause)
        }
    }
}

async fn in_transaction(mut tx: Tx<'_>, group: &mut [Work]) -> Sql<()> {
    // Neighbours of one kind go together.
    for run in group.chunk_by_mut(alike) {
        match run {
            [Work::Send(_), ..] => accept::insert(&mut tx, run.iter_mut().filter_map(Work::sent)).await?,
            [Work::Record(_), ..] => outcome::apply(&mut tx, run.iter_mut().filter_map(Work::record)).await?,
            [Work::Batch(batch)] => accept::insert(&mut tx, batch.entries()).await?,
            [Work::Events(events)] => events.apply(&mut tx).await?,
            [Work::MakeUp(made)] => made.apply(&mut tx).await?,
            [Work::Other(job)] => job.apply(&mut tx).await?,
            _ => {}
        }
    }
    tx.finish().await
}

/// Whether two pieces of work are carried out by the same statements.
fn alike(one: &Work, other: &Work) -> bool {
    matches!((one, other), (Work::Send(_), Work::Send(_)) | (Work::Record(_), Work::Record(_)))
}

impl Work {
    fn sent(&mut self) -> Option<&mut accept::Entry> {
        match self {
            Self::Send(sent) => Some(sent.entry()),
            _ => None,
        }
    }

    fn record(&mut self) -> Option<&mut Record> {
        match self {
            Self::Record(record) => Some(record),
            _ => None,
        }
    }
}
