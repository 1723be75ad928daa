//! The error type of the engine: a code (docs/contract.md#errors) and a sentence.

mod class;

use std::fmt;
use std::time::Duration;

pub use class::ErrorClass;

macro_rules! error_codes {
    ($(
        $(#[doc = $doc:literal])*
        $variant:ident = $number:literal, $name:literal, $status:literal, $retryable:literal, $class:ident, $advice:literal;
    )*) => {
        /// Why an operation was refused. The names and HTTP statuses are those of
        /// docs/contract.md#errors; the numbers are the C ABI's and are never reused or renumbered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum ErrorCode { $($(#[doc = $doc])* $variant = $number,)* }

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

            /// What the code says, in a sentence.
            pub const fn cause(self) -> &'static str {
                match self { $(ErrorCode::$variant => concat!($($doc),*).trim_ascii(),)* }
            }

            /// What whoever gets the code does about it.
            pub const fn advice(self) -> &'static str {
                match self { $(ErrorCode::$variant => $advice,)* }
            }

            /// The class that the code belongs to.
            pub const fn class(self) -> ErrorClass {
                match self { $(ErrorCode::$variant => ErrorClass::$class,)* }
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
    /// The engine failed in a way that it should not have.
    Internal = 1, "INTERNAL_ERROR", 500, false, Other,
        "report it with the sentence, which says where";
    /// Malformed JSON, a field that is missing, has the wrong type or breaks a limit, a cursor that is not ours;
    /// over HTTP also 405 and 408.
    InvalidRequest = 2, "INVALID_REQUEST", 400, false, Validation,
        "mend the request as the sentence says";
    /// A custom header that is forbidden, malformed, given twice or too large.
    InvalidHeaders = 3, "INVALID_HEADERS", 400, false, Validation,
        "take the named header out, or rename it";
    /// A URL that is malformed, of the wrong length or not `https`.
    InvalidEndpoint = 4, "INVALID_ENDPOINT", 400, false, Validation,
        "mend the URL; for `http://` in development set `allow_local_endpoints`";
    /// The URL's host does not resolve.
    EndpointUnreachable = 5, "ENDPOINT_UNREACHABLE", 400, false, Validation,
        "check the name and the resolver; to work offline set `verify_dns` to false";
    /// The host is, or resolves to, an address that is not public.
    EndpointBlocked = 6, "ENDPOINT_BLOCKED", 400, false, Validation,
        "use a public address; in a private network set `allow_local_endpoints`";
    /// The message's state does not allow the operation.
    InvalidStatus = 7, "INVALID_STATUS", 400, false, Validation,
        "read the message: the sentence names its state";
    /// No API key, an unknown one, or a link that is too old.
    Unauthorized = 8, "UNAUTHORIZED", 401, false, Authentication,
        "give a key that exists; ask for a new link";
    /// No such message, signing key, API key, export, operation or route.
    NotFound = 9, "NOT_FOUND", 404, false, NotFound,
        "check the id; a message's row goes after its retention";
    /// No such endpoint, or it was deleted.
    EndpointNotFound = 10, "ENDPOINT_NOT_FOUND", 404, false, NotFound,
        "check the id, or create the endpoint anew";
    /// The idempotency key was used for this endpoint with another payload.
    IdempotencyMismatch = 11, "IDEMPOTENCY_MISMATCH", 409, false, Idempotency,
        "use a key for each distinct message; nothing was accepted";
    /// The message is queued or being delivered.
    DeliveryInProgress = 12, "DELIVERY_IN_PROGRESS", 409, true, Other,
        "wait until the message has come to something";
    /// The message waits for a fast retry after a 429.
    RetryInProgress = 13, "RETRY_IN_PROGRESS", 409, true, Other,
        "wait, or use `messages.retry_now`";
    /// The endpoint has two signing keys.
    MaxSigningKeysReached = 14, "MAX_SIGNING_KEYS_REACHED", 409, false, Other,
        "delete one of them first";
    /// The signing key is the endpoint's only one.
    CannotDeleteLastSigningKey = 15, "CANNOT_DELETE_LAST_SIGNING_KEY", 409, false, Other,
        "create another first";
    /// The payload is past its retention.
    RetentionExpired = 16, "RETENTION_EXPIRED", 410, false, Other,
        "send a new message";
    /// The payload is gone: swept, dropped after delivery, or deleted with its message.
    PayloadUnavailable = 17, "PAYLOAD_UNAVAILABLE", 410, false, Other,
        "send a new message";
    /// The payload, the body or the whole batch is too large.
    PayloadTooLarge = 18, "PAYLOAD_TOO_LARGE", 413, false, Validation,
        "send less: a link to the data in place of the data, or smaller batches";
    /// The message was replayed ten times.
    ReplayLimitExceeded = 19, "REPLAY_LIMIT_EXCEEDED", 429, false, ReplayLimit,
        "find out why it fails; then send a new message";
    /// The outbox cannot be read or written: disk full, locked, corrupt, replaced, no database.
    StorageUnavailable = 20, "STORAGE_UNAVAILABLE", 503, true, Other,
        "mend what the sentence names (`hookbridge doctor` says more) and try again; nothing was acknowledged";
    /// A setting is unknown or outside its range.
    InvalidConfiguration = 21, "INVALID_CONFIGURATION", 400, false, Validation,
        "mend the setting that the sentence names";
    /// The engine was closed.
    Closed = 22, "CLOSED", 400, false, Other,
        "open a new one";
    /// The process was forked while the engine could not be brought to rest.
    Forked = 23, "FORKED", 500, false, Other,
        "open a new engine in a process that was not forked so";
    /// The file was written by a newer version.
    SchemaTooNew = 24, "SCHEMA_TOO_NEW", 500, false, Other,
        "use that version or a later one";
    /// The export is not written yet, or failed.
    ExportNotReady = 25, "EXPORT_NOT_READY", 400, true, Validation,
        "ask `exports.get` until it is `completed`; if it is `failed`, make a new one";
    /// The export is past its seven days.
    ExportExpired = 26, "EXPORT_EXPIRED", 410, false, Other,
        "make a new one";
    /// The server at `base_url` could not be reached, broke off, or answered something else than HookBridge does.
    NetworkError = 27, "NETWORK_ERROR", 502, true, Network,
        "try again later; check `base_url`";
    /// The server at `base_url` did not answer in time.
    Timeout = 28, "TIMEOUT", 504, true, Timeout,
        "try again later; [Operations](#operations) says what may be repeated";
    /// More requests than are served at once, or no room for another export.
    RateLimitExceeded = 29, "RATE_LIMIT_EXCEEDED", 429, true, RateLimit,
        "wait for `Retry-After`, else back off; delete an export";
    /// What is asked does not exist in this way of running, such as events of a server.
    NotSupported = 30, "NOT_SUPPORTED", 400, false, Validation,
        "use an engine with a file for it";
    /// The API key's scope does not have the operation.
    Forbidden = 31, "FORBIDDEN", 403, false, Other,
        "use a key of another scope";
    /// There is something of this name already.
    AlreadyExists = 32, "ALREADY_EXISTS", 409, false, Other,
        "use another name, or change what is there";
    /// The event's type is not in the catalogue, and only types that are may be sent (`strict_event_types`).
    UnknownEventType = 33, "UNKNOWN_EVENT_TYPE", 400, false, Validation,
        "add the type to the catalogue (`event_types.create`), or mend its name";
    /// The payload does not fit the schema of the event's type (`validate_payloads`).
    InvalidPayload = 34, "INVALID_PAYLOAD", 400, false, Validation,
        "mend the payload at the place that the sentence names, or the schema";
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

    /// The error of a call that this process carried out itself, with an id under which its log has the call too.
    pub(crate) fn in_process(self) -> Self {
        if self.answered.is_some() {
            return self;
        }
        // Asked of the system, and not of a generator that keeps something in the caller's thread.
        let mut random = [0; 16];
        if getrandom::fill(&mut random).is_err() {
            return self;
        }
        let request_id = format!("req_{:032x}", u128::from_ne_bytes(random));
        tracing::debug!(target: "hookbridge::operations", request_id, code = %self.code, "refused");
        self.answered(Some(request_id), None)
    }

    /// The id of the call: the server's, or this process's own. Absent where a server said none, or did not answer.
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

    /// The class of the code.
    pub fn class(&self) -> ErrorClass {
        self.code.class()
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

pub(crate) fn event_type_not_found() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such event type")
}

pub(crate) fn endpoint_not_found() -> Error {
    Error::new(ErrorCode::EndpointNotFound, "there is no such endpoint")
}

pub(crate) fn message_not_found() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such message")
}

pub(crate) fn closed() -> Error {
    Error::new(ErrorCode::Closed, "the client was closed: open a new one")
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

    #[test]
    fn every_code_is_of_one_class_and_no_class_is_empty() {
        let codes: HashSet<ErrorCode> = ErrorClass::ALL.iter().flat_map(|class| class.codes()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        for class in ErrorClass::ALL {
            assert!(class.codes().count() > 0, "{class:?}");
        }
        // The server says 401 and 404 for nothing else.
        for (class, status) in [(ErrorClass::Authentication, 401), (ErrorClass::NotFound, 404)] {
            for code in ErrorCode::ALL {
                assert_eq!(code.class() == class, code.http_status() == status, "{code}");
            }
        }
    }
}
