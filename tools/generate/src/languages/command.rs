//! The command: what each operation takes on the command line, and the commands that are one operation each.

use std::path::Path;

use minijinja::context;
use serde::Serialize;

use super::Templates;
use super::rust::formatted;
use super::text::{plain, sentence, without_references, wrapped};
use crate::definition::{Argument, Definition, Method, Object, Return};
use crate::names::{pascal, rust_name, words};
use crate::output::File;
use crate::schemas::Type;

const FOLDER: &str = "sidecar/src/commands/operations";
const NOTICE: &str = "Written by `hookbridge-generate`: change the definition, not this file.";
const WIDTH: usize = 105;

/// What a group of operations is called on the command line, and what is done there. `messages` has more commands, by hand.
const GROUPS: &[(&str, &str, &str)] = &[
    ("endpoints", "endpoints", "Look after endpoints"),
    ("messages", "messages", "Look after messages"),
    ("dead_letters", "dlq", "Look after messages that were given up"),
    ("events", "events", "Send events, look after them, and replay what an endpoint has missed"),
    ("event_types", "event-types", "Look after the catalogue of event types"),
    ("subscriptions", "subscriptions", "Try which events an endpoint would want"),
    ("signing_keys", "keys", "Look after an endpoint's signing keys"),
    ("api_keys", "api-keys", "Look after the API keys that a sidecar on the outbox lets in"),
    (
        "exports",
        "exports",
        "Look after the exports that the outbox keeps; `export` writes one to a file of yours",
    ),
    ("activity", "activity", "See which API keys changed what"),
    ("actors", "actors", "Look up who acted"),
    ("login_codes", "login-codes", "Make codes that sign a browser in; `console` opens one"),
    ("metrics", "metrics", "Counts of the last hour, day, week or month"),
    ("stats", "stats", "How the outbox stands"),
    ("whoami", "whoami", "Who asks, and what answers"),
];

/// Operations whose command does more than the operation, or another thing with its arguments.
const BY_HAND: &[&str] = &[
    "messages.replay_all",
    "messages.cancel_all",
    "messages.delete_all",
    "metrics.get",
    "metrics.timeseries",
];

/// An operation that stands in another group than its own.
const MOVED: &[(&str, &str, &str)] = &[("logs.list", "messages", "list")];

/// Another name of a command.
const ALIASES: &[(&str, &str)] = &[("endpoints.get", "show"), ("messages.explain", "why")];

/// Arguments that the command's hand-written half has: it goes through more than one request.
const ELSEWHERE: &[(&str, &str)] = &[
    ("messages.replay_all", "limit"),
    ("messages.replay_all", "cursor"),
    ("messages.cancel_all", "limit"),
    ("messages.cancel_all", "cursor"),
    ("messages.delete_all", "limit"),
    ("messages.delete_all", "cursor"),
];

/// Values of what is not given.
const DEFAULTS: &[(&str, &str, &str)] = &[("messages.replay_all", "status", "failed_permanent")];

/// Flags with a name of their own: of every operation, or of one. `--url` is the server's.
const FLAGS: &[(Option<&str>, &str, &str)] = &[
    (None, "headers", "header"),
    (None, "start_time", "since"),
    (None, "created_after", "since"),
    (None, "end_time", "until"),
    (None, "created_before", "until"),
    (Some("endpoints.update"), "url", "to"),
];

/// Fields of an answer with a list and something beside it.
const LISTS: &[&str] = &["buckets", "groups", "results"];

/// The fields that a table shows of a type of items; of another type all that are short. The command puts them in order.
const COLUMNS: &[(&str, &[&str])] = &[
    ("EndpointSummary", &["id", "paused", "created_at", "url", "description"]),
    ("MessageSummary", &["message_id", "status", "attempt_count", "created_at", "endpoint", "last_error"]),
    (
        "AttemptRecord",
        &[
            "attempt_no",
            "created_at",
            "response_status",
            "response_latency_ms",
            "resolved_ip",
            "error_text",
            "note",
        ],
    ),
    ("SigningKey", &["id", "key_hint", "created_at"]),
    ("APIKeyInfo", &["key_id", "prefix", "label", "created_at", "last_used_at"]),
    ("TimeSeriesBucket", &["timestamp", "total", "succeeded", "failed", "retrying", "avg_latency_ms"]),
];

#[derive(Serialize)]
struct Flag {
    name: String,
    doc: String,
    attribute: String,
    kind: String,
    /// How the value stands in the request.
    value: String,
    field: String,
}

#[derive(Serialize)]
struct Flags {
    name: String,
    operation: String,
    command: String,
    flags: Vec<Flag>,
    table: Option<Table>,
}

/// The list within an answer.
#[derive(Serialize)]
struct Table {
    items: String,
    columns: Vec<String>,
}

#[derive(Serialize)]
struct Variant {
    name: String,
    doc: String,
    alias: Option<&'static str>,
    flags: String,
    /// Where the flags are.
    module: String,
}

#[derive(Serialize)]
struct Group {
    name: String,
    command: String,
    about: String,
    /// What its operations take.
    flags: Vec<Flags>,
    /// The commands that are one operation each.
    variants: Vec<Variant>,
    /// Whether the command has it as it is.
    whole: bool,
}

pub fn files(root: &Path, definition: &Definition) -> Result<Vec<File>, String> {
    let own = definition.methods.iter().filter(|method| !is_other_name(definition, method));
    let methods =
        own.filter(|method| !matches!(method.operation.as_str(), "messages.send" | "messages.send_batch"));
    let mut groups: Vec<Group> = Vec::new();
    let mut alone = Vec::new();
    for method in methods {
        let (group, verb) = place(&method.operation);
        let module = group.unwrap_or(&verb).to_owned();
        let at = groups.iter().position(|known| known.name == module).unwrap_or_else(|| {
            groups.push(group_of(&module));
            groups.len() - 1
        });
        groups[at].flags.push(flags_of(definition, method, group, &verb));
        let variant = Variant {
            name: pascal(&verb),
            doc: doc_of(method),
            alias: ALIASES.iter().find(|(name, _)| *name == method.operation).map(|(_, alias)| *alias),
            flags: flags_name(&method.operation),
            module,
        };
        match group {
            _ if BY_HAND.contains(&method.operation.as_str()) => {}
            Some(_) => groups[at].variants.push(variant),
            None => alone.push(variant),
        }
    }
    let group = ("group", include_str!("../../templates/command/group.rs.jinja"));
    let operations = ("operations", include_str!("../../templates/command/operations.rs.jinja"));
    let templates = Templates::new(definition, &[group, operations])?;
    let mut files = Vec::new();
    for group in &groups {
        let body = templates.render_with("group", context! { group, flags => group.flags })?;
        let text = format!("//! {}.\n//!\n//! {NOTICE}\n\n{}\n{body}", group.about, imports(&body));
        files.push(File::new(format!("{FOLDER}/{}.rs", group.name), formatted(root, &text)?));
    }
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let text = templates.render_with("operations", context! { notice => NOTICE, groups, alone })?;
    files.push(File::new(format!("{FOLDER}/mod.rs"), formatted(root, &text)?));
    Ok(files)
}

/// The `use` lines of what `body` mentions.
fn imports(body: &str) -> String {
    let code: String = body.lines().filter(|line| !line.trim_start().starts_with("///")).collect();
    let mentions = |name: &&str| {
        let mut words = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.any(|word| word == *name)
    };
    let line = |path: &str, names: &[&str]| {
        let names: Vec<&str> = names.iter().copied().filter(|name| mentions(name)).collect();
        if names.is_empty() { String::new() } else { format!("use {path}::{{{}}};\n", names.join(", ")) }
    };
    [
        line("clap", &["Args", "Subcommand"]),
        line("serde_json", &["Value", "json"]),
        "\n".to_owned(),
        line("crate::commands::call", &["Call", "Operation"]),
        line("crate::commands::flags", &["given", "header", "headers", "json_or_word", "several"]),
        line("crate::output", &["Table"]),
    ]
    .concat()
}

/// Whether a method is an operation's other name.
fn is_other_name(definition: &Definition, method: &Method) -> bool {
    let first = definition.methods.iter().find(|other| other.operation == method.operation);
    first.is_some_and(|first| first.name != method.name)
}

/// The group in which an operation stands, and what it is called there.
fn place(operation: &str) -> (Option<&str>, String) {
    if let Some((_, group, verb)) = MOVED.iter().find(|(name, ..)| *name == operation) {
        return (Some(group), (*verb).to_owned());
    }
    match operation.split_once('.') {
        Some((group, verb)) => (Some(group), verb.to_owned()),
        None => (None, operation.to_owned()),
    }
}

fn group_of(name: &str) -> Group {
    let known = GROUPS.iter().find(|(group, ..)| *group == name);
    let (command, about) = match known {
        Some((_, command, about)) => ((*command).to_owned(), (*about).to_owned()),
        None => (kebab(name), format!("The operations of `{name}`")),
    };
    let whole = name != "messages";
    Group { name: name.to_owned(), command, about, flags: Vec::new(), variants: Vec::new(), whole }
}

/// The type of an operation's flags. clap refuses one with the name of a variant that it is flattened into.
fn flags_name(operation: &str) -> String {
    format!("{}{}", pascal(operation), if operation.contains('.') { "" } else { "Flags" })
}

fn kebab(name: &str) -> String {
    words(name).join("-")
}

fn comment(text: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    let text = without_references(&plain(text));
    let lines = wrapped(&sentence(&text), WIDTH - indent);
    lines.iter().map(|line| format!("{space}/// {line}")).collect::<Vec<_>>().join("\n")
}

fn doc_of(method: &Method) -> String {
    let summary = comment(&method.summary, 4);
    match method.details.as_str() {
        "" => summary,
        details => format!("{summary}\n    ///\n{}", comment(details, 4)),
    }
}

fn flags_of(definition: &Definition, method: &Method, group: Option<&str>, verb: &str) -> Flags {
    let operation = &method.operation;
    let has = |argument: &&Argument| {
        ELSEWHERE.iter().all(|(name, field)| *name != operation || *field != argument.field)
    };
    let command = match group {
        Some(group) => {
            let known = GROUPS.iter().find(|(name, ..)| *name == group);
            format!("{} {}", known.map_or_else(|| kebab(group), |known| known.1.to_owned()), kebab(verb))
        }
        None => kebab(verb),
    };
    Flags {
        name: flags_name(operation),
        operation: operation.clone(),
        command,
        flags: method
            .arguments
            .iter()
            .filter(has)
            .map(|argument| flag(definition, operation, argument))
            .collect(),
        table: table(definition, &method.returns),
    }
}

fn flag(definition: &Definition, operation: &str, argument: &Argument) -> Flag {
    let field = argument.field.as_str();
    let renamed =
        FLAGS.iter().find(|(of, name, _)| *name == field && of.is_none_or(|name| name == operation));
    let long = renamed.map_or_else(|| kebab(field), |(.., flag)| (*flag).to_owned());
    let default = DEFAULTS.iter().find(|(of, name, _)| *of == operation && *name == field);
    let stands_alone = argument.positional && argument.required && default.is_none();
    let mut attributes = Vec::new();
    if !stands_alone {
        let is_own = long == kebab(field);
        attributes.push(if is_own { "long".to_owned() } else { format!("long = \"{long}\"") });
    }
    if let Some((.., value)) = default {
        attributes.push(format!("default_value = \"{value}\""));
    }
    let (kind, value_name, parser) = value(definition, argument);
    if let Some(name) = value_name {
        attributes.push(format!("value_name = \"{name}\""));
    }
    attributes.extend(parser);
    let several = matches!(argument.kind, Type::List { .. } | Type::Map { .. });
    if several && argument.required {
        attributes.push("required = true".to_owned());
    } else if several && !matches!(argument.kind, Type::Map { .. }) {
        attributes.push("value_delimiter = ','".to_owned());
    }
    let needed = argument.required || default.is_some();
    let name = rust_name(field);
    let value = match (&argument.kind, needed) {
        (Type::Map { .. }, _) => format!("headers(&self.{name})"),
        (Type::List { .. }, false) => format!("several(&self.{name})"),
        (Type::Boolean, _) => format!("self.{name}.then_some(json!(true))"),
        (_, false) => format!("given(&self.{name})"),
        (_, true) => format!("Some(json!(self.{name}))"),
    };
    Flag {
        name,
        doc: comment(&argument.doc, 4),
        attribute: if attributes.is_empty() {
            String::new()
        } else {
            format!("#[arg({})]", attributes.join(", "))
        },
        kind: if several {
            format!("Vec<{kind}>")
        } else if needed || argument.kind == Type::Boolean {
            kind
        } else {
            format!("Option<{kind}>")
        },
        value,
        field: field.to_owned(),
    }
}

/// The Rust type of one value, what stands for it in the help, and how it is read.
fn value(definition: &Definition, argument: &Argument) -> (String, Option<String>, Option<String>) {
    let one = match &argument.kind {
        Type::List { item } => item,
        other => other,
    };
    let id = argument.field.trim_end_matches('s');
    match one {
        Type::Words { name } => {
            let words = definition.words.iter().find(|words| words.name == *name);
            let listed: Vec<String> =
                words.iter().flat_map(|words| &words.words).map(|word| format!("{word:?}")).collect();
            ("String".to_owned(), None, Some(format!("value_parser = [{}]", listed.join(", "))))
        }
        Type::Text if id.ends_with("_id") => ("String".to_owned(), Some(id.to_uppercase()), None),
        Type::Moment => ("String".to_owned(), Some("TIME".to_owned()), None),
        Type::Integer => ("u64".to_owned(), Some("NUMBER".to_owned()), None),
        Type::Number => ("f64".to_owned(), Some("NUMBER".to_owned()), None),
        Type::Boolean => ("bool".to_owned(), None, None),
        Type::Map { .. } => (
            "(String, String)".to_owned(),
            Some("NAME: VALUE".to_owned()),
            Some("value_parser = header".to_owned()),
        ),
        Type::Schedule | Type::Json | Type::Value | Type::Object { .. } | Type::Requests { .. } => {
            ("Value".to_owned(), Some("JSON".to_owned()), Some("value_parser = json_or_word".to_owned()))
        }
        Type::Text | Type::List { .. } => ("String".to_owned(), None, None),
    }
}

/// The table that an answer is shown as, where it has a list.
fn table(definition: &Definition, returns: &Return) -> Option<Table> {
    let (items, item) = match returns {
        Return::Page { item, from, .. } | Return::List { item, from } => (from.clone(), item.clone()),
        Return::Object { name } => list_in(definition.objects.iter().find(|object| object.name == *name)?)?,
        Return::Nothing | Return::Text { .. } | Return::Batch => return None,
    };
    let columns = match COLUMNS.iter().find(|(known, _)| *known == item) {
        Some((_, columns)) => columns.iter().map(|&column| column.to_owned()).collect(),
        None => {
            let short = |kind: &Type| {
                !matches!(
                    kind,
                    Type::List { .. } | Type::Map { .. } | Type::Object { .. } | Type::Json | Type::Value
                )
            };
            let object = definition.objects.iter().find(|object| object.name == item);
            let fields = object.into_iter().flat_map(|object| &object.fields);
            fields
                .filter(|field| !field.secret && short(&field.kind))
                .map(|field| field.name.clone())
                .collect()
        }
    };
    Some(Table { items, columns })
}

/// The field of an answer that is its list, and the type of the items.
fn list_in(object: &Object) -> Option<(String, String)> {
    let field = object.fields.iter().find(|field| LISTS.contains(&field.name.as_str()))?;
    match &field.kind {
        Type::List { item } => match item.as_ref() {
            Type::Object { name } => Some((field.name.clone(), name.clone())),
            _ => None,
        },
        _ => None,
    }
}
