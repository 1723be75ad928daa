//! The endpoints of an outbox, and their signing keys.

use crate::error::Result;
use crate::model::endpoint::Endpoint;
use crate::model::ids::{EndpointId, SigningKeyId};
use crate::model::signing_key::{SigningKey, SigningSecret};
use crate::model::timestamp::Timestamp;
use crate::outbox::command::{EndpointChange, KeyChange};
use crate::outbox::page::Cursor;

/// A signing key with its secret.
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

/// The result of a change.
#[derive(Debug)]
pub(crate) struct ChangedEndpoint {
    /// The changed endpoint; after a delete, the endpoint as it was before.
    pub endpoint: Endpoint,
    /// How many due messages a resume has released.
    pub messages_released: u64,
}

/// The endpoints of an outbox. A deleted endpoint is unknown.
pub(crate) trait Endpoints: Send + Sync {
    fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>>;

    /// At most `limit` endpoints behind `after`, newest first, of one tenant or of all, and the cursor for the next if there are
    /// more.
    fn endpoints(
        &self,
        tenant: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<Endpoint>, Option<Cursor>)>;

    /// Creates an endpoint with its first key.
    fn create_endpoint(&self, endpoint: Endpoint, key: StoredKey) -> Result<()>;

    /// # Errors
    /// `ENDPOINT_NOT_FOUND`
    fn change_endpoint(&self, id: &EndpointId, change: EndpointChange) -> Result<ChangedEndpoint>;

    /// Creates or deletes a signing key.
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
