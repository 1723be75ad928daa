//! The records and methods of which uniffi writes Kotlin and Swift. Their documentation has those languages' names.

use minijinja::{Value, context};

use super::super::camel::Speech;
use super::super::text::wrapped;
use super::{EVENT, message, methods, named, of_schedules};
use crate::definition::{Argument, Definition, Field, Method, Object, Return, Setting};
use crate::names::{camel, rust_name};
use crate::schemas::Type;

const WIDTH: usize = 100;

/// A comment for documentation; each part is a paragraph, or an item of a list.
fn doc(parts: &[String], indent: usize) -> String {
    let space = " ".repeat(indent);
    let mut lines = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let is_item = part.starts_with("- ");
        if at > 0 && !(is_item && parts[at - 1].starts_with("- ")) {
            lines.push(format!("{space}///"));
        }
        for (number, line) in wrapped(part, WIDTH - indent).into_iter().enumerate() {
            let inner = if is_item && number > 0 { "  " } else { "" };
            lines.push(format!("{space}/// {inner}{line}"));
        }
    }
    lines.join("\n")
}

fn rust(kind: &Type, wide: bool) -> String {
    match kind {
        Type::Text | Type::Words { .. } => "String".to_owned(),
        Type::Integer if wide => "i64".to_owned(),
        Type::Integer => "i32".to_owned(),
        Type::Number => "f64".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Moment => "SystemTime".to_owned(),
        // JSON in UTF-8.
        Type::Json => "Vec<u8>".to_owned(),
        Type::Value | Type::Requests { .. } => "JsonText".to_owned(),
        Type::Schedule => "RetrySchedule".to_owned(),
        Type::Object { name } => named(name),
        Type::List { item } => format!("Vec<{}>", rust(item, false)),
        Type::Map { item } => format!("HashMap<String, {}>", rust(item, false)),
    }
}

/// What the languages' types do not say of words: which there are.
fn with_words(definition: &Definition, text: &str, kind: &Type) -> String {
    let Type::Words { name } = kind else { return text.to_owned() };
    let words = definition.words.iter().find(|words| words.name == *name);
    match words {
        Some(words) if words.words.len() > 1 && !text.contains(&format!("`{}`", words.words[0])) => {
            let known: Vec<String> = words.words.iter().map(|word| format!("`{word}`")).collect();
            format!("{text} One of {}; a newer server may say another.", known.join(", "))
        }
        _ => text.to_owned(),
    }
}

// Results.

fn field(speech: &Speech, definition: &Definition, object: &Object, field: &Field) -> Result<String, String> {
    let text = with_words(definition, &speech.documented(&field.doc), &field.kind);
    let mut lines = vec![doc(&[text], 4)];
    let mut serde = Vec::new();
    if object.items.as_deref() == Some(field.name.as_str()) {
        let from = definition.methods.iter().find_map(|method| match &method.returns {
            Return::Page { name, from, .. } if *name == object.name => Some(from),
            _ => None,
        });
        let from = from.ok_or_else(|| format!("no method answers {}", object.name))?;
        if *from != field.name {
            serde.push(format!("rename = \"{from}\""));
        }
    }
    // What an older server does not say yet is nothing, 0 or empty.
    if field.optional || !matches!(field.kind, Type::Moment | Type::Object { .. } | Type::Schedule) {
        serde.push("default".to_owned());
    }
    if field.kind == Type::Moment {
        serde.push(format!("deserialize_with = \"{}\"", if field.optional { "maybe_time" } else { "time" }));
    }
    if !serde.is_empty() {
        lines.push(format!("    #[serde({})]", serde.join(", ")));
    }
    let kind = rust(&field.kind, field.wide);
    let kind = if field.optional { format!("Option<{kind}>") } else { kind };
    lines.push(format!("    pub {}: {kind},", rust_name(&field.name)));
    Ok(lines.join("\n"))
}

/// How a value with secrets is printed. Swift prints by `Debug` too, and has a field `description` where `Display` would be.
fn printing(name: &str, fields: &[(&str, bool)]) -> String {
    let shown: String = fields
        .iter()
        .map(|(name, secret)| {
            let value =
                if *secret { "&format_args!(\"[hidden]\")".to_owned() } else { format!("&self.{name}") };
            format!(".field(\"{}\", {value})", camel(name))
        })
        .collect();
    format!(
        "/// Without its secrets.\nimpl std::fmt::Debug for {name} {{\n    \
         fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n        \
         f.debug_struct(\"{name}\"){shown}.finish()\n    }}\n}}"
    )
}

fn record(speech: &Speech, definition: &Definition, object: &Object) -> Result<String, String> {
    let name = named(&object.name);
    let fields = object.fields.iter().map(|one| field(speech, definition, object, one));
    let fields = fields.collect::<Result<Vec<_>, _>>()?.join("\n");
    let has_secret = object.fields.iter().any(|field| field.secret);
    let (derived, exported) = if has_secret { ("", "#[uniffi::export(Debug)]\n") } else { ("Debug, ", "") };
    let own = format!(
        "{}\n#[derive(Clone, {derived}PartialEq, Deserialize, uniffi::Record)]\n{exported}pub struct {name} {{\n{fields}\n}}",
        doc(&[speech.documented(&object.doc)], 0),
    );
    if !has_secret {
        return Ok(own);
    }
    let fields: Vec<(&str, bool)> =
        object.fields.iter().map(|field| (field.name.as_str(), field.secret)).collect();
    Ok(format!("{own}\n\n{}", printing(&name, &fields)))
}

pub fn results(speech: &Speech, definition: &Definition) -> Result<Value, String> {
    let records = definition.objects.iter().map(|object| record(speech, definition, object));
    Ok(context! { records => records.collect::<Result<Vec<_>, _>>()? })
}

// Requests and settings.

fn argument_field(speech: &Speech, argument: &Argument) -> String {
    let text = match argument.kind {
        Type::Json => "The payload as JSON in UTF-8, sent byte for byte.".to_owned(),
        _ => speech.documented(&argument.doc),
    };
    let kind = rust(&argument.kind, argument.wide);
    let (default, kind) =
        if argument.required { ("", kind) } else { ("    #[uniffi(default)]\n", format!("Option<{kind}>")) };
    format!("{}\n{default}    pub {}: {kind},", doc(&[text], 4), rust_name(&argument.name))
}

fn setting_field(speech: &Speech, setting: &Setting) -> String {
    let kind = match setting.takes {
        "switch" => "bool",
        "whole" if setting.most.is_some_and(|most| most > f64::from(i32::MAX)) => "i64",
        "whole" => "i32",
        "seconds" => "f64",
        "schedule" => "RetrySchedule",
        _ => "String",
    };
    let default = match setting.default {
        "" => String::new(),
        default => format!(" By default {default}."),
    };
    format!(
        "{}\n    #[uniffi(default)]\n    #[serde(skip_serializing_if = \"Option::is_none\")]\n    pub {}: Option<{kind}>,",
        doc(&[speech.documented(&format!("{}{default}", setting.doc))], 4),
        setting.name
    )
}

pub fn requests(speech: &Speech, definition: &Definition) -> Result<Value, String> {
    let fields: Vec<(&str, bool)> =
        definition.settings.iter().map(|setting| (setting.name, setting.name == "api_key")).collect();
    Ok(context! {
        event => definition.methods.iter().filter(|method| method.name == EVENT)
            .flat_map(|method| &method.arguments)
            .map(|one| argument_field(speech, one))
            .collect::<Vec<_>>(),
        message => message(definition)?.arguments.iter().map(|one| argument_field(speech, one)).collect::<Vec<_>>(),
        settings => definition.settings.iter().map(|one| setting_field(speech, one)).collect::<Vec<_>>(),
        printing => printing("HookBridgeOptions", &fields),
    })
}

// Methods.

fn method(speech: &Speech, definition: &Definition, method: &Method) -> String {
    let mut parts = vec![speech.documented(&method.summary)];
    if !method.details.is_empty() {
        parts.push(speech.documented(&method.details));
    }
    let described = method.arguments.iter().filter(|argument| !argument.doc.is_empty());
    parts.extend(described.map(|argument| {
        let text = with_words(definition, &speech.documented(&argument.doc), &argument.kind);
        let text = of_schedules(&text, "an empty one");
        format!("- Parameter {}: {text}", camel(&argument.name))
    }));
    let defaults: Vec<String> = method
        .arguments
        .iter()
        .filter(|argument| !argument.required)
        .map(|argument| format!("{} = None", rust_name(&argument.name)))
        .collect();
    let defaults = match defaults.as_slice() {
        [] => String::new(),
        given => format!("    #[uniffi::method(default({}))]\n", given.join(", ")),
    };
    let parameters = method.arguments.iter().map(|argument| {
        let kind = match argument.kind {
            // Laid into the request as it stands.
            Type::Json => "JsonText".to_owned(),
            _ => rust(&argument.kind, argument.wide),
        };
        format!(
            ", {}: {}",
            rust_name(&argument.name),
            if argument.required { kind } else { format!("Option<{kind}>") }
        )
    });
    let fields = method.arguments.iter().map(|argument| {
        let (with, name, field) =
            (if argument.required { "with" } else { "given" }, rust_name(&argument.name), &argument.field);
        let value = match (&argument.kind, argument.required) {
            (Type::Moment, true) => format!("Timestamp::from({name})"),
            (Type::Moment, false) => format!("{name}.map(Timestamp::from)"),
            _ => name,
        };
        format!(".{with}(\"{field}\", {value})")
    });
    let (operation, request) =
        (&method.operation, format!("Request::default(){}", fields.collect::<String>()));
    let (returned, call) = match &method.returns {
        Return::Nothing => ("()".to_owned(), format!("self.run(\"{operation}\", request)")),
        Return::Object { name } | Return::Page { name, .. } => {
            (named(name), format!("self.call(\"{operation}\", request)"))
        }
        Return::List { item, from } => {
            (format!("Vec<{}>", named(item)), format!("self.part(\"{operation}\", request, \"{from}\")"))
        }
        Return::Text { from } => {
            ("String".to_owned(), format!("self.part(\"{operation}\", request, \"{from}\")"))
        }
        Return::Batch => {
            ("Vec<BatchResult>".to_owned(), format!("self.part(\"{operation}\", request, \"results\")"))
        }
    };
    format!(
        "{}\n{defaults}    pub fn {}(&self{}) -> Result<{returned}> {{\n        let request = {request};\n        {call}\n    }}",
        doc(&parts, 4),
        method.name,
        parameters.collect::<String>(),
    )
}

pub fn operations(speech: &Speech, definition: &Definition) -> Value {
    let by_fields = methods(definition).filter(|method| method.name != EVENT);
    let text: Vec<String> = by_fields.map(|one| method(speech, definition, one)).collect();
    context! { methods => text }
}
