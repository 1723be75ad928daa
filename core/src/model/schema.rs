//! JSON schemas (2020-12) of single values: ids, times, headers, secrets. The schemas of the operations' types are derived.
//! Limits are the constants that the checks use.

use std::borrow::Cow;

use schemars::json_schema;
pub use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use crate::model::api_key::ApiKeySecret;
use crate::model::endpoint_url::{EndpointUrl, LONGEST, SHORTEST};
use crate::model::event_filter::{CONDITIONS_LIMIT, POINTER_CHARACTERS, VALUES_LIMIT};
use crate::model::event_type::{EVENT_TYPE_CHARACTERS, EventPattern, EventType};
use crate::model::header_map::{
    FORBIDDEN, FORBIDDEN_ON_MESSAGES, FORBIDDEN_PREFIXES, HEADERS_LIMIT, HeaderMap,
};
use crate::model::ids::{ApiKeyId, AttemptId, EndpointId, EventId, ExportId, MessageId, SigningKeyId};
use crate::model::message::{IDEMPOTENCY_KEY_CHARACTERS, REPLAYABLE};
use crate::model::payload::Payload;
use crate::model::retry_schedule::{HOOKBRIDGE, LONGEST_GAP, MOST_GAPS, RetrySchedule, STANDARD_WEBHOOKS};
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;

/// Texts without control characters.
pub(crate) const NO_CONTROLS: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

/// An idempotency key.
pub(crate) enum IdempotencyKey {}
/// The last characters of a signing secret.
pub(crate) enum KeyHint {}
/// The statuses from which many messages are replayed.
pub(crate) enum ReplayableMessageStatus {}
/// The status of a message that was just accepted.
pub(crate) enum QueuedStatus {}
/// The result for one message of a replay of several.
pub(crate) enum ReplayOutcome {}
/// The result for one message of a delete of several.
pub(crate) enum DeleteOutcome {}
/// A code that signs a browser in once.
pub(crate) enum LoginCode {}
/// Where the next page begins. Opaque: only one that an earlier page gave is valid.
pub(crate) enum Cursor {}
/// Hex SHA-256.
pub(crate) enum Sha256Hex {}
/// An endpoint's id as exports show it: a UUID with dashes.
pub(crate) enum DashedId {}
/// Headers that an endpoint may have.
pub(crate) enum EndpointHeaders {}
/// Headers that a message may have.
pub(crate) enum MessageHeaders {}
/// The conditions of a filter.
pub(crate) enum Filter {}
/// A JSON object of any form.
pub(crate) enum JsonObject {}
/// Any JSON value.
pub(crate) enum JsonValue {}

macro_rules! values {
    ($($type:ident: $schema:expr;)*) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

values! {
    EndpointId: pattern("^ep_[0-9a-f]{32}$");
    SigningKeyId: pattern("^sk_[0-9a-f]{32}$");
    ApiKeyId: pattern("^key_[0-9a-f]{32}$");
    EventId: pattern("^evt_[0-9a-f]{32}$");
    EventType: named("^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*$");
    EventPattern: named("^([A-Za-z0-9_-]+|[*])([.]([A-Za-z0-9_-]+|[*]))*$");
    MessageId: format("uuid");
    AttemptId: format("uuid");
    ExportId: format("uuid");
    DashedId: format("uuid");
    Timestamp: format("date-time");
    EndpointUrl: json_schema!({"type": "string", "format": "uri", "minLength": SHORTEST, "maxLength": LONGEST});
    SigningSecret: secret("^whsec_[A-Za-z0-9]{32}$");
    ApiKeySecret: secret("^hb_(live|test)_[A-Za-z0-9]{32}$");
    LoginCode: secret("^[A-Za-z0-9_-]{22}$");
    KeyHint: pattern("^[A-Za-z0-9]{4}$");
    Cursor: format("cursor");
    Sha256Hex: pattern("^[0-9a-f]{64}$");
    IdempotencyKey: pattern(&format!("^[A-Za-z0-9_-]{{1,{IDEMPOTENCY_KEY_CHARACTERS}}}$"));
    Payload: json_schema!({});
    JsonValue: json_schema!({
        "type": ["object", "array", "string", "number", "boolean", "null"],
        "additionalProperties": true,
    });
    JsonObject: json_schema!({"type": "object", "additionalProperties": true});
    Filter: filter();
    HeaderMap: json_schema!({"type": "object", "additionalProperties": {"type": "string"}});
    EndpointHeaders: headers(FORBIDDEN);
    MessageHeaders: headers(&[FORBIDDEN, FORBIDDEN_ON_MESSAGES].concat());
}

impl JsonSchema for RetrySchedule {
    fn schema_name() -> Cow<'static, str> {
        "RetrySchedule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schedule()
    }
}

macro_rules! words {
    ($($type:ident: $words:expr;)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "enum": $words})
            }
        }
    )*};
}

words! {
    QueuedStatus: ["queued"];
    ReplayableMessageStatus: REPLAYABLE;
    ReplayOutcome: ["replayed", "failed", "stuck"];
    DeleteOutcome: ["deleted", "already_deleted", "not_found"];
}

fn pattern(form: &str) -> Schema {
    json_schema!({"type": "string", "pattern": form})
}

fn filter() -> Schema {
    let text = json_schema!({"type": "string", "maxLength": POINTER_CHARACTERS});
    let bound = json_schema!({"type": ["number", "string"], "maxLength": POINTER_CHARACTERS});
    let value = json_schema!({"maxLength": POINTER_CHARACTERS});
    json_schema!({"type": "array", "maxItems": CONDITIONS_LIMIT, "items": {
        "type": "object",
        "required": ["pointer"],
        "properties": {
            "pointer": {"type": "string", "maxLength": POINTER_CHARACTERS, "pattern": "^(/([^~]|~[01])*)?$"},
            "equals": value, "in": {"type": "array", "minItems": 1, "maxItems": VALUES_LIMIT, "items": value}, "exists": {"type": "boolean"},
            "starts_with": text, "greater": bound, "less": bound,
        },
        "minProperties": 2,
        "maxProperties": 2,
        "additionalProperties": false,
    }})
}

fn named(form: &str) -> Schema {
    json_schema!({"type": "string", "pattern": form, "maxLength": EVENT_TYPE_CHARACTERS})
}

/// What the languages' packages do not print.
fn secret(form: &str) -> Schema {
    json_schema!({"type": "string", "format": "password", "pattern": form})
}

fn format(name: &str) -> Schema {
    json_schema!({"type": "string", "format": name})
}

fn headers(forbidden: &[&str]) -> Schema {
    // `alike` names count as one name, and JSON Schema patterns have no flag for that: each letter becomes `[Aa]`.
    let alike = |name: &str| -> String {
        name.chars()
            .map(|letter| match letter.to_ascii_uppercase() {
                '-' => "[^0-9A-Za-z]".to_owned(),
                upper if upper == letter => letter.to_string(),
                upper => format!("[{upper}{letter}]"),
            })
            .collect()
    };
    let any_of = |names: &[&str]| names.iter().copied().map(alike).collect::<Vec<_>>().join("|");
    let refused = format!("^(({})$|{})", any_of(forbidden), any_of(FORBIDDEN_PREFIXES));
    json_schema!({
        "type": "object",
        "maxProperties": HEADERS_LIMIT,
        "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", "not": {"pattern": refused}},
        "additionalProperties": pattern("^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$"),
    })
}

fn schedule() -> Schema {
    let gap = json_schema!({"type": "number", "minimum": 0, "maximum": LONGEST_GAP.as_secs()});
    let gaps = json_schema!({"type": "array", "minItems": 1, "maxItems": MOST_GAPS, "items": gap});
    // An empty list is none.
    let list = json_schema!({"type": "array", "maxItems": MOST_GAPS, "items": gap});
    json_schema!({"anyOf": [
        {"type": "string", "enum": [HOOKBRIDGE, STANDARD_WEBHOOKS]},
        list,
        {"type": "object", "properties": {"slow": gaps, "fast": gaps}, "additionalProperties": false},
    ]})
}

/// Replaces the derived schema of an enum, which has a subschema for each documented variant, by a plain `enum` of words.
pub(crate) fn words(schema: &mut Schema) {
    let Some(Value::Array(cases)) = schema.remove("oneOf") else { return };
    let words: Vec<Value> = cases.iter().filter_map(|case| case.get("const").cloned()).collect();
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), words.into());
}
