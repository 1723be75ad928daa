//! Creating and deleting signing keys.

use super::{Applied, Step};
use crate::error::{Result, endpoint_not_found};
use crate::model::ids::EndpointId;
use crate::outbox::change::Change;
use crate::outbox::command::{KeyChange, KeyDecision};
use crate::outbox::link::Notice;
use crate::outbox::rows::LaneKey;
use crate::outbox::sqlite::writer::WriteContext;
use crate::outbox::sqlite::{endpoints, signing_keys};

pub(in crate::outbox::sqlite) struct ChangeKeys {
    pub endpoint: EndpointId,
    pub change: KeyChange,
}

impl Step for ChangeKeys {
    type Answer = ();

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<()>>> {
        let connection = context.connection;
        let Some(row) = endpoints::live_seq(connection, &self.endpoint)? else {
            return Ok(Err(endpoint_not_found()));
        };
        match self.change.decide(&signing_keys::of_endpoint(connection, row)?) {
            Ok(KeyDecision::Insert(key)) => signing_keys::insert(connection, row, key)?,
            Ok(KeyDecision::Delete(id)) => signing_keys::delete(connection, row, &id)?,
            Err(refused) => return Ok(Err(refused)),
        }
        Ok(Ok(Applied {
            answer: (),
            edited: Some(Change::Endpoint(LaneKey(row))),
            notices: vec![Notice::EndpointChanged(LaneKey(row))],
        }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        // The endpoint may have been deleted after this step.
        let Some(row) = endpoints::live_seq(context.connection, &self.endpoint)? else { return Ok(true) };
        let known = signing_keys::of_endpoint(context.connection, row)?;
        Ok(match &self.change {
            KeyChange::Create(key) => known.iter().any(|known| known.id == key.id),
            KeyChange::Delete(id) => !known.iter().any(|known| Some(known.id) == *id),
        })
    }
}
