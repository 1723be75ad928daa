//! Messages of the file.

use super::{Store, endpoint_row};
use crate::error::Result;
use crate::outbox::messages::{Filter, Listing, Messages, Order};
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::listing;

impl Messages for Store {
    fn page(&self, filter: &Filter, order: Order, after: Option<Cursor>, limit: usize) -> Result<Listing> {
        self.file.read(|connection| {
            let endpoint_seq = match endpoint_row(connection, filter.endpoint.as_ref())? {
                Ok(seq) => seq,
                Err(unknown) => return Ok(Err(unknown)),
            };
            let rows = listing::Filter {
                endpoint_seq,
                statuses: filter.statuses.clone(),
                created_from: filter.created_from,
                created_before: filter.created_before,
                without_deleted: filter.without_deleted,
                among: filter.among.as_ref().map(|keys| keys.iter().map(|key| key.0).collect()),
            };
            listing::page(connection, &rows, order, after, limit).map(Ok)
        })?
    }
}
