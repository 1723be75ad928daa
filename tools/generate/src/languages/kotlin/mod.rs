//! The Kotlin package, and Swift's types: the records and methods in Rust of which uniffi writes both, and over uniffi's Kotlin
//! what its users see.

mod client;
mod native;
mod types;

use std::path::Path;

use minijinja::{Value, context};

use super::camel::Speech;
use super::{Templates, rust};
use crate::definition::{Argument, Definition, Method, Return};
use crate::names::pascal;
use crate::output::File;
use crate::schemas::Type;

const FOLDER: &str = "bindings/kotlin";
const SOURCES: &str = "bindings/kotlin/src/main/kotlin/com/hookbridge";
const NOTICE: &str = "Written by `hookbridge-generate`: change the definition, not this file.";

/// Words that are some of another type's: a value of it compares with that type's constants.
const PART_OF: (&str, &str) = ("QueuedStatus", "MessageStatus");

/// The name of a type of words, or of another type.
fn named(name: &str) -> String {
    if name == PART_OF.0 { PART_OF.1.to_owned() } else { pascal(name) }
}

/// A sentence about a schedule; what is an empty list elsewhere is `none` here.
fn of_schedules(text: &str, none: &str) -> String {
    text.replace("an empty list or null clears it", &format!("{none} clears it"))
        .replace("an empty list is none", &format!("{none} is none of its own"))
}

/// The methods that are generated: sends are written by hand.
fn methods(definition: &Definition) -> impl Iterator<Item = &Method> {
    definition.methods.iter().filter(|method| !matches!(method.name.as_str(), "send" | "send_batch"))
}

/// What `send` takes: the fields of a message.
fn message(definition: &Definition) -> Result<&Method, String> {
    definition
        .methods
        .iter()
        .find(|method| method.name == "send")
        .ok_or_else(|| "there is no `send`".to_owned())
}

/// The method whose arguments the native half takes as one record. Each argument of its own costs a call for its memory.
const EVENT: &str = "send_event";

/// The arguments of one event of a batch.
fn batch_event(definition: &Definition) -> &[Argument] {
    let mut arguments = definition.methods.iter().flat_map(|method| &method.arguments);
    arguments
        .find_map(|argument| match &argument.kind {
            Type::Requests { arguments } => Some(arguments.as_slice()),
            _ => None,
        })
        .unwrap_or_default()
}

/// A type of Kotlin.
fn kotlin(kind: &Type, wide: bool) -> String {
    match kind {
        Type::Text => "String".to_owned(),
        Type::Integer if wide => "Long".to_owned(),
        Type::Integer => "Int".to_owned(),
        Type::Number => "Double".to_owned(),
        Type::Boolean => "Boolean".to_owned(),
        Type::Moment => "Instant".to_owned(),
        Type::Json => "Any?".to_owned(),
        Type::Value => "RawJson".to_owned(),
        Type::Requests { .. } => "Iterable<BatchEvent>".to_owned(),
        Type::Schedule => "RetrySchedule".to_owned(),
        Type::Words { name } | Type::Object { name } => named(name),
        Type::List { item } => format!("List<{}>", kotlin(item, false)),
        Type::Map { item } => format!("Map<String, {}>", kotlin(item, false)),
    }
}

fn optional(method: &Method) -> Vec<&Argument> {
    method.arguments.iter().filter(|argument| !argument.required).collect()
}

fn required(method: &Method) -> Vec<&Argument> {
    method.arguments.iter().filter(|argument| argument.required).collect()
}

/// Whether the method answers pages of which the next can be asked for.
fn is_paged(method: &Method) -> bool {
    matches!(method.returns, Return::Page { .. })
        && method.arguments.iter().any(|argument| argument.name == "cursor")
}

pub fn files(root: &Path, definition: &Definition) -> Result<Vec<File>, String> {
    let templates = Templates::new(
        definition,
        &[
            ("native/operations.rs", include_str!("../../../templates/kotlin/operations.rs.jinja")),
            ("native/requests.rs", include_str!("../../../templates/kotlin/requests.rs.jinja")),
            ("native/results.rs", include_str!("../../../templates/kotlin/results.rs.jinja")),
            ("Operations.kt", include_str!("../../../templates/kotlin/Operations.kt.jinja")),
            ("Options.kt", include_str!("../../../templates/kotlin/Options.kt.jinja")),
            ("Results.kt", include_str!("../../../templates/kotlin/Results.kt.jinja")),
            ("Words.kt", include_str!("../../../templates/kotlin/Words.kt.jinja")),
            ("internal/Conversions.kt", include_str!("../../../templates/kotlin/Conversions.kt.jinja")),
            ("internal/Names.kt", include_str!("../../../templates/kotlin/Names.kt.jinja")),
        ],
    )?;
    let speech = Speech::new(definition);
    let render =
        |name: &str, values: Value| templates.render_with(name, context! { notice => NOTICE, ..values });
    let rust = |name: &str, values: Value| {
        let text = rust::formatted(root, &render(name, values)?)?;
        Ok::<_, String>(File::new(format!("{FOLDER}/{name}"), text))
    };
    let source = |name: &str, values: Value| {
        Ok::<_, String>(File::new(format!("{SOURCES}/{name}"), render(name, values)?))
    };
    Ok(vec![
        rust("native/operations.rs", native::operations(&speech, definition))?,
        rust("native/requests.rs", native::requests(&speech, definition)?)?,
        rust("native/results.rs", native::results(&speech, definition)?)?,
        source("Operations.kt", client::operations(&speech, definition))?,
        source("Options.kt", client::options(&speech, definition)?)?,
        source("Results.kt", types::results(&speech, definition))?,
        source("Words.kt", types::words(&speech, definition))?,
        source("internal/Conversions.kt", types::conversions(definition)?)?,
        source("internal/Names.kt", types::names(definition))?,
    ])
}
