//! The `webhooks` of the OpenAPI document (OpenAPI 3.1, section 4.8.1): what receivers are sent, from the catalogue of event
//! types.

use hookbridge_core::engine::KeyHolder;
use hookbridge_core::operations::event_types::PAGE_LIMIT;
use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::{Map, Value, json};

/// The operation whose answer is the catalogue.
pub(super) const CATALOGUE: &str = "event_types.list";

/// One entry for each event type, by its name.
///
/// # Errors
/// Those of `event_types.list`.
pub(super) fn section(engine: &Engine, holder: &KeyHolder) -> Result<Map<String, Value>> {
    let unexpected = || Error::new(ErrorCode::Internal, "the catalogue is no page of event types");
    let mut webhooks = Map::new();
    let mut request = json!({ "limit": PAGE_LIMIT });
    loop {
        let answer = engine.call_for(holder, CATALOGUE, &request.to_string())?;
        let mut answer: Value = serde_json::from_str(&answer).map_err(|_| unexpected())?;
        for entry in answer["data"].as_array().ok_or_else(unexpected)? {
            let name = entry["name"].as_str().ok_or_else(unexpected)?;
            webhooks.insert(name.to_owned(), json!({ "post": delivery(name, entry) }));
        }
        request["cursor"] = answer["next_cursor"].take();
        if request["cursor"].is_null() {
            return Ok(webhooks);
        }
    }
}

/// What a receiver is asked, and what it may answer.
fn delivery(name: &str, entry: &Value) -> Value {
    let mut media = json!({ "schema": payload_schema(name, &entry["schema"]) });
    if !entry["example"].is_null() {
        media["example"] = entry["example"].clone();
    }
    let header = |header: &str, description: &str, schema: Value| json!({"name": header, "in": "header", "required": true, "description": description, "schema": schema});
    let text = json!({"type": "string"});
    let number = json!({"type": "string", "pattern": "^[1-9][0-9]*$"});
    let mut delivery = json!({
        "operationId": format!("receive_{}", name.replace(['.', '-'], "_")),
        "parameters": [
            header("X-Webhook-Event", "The event's type.", json!({"type": "string", "const": name})),
            header("X-Webhook-Id", "The message's id, the same at every attempt.", json!({"type": "string", "format": "uuid"})),
            header("X-Webhook-Timestamp", "When it was signed, in seconds of Unix time.", number.clone()),
            header("X-Webhook-Signature", "The signatures of the raw body.", text),
            header("X-Webhook-Attempt", "The attempt's number, from 1.", number),
        ],
        "requestBody": {"required": true, "content": {"application/json": media}},
        "responses": {
            "2XX": {"description": "It is delivered."},
            "default": {"description": "It is tried again, or given up, as the status says."},
        },
    });
    if let Some(description) = entry["description"].as_str() {
        delivery["summary"] = json!(description);
    }
    if entry["deprecated"] == true {
        delivery["deprecated"] = json!(true);
    }
    delivery
}

/// The schema as a resource of its own (JSON Schema 2020-12, section 8.2.1), so that `#/$defs/...` in it leads into itself and not
/// into the document around it. One without references stands as it was given.
fn payload_schema(name: &str, schema: &Value) -> Value {
    let Value::Object(fields) = schema else { return json!({}) };
    let mut fields = fields.clone();
    if !fields.contains_key("$id") && refers(schema) {
        fields.insert("$id".to_owned(), json!(format!("urn:hookbridge:event-type:{name}")));
    }
    Value::Object(fields)
}

/// Whether something in it refers to another place.
fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => {
            fields.contains_key("$ref") || fields.contains_key("$dynamicRef") || fields.values().any(refers)
        }
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_with_references_is_a_resource_of_its_own() {
        let plain = json!({"type": "object"});
        assert_eq!(payload_schema("a", &plain), plain);
        let refers = json!({"$defs": {"n": {"type": "integer"}}, "properties": {"n": {"$ref": "#/$defs/n"}}});
        assert_eq!(
            payload_schema("order.created", &refers)["$id"],
            "urn:hookbridge:event-type:order.created"
        );
        let named = json!({"$id": "https://example.com/order", "$ref": "#/$defs/n", "$defs": {"n": {}}});
        assert_eq!(payload_schema("a", &named), named);
        assert_eq!(payload_schema("a", &Value::Null), json!({}));
    }
}
