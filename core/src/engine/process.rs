//! What an engine has in one process: the open file, the writer, the loop that delivers. A forked child
//! makes its own at its first use.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::authentication::KeyTable;
use super::completion::{PendingSend, Reply, Slot};
use super::events::EventHub;
use super::readers::Readers;
use super::threads::{self, Ended};
use crate::config::{Config, Delivery};
use crate::delivery::deliverer::{self, Stop};
use crate::delivery::leadership::{Deliverer, Leadership};
use crate::delivery::link::DeliveryLink;
use crate::delivery::wire::address_guard::AddressGuard;
use crate::delivery::wire::names::Names;
use crate::error::{Error, ErrorCode, Result};
use crate::exports::Exporter;
use crate::fork;
use crate::model::ids::{ApiKeyId, MessageIds};
use crate::model::timestamp::Timestamp;
use crate::operations::messages::SendRequest;
use crate::outbox::sqlite::own_file::OwnFile;
use crate::outbox::sqlite::writer::commit::Committer;
use crate::outbox::sqlite::writer::edit::{self, Edited};
use crate::outbox::sqlite::writer::insert::Send as SendJob;
use crate::outbox::sqlite::writer::key_use::KeyUse;
use crate::outbox::sqlite::writer::queue::Queue;
use crate::outbox::sqlite::writer::{WriteContext, Writer};
use crate::outbox::sqlite::{SqliteFile, due};

/// How long the writer is waited for after the loop has ended, however short the caller's patience.
const WRITER_PATIENCE: Duration = Duration::from_millis(500);
/// How long a flush waits for what keeps this process from delivering to pass.
const HINDERED_PATIENCE: Duration = Duration::from_secs(1);
/// How often a flush looks, at first and at most.
const FLUSH_POLL: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(10));

/// Something that is really written: an empty transaction would not ask the disk for anything.
const NOTE_CHECK: &str = "INSERT INTO hookbridge_state VALUES ('writable_at', ?1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

pub(crate) struct Process {
    pub config: Arc<Config>,
    pub guard: AddressGuard,
    /// Of the hosts of endpoints that are written. Delivery has its own: neither waits for the other's.
    pub names: Names,
    pub file: Arc<SqliteFile>,
    pub queue: Arc<Queue>,
    committer: Arc<Committer>,
    ids: MessageIds,
    pub keys: KeyTable,
    readers: Readers,
    pub link: Arc<DeliveryLink>,
    leadership: Arc<Leadership>,
    pub exporter: Arc<Exporter>,
    events: Arc<EventHub>,
    stop: watch::Sender<Option<Stop>>,
    writer: Ended,
    delivery: Option<Ended>,
}

impl Process {
    /// Opens the file, which is `own` where that is given, and starts the threads. Called inside the gate.
    pub(crate) fn start(
        config: &Arc<Config>,
        own: Option<&Arc<OwnFile>>,
        events: &Arc<EventHub>,
    ) -> Result<Self> {
        let file = SqliteFile::open(config, own)?;
        fork::register(Arc::downgrade(&file) as _);
        let queue = Arc::new(Queue::new(config.memory_budget_bytes));
        let leadership = Arc::new(Leadership::new(file.path()));
        fork::register(Arc::downgrade(&leadership) as _);
        let (stop, stopped) = watch::channel(None);
        let (inbox, notices) = mpsc::unbounded_channel();
        let delivers = config.delivery == Delivery::Auto;
        let link = Arc::new(DeliveryLink::new(delivers.then_some(inbox)));
        let exporter = Arc::new(Exporter::new(file.clone(), queue.clone()));
        // What may fail for a setting's sake does so before a thread runs.
        let loop_parts = if delivers {
            Some(deliverer::Parts::new(
                config,
                file.clone(),
                queue.clone(),
                link.clone(),
                leadership.clone(),
                events.clone(),
                exporter.clone(),
            )?)
        } else {
            None
        };
        let committer = Arc::new(Committer::new(file.clone(), link.clone()));
        let writer = Writer::new(file.clone(), queue.clone(), link.clone(), committer.clone());
        let writer = threads::start("hookbridge-writer", move || writer.run())?;
        let delivery = match loop_parts {
            Some(parts) => {
                let started = threads::start("hookbridge-delivery", move || parts.run(notices, stopped));
                if started.is_err() {
                    queue.close();
                }
                Some(started?)
            }
            None => None,
        };
        Ok(Self {
            config: config.clone(),
            guard: AddressGuard::new(config.allow_local_endpoints),
            names: Names::new(),
            file,
            queue,
            committer,
            ids: MessageIds::default(),
            keys: KeyTable::default(),
            readers: Readers::default(),
            link,
            leadership,
            exporter,
            events: events.clone(),
            stop,
            writer,
            delivery,
        })
    }

    pub(crate) fn deliverer(&self) -> Option<Deliverer> {
        self.leadership.deliverer()
    }

    /// Why this process, which should deliver, cannot.
    pub(crate) fn not_delivering(&self) -> Option<String> {
        self.events.hindrance()
    }

    /// The same where nobody else delivers either.
    fn nobody_delivers(&self) -> Option<String> {
        self.not_delivering().filter(|_| self.deliverer().is_none_or(|deliverer| deliverer.stopped))
    }

    /// Accepts a message for a thread that will wait. Where the writer is idle the message is committed here and now.
    pub(crate) fn begin_send(&self, request: SendRequest) -> Result<PendingSend> {
        let slot = Slot::new();
        self.commit_here(request, Reply::Thread(slot.clone()))?;
        Ok(PendingSend(slot))
    }

    /// The same for whoever waits for `reply` and has other things to do: only where commits are short.
    pub(crate) fn send_here(&self, request: SendRequest, reply: Reply) -> Result<()> {
        if self.committer.is_lengthy() {
            self.send_now(request, reply)
        } else {
            self.commit_here(request, reply)
        }
    }

    fn commit_here(&self, request: SendRequest, reply: Reply) -> Result<()> {
        let message = request.accept(&self.config, self.ids.next()?)?;
        let job = SendJob::new(message, reply);
        if let Some((turn, job)) = self.queue.put_or_write(job)?
            && let Some(job) = self.committer.write_here(job)
        {
            turn.pass_on(job)?;
        }
        Ok(())
    }

    /// Accepts a message without waiting for the commit or for room in the queue.
    pub(crate) fn send_now(&self, request: SendRequest, reply: Reply) -> Result<()> {
        let message = request.accept(&self.config, self.ids.next()?)?;
        self.queue.put_now(SendJob::new(message, reply))
    }

    /// Runs `change` in the writer's transaction and waits for the commit. It may run more than once.
    pub(crate) fn edit<T: Send + 'static>(
        &self,
        change: impl FnMut(&mut WriteContext<'_>) -> rusqlite::Result<Result<Edited<T>>> + Send + 'static,
    ) -> Result<T> {
        edit::commit(&self.queue, change)
    }

    /// For operations: a few read at once, the others wait.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let _place = self.readers.enter();
        self.file.read(read)
    }

    /// Whether a send could be committed: asked of the disk, unless it has just taken something.
    pub(crate) fn check_writable(&self) -> Result<()> {
        if self.committer.has_just_committed() {
            return Ok(());
        }
        self.edit(|context| {
            let now = context.now.as_millis();
            context.connection.prepare_cached(NOTE_CHECK)?.execute([now])?;
            Ok(Ok(Edited { answer: (), notices: Vec::new() }))
        })
    }

    /// Whose key it is; notes its use where a minute has passed since it was last noted.
    pub(crate) fn authenticate(&self, key: &str) -> Result<ApiKeyId> {
        let known = self.keys.identify(&self.file, key, Timestamp::now())?;
        if let Some(used_at) = known.to_be_written {
            // A guest with a valid key is let in, whether or not the note can be taken.
            let _ = self.queue.put_now(KeyUse::new(known.id, used_at));
        }
        Ok(known.id)
    }

    /// Waits until nothing is due, whoever delivers; not where this process should and cannot.
    pub(crate) fn flush(&self, deadline: Instant) -> Result<bool> {
        let (mut pause, longest) = FLUSH_POLL;
        let mut hindered = None;
        loop {
            if !self.read(|connection| due::anything_due(connection, Timestamp::now()))? {
                return Ok(true);
            }
            match self.nobody_delivers() {
                None => hindered = None,
                Some(why) if hindered.get_or_insert_with(Instant::now).elapsed() > HINDERED_PATIENCE => {
                    let text = format!("messages wait, and this process cannot deliver them: {why}");
                    return Err(Error::new(ErrorCode::StorageUnavailable, text));
                }
                Some(_) => {}
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(longest);
        }
    }

    /// Ends the threads: first the loop, so that its last outcomes are still written.
    pub(crate) fn close(&self, deadline: Instant) -> bool {
        self.exporter.stop();
        self.stop.send_replace(Some(Stop { deadline }));
        let delivered = self.delivery.as_ref().is_none_or(|ended| ended.wait(deadline));
        self.queue.close();
        let deadline = deadline.max(Instant::now() + WRITER_PATIENCE);
        let written = self.writer.wait(deadline);
        if written {
            self.committer.rest(deadline);
            self.file.shut(deadline);
        }
        delivered && written
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Without a close: the threads end by themselves, and nobody waits for them.
        self.exporter.stop();
        self.stop.send_replace(Some(Stop { deadline: Instant::now() }));
        self.queue.close();
    }
}
