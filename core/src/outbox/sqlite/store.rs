//! The outbox that is one SQLite file, as whoever is above the store sees it.

use std::sync::Arc;

use rusqlite::Connection;

use super::{SqliteFile, api_keys, changes, due, endpoints, metrics, statistics};
use crate::error::{Result, endpoint_not_found};
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::api_keys::{ApiKeys, Revision, StoredApiKey};
use crate::outbox::figures::{Buckets, Counters, Counts, Figures};

/// Reads the file.
pub(crate) struct Store {
    file: Arc<SqliteFile>,
}

impl Store {
    pub(crate) fn new(file: Arc<SqliteFile>) -> Self {
        Self { file }
    }
}

/// The row of the endpoint that a reader asks about, where it asks about one.
fn endpoint_row(
    connection: &Connection,
    endpoint: Option<&EndpointId>,
) -> rusqlite::Result<Result<Option<i64>>> {
    let Some(id) = endpoint else { return Ok(Ok(None)) };
    Ok(endpoints::live_seq(connection, id)?.map(Some).ok_or_else(endpoint_not_found))
}

impl Outbox for Store {}

impl ApiKeys for Store {
    fn api_keys(&self) -> Result<Vec<StoredApiKey>> {
        self.file.read(api_keys::list)
    }

    fn has_api_keys(&self) -> Result<bool> {
        self.file.read(api_keys::any)
    }

    fn revision(&self) -> Result<Revision> {
        self.file.read(changes::revision).map(Revision)
    }
}

impl Figures for Store {
    fn counts(&self, now: Timestamp) -> Result<Counts> {
        self.file.read(|connection| statistics::counts(connection, now))
    }

    fn counters(&self, buckets: Buckets, endpoint: Option<&EndpointId>) -> Result<Vec<Counters>> {
        self.file.read(|connection| {
            Ok(match endpoint_row(connection, endpoint)? {
                Ok(row) => Ok(metrics::buckets(connection, buckets, row)?),
                Err(unknown) => Err(unknown),
            })
        })?
    }

    fn anything_due(&self, now: Timestamp) -> Result<bool> {
        self.file.read(|connection| due::anything_due(connection, now))
    }

    fn bytes_on_disk(&self) -> u64 {
        self.file.bytes_on_disk()
    }
}
