//! The outbox: what was accepted, what was tried, and what waits, on disk.
//!
//! What a store can do are the traits of this folder, what changes in it are the commands of [`command`], and
//! what it tells the loop that delivers goes over [`link`]. [`sqlite`] is the store; tests have another in memory.

pub(crate) mod accept;
pub(crate) mod api_keys;
#[cfg(test)]
pub(crate) mod cases;
pub(crate) mod change;
pub(crate) mod clock;
pub(crate) mod command;
pub(crate) mod due;
pub(crate) mod ended;
pub(crate) mod endpoints;
pub(crate) mod exports;
pub(crate) mod figures;
pub(crate) mod lead;
pub(crate) mod link;
#[cfg(test)]
pub(crate) mod memory;
pub(crate) mod messages;
pub(crate) mod page;
pub mod rows;
pub(crate) mod sqlite;
pub(crate) mod withdrawals;

use std::time::{Duration, Instant};

use bytes::Bytes;

use self::accept::Accept;
use self::api_keys::ApiKeys;
use self::due::Due;
use self::endpoints::Endpoints;
use self::exports::Exports;
use self::figures::Figures;
use self::lead::Lead;
use self::messages::Messages;
use self::rows::{LaneKey, MessageKey};
use crate::error::{Error, ErrorCode, Result};
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;

/// One outbox, whatever keeps it. Every method is whole: when it answers, what it read was read and what it changed is
/// committed or refused. No method has a database in its arguments.
pub(crate) trait Outbox:
    Accept + ApiKeys + Due + Endpoints + Exports + Figures + Lead + Messages
{
    /// Whether a message could be committed: asked of the disk, unless it has just taken something.
    fn check_writable(&self) -> Result<()>;

    /// Has the store look now for what other processes committed.
    fn nudge(&self);

    /// Refuses changes from now on, and writes those that were taken.
    fn refuse_changes(&self);

    /// Refuses changes, waits until those that were taken are written, and gives back everything of the system's. False
    /// where `deadline` came first.
    fn close(&self, deadline: Instant) -> bool;
}

/// A message that passed every check and waits to be written.
#[derive(Clone, Debug)]
pub(crate) struct NewMessage {
    pub id: MessageId,
    pub endpoint_id: EndpointId,
    pub payload: Bytes,
    pub payload_sha256: [u8; 32],
    /// The message's own headers as a JSON object.
    pub headers: Option<String>,
    pub idempotency_key: Option<String>,
    pub retention_hours: Option<u32>,
    pub created_at: Timestamp,
    /// Whether its endpoint is known elsewhere, so that it gets a lane here (a relay's).
    pub makes_lane: bool,
}

impl NewMessage {
    /// The date of its own that its payload carries. One that is dropped at the delivery, or kept as long as all others, needs
    /// none.
    pub(crate) fn payload_expires_at(&self) -> Option<Timestamp> {
        let hours = self.retention_hours.filter(|hours| *hours > 0)?;
        Some(self.created_at.plus(Duration::from_secs(u64::from(hours) * 3_600)))
    }

    /// The id of the message that its idempotency key names already.
    ///
    /// # Errors
    /// `IDEMPOTENCY_MISMATCH` where that has another payload.
    pub(crate) fn is_known_as(&self, known: MessageId, payload_sha256: &[u8; 32]) -> Result<MessageId> {
        if *payload_sha256 == self.payload_sha256 {
            return Ok(known);
        }
        Err(Error::new(
            ErrorCode::IdempotencyMismatch,
            "the idempotency key was used for this endpoint with another payload",
        ))
    }

    /// What a lane holds of it once it is committed.
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
}

impl DueMessage {
    /// The memory it holds, roughly.
    pub(crate) fn weight(&self) -> usize {
        self.payload.len() + self.headers.as_ref().map_or(0, String::len) + 200
    }
}
