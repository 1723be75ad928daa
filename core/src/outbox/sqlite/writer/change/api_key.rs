//! Adding and deleting API keys.

use rusqlite::Connection;

use super::{Applied, Step};
use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::outbox::api_keys::StoredApiKey;
use crate::outbox::change::Change;
use crate::outbox::sqlite::api_keys;
use crate::outbox::sqlite::writer::WriteContext;

fn is_there(connection: &Connection, id: ApiKeyId) -> rusqlite::Result<bool> {
    Ok(api_keys::list(connection)?.iter().any(|key| key.listed.key_id == id))
}

/// Adds a key unless the outbox has it already. Answers the id under which it is stored.
pub(in crate::outbox::sqlite) struct AddApiKey(pub StoredApiKey);

impl Step for AddApiKey {
    type Answer = ApiKeyId;

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<ApiKeyId>>> {
        let edited = api_keys::insert(context.connection, &self.0)?.then_some(Change::ApiKeys);
        let answer = api_keys::by_hash(context.connection, &self.0.sha256)?;
        Ok(Ok(Applied { answer, edited, notices: Vec::new() }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        is_there(context.connection, self.0.listed.key_id)
    }
}

/// Deletes a key. Answers false where there is none.
pub(in crate::outbox::sqlite) struct DeleteApiKey {
    id: ApiKeyId,
    deleted: bool,
}

impl DeleteApiKey {
    pub(in crate::outbox::sqlite) fn new(id: ApiKeyId) -> Self {
        Self { id, deleted: false }
    }
}

impl Step for DeleteApiKey {
    type Answer = bool;

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<bool>>> {
        self.deleted = api_keys::delete(context.connection, &self.id)?;
        let edited = self.deleted.then_some(Change::ApiKeys);
        Ok(Ok(Applied { answer: self.deleted, edited, notices: Vec::new() }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(self.deleted && !is_there(context.connection, self.id)?)
    }
}
