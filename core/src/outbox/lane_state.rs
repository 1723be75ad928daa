//! What the delivery loop knows of a lane at a moment, for operations that show it.

use std::sync::mpsc::SyncSender;

use crate::model::timestamp::Timestamp;
use crate::outbox::rows::LaneKey;

/// How an endpoint has answered since the process that delivers began, or since its breaker opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LaneStanding {
    Untried,
    Failing,
    Answering,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LaneState {
    pub standing: LaneStanding,
    /// Whether the breaker is open: one attempt at a time probes the endpoint.
    pub breaker_open: bool,
    /// Until when fresh messages are held back, where they are.
    pub held_until: Option<Timestamp>,
    pub in_flight: u32,
    /// How many attempts may be under way in the lane now.
    pub limit: u32,
    /// The tokens that the rate limit has saved; `None` without a limit.
    pub tokens: Option<f64>,
    /// When the rate limit lets the next attempt begin, where that is not now.
    pub next_token: Option<Timestamp>,
    /// Whether every slot that the lane may have is taken, by all lanes together.
    pub slots_taken: bool,
    /// Whether this process lacked something for the lane's last attempt.
    pub short: bool,
}

/// Asks the loop for the state of lanes. A lane that it does not have in memory is `None`.
#[derive(Debug)]
pub(crate) struct Question {
    pub lanes: Vec<LaneKey>,
    pub answer: SyncSender<Vec<Option<LaneState>>>,
}
