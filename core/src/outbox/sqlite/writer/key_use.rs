//! Noting that an API key was used. Nobody waits for it.

use super::{AfterCommit, Job, WriteContext};
use crate::error::Error;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::sqlite::api_keys;

/// The job that notes one use.
pub(crate) struct KeyUse {
    id: ApiKeyId,
    at: Timestamp,
}

impl KeyUse {
    pub(crate) fn new(id: ApiKeyId, at: Timestamp) -> Box<Self> {
        Box::new(Self { id, at })
    }
}

impl Job for KeyUse {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        api_keys::used(context.connection, &self.id, self.at)
    }

    fn finish(self: Box<Self>, _committed: std::result::Result<(), &Error>, _after: &mut AfterCommit<'_>) {}

    fn is_patient(&self) -> bool {
        true
    }
}
