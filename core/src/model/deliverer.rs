//! The deliverer: the process that delivers from an outbox.

use serde::{Deserialize, Serialize};

use crate::model::timestamp::Timestamp;

/// The process that delivers from an outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Deliverer {
    /// Its process id.
    pub pid: u32,
    /// Whether the asked engine itself delivers.
    #[serde(default)]
    pub this_engine: bool,
    /// Since when it delivers.
    pub since: Timestamp,
    /// Whether the process is stopped, by a signal or with its container, so that it delivers nothing. False where this
    /// cannot be seen: the process is on another machine or hidden from this one.
    #[serde(default)]
    pub stopped: bool,
}

/// Who delivers from an outbox that takes messages.
#[derive(Clone, Debug)]
pub struct Readiness {
    /// The process that delivers; `None` where none does.
    pub deliverer: Option<Deliverer>,
    /// Why the asked engine, which should deliver, cannot; `None` where it can, or should not.
    pub not_delivering: Option<String>,
}
