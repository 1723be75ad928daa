//! From JSON schemas to the types of fields.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::definition::Argument;

/// The type of a field or of an argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Type {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Number,
    /// True or false.
    Boolean,
    /// A point in time.
    Moment,
    /// Any JSON value, whose text is passed on as it stands: a payload.
    Json,
    /// Any JSON value, as the language has it.
    Value,
    /// A retry schedule.
    Schedule,
    /// One of the words of the named type.
    Words {
        /// The type's name.
        name: String,
    },
    /// A value of the named type.
    Object {
        /// The type's name.
        name: String,
    },
    /// Several of another type.
    List {
        /// The type of each.
        item: Box<Type>,
    },
    /// Several requests of another method, each with these arguments: the languages have the type `BatchEvent` for one.
    Requests {
        /// The arguments of each.
        arguments: Vec<Argument>,
    },
    /// Another type by texts.
    Map {
        /// The type of each value.
        item: Box<Type>,
    },
}

/// What a schema says of a field.
pub struct Described {
    pub kind: Type,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it must not be shown.
    pub secret: bool,
    /// Whether it is a whole number that 31 bits may not hold.
    pub wide: bool,
    /// What it is for.
    pub doc: String,
}

fn is_null(schema: &Value) -> bool {
    schema["type"] == "null"
}

/// What `schema` says. Named types are looked up in `definitions`.
pub fn described(schema: &Value, definitions: &Map<String, Value>) -> Result<Described, String> {
    let doc = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
    if let Some(cases) = schema["anyOf"].as_array()
        && let [one, other] = cases.as_slice()
        && (is_null(one) || is_null(other))
    {
        let inner = described(if is_null(one) { other } else { one }, definitions)?;
        return Ok(Described { nullable: true, doc, ..inner });
    }
    let nullable = schema["type"].as_array().is_some_and(|types| types.iter().any(|name| name == "null"));
    let secret = schema["format"] == "password";
    let kind = kind(schema, definitions)?;
    let wide = kind == Type::Integer && is_wide(schema);
    Ok(Described { kind, nullable, secret, wide, doc })
}

fn is_wide(schema: &Value) -> bool {
    let is_small = schema["maximum"].as_f64().is_some_and(|most| most <= f64::from(i32::MAX));
    let has_few_bits = schema["format"]
        .as_str()
        .is_some_and(|format| ["int8", "uint8", "int16", "uint16", "int32", "uint32"].contains(&format));
    !is_small && !has_few_bits
}

fn kind(schema: &Value, definitions: &Map<String, Value>) -> Result<Type, String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let target = definitions.get(name).ok_or_else(|| format!("there is no schema {name}"))?;
        return Ok(match name {
            "RetrySchedule" => Type::Schedule,
            _ if target.get("enum").is_some() => Type::Words { name: name.to_owned() },
            _ => Type::Object { name: name.to_owned() },
        });
    }
    let item = |schema: &Value| Ok::<_, String>(Box::new(described(schema, definitions)?.kind));
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect()
        }
        _ => Vec::new(),
    };
    match names.as_slice() {
        _ if names.len() > 2 => Ok(Type::Value),
        ["string"] if schema["format"] == "date-time" => Ok(Type::Moment),
        ["string"] => Ok(Type::Text),
        ["integer"] => Ok(Type::Integer),
        ["number"] => Ok(Type::Number),
        ["boolean"] => Ok(Type::Boolean),
        // Objects that have no type of their own are JSON to the languages.
        ["array"] if schema["items"]["properties"].is_object() => Ok(Type::Value),
        ["object"] if schema["additionalProperties"] == true => Ok(Type::Value),
        ["array"] => Ok(Type::List { item: item(&schema["items"])? }),
        ["object"] if schema["additionalProperties"].is_object() => {
            Ok(Type::Map { item: item(&schema["additionalProperties"])? })
        }
        [] if schema.as_object().is_some_and(|fields| fields.keys().all(|name| name == "description")) => {
            Ok(Type::Json)
        }
        _ => Err(format!("no type is known for {schema}")),
    }
}
