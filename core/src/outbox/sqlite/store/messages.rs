//! The messages of the file.

use std::time::Duration;

use super::{Store, endpoint_row};
use crate::error::Result;
use crate::model::attempt::Attempt;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::command::MessageCommand;
use crate::outbox::messages::{
    Changed, DeadLetter, Filter, Found, Front, Listing, Messages, Order, StoredPayload,
};
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::writer::change::{self, MessageStep};
use crate::outbox::sqlite::{attempts, dead_letters, listing, messages, ordering};

impl Store {
    /// How long a payload without an expiry of its own is kept.
    fn kept(&self) -> Duration {
        self.file.config.payload_retention
    }
}

impl Messages for Store {
    fn message(&self, id: &MessageId) -> Result<Option<Found>> {
        self.file.read(|connection| messages::find(connection, id, self.kept()))
    }

    fn payload(&self, id: &MessageId) -> Result<Option<(Found, Option<StoredPayload>)>> {
        self.file.read(|connection| {
            let snapshot = connection.unchecked_transaction()?;
            let Some(found) = messages::find(&snapshot, id, self.kept())? else { return Ok(None) };
            let payload = messages::payload(&snapshot, found.key.0)?;
            Ok(Some((found, payload)))
        })
    }

    fn accepted_at(&self, Cursor(row): Cursor) -> Result<Option<Timestamp>> {
        self.file.read(|connection| messages::created_at(connection, row))
    }

    fn ahead(&self, found: &Found, now: Timestamp, most: u64) -> Result<u64> {
        self.file.read(|connection| messages::ahead(connection, found, now, most))
    }

    fn front(&self, found: &Found, most: u64) -> Result<Option<Front>> {
        self.file.read(|connection| ordering::front(connection, found.key.0, most))
    }

    fn attempts(&self, id: &MessageId, limit: usize) -> Result<(Vec<Attempt>, bool)> {
        self.file.read(|connection| match messages::find(connection, id, self.kept())? {
            Some(found) => attempts::of_message(connection, found.key.0, id, limit),
            None => Ok((Vec::new(), false)),
        })
    }

    fn page(&self, filter: &Filter, order: Order, after: Option<Cursor>, limit: usize) -> Result<Listing> {
        self.file.read(|connection| {
            let endpoint_seq = match endpoint_row(connection, filter.endpoint.as_ref())? {
                Ok(seq) => seq,
                Err(unknown) => return Ok(Err(unknown)),
            };
            let rows = listing::Rows { endpoint_seq, filter };
            listing::page(connection, &rows, order, after, limit).map(Ok)
        })?
    }

    fn dead_letters(
        &self,
        endpoint: Option<&EndpointId>,
        after: Option<Cursor>,
        limit: usize,
        each: &mut dyn FnMut(DeadLetter),
    ) -> Result<Option<Cursor>> {
        self.file.read(|connection| match endpoint_row(connection, endpoint)? {
            Ok(seq) => dead_letters::read(connection, seq, after, limit, each).map(Ok),
            Err(unknown) => Ok(Err(unknown)),
        })?
    }

    fn change(&self, ids: &[MessageId], command: MessageCommand) -> Result<Vec<Result<Changed>>> {
        let kept = self.kept();
        change::commit(&self.queue, ids.iter().map(|id| MessageStep::new(*id, command, kept)))
    }
}
