//! The fields of requests: their names, in order, and how HTTP's texts become their values. A type that is written in
//! `request!` says it of itself, so that a field is written once.

use crate::model::ids::ApiKeyId;
use crate::model::message::MessageStatus;
use crate::model::payload::Payload;
use crate::model::retry_schedule::RetrySchedule;
use crate::model::timestamp::Timestamp;

/// How a field's value is written in a path or a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As a text: words, ids, times.
    Text,
    /// As a whole number.
    Number,
    /// As `true` or `false`.
    Switch,
    /// As several texts with commas between them.
    List,
    /// Not at all: it is part of a body.
    Json,
    /// Not at all: it is the id of the API key that the caller showed.
    Caller,
}

/// A field of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name, as in JSON.
    pub name: &'static str,
    /// How it is written over HTTP.
    pub kind: Kind,
}

/// What an operation takes.
pub trait Request {
    /// The fields, in order.
    fn fields() -> Vec<Field>;
}

/// The type of a request's field.
pub(crate) trait Value {
    /// Adds the field, or the fields that are laid in its place.
    fn add(name: &'static str, fields: &mut Vec<Field>);
}

macro_rules! values {
    ($($type:ty => $kind:ident),* $(,)?) => {$(
        impl Value for $type {
            fn add(name: &'static str, fields: &mut Vec<Field>) {
                fields.push(Field { name, kind: Kind::$kind });
            }
        }
    )*};
}

values! {
    String => Text,
    Timestamp => Text,
    MessageStatus => Text,
    crate::model::api_key::ApiKeyMode => Text,
    crate::model::api_key::ApiKeyScope => Text,
    crate::operations::metrics::Window => Text,
    crate::model::ordering::OnFailure => Text,
    serde_json::Value => Json,
    crate::operations::actors::Ids => List,
    bool => Switch,
    i64 => Number,
    u32 => Number,
    Payload => Json,
    RetrySchedule => Json,
    crate::model::header_map::HeaderMap => Json,
    ApiKeyId => Caller,
}

impl<T: Value> Value for Option<T> {
    fn add(name: &'static str, fields: &mut Vec<Field>) {
        T::add(name, fields);
    }
}

impl<T> Value for Vec<T> {
    fn add(name: &'static str, fields: &mut Vec<Field>) {
        fields.push(Field { name, kind: Kind::List });
    }
}

/// A field's name as in JSON: one that is a word of Rust is written with a mark there.
pub(crate) fn plain(name: &'static str) -> &'static str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// Defines the type of a request. Where a field has such a type itself, the fields of that type stand in its place.
macro_rules! request {
    ($(#[$meta:meta])* pub struct $name:ident {$(
        $(#[$field_meta:meta])* pub $field:ident: $type:ty
    ),* $(,)?}) => {
        $(#[$meta])*
        #[derive(serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl $crate::operations::definition::request::Request for $name {
            fn fields() -> Vec<$crate::operations::definition::request::Field> {
                #[allow(unused_mut)]
                let mut fields = Vec::new();
                $(<$type as $crate::operations::definition::request::Value>::add($crate::operations::definition::request::plain(stringify!($field)), &mut fields);)*
                fields
            }
        }

        impl $crate::operations::definition::request::Value for $name {
            fn add(_: &'static str, fields: &mut Vec<$crate::operations::definition::request::Field>) {
                fields.extend(<Self as $crate::operations::definition::request::Request>::fields());
            }
        }
    };
}
pub(crate) use request;
