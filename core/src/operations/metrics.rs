//! Metrics (docs/contract.md#metrics): what happened in a window, in all and over time.
//!
//! Messages are counted by the moment of their acceptance, attempts by the minute in which they were recorded, from the
//! moment on that the outbox knows metrics: what an older file holds is not counted, since that would read all of it.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::logs::named_endpoint;
use crate::error::Result;
use crate::model::timestamp::Timestamp;
use crate::outbox::figures::{Buckets, Counters, DAY, HOUR, MINUTE, QUARTER, floor};

/// How far back is looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, transform = crate::model::schema::words))]
pub enum Window {
    /// 60 buckets of a minute.
    #[serde(rename = "1h")]
    Hour,
    /// 24 buckets of an hour.
    #[default]
    #[serde(rename = "24h")]
    Day,
    /// 28 buckets of 6 hours.
    #[serde(rename = "7d")]
    Week,
    /// 30 buckets of a day.
    #[serde(rename = "30d")]
    Month,
}

impl Window {
    /// Every window as it stands in JSON.
    pub const NAMES: [&'static str; 4] = ["1h", "24h", "7d", "30d"];

    /// The width of its buckets in milliseconds, and how many there are. They begin at whole minutes, hours and days in
    /// UTC, and the last one is under way.
    const fn buckets(self) -> (i64, usize) {
        match self {
            Self::Hour => (MINUTE, 60),
            Self::Day => (HOUR, 24),
            Self::Week => (QUARTER, 28),
            Self::Month => (DAY, 30),
        }
    }
}

/// What `metrics.get` and `metrics.timeseries` take.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct MetricsRequest {
    /// `1h`, `24h`, `7d` or `30d`; `24h` where absent.
    #[serde(default)]
    pub window: Option<Window>,
    /// Only of this endpoint.
    #[serde(default)]
    pub endpoint_id: Option<String>,
}

/// What `metrics.get` answers: the sums of the buckets of `metrics.timeseries`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metrics {
    /// The window asked for.
    pub window: Window,
    /// Messages accepted. A replay, and a send that an idempotency key answered, accept none.
    pub total_messages: u64,
    /// Successful deliveries; a message that is replayed may have several.
    pub succeeded: u64,
    /// Messages given up after an attempt; not those that were cancelled, deleted or ran out of retention.
    pub failed: u64,
    /// Attempts that failed and were to be followed by another.
    pub retries: u64,
    /// `succeeded` of `total_messages`, 0 to 1; 0 where no message was accepted. It is 1 where more succeeded than were
    /// accepted, as after an outage whose messages were accepted before the window.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub success_rate: f64,
    /// The mean time of an attempt that was answered, whatever the answer; 0 where none was.
    pub avg_latency_ms: u64,
}

/// One bucket of `metrics.timeseries`; what it counts is defined at `metrics.get`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bucket {
    /// When it begins.
    pub timestamp: Timestamp,
    /// Successful deliveries.
    pub succeeded: u64,
    /// Messages given up after an attempt.
    pub failed: u64,
    /// Attempts that failed and were to be followed by another.
    pub retrying: u64,
    /// Messages accepted.
    pub total: u64,
    /// The mean time of an attempt that was answered.
    pub avg_latency_ms: u64,
}

/// What `metrics.timeseries` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Timeseries {
    /// The window asked for.
    pub window: Window,
    /// Oldest first, without a gap.
    pub buckets: Vec<Bucket>,
}

/// The window, where it begins, the width of its buckets and what they count.
fn counted(context: &Context, request: &MetricsRequest) -> Result<(Window, i64, i64, Vec<Counters>)> {
    let window = request.window.unwrap_or_default();
    let endpoint = named_endpoint(request.endpoint_id.as_deref())?;
    let (width, count) = window.buckets();
    let last = floor(Timestamp::now().as_millis(), width);
    let from = last - width * (i64::try_from(count).unwrap_or(1) - 1);
    let counters = context.reading().counters(Buckets { from, width, count }, endpoint.as_ref())?;
    Ok((window, from, width, counters))
}

pub(crate) fn get(context: &Context, request: MetricsRequest) -> Result<Metrics> {
    let (window, _, _, buckets) = counted(context, &request)?;
    let mut sum = Counters::default();
    buckets.iter().for_each(|bucket| sum.add(bucket));
    let success_rate = if sum.total == 0 { 0.0 } else { (sum.succeeded as f64 / sum.total as f64).min(1.0) };
    Ok(Metrics {
        window,
        total_messages: sum.total,
        succeeded: sum.succeeded,
        failed: sum.failed,
        retries: sum.retries,
        success_rate,
        avg_latency_ms: sum.avg_latency_ms(),
    })
}

pub(crate) fn timeseries(context: &Context, request: MetricsRequest) -> Result<Timeseries> {
    let (window, from, width, counted) = counted(context, &request)?;
    let bucket = |(begin, counted): (i64, &Counters)| Bucket {
        timestamp: Timestamp::from_millis(begin),
        succeeded: counted.succeeded,
        failed: counted.failed,
        retrying: counted.retries,
        total: counted.total,
        avg_latency_ms: counted.avg_latency_ms(),
    };
    let begins = (0..).map(|index| from + index * width);
    Ok(Timeseries { window, buckets: begins.zip(&counted).map(bucket).collect() })
}
