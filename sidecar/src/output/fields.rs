//! What a field is for whoever reads an answer, by its name: the order in which fields are shown, which of them are times,
//! and which words are good or bad news. Tables and lines of every command have it from here.

use serde_json::Value;

use crate::colour::Tone;

/// What a thing is known by. Where there are several, the first of these is its own and the others are what it belongs to.
const IDS: &[&str] = &["id", "message_id", "key_id", "attempt_no", "timestamp", "endpoint_id"];

/// How it stands.
const STATUS: &[&str] = &[
    "status",
    "progress",
    "outcome",
    "delivered",
    "valid",
    "response_status",
    "paused",
    "standing",
    "breaker",
    "count",
    "accepted",
    "replayed",
    "cancelled",
    "deleted",
];

/// Why.
const WHY: &[&str] = &[
    "cause",
    "sentence",
    "last_error",
    "error",
    "error_text",
    "error_message",
    "note",
    "not_delivering",
    "refused",
];

/// The sentence that says all of an answer: it stands alone before the rest.
pub const HEADLINE: &str = "sentence";

/// Where a field stands: id, status, why, when, then the rest.
fn rank(name: &str, id: Option<&str>) -> (usize, usize) {
    let within = |names: &[&str]| names.iter().position(|known| *known == name);
    if Some(name) == id {
        return (0, 0);
    }
    if let Some(place) = within(STATUS) {
        return (1, place);
    }
    if let Some(place) = within(WHY) {
        return (2, place);
    }
    (if is_moment(name) { 3 } else { 4 }, 0)
}

/// The names in the order in which a person needs them. What is alike stays as it was.
pub fn ordered<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.into_iter().collect();
    // What is counted by its cause is known by its cause: an id beside it is an example's.
    let is_count = names.contains(&"cause") && names.contains(&"count");
    let ids = if is_count { &["cause"] } else { IDS };
    let id = ids.iter().copied().find(|id| names.contains(id));
    names.sort_by_key(|name| rank(name, id));
    names
}

/// Whether the field of this name is a moment.
pub fn is_moment(name: &str) -> bool {
    name.ends_with("_at")
        || name == "searched_to"
        || name.ends_with("_time")
        || matches!(name, "timestamp" | "at" | "until" | "since")
}

/// Whether a field has headers: their names are strangers', and say nothing of their values.
pub fn is_headers(name: &str) -> bool {
    matches!(name, "headers" | "request_headers" | "response_headers")
}

/// Whether a field's value is good news or bad.
pub fn tone(name: &str, value: &Value) -> Tone {
    let good_or_bad = |good: bool| if good { Tone::Good } else { Tone::Bad };
    match (name, value) {
        ("response_status", Value::Number(status)) => {
            good_or_bad(status.as_u64().is_some_and(|status| (200..300).contains(&status)))
        }
        ("delivered" | "valid", Value::Bool(good)) => good_or_bad(*good),
        ("paused", Value::Bool(true)) => Tone::Waiting,
        ("status" | "progress" | "outcome" | "standing" | "breaker", Value::String(word)) => {
            match word.as_str() {
                "succeeded" | "delivered" | "completed" | "answering" => Tone::Good,
                "pending_retry" | "waiting" | "open" => Tone::Waiting,
                "failed_permanent" | "given_up" | "failed" | "failing" => Tone::Bad,
                _ => Tone::Plain,
            }
        }
        _ => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use hookbridge_core::operations::definition::operations;
    use schemars::generate::SchemaSettings;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_reads_id_status_why_when_and_the_rest() {
        let message =
            ["endpoint", "created_at", "attempt_count", "last_error", "endpoint_id", "status", "id"];
        assert_eq!(
            ordered(message),
            ["id", "status", "last_error", "created_at", "endpoint", "attempt_count", "endpoint_id"]
        );
        let group = ["message_id", "last_failed_at", "last_error", "count", "endpoint_id", "cause"];
        assert_eq!(
            ordered(group),
            ["cause", "count", "last_error", "last_failed_at", "message_id", "endpoint_id"]
        );
        assert_eq!(ordered(["total", "failed", "timestamp"]), ["timestamp", "total", "failed"]);
    }

    /// Calls `see` with the name and the schema of every field of the document.
    fn walk(schema: &Value, see: &mut impl FnMut(&str, &Value)) {
        match schema {
            Value::Object(members) => {
                for (name, field) in
                    members.get("properties").and_then(Value::as_object).into_iter().flatten()
                {
                    see(name, field);
                }
                members.values().for_each(|member| walk(member, see));
            }
            Value::Array(members) => members.iter().for_each(|member| walk(member, see)),
            _ => {}
        }
    }

    #[test]
    fn a_name_says_whether_it_is_a_moment() {
        let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let answers: Vec<Value> =
            operations().iter().map(|row| (row.answer.schema)(&mut generator).to_value()).collect();
        let types = generator.definitions().clone();
        let mut seen = 0;
        walk(&json!([answers, types]), &mut |name, field| {
            let text = field.to_string();
            let is_time = text.contains("\"date-time\"") || text.contains("schemas/Timestamp");
            let is_leaf = !text.contains("properties");
            if is_leaf {
                assert_eq!(is_moment(name), is_time, "{name}: {text}");
                seen += usize::from(is_time);
            }
        });
        assert!(seen > 10, "only {seen} were seen");
    }

    #[test]
    fn every_status_of_a_message_has_its_colour() {
        let tones = ["succeeded", "pending_retry", "failed_permanent", "queued", "delivering"]
            .map(|status| tone("status", &json!(status)));
        assert_eq!(tones, [Tone::Good, Tone::Waiting, Tone::Bad, Tone::Plain, Tone::Plain]);
        // A stranger's text is not a status.
        assert_eq!(tone("description", &json!("failed_permanent")), Tone::Plain);
    }
}
