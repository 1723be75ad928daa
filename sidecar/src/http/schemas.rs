//! The schemas in the OpenAPI document, derived from the types that the operations read and answer.

use hookbridge_core::model::schema::{JsonSchema, Schema, SchemaGenerator};
use hookbridge_core::operations::routes::Shape;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

/// The schemas that the document refers to so far. Requests and answers have a generator each, because a type may be read
/// and written differently.
pub struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
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
        }
    }

    /// A reference to the schema of a body, and whether it has required fields.
    pub fn body(&mut self, shape: Shape) -> (Value, bool) {
        let reference = (shape.schema)(&mut self.requests).to_value();
        let name = reference["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let body = self.requests.definitions().get(name);
        let needed =
            body.is_some_and(|body| body["required"].as_array().is_some_and(|names| !names.is_empty()));
        (reference, needed)
    }

    /// A reference to the schema of an answer.
    pub fn answer(&mut self, shape: Shape) -> Value {
        (shape.schema)(&mut self.answers).to_value()
    }

    /// The schema of a value in a path or a query.
    pub fn value<T: JsonSchema>(&mut self) -> Value {
        T::json_schema(&mut self.requests).to_value()
    }

    /// All schemas that were referred to, by name, and those of the envelope.
    pub fn referred(mut self) -> Map<String, Value> {
        let mut schemas = self.requests.take_definitions(true);
        schemas.extend(self.answers.take_definitions(true));
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

/// A reference to a schema by its name.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbridge_core::operations::routes::served;

    #[test]
    fn no_name_stands_for_two_types() {
        let mut schemas = Schemas::new();
        for route in served() {
            route.body.map(|body| schemas.body(body));
            route.data.map(|data| schemas.answer(data));
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
            route.body.map(|body| schemas.body(body));
            route.data.map(|data| schemas.answer(data));
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
            ("PausedEndpoint", "messages_requeued"),
            ("ReplayResult", "error"),
            ("DeleteResult", "deleted_at"),
            ("Actors", "users"),
            ("Actors", "api_keys"),
        ];
        let requests = ["SendRequest", "CreateEndpoint", "UpdateEndpoint", "CreateApiKey", "CreateExport"];
        for (name, schema) in schemas.iter().filter(|(name, _)| !requests.contains(&name.as_str())) {
            for field in schema["properties"].as_object().unwrap().keys() {
                let is_required = required(name).contains(&field.as_str());
                assert_ne!(is_required, left_out.contains(&(name, field)), "{name}.{field}");
            }
        }
    }
}
