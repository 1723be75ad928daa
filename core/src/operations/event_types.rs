//! The catalogue of event types (docs/contract.md#event-types).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::Value;

use super::context::Context;
use super::definition::request::request;
use super::paging::{checked_limit, read_cursor_text};
use super::{Nothing, Page, invalid_request};
use crate::error::{Error, ErrorCode, Result, event_type_not_found};
use crate::model::event_type::EventType;
use crate::model::event_type_entry::{DESCRIPTION_CHARACTERS, EventTypeEntry, SCHEMA_BYTES};
use crate::model::timestamp::Timestamp;
use crate::outbox::event_types::EventTypeChange;
use crate::outbox::page::Listed;

/// The most event types of one page.
pub const PAGE_LIMIT: usize = 500;
const PAGE_DEFAULT: usize = 100;
/// The most schemas that are kept ready.
const SCHEMAS_KEPT: usize = 256;

/// Schemas that are ready to check payloads, each as of when its entry changed last.
#[derive(Default)]
pub(crate) struct Schemas(Mutex<HashMap<String, (Timestamp, Arc<Validator>)>>);

impl Schemas {
    fn of(&self, entry: &EventTypeEntry, schema: &Value) -> Result<Arc<Validator>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, validator)) = kept.get(entry.name.as_str())
            && *at == entry.updated_at
        {
            return Ok(validator.clone());
        }
        let validator = Arc::new(compiled(schema)?);
        if kept.len() >= SCHEMAS_KEPT {
            kept.clear();
        }
        kept.insert(entry.name.as_str().to_owned(), (entry.updated_at, validator.clone()));
        Ok(validator)
    }
}

/// A reference to another document is not followed: nothing is read from the network or from files.
fn compiled(schema: &Value) -> Result<Validator> {
    if !schema.is_object() {
        return Err(invalid_request("`schema` must be a JSON object"));
    }
    jsonschema::draft202012::new(schema)
        .map_err(|cause| invalid_request(format!("`schema` is no JSON schema (2020-12): {cause}")))
}

/// Whether an event may be sent, as the settings `strict_event_types` and `validate_payloads` say.
///
/// # Errors
/// `UNKNOWN_EVENT_TYPE`; `INVALID_PAYLOAD`, which names the place.
pub(super) fn check_event(context: &Context, event_type: &EventType, payload: &[u8]) -> Result<()> {
    let config = &context.config;
    // The catalogue is the server's, where there is one.
    let asks = config.strict_event_types || config.validate_payloads;
    if !asks || config.server.is_some() {
        return Ok(());
    }
    let entry = context.outbox.event_type(event_type)?;
    if entry.is_none() && config.strict_event_types {
        return Err(Error::new(
            ErrorCode::UnknownEventType,
            format!("the event type `{event_type}` is not in the catalogue"),
        ));
    }
    let Some(entry) = entry.filter(|_| config.validate_payloads) else { return Ok(()) };
    let Some(schema) = &entry.schema else { return Ok(()) };
    let validator = context.schemas.of(&entry, schema)?;
    let payload: Value = serde_json::from_slice(payload)
        .map_err(|cause| invalid_request(format!("the payload is not valid JSON: {cause}")))?;
    fits(&validator, &payload).map_err(|text| {
        Error::new(ErrorCode::InvalidPayload, format!("the payload of `{event_type}` does not fit: {text}"))
    })
}

/// Names the first place that does not fit, and how many others do not. What is there is not quoted: it may be secret.
fn fits(validator: &Validator, payload: &Value) -> std::result::Result<(), String> {
    let mut errors = validator.iter_errors(payload);
    let Some(first) = errors.next() else { return Ok(()) };
    let place = first.instance_path().to_string();
    let place = if place.is_empty() { "the whole".to_owned() } else { format!("`{place}`") };
    let rule = first.masked_with("it").to_string();
    let more = match errors.take(100).count() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Err(format!("{place}: {rule}{more}"))
}

fn check_fields(description: Option<&String>, schema: Option<&Value>, example: Option<&Value>) -> Result<()> {
    if description.is_some_and(|text| text.chars().count() > DESCRIPTION_CHARACTERS) {
        return Err(invalid_request(format!(
            "`description` must be at most {DESCRIPTION_CHARACTERS} characters"
        )));
    }
    for (name, value) in [("schema", schema), ("example", example)] {
        if value.is_some_and(|value| value.to_string().len() > SCHEMA_BYTES) {
            return Err(invalid_request(format!("`{name}` must be at most {SCHEMA_BYTES} bytes of JSON")));
        }
    }
    let Some(schema) = schema else { return Ok(()) };
    let validator = compiled(schema)?;
    match example {
        Some(example) => fits(&validator, example)
            .map_err(|text| invalid_request(format!("`example` does not fit `schema`: {text}"))),
        None => Ok(()),
    }
}

request! {
    /// What `event_types.create` takes.
    #[derive(Clone, Debug)]
    pub struct CreateEventType {
        /// The name, such as `order.created`.
        #[cfg_attr(feature = "schema", schemars(with = "EventType"))]
        pub name: String,
        /// For people; at most 500 characters.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
        pub description: Option<String>,
        /// The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other documents are not followed.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::JsonObject>"))]
        pub schema: Option<Value>,
        /// A payload that fits the schema, for whoever writes a receiver.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::JsonValue>"))]
        pub example: Option<Value>,
        /// Whether receivers should not rely on it any more.
        #[serde(default)]
        pub deprecated: Option<bool>,
    }
}

pub(crate) fn create(context: &Context, request: CreateEventType) -> Result<EventTypeEntry> {
    let description = request.description.filter(|text| !text.is_empty());
    check_fields(description.as_ref(), request.schema.as_ref(), request.example.as_ref())?;
    let now = Timestamp::now();
    let entry = EventTypeEntry {
        name: EventType::new(request.name)?,
        description,
        schema: request.schema,
        example: request.example,
        deprecated: request.deprecated.unwrap_or_default(),
        created_at: now,
        updated_at: now,
    };
    context.outbox.add_event_type(entry.clone())?;
    Ok(entry)
}

request! {
    /// Names an event type.
    #[derive(Clone, Debug)]
    pub struct EventTypeRef {
        /// The name, such as `order.created`.
        #[cfg_attr(feature = "schema", schemars(with = "EventType"))]
        pub name: String,
    }
}

fn named(name: String) -> Result<EventType> {
    EventType::new(name).map_err(|_| event_type_not_found())
}

pub(crate) fn get(context: &Context, request: EventTypeRef) -> Result<EventTypeEntry> {
    context.reading().event_type(&named(request.name)?)?.ok_or_else(event_type_not_found)
}

request! {
    /// What `event_types.list` takes.
    #[derive(Clone, Debug, Default)]
    pub struct ListEventTypes {
        /// 1 to 500, 100 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = PAGE_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the page before.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
    }
}

pub(crate) fn list(context: &Context, request: ListEventTypes) -> Result<Page<EventTypeEntry>> {
    let limit = checked_limit(request.limit, PAGE_DEFAULT, PAGE_LIMIT)?;
    let after = read_cursor_text(request.cursor.as_deref(), Listed::EventTypes)?;
    let (data, has_more) = context.reading().event_types(after.as_deref(), limit)?;
    let next =
        data.last().filter(|_| has_more).map(|last| Listed::EventTypes.encode_text(last.name.as_str()));
    Ok(Page { data, has_more, next_cursor: next })
}

/// A field that is given, perhaps as null, which clears it.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    serde::Deserialize::deserialize(deserializer).map(Some)
}

request! {
    /// What `event_types.update` takes. A field that is absent stays as it is.
    #[derive(Clone, Debug)]
    pub struct UpdateEventType {
        /// The name, such as `order.created`.
        #[cfg_attr(feature = "schema", schemars(with = "EventType"))]
        pub name: String,
        /// At most 500 characters; `""` is none.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
        pub description: Option<String>,
        /// As for a new type; null is none.
        #[serde(default, deserialize_with = "given")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::JsonObject>"))]
        pub schema: Option<Value>,
        /// As for a new type; null is none.
        #[serde(default, deserialize_with = "given")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::JsonValue>"))]
        pub example: Option<Value>,
        /// Whether receivers should not rely on it any more.
        #[serde(default)]
        pub deprecated: Option<bool>,
    }
}

pub(crate) fn update(context: &Context, request: UpdateEventType) -> Result<EventTypeEntry> {
    let name = named(request.name)?;
    let found = context.reading().event_type(&name)?.ok_or_else(event_type_not_found)?;
    let cleared = |value: Value| Some(value).filter(|value| !value.is_null());
    let change = EventTypeChange {
        description: request.description.map(|text| Some(text).filter(|text| !text.is_empty())),
        schema: request.schema.map(cleared),
        example: request.example.map(cleared),
        deprecated: request.deprecated,
    };
    let mut becomes = found;
    change.apply_to(&mut becomes);
    check_fields(becomes.description.as_ref(), becomes.schema.as_ref(), becomes.example.as_ref())?;
    context.outbox.change_event_type(&name, change)
}

pub(crate) fn delete(context: &Context, request: EventTypeRef) -> Result<Nothing> {
    context.outbox.delete_event_type(&named(request.name)?)?;
    Ok(Nothing {})
}
