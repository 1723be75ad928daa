//! What each route may refuse (docs/contract.md#operations, docs/contract.md#errors).

/// A method, a path, and the status and code of each refusal.
pub type Row = (&'static str, &'static str, &'static [(u16, &'static str)]);

/// What any route refuses: who has no key, and who comes when every place is taken.
pub const ANYWHERE: &[(u16, &str)] = &[(401, "UNAUTHORIZED"), (429, "RATE_LIMIT_EXCEEDED")];

/// What a route refuses that writes, when the outbox cannot be written.
pub const UNWRITABLE: (u16, &str) = (503, "STORAGE_UNAVAILABLE");

const MALFORMED: (u16, &str) = (400, "INVALID_REQUEST");
const HEADERS: (u16, &str) = (400, "INVALID_HEADERS");
const URL: (u16, &str) = (400, "INVALID_ENDPOINT");
const UNREACHABLE: (u16, &str) = (400, "ENDPOINT_UNREACHABLE");
const BLOCKED: (u16, &str) = (400, "ENDPOINT_BLOCKED");
const STATUS: (u16, &str) = (400, "INVALID_STATUS");
const UNKNOWN: (u16, &str) = (404, "NOT_FOUND");
const NO_ENDPOINT: (u16, &str) = (404, "ENDPOINT_NOT_FOUND");
const EXPIRED: (u16, &str) = (410, "RETENTION_EXPIRED");
const GONE: (u16, &str) = (410, "PAYLOAD_UNAVAILABLE");
const TOO_LARGE: (u16, &str) = (413, "PAYLOAD_TOO_LARGE");

/// Every route, in the order of docs/contract.md#operations, beside what stands above. A path that is not UTF-8 is 400 on every route that
/// has an id in it.
#[rustfmt::skip]
pub const DOCUMENTED: &[Row] = &[
    ("POST", "/v1/webhooks/send", &[MALFORMED, HEADERS, NO_ENDPOINT, (409, "IDEMPOTENCY_MISMATCH"), TOO_LARGE, UNWRITABLE]),

    ("POST", "/v1/endpoints", &[MALFORMED, HEADERS, URL, UNREACHABLE, BLOCKED, TOO_LARGE, UNWRITABLE]),
    ("GET", "/v1/endpoints", &[MALFORMED]),
    ("GET", "/v1/endpoints/{endpoint_id}", &[MALFORMED, NO_ENDPOINT]),
    ("PATCH", "/v1/endpoints/{endpoint_id}", &[MALFORMED, HEADERS, URL, UNREACHABLE, BLOCKED, NO_ENDPOINT, TOO_LARGE, UNWRITABLE]),
    ("DELETE", "/v1/endpoints/{endpoint_id}", &[MALFORMED, NO_ENDPOINT, UNWRITABLE]),
    ("POST", "/v1/endpoints/{endpoint_id}/pause", &[MALFORMED, NO_ENDPOINT, UNWRITABLE]),
    ("POST", "/v1/endpoints/{endpoint_id}/resume", &[MALFORMED, NO_ENDPOINT, UNWRITABLE]),
    ("GET", "/v1/endpoints/{endpoint_id}/signing-keys", &[MALFORMED, NO_ENDPOINT]),
    ("POST", "/v1/endpoints/{endpoint_id}/signing-keys", &[MALFORMED, NO_ENDPOINT, (409, "MAX_SIGNING_KEYS_REACHED"), UNWRITABLE]),
    ("POST", "/v1/endpoints/{endpoint_id}/rotate-secret", &[MALFORMED, NO_ENDPOINT, (409, "MAX_SIGNING_KEYS_REACHED"), UNWRITABLE]),
    ("DELETE", "/v1/endpoints/{endpoint_id}/signing-keys/{key_id}", &[MALFORMED, UNKNOWN, NO_ENDPOINT, (409, "CANNOT_DELETE_LAST_SIGNING_KEY"), UNWRITABLE]),

    ("GET", "/v1/messages/{message_id}", &[MALFORMED, UNKNOWN]),
    ("GET", "/v1/messages/{message_id}/attempts", &[MALFORMED]),
    ("POST", "/v1/messages/{message_id}/replay", &[MALFORMED, UNKNOWN, (409, "DELIVERY_IN_PROGRESS"), (409, "RETRY_IN_PROGRESS"), EXPIRED, GONE, (429, "REPLAY_LIMIT_EXCEEDED"), UNWRITABLE]),
    ("POST", "/v1/messages/{message_id}/cancel", &[MALFORMED, STATUS, UNKNOWN, UNWRITABLE]),
    ("POST", "/v1/messages/{message_id}/retry-now", &[MALFORMED, STATUS, UNKNOWN, UNWRITABLE]),
    ("POST", "/v1/messages/replay-all", &[MALFORMED, NO_ENDPOINT, UNWRITABLE]),
    ("POST", "/v1/messages/replay-batch", &[MALFORMED, TOO_LARGE, UNWRITABLE]),
    ("DELETE", "/v1/messages/{message_id}", &[MALFORMED, UNKNOWN, UNWRITABLE]),
    ("POST", "/v1/messages/delete-batch", &[MALFORMED, TOO_LARGE, UNWRITABLE]),
    ("POST", "/v1/messages/delete-all", &[MALFORMED, NO_ENDPOINT, UNWRITABLE]),

    ("GET", "/v1/logs", &[MALFORMED, NO_ENDPOINT]),

    ("GET", "/v1/dlq/messages", &[MALFORMED]),
    ("POST", "/v1/dlq/replay/{message_id}", &[MALFORMED, STATUS, UNKNOWN, EXPIRED, GONE, UNWRITABLE]),

    ("GET", "/v1/metrics", &[MALFORMED, NO_ENDPOINT]),
    ("GET", "/v1/metrics/timeseries", &[MALFORMED, NO_ENDPOINT]),

    ("GET", "/v1/api-keys", &[]),
    ("POST", "/v1/api-keys", &[MALFORMED, TOO_LARGE, UNWRITABLE]),
    ("DELETE", "/v1/api-keys/{key_id}", &[MALFORMED, UNKNOWN, UNWRITABLE]),

    ("POST", "/v1/exports", &[MALFORMED, NO_ENDPOINT, TOO_LARGE, UNWRITABLE]),
    ("GET", "/v1/exports", &[]),
    ("GET", "/v1/exports/{export_id}", &[MALFORMED, UNKNOWN]),
    ("GET", "/v1/exports/{export_id}/download", &[MALFORMED, (400, "EXPORT_NOT_READY"), UNKNOWN, (410, "EXPORT_EXPIRED")]),
    ("DELETE", "/v1/exports/{export_id}", &[MALFORMED, UNKNOWN, UNWRITABLE]),

    ("GET", "/v1/actors/lookup", &[MALFORMED]),

    ("GET", "/v1/stats", &[]),
];
