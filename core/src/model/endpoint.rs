//! Endpoints: where messages go, and how.

use serde::{Deserialize, Serialize};

use crate::model::header_map::HeaderMap;
use crate::model::ids::EndpointId;
use crate::model::retry_schedule::RetrySchedule;
use crate::model::timestamp::Timestamp;

/// An endpoint as it is shown (contract 1.2). Its secrets never are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// `ep_...`
    pub id: EndpointId,
    /// Where deliveries are posted to.
    pub url: String,
    /// The owner's words, at most 500 characters.
    pub description: Option<String>,
    /// Deliveries a second, 1 to 1,000; absent is unlimited.
    pub rate_limit_rps: Option<u32>,
    /// Deliveries at once within the rate limit, 1 to 10,000; absent is `rate_limit_rps`.
    pub burst: Option<u32>,
    /// Sent with every delivery.
    pub headers: Option<HeaderMap>,
    /// Replaces the engine's schedule.
    pub retry_schedule: Option<RetrySchedule>,
    /// Replaces the engine's number of attempts, 1 to 100.
    pub max_attempts: Option<u32>,
    /// Whether deliveries are held.
    pub paused: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
