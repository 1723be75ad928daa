//! What users of Kotlin see: results and words; and how they are made of uniffi's records.

use minijinja::{Value, context};
use serde::Serialize;

use super::super::camel::{Speech, comment};
use super::{kotlin, named};
use crate::definition::{Definition, Field, Object, SEARCHED_TO, Words};
use crate::names::{camel, pascal, words as words_of};
use crate::schemas::Type;

// Words.

#[derive(Serialize)]
struct WordType {
    name: String,
    doc: String,
    constants: Vec<Constant>,
}

#[derive(Serialize)]
struct Constant {
    name: String,
    word: String,
}

/// `pending_retry` as `PENDING_RETRY`; `1h` of `MetricsWindow` as `WINDOW_1H`.
fn constant(of: &str, word: &str) -> String {
    let name = word.replace('-', "_").to_uppercase();
    match words_of(of).last() {
        Some(last) if name.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("{}_{name}", last.to_uppercase())
        }
        _ => name,
    }
}

fn word_type(name: &str, doc: &str, words: &[String]) -> WordType {
    let constants = words.iter().map(|word| Constant { name: constant(name, word), word: word.clone() });
    WordType { name: pascal(name), doc: comment(doc, 0), constants: constants.collect() }
}

fn is_seen(words: &Words) -> bool {
    named(&words.name) == pascal(&words.name)
}

pub fn words(speech: &Speech, definition: &Definition) -> Value {
    let of_types = definition.words.iter().filter(|words| is_seen(words)).map(|words| {
        let doc = match words.doc.as_str() {
            "" => "One of the words of the API.".to_owned(),
            doc => speech.documented(doc),
        };
        word_type(&words.name, &doc, &words.words)
    });
    let of_settings = definition.settings.iter().filter(|setting| !setting.words.is_empty()).map(|setting| {
        let words: Vec<String> = setting.words.iter().map(|word| (*word).to_owned()).collect();
        word_type(setting.name, &speech.documented(setting.doc), &words)
    });
    context! {
        types => of_types.chain(of_settings).collect::<Vec<_>>(),
        error_codes => definition.codes.iter().map(|code| context! {
            name => code.name,
            doc => comment(&speech.documented(code.cause), 4),
        }).collect::<Vec<_>>(),
    }
}

// Results.

/// The documentation of a field: what the definition calls absent is null here.
fn field_doc(speech: &Speech, field: &Field) -> String {
    comment(&speech.documented(&field.doc).replace("absent", "null"), 4)
}

fn property(speech: &Speech, field: &Field) -> String {
    let kind = kotlin(&field.kind, field.wide);
    let kind = if field.optional { format!("{kind}? = null") } else { kind };
    let line = format!("    val {}: {kind},", camel(&field.name));
    if field.doc.is_empty() { line } else { format!("{}\n{line}", field_doc(speech, field)) }
}

fn shown(object: &Object) -> String {
    let fields = object.fields.iter().map(|field| {
        let name = camel(&field.name);
        if field.secret { format!("{name}=[hidden]") } else { format!("{name}=${name}") }
    });
    format!("\"{}({})\"", named(&object.name), fields.collect::<Vec<_>>().join(", "))
}

fn result(speech: &Speech, object: &Object) -> String {
    let name = named(&object.name);
    let doc = comment(&speech.documented(&object.doc), 0);
    if let (Some(items), Some(item)) = (&object.items, &object.item) {
        let (field, item) = (camel(items), named(item));
        let searched = object.fields.iter().find(|field| field.name == SEARCHED_TO);
        let (argument, pair, shown) = match searched {
            Some(searched) => (
                format!("{}\n", property(speech, searched)),
                format!(", \"{SEARCHED_TO}\" to searchedTo"),
                ", searchedTo=$searchedTo",
            ),
            None => (String::new(), String::new(), ""),
        };
        return format!(
            "{doc}\nclass {name} @JvmOverloads constructor(\n    /** The items of this page: the same as the page itself. */\n    \
             val {field}: List<{item}>,\n    hasMore: Boolean = false,\n    nextCursor: String? = null,\n{argument}    \
             private val more: ((String) -> {name})? = null,\n) : Page<{item}>({field}, hasMore, nextCursor) {{\n    \
             override fun nextPage(): {name}? = if (hasMore && nextCursor != null) more?.invoke(nextCursor) else null\n\n    \
             override fun toMap(): Map<String, Any?> =\n        \
             fields(\"{items}\" to {field}, \"has_more\" to hasMore, \"next_cursor\" to nextCursor{pair})\n\n    \
             override fun toString() = \"{name}({field}=${field}, hasMore=$hasMore, nextCursor=$nextCursor{shown})\"\n}}"
        );
    }
    let properties: Vec<String> = object.fields.iter().map(|field| property(speech, field)).collect();
    let pairs = object
        .fields
        .iter()
        .map(|field| format!("            \"{}\" to {},", field.name, camel(&field.name)));
    let pairs = pairs.collect::<Vec<_>>().join("\n");
    let base = match name.as_str() {
        "SendWebhookResponse" | "SendFailure" => "BatchResult",
        _ => "HookBridgeResult",
    };
    let printed = if object.fields.iter().any(|field| field.secret) {
        format!(
            "\n\n    /** Without the secret. */\n    override fun toString() =\n        {}",
            shown(object)
        )
    } else {
        String::new()
    };
    format!(
        "{doc}\ndata class {name}(\n{}\n) : {base} {{\n    override fun toMap(): Map<String, Any?> =\n        fields(\n{pairs}\n        ){printed}\n}}",
        properties.join("\n")
    )
}

pub fn results(speech: &Speech, definition: &Definition) -> Value {
    context! { results => definition.objects.iter().map(|object| result(speech, object)).collect::<Vec<_>>() }
}

// Conversions.

/// A value of uniffi's as users see it.
pub fn published(value: &str, kind: &Type, optional: bool) -> String {
    let dot = if optional { "?." } else { "." };
    match kind {
        Type::Words { name } if optional => format!("{value}?.let(::{})", named(name)),
        Type::Words { name } => format!("{}({value})", named(name)),
        Type::Object { .. } | Type::Schedule => format!("{value}{dot}published()"),
        Type::Value if optional => format!("{value}?.let(::RawJson)"),
        Type::Value => format!("RawJson({value})"),
        Type::List { item } => match item.as_ref() {
            Type::Words { name } => format!("{value}{dot}map(::{})", named(name)),
            Type::Object { .. } => format!("{value}{dot}map {{ it.published() }}"),
            _ => value.to_owned(),
        },
        Type::Map { item } if matches!(**item, Type::Object { .. }) => {
            format!("{value}{dot}mapValues {{ it.value.published() }}")
        }
        _ => value.to_owned(),
    }
}

/// A value of a user's as uniffi takes it.
pub fn lowered(value: &str, kind: &Type, optional: bool) -> String {
    let dot = if optional { "?." } else { "." };
    match kind {
        Type::Words { .. } => format!("{value}{dot}word"),
        Type::Schedule => format!("{value}{dot}native()"),
        Type::Value => format!("{value}{dot}text()"),
        Type::Requests { .. } => format!("several(\"{value}\", {value})"),
        Type::Json => format!("document({value}, \"{value}\").decodeToString()"),
        Type::List { item } if matches!(**item, Type::Words { .. }) => {
            format!("{value}{dot}map {{ it.word }}")
        }
        _ => value.to_owned(),
    }
}

fn conversion(object: &Object) -> String {
    let name = named(&object.name);
    if let Some(items) = &object.items {
        let items = camel(items);
        let searched = object.fields.iter().find(|field| field.name == SEARCHED_TO);
        let searched = searched
            .map(|field| format!("{}, ", published(&camel(&field.name), &field.kind, field.optional)))
            .unwrap_or_default();
        return format!(
            "internal fun {name}.published(more: ((String) -> com.hookbridge.{name})? = null) =\n    \
             com.hookbridge.{name}({items}.map {{ it.published() }}, hasMore, nextCursor, {searched}more)"
        );
    }
    let fields: Vec<String> = object
        .fields
        .iter()
        .map(|field| {
            let name = camel(&field.name);
            format!("        {name} = {},", published(&name, &field.kind, field.optional))
        })
        .collect();
    format!("internal fun {name}.published() =\n    com.hookbridge.{name}(\n{}\n    )", fields.join("\n"))
}

pub fn conversions(definition: &Definition) -> Result<Value, String> {
    let settings: Vec<String> = definition
        .settings
        .iter()
        .map(|setting| {
            let name = camel(setting.name);
            let value = match setting.takes {
                "words" => format!("{name}?.word"),
                "schedule" => format!("{name}?.native()"),
                _ => name.clone(),
            };
            format!("        {name} = {value},")
        })
        .collect();
    let message: Vec<String> = super::message(definition)?
        .arguments
        .iter()
        .map(|argument| {
            let name = camel(&argument.name);
            let value = match argument.kind {
                Type::Json => format!("document({name}, name)"),
                _ => lowered(&name, &argument.kind, !argument.required),
            };
            format!("        {name} = {value},")
        })
        .collect();
    // Types of words and the public results are imported by their name where they are meant.
    let mut words: Vec<String> = definition.words.iter().map(|words| named(&words.name)).collect();
    words.sort_unstable();
    words.dedup();
    let objects: Vec<String> = definition.objects.iter().map(conversion).collect();
    let all = objects.join("\n\n");
    words.retain(|name| all.contains(&format!("{name}(")) || all.contains(&format!("::{name})")));
    let event: Vec<String> = super::batch_event(definition)
        .iter()
        .filter(|argument| argument.kind != Type::Json)
        .map(|argument| format!("            \"{}\" to {},", argument.field, camel(&argument.name)))
        .collect();
    Ok(context! { conversions => objects, words, settings, message, event })
}

// Names.

pub fn names(definition: &Definition) -> Value {
    let settings = definition.settings.iter().map(|setting| (setting.name.to_owned(), camel(setting.name)));
    let arguments = definition.methods.iter().flat_map(|method| &method.arguments);
    let arguments = arguments.map(|argument| (argument.field.clone(), camel(&argument.name)));
    let mut names: Vec<(String, String)> =
        settings.chain(arguments).filter(|(field, name)| field != name).collect();
    names.sort_unstable();
    names.dedup_by(|one, other| one.0 == other.0);
    context! { names }
}
