//! From an operation's JSON to its request, with an error that names the field and says what belongs there. A caller in a
//! typed language never wrote the JSON, so lines and columns of it would say nothing to him.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::invalid_request;
use crate::error::{Error, Result};

pub(crate) fn read<T: DeserializeOwned>(request: &str) -> Result<T> {
    let request = if request.trim().is_empty() { "{}" } else { request };
    let mut reader = serde_json::Deserializer::from_str(request);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|wrong| {
        let field = wrong.path().to_string();
        refused(&field, wrong.inner())
    })?;
    reader.end().map_err(|wrong| refused(".", &wrong))?;
    Ok(read)
}

fn refused(field: &str, wrong: &serde_json::Error) -> Error {
    if wrong.classify() != Category::Data {
        return invalid_request(format!("the request is not JSON: {wrong}"));
    }
    let text = wrong.to_string();
    let cause = text.rsplit_once(" at line ").map_or(text.as_str(), |(cause, _)| cause);
    invalid_request(said(field.trim_start_matches('.'), cause))
}

/// What serde says of a value, in words for whoever gave it.
fn said(field: &str, cause: &str) -> String {
    if let Some(name) = cause.strip_prefix("missing field ") {
        return format!("{name} is missing");
    }
    if let Some(name) = cause.strip_prefix("duplicate field ") {
        return format!("{name} is given twice");
    }
    if field.is_empty() {
        return format!("the request is not valid: {cause}");
    }
    // A word of a list says itself which one it is, and may be the only one: then its caller wrote no list.
    let field = match field.rsplit_once('[') {
        Some((list, _)) if cause.starts_with("unknown variant ") && field.ends_with(']') => list,
        _ => field,
    };
    let (found, expected) = match cause.split_once(", expected ") {
        Some((found, expected)) => (found, expected),
        None => return format!("`{field}` is not valid: {cause}"),
    };
    let found = ["invalid type: ", "invalid value: ", "unknown variant "]
        .iter()
        .find_map(|prefix| found.strip_prefix(prefix))
        .unwrap_or(found);
    format!("`{field}` must be {}, not {found}", wanted(expected))
}

/// What serde expected, without the names of Rust's types.
fn wanted(expected: &str) -> String {
    match expected {
        "i64" | "u64" | "u32" | "usize" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        _ if expected.starts_with("struct ") => "an object".to_owned(),
        _ => expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::operations::actors::LookupActors;
    use crate::operations::endpoints::{CreateEndpoint, ListEndpoints};
    use crate::operations::found::DeleteAll;
    use crate::operations::logs::ListLogs;
    use crate::operations::many::MessageIds;

    fn why<T: DeserializeOwned + std::fmt::Debug>(request: &str) -> String {
        let error = read::<T>(request).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidRequest);
        error.message().to_owned()
    }

    #[test]
    fn a_wrong_value_is_named_and_so_is_what_belongs_there() {
        for (said, expected) in [
            (why::<ListEndpoints>(r#"{"limit": "x"}"#), "`limit` must be a whole number, not string \"x\""),
            (why::<ListLogs>(r#"{"cursor": 5}"#), "`cursor` must be a string, not integer `5`"),
            (why::<MessageIds>("{}"), "`message_ids` is missing"),
            (why::<MessageIds>(r#"{"message_ids": "x"}"#), "`message_ids` must be a list, not string \"x\""),
            (
                why::<MessageIds>(r#"{"message_ids": ["x", 5]}"#),
                "`message_ids[1]` must be a string, not integer `5`",
            ),
            (why::<CreateEndpoint>(r#"{"url": "x", "burst": -1}"#), "`burst` must be a whole number"),
            (why::<CreateEndpoint>(r#"{"url": "x", "url": "y"}"#), "`url` is given twice"),
            (why::<DeleteAll>(r#"{"created_after": "soon"}"#), "`created_after`"),
            (why::<LookupActors>(r#"{"user_id": 5}"#), "`user_id` is not valid: expected a list of ids"),
        ] {
            assert!(said.starts_with(expected), "{said}");
            assert!(!said.contains("column"), "{said}");
        }
        let status = why::<ListLogs>(r#"{"status": "faild"}"#);
        assert!(
            status.starts_with("`status` must be one of `queued`, ") && status.ends_with("not `faild`"),
            "{status}"
        );
        assert_eq!(why::<ListLogs>(r#"{"status": ["queued", "faild"]}"#), status);
    }

    #[test]
    fn what_is_no_json_says_where_it_breaks_off() {
        for broken in ["{", "[", "{\"limit\": }", "{} {}"] {
            assert!(why::<ListEndpoints>(broken).starts_with("the request is not JSON: "), "{broken}");
        }
        assert!(why::<ListEndpoints>("[]").starts_with("the request is not valid: "));
    }
}
