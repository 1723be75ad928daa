//! JSON schemas of what operations take and answer, for whoever documents them. They are derived from the types; here
//! stand the values whose form or limit no type tells, each by the constants that check it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::config::TEN_YEARS_HOURS;
use crate::delivery::wire::endpoint_url::{LONGEST, SHORTEST};
use crate::model::header_map::{FORBIDDEN, FORBIDDEN_ON_MESSAGES, FORBIDDEN_PREFIXES, HEADERS_LIMIT};
use crate::model::ids::{ApiKeyId, AttemptId, EndpointId, ExportId, MessageId, SigningKeyId};
use crate::model::retry_schedule::{HOOKBRIDGE, LONGEST_GAP, MOST_GAPS, RetrySchedule, STANDARD_WEBHOOKS};
use crate::model::timestamp::Timestamp;
use crate::operations::api_keys::LABEL_CHARACTERS;
use crate::operations::endpoints::{BURST, DESCRIPTION_CHARACTERS, MAX_ATTEMPTS, RATE_LIMIT_RPS};
use crate::operations::many::NAMED_LIMIT;
use crate::operations::messages::{IDEMPOTENCY_KEY_CHARACTERS, Payload};

/// What stands for a field whose type says less than is checked.
macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $($(#[$doc])* pub(crate) struct $name;)*
    };
}

marks! {
    /// An endpoint's URL.
    Url,
    /// An endpoint's description.
    Description,
    /// Deliveries a second.
    RateLimit,
    /// Deliveries at once.
    Burst,
    /// How often a message is attempted.
    MaxAttempts,
    /// What an endpoint adds to each delivery.
    EndpointHeaders,
    /// What a message adds to its delivery.
    MessageHeaders,
    /// Headers as they were sent.
    SentHeaders,
    /// A message's idempotency key.
    IdempotencyKey,
    /// How long a payload is kept. No longer than the server keeps any, which is its own setting.
    Hours,
    /// A signing key's secret.
    Secret,
    /// The end of a secret.
    Hint,
    /// An API key.
    KeyText,
    /// An API key's label.
    Label,
    /// A hash in hexadecimal.
    Sha256,
    /// A part of one.
    Rate,
    /// An endpoint's id with dashes and without its prefix.
    Dashed,
    /// Which way messages went.
    Direction,
    /// What became of a replay.
    ReplayOutcome,
    /// What became of a deletion.
    DeleteOutcome,
    /// Messages by their ids.
    NamedIds,
}

macro_rules! values {
    ($($type:ty => $schema:expr,)*) => {
        $(impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        })*
    };
}

values! {
    Payload => json_schema!({}),
    Timestamp => json_schema!({"type": "string", "format": "date-time"}),
    EndpointId => pattern("^ep_[0-9a-f]{32}$"),
    SigningKeyId => pattern("^sk_[0-9a-f]{32}$"),
    ApiKeyId => pattern("^key_[0-9a-f]{32}$"),
    MessageId => uuid(),
    AttemptId => uuid(),
    ExportId => uuid(),
    Dashed => uuid(),
    Url => json_schema!({"type": "string", "format": "uri", "minLength": SHORTEST, "maxLength": LONGEST}),
    Description => json_schema!({"type": "string", "maxLength": DESCRIPTION_CHARACTERS}),
    Label => json_schema!({"type": "string", "maxLength": LABEL_CHARACTERS}),
    RateLimit => at_most(RATE_LIMIT_RPS.into()),
    Burst => at_most(BURST.into()),
    MaxAttempts => at_most(MAX_ATTEMPTS.into()),
    Hours => at_most(TEN_YEARS_HOURS),
    Rate => json_schema!({"type": "number", "minimum": 0, "maximum": 1}),
    EndpointHeaders => headers(FORBIDDEN),
    MessageHeaders => headers(&[FORBIDDEN, FORBIDDEN_ON_MESSAGES].concat()),
    SentHeaders => json_schema!({"type": "object", "additionalProperties": {"type": "string"}}),
    IdempotencyKey => pattern(&format!("^[A-Za-z0-9_-]{{1,{IDEMPOTENCY_KEY_CHARACTERS}}}$")),
    Secret => pattern("^whsec_[A-Za-z0-9]{32}$"),
    Hint => pattern("^[A-Za-z0-9]{4}$"),
    KeyText => pattern("^hb_(live|test)_[A-Za-z0-9]{32}$"),
    Sha256 => pattern("^[0-9a-f]{64}$"),
    Direction => words(&["outbound"]),
    ReplayOutcome => words(&["replayed", "failed", "stuck"]),
    DeleteOutcome => words(&["deleted", "already_deleted", "not_found"]),
    NamedIds => json_schema!({
        "type": "array", "minItems": 1, "maxItems": NAMED_LIMIT, "items": {"type": "string"},
    }),
    RetrySchedule => retry_schedule(),
}

fn pattern(form: &str) -> Schema {
    json_schema!({"type": "string", "pattern": form})
}

fn uuid() -> Schema {
    json_schema!({"type": "string", "format": "uuid"})
}

fn words(known: &[&str]) -> Schema {
    json_schema!({"type": "string", "enum": known})
}

fn at_most(most: u64) -> Schema {
    json_schema!({"type": "integer", "minimum": 0, "maximum": most})
}

fn headers(forbidden: &[&str]) -> Schema {
    // Names are the same in any case, for which a pattern has no other words.
    let any_case = |name: &str| -> String {
        name.chars()
            .map(|letter| match letter.to_ascii_uppercase() {
                upper if upper == letter => letter.to_string(),
                upper => format!("[{upper}{letter}]"),
            })
            .collect()
    };
    let any_of = |names: &[&str]| names.iter().copied().map(any_case).collect::<Vec<_>>().join("|");
    let refused = format!("^(({})$|{})", any_of(forbidden), any_of(FORBIDDEN_PREFIXES));
    json_schema!({
        "type": "object",
        "maxProperties": HEADERS_LIMIT,
        "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", "not": {"pattern": refused}},
        "additionalProperties": pattern("^[\\t -~]*$"),
    })
}

fn retry_schedule() -> Schema {
    let gap = json_schema!({"type": "number", "minimum": 0, "maximum": LONGEST_GAP.as_secs()});
    let gaps = json_schema!({"type": "array", "minItems": 1, "maxItems": MOST_GAPS, "items": gap});
    json_schema!({"anyOf": [
        {"enum": [HOOKBRIDGE, STANDARD_WEBHOOKS]},
        gaps,
        {"type": "object", "properties": {"slow": gaps, "fast": gaps}, "additionalProperties": false},
    ]})
}

/// An export's JSON: the filter's fields stand beside the others.
#[derive(JsonSchema)]
#[schemars(rename = "Export")]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct ExportShape {
    id: ExportId,
    project_id: String,
    status: crate::model::export::ExportStatus,
    #[schemars(with = "Direction")]
    direction: String,
    filter_start_time: Timestamp,
    filter_end_time: Timestamp,
    filter_status: Option<crate::model::message::MessageStatus>,
    #[schemars(with = "Option<Dashed>")]
    filter_endpoint_id: Option<String>,
    row_count: Option<u64>,
    file_size_bytes: Option<u64>,
    error_message: Option<String>,
    created_at: Timestamp,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}
