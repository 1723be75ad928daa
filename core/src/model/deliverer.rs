//! Who delivers from an outbox.

use serde::{Deserialize, Serialize};

use crate::model::timestamp::Timestamp;

/// The process that delivers from an outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Deliverer {
    /// Its process id.
    pub pid: u32,
    /// Whether it is the engine that was asked.
    #[serde(default)]
    pub this_engine: bool,
    /// Since when it delivers.
    pub since: Timestamp,
    /// Whether it is stopped, by a signal or with its container, so that it delivers nothing. Known of processes of this
    /// machine that are not hidden.
    #[serde(default)]
    pub stopped: bool,
}
