//! API keys of the file.

use super::Store;
use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::{ApiKeys, Revision, StoredApiKey};
use crate::outbox::sqlite::writer::change::{AddApiKey, DeleteApiKey};
use crate::outbox::sqlite::writer::key_use::KeyUse;
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

    fn add_api_key(&self, key: StoredApiKey) -> Result<ApiKeyId> {
        self.change_one(AddApiKey(key))
    }

    fn delete_api_key(&self, id: ApiKeyId) -> Result<bool> {
        self.change_one(DeleteApiKey::new(id))
    }

    fn api_key_used(&self, id: ApiKeyId, at: Timestamp) {
        // Refused only where the engine is closed.
        let _ = self.queue.put_now(KeyUse::new(id, at));
    }
}
