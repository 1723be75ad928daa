//! The error type of the engine: a code (docs/contract.md#errors) and a sentence.

use std::fmt;
use std::time::Duration;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $name:literal, $status:literal, $retryable:literal;)*) => {
        /// Why an operation was refused. The names and HTTP statuses are those of
        /// docs/contract.md#errors; the numbers are the C ABI's and are never reused or renumbered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum ErrorCode { $($(#[$doc])* $variant = $number,)* }

        impl ErrorCode {
            /// Every code, in the order of their numbers.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant,)*];

            /// The code of that name.
            pub fn from_name(name: &str) -> Option<ErrorCode> {
                Self::ALL.iter().copied().find(|code| code.name() == name)
            }

            /// The code as it stands in JSON, such as `ENDPOINT_NOT_FOUND`.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorCode::$variant => $name,)* }
            }

            /// The HTTP status that goes with the code.
            pub const fn http_status(self) -> u16 {
                match self { $(ErrorCode::$variant => $status,)* }
            }

            /// Whether the same call may succeed later without being changed.
            pub const fn is_retryable(self) -> bool {
                match self { $(ErrorCode::$variant => $retryable,)* }
            }
        }
    };
}

error_codes! {
    /// The engine failed in a way that it should not have; the sentence says where.
    Internal = 1, "INTERNAL_ERROR", 500, false;
    /// A request that is malformed, lacks a field or breaks a limit.
    InvalidRequest = 2, "INVALID_REQUEST", 400, false;
    /// A custom header that is forbidden, malformed or too large.
    InvalidHeaders = 3, "INVALID_HEADERS", 400, false;
    /// An endpoint URL that is malformed, of the wrong length or not `https`.
    InvalidEndpoint = 4, "INVALID_ENDPOINT", 400, false;
    /// The host of an endpoint does not resolve.
    EndpointUnreachable = 5, "ENDPOINT_UNREACHABLE", 400, false;
    /// The host of an endpoint is, or resolves to, an address that is not public.
    EndpointBlocked = 6, "ENDPOINT_BLOCKED", 400, false;
    /// The message's status does not allow the operation.
    InvalidStatus = 7, "INVALID_STATUS", 400, false;
    /// The API key is missing or unknown.
    Unauthorized = 8, "UNAUTHORIZED", 401, false;
    /// No such message, signing key or operation.
    NotFound = 9, "NOT_FOUND", 404, false;
    /// No such endpoint, or it was deleted.
    EndpointNotFound = 10, "ENDPOINT_NOT_FOUND", 404, false;
    /// The idempotency key was used with another payload.
    IdempotencyMismatch = 11, "IDEMPOTENCY_MISMATCH", 409, false;
    /// The message is queued or being delivered at this moment.
    DeliveryInProgress = 12, "DELIVERY_IN_PROGRESS", 409, true;
    /// The message waits for a fast retry after a 429.
    RetryInProgress = 13, "RETRY_IN_PROGRESS", 409, true;
    /// The endpoint has two signing keys already.
    MaxSigningKeysReached = 14, "MAX_SIGNING_KEYS_REACHED", 409, false;
    /// The only signing key of an endpoint cannot be deleted.
    CannotDeleteLastSigningKey = 15, "CANNOT_DELETE_LAST_SIGNING_KEY", 409, false;
    /// The payload is past its retention.
    RetentionExpired = 16, "RETENTION_EXPIRED", 410, false;
    /// The payload is gone: swept, dropped after delivery, or deleted.
    PayloadUnavailable = 17, "PAYLOAD_UNAVAILABLE", 410, false;
    /// The payload is larger than the limit.
    PayloadTooLarge = 18, "PAYLOAD_TOO_LARGE", 413, false;
    /// The message was replayed ten times already.
    ReplayLimitExceeded = 19, "REPLAY_LIMIT_EXCEEDED", 429, false;
    /// The outbox cannot be read or written: disk full, locked, corrupt, missing folder, not a database.
    StorageUnavailable = 20, "STORAGE_UNAVAILABLE", 503, true;
    /// A setting is unknown or outside what is allowed.
    InvalidConfiguration = 21, "INVALID_CONFIGURATION", 400, false;
    /// The engine was closed.
    Closed = 22, "CLOSED", 400, false;
    /// The process was forked while the engine could not be brought to rest. Open a new engine in a process that was not
    /// forked so.
    Forked = 23, "FORKED", 500, false;
    /// The file was written by a newer version of HookBridge.
    SchemaTooNew = 24, "SCHEMA_TOO_NEW", 500, false;
    /// The export is not written yet.
    ExportNotReady = 25, "EXPORT_NOT_READY", 400, true;
    /// The export is past its seven days.
    ExportExpired = 26, "EXPORT_EXPIRED", 410, false;
    /// The server could not be reached, or the connection broke before it had answered.
    NetworkError = 27, "NETWORK_ERROR", 502, true;
    /// The server did not answer in time.
    Timeout = 28, "TIMEOUT", 504, true;
    /// More requests than the server takes at once, or no room for another export.
    RateLimitExceeded = 29, "RATE_LIMIT_EXCEEDED", 429, true;
    /// The operation does not exist in this way of running, such as events over HTTP.
    NotSupported = 30, "NOT_SUPPORTED", 400, false;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An operation's failure: a code for programs and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    message: String,
    /// What a server's answer said beside the error; boxed, since most errors came from no server.
    answered: Option<Box<Answered>>,
}

/// What a server's refusal carries beside code and sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Answered {
    request_id: Option<String>,
    retry_after: Option<Duration>,
}

/// What every fallible operation of the engine returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `code` with a sentence that names what was wrong and what is allowed.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), answered: None }
    }

    /// The error with what the server's answer said beside it.
    pub(crate) fn answered(self, request_id: Option<String>, retry_after: Option<Duration>) -> Self {
        Self { answered: Some(Box::new(Answered { request_id, retry_after })), ..self }
    }

    /// The id that the server gave the request; absent where no server answered.
    pub fn request_id(&self) -> Option<&str> {
        self.answered.as_ref()?.request_id.as_deref()
    }

    /// How long the server asks to wait before the request is tried again; absent where it did not ask.
    pub fn retry_after(&self) -> Option<Duration> {
        self.answered.as_ref()?.retry_after
    }

    /// The code, for programs.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence, for people. It never holds a secret or a payload.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status that goes with the code.
    pub fn http_status(&self) -> u16 {
        self.code.http_status()
    }

    /// Whether the same call may succeed later without being changed.
    pub fn is_retryable(&self) -> bool {
        self.code.is_retryable()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}

pub(crate) fn invalid_request(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidRequest, message)
}

pub(crate) fn endpoint_not_found() -> Error {
    Error::new(ErrorCode::EndpointNotFound, "there is no such endpoint")
}

pub(crate) fn message_not_found() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such message")
}

pub(crate) fn closed() -> Error {
    Error::new(ErrorCode::Closed, "the engine was closed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn numbers_and_names_are_unique_and_in_order() {
        let numbers: Vec<i32> = ErrorCode::ALL.iter().map(|code| *code as i32).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        let names: HashSet<&str> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
    }
}
