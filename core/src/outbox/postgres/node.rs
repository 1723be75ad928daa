//! The thread that speaks with the database, and what it has: its connections, and what it knows.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::LocalSet;
use tokio_postgres::Client;
use uuid::Uuid;

use super::connections::{Connections, silent, storage_error};
use super::lead::Leadership;
use super::others::Seen;
use super::retention::Partitions;
use super::statement::Sql;
use super::subscriptions::KnownSubscriptions;
use super::writer::Work;
use super::{Settings, balance, migrations, others, retention, writer};
use crate::error::{Error, ErrorCode, Result};
use crate::model::random::random_bytes;
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::{Noted, Reading};
use crate::outbox::link::DeliveryLink;
use crate::outbox::shards::{Shard, ShardSet};

/// What the thread is asked to do.
pub(super) type Task = Box<dyn FnOnce(Rc<Node>) -> Pin<Box<dyn Future<Output = ()>>> + Send>;

/// What the thread is given when it starts.
pub(super) struct Parts {
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
    fn new(parts: Parts) -> Result<Self> {
        let Parts { settings, link, lead, work } = parts;
        Ok(Self {
            id: Uuid::from_bytes(random_bytes()?),
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
        })
    }

    /// Reads on one connection. A connection that turns out to be lost is replaced once.
    pub(super) async fn read<T>(&self, read: impl AsyncFn(&Client) -> Sql<T>) -> Result<T> {
        let once = async || {
            let client = self.connections.lend().await?;
            client.answered(read(&client)).await.transpose()
        };
        let outcome = match once().await {
            Err(lost) if tokio_postgres::Error::is_closed(&lost) => once().await,
            outcome => outcome,
        };
        outcome.map_err(storage_error)?.ok_or_else(silent)
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

/// Runs until the writer is told to stop.
pub(super) fn run(
    parts: Parts,
    tasks: UnboundedReceiver<Task>,
    queued: UnboundedReceiver<Work>,
    opened: &SyncSender<Result<()>>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => {
            let _ = opened.send(Err(cannot_start(cause)));
            return;
        }
    };
    LocalSet::new().block_on(&runtime, async move {
        let node = match open(parts).await {
            Ok(node) => Rc::new(node),
            Err(error) => {
                let _ = opened.send(Err(error));
                return;
            }
        };
        let _ = opened.send(Ok(()));
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
pub(super) fn once<T>(
    config: tokio_postgres::Config,
    run: impl AsyncFnOnce(&Client) -> Result<T>,
) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(cannot_start)?;
    LocalSet::new().block_on(&runtime, async move {
        let connections = Connections::new(config);
        let client = connections.lend().await.map_err(storage_error)?;
        run(&client).await
    })
}

fn cannot_start(cause: std::io::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the thread for the database cannot be started: {cause}"))
}

async fn open(parts: Parts) -> Result<Node> {
    let node = Node::new(parts)?;
    let client = node.connections.lend().await.map_err(storage_error)?;
    migrations::check(&client).await?;
    drop(client);
    Ok(node)
}

/// Starts each task when it comes.
async fn carry_out(node: Rc<Node>, mut tasks: UnboundedReceiver<Task>) {
    while let Some(task) = tasks.recv().await {
        tokio::task::spawn_local(task(node.clone()));
    }
}
