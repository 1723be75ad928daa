//! The writer: one thread that writes, with group commit.
//!
//! Each kind of write is a [`Job`] in a file of its own: this folder is the list of everything that can change the outbox.
//! The thread takes the jobs that have gathered in the queue, applies them in one transaction, and answers all of them: one
//! fsync serves every waiting producer. A producer that finds the writer idle commits its message itself.

mod accepted;
pub(super) mod change;
pub(crate) mod clock;
pub(crate) mod commit;
pub(crate) mod event;
mod expiry;
mod folding;
mod foreign_lock;
pub(crate) mod insert;
pub(crate) mod key_use;
mod last_commit;
pub(crate) mod outcome;
pub(crate) mod queue;
pub(crate) mod retention;
mod usual_time;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rusqlite::{CachedStatement, Connection};

use super::SqliteFile;
use super::metrics::GroupCounters;
use crate::error::{Error, Result};
use crate::host::completion::Completions;
use crate::host::fork;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::Timing;
use crate::outbox::change::Change;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::due_at;
use crate::outbox::events::NewEvent;
use crate::outbox::figures::Counters;
use crate::outbox::link::{DeliveryLink, Notice};
use crate::outbox::messages::Found;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::sqlite::subscriptions::KnownSubscriptions;
use crate::outbox::subscriptions::ReadLater;
use crate::outbox::withdrawals::Withdrawals;
use commit::Committer;
use queue::{Queue, Queued};

/// How often a deliverer looks for commits of other processes, and the longest time that an outcome waits for others to be
/// committed with: a commit of one job costs nearly as much as one of a hundred.
const FOREIGN_POLL: Duration = Duration::from_millis(5);
/// How often a process that does not deliver wakes without a job, and the longest time that it keeps patient jobs.
const IDLE_POLL: Duration = Duration::from_secs(5);
/// How often the file, its log and its index are checked, where no commit checks them.
const FILE_CHECK_POLL: Duration = Duration::from_millis(5);
/// The pause between two bites of retention, while there is more to drop and while not.
const RETENTION_BUSY: Duration = Duration::from_millis(50);
const RETENTION_IDLE: Duration = Duration::from_secs(60);

/// The pause between two looks for messages that have expired, where the last look found all.
const EXPIRY_IDLE: Duration = Duration::from_secs(1);

/// The pause between two bites of counting accepted messages, while there are more and while not.
const COUNT_BUSY: Duration = Duration::from_millis(10);
const COUNT_IDLE: Duration = Duration::from_secs(1);

/// The transaction, as a job sees it.
pub(super) struct WriteContext<'a> {
    pub connection: &'a Connection,
    pub now: Timestamp,
    endpoints: &'a mut HashMap<EndpointId, i64>,
    subscriptions: &'a mut KnownSubscriptions,
    link: &'a DeliveryLink,
    withdrawals: &'a mut Withdrawals,
    /// The group's counters, written once for the whole group.
    counters: GroupCounters,
    /// The group's changes that other processes must read, written once for the whole group.
    changes: BTreeSet<Change>,
    statements: Vec<(&'static str, CachedStatement<'a>)>,
}

impl<'a> WriteContext<'a> {
    /// A statement that most jobs need. It is looked up once for a group, not for each message.
    pub(crate) fn statement(&mut self, sql: &'static str) -> rusqlite::Result<&mut CachedStatement<'a>> {
        // Compared by address, which costs nothing. A text that has two addresses is looked up twice.
        let known = self.statements.iter().position(|(known, _)| std::ptr::eq(*known, sql));
        let index = match known {
            Some(index) => index,
            None => {
                self.statements.push((sql, self.connection.prepare_cached(sql)?));
                self.statements.len() - 1
            }
        };
        Ok(&mut self.statements[index].1)
    }

    /// The counters of an endpoint, to add what this group changes for the first time.
    pub(crate) fn count(&mut self, endpoint_seq: i64) -> &mut Counters {
        self.counters.entry(endpoint_seq).or_default()
    }

    /// Decides a command on a message. Where the decision needs it, the message is withdrawn.
    pub(crate) fn decide(&mut self, command: MessageCommand, found: &Found) -> Result<Decision> {
        self.withdrawals.decide(self.link, command, found, self.now)
    }

    /// When a new message with these times is due.
    pub(crate) fn due_at(&self, timing: Timing) -> rusqlite::Result<i64> {
        let behind = match timing.deliver_at {
            Some(_) => super::clock::behind_now(self.connection)?,
            None => 0,
        };
        Ok(timing.due_at(behind))
    }

    /// The endpoints that want an event, as they are in this transaction.
    pub(crate) fn matching(&mut self, event: &NewEvent) -> rusqlite::Result<Vec<(LaneKey, EndpointId)>> {
        self.subscriptions.read(self.connection, &self.changes)?;
        let mut payload = ReadLater::new(&event.payload);
        Ok(self.subscriptions.index().matching(event.tenant.as_deref(), &event.event_type, &mut payload))
    }

    /// The row of an endpoint; `None` where it is unknown or deleted.
    pub(crate) fn endpoint_seq(&mut self, id: &EndpointId) -> rusqlite::Result<Option<i64>> {
        if let Some(seq) = self.endpoints.get(id) {
            return Ok(Some(*seq));
        }
        let seq = super::endpoints::live_seq(self.connection, id)?;
        if let Some(seq) = seq {
            self.endpoints.insert(*id, seq);
        }
        Ok(seq)
    }

    /// Notes a change that every process must read.
    pub(crate) fn changed(&mut self, change: Change) {
        self.endpoints.clear();
        self.changes.insert(change);
    }
}

/// One write. A job must check before it changes anything: a refusal is an answer, not an error, and other jobs share its
/// transaction. Before [`Job::finish`] it changes memory only through the context, which undoes that if the commit fails.
pub(super) trait Job: Send {
    /// Applies the change. An error is a failure of the storage, and fails the whole group.
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()>;

    /// Whether the change of [`Job::apply`] has reached the file. The committer asks this when it writes the group again; a
    /// job that is written is not applied again, and its answer stands. False where the job changed nothing, or where
    /// applying it twice has the same result.
    fn is_written(&self, _context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(false)
    }

    /// Called when the group is on disk, or has failed. Runs outside the gate.
    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>);

    /// The bytes of memory that the job takes while it waits.
    fn weight(&self) -> usize {
        256
    }

    /// Whether nobody waits for the job: then it is written with the next group, or when the writer next wakes by itself.
    fn is_patient(&self) -> bool {
        false
    }
}

/// Whether any part of a job is written: then all parts are.
fn any<T>(
    parts: impl IntoIterator<Item = T>,
    is_written: impl Fn(T) -> rusqlite::Result<bool>,
) -> rusqlite::Result<bool> {
    for part in parts {
        if is_written(part)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Collects what finished jobs have for the rest of the engine, for the whole group.
pub(super) struct AfterCommit<'a> {
    pub link: &'a DeliveryLink,
    /// Messages whose attempt's outcome is on disk.
    pub settled: Vec<MessageKey>,
    pub notices: Vec<Notice>,
    pub fresh: Vec<crate::outbox::DueMessage>,
    pub completions: Completions,
}

impl AfterCommit<'_> {
    /// Tells the loop of this process, if it has one, of a message that was committed and is due at `due_at`.
    pub(crate) fn accepted(
        &mut self,
        due_at: i64,
        lane: LaneKey,
        message: impl FnOnce(LaneKey) -> crate::outbox::DueMessage,
    ) {
        if !self.link.is_leading() {
            return;
        }
        match due_at::moment(due_at) {
            None => self.fresh.push(message(lane)),
            Some(at) => self.notices.push(Notice::Scheduled { lane, at }),
        }
    }
}

pub(crate) struct Writer {
    file: Arc<SqliteFile>,
    queue: Arc<Queue>,
    link: Arc<DeliveryLink>,
    committer: Arc<Committer>,
    /// The number of the connection, and its version of the file, when it last looked for commits of other processes.
    seen: Option<(u64, i64)>,
    revision: i64,
    last_seq: i64,
    check_file_at: Instant,
    /// Whether the file is not at its path any more.
    lost: bool,
    counting: Arc<accepted::Progress>,
    count_at: Instant,
    retention_at: Instant,
    expiry_at: Instant,
    /// How far retention went.
    retention_reached: retention::Reached,
}

impl Writer {
    pub(crate) fn new(
        file: Arc<SqliteFile>,
        queue: Arc<Queue>,
        link: Arc<DeliveryLink>,
        committer: Arc<Committer>,
    ) -> Self {
        Self {
            file,
            queue,
            link,
            committer,
            seen: None,
            revision: 0,
            last_seq: 0,
            check_file_at: Instant::now(),
            lost: false,
            counting: Arc::default(),
            count_at: Instant::now() + COUNT_IDLE,
            retention_at: Instant::now() + RETENTION_BUSY,
            expiry_at: Instant::now() + EXPIRY_IDLE,
            retention_reached: retention::Reached::default(),
        }
    }

    /// Runs until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        loop {
            let leading = self.link.is_leading();
            let jobs = self.queue.take(if leading { FOREIGN_POLL } else { IDLE_POLL });
            let Some(jobs) = jobs else { break };
            if !jobs.is_empty() {
                self.committer.write(jobs);
            }
            self.check_file();
            if leading && !self.lost {
                self.notice_other_processes();
                self.count_accepted();
                self.give_up_expired();
                self.retain();
            }
        }
        tracing::debug!(target: "hookbridge::outbox", "writer stopped");
    }

    /// Checks that the file, its log and its index are in place, and has connections closed that must not be used.
    fn check_file(&mut self) {
        if Instant::now() < self.check_file_at {
            return;
        }
        self.check_file_at = Instant::now() + FILE_CHECK_POLL;
        let checked = self.file.check_and_settle();
        let was_lost = std::mem::replace(&mut self.lost, checked.is_err());
        match checked {
            Err(error) if !was_lost => {
                tracing::error!(target: "hookbridge::outbox", %error, "the outbox is lost")
            }
            Ok(()) if was_lost => tracing::info!(target: "hookbridge::outbox", "the outbox is back"),
            _ => {}
        }
    }

    /// Looks for commits of other processes: their messages and their changes.
    fn notice_other_processes(&mut self) {
        let found = {
            let _inside = fork::enter();
            let file = self.file.clone();
            let slot = fork::lock(&file.writer);
            match slot.as_ref().filter(|_| file.trouble_before(false).is_none()) {
                Some(connection) => self.foreign_changes(connection, self.committer.connections_opened()),
                None => Ok(None),
            }
        };
        match found {
            Ok(Some(notice)) => self.link.tell(notice),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(target: "hookbridge::outbox", %error, "cannot look for new messages")
            }
        }
    }

    fn foreign_changes(&mut self, connection: &Connection, number: u64) -> rusqlite::Result<Option<Notice>> {
        let now = (number, commit::data_version(connection)?);
        if self.seen == Some(now) {
            return Ok(None);
        }
        // Versions of two connections cannot be compared.
        let first_look = self.seen.is_none_or(|(seen, _)| seen != number);
        self.seen = Some(now);
        let revision = super::changes::revision(connection)?;
        let before = std::mem::replace(&mut self.revision, revision);
        let edits = if first_look { None } else { super::changes::between(connection, before, revision)? };
        let Some(edits) = edits else {
            self.last_seq = super::due::last_seq(connection)?;
            return Ok(Some(Notice::RereadAll));
        };
        let (lanes, last_seq) = super::due::lanes_since(connection, self.last_seq)?;
        self.last_seq = last_seq;
        Ok(Some(Notice::OthersWrote { lanes, edits }))
    }

    /// Counts accepted messages, a small bite at a time, however busy the queue is: readers of the metrics must count the
    /// messages that are not counted yet.
    fn count_accepted(&mut self) {
        if self.counting.under_way.load(Ordering::Relaxed) || Instant::now() < self.count_at {
            return;
        }
        let pause = if self.counting.more.load(Ordering::Relaxed) { COUNT_BUSY } else { COUNT_IDLE };
        self.count_at = Instant::now() + pause;
        // Refused only when the engine is closed.
        let _ = self.queue.put_now(Box::new(accepted::CountAccepted::new(&self.counting)));
    }

    /// Gives up messages that have expired, a small bite at a time.
    fn give_up_expired(&mut self) {
        if Instant::now() < self.expiry_at || self.queue.is_busy() {
            return;
        }
        let (job, found) = expiry::GiveUpExpired::new();
        self.committer.write(vec![Queued::now(Box::new(job))]);
        let more = found.load(Ordering::Relaxed) >= expiry::BITE as usize;
        self.expiry_at = Instant::now() + if more { RETENTION_BUSY } else { EXPIRY_IDLE };
    }

    /// Drops payloads and rows past their retention, a small bite at a time.
    fn retain(&mut self) {
        if Instant::now() < self.retention_at || self.queue.is_busy() {
            return;
        }
        let (job, progress) = retention::Retention::new(&self.file.config, self.retention_reached);
        self.committer.write(vec![Queued::now(Box::new(job))]);
        let progress = *fork::lock(&progress);
        let pause = if progress.is_busy() { RETENTION_BUSY } else { RETENTION_IDLE };
        self.retention_reached = progress.reached;
        self.retention_at = Instant::now() + pause;
    }
}
