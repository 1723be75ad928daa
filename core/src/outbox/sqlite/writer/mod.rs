//! The one thread that writes, with group commit.
//!
//! Each kind of write is a [`Job`] in a file of its own: this folder is the list of everything that
//! can change the outbox. The thread takes what has gathered in the queue, applies it in one
//! transaction, and answers all at once: one fsync serves every waiting producer. A producer that
//! comes to an idle writer commits its message itself.

mod accepted;
pub(super) mod change;
pub(crate) mod clock;
pub(crate) mod commit;
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
use super::metrics::Tally;
use crate::error::{Error, Result};
use crate::host::completion::Completions;
use crate::host::fork;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::figures::Counters;
use crate::outbox::link::{DeliveryLink, Notice};
use crate::outbox::messages::Found;
use crate::outbox::rows::MessageKey;
use crate::outbox::withdrawals::Withdrawals;
use commit::Committer;
use queue::{Queue, Queued};

/// How often a deliverer looks for what other processes committed, and the longest that an outcome waits for
/// company: a commit costs nearly the same for one as for a hundred.
const FOREIGN_POLL: Duration = Duration::from_millis(5);
/// How often a process that does not deliver wakes for nothing, and the longest that it keeps what nobody waits for.
const IDLE_POLL: Duration = Duration::from_secs(5);
/// How often it is looked whether the file and what lies beside it are still ours, where no commit does.
const LOOK_POLL: Duration = Duration::from_millis(5);
/// How often expired payloads and rows are looked for while something is found, and while not.
const RETENTION_BUSY: Duration = Duration::from_millis(50);
const RETENTION_IDLE: Duration = Duration::from_secs(60);

/// How often accepted messages are added up for the metrics, while there are more and while not.
const COUNT_BUSY: Duration = Duration::from_millis(10);
const COUNT_IDLE: Duration = Duration::from_secs(1);

/// What a job sees of the transaction it is applied in.
pub(super) struct WriteContext<'a> {
    pub connection: &'a Connection,
    pub now: Timestamp,
    endpoints: &'a mut HashMap<EndpointId, i64>,
    link: &'a DeliveryLink,
    withdrawals: &'a mut Withdrawals,
    /// Written once for the whole group.
    tally: Tally,
    /// What the group edits, written once for all of it.
    changes: BTreeSet<Change>,
    statements: Vec<(&'static str, CachedStatement<'a>)>,
}

impl<'a> WriteContext<'a> {
    /// A statement that most jobs need: looked up once a group, not once a message.
    pub(crate) fn statement(&mut self, sql: &'static str) -> rusqlite::Result<&mut CachedStatement<'a>> {
        // By their place in memory, which costs nothing; one text in two places is only looked up twice.
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

    /// The counters of an endpoint, for what this group changes and had not changed before.
    pub(crate) fn count(&mut self, endpoint_seq: i64) -> &mut Counters {
        self.tally.entry(endpoint_seq).or_default()
    }

    /// What is to become of a message, which is kept from being started where that asks for it.
    pub(crate) fn decide(&mut self, command: MessageCommand, found: &Found) -> Result<Decision> {
        self.withdrawals.decide(self.link, command, found, self.now)
    }

    /// The row of an endpoint that takes messages, or `None` where it is unknown or deleted.
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

    /// Has every process read anew what was edited.
    pub(crate) fn changed(&mut self, change: Change) {
        self.endpoints.clear();
        self.changes.insert(change);
    }
}

/// One write. It must check before it changes anything: a refusal of its own is an answer, not an
/// error, and other jobs share its transaction. In memory it changes nothing before [`Job::finish`]
/// but by way of the context, which takes that back where the commit fails.
pub(super) trait Job: Send {
    /// Applies the change. An error is a failure of the storage and fails the whole group.
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()>;

    /// Asked where the group has to be written once more: whether what [`Job::apply`] did had reached the file. Then it is
    /// not applied again, and its answer stands. False where it changed nothing, or where applying it twice comes to the same.
    fn is_written(&self, _context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(false)
    }

    /// The group is on disk, or failed with `Err`. Runs outside the gate.
    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>);

    /// The bytes it holds while it waits.
    fn weight(&self) -> usize {
        256
    }

    /// Nobody waits for it: it rides along with others, or goes when the writer next looks by itself.
    fn is_patient(&self) -> bool {
        false
    }
}

/// Whether one of the parts of a job is written: then all are.
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

/// Where finished jobs leave what the rest of the engine is to know, gathered for the whole group.
pub(super) struct AfterCommit<'a> {
    pub link: &'a DeliveryLink,
    /// Messages whose attempt is on disk.
    pub settled: Vec<MessageKey>,
    pub notices: Vec<Notice>,
    pub fresh: Vec<crate::outbox::DueMessage>,
    pub completions: Completions,
}

pub(crate) struct Writer {
    file: Arc<SqliteFile>,
    queue: Arc<Queue>,
    link: Arc<DeliveryLink>,
    committer: Arc<Committer>,
    /// The connection and its version of the file when other processes' commits were last looked for.
    seen: Option<(u64, i64)>,
    revision: i64,
    last_seq: i64,
    look_at: Instant,
    /// The file is not where it was.
    lost: bool,
    counting: Arc<accepted::Progress>,
    count_at: Instant,
    retention_at: Instant,
    /// The row up to which retention has looked.
    retention_reached: i64,
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
            look_at: Instant::now(),
            lost: false,
            counting: Arc::default(),
            count_at: Instant::now() + COUNT_IDLE,
            retention_at: Instant::now() + RETENTION_BUSY,
            retention_reached: 0,
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
            self.look_after_the_file();
            if leading && !self.lost {
                self.notice_other_processes();
                self.count_accepted();
                self.retain();
            }
        }
        tracing::debug!(target: "hookbridge::outbox", "writer stopped");
    }

    /// A file that was replaced must not be written to by the name of the one before, nor its log be held.
    fn look_after_the_file(&mut self) {
        if Instant::now() < self.look_at {
            return;
        }
        self.look_at = Instant::now() + LOOK_POLL;
        let looked = self.file.look_after();
        let was_lost = std::mem::replace(&mut self.lost, looked.is_err());
        match looked {
            Err(error) if !was_lost => {
                tracing::error!(target: "hookbridge::outbox", %error, "the outbox is lost")
            }
            Ok(()) if was_lost => tracing::info!(target: "hookbridge::outbox", "the outbox is back"),
            _ => {}
        }
    }

    /// Looks for commits of other processes: their messages, their edits.
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
        // The version of one connection says nothing about another's.
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

    /// Adds up accepted messages, a small bite at a time. However busy the queue is: what is not added up, every reader
    /// of the metrics has to count.
    fn count_accepted(&mut self) {
        if self.counting.under_way.load(Ordering::Relaxed) || Instant::now() < self.count_at {
            return;
        }
        let pause = if self.counting.more.load(Ordering::Relaxed) { COUNT_BUSY } else { COUNT_IDLE };
        self.count_at = Instant::now() + pause;
        // Refused only where the engine is closed.
        let _ = self.queue.put_now(Box::new(accepted::CountAccepted::new(&self.counting)));
    }

    /// Drops what is past its retention, a small bite at a time.
    fn retain(&mut self) {
        if Instant::now() < self.retention_at || self.queue.is_busy() {
            return;
        }
        let (job, bitten) = retention::Retention::new(&self.file.config, self.retention_reached);
        self.committer.write(vec![Queued::now(Box::new(job))]);
        let bitten = *fork::lock(&bitten);
        let pause = if bitten.is_busy() { RETENTION_BUSY } else { RETENTION_IDLE };
        self.retention_reached = bitten.reached;
        self.retention_at = Instant::now() + pause;
    }
}
