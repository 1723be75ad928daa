//! How endpoints are doing: their breakers, their backlog, and how they have answered of late.

use serde::{Deserialize, Serialize};

use super::Page;
use super::context::Context;
use super::definition::request::request;
use super::endpoints::{PAGE_LIMIT, parse_id};
use super::events::checked_tenant;
use super::paging::{checked_limit, read_cursor};
use crate::error::{Result, endpoint_not_found};
use crate::model::endpoint::Endpoint;
#[cfg(feature = "schema")]
use crate::model::event_record::TENANT_CHARACTERS;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::figures::{Buckets, EndpointFigures, MINUTE, floor};
use crate::outbox::lane_state::{LaneStanding, LaneState};
use crate::outbox::page::Listed;

const PAGE_DEFAULT: usize = 50;
/// How many minutes are shown.
const MINUTES: usize = 60;

request! {
    /// What `endpoints.health` takes.
    #[derive(Clone, Debug, Default)]
    pub struct HealthRequest {
        /// Only this endpoint.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<EndpointId>"))]
        pub endpoint_id: Option<String>,
        /// Only endpoints of this tenant.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TENANT_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
        pub tenant: Option<String>,
        /// 1 to 100, 50 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = PAGE_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the page before.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
    }
}

/// How an endpoint has answered since the process that delivers began, or since its breaker opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum EndpointStanding {
    /// It has not been tried, or nothing was to be delivered to it for a while.
    Untried,
    /// It has only failed.
    Failing,
    /// It answers.
    Answering,
    /// Another process delivers, or none: it cannot be seen from here.
    Unknown,
}

/// Whether an endpoint's breaker lets its messages through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum BreakerState {
    /// They go as they come.
    Closed,
    /// The endpoint failed several times in a row: one attempt at a time probes it.
    Open,
    /// Another process delivers, or none: it cannot be seen from here.
    Unknown,
}

/// What happened at an endpoint in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HealthMinute {
    /// When the minute begins.
    pub at: Timestamp,
    /// Successful deliveries.
    pub succeeded: u64,
    /// Messages given up after an attempt.
    pub failed: u64,
    /// Failed attempts that another was to follow.
    pub retries: u64,
}

/// How an endpoint is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndpointHealth {
    /// The endpoint's id.
    pub endpoint_id: EndpointId,
    /// Its URL.
    pub url: String,
    /// The customer it belongs to; absent where it belongs to none.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Whether its deliveries are held.
    pub paused: bool,
    /// How it has answered.
    pub standing: EndpointStanding,
    /// Whether its breaker is open.
    pub breaker: BreakerState,
    /// When the next attempt probes it, while its breaker is open.
    pub probes_at: Option<Timestamp>,
    /// Attempts under way; absent where another process delivers.
    pub in_flight: Option<u64>,
    /// How many attempts may be under way now; absent where another process delivers, or nothing was to be delivered.
    pub limit: Option<u64>,
    /// How many attempts the rate limit lets begin at once; absent without one.
    pub tokens: Option<f64>,
    /// Messages that were accepted or replayed and not attempted since. Those in flight are among them.
    pub queued: u64,
    /// Messages that failed and will be tried again.
    pub waiting_for_retry: u64,
    /// Messages in the dead letter queue.
    pub dead: u64,
    /// When it last took a message, to the minute; to the hour or the day where that is long ago.
    pub last_success_at: Option<Timestamp>,
    /// When an attempt last failed, alike.
    pub last_failure_at: Option<Timestamp>,
    /// The last 60 minutes, the current one last.
    pub minutes: Vec<HealthMinute>,
}

pub(crate) fn health(context: &Context, request: HealthRequest) -> Result<Page<EndpointHealth>> {
    let limit = checked_limit(request.limit, PAGE_DEFAULT, PAGE_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Endpoints)?;
    let tenant = checked_tenant(request.tenant)?;
    let reading = context.reading();
    let (mut endpoints, next) = match request.endpoint_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => (vec![reading.endpoint(&parse_id(id)?)?.ok_or_else(endpoint_not_found)?], None),
        None => reading.endpoints(tenant.as_deref(), after, limit)?,
    };
    endpoints.retain(|endpoint| tenant.is_none() || endpoint.tenant == tenant);
    let from = floor(Timestamp::now().as_millis(), MINUTE) - MINUTE * (MINUTES as i64 - 1);
    let buckets = Buckets { from, width: MINUTE, count: MINUTES };
    let ids: Vec<EndpointId> = endpoints.iter().map(|endpoint| endpoint.id).collect();
    let figures = reading.endpoint_figures(&ids, buckets)?;
    drop(reading);
    let known: Vec<(Endpoint, EndpointFigures)> = endpoints
        .into_iter()
        .zip(figures)
        // One that was deleted between the two reads has none.
        .filter_map(|(endpoint, figures)| Some((endpoint, figures?)))
        .collect();
    let lanes = context.link.ask(known.iter().map(|(_, figures)| figures.lane).collect());
    let mut lanes = lanes.map(Vec::into_iter);
    let data = known
        .into_iter()
        .map(|(endpoint, figures)| {
            let lane = lanes.as_mut().map(|lanes| lanes.next().flatten());
            shown(endpoint, figures, lane, buckets)
        })
        .collect();
    let next_cursor = next.map(|next| next.encode(Listed::Endpoints));
    Ok(Page { data, has_more: next_cursor.is_some(), next_cursor })
}

/// `lane` is `None` where this process does not deliver, and holds `None` where the lane is not in its memory.
fn shown(
    endpoint: Endpoint,
    figures: EndpointFigures,
    lane: Option<Option<LaneState>>,
    buckets: Buckets,
) -> EndpointHealth {
    let delivers_here = lane.is_some();
    let lane = lane.flatten();
    let minute = |(number, counted): (usize, crate::outbox::figures::Counters)| HealthMinute {
        at: Timestamp::from_millis(buckets.from + buckets.width * number as i64),
        succeeded: counted.succeeded,
        failed: counted.failed,
        retries: counted.retries,
    };
    EndpointHealth {
        endpoint_id: endpoint.id,
        url: endpoint.url,
        tenant: endpoint.tenant,
        paused: endpoint.paused,
        standing: match lane.as_ref().map(|lane| lane.standing) {
            Some(LaneStanding::Untried) => EndpointStanding::Untried,
            Some(LaneStanding::Failing) => EndpointStanding::Failing,
            Some(LaneStanding::Answering) => EndpointStanding::Answering,
            None if delivers_here => EndpointStanding::Untried,
            None => EndpointStanding::Unknown,
        },
        breaker: match lane.as_ref().map(|lane| lane.breaker_open) {
            Some(true) => BreakerState::Open,
            Some(false) => BreakerState::Closed,
            None if delivers_here => BreakerState::Closed,
            None => BreakerState::Unknown,
        },
        probes_at: lane.as_ref().filter(|lane| lane.breaker_open).and_then(|lane| lane.held_until),
        in_flight: delivers_here.then(|| lane.as_ref().map_or(0, |lane| u64::from(lane.in_flight))),
        limit: lane.as_ref().map(|lane| u64::from(lane.limit)),
        tokens: lane.as_ref().and_then(|lane| lane.tokens),
        queued: figures.queued,
        waiting_for_retry: figures.waiting_for_retry,
        dead: figures.dead,
        last_success_at: figures.last_success,
        last_failure_at: figures.last_failure,
        minutes: figures.buckets.into_iter().enumerate().map(minute).collect(),
    }
}
