//! The schemas in the OpenAPI document, derived from the types that the operations read and answer.

use hookbridge_core::model::schema::{Schema, SchemaGenerator};
use hookbridge_core::operations::definition::{Route, Shape};
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

/// The schemas that the document refers to so far. Requests and answers have a generator each, because a type may be read
/// and written differently.
pub struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
    /// Of requests whose fields are parameters. The document shows the fields and not the types.
    parameters: SchemaGenerator,
}

/// The fields of a request's type.
pub struct Fields(Value);

impl Fields {
    /// The schema of a parameter, and what it is for. A parameter is never null.
    pub fn of_parameter(&self, name: &str) -> (Value, Value) {
        let mut schema = self.0["properties"][name].clone();
        let description = schema.as_object_mut().and_then(|fields| fields.remove("description"));
        if let Some(Value::Array(cases)) = schema.get("anyOf") {
            schema = cases.iter().find(|case| case["type"] != "null").cloned().unwrap_or_default();
        }
        if let Some(Value::Array(types)) = schema.get("type") {
            let other = types.iter().find(|name| *name != "null").cloned();
            schema["type"] = other.unwrap_or_default();
        }
        if let Some(Value::Array(words)) = schema.get_mut("enum") {
            words.retain(|word| !word.is_null());
        }
        (schema, description.unwrap_or_default())
    }

    /// Whether a request without the field is refused.
    pub fn is_needed(&self, name: &str) -> bool {
        self.0["required"].as_array().is_some_and(|names| names.iter().any(|needed| needed == name))
    }
}

impl Schemas {
    pub fn new() -> Self {
        // serde's default for an absent field is not what the operation takes an absent field for.
        let undefaulted = |schema: &mut Schema| {
            schema.remove("default");
        };
        let settings = || {
            SchemaSettings::draft2020_12()
                .with(|settings| settings.definitions_path = "/components/schemas".into())
                .with_transform(RecursiveTransform(undefaulted))
        };
        Self {
            requests: settings().for_deserialize().into_generator(),
            answers: settings().for_serialize().into_generator(),
            parameters: settings().for_deserialize().into_generator(),
        }
    }

    /// The fields of a request's type.
    pub fn fields(&mut self, shape: Shape) -> Fields {
        let reference = (shape.schema)(&mut self.parameters).to_value();
        Fields(self.parameters.definitions().get(name_in(&reference)).cloned().unwrap_or(reference))
    }

    /// A reference to the schema of a route's body, and whether it has required fields. What the path says is not in the body.
    pub fn body(&mut self, route: &Route) -> (Value, bool) {
        let reference = (route.operation.request.schema)(&mut self.requests).to_value();
        let Some(body) = self.requests.definitions_mut().get_mut(name_in(&reference)) else {
            return (reference, false);
        };
        for name in route.path_parameters() {
            if let Some(fields) = body["properties"].as_object_mut() {
                fields.remove(name);
            }
            if let Some(needed) = body["required"].as_array_mut() {
                needed.retain(|needed| needed != name);
            }
        }
        let needed = body["required"].as_array().is_some_and(|names| !names.is_empty());
        (reference, needed)
    }

    /// A reference to the schema of an answer.
    pub fn answer(&mut self, shape: Shape) -> Value {
        (shape.schema)(&mut self.answers).to_value()
    }

    /// All schemas that were referred to, by name, and those of the envelope.
    pub fn referred(mut self) -> Map<String, Value> {
        let mut schemas = self.requests.take_definitions(true);
        schemas.extend(self.answers.take_definitions(true));
        // Of the types of parameters only words have a schema that is referred to.
        let of_parameters = self.parameters.take_definitions(true);
        schemas.extend(of_parameters.into_iter().filter(|(_, schema)| schema.get("enum").is_some()));
        let id = json!({"type": "string"});
        schemas.insert(
            META.to_owned(),
            json!({"type": "object", "required": ["request_id"], "properties": {"request_id": id}}),
        );
        schemas.insert(
            PAGE_META.to_owned(),
            json!({
                "type": "object",
                "required": ["request_id", "has_more", "next_cursor"],
                "properties": {
                    "request_id": id,
                    "has_more": {"type": "boolean"},
                    "next_cursor": {"type": ["string", "null"]},
                    "searched_to": {
                        "type": "string",
                        "format": "date-time",
                        "description": "How far back was looked, where a page of messages is short and has more behind it.",
                    },
                },
            }),
        );
        schemas
    }
}

/// The schema of `meta`.
pub const META: &str = "Meta";
/// The schema of a list's `meta`.
pub const PAGE_META: &str = "PageMeta";

/// The name of the schema that a reference leads to.
fn name_in(reference: &Value) -> &str {
    reference["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default()
}

/// A reference to a schema by its name.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbridge_core::operations::definition::{Answer, served};

    #[test]
    fn no_name_stands_for_two_types() {
        let mut schemas = Schemas::new();
        for route in served() {
            if route.has_body {
                schemas.body(route);
            }
            if !matches!(route.answer, Answer::Nothing | Answer::Redirect) {
                schemas.answer(route.operation.answer);
            }
        }
        let answers = schemas.answers.definitions();
        for (name, schema) in schemas.requests.definitions() {
            assert!(answers.get(name).is_none_or(|other| other == schema), "{name}");
            assert!(name != META && name != PAGE_META && !name.ends_with('2'), "{name}");
        }
        assert!(answers.len() > 20 && !answers.keys().any(|name| name.ends_with('2')), "{answers:?}");
    }

    #[test]
    fn what_may_be_null_is_required_in_answers_and_not_in_requests() {
        let mut schemas = Schemas::new();
        for route in served() {
            if route.has_body {
                schemas.body(route);
            }
            if !matches!(route.answer, Answer::Nothing | Answer::Redirect) {
                schemas.answer(route.operation.answer);
            }
        }
        let schemas = schemas.referred();
        let required = |name: &str| -> Vec<&str> {
            let names = schemas[name]["required"].as_array();
            names.into_iter().flatten().filter_map(Value::as_str).collect()
        };
        assert_eq!(required("SendRequest"), ["endpoint_id", "payload"]);
        assert_eq!(required("CreateEndpoint"), ["url"]);
        assert!(required("UpdateEndpoint").is_empty() && required("CreateApiKey").is_empty());
        assert!(schemas["UpdateEndpoint"]["properties"].get("endpoint_id").is_none());
        // A field that is left out where there is nothing to say is the only kind that is not required.
        let left_out = [
            ("PauseState", "messages_requeued"),
            ("ReplayBatchResult", "error"),
            ("DeleteBatchItemResult", "deleted_at"),
            ("ActorLookupResult", "users"),
            ("ActorLookupResult", "api_keys"),
            ("PageMeta", "searched_to"),
        ];
        let requests = [
            "SendRequest",
            "CreateEndpoint",
            "UpdateEndpoint",
            "TestEndpoint",
            "VerifyDelivery",
            "CreateApiKey",
            "CreateExport",
            "SendEvent",
            "ReplayEvents",
            "CheckSubscription",
            "CreateEventType",
            "UpdateEventType",
        ];
        for (name, schema) in schemas.iter().filter(|(name, _)| !requests.contains(&name.as_str())) {
            for field in schema["properties"].as_object().into_iter().flat_map(Map::keys) {
                let is_required = required(name).contains(&field.as_str());
                assert_ne!(is_required, left_out.contains(&(name, field)), "{name}.{field}");
            }
        }
    }
}
