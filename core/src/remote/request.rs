//! Makes an HTTP request of an operation's JSON: the fields that the route names go into the path and the query, the others
//! into the body.

use serde_json::value::RawValue;
use url::form_urlencoded;

use crate::error::{Error, ErrorCode, Result};
use crate::model::json_fields::Fields;
use crate::model::timestamp::Timestamp;
use crate::operations::definition::{Kind, Route};
use crate::operations::invalid_request;
use crate::operations::messages::SendRequest;

/// The path and query of a request, and its body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub path: String,
    pub body: Option<String>,
}

/// The request of `route` for an operation's JSON.
///
/// # Errors
/// `INVALID_REQUEST` where the JSON is no object or lacks what the path needs.
pub(crate) fn compose(route: &Route, operation_request: &str) -> Result<Request> {
    let text = if operation_request.trim().is_empty() { "{}" } else { operation_request };
    let mut fields: Fields = serde_json::from_str(text)
        .map_err(|cause| invalid_request(format!("the request is not valid: {cause}")))?;
    // The server fills this field in: it knows the caller's API key.
    fields.0.retain(|(name, _)| Some(name.as_str()) != route.caller_field);
    // An address has no null. In a body it may say something: it clears a retry schedule.
    if !route.has_body {
        fields.0.retain(|(_, value)| value.get() != "null");
    }
    let mut path = String::new();
    for part in route.path.split('/').skip(1) {
        path.push('/');
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => path.push_str(&segment(&take(&mut fields, name)?)),
            None => path.push_str(part),
        }
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut has_query = false;
    for field in &route.query {
        if let Some(index) = fields.0.iter().position(|(known, _)| known == field.name) {
            let (_, value) = fields.0.remove(index);
            query.append_pair(field.name, &parameter(field.name, field.kind, &value)?);
            has_query = true;
        }
    }
    if has_query {
        path.push('?');
        path.push_str(&query.finish());
    }
    let body = route.has_body.then(|| serde_json::to_string(&fields)).transpose();
    let body = body.map_err(|cause| invalid_request(format!("the request cannot be written: {cause}")))?;
    Ok(Request { path, body })
}

fn take(fields: &mut Fields, name: &str) -> Result<String> {
    let index = fields.0.iter().position(|(known, _)| known == name);
    let index =
        index.ok_or_else(|| invalid_request(format!("the request is not valid: missing field `{name}`")))?;
    let (_, value) = fields.0.remove(index);
    let text: String = serde_json::from_str(value.get())
        .map_err(|_| invalid_request(format!("the request is not valid: `{name}` must be a string")))?;
    // A path with an empty part or a dot part would lead to another route.
    if text.is_empty() || text == "." || text == ".." {
        let code = if name == "endpoint_id" { ErrorCode::EndpointNotFound } else { ErrorCode::NotFound };
        return Err(Error::new(code, format!("there is no `{name}` like this")));
    }
    Ok(text)
}

/// A text as one segment of a path (RFC 3986, 3.3): everything but unreserved characters is escaped.
fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

fn parameter(name: &str, kind: Kind, value: &RawValue) -> Result<String> {
    let wrong = || invalid_request(format!("the request is not valid: `{name}` has the wrong type"));
    match kind {
        Kind::Number => {
            serde_json::from_str::<i64>(value.get()).map(|number| number.to_string()).map_err(|_| wrong())
        }
        Kind::Switch => {
            serde_json::from_str::<bool>(value.get()).map(|on| on.to_string()).map_err(|_| wrong())
        }
        Kind::List => match serde_json::from_str::<Vec<String>>(value.get()) {
            Ok(items) => Ok(items.join(",")),
            Err(_) => serde_json::from_str(value.get()).map_err(|_| wrong()),
        },
        _ => serde_json::from_str(value.get()).map_err(|_| wrong()),
    }
}

/// What is sent: a message to one endpoint, or an event to all that want it.
#[derive(Clone, Copy)]
pub(crate) enum Addressee<'a> {
    Endpoint(&'a str),
    Event { event_type: &'a str, tenant: Option<&'a str> },
}

/// The body of a send. The payload's bytes stay unchanged.
pub(crate) struct SendBody<'a> {
    pub to: Addressee<'a>,
    pub payload: &'a [u8],
    /// A JSON object.
    pub headers: Option<&'a str>,
    pub idempotency_key: &'a str,
    pub retention_hours: Option<u32>,
    pub ordering_key: Option<&'a str>,
    pub deliver_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl SendBody<'_> {
    /// The JSON text.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.payload.len() + 256);
        match self.to {
            Addressee::Endpoint(id) => {
                body.extend_from_slice(format!("{{\"endpoint_id\":{}", quoted(id)).as_bytes());
            }
            Addressee::Event { event_type, tenant } => {
                body.extend_from_slice(format!("{{\"type\":{}", quoted(event_type)).as_bytes());
                if let Some(tenant) = tenant {
                    body.extend_from_slice(format!(",\"tenant\":{}", quoted(tenant)).as_bytes());
                }
            }
        }
        if let Some(key) = self.ordering_key {
            body.extend_from_slice(format!(",\"ordering_key\":{}", quoted(key)).as_bytes());
        }
        for (name, at) in [("deliver_at", self.deliver_at), ("expires_at", self.expires_at)] {
            if let Some(at) = at {
                body.extend_from_slice(format!(",\"{name}\":\"{at}\"").as_bytes());
            }
        }
        body.extend_from_slice(b",\"idempotency_key\":");
        body.extend_from_slice(quoted(self.idempotency_key).as_bytes());
        if let Some(headers) = self.headers {
            body.extend_from_slice(b",\"headers\":");
            body.extend_from_slice(headers.as_bytes());
        }
        if let Some(hours) = self.retention_hours {
            body.extend_from_slice(format!(",\"retention_hours\":{hours}").as_bytes());
        }
        body.extend_from_slice(b",\"payload\":");
        body.extend_from_slice(self.payload);
        body.push(b'}');
        body
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The body of a send. Without an idempotency key of its own it gets `generated_key`, so that the request may be repeated.
pub(crate) fn send_body(request: &SendRequest, generated_key: &str) -> Result<Vec<u8>> {
    let headers = request.headers.as_ref().map(serde_json::to_string).transpose();
    let headers =
        headers.map_err(|cause| invalid_request(format!("the headers cannot be written: {cause}")))?;
    Ok(SendBody {
        to: Addressee::Endpoint(&request.endpoint_id),
        payload: request.payload.as_bytes(),
        headers: headers.as_deref(),
        idempotency_key: request.idempotency_key.as_deref().unwrap_or(generated_key),
        retention_hours: request.retention_hours,
        ordering_key: request.ordering_key.as_deref(),
        deliver_at: request.deliver_at,
        expires_at: request.expires_at,
    }
    .to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::definition::of_operation;

    fn composed(operation: &str, request: &str) -> Result<Request> {
        compose(of_operation(operation).unwrap(), request)
    }

    #[test]
    fn what_the_route_names_goes_into_the_address_and_the_rest_stays_as_it_was() {
        let request =
            composed("endpoints.update", r#"{"burst":1.10,"endpoint_id":"ep/1 ä","url":null}"#).unwrap();
        assert_eq!(request.path, "/v1/endpoints/ep%2F1%20%C3%A4");
        assert_eq!(request.body.as_deref(), Some(r#"{"burst":1.10,"url":null}"#));
        let request = composed("logs.list", r#"{"limit":null,"status":"queued"}"#).unwrap();
        assert_eq!((request.path.as_str(), request.body), ("/v1/logs?status=queued", None));
        let request = composed(
            "messages.delete_all",
            r#"{"status":["queued","succeeded"],"limit":5,"deleted_by_api_key_id":"k"}"#,
        )
        .unwrap();
        assert_eq!(request.path, "/v1/messages/delete-all?status=queued%2Csucceeded&limit=5");
        assert_eq!(request.body, None);
        assert_eq!(composed("stats", "").unwrap().path, "/v1/stats");
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        for (operation, request, code) in [
            ("messages.get", "{}", ErrorCode::InvalidRequest),
            ("messages.get", "[]", ErrorCode::InvalidRequest),
            ("messages.get", r#"{"message_id": 5}"#, ErrorCode::InvalidRequest),
            ("messages.get", r#"{"message_id": ".."}"#, ErrorCode::NotFound),
            ("endpoints.get", r#"{"endpoint_id": ""}"#, ErrorCode::EndpointNotFound),
            ("logs.list", r#"{"limit": "many"}"#, ErrorCode::InvalidRequest),
        ] {
            assert_eq!(composed(operation, request).unwrap_err().code(), code, "{operation} {request}");
        }
    }

    #[test]
    fn a_payload_keeps_its_bytes() {
        let request =
            SendRequest::new("ep_\"1", br#" {"n": 9007199254740993, "x": 1.10} "#.to_vec()).unwrap();
        let body = String::from_utf8(send_body(&request, "made").unwrap()).unwrap();
        assert!(body.ends_with(r#","payload": {"n": 9007199254740993, "x": 1.10} }"#), "{body}");
        assert!(body.starts_with(r#"{"endpoint_id":"ep_\"1","idempotency_key":"made""#), "{body}");
    }
}
