//! What goes wrong, as one sealed class with a case for each class of codes (docs/contract.md#errors).

use hookbridge_core::{Error, ErrorCode};

pub(crate) type Result<T> = std::result::Result<T, HookBridgeError>;

/// What every failure tells.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Failure {
    /// For programs, such as `ENDPOINT_NOT_FOUND`.
    pub code: String,
    /// For people.
    pub reason: String,
    /// The HTTP status that goes with the code.
    pub status: i32,
    /// Whether the same call may succeed later without being changed.
    pub retryable: bool,
    /// The id that a server gave the request, where one answered.
    pub request_id: Option<String>,
    /// How long a server asks to wait, in seconds, where it said so.
    pub retry_after_seconds: Option<f64>,
}

/// Any failure of HookBridge.
#[derive(Clone, Debug, PartialEq, uniffi::Error)]
#[uniffi(name = "HookBridgeException")]
pub enum HookBridgeError {
    /// The API key is missing or unknown.
    Authentication {
        /// What it tells.
        failure: Failure,
    },
    /// No such endpoint, message or key.
    NotFound {
        /// What it tells.
        failure: Failure,
    },
    /// The request or a setting is wrong.
    Validation {
        /// What it tells.
        failure: Failure,
    },
    /// Too much at once.
    RateLimit {
        /// What it tells.
        failure: Failure,
    },
    /// The idempotency key was used with another payload.
    Idempotency {
        /// What it tells.
        failure: Failure,
    },
    /// The message was replayed as often as is allowed.
    ReplayLimit {
        /// What it tells.
        failure: Failure,
    },
    /// A server could not be reached.
    Network {
        /// What it tells.
        failure: Failure,
    },
    /// A server did not answer in time.
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
        let (code, status) = (error.code(), error.http_status());
        let failure = Failure {
            code: code.name().to_owned(),
            reason: error.message().to_owned(),
            status: i32::from(status),
            retryable: error.is_retryable(),
            request_id: error.request_id().map(str::to_owned),
            retry_after_seconds: error.retry_after().map(|pause| pause.as_secs_f64()),
        };
        match (code, status) {
            (ErrorCode::Closed, _) => Self::Other { failure },
            (ErrorCode::IdempotencyMismatch, _) => Self::Idempotency { failure },
            (ErrorCode::ReplayLimitExceeded, _) => Self::ReplayLimit { failure },
            (ErrorCode::NetworkError, _) => Self::Network { failure },
            (ErrorCode::Timeout, _) => Self::Timeout { failure },
            (_, 400 | 413) => Self::Validation { failure },
            (_, 401) => Self::Authentication { failure },
            (_, 404) => Self::NotFound { failure },
            (_, 429) => Self::RateLimit { failure },
            _ => Self::Other { failure },
        }
    }
}
