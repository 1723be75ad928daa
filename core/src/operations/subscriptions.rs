//! Trying a subscription on a sample (docs/contract.md#subscriptions).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::endpoints::{checked_filter, parse_id};
use crate::error::{Result, endpoint_not_found, invalid_request};
use crate::model::event_filter::{Condition, EventFilter};
use crate::model::event_type::{EventType, checked_patterns};
use crate::model::payload::Payload;

request! {
    /// What `subscriptions.check` takes.
    #[derive(Clone, Debug)]
    pub struct CheckSubscription {
        /// The type of the sample.
        #[cfg_attr(feature = "schema", schemars(with = "EventType"))]
        pub r#type: String,
        /// The payload of the sample.
        pub payload: Payload,
        /// The endpoint whose patterns and filter are tried where none are given here.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::ids::EndpointId>"))]
        pub endpoint_id: Option<String>,
        /// Patterns of types, in place of the endpoint's.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<crate::model::event_type::EventPattern>>"))]
        pub event_types: Option<Vec<String>>,
        /// Conditions on the payload, in place of the endpoint's.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Filter>"))]
        pub filter: Option<Vec<Condition>>,
    }
}

/// A condition, and what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckedCondition {
    /// The place.
    pub pointer: String,
    /// Whether the condition holds.
    pub holds: bool,
    /// What the sample has there, as JSON; absent where it has nothing.
    pub found: Option<String>,
}

/// What `subscriptions.check` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CheckedSubscription"))]
pub struct CheckedSubscription {
    /// Whether an event like the sample would be delivered.
    pub wanted: bool,
    /// Whether the patterns take its type.
    pub type_taken: bool,
    /// The conditions of the filter, in order.
    pub conditions: Vec<CheckedCondition>,
}

pub(crate) fn check(context: &Context, request: CheckSubscription) -> Result<CheckedSubscription> {
    let event_type = EventType::new(request.r#type)?;
    let endpoint = match request.endpoint_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(context.reading().endpoint(&parse_id(id)?)?.ok_or_else(endpoint_not_found)?),
        None => None,
    };
    let (own_patterns, own_filter) = endpoint.map(|one| (one.event_types, one.filter)).unwrap_or_default();
    let patterns = match request.event_types {
        Some(patterns) => Some(checked_patterns(patterns)?),
        None => own_patterns,
    };
    let filter = match request.filter {
        Some(conditions) => checked_filter(conditions)?,
        None => own_filter.unwrap_or_else(EventFilter::default),
    };
    let payload: serde_json::Value = serde_json::from_slice(request.payload.as_bytes())
        .map_err(|cause| invalid_request(format!("the payload is not valid JSON: {cause}")))?;
    let type_taken = patterns
        .filter(|patterns| !patterns.is_empty())
        .is_none_or(|patterns| patterns.iter().any(|pattern| pattern.takes(&event_type)));
    let conditions: Vec<CheckedCondition> = filter
        .conditions()
        .iter()
        .map(|condition| CheckedCondition {
            pointer: condition.pointer.clone(),
            holds: condition.holds(&payload),
            found: payload.pointer(&condition.pointer).map(ToString::to_string),
        })
        .collect();
    let wanted = type_taken && conditions.iter().all(|condition| condition.holds);
    Ok(CheckedSubscription { wanted, type_taken, conditions })
}
