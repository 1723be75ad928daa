//! The outbox in a PostgreSQL database, which any number of processes share.
//!
//! One thread of the process speaks with the database ([`node`]). The store's methods hand it a task and wait for the answer; what
//! nobody waits for is written by its [`writer`], which commits what has gathered in one transaction.

mod accept;
mod activity;
mod address;
mod api_keys;
mod attempts;
mod balance;
#[cfg(test)]
mod cases;
mod connections;
mod dial;
mod due;
mod endpoints;
mod event_lists;
mod event_types;
mod events;
mod expiry;
mod export_chunks;
mod exports;
mod figures;
mod fitness;
mod lead;
mod listing;
mod messages;
mod migrations;
pub(crate) mod moving;
mod node;
mod ordering;
mod others;
mod outcome;
mod purpose;
mod restored;
mod retention;
mod rows;
mod sign_in;
mod socket;
mod statement;
mod subscriptions;
mod transaction;
mod uncounted;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use self::address::Address;
use self::connections::{silent, storage_error};
use self::node::{Node, Task};
use self::transaction::{Applied, Tx};
use self::writer::{ReadCheckWrite, Work};
use crate::config::database_url::DatabaseUrl;
use crate::config::{Config, Durability};
use crate::error::{Result, closed};
use crate::host::threads::{self, Ended};
use crate::model::random::random_bytes;
use crate::outbox::Outbox;
use crate::outbox::link::DeliveryLink;

/// How this process uses the database.
#[derive(Clone)]
pub(crate) struct Settings {
    pub database: Address,
    /// Whether what is accepted must survive a power cut of the database.
    pub durability: Durability,
    /// How long payloads without an expiry of their own are kept.
    pub payload_retention: Duration,
    /// How long a message's row is kept after its last change.
    pub row_retention: Duration,
}

impl Settings {
    /// # Errors
    /// `INVALID_CONFIGURATION` where the address, or a file that it names, cannot be used.
    pub(crate) fn new(url: &DatabaseUrl, config: &Config) -> Result<Self> {
        Ok(Self {
            database: address::read(url, &|name| std::env::var(name).ok())?,
            durability: config.durability,
            payload_retention: config.payload_retention,
            row_retention: config.row_retention,
        })
    }
}

/// Brings the tables of a database up to date.
///
/// # Errors
/// `SCHEMA_TOO_NEW`, `STORAGE_UNAVAILABLE`
pub(crate) fn migrate(settings: Settings) -> Result<()> {
    node::once(settings.database, async |client| {
        fitness::check(client, Durability::Normal).await?;
        migrations::migrate(client).await
    })
}

/// The statements that make the tables in an empty database.
pub(crate) fn migrations() -> String {
    migrations::as_sql()
}

/// The store: its methods run on the thread that speaks with the database.
pub(crate) struct Store {
    tasks: UnboundedSender<Task>,
    work: UnboundedSender<Work>,
    refuses: AtomicBool,
    closed: AtomicBool,
    thread: Ended,
    lead: Arc<lead::Leadership>,
    /// Who writes exports.
    writers: export_chunks::KnownWriters,
}

impl Store {
    /// Starts the thread, which connects at the first use: this is called inside the gate, where nobody may wait for a server.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` where the system has no thread or descriptor left.
    pub(crate) fn open(settings: Settings, link: &Arc<DeliveryLink>) -> Result<Self> {
        let (tasks, taken) = tokio::sync::mpsc::unbounded_channel();
        let (work, queued) = tokio::sync::mpsc::unbounded_channel();
        let lead = Arc::new(lead::Leadership::default());
        let id = Uuid::from_bytes(random_bytes()?);
        let parts = node::Parts { id, settings, link: link.clone(), lead: lead.clone(), work: work.clone() };
        let runtime = node::runtime()?;
        let thread =
            threads::start("hookbridge-postgres", move || node::run(&runtime, parts, taken, queued))?;
        Ok(Self {
            tasks,
            work,
            refuses: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            thread,
            lead,
            writers: export_chunks::KnownWriters::default(),
        })
    }

    /// Checks that the database can be used by such a process, and that its tables are there.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`, `SCHEMA_TOO_NEW`; `INVALID_CONFIGURATION` where it is a relay's and this is none, or the reverse.
    pub(crate) fn check(&self, config: &Config) -> Result<()> {
        let config = config.clone();
        self.run(async move |node| {
            let client = node.connections.lend().await.map_err(|trouble| trouble.error())?;
            let checked = async {
                fitness::check(&client, node.settings.durability).await?;
                migrations::check(&client).await?;
                purpose::settle(&client, &config).await
            };
            client.answered(checked).await.unwrap_or_else(|| Err(silent()))?;
            // In a database that was restored this takes as long as there is to mend.
            restored::mend(&client).await.map_err(storage_error)
        })
    }

    /// Runs a task on the thread that speaks with the database, and waits for it.
    fn run<T: Send + 'static>(
        &self,
        task: impl AsyncFnOnce(&Node) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        ask(&self.tasks, task)
    }

    /// Runs something quick on the thread that speaks with the database. Nobody waits for it.
    fn tell_node(&self, run: impl FnOnce(&Node) + Send + 'static) {
        // Where the thread has ended, nothing is left to be told.
        let _ = self.tasks.send(Box::new(|node| Box::pin(async move { run(&node) })));
    }

    /// Reads on one connection.
    fn read<T: Send + 'static>(
        &self,
        read: impl AsyncFn(&Node, &tokio_postgres::Client) -> statement::Sql<T> + Send + 'static,
    ) -> Result<T> {
        self.run(async move |node| node.read(async |client| read(node, client).await).await)
    }

    /// Hands work to the writer.
    fn write(&self, work: Work) -> Result<()> {
        if self.refuses.load(Ordering::Acquire) || self.closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        self.work.send(work).map_err(|_| closed())
    }

    /// Has the writer make a change, and waits for its commit. `run` may run several times; an error is a refusal, and then
    /// nothing is written.
    fn change<A: Send + 'static>(
        &self,
        run: impl AsyncFnMut(&mut Tx<'_>) -> statement::Sql<Result<Applied<A>>> + Send + 'static,
    ) -> Result<A> {
        let (reply, answered) = sync_channel(1);
        self.write(Work::Other(Box::new(ReadCheckWrite::new(run, reply))))?;
        answered.recv().unwrap_or_else(|_| Err(closed()))
    }

    /// Has the writer make a change that nobody waits for.
    fn change_later(
        &self,
        run: impl AsyncFnMut(&mut Tx<'_>) -> statement::Sql<Result<Applied<()>>> + Send + 'static,
    ) {
        let (reply, _) = sync_channel(1);
        let _ = self.write(Work::Other(Box::new(ReadCheckWrite::new(run, reply))));
    }
}

/// Runs a task on the thread that speaks with the database, and waits for it.
fn ask<T: Send + 'static>(
    tasks: &UnboundedSender<Task>,
    task: impl AsyncFnOnce(&Node) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (answer, answered) = sync_channel(1);
    let task: Task = Box::new(move |node| {
        Box::pin(async move {
            let _ = answer.send(task(&node).await);
        })
    });
    tasks.send(task).map_err(|_| closed())?;
    answered.recv().unwrap_or_else(|_| Err(closed()))
}

impl Outbox for Store {
    fn check_writable(&self) -> Result<()> {
        self.change(async |tx| {
            tx.note_edits(0).await?;
            Ok(Ok(Applied::quietly(())))
        })
    }

    fn nudge(&self) {
        let _ = self.tasks.send(Box::new(|node| {
            Box::pin(async move {
                let _ = others::look(&node).await;
            })
        }));
    }

    fn refuse_changes(&self) {
        self.refuses.store(true, Ordering::Release);
    }

    fn close(&self, deadline: Instant) -> bool {
        self.refuse_changes();
        self.closed.store(true, Ordering::Release);
        // Behind everything that was handed to the writer before.
        let _ = self.work.send(Work::Stop);
        self.thread.wait(deadline)
    }
}
