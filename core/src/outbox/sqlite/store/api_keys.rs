//! API keys of the file.

use super::Store;
use crate::error::Result;
use crate::outbox::api_keys::{ApiKeys, Revision, StoredApiKey};
use crate::outbox::sqlite::{api_keys, changes};

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
