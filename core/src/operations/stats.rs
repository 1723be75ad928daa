//! Statistics of the outbox: how many messages wait, and who delivers them (docs/contract.md#stats).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use crate::error::Result;
use crate::model::deliverer::Deliverer;
use crate::model::shortage::ShortageReport;
use crate::model::timestamp::Timestamp;

request! {
    /// `stats` takes nothing.
    #[derive(Clone, Copy, Debug)]
    pub struct StatsRequest {}
}

/// How the outbox stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stats {
    /// Messages that were accepted or replayed and not attempted since. Those in flight are among them.
    pub queued: u64,
    /// Attempts under way in this process.
    pub in_flight: u64,
    /// Messages that failed and will be tried again.
    pub waiting_for_retry: u64,
    /// Messages in the dead letter queue.
    pub dead: u64,
    /// How long ago the oldest message that is due was accepted, in seconds; absent where none is due.
    pub oldest_due_age_seconds: Option<f64>,
    /// The size of the file and its write-ahead log.
    pub bytes_on_disk: u64,
    /// The process that delivers; absent where none delivers.
    pub deliverer: Option<Deliverer>,
    /// Why this process, which should deliver, cannot; absent where it can, or should not.
    #[serde(default)]
    pub not_delivering: Option<String>,
    /// What this process lacks for its attempts; absent where it lacks nothing.
    #[serde(default)]
    pub shortage: Option<ShortageReport>,
}

pub(crate) fn stats(context: &Context, _request: StatsRequest) -> Result<Stats> {
    let now = Timestamp::now();
    let counts = context.reading().counts(now)?;
    Ok(Stats {
        queued: counts.queued,
        in_flight: context.link.in_flight() as u64,
        waiting_for_retry: counts.waiting_for_retry,
        dead: counts.dead,
        oldest_due_age_seconds: counts.oldest_due.map(|oldest| now.since(oldest).as_secs_f64()),
        bytes_on_disk: context.outbox.bytes_on_disk(),
        deliverer: context.deliverer(),
        not_delivering: context.not_delivering(),
        shortage: context.link.shortage(),
    })
}
