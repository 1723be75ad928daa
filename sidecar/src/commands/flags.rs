//! Flags that several commands share, and how the values of flags are read and given.

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

/// Which messages.
#[derive(Debug, Args)]
pub struct MessageFilter {
    /// Only with this status: queued, pending_retry, succeeded or failed_permanent.
    #[arg(long)]
    pub status: Option<String>,
    /// Only of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
}

/// `NAME: VALUE`.
pub fn header(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err("a header is `NAME: VALUE`".to_owned()),
    }
}

/// Headers as a request has them.
pub fn headers(given: &[(String, String)]) -> Option<Value> {
    (!given.is_empty()).then(|| given.iter().map(|(name, value)| (name.clone(), json!(value))).collect())
}

/// The values of a flag that may be said again.
pub fn several(values: &[String]) -> Option<Value> {
    (!values.is_empty()).then(|| json!(values))
}

/// The value of a flag.
pub fn given<T: Serialize>(value: &Option<T>) -> Option<Value> {
    value.as_ref().map(|value| json!(value))
}

/// JSON, or else the text itself, for fields that are a word or a structure. What is meant as JSON must be JSON.
pub fn json_or_word(text: &str) -> std::result::Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        Err(_) if text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)) => {
            Ok(json!(text))
        }
        Err(wrong) => Err(format!("this is neither a word nor JSON: {wrong}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_a_word_or_json() {
        assert_eq!(json_or_word("standard-webhooks"), Ok(json!("standard-webhooks")));
        assert_eq!(json_or_word("[1, 2.5]"), Ok(json!([1, 2.5])));
        assert_eq!(json_or_word("null"), Ok(Value::Null));
        assert!(json_or_word("[1, 2").is_err());
    }
}
