//! Endpoints as a store keeps them.

use crate::error::Result;
use crate::model::endpoint::Endpoint;
use crate::model::ids::{EndpointId, SigningKeyId};
use crate::model::signing_key::{SigningKey, SigningSecret};
use crate::model::timestamp::Timestamp;
use crate::outbox::command::{EndpointChange, KeyChange};
use crate::outbox::page::Cursor;

/// A key with its secret.
#[derive(Clone)]
pub(crate) struct StoredKey {
    pub id: SigningKeyId,
    pub secret: SigningSecret,
    pub created_at: Timestamp,
}

impl StoredKey {
    pub(crate) fn listed(&self) -> SigningKey {
        SigningKey { id: self.id, key_hint: self.secret.hint().to_owned(), created_at: self.created_at }
    }
}

/// What came of a change.
#[derive(Debug)]
pub(crate) struct ChangedEndpoint {
    /// As it is now, or was when it was deleted.
    pub endpoint: Endpoint,
    /// How many messages that were due and held go on.
    pub let_go: u64,
}

/// The endpoints of an outbox. One that was deleted is unknown.
pub(crate) trait Endpoints: Send + Sync {
    fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>>;

    /// At most `limit` endpoints behind `after`, newest first, and where they ended if there are more.
    fn endpoints(&self, after: Option<Cursor>, limit: usize) -> Result<(Vec<Endpoint>, Option<Cursor>)>;

    /// Makes an endpoint with its first key.
    fn create_endpoint(&self, endpoint: Endpoint, key: StoredKey) -> Result<()>;

    /// # Errors
    /// `ENDPOINT_NOT_FOUND`
    fn change_endpoint(&self, id: &EndpointId, change: EndpointChange) -> Result<ChangedEndpoint>;

    /// Makes a key or deletes one.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND`, and what [`KeyChange::decide`] refuses.
    fn change_signing_keys(&self, id: &EndpointId, change: KeyChange) -> Result<()>;

    /// The signing keys of an endpoint, oldest first: the order in which they sign.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND`
    fn signing_keys(&self, id: &EndpointId) -> Result<Vec<StoredKey>>;
}
