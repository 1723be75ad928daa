//! The events of an outbox: each makes a message for every endpoint that wants it, in one transaction with the event.

use std::sync::Arc;

use bytes::Bytes;

use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::Slot;
use crate::model::event_record::{EventMessage, EventRecord};
use crate::model::event_type::EventType;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::receipt::EventReceipt;
use crate::model::timestamp::Timestamp;
use crate::outbox::Timing;
use crate::outbox::accept::Caller;
use crate::outbox::page::Cursor;

/// An event that has passed every check and is to be written.
#[derive(Clone, Debug)]
pub(crate) struct NewEvent {
    pub id: EventId,
    pub event_type: EventType,
    pub tenant: Option<String>,
    pub payload: Bytes,
    pub payload_sha256: [u8; 32],
    /// The headers of its messages as a JSON object.
    pub headers: Option<String>,
    pub idempotency_key: Option<String>,
    pub retention_hours: Option<u32>,
    pub created_at: Timestamp,
    pub ordering_key: Option<String>,
    pub timing: Timing,
    /// Whether its endpoints are known to a relay's server only: then it has one message, to the server.
    pub for_server: bool,
}

/// The lane of a relay in which events wait for the server, which knows their endpoints.
pub(crate) const EVENTS_OF_RELAY: [u8; 16] = [0; 16];

impl NewEvent {
    /// Compares the event with the one that its idempotency key names already.
    ///
    /// # Errors
    /// `IDEMPOTENCY_MISMATCH` where types or payloads differ.
    pub(crate) fn check_known(&self, event_type: &str, payload_sha256: &[u8; 32]) -> Result<()> {
        if *payload_sha256 == self.payload_sha256 && event_type == self.event_type.as_str() {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::IdempotencyMismatch,
            "the idempotency key was used for this tenant with another type or payload",
        ))
    }

    /// When its payload goes by a retention of its own, in milliseconds, where no message needs it.
    pub(crate) fn own_payload_expiry(&self) -> Option<i64> {
        let since = self.timing.deliver_at.unwrap_or(self.created_at);
        let hours = i64::from(self.retention_hours?);
        Some(since.as_millis().saturating_add(hours * 3_600_000))
    }

    /// Roughly how much memory the event takes while it waits.
    pub(crate) fn weight(&self) -> usize {
        1024 + self.payload.len()
    }
}

/// A filter of events.
#[derive(Clone, Debug, Default)]
pub(crate) struct SoughtEvents {
    pub event_type: Option<String>,
    pub tenant: Option<String>,
    pub created_from: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
}

impl SoughtEvents {
    /// Whether an event passes.
    pub(in crate::outbox) fn takes(
        &self,
        event_type: &str,
        tenant: Option<&str>,
        created_at: Timestamp,
    ) -> bool {
        self.event_type.as_ref().is_none_or(|wanted| wanted == event_type)
            && self.tenant.as_ref().is_none_or(|wanted| tenant == Some(wanted.as_str()))
            && self.created_from.is_none_or(|from| created_at >= from)
            && self.created_before.is_none_or(|before| created_at < before)
    }
}

/// The row of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EventKey(pub i64);

/// Events that an endpoint wants and has no message for, oldest first.
pub(crate) struct Missed {
    pub events: Vec<(EventKey, EventId)>,
    /// How many events were looked at.
    pub looked_at: u64,
    /// Where to go on, if there may be more.
    pub next: Option<Cursor>,
}

/// An outcome for each event, in order, or the failure of the whole.
pub(crate) type EventOutcomes = Result<Vec<Result<EventReceipt>>>;

/// Who gets the outcomes of events.
pub(crate) enum EventsReply {
    /// A thread that waits for them.
    Thread(Arc<Slot<EventOutcomes>>),
    /// Whoever has sent one event and does not wait. It is called on the thread that has committed.
    One(Box<dyn FnOnce(Result<EventReceipt>) + Send>),
}

impl EventsReply {
    pub(crate) fn fill(self, outcomes: EventOutcomes) {
        match self {
            Self::Thread(slot) => slot.fill(outcomes),
            Self::One(tell) => {
                let unanswered = || Err(Error::new(ErrorCode::Internal, "an event was not answered"));
                tell(outcomes.and_then(|mut outcomes| outcomes.pop().unwrap_or_else(unanswered)));
            }
        }
    }
}

/// The events of an outbox.
pub(crate) trait Events: Send + Sync {
    /// Writes events in one transaction, each with its messages, or finds those that their idempotency keys name. `reply` gets an
    /// outcome for each, in order; events that were refused before keep their errors.
    ///
    /// # Errors
    /// Where nothing will be written. Then `reply` gets nothing.
    fn accept_events(&self, events: Vec<Result<NewEvent>>, caller: Caller, reply: EventsReply) -> Result<()>;

    /// [`Events::accept_events`] for a thread that waits.
    fn accept_events_now(&self, events: Vec<Result<NewEvent>>, caller: Caller) -> EventOutcomes {
        let slot = Slot::new();
        self.accept_events(events, caller, EventsReply::Thread(slot.clone()))?;
        slot.wait()
    }

    fn event(&self, id: &EventId) -> Result<Option<EventRecord>>;

    /// At most `limit` messages of an event behind `after`, oldest endpoint first, and the cursor for the next if there are more.
    fn event_messages(
        &self,
        id: &EventId,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventMessage>, Option<Cursor>)>;

    /// At most `limit` events behind `after`, newest first. The page may be short although more follow, since a bounded number
    /// of events is read.
    fn events(
        &self,
        sought: &SoughtEvents,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventRecord>, Option<Cursor>)>;

    /// At most `limit` events behind `after` that an endpoint wants and has no message for, that have not expired and whose payload
    /// is there, oldest first. A bounded number of events is read.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND`
    fn missed(
        &self,
        endpoint: &EndpointId,
        sought: &SoughtEvents,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Missed>;

    /// Makes the messages of events that an endpoint has missed, in one transaction. The first is due now, and each
    /// `gap_ms` after the one before. Events that it has a message for by now, or whose payload is gone, are passed over.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND`
    fn make_up(&self, endpoint: &EndpointId, events: Vec<EventKey>, gap_ms: u64) -> Result<Vec<MessageId>>;
}
