//! API keys as a store keeps them.

use crate::error::Result;
use crate::model::api_key::ApiKey;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;

/// A key and what it is recognised by. The key itself is never stored.
#[derive(Clone)]
pub(crate) struct StoredApiKey {
    pub sha256: [u8; 32],
    pub listed: ApiKey,
}

/// Rises with every edit of the outbox, whichever process makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Revision(pub i64);

/// The API keys of an outbox.
pub(crate) trait ApiKeys: Send + Sync {
    /// Every key, oldest first.
    fn api_keys(&self) -> Result<Vec<StoredApiKey>>;

    /// Whether there is any key.
    fn has_api_keys(&self) -> Result<bool>;

    /// As long as it stays the same, so do the keys.
    fn revision(&self) -> Result<Revision>;

    /// Adds a key where it is not there yet; the id under which it is there.
    fn add_api_key(&self, key: StoredApiKey) -> Result<ApiKeyId>;

    /// False where there is no such key.
    fn delete_api_key(&self, id: ApiKeyId) -> Result<bool>;

    /// Notes that a key was used. Nobody waits for it, and it may be lost.
    fn api_key_used(&self, id: ApiKeyId, at: Timestamp);
}
