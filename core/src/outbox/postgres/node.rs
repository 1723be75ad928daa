//! The thread that speaks with the database, and what it has: its connections, and what it knows.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::LocalSet;
use tokio_postgres::Client;
use uuid::Uuid;

use super::address::Address;
use super::connections::{Connections, Failed, silent};
use super::lead::Leadership;
use super::others::Seen;
use super::retention::Partitions;
use super::statement::Sql;
use super::subscriptions::KnownSubscriptions;
use super::writer::Work;
use super::{Settings, balance, others, retention, writer};
use crate::error::{Error, ErrorCode, Result};
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::{Noted, Reading};
use crate::outbox::link::DeliveryLink;
use crate::outbox::shards::{Shard, ShardSet};

/// What the thread is asked to do.
pub(super) type Task = Box<dyn FnOnce(Rc<Node>) -> Pin<Box<dyn Future<Output = ()>>> + Send>;

/// What the thread is given when it starts.
pub(super) struct Parts {
    pub id: Uuid,
    pub settings: Settings,
    pub link: Arc<DeliveryLink>,
    pub lead: Arc<Leadership>,
    /// To the writer.
    pub work: UnboundedSender<Work>,
}

/// One process that uses the database.
pub(super) struct Node {
    /// Anew each time a process opens the outbox: no two share a row of counters.
    pub id: Uuid,
    pub settings: Settings,
    pub link: Arc<DeliveryLink>,
    pub lead: Arc<Leadership>,
    pub connections: Connections,
    /// The state of this machine's clocks. Each machine notes its own.
    pub noted: Cell<Option<Noted>>,
    pub subscriptions: RefCell<KnownSubscriptions>,
    pub seen: RefCell<Option<Seen>>,
    /// Whether somebody looks for commits of other processes just now.
    pub looking: Cell<bool>,
    /// Whether the server was started anew, or is another one, since the last look.
    pub server_changed: Cell<bool>,
    /// Told when shards are free or wanted.
    pub balance: Notify,
    /// Shards in which nothing is started any more, and which are given up once they are at rest.
    pub leaving: Cell<ShardSet>,
    /// What retention knows of the partitions. Whoever sweeps holds it.
    pub partitions: tokio::sync::Mutex<Partitions>,
    work: UnboundedSender<Work>,
}

impl Node {
    fn new(parts: Parts) -> Self {
        let Parts { id, settings, link, lead, work } = parts;
        Self {
            id,
            connections: Connections::new(settings.database.clone()),
            settings,
            link,
            lead,
            noted: Cell::new(None),
            subscriptions: RefCell::default(),
            seen: RefCell::default(),
            looking: Cell::new(false),
            server_changed: Cell::new(false),
            balance: Notify::new(),
            leaving: Cell::default(),
            partitions: tokio::sync::Mutex::default(),
            work,
        }
    }

    /// Reads on one connection. A connection that turns out to be lost is replaced once.
    pub(super) async fn read<T>(&self, read: impl AsyncFn(&Client) -> Sql<T>) -> Result<T> {
        let once = async || {
            let client = self.connections.lend().await?;
            Ok(client.answered(read(&client)).await.transpose()?)
        };
        let outcome = match once().await {
            Err(lost) if Failed::may_succeed_again(&lost) => once().await,
            outcome => outcome,
        };
        outcome.map_err(Failed::error)?.ok_or_else(silent)
    }

    /// Hands work to the writer, which nobody waits for.
    pub(super) fn hand_to_writer(&self, work: Work) {
        // Where the writer has ended, the process closes the outbox.
        let _ = self.work.send(work);
    }

    /// Whether this process does what is to be done once for the whole outbox.
    pub(super) fn has_the_chores(&self) -> bool {
        self.link.is_leading() && self.link.served().contains(Shard(0))
    }

    /// How far due time is ahead of the wall clock.
    pub(super) fn behind(&self) -> i64 {
        self.noted.get().map_or(0, |noted| noted.behind)
    }

    /// The moment that due times are compared with.
    pub(super) fn due_time(&self, now: Timestamp) -> i64 {
        now.as_millis().saturating_add(self.behind())
    }

    /// Notes the clocks where they were set, or where the last note is older than `older_than` milliseconds.
    pub(super) fn note_clocks(&self, reading: &Reading, older_than: i64) {
        let before = self.noted.get();
        self.noted.set(Some(Noted::noting(before.as_ref(), reading, older_than).0));
    }
}

/// What the thread waits by.
pub(super) fn runtime() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().map_err(|cause| {
        let text = format!("the thread for the database cannot be started: {cause}");
        Error::new(ErrorCode::Internal, text)
    })
}

/// Runs until the writer is told to stop.
pub(super) fn run(
    runtime: &Runtime,
    parts: Parts,
    tasks: UnboundedReceiver<Task>,
    queued: UnboundedReceiver<Work>,
) {
    LocalSet::new().block_on(runtime, async move {
        let node = Rc::new(Node::new(parts));
        tokio::task::spawn_local(carry_out(node.clone(), tasks));
        let looking = node.clone();
        tokio::task::spawn_local(async move { others::keep_looking(&looking).await });
        let balancing = node.clone();
        tokio::task::spawn_local(async move { balance::keep(&balancing).await });
        let keeping = node.clone();
        tokio::task::spawn_local(async move { retention::keep(&keeping).await });
        writer::run(&node, queued).await;
        node.connections.close();
    });
}

/// Runs something on a connection of its own, on this thread.
pub(super) fn once<T>(address: Address, run: impl AsyncFnOnce(&Client) -> Result<T>) -> Result<T> {
    LocalSet::new().block_on(&runtime()?, async move {
        let connections = Connections::new(address);
        let client = connections.lend().await.map_err(|trouble| trouble.error())?;
        run(&client).await
    })
}

/// Starts each task when it comes.
async fn carry_out(node: Rc<Node>, mut tasks: UnboundedReceiver<Task>) {
    while let Some(task) = tasks.recv().await {
        tokio::task::spawn_local(task(node.clone()));
    }
}
