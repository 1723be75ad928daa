//! The outbox: messages that were accepted, their attempts, and what waits to be delivered.
//!
//! The traits of this folder say what a store can do, [`command`] has the changes that operations make, and [`link`] leads from
//! the store to the delivery loop. [`sqlite`] is the store of a file and `postgres` that of a database; tests have another in memory.

pub(crate) mod accept;
pub(crate) mod activity;
pub(crate) mod api_keys;
#[cfg(test)]
pub(crate) mod cases;
pub(crate) mod change;
pub(crate) mod clock;
pub(crate) mod command;
pub(crate) mod due;
pub(crate) mod due_at;
pub(crate) mod ended;
pub(crate) mod endpoints;
pub(crate) mod event_types;
pub(crate) mod events;
pub mod export_bytes;
pub(crate) mod exports;
pub(crate) mod figures;
pub(crate) mod lane_state;
pub(crate) mod lead;
pub(crate) mod link;
#[cfg(test)]
pub(crate) mod memory;
pub(crate) mod messages;
#[cfg(feature = "postgres")]
pub(crate) mod moving;
pub(in crate::outbox) mod numbers;
pub(crate) mod page;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(in crate::outbox) mod purpose;
pub mod rows;
#[cfg_attr(
    not(any(test, feature = "postgres")),
    expect(dead_code, reason = "a process that delivers from a file serves every lane")
)]
pub(crate) mod shards;
pub(crate) mod sign_in;
pub(crate) mod sqlite;
#[cfg(any(test, feature = "postgres"))]
pub(crate) mod stored_message;
pub(crate) mod subscriptions;
pub(crate) mod withdrawals;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use self::accept::Accept;
use self::activity::Activities;
use self::api_keys::ApiKeys;
use self::due::Due;
use self::endpoints::Endpoints;
use self::event_types::EventTypes;
use self::events::Events;
use self::export_bytes::ExportBytes;
use self::exports::Exports;
use self::figures::Figures;
use self::lead::Lead;
use self::messages::Messages;
use self::rows::{LaneKey, MessageKey};
use self::sign_in::SignIn;
use crate::error::{Error, ErrorCode, Result};
use crate::model::event_record::OfEvent;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;

/// An outbox, in any store. Every method is complete: when it returns, its reads are done and its change is committed or refused.
/// No method has a database in its arguments.
pub(crate) trait Outbox:
    Accept
    + Activities
    + ApiKeys
    + Due
    + Endpoints
    + EventTypes
    + Events
    + ExportBytes
    + Exports
    + Figures
    + Lead
    + Messages
    + SignIn
{
    /// Checks that a message could be committed. Writes to the disk, unless a commit succeeded just before.
    fn check_writable(&self) -> Result<()>;

    /// Has the store look now for commits of other processes.
    fn nudge(&self);

    /// Refuses changes from now on. Changes that were taken before are still written.
    fn refuse_changes(&self);

    /// Refuses changes, waits until those taken before are written, and closes the store. False where `deadline` came first.
    fn close(&self, deadline: Instant) -> bool;
}

/// A message that has passed every check and is to be written.
#[derive(Clone, Debug)]
pub(crate) struct NewMessage {
    pub id: MessageId,
    /// Whether the id comes from outside. Then a message that has it already, and the same payload, is this one.
    pub id_is_given: bool,
    pub endpoint_id: EndpointId,
    pub payload: Bytes,
    pub payload_sha256: [u8; 32],
    /// The message's own headers as a JSON object.
    pub headers: Option<String>,
    pub idempotency_key: Option<String>,
    pub retention_hours: Option<u32>,
    pub created_at: Timestamp,
    /// Whether an unknown endpoint gets a lane: a relay's endpoints are known to its server only.
    pub makes_lane: bool,
    /// Messages of the endpoint with this key are delivered one after another.
    pub ordering_key: Option<String>,
    pub timing: Timing,
}

/// Before when a message is not delivered, and after when it is not tried, by the wall clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timing {
    pub deliver_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl Timing {
    /// When a new message is due, with due time so many milliseconds ahead of the wall clock.
    pub(crate) fn due_at(self, behind: i64) -> i64 {
        self.deliver_at.map_or(due_at::AT_ONCE, |at| {
            due_at::scheduled(Timestamp::from_millis(at.as_millis().saturating_add(behind)))
        })
    }

    /// Whether a message must not be tried any more.
    pub(crate) fn is_over(self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

impl NewMessage {
    /// The payload's own expiry. It is set only for a per-message retention above 0: without one the engine's retention
    /// holds, and a retention of 0 ends with the delivery. That of a scheduled message counts from its moment.
    pub(crate) fn payload_expires_at(&self) -> Option<Timestamp> {
        let hours = self.retention_hours.filter(|hours| *hours > 0)?;
        let since = self.timing.deliver_at.unwrap_or(self.created_at);
        Some(since.plus(Duration::from_secs(u64::from(hours) * 3_600)))
    }

    /// Compares the message with the one that its idempotency key names already, and returns that message's id.
    ///
    /// # Errors
    /// `IDEMPOTENCY_MISMATCH` where the payloads differ.
    pub(crate) fn is_known_as(&self, known: MessageId, payload_sha256: &[u8; 32]) -> Result<MessageId> {
        if *payload_sha256 == self.payload_sha256 {
            return Ok(known);
        }
        Err(Error::new(
            ErrorCode::IdempotencyMismatch,
            "the idempotency key was used for this endpoint with another payload",
        ))
    }

    /// Compares the message with the one that has its id, and returns the id.
    ///
    /// # Errors
    /// `IDEMPOTENCY_MISMATCH` where the payloads differ.
    pub(crate) fn is_there(&self, payload_sha256: &[u8; 32]) -> Result<MessageId> {
        if *payload_sha256 == self.payload_sha256 {
            return Ok(self.id);
        }
        Err(Error::new(ErrorCode::IdempotencyMismatch, "the id is that of a message with another payload"))
    }

    /// The message as its lane holds it, once it is committed.
    pub(crate) fn into_due(self, key: MessageKey, lane: LaneKey) -> DueMessage {
        DueMessage {
            key,
            id: self.id,
            lane,
            due_at: 0,
            attempt_count: 0,
            schedule_start: 0,
            epoch: 0,
            created_at: self.created_at,
            retention_hours: self.retention_hours,
            headers: self.headers,
            payload: self.payload,
            event: None,
            ordering_key: self.ordering_key.map(Arc::from),
            timing: self.timing,
        }
    }
}

/// A message that is due, as a lane holds it.
#[derive(Clone, Debug)]
pub(crate) struct DueMessage {
    pub key: MessageKey,
    pub id: MessageId,
    pub lane: LaneKey,
    pub due_at: i64,
    pub attempt_count: u32,
    pub schedule_start: u32,
    pub epoch: i64,
    pub created_at: Timestamp,
    pub retention_hours: Option<u32>,
    pub headers: Option<String>,
    pub payload: Bytes,
    /// The event that it belongs to.
    pub event: Option<Arc<OfEvent>>,
    pub ordering_key: Option<Arc<str>>,
    pub timing: Timing,
}

impl DueMessage {
    /// Roughly how much memory the message takes.
    pub(crate) fn weight(&self) -> usize {
        self.payload.len() + self.headers.as_ref().map_or(0, String::len) + 200
    }
}
