//! Metrics (docs/contract.md#metrics): what happened in a window, in sum and in buckets.
//!
//! A message counts at the moment of its acceptance, an attempt in the minute in which it was recorded. Counting begins
//! when the file gets its metrics table: older messages are not counted, since that would read the whole file.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::logs::named_endpoint;
use crate::error::Result;
use crate::model::timestamp::Timestamp;
use crate::outbox::figures::{Buckets, Counters, DAY, HOUR, MINUTE, QUARTER, floor};

/// The length of time that metrics cover, which ends now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "MetricsWindow", transform = crate::model::schema::words))]
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

    /// The width of the window's buckets in milliseconds, and their number. A bucket begins at a whole minute, hour or day
    /// in UTC. The last bucket is not over yet.
    const fn buckets(self) -> (i64, usize) {
        match self {
            Self::Hour => (MINUTE, 60),
            Self::Day => (HOUR, 24),
            Self::Week => (QUARTER, 28),
            Self::Month => (DAY, 30),
        }
    }
}

request! {
    /// What `metrics.get` and `metrics.timeseries` take.
    #[derive(Clone, Debug, Default)]
    pub struct MetricsRequest {
        /// `1h`, `24h`, `7d` or `30d`; `24h` where absent.
        #[serde(default)]
        pub window: Option<Window>,
        /// Only messages and attempts of this endpoint.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::ids::EndpointId>"))]
        pub endpoint_id: Option<String>,
    }
}

/// What happened in a window of time, in sum.
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
    /// Failed attempts that another was to follow.
    pub retries: u64,
    /// `succeeded` divided by `total_messages`, 0 to 1; 0 where no message was accepted. 1 where more messages succeeded
    /// than were accepted, as after an outage whose messages were accepted before the window.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub success_rate: f64,
    /// The mean time of the attempts that got an answer, of any status; 0 where none got one.
    pub avg_latency_ms: u64,
}

/// What happened in one bucket of a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TimeSeriesBucket"))]
pub struct Bucket {
    /// When the bucket begins.
    pub timestamp: Timestamp,
    /// Messages accepted.
    pub total: u64,
    /// Successful deliveries.
    pub succeeded: u64,
    /// Messages given up after an attempt.
    pub failed: u64,
    /// Failed attempts that another was to follow.
    pub retrying: u64,
    /// The mean time of the attempts that got an answer.
    pub avg_latency_ms: u64,
}

/// What happened in a window of time, bucket by bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TimeSeriesMetrics"))]
pub struct Timeseries {
    /// The window asked for.
    pub window: Window,
    /// Oldest first, without a gap.
    pub buckets: Vec<Bucket>,
}

/// The window, when it begins, the width of its buckets, and the counters of each.
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
