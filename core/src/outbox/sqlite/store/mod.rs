//! The outbox that is one SQLite file, as whoever is above the store sees it: each trait in a file of its own.

mod api_keys;
mod endpoints;
mod exports;
mod figures;
mod messages;

use std::sync::Arc;

use rusqlite::Connection;

use super::writer::change::{self, Note, Step};
use super::writer::commit::Committer;
use super::writer::queue::Queue;
use super::{SqliteFile, endpoints as stored};
use crate::error::{Result, endpoint_not_found};
use crate::model::ids::EndpointId;
use crate::outbox::Outbox;

/// Reads the file, and has its writer change it.
pub(crate) struct Store {
    file: Arc<SqliteFile>,
    queue: Arc<Queue>,
    committer: Arc<Committer>,
}

impl Store {
    pub(crate) fn new(file: Arc<SqliteFile>, queue: Arc<Queue>, committer: Arc<Committer>) -> Self {
        Self { file, queue, committer }
    }

    /// Has one step written and waits for the commit.
    fn change_one<S: Step>(&self, step: S) -> Result<S::Answer> {
        change::commit_one(&self.queue, step)
    }
}

/// The row of the endpoint that a reader asks about, where it asks about one.
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
}
