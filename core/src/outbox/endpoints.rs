//! Endpoints as a store keeps them.

use crate::error::Result;
use crate::model::endpoint::Endpoint;
use crate::model::ids::{EndpointId, SigningKeyId};
use crate::model::signing_key::{SigningKey, SigningSecret};
use crate::model::timestamp::Timestamp;
use crate::outbox::page::Cursor;

/// A key with its secret.
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

/// The endpoints of an outbox. One that was deleted is unknown.
pub(crate) trait Endpoints: Send + Sync {
    fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>>;

    /// At most `limit` endpoints behind `after`, newest first, and where they ended if there are more.
    fn endpoints(&self, after: Option<Cursor>, limit: usize) -> Result<(Vec<Endpoint>, Option<Cursor>)>;

    /// The signing keys of an endpoint, oldest first: the order in which they sign.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND`
    fn signing_keys(&self, id: &EndpointId) -> Result<Vec<StoredKey>>;
}
