//! The endpoints and their signing keys.

use super::job::{Applied, Pending};
use super::transaction::Transaction;
use super::{Memory, Rows, wait};
use crate::error::{Result, endpoint_not_found};
use crate::model::endpoint::Endpoint;
use crate::model::ids::EndpointId;
use crate::model::ordering::OnFailure;
use crate::outbox::change::Change;
use crate::outbox::command::{EndpointChange, KeyChange, KeyDecision};
use crate::outbox::endpoints::{ChangedEndpoint, Endpoints, StoredKey};
use crate::outbox::link::Notice;
use crate::outbox::page::Cursor;
use crate::outbox::rows::{LaneKey, MessageKey};

/// A change of an endpoint's row, with the notice for the loop and for other processes.
fn edited<A>(lane: LaneKey, answer: A) -> Applied<A> {
    Applied { answer, edited: vec![Change::Endpoint(lane)], notices: vec![Notice::EndpointChanged(lane)] }
}

/// The number of due messages of a lane.
fn count_due(transaction: &Transaction<'_>, lane: LaneKey) -> u64 {
    let now = transaction.due_time();
    let due = (lane, -now, MessageKey(i64::MIN))..=(lane, now, MessageKey(i64::MAX));
    transaction.rows.waiting.range(due).count() as u64
}

fn change(
    transaction: &mut Transaction<'_>,
    id: &EndpointId,
    change: &EndpointChange,
) -> Result<Applied<ChangedEndpoint>> {
    let now = transaction.now;
    let (lane, stored) = transaction.rows.live_endpoint(id).ok_or_else(endpoint_not_found)?;
    let releases_messages = change.releases_messages(&stored.endpoint);
    let endpoint = match change.decide(&stored.endpoint, now) {
        Some(becomes) => {
            stored.endpoint = becomes.clone();
            becomes
        }
        None => {
            let was = stored.endpoint.clone();
            // Its accepted messages are still delivered, and nobody could resume it any more.
            (stored.endpoint.paused, stored.endpoint.updated_at, stored.deleted_at) = (false, now, Some(now));
            was
        }
    };
    let messages_released = if releases_messages { count_due(transaction, lane) } else { 0 };
    Ok(edited(lane, ChangedEndpoint { endpoint, messages_released }))
}

fn change_keys(
    transaction: &mut Transaction<'_>,
    id: &EndpointId,
    change: &KeyChange,
) -> Result<Applied<()>> {
    let (lane, stored) = transaction.rows.live_endpoint(id).ok_or_else(endpoint_not_found)?;
    match change.decide(&stored.keys)? {
        KeyDecision::Insert(key) => stored.keys.push(key.clone()),
        KeyDecision::Delete(id) => stored.keys.retain(|key| key.id != id),
    }
    Ok(edited(lane, ()))
}

impl Rows {
    /// Whether an ordering key of the lane waits for a person once one of its messages was given up.
    pub(super) fn halts(&self, lane: LaneKey) -> bool {
        self.endpoints.get(&lane).is_some_and(|stored| stored.endpoint.on_failure == Some(OnFailure::Halt))
    }

    pub(super) fn live(&self, id: &EndpointId) -> Option<&super::StoredEndpoint> {
        self.endpoints().get(&self.lane_of(id)?)
    }
}

impl Memory {
    /// Queues a change of an endpoint without waiting for it.
    pub(crate) fn begin_change_endpoint(
        &self,
        id: EndpointId,
        command: EndpointChange,
    ) -> Pending<ChangedEndpoint> {
        self.begin_to_change("change_endpoint", move |transaction| change(transaction, &id, &command))
    }
}

impl Endpoints for Memory {
    fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>> {
        self.read("endpoint", |rows| rows.live(id).map(|stored| stored.endpoint.clone()))
    }

    fn endpoints(
        &self,
        tenant: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<Endpoint>, Option<Cursor>)> {
        let before = LaneKey(after.map_or(i64::MAX, |Cursor(row)| row));
        self.read("endpoints", |rows| {
            let live = rows.endpoints().range(..before).rev().filter(|(_, row)| row.deleted_at.is_none());
            let live = live.filter(|(_, row)| tenant.is_none() || row.endpoint.tenant.as_deref() == tenant);
            let mut found: Vec<_> = live.take(limit + 1).collect();
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|(lane, _)| Cursor(lane.0));
            (found.into_iter().map(|(_, stored)| stored.endpoint.clone()).collect(), next)
        })
    }

    fn create_endpoint(&self, endpoint: Endpoint, key: StoredKey) -> Result<()> {
        self.change_and_wait("create_endpoint", move |transaction| {
            if transaction.rows.any_lane_of(&endpoint.id).is_some() {
                return Err(transaction.is_not_unique("an endpoint"));
            }
            let lane = transaction.rows.insert_endpoint(endpoint.clone(), vec![key.clone()]);
            Ok(edited(lane, ()))
        })
    }

    fn change_endpoint(&self, id: &EndpointId, change: EndpointChange) -> Result<ChangedEndpoint> {
        wait(&self.begin_change_endpoint(*id, change))
    }

    fn change_signing_keys(&self, id: &EndpointId, change: KeyChange) -> Result<()> {
        let id = *id;
        self.change_and_wait("change_signing_keys", move |transaction| change_keys(transaction, &id, &change))
    }

    fn signing_keys(&self, id: &EndpointId) -> Result<Vec<StoredKey>> {
        self.read("signing_keys", |rows| {
            rows.live(id).map(|stored| stored.keys.clone()).ok_or_else(endpoint_not_found)
        })?
    }
}
