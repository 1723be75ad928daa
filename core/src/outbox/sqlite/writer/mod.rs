//! The one thread that writes, with group commit.
//!
//! Each kind of write is a [`Job`] in a file of its own: this folder is the list of everything that
//! can change the outbox. The thread takes what has gathered in the queue, applies it in one
//! transaction, and answers all at once: one fsync serves every waiting producer.

pub(crate) mod edit;
pub(crate) mod insert;
pub(crate) mod outcome;
pub(crate) mod queue;
pub(crate) mod retention;

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use super::{SqliteFile, beside, connection, storage_error};
use crate::delivery::link::{DeliveryLink, Notice};
use crate::engine::completion::Completions;
use crate::error::{Error, ErrorCode, Result};
use crate::fork;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use queue::Queue;

/// How often a deliverer looks for what other processes committed, and the longest that an outcome waits for
/// company: a commit costs nearly the same for one as for a hundred.
const FOREIGN_POLL: Duration = Duration::from_millis(5);
/// How often a process that does not deliver wakes for nothing.
const IDLE_POLL: Duration = Duration::from_millis(500);
/// How often expired payloads and rows are looked for while something is found, and while not.
const RETENTION_BUSY: Duration = Duration::from_millis(50);
const RETENTION_IDLE: Duration = Duration::from_secs(60);
/// How often a group is written again when the log vanished under it.
const REWRITES: usize = 3;

/// What a job sees of the transaction it is applied in.
pub(crate) struct WriteContext<'a> {
    pub connection: &'a Connection,
    pub now: Timestamp,
    /// The group is being written once more: parts of it may have reached the file.
    pub again: bool,
    endpoints: &'a mut HashMap<EndpointId, i64>,
}

impl WriteContext<'_> {
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

    /// Has every process read endpoints and edited due times anew.
    pub(crate) fn bump_revision(&mut self) -> rusqlite::Result<()> {
        self.endpoints.clear();
        super::endpoints::bump_revision(self.connection)
    }
}

/// One write. It must check before it changes anything: a refusal of its own is an answer, not an
/// error, and other jobs share its transaction.
pub(crate) trait Job: Send {
    /// Applies the change. May run again where the group has to be written once more. An error is a
    /// failure of the storage and fails the whole group.
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()>;

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

/// Where finished jobs leave what the rest of the engine is to know, gathered for the whole group.
pub(crate) struct AfterCommit<'a> {
    pub link: &'a DeliveryLink,
    pub notices: Vec<Notice>,
    pub fresh: Vec<crate::outbox::DueMessage>,
    pub completions: Completions,
}

pub(crate) struct Writer {
    file: Arc<SqliteFile>,
    queue: Arc<Queue>,
    link: Arc<DeliveryLink>,
    endpoints: HashMap<EndpointId, i64>,
    /// The inode of the write-ahead log that our connection writes to.
    log_inode: Option<u64>,
    /// The log vanished under the group that is being written.
    rewritten: bool,
    /// The version of the file for which `endpoints` holds.
    cached_version: Option<i64>,
    /// The version of the file when other processes' commits were last looked for.
    data_version: Option<i64>,
    revision: i64,
    last_seq: i64,
    retention_at: Instant,
    /// The row up to which retention has looked.
    retention_reached: i64,
}

impl Writer {
    pub(crate) fn new(file: Arc<SqliteFile>, queue: Arc<Queue>, link: Arc<DeliveryLink>) -> Self {
        Self {
            file,
            queue,
            link,
            endpoints: HashMap::new(),
            log_inode: None,
            rewritten: false,
            cached_version: None,
            data_version: None,
            revision: 0,
            last_seq: 0,
            retention_at: Instant::now() + RETENTION_BUSY,
            retention_reached: 0,
        }
    }

    /// Runs until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        loop {
            let leading = self.link.is_leading();
            let jobs = self.queue.take(if leading { FOREIGN_POLL } else { IDLE_POLL });
            let Some(mut jobs) = jobs else { break };
            if !jobs.is_empty() {
                self.write(&mut jobs);
            }
            if leading {
                self.notice_other_processes();
                self.retain();
            }
        }
        tracing::debug!(target: "hookbridge::outbox", "writer stopped");
    }

    fn write(&mut self, jobs: &mut Vec<Box<dyn Job>>) {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.commit(jobs))).unwrap_or_else(|_| {
            self.forget_connection();
            Err(Error::new(ErrorCode::Internal, "the writer panicked; the group was rolled back"))
        });
        // Said here and not where it happened: inside the gate no subscriber of the host may run.
        if std::mem::take(&mut self.rewritten) {
            tracing::error!(
                target: "hookbridge::outbox",
                "another program deleted the outbox's write-ahead log: the file was reopened and the group written again"
            );
        }
        if let Err(error) = &outcome {
            tracing::warn!(target: "hookbridge::outbox", %error, jobs = jobs.len(), "a commit failed");
        }
        let mut after = AfterCommit {
            link: &self.link,
            notices: Vec::new(),
            fresh: Vec::new(),
            completions: Completions::default(),
        };
        for job in jobs.drain(..) {
            job.finish(outcome.as_ref().map(|_| ()), &mut after);
        }
        let AfterCommit { notices, fresh, completions, .. } = after;
        completions.deliver();
        if !fresh.is_empty() {
            self.link.tell(Notice::Accepted(fresh));
        }
        for notice in notices {
            self.link.tell(notice);
        }
    }

    /// One transaction for all of `jobs`. Returns once it is as durable as the configuration says.
    fn commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<()> {
        let _inside = fork::enter();
        let file = self.file.clone();
        let mut slot = fork::lock(&file.writer);
        for written in 0..REWRITES {
            if slot.is_none() {
                *slot = Some(connection::open_writer(&file.path, file.config.durability)?);
                self.log_inode = None;
                self.data_version = None;
                self.cached_version = None;
            }
            let Some(connection) = slot.as_mut() else { continue };
            let outcome = self.apply_all(connection, jobs, written > 0);
            if let Err(cause) = outcome {
                let error = storage_error(cause);
                // A fresh connection sees a file that was repaired, replaced or given room.
                slot.take();
                return Err(error);
            }
            if self.log_is_ours() {
                return Ok(());
            }
            self.rewritten = true;
            file.begin_anew(&mut slot);
        }
        Err(Error::new(
            ErrorCode::StorageUnavailable,
            "the outbox's write-ahead log is being deleted by another program: see the documentation \
             on opening the file with another SQLite",
        ))
    }

    fn apply_all(
        &mut self,
        connection: &mut Connection,
        jobs: &mut [Box<dyn Job>],
        again: bool,
    ) -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Endpoints may have been edited by another process since the last group.
        let version = data_version(&transaction)?;
        if self.cached_version.replace(version) != Some(version) {
            self.endpoints.clear();
        }
        let mut context = WriteContext {
            connection: &transaction,
            now: Timestamp::now(),
            again,
            endpoints: &mut self.endpoints,
        };
        for job in jobs.iter_mut() {
            job.apply(&mut context)?;
        }
        transaction.commit()
    }

    /// Whether the log that other processes see is the one we wrote to. Where another copy of SQLite
    /// in this process dropped our locks, a third process may have deleted it.
    fn log_is_ours(&mut self) -> bool {
        let Ok(metadata) = std::fs::metadata(beside(&self.file.path, "-wal")) else { return false };
        let inode = metadata.ino();
        *self.log_inode.get_or_insert(inode) == inode
    }

    fn forget_connection(&mut self) {
        let _inside = fork::enter();
        fork::lock(&self.file.writer).take();
    }

    /// Looks for commits of other processes: their messages, their edits.
    fn notice_other_processes(&mut self) {
        let found = {
            let _inside = fork::enter();
            let file = self.file.clone();
            let slot = fork::lock(&file.writer);
            match slot.as_ref() {
                Some(connection) => self.foreign_changes(connection),
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

    fn foreign_changes(&mut self, connection: &Connection) -> rusqlite::Result<Option<Notice>> {
        let version = data_version(connection)?;
        if self.data_version == Some(version) {
            return Ok(None);
        }
        let first_look = self.data_version.is_none();
        self.data_version = Some(version);
        let revision = super::endpoints::revision(connection)?;
        let edited = first_look || revision != self.revision;
        self.revision = revision;
        if edited {
            self.last_seq = super::due::last_seq(connection)?;
            return Ok(Some(Notice::RereadAll));
        }
        let (lanes, last_seq) = super::due::lanes_since(connection, self.last_seq)?;
        self.last_seq = last_seq;
        Ok(Some(Notice::OthersWrote(lanes)))
    }

    /// Drops what is past its retention, a small bite at a time.
    fn retain(&mut self) {
        if Instant::now() < self.retention_at || self.queue.is_busy() {
            return;
        }
        let (job, bitten) = retention::Retention::new(&self.file.config, self.retention_reached);
        self.write(&mut vec![Box::new(job) as Box<dyn Job>]);
        let bitten = *fork::lock(&bitten);
        self.retention_reached = bitten.reached;
        let pause = if bitten.is_busy() { RETENTION_BUSY } else { RETENTION_IDLE };
        self.retention_at = Instant::now() + pause;
    }
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}
