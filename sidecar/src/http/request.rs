//! Makes the JSON of an operation's request from the path, the query and the body.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use hookbridge_core::ErrorCode;
use hookbridge_core::config::PAYLOAD_BYTES_LIMIT;
use hookbridge_core::model::ids::ApiKeyId;
use hookbridge_core::model::json_fields::Fields;
use hookbridge_core::operations::definition::{Kind, Route};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::value::to_raw_value;
use serde_json::{Number, Value};

use super::envelope::Refusal;

/// The largest body: a payload of the largest size, and room for the fields beside it.
pub const BODY_BYTES_LIMIT: usize = PAYLOAD_BYTES_LIMIT + 64 * 1024;

fn too_large() -> Refusal {
    Refusal::new(
        ErrorCode::PayloadTooLarge,
        format!("the body is too large: at most {BODY_BYTES_LIMIT} bytes are read"),
    )
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, message)
}

/// The body as text. If `Content-Length` says that it is too large, nothing of it is read.
pub async fn read_body(headers: &HeaderMap, body: Body, patience: Duration) -> Result<String, Refusal> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > BODY_BYTES_LIMIT as u64) {
        return Err(too_large());
    }
    let read = tokio::time::timeout(patience, Limited::new(body, BODY_BYTES_LIMIT).collect()).await;
    let bytes: Bytes = match read {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(cause)) if cause.is::<LengthLimitError>() => return Err(too_large()),
        Ok(Err(_)) => return Err(invalid("the body broke off")),
        Err(_) => {
            return Err(Refusal::invalid(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"));
        }
    };
    if !bytes.is_empty() {
        check_media_type(headers)?;
    }
    String::from_utf8(bytes.into()).map_err(|_| invalid("the body is not UTF-8"))
}

/// `Content-Type` may be absent; if it is there, it must be JSON's.
fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(given) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let essence = given.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json")
        || (essence.to_ascii_lowercase().starts_with("application/") && essence.ends_with("+json"));
    if is_json { Ok(()) } else { Err(invalid("the body must be application/json")) }
}

/// The body, which must be a JSON object. An empty body counts as `{}`, and so does an empty list: PHP writes `[]` for an
/// empty object.
pub fn object_text(body: &str) -> Result<&str, Refusal> {
    match body.trim_ascii() {
        "" => Ok("{}"),
        text if text.starts_with('{') => Ok(text),
        text if is_empty_list(text) => Ok("{}"),
        _ => Err(invalid("the body must be a JSON object")),
    }
}

fn is_empty_list(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|inside| inside.trim_ascii().is_empty())
}

/// The operation's request. A field of the path or the query replaces the body's field of the same name.
pub fn compose<'a>(
    route: &Route,
    path: impl Iterator<Item = (&'a str, &'a str)>,
    query: Option<&str>,
    body: &str,
    key: &ApiKeyId,
) -> Result<String, Refusal> {
    let body = if route.has_body { object_text(body)? } else { "{}" };
    let mut addressed: Vec<(String, Value)> =
        path.map(|(name, value)| (name.to_owned(), Value::String(value.to_owned()))).collect();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let known = route.query.iter().find(|field| field.name == name);
        // Empty and unknown parameters are ignored.
        if let Some(field) = known.filter(|_| !value.is_empty()) {
            addressed.push((name.into_owned(), parameter(field.kind, &value)));
        }
    }
    if let Some(field) = route.caller_field {
        addressed.push((field.to_owned(), Value::String(key.to_string())));
    }
    if addressed.is_empty() {
        return Ok(body.to_owned());
    }
    let mut fields: Fields =
        serde_json::from_str(body).map_err(|cause| invalid(format!("the request is not valid: {cause}")))?;
    fields.0.retain(|(name, _)| addressed.iter().all(|(known, _)| known != name));
    for (name, value) in addressed {
        let value = to_raw_value(&value).map_err(|cause| invalid(cause.to_string()))?;
        fields.0.push((name, value));
    }
    serde_json::to_string(&fields).map_err(|cause| invalid(cause.to_string()))
}

fn parameter(kind: Kind, text: &str) -> Value {
    match kind {
        // Text that is not a number is passed on, and the operation refuses it.
        Kind::Number => text
            .parse::<i64>()
            .map_or_else(|_| Value::String(text.to_owned()), |number| Value::Number(Number::from(number))),
        // So is what is neither true nor false.
        Kind::Switch => text.parse::<bool>().map_or_else(|_| Value::String(text.to_owned()), Value::Bool),
        Kind::List => {
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect()
        }
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbridge_core::operations::definition::served;

    fn composed(operation: &str, path: &[(&str, &str)], query: &str, body: &str) -> Result<String, Refusal> {
        let route = served().iter().find(|route| route.operation.name == operation).unwrap();
        compose(route, path.iter().copied(), Some(query), body, &ApiKeyId::from_bytes([7; 16]))
    }

    #[test]
    fn what_the_address_says_wins_and_the_bytes_of_the_rest_stay() {
        let body = r#"{"burst": 1.10, "endpoint_id": "ep_other", "description": "\u0041"}"#;
        assert_eq!(
            composed("endpoints.update", &[("endpoint_id", "ep_1")], "", body).unwrap(),
            r#"{"burst":1.10,"description":"\u0041","endpoint_id":"ep_1"}"#
        );
    }

    #[test]
    fn a_query_becomes_numbers_texts_and_lists() {
        assert_eq!(
            composed("messages.delete_all", &[], "status=queued,succeeded&limit=5&x=1&endpoint_id=", "")
                .unwrap(),
            r#"{"status":["queued","succeeded"],"limit":5,"deleted_by_api_key_id":"key_07070707070707070707070707070707"}"#
        );
        assert_eq!(composed("logs.list", &[], "limit=five", "").unwrap(), r#"{"limit":"five"}"#);
    }

    #[test]
    fn only_an_object_is_a_body() {
        for body in ["[1]", "[{}]", "[", "]", "1", "null", "\"x\"", "x"] {
            assert_eq!(composed("endpoints.create", &[], "", body).unwrap_err().code, "INVALID_REQUEST");
        }
        for empty in ["", "  ", "{}", "[]", " [ ] "] {
            assert_eq!(composed("endpoints.create", &[], "", empty).unwrap(), "{}");
        }
    }
}
