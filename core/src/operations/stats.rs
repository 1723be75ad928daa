//! How the outbox stands.

use serde::{Deserialize, Serialize};

use crate::delivery::leadership::Deliverer;
use crate::delivery::wire::shortage::Shortage;
use crate::engine::process::Process;
use crate::error::Result;
use crate::model::timestamp::Timestamp;
use crate::outbox::sqlite::statistics;

/// `stats` takes nothing.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct StatsRequest {}

/// What this process lacks, so that attempts wait that would otherwise be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShortageReport {
    /// What it is.
    pub kind: Shortage,
    /// The same with what the system said, for people.
    pub text: String,
    /// Since when it lasts.
    pub since: Timestamp,
}

/// What `stats` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stats {
    /// Accepted or replayed and not attempted since, those in flight among them.
    pub queued: u64,
    /// Attempts under way in this process.
    pub in_flight: u64,
    /// Failed and to be tried again.
    pub waiting_for_retry: u64,
    /// In the dead letter queue.
    pub dead: u64,
    /// How long ago the oldest message that is due was accepted, in seconds; absent where none is due.
    pub oldest_due_age_seconds: Option<f64>,
    /// The file and its write-ahead log.
    pub bytes_on_disk: u64,
    /// The process that delivers; absent where none does.
    pub deliverer: Option<Deliverer>,
    /// Why this process, which should deliver, cannot; absent where it can or should not.
    #[serde(default)]
    pub not_delivering: Option<String>,
    /// What this process lacks for its attempts; absent where nothing.
    #[serde(default)]
    pub shortage: Option<ShortageReport>,
}

pub(crate) fn stats(process: &Process, _request: StatsRequest) -> Result<Stats> {
    let now = Timestamp::now();
    let counts = process.read(|connection| statistics::counts(connection, now))?;
    Ok(Stats {
        queued: counts.queued,
        in_flight: process.link.in_flight() as u64,
        waiting_for_retry: counts.waiting_for_retry,
        dead: counts.dead,
        oldest_due_age_seconds: counts.oldest_due.map(|oldest| now.since(oldest).as_secs_f64()),
        bytes_on_disk: process.file.bytes_on_disk(),
        deliverer: process.deliverer(),
        not_delivering: process.not_delivering(),
        shortage: process.link.shortage(),
    })
}
