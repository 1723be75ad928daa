//! The endpoints of the file.

use super::Store;
use crate::error::{Result, endpoint_not_found};
use crate::model::endpoint::Endpoint;
use crate::model::ids::EndpointId;
use crate::outbox::command::{EndpointChange, KeyChange};
use crate::outbox::endpoints::{ChangedEndpoint, Endpoints, StoredKey};
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::writer::change::{ChangeEndpoint, ChangeKeys, CreateEndpoint};
use crate::outbox::sqlite::{endpoints, signing_keys};

impl Endpoints for Store {
    fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>> {
        let found = self.file.read(|connection| endpoints::find(connection, id))?;
        Ok(found.map(|stored| stored.endpoint))
    }

    fn endpoints(
        &self,
        tenant: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<Endpoint>, Option<Cursor>)> {
        let before = after.map_or(i64::MAX, |Cursor(row)| row);
        let mut found =
            self.file.read(|connection| endpoints::list(connection, before, tenant, limit + 1))?;
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

    fn create_endpoint(&self, endpoint: Endpoint, key: StoredKey) -> Result<()> {
        self.change_one(CreateEndpoint { endpoint, key })
    }

    fn change_endpoint(&self, id: &EndpointId, change: EndpointChange) -> Result<ChangedEndpoint> {
        self.change_one(ChangeEndpoint::new(*id, change))
    }

    fn change_signing_keys(&self, id: &EndpointId, change: KeyChange) -> Result<()> {
        self.change_one(ChangeKeys { endpoint: *id, change })
    }
}
