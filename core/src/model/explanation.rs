//! Why a message is where it is: the answer of `messages.explain`.

use serde::{Deserialize, Serialize};

use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;

/// Where a message is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum Progress {
    /// It is to be delivered.
    Waiting,
    /// An attempt is under way.
    BeingAttempted,
    /// A receiver has it.
    Delivered,
    /// It is in the dead letter queue.
    GivenUp,
    /// It was deleted.
    Deleted,
}

/// A reason for where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum ExplanationCause {
    /// A receiver answered 2xx.
    Delivered,
    /// It was deleted.
    Deleted,
    /// Its last attempt failed, and no further one follows.
    GivenUp,
    /// Its retry was cancelled.
    Cancelled,
    /// Its payload is no longer kept, so that it cannot be delivered again.
    PayloadGone,
    /// An attempt is under way.
    BeingAttempted,
    /// No process delivers from the outbox.
    NobodyDelivers,
    /// The process that should deliver cannot.
    CannotDeliver,
    /// The process that delivers is stopped.
    DelivererStopped,
    /// The endpoint is paused.
    Paused,
    /// The endpoint was deleted; what it accepted before is still delivered.
    EndpointDeleted,
    /// It is scheduled for a later moment.
    Scheduled,
    /// Another message of its ordering key is in front of it.
    BehindInOrder,
    /// The message in front of it in its order was given up, and the endpoint halts then.
    OrderHalted,
    /// The last attempt failed, and the next follows later.
    WaitsForRetry,
    /// The process that delivers lacks something for its attempts.
    Shortage,
    /// The endpoint has failed several times in a row: one attempt at a time probes it.
    BreakerOpen,
    /// The endpoint's rate limit is used up.
    RateLimited,
    /// As many attempts to the endpoint are under way as may be.
    EndpointBusy,
    /// As many attempts are under way as may be, to all endpoints.
    SlotsTaken,
    /// Other messages of the endpoint are due before it.
    Behind,
    /// Another process delivers, whose limits cannot be seen from here.
    DeliveredElsewhere,
    /// Nothing holds it: it is attempted in a moment.
    Due,
}

/// One reason, with what belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplanationReason {
    /// The reason, for programs.
    pub cause: ExplanationCause,
    /// The reason, for people.
    pub sentence: String,
    /// When the reason ends, or at the latest; absent where that is not known.
    pub until: Option<Timestamp>,
    /// How many: attempts made, attempts under way, or messages before it.
    pub count: Option<u64>,
    /// How many there may be: attempts in all, or under way.
    pub limit: Option<u64>,
    /// The process that is meant.
    pub pid: Option<u32>,
    /// The message that is meant.
    #[serde(default)]
    pub message_id: Option<MessageId>,
}

/// Why a message is where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The message's id.
    pub message_id: MessageId,
    /// The endpoint it goes to.
    pub endpoint_id: EndpointId,
    /// Where it is.
    pub progress: Progress,
    /// The first of the reasons, for people.
    pub sentence: String,
    /// Every reason, what decides most first.
    pub reasons: Vec<ExplanationReason>,
    /// When it goes on; absent where that takes a person, or is not known.
    pub changes_at: Option<Timestamp>,
}
