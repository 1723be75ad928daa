//! Endpoints of the file.

use super::Store;
use crate::error::{Result, endpoint_not_found};
use crate::model::endpoint::Endpoint;
use crate::model::ids::EndpointId;
use crate::outbox::endpoints::{Endpoints, StoredKey};
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::{endpoints, signing_keys};

impl Endpoints for Store {
    fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>> {
        let found = self.file.read(|connection| endpoints::find(connection, id))?;
        Ok(found.map(|stored| stored.endpoint))
    }

    fn endpoints(&self, after: Option<Cursor>, limit: usize) -> Result<(Vec<Endpoint>, Option<Cursor>)> {
        let before = after.map_or(i64::MAX, |Cursor(row)| row);
        let mut found = self.file.read(|connection| endpoints::list(connection, before, limit + 1))?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| Cursor(last.seq));
        Ok((found.into_iter().map(|stored| stored.endpoint).collect(), next))
    }

    fn signing_keys(&self, id: &EndpointId) -> Result<Vec<StoredKey>> {
        self.file.read(|connection| match endpoints::live_seq(connection, id)? {
            Some(seq) => signing_keys::of_endpoint(connection, seq).map(Ok),
            None => Ok(Err(endpoint_not_found())),
        })?
    }
}
