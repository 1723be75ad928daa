//! The public API: open, send, call, flush, close.

mod intake;
#[cfg(feature = "postgres")]
mod moving;
pub(crate) mod process;
mod running;
mod store;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

pub use crate::delivery::events::EventQueue;
pub use crate::host::completion::{AnswerSink, CompletionSink, PendingCall, PendingSend};
use watch::Watchers;

use crate::config::database_url::DatabaseUrl;
use crate::config::{Config, Delivery};
use crate::delivery::events::EventHub;
use crate::error::{Error, ErrorCode, Result, closed};
use crate::host::completion::{Pending, Reply, Slot};
use crate::host::fork::{self, SurvivesFork};
use crate::model::deliverer::Readiness;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::operations;
pub use crate::operations::authentication::KeyHolder;
use crate::operations::definition::SEND_EVENT;
use crate::operations::messages::{SendReceipt, SendRequest};
use crate::operations::sessions::{Session, Shown, SignInWith};
use crate::outbox::accept::Caller;
pub use crate::outbox::export_bytes::ExportFile;
use crate::outbox::sqlite::{SqliteFile, sole_copy};
use crate::wire::tls;
use intake::Intakes;
pub use intake::{IntakeFigures, sqlite_outbox};
#[cfg(feature = "postgres")]
pub use moving::{MovedTable, move_outbox};
use running::Running;
use store::{Place, database};

/// Longer timeouts are cut to this one, which an `Instant` can hold.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Checks an authority file and returns its absolute path: the host may change its working directory.
fn checked_authorities(file: &Path) -> Result<PathBuf> {
    tls::check_authorities(file)?;
    Ok(std::path::absolute(file).unwrap_or_else(|_| file.to_owned()))
}

/// Brings the tables of a PostgreSQL database up to date, which are made where there are none. Several may try at once. The role of
/// the address must own the schema `hookbridge`, or may create it.
///
/// # Errors
/// `INVALID_CONFIGURATION` where `database` is no address of PostgreSQL, or this build has files only; `SCHEMA_TOO_NEW`,
/// `STORAGE_UNAVAILABLE`.
pub fn migrate(database: &Path) -> Result<()> {
    let url = DatabaseUrl::of(database).ok_or_else(|| {
        let text = "`database` must be an address, as postgresql://user@host/name: a file is migrated where it is opened";
        Error::new(ErrorCode::InvalidConfiguration, text)
    })?;
    database::migrate(&url)
}

/// The statements of [`migrate`] for an empty database, for whoever has another tool carry them out.
///
/// # Errors
/// `INVALID_CONFIGURATION` where this build has files only.
pub fn migrations() -> Result<String> {
    database::migrations()
}

/// A handle on an outbox and its delivery. Clones share one engine. Every method may be called from any thread at any time,
/// and in a child after `fork()`. Dropping the last clone without [`Engine::close`] stops the threads without waiting for
/// them. Undelivered messages stay in the file.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    config: Arc<Config>,
    /// The file that was opened, or the database. A file that replaces it is not taken for it.
    place: Place,
    events: Arc<EventHub>,
    watchers: Arc<Watchers>,
    intakes: Intakes,
    /// The running engine, started at the first use; a forked child starts its own. Locked only inside the gate.
    running: Mutex<Option<Arc<Running>>>,
    /// Keeps another copy of this library from using the file, also while nothing runs. Locked only inside the gate.
    claim: Mutex<Option<sole_copy::Claim>>,
    closed: AtomicBool,
}

impl Shared {
    fn running(&self) -> Result<Arc<Running>> {
        fork::check()?;
        let _inside = fork::enter();
        let mut running = fork::lock(&self.running);
        if self.closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        match running.as_ref() {
            Some(running) => Ok(running.clone()),
            None => {
                let started = Arc::new(Running::start(&self.config, &self.place, &self.events)?);
                *running = Some(started.clone());
                Ok(started)
            }
        }
    }
}

impl SurvivesFork for Shared {
    fn before_fork(&self) {}

    fn in_child(&self) {
        // The engine's threads are gone, and may have held its locks. It is never dropped.
        std::mem::forget(fork::lock(&self.running).take());
        fork::lock(&self.claim).take();
        self.events.forget_in_child();
        self.watchers.forget_in_child();
        self.intakes.forget_in_child();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Dropping the parent's engine could wait for a lock that a thread of the parent held.
        if fork::is_forked() {
            std::mem::forget(self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take());
            std::mem::forget(self.claim.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

impl Engine {
    /// Opens or creates the outbox and migrates its tables; those of a PostgreSQL database must be there ([`migrate`]). Threads start at the first use, or at once where messages wait
    /// for this engine to deliver. With a [`Config::server`] the engine calls the server, or forwards the file's messages
    /// to it. The server is not contacted before the first use.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION` names the wrong setting, also where `ca_file` holds no certificate; `STORAGE_UNAVAILABLE`
    /// where the file cannot be used (no such folder, read-only, not a database); `SCHEMA_TOO_NEW` where a newer version
    /// wrote it; `FORKED` in a process that was forked while an engine of its parent could not be brought to rest;
    /// `INTERNAL_ERROR` where the system refuses to tell of forks.
    pub fn open(config: Config) -> Result<Engine> {
        config.validate()?;
        fork::listen()?;
        let ca_file = config.ca_file.as_deref().map(checked_authorities).transpose()?;
        let config = Config { ca_file, ..config };
        let (config, place, claim, backlog) = match (&config.server, DatabaseUrl::of(&config.database)) {
            (Some(server), _) if !server.relay => (config, Place::Server, None, false),
            (_, Some(url)) => {
                let waits = database::has_waiting(&config, &url)?;
                let backlog = config.delivery == Delivery::Auto && waits;
                // The address has a secret, which nothing that shows settings needs.
                let config = Config { database: PathBuf::from(url.shown()), ..config };
                (config, Place::Database(url), None, backlog)
            }
            (_, None) => {
                // Inside the gate until the file is closed again, so that no fork copies its connections.
                let _inside = fork::enter();
                let file = SqliteFile::open(&config, None)?;
                file.check_not_moved()?;
                let backlog = config.delivery == Delivery::Auto && file.has_waiting().unwrap_or(true);
                // The absolute path, since the host may change its working directory.
                let config = Config { database: file.path().to_owned(), ..config };
                (config, Place::File(Some(file.own().clone())), file.claim(), backlog)
            }
        };
        let shared = Arc::new(Shared {
            config: Arc::new(config),
            place,
            events: Arc::new(EventHub::default()),
            watchers: Arc::default(),
            intakes: Intakes::default(),
            running: Mutex::new(None),
            claim: Mutex::new(claim),
            closed: AtomicBool::new(false),
        });
        fork::register(Arc::downgrade(&shared) as _);
        if backlog {
            shared.running()?;
        }
        Ok(Engine { shared })
    }

    /// The settings in force.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Accepts a message. Returns once the message is committed. Blocks while the writer's queue is full.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND`, `INVALID_HEADERS`, `INVALID_REQUEST`, `PAYLOAD_TOO_LARGE`, `IDEMPOTENCY_MISMATCH`;
    /// `STORAGE_UNAVAILABLE` where the commit failed and nothing was accepted.
    pub fn send(&self, request: SendRequest) -> Result<SendReceipt> {
        self.begin_send(request)?.finish()
    }

    /// [`Engine::send`] in two steps, for callers that must check for signals or the like while they wait.
    ///
    /// # Errors
    /// The errors of [`Engine::send`] that are found before the write.
    pub fn begin_send(&self, request: SendRequest) -> Result<PendingSend> {
        self.shared.running()?.begin_send(request)
    }

    /// [`Engine::send`] for async callers on any runtime. Dropping the future does not cancel the send.
    ///
    /// # Errors
    /// As [`Engine::send`].
    pub async fn send_async(&self, request: SendRequest) -> Result<SendReceipt> {
        let (sender, receiver) = oneshot::channel();
        self.shared.running()?.send_now(request, Reply::Future(sender))?;
        receiver.await.map_err(|_| closed())?
    }

    /// [`Engine::send`] for async callers whose threads may block for one commit, such as a server with several workers. If
    /// the writer is idle and recent commits took less than a millisecond, the message is committed on the calling thread,
    /// which saves two switches between threads.
    ///
    /// # Errors
    /// As [`Engine::send`].
    pub async fn send_here(&self, request: SendRequest) -> Result<SendReceipt> {
        let (sender, receiver) = oneshot::channel();
        self.shared.running()?.send_here(request, Reply::Future(sender))?;
        receiver.await.map_err(|_| closed())?
    }

    /// Accepts a message without waiting: `sink` gets the outcome under `tag`. An error that is found before the write
    /// (limits, headers) is returned at once, and the sink is not called.
    ///
    /// # Errors
    /// As [`Engine::send`].
    pub fn send_to(&self, request: SendRequest, tag: u64, sink: &Arc<dyn CompletionSink>) -> Result<()> {
        self.shared.running()?.send_now(request, Reply::Sink { sink: sink.clone(), tag })
    }

    /// Commits at most 1,000 messages in one transaction. Returns a receipt or an error for each, in order.
    ///
    /// # Errors
    /// `INVALID_REQUEST` for too many, `STORAGE_UNAVAILABLE` where nothing could be committed.
    pub fn send_batch(&self, requests: Vec<SendRequest>) -> Result<Vec<Result<SendReceipt>>> {
        self.shared.running()?.send_batch(requests)
    }

    /// `events.send` for async callers on any runtime, with a JSON request and a JSON answer, as [`Engine::call`] has them.
    /// `here` as in [`Engine::send_here`]. Dropping the future does not cancel the event.
    ///
    /// # Errors
    /// Those of `events.send`.
    pub async fn send_event_async(&self, request: &str, here: bool) -> Result<String> {
        let (sender, receiver) = oneshot::channel();
        let caller = if here { Caller::MayCommit } else { Caller::MustNotWait };
        // The future may be dropped meanwhile. The event is accepted all the same.
        let tell = Box::new(move |outcome| drop(sender.send(outcome)));
        self.shared.running()?.begin_send_event(request, caller, tell)?;
        receiver.await.map_err(|_| closed())?
    }

    /// [`Engine::call`] in two steps, for callers that must check for signals or the like while they wait. None for operations
    /// other than `events.send`: they may wait for more than a commit, and nothing of them was done.
    ///
    /// # Errors
    /// The errors of [`Engine::call`] that are found before the write.
    pub fn begin_call(&self, operation: &str, request: &str) -> Result<Option<PendingCall>> {
        if operation != SEND_EVENT {
            return Ok(None);
        }
        let slot = Slot::new();
        let waiting = slot.clone();
        let tell = Box::new(move |outcome| waiting.fill(outcome));
        self.shared.running()?.begin_send_event(request, Caller::MayWait, tell)?;
        Ok(Some(Pending(slot)))
    }

    /// [`Engine::call`] without a thread that waits, for the operations that need none (`events.send`): `sink` gets the answer
    /// under `tag`. False for the others, of which nothing was done. An error that is found before the write is returned at
    /// once, and the sink is not called.
    ///
    /// # Errors
    /// As [`Engine::call`].
    pub fn call_to(
        &self,
        operation: &str,
        request: &str,
        tag: u64,
        sink: &Arc<dyn AnswerSink>,
    ) -> Result<bool> {
        if operation != SEND_EVENT {
            return Ok(false);
        }
        let sink = sink.clone();
        let tell = Box::new(move |outcome| sink.answered(tag, outcome));
        self.shared.running()?.begin_send_event(request, Caller::MustNotWait, tell)?;
        Ok(true)
    }

    /// Runs the operation called `operation`, such as `endpoints.create`, with a JSON request, and returns
    /// its JSON answer. Blocks until a change is committed.
    ///
    /// # Errors
    /// The operation's own, and `NOT_FOUND` where there is no such operation.
    pub fn call(&self, operation: &str, request: &str) -> Result<String> {
        self.shared.running()?.call(operation, request)
    }

    /// [`Engine::call`] for a caller who has shown an API key. What is changed is noted for `activity.list`. Whether the key's
    /// scope has the operation is for the door to ask ([`KeyHolder::may`]).
    ///
    /// # Errors
    /// As [`Engine::call`].
    pub fn call_for(&self, holder: &KeyHolder, operation: &str, request: &str) -> Result<String> {
        operations::activity::call(self.shared.running()?.context()?, holder, operation, request)
            .map_err(Error::in_process)
    }

    /// Finds an API key with its scope and notes that it was used, for doors that ask for a key. A key that another process
    /// created or deleted is noticed within 5 ms. Waits for no write: the time of the last use is written at most once a
    /// minute, so it may be a minute behind after the process has ended.
    ///
    /// # Errors
    /// `UNAUTHORIZED` where there is no such key, `STORAGE_UNAVAILABLE` where the outbox cannot be read.
    pub fn authenticate(&self, key: &str) -> Result<KeyHolder> {
        self.shared.running()?.context()?.authenticate(key)
    }

    /// Begins a session of the console.
    ///
    /// # Errors
    /// `UNAUTHORIZED` where the key is unknown, or the code is unknown, used or older than a minute; `FORBIDDEN` for a key
    /// that may only send; `STORAGE_UNAVAILABLE`.
    pub fn begin_session(&self, with: SignInWith<'_>) -> Result<Session> {
        operations::sessions::begin(self.shared.running()?.context()?, with)
    }

    /// Checks the two halves of a session, and notes that its key was used.
    ///
    /// # Errors
    /// `UNAUTHORIZED` where they are not of one session, the session has ended or its key was deleted;
    /// `STORAGE_UNAVAILABLE` where the outbox cannot be read.
    pub fn show_session(&self, cookie: &str, proof: &str) -> Result<Shown> {
        operations::sessions::show(self.shared.running()?.context()?, cookie, proof)
    }

    /// Ends every session of the outbox, at every sidecar.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`
    pub fn end_sessions(&self) -> Result<()> {
        operations::sessions::end_all(self.shared.running()?.context()?)
    }

    /// Notes where this process serves a console, for `login_codes.create`.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`
    pub fn note_console(&self, url: &str) -> Result<()> {
        let running = self.shared.running()?;
        running.context()?.outbox.note_console(url.to_owned(), Timestamp::now())
    }

    /// Notes that a caller with an API key was shown an endpoint's headers in the clear, for `activity.list`.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`, and then they are not to be shown.
    pub fn note_reveal(&self, holder: &KeyHolder, endpoint_id: &str) -> Result<()> {
        operations::activity::note_reveal(self.shared.running()?.context()?, holder, endpoint_id)
    }

    /// Installs a configured API key (`HOOKBRIDGE_API_KEY`). Installing it again changes nothing and returns the same id.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION` where `key` has not the form of an API key.
    pub fn install_api_key(&self, key: &str) -> Result<ApiKeyId> {
        operations::api_keys::install(self.shared.running()?.context()?, key)
    }

    /// Whether there is any API key. Without one every caller is refused.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where the outbox cannot be read.
    pub fn has_api_keys(&self) -> Result<bool> {
        self.shared.running()?.context()?.reading().has_api_keys()
    }

    /// Checks that a send could be committed now, and says who delivers. Commits something, unless a commit succeeded within the
    /// last second. Counts nothing, so that it costs the same however much waits.
    ///
    /// # Errors
    /// The error that a send would get: `STORAGE_UNAVAILABLE` says why.
    pub fn readiness(&self) -> Result<Readiness> {
        self.shared.running()?.context()?.readiness()
    }

    /// Opens the file of an export for the owner of its signed link (`signed_path` of `exports.download`).
    ///
    /// # Errors
    /// `UNAUTHORIZED` where the link is not ours or too old, `NOT_FOUND`, `EXPORT_NOT_READY`, `EXPORT_EXPIRED`.
    pub fn open_export(&self, export_id: &str, expires: i64, signature: &str) -> Result<ExportFile> {
        operations::exports::open_signed(self.shared.running()?.context()?, export_id, expires, signature)
    }

    /// Writes an export's file into `into`, from disk or from the server. Returns its size in bytes.
    ///
    /// # Errors
    /// `NOT_FOUND`, `EXPORT_NOT_READY`, `EXPORT_EXPIRED`; `STORAGE_UNAVAILABLE` where `into` cannot be written.
    pub fn download_export(&self, export_id: &str, into: &mut dyn std::io::Write) -> Result<u64> {
        self.shared.running()?.download_export(export_id, into)
    }

    /// Waits until no message is due, whichever process delivers. False where `timeout` passed first.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where the outbox cannot be read, or where this process should deliver and cannot, with the reason.
    pub fn flush(&self, timeout: Duration) -> Result<bool> {
        self.shared.running()?.flush(Instant::now() + timeout.min(LONGEST_TIMEOUT))
    }

    /// Refuses further calls, lets the attempts under way end, and stops the threads. False where `timeout` passed first;
    /// attempts that were cut off are made again by the next process. Later calls fail with `CLOSED`; a second close
    /// returns true.
    ///
    /// # Errors
    /// None today; a result so that a later version may have one.
    pub fn close(&self, timeout: Duration) -> Result<bool> {
        let deadline = Instant::now() + timeout.min(LONGEST_TIMEOUT);
        self.shared.closed.store(true, Ordering::Release);
        if fork::is_forked() {
            return Ok(true);
        }
        self.shared.intakes.end(deadline);
        let running = {
            let _inside = fork::enter();
            fork::lock(&self.shared.running).take()
        };
        let ended = running.is_none_or(|running| running.close(deadline));
        self.shared.events.close();
        self.shared.watchers.close();
        let _inside = fork::enter();
        fork::lock(&self.shared.claim).take();
        Ok(ended)
    }

    /// Ends the engine at a normal exit of the program: what this process has accepted, and the attempts under way, get the
    /// setting `exit_timeout` to be delivered and recorded. Then it closes. False where the time was too short; what is
    /// undelivered stays in the file. An engine that was closed, and one of a process that was forked since, does nothing.
    ///
    /// # Errors
    /// None today; a result so that a later version may have one.
    pub fn finish(&self) -> Result<bool> {
        let deadline = Instant::now() + self.shared.config.exit_timeout;
        // What does not run yet is not started for this.
        let running = if fork::is_forked() || self.shared.closed.load(Ordering::Acquire) {
            None
        } else {
            let _inside = fork::enter();
            fork::lock(&self.shared.running).clone()
        };
        if let Some(running) = running {
            running.deliver_own(deadline);
        }
        self.close(deadline.saturating_duration_since(Instant::now()))
    }

    /// A queue of events from now on: what happens to messages while this process delivers, and why it cannot deliver.
    ///
    /// # Errors
    /// `CLOSED`, or `INTERNAL_ERROR` where the system has no descriptor left.
    pub fn events(&self) -> Result<EventQueue> {
        let running = self.shared.running()?;
        running.context()?;
        self.shared.events.subscribe()
    }

    /// A queue of what happens to the outbox's messages from now on, whichever process accepts and delivers them: the kinds of
    /// [`Engine::events`], and accepted messages, attempts that begin, and edits of endpoints and keys. The newest 500 messages
    /// are looked at four times a second while somebody watches. Where more happens than is seen, the queue's
    /// [`EventQueue::dropped`] rises.
    ///
    /// # Errors
    /// `CLOSED`; `NOT_SUPPORTED` for an engine without a file; `STORAGE_UNAVAILABLE` where the outbox cannot be read;
    /// `INTERNAL_ERROR` where the system has no descriptor or thread left.
    pub fn watch(&self) -> Result<EventQueue> {
        let running = self.shared.running()?;
        running.context()?;
        self.shared.watchers.watch(&running, || self.shared.events.subscribe())
    }
}
