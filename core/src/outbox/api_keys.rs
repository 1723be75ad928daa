//! The API keys of an outbox.

use crate::error::Result;
use crate::model::api_key::ApiKey;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;

/// A stored key: its SHA-256, by which it is recognised, and what `api_keys.list` shows. The key itself is never stored.
#[derive(Clone)]
pub(crate) struct StoredApiKey {
    pub sha256: [u8; 32],
    pub listed: ApiKey,
}

/// A number that rises with every change of endpoints, keys and due times, by any process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Revision(pub i64);

/// The API keys of an outbox.
pub(crate) trait ApiKeys: Send + Sync {
    /// Every key, oldest first.
    fn api_keys(&self) -> Result<Vec<StoredApiKey>>;

    /// Whether there is any key.
    fn has_api_keys(&self) -> Result<bool>;

    /// The revision. While it stays the same, so do the keys.
    fn revision(&self) -> Result<Revision>;

    /// Adds a key unless the outbox has it already. Returns the id under which it is stored.
    fn add_api_key(&self, key: StoredApiKey) -> Result<ApiKeyId>;

    /// Deletes a key. False where there is none.
    fn delete_api_key(&self, id: ApiKeyId) -> Result<bool>;

    /// Notes that a key was used. The caller does not wait for the write, which may be lost.
    fn api_key_used(&self, id: ApiKeyId, at: Timestamp);
}
