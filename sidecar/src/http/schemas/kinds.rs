//! The kinds of values that shapes and parameters have, with the forms and limits that hold for them.

use hookbridge_core::config::TEN_YEARS_HOURS;
use hookbridge_core::delivery::wire::endpoint_url::{LONGEST, SHORTEST};
use hookbridge_core::model::header_map::{
    FORBIDDEN, FORBIDDEN_ON_MESSAGES, FORBIDDEN_PREFIXES, HEADERS_LIMIT,
};
use hookbridge_core::model::message::MessageStatus;
use hookbridge_core::model::retry_schedule::{HOOKBRIDGE, LONGEST_GAP, MOST_GAPS, STANDARD_WEBHOOKS};
use hookbridge_core::operations::api_keys::LABEL_CHARACTERS;
use hookbridge_core::operations::endpoints::{BURST, DESCRIPTION_CHARACTERS, MAX_ATTEMPTS, RATE_LIMIT_RPS};
use hookbridge_core::operations::many::NAMED_LIMIT;
use hookbridge_core::operations::messages::IDEMPOTENCY_KEY_CHARACTERS;
use hookbridge_core::operations::metrics::Window;
use serde_json::{Value, json};

fn pattern(form: &str) -> Value {
    json!({"type": "string", "pattern": form})
}

fn words(known: &[&str]) -> Value {
    json!({"type": "string", "enum": known})
}

fn at_most(most: impl Into<u64>) -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": most.into()})
}

/// A kind as a JSON schema. What has no form of its own is one of JSON's types.
pub fn schema(kind: &str) -> Value {
    match kind {
        "any" => json!({}),
        "time" => json!({"type": "string", "format": "date-time"}),
        "uuid" => json!({"type": "string", "format": "uuid"}),
        "url" => json!({"type": "string", "format": "uri", "minLength": SHORTEST, "maxLength": LONGEST}),
        // Opaque: only what a page before gave is taken.
        "cursor" => json!({"type": "string", "format": "cursor"}),

        "endpoint_id" => pattern("^ep_[0-9a-f]{32}$"),
        "signing_key_id" => pattern("^sk_[0-9a-f]{32}$"),
        "api_key_id" => pattern("^key_[0-9a-f]{32}$"),
        "secret" => pattern("^whsec_[A-Za-z0-9]{32}$"),
        "hint" => pattern("^[A-Za-z0-9]{4}$"),
        "api_key" => pattern("^hb_(live|test)_[A-Za-z0-9]{32}$"),
        "sha256" => pattern("^[0-9a-f]{64}$"),
        "idempotency_key" => pattern(&format!("^[A-Za-z0-9_-]{{1,{IDEMPOTENCY_KEY_CHARACTERS}}}$")),

        "status" => words(&MessageStatus::NAMES),
        "export_status" => words(&["pending", "processing", "completed", "failed", "expired"]),
        "replay_outcome" => words(&["replayed", "failed", "stuck"]),
        "delete_outcome" => words(&["deleted", "already_deleted", "not_found"]),
        "window" => words(&Window::NAMES),
        "mode" => words(&["live", "test"]),
        "direction" => words(&["outbound"]),
        "retry_type" => words(&["slow", "fast"]),

        "description" => json!({"type": "string", "maxLength": DESCRIPTION_CHARACTERS}),
        "label" => json!({"type": "string", "maxLength": LABEL_CHARACTERS}),
        "count" => json!({"type": "integer", "minimum": 0}),
        "rate" => json!({"type": "number", "minimum": 0, "maximum": 1}),
        "rps" => at_most(RATE_LIMIT_RPS),
        "burst" => at_most(BURST),
        "attempts" => at_most(MAX_ATTEMPTS),
        // No longer than the server keeps payloads, which is its own setting.
        "hours" => at_most(TEN_YEARS_HOURS),

        "map" => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        "endpoint_headers" => headers(FORBIDDEN),
        "message_headers" => headers(&[FORBIDDEN, FORBIDDEN_ON_MESSAGES].concat()),
        "named_ids" => {
            json!({"type": "array", "minItems": 1, "maxItems": NAMED_LIMIT, "items": {"type": "string"}})
        }
        "schedule" => schedule(),
        plain => json!({"type": plain}),
    }
}

fn headers(forbidden: &[&str]) -> Value {
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
    json!({
        "type": "object",
        "maxProperties": HEADERS_LIMIT,
        "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", "not": {"pattern": refused}},
        "additionalProperties": pattern("^[\\t -~]*$"),
    })
}

fn schedule() -> Value {
    let gap = json!({"type": "number", "minimum": 0, "maximum": LONGEST_GAP.as_secs()});
    let gaps = json!({"type": "array", "minItems": 1, "maxItems": MOST_GAPS, "items": gap});
    json!({"anyOf": [
        {"enum": [HOOKBRIDGE, STANDARD_WEBHOOKS, null]},
        gaps,
        {"type": "object", "properties": {"slow": gaps, "fast": gaps}, "additionalProperties": false},
    ]})
}
