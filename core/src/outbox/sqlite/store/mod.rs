//! The outbox in one SQLite file: each trait of `outbox/` is implemented in a file of its own.

mod accept;
mod activity;
mod api_keys;
#[cfg(test)]
mod cases;
mod due;
mod endpoints;
mod event_types;
mod events;
mod exports;
mod figures;
mod lead;
mod messages;
mod sign_in;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::leadership::Leadership;
use super::own_file::OwnFile;
use super::writer::Writer;
use super::writer::change::{self, Note, Step};
use super::writer::commit::Committer;
use super::writer::queue::Queue;
use super::{SqliteFile, endpoints as stored, moved};
use crate::config::Config;
use crate::error::{Result, endpoint_not_found};
use crate::host::fork;
use crate::host::threads::{self, Ended};
use crate::model::ids::EndpointId;
use crate::outbox::Outbox;
use crate::outbox::link::DeliveryLink;

/// How long a close waits for the writer at least, however near the caller's deadline.
const WRITER_PATIENCE: Duration = Duration::from_millis(500);

/// The store: reads the file itself, and has the writer change it.
pub(crate) struct Store {
    file: Arc<SqliteFile>,
    queue: Arc<Queue>,
    committer: Arc<Committer>,
    link: Arc<DeliveryLink>,
    leadership: Arc<Leadership>,
    /// The writer's thread, once it was started.
    writer: OnceLock<Ended>,
}

impl Store {
    /// Opens the file, or with `own` that very file. Changes are written from [`Store::begin_to_write`] on. Call inside the gate.
    pub(crate) fn open(
        config: &Config,
        own: Option<&Arc<OwnFile>>,
        link: &Arc<DeliveryLink>,
    ) -> Result<Self> {
        let file = SqliteFile::open(config, own)?;
        // By the connection that writes: a reader that is kept from here on would hold on to a log that is removed.
        fork::lock(&file.writer).as_ref().map_or(Ok(()), moved::check)?;
        fork::register(Arc::downgrade(&file) as _);
        let leadership = Arc::new(Leadership::new(file.path()));
        fork::register(Arc::downgrade(&leadership) as _);
        Ok(Self {
            queue: Arc::new(Queue::new(config.memory_budget_bytes)),
            committer: Arc::new(Committer::new(file.clone(), link.clone())),
            link: link.clone(),
            leadership,
            file,
            writer: OnceLock::new(),
        })
    }

    /// Starts the writer's thread. Called once.
    pub(crate) fn begin_to_write(&self) -> Result<()> {
        let writer =
            Writer::new(self.file.clone(), self.queue.clone(), self.link.clone(), self.committer.clone());
        let thread = threads::start("hookbridge-writer", move || writer.run())?;
        let _ = self.writer.set(thread);
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Commits one step.
    fn change_one<S: Step>(&self, step: S) -> Result<S::Answer> {
        change::commit_one(&self.queue, step)
    }
}

/// The row of the endpoint that a filter names; `None` where it names none.
fn endpoint_row(
    connection: &Connection,
    endpoint: Option<&EndpointId>,
) -> rusqlite::Result<Result<Option<i64>>> {
    let Some(id) = endpoint else { return Ok(Ok(None)) };
    Ok(stored::live_seq(connection, id)?.map(Some).ok_or_else(endpoint_not_found))
}

impl Outbox for Store {
    fn check_writable(&self) -> Result<()> {
        if self.committer.has_just_committed() {
            return Ok(());
        }
        self.change_one(Note)
    }

    fn nudge(&self) {
        self.queue.nudge();
    }

    fn refuse_changes(&self) {
        self.queue.close();
    }

    fn close(&self, deadline: Instant) -> bool {
        self.refuse_changes();
        let deadline = deadline.max(Instant::now() + WRITER_PATIENCE);
        let written = self.writer.get().is_none_or(|writer| writer.wait(deadline));
        if written {
            self.committer.wait_for_folding(deadline);
            self.file.close(deadline);
        }
        written
    }
}
