//! Creating and changing one endpoint.

use super::{Applied, Step};
use crate::error::{Result, endpoint_not_found};
use crate::model::endpoint::Endpoint;
use crate::model::ids::EndpointId;
use crate::outbox::change::Change;
use crate::outbox::command::EndpointChange;
use crate::outbox::endpoints::{ChangedEndpoint, StoredKey};
use crate::outbox::link::Notice;
use crate::outbox::rows::LaneKey;
use crate::outbox::sqlite::endpoints::{self, StoredEndpoint};
use crate::outbox::sqlite::signing_keys;
use crate::outbox::sqlite::writer::WriteContext;

/// Creates an endpoint with its first key.
pub(in crate::outbox::sqlite) struct CreateEndpoint {
    pub endpoint: Endpoint,
    pub key: StoredKey,
}

impl Step for CreateEndpoint {
    type Answer = ();

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<()>>> {
        let row = endpoints::insert(context.connection, &self.endpoint)?;
        signing_keys::insert(context.connection, row, &self.key)?;
        Ok(Ok(Applied {
            answer: (),
            edited: Some(Change::Endpoint(LaneKey(row))),
            notices: vec![Notice::EndpointChanged(LaneKey(row))],
        }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(endpoints::live_seq(context.connection, &self.endpoint.id)?.is_some())
    }
}

pub(in crate::outbox::sqlite) struct ChangeEndpoint {
    id: EndpointId,
    change: EndpointChange,
    /// The endpoint that the last run wrote. After a delete, the endpoint as it was before.
    left: Option<Endpoint>,
}

impl ChangeEndpoint {
    pub(in crate::outbox::sqlite) fn new(id: EndpointId, change: EndpointChange) -> Self {
        Self { id, change, left: None }
    }
}

impl Step for ChangeEndpoint {
    type Answer = ChangedEndpoint;

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<ChangedEndpoint>>> {
        self.left = None;
        let (connection, now) = (context.connection, context.now);
        let Some(StoredEndpoint { seq, endpoint }) = endpoints::find(connection, &self.id)? else {
            return Ok(Err(endpoint_not_found()));
        };
        let releases_messages = self.change.releases_messages(&endpoint);
        let endpoint = match self.change.decide(&endpoint, now) {
            Some(becomes) => {
                let becomes = StoredEndpoint { seq, endpoint: becomes };
                endpoints::update(connection, &becomes)?;
                becomes.endpoint
            }
            None => {
                endpoints::delete(connection, seq, now)?;
                endpoint
            }
        };
        let messages_released =
            if releases_messages { endpoints::count_due(connection, seq, now)? } else { 0 };
        self.left = Some(endpoint.clone());
        let answer = ChangedEndpoint { endpoint, messages_released };
        Ok(Ok(Applied {
            answer,
            edited: Some(Change::Endpoint(LaneKey(seq))),
            notices: vec![Notice::EndpointChanged(LaneKey(seq))],
        }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        let Some(left) = &self.left else { return Ok(false) };
        Ok(match endpoints::find(context.connection, &self.id)? {
            // This step deleted it, or a later one.
            None => true,
            Some(found) => match self.change {
                EndpointChange::Delete => false,
                EndpointChange::Update(_) => found.endpoint == *left,
                EndpointChange::Pause | EndpointChange::Resume => {
                    // A row of this very transaction was written by an earlier step, which ran anew.
                    let at = found.endpoint.updated_at;
                    found.endpoint == *left || (left.updated_at <= at && at < context.now)
                }
            },
        })
    }
}
