//! The API keys.

use super::Memory;
use super::job::Applied;
use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::{ApiKeys, Revision, StoredApiKey};
use crate::outbox::change::Change;

impl ApiKeys for Memory {
    fn api_keys(&self) -> Result<Vec<StoredApiKey>> {
        self.read("api_keys", |rows| rows.api_keys.committed().values().cloned().collect())
    }

    fn has_api_keys(&self) -> Result<bool> {
        self.read("has_api_keys", |rows| !rows.api_keys.committed().is_empty())
    }

    fn revision(&self) -> Result<Revision> {
        self.read("revision", |rows| Revision(rows.revision()))
    }

    fn add_api_key(&self, key: StoredApiKey) -> Result<ApiKeyId> {
        self.change_and_wait("add_api_key", move |transaction| {
            let keys = &mut transaction.rows.api_keys;
            let known = keys.range(..).find(|(_, known)| known.sha256 == key.sha256);
            if let Some(id) = known.map(|(_, known)| known.listed.key_id) {
                return Ok(Applied::quietly(id));
            }
            let row = keys.last_key().map_or(1, |last| last + 1);
            keys.put(row, key.clone());
            Ok(Applied { edited: vec![Change::ApiKeys], ..Applied::quietly(key.listed.key_id) })
        })
    }

    fn delete_api_key(&self, id: ApiKeyId) -> Result<bool> {
        self.change_and_wait("delete_api_key", move |transaction| {
            let keys = &mut transaction.rows.api_keys;
            let Some(row) = row_of(keys.range(..), id) else { return Ok(Applied::quietly(false)) };
            keys.delete(row);
            Ok(Applied { edited: vec![Change::ApiKeys], ..Applied::quietly(true) })
        })
    }

    fn api_key_used(&self, id: ApiKeyId, at: Timestamp) {
        self.begin_to_change("api_key_used", move |transaction| {
            let keys = &mut transaction.rows.api_keys;
            if let Some(key) = row_of(keys.range(..), id).and_then(|row| keys.get_mut(&row)) {
                key.listed.last_used_at = key.listed.last_used_at.max(Some(at));
            }
            Ok(Applied::quietly(()))
        });
    }
}

fn row_of<'a>(keys: impl Iterator<Item = (&'a i64, &'a StoredApiKey)>, id: ApiKeyId) -> Option<i64> {
    keys.filter(|(_, key)| key.listed.key_id == id).map(|(row, _)| *row).next()
}
