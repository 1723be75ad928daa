//! Shortages: what this process may lack for an attempt. A shortage is never charged to the message: no attempt is counted.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::timestamp::Timestamp;

/// A resource of this process or machine without which no attempt can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ShortageKind", transform = crate::model::schema::words))]
pub enum Shortage {
    /// No file descriptor is free, in this process or on this system (EMFILE, ENFILE).
    Descriptors,
    /// The system has no memory for a socket, a new one or one that is in use (ENOMEM, ENOBUFS).
    Memory,
    /// Every local port towards the receiver is in use (EADDRNOTAVAIL).
    LocalPorts,
    /// No thread can be started.
    Threads,
    /// Names that hang hold every place for looking this host up, or for waiting for the answer. Other hosts are not affected.
    LookupPlaces,
    /// The system's resolver cannot be reached at all: it answers no name.
    Resolver,
    /// The trust store cannot be read, or only in part.
    TrustStore,
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Descriptors => "no file descriptor is free",
            Self::Memory => "the system has no memory for a socket",
            Self::LocalPorts => "no local port is free",
            Self::Threads => "no thread can be started",
            Self::LookupPlaces => "every place for looking names up is taken by names that hang",
            Self::Resolver => "the system's resolver cannot be reached",
            Self::TrustStore => "the trust store cannot be read",
        })
    }
}

/// A shortage that keeps attempts waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Shortage"))]
pub struct ShortageReport {
    /// What is missing.
    pub kind: Shortage,
    /// What is missing, with the system's error, for people.
    pub text: String,
    /// Since when it is missing.
    pub since: Timestamp,
}
