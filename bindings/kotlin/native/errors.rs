//! What goes wrong, as one sealed class with a case for each class of codes (docs/contract.md#errors).
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use hookbridge_core::{Error, ErrorClass};

use crate::failure::Failure;

pub(crate) type Result<T> = std::result::Result<T, HookBridgeError>;

/// Any failure of HookBridge.
#[derive(Clone, Debug, PartialEq, uniffi::Error)]
#[uniffi(name = "HookBridgeException")]
pub enum HookBridgeError {
    /// The API key is missing or unknown (401).
    Authentication {
        /// What it tells.
        failure: Failure,
    },
    /// No such endpoint, message, key or export (404).
    NotFound {
        /// What it tells.
        failure: Failure,
    },
    /// The request or a setting is wrong (400, 413).
    Validation {
        /// What it tells.
        failure: Failure,
    },
    /// Too much at once (429).
    RateLimit {
        /// What it tells.
        failure: Failure,
    },
    /// The idempotency key was used with another payload (409).
    Idempotency {
        /// What it tells.
        failure: Failure,
    },
    /// The message was replayed as often as is allowed (429).
    ReplayLimit {
        /// What it tells.
        failure: Failure,
    },
    /// A server could not be reached, or broke off (502).
    Network {
        /// What it tells.
        failure: Failure,
    },
    /// A server did not answer in time (504).
    Timeout {
        /// What it tells.
        failure: Failure,
    },
    /// Anything else.
    Other {
        /// What it tells.
        failure: Failure,
    },
}

impl std::fmt::Display for HookBridgeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Authentication { failure }
        | Self::NotFound { failure }
        | Self::Validation { failure }
        | Self::RateLimit { failure }
        | Self::Idempotency { failure }
        | Self::ReplayLimit { failure }
        | Self::Network { failure }
        | Self::Timeout { failure }
        | Self::Other { failure }) = self;
        write!(f, "{}: {}", failure.code, failure.reason)
    }
}

impl std::error::Error for HookBridgeError {}

impl From<Error> for HookBridgeError {
    fn from(error: Error) -> Self {
        let failure = Failure::from(&error);
        match error.class() {
            ErrorClass::Authentication => Self::Authentication { failure },
            ErrorClass::NotFound => Self::NotFound { failure },
            ErrorClass::Validation => Self::Validation { failure },
            ErrorClass::RateLimit => Self::RateLimit { failure },
            ErrorClass::Idempotency => Self::Idempotency { failure },
            ErrorClass::ReplayLimit => Self::ReplayLimit { failure },
            ErrorClass::Network => Self::Network { failure },
            ErrorClass::Timeout => Self::Timeout { failure },
            _ => Self::Other { failure },
        }
    }
}
