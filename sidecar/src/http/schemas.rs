//! The schemas of the OpenAPI document, derived from the types that the operations read and write.

use hookbridge_core::model::api_key::{ApiKey, NewApiKey};
use hookbridge_core::model::attempt::Attempt;
use hookbridge_core::model::endpoint::Endpoint;
use hookbridge_core::model::export::Export;
use hookbridge_core::model::message::Message;
use hookbridge_core::model::message_summary::MessageSummary;
use hookbridge_core::model::signing_key::{NewSigningKey, SigningKey};
use hookbridge_core::operations::{actors, api_keys, endpoints, exports, logs, many, messages, metrics};
use hookbridge_core::operations::{replay, stats};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::envelope::{Meta, PageMeta};

/// A reference to a type's schema.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("{PREFIX}{name}")})
}

const PREFIX: &str = "#/components/schemas/";

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = PREFIX.trim_start_matches('#').trim_end_matches('/').to_owned().into();
        settings.meta_schema = None;
    })
}

/// The schema of a value that stands in an address.
pub fn inline<T: JsonSchema>() -> Value {
    SchemaGenerator::new(settings().for_deserialize()).subschema_for::<T>().into()
}

macro_rules! noted {
    ($generator:ident: $($type:ty,)*) => {
        $($generator.subschema_for::<$type>();)*
    };
}

/// Every type that a row of the table names, and what those have in them.
pub fn all() -> Map<String, Value> {
    // What may be left out of a request is what a deserializer does without; of an answer, what a serializer leaves out.
    let mut bodies = SchemaGenerator::new(settings().for_deserialize());
    noted! { bodies:
        messages::SendRequest,
        endpoints::CreateEndpoint,
        endpoints::UpdateEndpoint,
        many::MessageIds,
        api_keys::CreateApiKey,
        exports::CreateExport,
    }
    let mut answers = SchemaGenerator::new(settings().for_serialize());
    noted! { answers:
        Meta<'static>,
        PageMeta<'static>,
        messages::SendReceipt,
        endpoints::CreatedEndpoint,
        endpoints::EndpointSummary,
        Endpoint,
        endpoints::UpdatedEndpoint,
        endpoints::PausedEndpoint,
        SigningKey,
        NewSigningKey,
        Message,
        replay::ChangedMessage,
        Attempt,
        many::ReplayedAll,
        many::ReplayedBatch,
        messages::DeletedMessage,
        many::DeletedBatch,
        many::DeletedAll,
        MessageSummary,
        logs::DeadLetters,
        metrics::Metrics,
        metrics::Timeseries,
        ApiKey,
        NewApiKey,
        Export,
        stats::Stats,
        actors::Actors,
    }
    let mut all = bodies.take_definitions(true);
    all.values_mut().for_each(tidy);
    for (name, mut schema) in answers.take_definitions(true) {
        // One that is read and written would have two schemas under one name.
        debug_assert!(!all.contains_key(&name), "{name}");
        tidy(&mut schema);
        all.insert(name, schema);
    }
    all
}

/// The same, as clients' generators read it best: words are an `enum` and not one constant each, and what defaults to null
/// merely need not be said; texts are without the links of Rust's own documentation.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(fields) => fields.values_mut().for_each(tidy),
        Value::Array(items) => return items.iter_mut().for_each(tidy),
        _ => return,
    }
    let constants = schema["oneOf"].as_array().map(|one_of| -> Option<Vec<Value>> {
        one_of.iter().map(|word| word.get("const").cloned()).collect()
    });
    if let Some(Some(words)) = constants {
        *schema = json!({"type": "string", "enum": words});
    }
    let null = json!({"type": "null"});
    let nullable = schema["anyOf"].as_array().and_then(|any_of| match &any_of[..] {
        [words, other] if *other == null => words["enum"].as_array().cloned(),
        _ => None,
    });
    if let Some(words) = nullable {
        let words: Vec<Value> = words.into_iter().chain([Value::Null]).collect();
        schema["type"] = json!(["string", "null"]);
        schema["enum"] = words.into();
        without(schema, "anyOf");
    }
    // A link that rustdoc would follow.
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace("[`", "`").replace("`]", "`");
    }
    for empty in ["default", "oneOf", "anyOf"] {
        if schema[empty].is_null() {
            without(schema, empty);
        }
    }
}

fn without(schema: &mut Value, field: &str) {
    if let Some(fields) = schema.as_object_mut() {
        fields.remove(field);
    }
}

/// Whether a body of this type has anything that must be said.
pub fn must_be_given(name: &str, schemas: &Map<String, Value>) -> bool {
    let required = schemas.get(name).and_then(|schema| schema["required"].as_array());
    required.is_some_and(|fields| !fields.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbridge_core::model::message::MessageStatus;

    #[test]
    fn every_row_has_its_types() {
        let all = all();
        for route in hookbridge_core::operations::routes::served() {
            for name in route.body.into_iter().chain([route.schema]).filter(|name| !name.is_empty()) {
                assert!(all.contains_key(name), "{route:?}");
            }
        }
    }

    #[test]
    fn an_answers_field_is_there_even_where_it_is_null_and_a_bodys_need_not_be() {
        let all = all();
        let required = |name: &str| all[name]["required"].as_array().unwrap().clone();
        assert_eq!(required("CreateEndpoint"), ["url"]);
        assert_eq!(required("Message").len(), all["Message"]["properties"].as_object().unwrap().len());
        assert_eq!(all["CreateApiKey"]["properties"]["mode"]["enum"], json!(["live", "test", null]));
        assert_eq!(all["Message"]["properties"]["status"]["enum"], json!(MessageStatus::NAMES));
        assert_eq!(all["Message"]["properties"]["next_attempt_at"]["type"], json!(["string", "null"]));
        assert!(!required("PausedEndpoint").contains(&json!("messages_requeued")));
        assert_eq!(required("UpdatedEndpoint").len(), required("Endpoint").len() + 1);
        assert!(all["UpdateEndpoint"].get("required").is_none(), "the id stands in the path");
    }
}
