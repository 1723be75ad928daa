//! Endpoints as a store keeps them.

use crate::error::Result;
use crate::model::endpoint::Endpoint;
use crate::model::ids::EndpointId;
use crate::outbox::page::Cursor;

/// The endpoints of an outbox. One that was deleted is unknown.
pub(crate) trait Endpoints: Send + Sync {
    fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>>;

    /// At most `limit` endpoints behind `after`, newest first, and where they ended if there are more.
    fn endpoints(&self, after: Option<Cursor>, limit: usize) -> Result<(Vec<Endpoint>, Option<Cursor>)>;
}
