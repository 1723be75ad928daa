//! The index of subscriptions, kept in step with the file: only endpoints that changed are read again.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::{changes, endpoints};
use crate::outbox::change::Change;
use crate::outbox::rows::LaneKey;
use crate::outbox::subscriptions::Subscriptions;

/// The subscriptions as the writer has them.
#[derive(Default)]
pub(crate) struct KnownSubscriptions {
    index: Subscriptions,
    /// The revision that the index was read at; `None` before it was read.
    revision: Option<i64>,
}

impl KnownSubscriptions {
    /// The index, as it was read last.
    pub(crate) fn index(&self) -> &Subscriptions {
        &self.index
    }

    /// Reads what changed since the last time. `pending` are the changes of the open transaction. Where that is not
    /// committed, this must be forgotten.
    pub(crate) fn read(
        &mut self,
        connection: &Connection,
        pending: &BTreeSet<Change>,
    ) -> rusqlite::Result<()> {
        let now = changes::revision(connection)?;
        let since = match self.revision {
            Some(revision) if revision == now => Some(Vec::new()),
            Some(revision) => changes::between(connection, revision, now)?,
            None => None,
        };
        match since {
            Some(since) => {
                for change in since.iter().chain(pending) {
                    if let Change::Endpoint(lane) = change {
                        self.read_one(connection, *lane)?;
                    }
                }
            }
            None => {
                self.index = Subscriptions::default();
                endpoints::each_live(connection, &mut |stored| {
                    self.index.set(LaneKey(stored.seq), Some(&stored.endpoint));
                })?;
            }
        }
        self.revision = Some(now);
        Ok(())
    }

    fn read_one(&mut self, connection: &Connection, lane: LaneKey) -> rusqlite::Result<()> {
        let stored = endpoints::live_of_lane(connection, lane.0)?;
        self.index.set(lane, stored.as_ref().map(|stored| &stored.endpoint));
        Ok(())
    }
}
