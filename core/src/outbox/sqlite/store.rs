//! The outbox that is one SQLite file, as whoever is above the store sees it.

use std::sync::Arc;

use super::{SqliteFile, api_keys, changes};
use crate::error::Result;
use crate::outbox::Outbox;
use crate::outbox::api_keys::{ApiKeys, Revision, StoredApiKey};

/// Reads the file.
pub(crate) struct Store {
    file: Arc<SqliteFile>,
}

impl Store {
    pub(crate) fn new(file: Arc<SqliteFile>) -> Self {
        Self { file }
    }
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
