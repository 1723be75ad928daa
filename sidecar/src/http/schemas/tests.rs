//! A type's own fields, as it asks a deserializer for them, beside the shape that documents it.

use std::fmt;

use hookbridge_core::model::api_key::{ApiKey, ApiKeyMode, NewApiKey};
use hookbridge_core::model::attempt::Attempt;
use hookbridge_core::model::endpoint::Endpoint;
use hookbridge_core::model::export::ExportStatus;
use hookbridge_core::model::message::{Message, MessageStatus};
use hookbridge_core::model::message_summary::MessageSummary;
use hookbridge_core::model::retry_schedule::RetrySchedule;
use hookbridge_core::model::signing_key::{NewSigningKey, SigningKey};
use hookbridge_core::operations::{api_keys, endpoints, logs, many, messages, metrics};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::*;

/// Answers nothing, and fails with the names of the fields that it was asked for.
struct Asked;

#[derive(Debug)]
struct Names(Vec<&'static str>);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Names {}

impl de::Error for Names {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Names(Vec::new())
    }
}

impl<'de> Deserializer<'de> for Asked {
    type Error = Names;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Names> {
        Err(Names(Vec::new()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Names> {
        Err(Names(fields.to_vec()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn fields<T: for<'de> Deserialize<'de>>() -> Vec<&'static str> {
    T::deserialize(Asked).err().map(|names| names.0).unwrap_or_default()
}

fn documented(shape: &str) -> Vec<String> {
    let schema = &referred(&reference(shape))[shape];
    let mut names: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}

#[track_caller]
fn agree<T: for<'de> Deserialize<'de>>(shape: &str, from_the_path: &[&str]) {
    let mut known: Vec<&str> = fields::<T>();
    assert!(!known.is_empty(), "{shape}");
    known.retain(|name| !from_the_path.contains(name));
    known.sort_unstable();
    assert_eq!(documented(shape), known, "{shape}");
}

#[test]
fn shapes_have_the_fields_of_the_operations_types() {
    agree::<messages::SendRequest>("SendRequest", &[]);
    agree::<messages::SendReceipt>("SendReceipt", &[]);
    agree::<endpoints::CreateEndpoint>("CreateEndpoint", &[]);
    agree::<endpoints::CreatedEndpoint>("CreatedEndpoint", &[]);
    agree::<endpoints::EndpointSummary>("EndpointSummary", &[]);
    agree::<Endpoint>("Endpoint", &[]);
    agree::<endpoints::UpdateEndpoint>("UpdateEndpoint", &["endpoint_id"]);
    agree::<endpoints::PausedEndpoint>("PausedEndpoint", &[]);
    agree::<SigningKey>("SigningKey", &[]);
    agree::<NewSigningKey>("NewSigningKey", &[]);
    agree::<Message>("Message", &[]);
    agree::<Attempt>("Attempt", &[]);
    agree::<many::MessageIds>("MessageIds", &[]);
    agree::<many::ReplayedAll>("ReplayedAll", &[]);
    agree::<many::ReplayResult>("ReplayResult", &[]);
    agree::<many::ReplayedBatch>("ReplayedBatch", &[]);
    agree::<messages::DeletedMessage>("DeletedMessage", &[]);
    agree::<many::DeleteResult>("DeleteResult", &[]);
    agree::<many::DeletedBatch>("DeletedBatch", &[]);
    agree::<many::DeletedAll>("DeletedAll", &[]);
    agree::<MessageSummary>("MessageSummary", &[]);
    agree::<logs::DeadLetters>("DeadLetters", &[]);
    agree::<metrics::Metrics>("Metrics", &[]);
    agree::<metrics::Bucket>("Bucket", &[]);
    agree::<metrics::Timeseries>("Timeseries", &[]);
    agree::<ApiKey>("ApiKey", &[]);
    agree::<NewApiKey>("NewApiKey", &[]);
    agree::<api_keys::CreateApiKey>("CreateApiKey", &[]);
}

#[test]
fn what_extends_a_type_has_its_fields_and_one_more() {
    for (shape, base, more) in
        [("UpdatedEndpoint", "Endpoint", "updated"), ("ChangedMessage", "Message", "message_id")]
    {
        let mut expected = documented(base);
        expected.push(more.to_owned());
        expected.sort();
        assert_eq!(documented(shape), expected);
    }
}

#[test]
fn every_row_has_its_shapes() {
    for route in hookbridge_core::operations::routes::served() {
        for shape in route.body.into_iter().chain([route.schema]).filter(|shape| !shape.is_empty()) {
            assert!(referred(&reference(shape)).contains_key(shape), "{route:?}");
        }
    }
}

#[test]
fn words_are_those_that_the_types_read() {
    fn all_read<T: for<'de> Deserialize<'de>>(kind: &str) {
        let words = kinds::schema(kind)["enum"].as_array().cloned().unwrap();
        assert!(!words.is_empty(), "{kind}");
        for word in words {
            assert!(serde_json::from_value::<T>(word.clone()).is_ok(), "{kind}: {word}");
        }
    }
    all_read::<MessageStatus>("status");
    all_read::<ExportStatus>("export_status");
    all_read::<ApiKeyMode>("mode");
    all_read::<metrics::Window>("window");
    let schedules = &kinds::schema("schedule")["anyOf"][0]["enum"];
    assert!(serde_json::from_value::<Vec<Option<RetrySchedule>>>(schedules.clone()).is_ok());
}
