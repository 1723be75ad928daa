//! The outbox that is one SQLite file, as whoever is above the store sees it: each trait in a file of its own.

mod api_keys;
mod endpoints;
mod exports;
mod figures;
mod messages;

use std::sync::Arc;

use rusqlite::Connection;

use super::writer::WriteContext;
use super::writer::edit::{self, Edited};
use super::writer::queue::Queue;
use super::{SqliteFile, endpoints as stored};
use crate::error::{Result, endpoint_not_found};
use crate::model::ids::EndpointId;
use crate::outbox::Outbox;

/// Reads the file, and has its writer change it.
pub(crate) struct Store {
    file: Arc<SqliteFile>,
    queue: Arc<Queue>,
}

impl Store {
    pub(crate) fn new(file: Arc<SqliteFile>, queue: Arc<Queue>) -> Self {
        Self { file, queue }
    }

    /// Runs `change` in the writer's transaction and waits for the commit. It may run more than once.
    fn edit<T: Send + 'static>(
        &self,
        change: impl FnMut(&mut WriteContext<'_>) -> rusqlite::Result<Result<Edited<T>>> + Send + 'static,
    ) -> Result<T> {
        edit::commit(&self.queue, change)
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

impl Outbox for Store {}
