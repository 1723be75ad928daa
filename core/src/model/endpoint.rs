//! Endpoints: where messages are delivered to, and with which settings.

use serde::{Deserialize, Serialize};

use crate::model::event_filter::EventFilter;
use crate::model::event_type::EventPattern;
use crate::model::header_map::HeaderMap;
use crate::model::ids::EndpointId;
use crate::model::ordering::OnFailure;
use crate::model::retry_schedule::RetrySchedule;
use crate::model::timestamp::Timestamp;

/// The longest description.
pub const DESCRIPTION_CHARACTERS: usize = 500;
/// The highest rate limit, in deliveries per second.
pub const RATE_LIMIT_RPS: u32 = 1000;
/// The largest burst.
pub const BURST: u32 = 10_000;
/// The most attempts that an endpoint may ask for.
pub const MAX_ATTEMPTS: u32 = 100;

/// An endpoint, without its signing keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Endpoint {
    /// The endpoint's id, `ep_...`
    pub id: EndpointId,
    /// Where deliveries are posted to.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::endpoint_url::EndpointUrl"))]
    pub url: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Whether deliveries are held.
    pub paused: bool,
    /// The owner's words, at most 500 characters.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
    pub description: Option<String>,
    /// Deliveries a second, 1 to 1,000; absent is unlimited.
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = RATE_LIMIT_RPS)))]
    pub rate_limit_rps: Option<u32>,
    /// Deliveries at once within the rate limit, 1 to 10,000; absent is `rate_limit_rps`.
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = BURST)))]
    pub burst: Option<u32>,
    /// Sent with every delivery.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::EndpointHeaders>"))]
    pub headers: Option<HeaderMap>,
    /// Replaces the engine's schedule.
    pub retry_schedule: Option<RetrySchedule>,
    /// Replaces the engine's number of attempts, 1 to 100.
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = MAX_ATTEMPTS)))]
    pub max_attempts: Option<u32>,
    /// The customer it belongs to, whose events it gets; absent for the producer's own.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::model::event_record::TENANT_CHARACTERS)))]
    pub tenant: Option<String>,
    /// The events that it wants: patterns of types; absent is every type.
    pub event_types: Option<Vec<EventPattern>>,
    /// Conditions on an event's payload, all of which must hold.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Filter>"))]
    pub filter: Option<EventFilter>,
    /// What follows for an ordering key when one of its messages is given up; absent is `continue`.
    pub on_failure: Option<OnFailure>,
}
