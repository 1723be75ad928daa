//! The Go module: its types, requests, methods, options and error codes, and the rows of methods in its README.
//!
//! What is absent is the zero value of its type, and a pointer only where zero says something of its own.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Templates;
use super::documents::{amount, lower_first};
use super::text::{plain, sentence, wrapped};
use crate::definition::{Argument, Code, Definition, Field, Method, Object, Return, Setting, Words};
use crate::names::{go, go_parameter};
use crate::output::File;
use crate::schemas::Type;

const FOLDER: &str = "bindings/go";
const WIDTH: usize = 120;

/// Arguments whose zero value says something else than its absence: the method, and the argument.
const ZERO_IS_GIVEN: &[(&str, &str)] = &[
    ("send", "retention_hours"),
    ("send_event", "retention_hours"),
    ("update_endpoint", "description"),
    ("update_endpoint", "rate_limit_rps"),
    ("update_endpoint", "burst"),
    ("update_endpoint", "max_attempts"),
    ("update_endpoint", "retry_schedule"),
];

/// Numbers of results that are never 0 where they are there.
const ZERO_IS_ABSENT: &[&str] = &["rate_limit_rps", "burst", "max_attempts", "response_status", "attempt_no"];

/// Words that are some of another type's: a value of it compares with that type's constants.
const PART_OF: (&str, &str) = ("QueuedStatus", "MessageStatus");

/// The text of a result that may be there and empty.
const MAY_BE_EMPTY: &str = "response_body";

/// What Go has to say of an argument beside the definition: the argument, and the sentence.
const BESIDE: &[(&str, &str)] = &[
    (
        "payload",
        "It is written as encoding/json does, so that a string is a JSON string; a json.RawMessage or []byte is a JSON \
         document that is sent byte for byte. nil is refused: json.RawMessage(\"null\") is the null of JSON.",
    ),
    ("cursor", "An iterator begins there."),
];

/// A type with its fields, and what the templates ask of it.
#[derive(Serialize)]
struct Struct {
    name: String,
    doc: String,
    /// The lines of its fields.
    fields: String,
    secret: bool,
    page: Option<PageOf>,
}

#[derive(Serialize)]
struct PageOf {
    items: String,
    item: String,
    method: String,
    /// The request that is made again for the next page, where there may be one.
    request: Option<String>,
}

#[derive(Serialize)]
struct Word {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct WordType {
    name: String,
    doc: String,
    constants: String,
}

#[derive(Serialize)]
struct Constant {
    doc: String,
    name: String,
    value: &'static str,
}

#[derive(Serialize)]
struct OptionOf {
    doc: String,
    name: String,
    parameter: String,
    kind: &'static str,
    setting: &'static str,
}

#[derive(Serialize)]
struct MethodOf {
    doc: String,
    name: String,
    parameters: String,
    operation: String,
    request: String,
    returns: Return,
    /// The type that it returns, without the error.
    returned: String,
    iterates: Option<Iterates>,
    /// Whether it answers pages that say how far was looked.
    searched: bool,
}

#[derive(Serialize)]
struct Iterates {
    doc: String,
    name: String,
    request: String,
    item: String,
}

/// Names in the words of the definition, and what Go calls them.
struct Terms<'a> {
    definition: &'a Definition,
    /// Fields that are near: those of the type, of the request and of the answer.
    fields: Vec<&'a str>,
}

impl<'a> Terms<'a> {
    fn of_object(definition: &'a Definition, object: &'a Object) -> Self {
        Self { definition, fields: object.fields.iter().map(|field| field.name.as_str()).collect() }
    }

    fn of_method(definition: &'a Definition, method: &'a Method) -> Self {
        let mut fields: Vec<&str> = method.arguments.iter().map(|argument| argument.name.as_str()).collect();
        if let Return::Object { name } | Return::Page { name, .. } = &method.returns
            && let Some(object) = definition.objects.iter().find(|object| object.name == *name)
        {
            fields.extend(object.fields.iter().map(|field| field.name.as_str()));
        }
        Self { definition, fields }
    }

    fn alone(definition: &'a Definition) -> Self {
        Self { definition, fields: Vec::new() }
    }

    /// What stands between backticks, as Go's documentation has it.
    fn named(&self, text: &str) -> String {
        if text == "null" {
            return "nil".to_owned();
        }
        if text == "{}" {
            return "an empty map".to_owned();
        }
        if let Some(method) = self.definition.methods.iter().find(|method| method.operation == text) {
            return format!("[Client.{}]", method_name(method));
        }
        if let Some(code) = self.definition.codes.iter().find(|code| code.name == text) {
            return format!("[{}]", code_name(code));
        }
        if self.fields.contains(&text) {
            return go(text);
        }
        if self.definition.settings.iter().any(|setting| setting.name == text) {
            return format!("[{}]", option_name(text));
        }
        if text.starts_with('"') { text.to_owned() } else { format!("\"{text}\"") }
    }

    /// Documentation as Go writes it: no backticks, and Go's names.
    fn said(&self, text: &str) -> String {
        let text = without_links(&plain(text));
        let mut said = String::new();
        for (at, part) in text.split('`').enumerate() {
            if at % 2 == 1 {
                said.push_str(&self.named(part));
            } else {
                said.push_str(part);
            }
        }
        said
    }
}

/// `[Operations](#operations)` as `docs/contract.md#operations`, and no `(docs/...)` behind a sentence.
fn without_links(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(begin) = text.find(" (docs/")
        && let Some(length) = text[begin..].find(')')
    {
        text.replace_range(begin..=begin + length, "");
    }
    if let Some(begin) = text.find('[')
        && let Some(middle) = text[begin..].find("](#").map(|at| begin + at)
        && let Some(end) = text[middle..].find(')').map(|at| middle + at)
    {
        let heading = format!("{}#{}", "docs/contract.md", &text[middle + 3..end]);
        text.replace_range(begin..=end, &heading);
    }
    text
}

/// A comment of `paragraphs` at `indent` tabs.
fn comment(paragraphs: &[String], indent: usize) -> String {
    let tabs = "\t".repeat(indent);
    let mut lines = Vec::new();
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()) {
        let item = paragraph.strip_prefix("- ");
        let last_is_item = lines.last().is_some_and(|line: &String| line.contains("//   "));
        if !(lines.is_empty() || item.is_some() && last_is_item) {
            lines.push(format!("{tabs}//"));
        }
        let (begin, rest) = if item.is_some() { ("//   - ", "//     ") } else { ("// ", "// ") };
        let width = WIDTH - 4 * indent - begin.len();
        for (number, line) in wrapped(item.unwrap_or(paragraph), width).into_iter().enumerate() {
            lines.push(format!("{tabs}{}{line}", if number == 0 { begin } else { rest }));
        }
    }
    lines.join("\n")
}

/// The sentence that says what a type is.
fn type_sentence(name: &str, doc: &str) -> String {
    let verb = match doc.split(' ').next() {
        Some("Whether" | "How" | "Why" | "When" | "Which") => "says",
        _ if doc.contains(" that are ") => "are",
        _ => "is",
    };
    format!("{name} {verb} {}", sentence(&lower_first(doc)))
}

pub(super) fn method_name(method: &Method) -> String {
    // As the type that it returns.
    go(&method.name.replace("timeseries", "time_series"))
}

fn request_name(method: &Method) -> String {
    format!("{}Request", method_name(method))
}

pub(super) fn code_name(code: &Code) -> String {
    format!("Err{}", go(code.name.strip_suffix("_ERROR").unwrap_or(code.name)))
}

pub(super) fn option_name(setting: &str) -> String {
    format!("With{}", go(setting))
}

/// The type of a value. `name` is what it is the value of.
fn type_of(kind: &Type, name: &str) -> String {
    match kind {
        Type::Text => "string".to_owned(),
        // More than an int holds on a machine of 32 bits.
        Type::Integer if name.contains("bytes") => "int64".to_owned(),
        Type::Integer => "int".to_owned(),
        Type::Number => "float64".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Moment => "time.Time".to_owned(),
        Type::Json | Type::Value => "any".to_owned(),
        Type::Requests { .. } => "[]BatchEvent".to_owned(),
        Type::Schedule => "RetrySchedule".to_owned(),
        Type::Words { name } if name == PART_OF.0 => PART_OF.1.to_owned(),
        Type::Words { name } | Type::Object { name } => go(name),
        Type::List { item } => format!("[]{}", type_of(item, name)),
        Type::Map { item } => format!("map[string]{}", type_of(item, name)),
    }
}

/// The type of a result's field.
fn given(field: &Field) -> String {
    let kind = type_of(&field.kind, &field.name);
    let pointed = match field.kind {
        Type::Integer => !ZERO_IS_ABSENT.contains(&field.name.as_str()),
        Type::Number | Type::Boolean | Type::Object { .. } => true,
        Type::Text => field.name == MAY_BE_EMPTY,
        _ => false,
    };
    if field.optional && pointed { format!("*{kind}") } else { kind }
}

/// The type of a request's field.
fn taken(method: &Method, argument: &Argument) -> String {
    let kind = type_of(&argument.kind, &argument.name);
    if ZERO_IS_GIVEN.contains(&(method.name.as_str(), argument.name.as_str())) {
        return format!("*{kind}");
    }
    kind
}

/// A field of a struct: its documentation, and its name, type and tag.
type Line = (String, [String; 3]);

/// The lines of a struct as gofmt aligns them: a comment begins a new table.
fn laid_out(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut rest = lines;
    while let Some(((doc, first), others)) = rest.split_first() {
        let length = others.iter().take_while(|(doc, _)| doc.is_empty()).count();
        let table: Vec<&[String; 3]> =
            std::iter::once(first).chain(others[..length].iter().map(|(_, cells)| cells)).collect();
        let width =
            |column: usize| table.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
        if !doc.is_empty() {
            text.push_str(doc);
            text.push('\n');
        }
        for [name, kind, tag] in &table {
            let row = format!("{name:0$} {kind:1$} {tag}", width(0), width(1));
            text.push_str(&format!("\t{}\n", row.trim_end()));
        }
        rest = &others[length..];
    }
    text
}

fn tag(name: &str, optional: bool, secret: bool) -> String {
    let empty = if optional { ",omitzero" } else { "" };
    let hidden = if secret { " print:\"hidden\"" } else { "" };
    format!("`json:\"{name}{empty}\"{hidden}`")
}

fn struct_of(definition: &Definition, object: &Object) -> Struct {
    let terms = Terms::of_object(definition, object);
    let lines: Vec<Line> = object
        .fields
        .iter()
        .map(|field| {
            let kind = match (object.name.as_str(), field.name.as_str()) {
                ("SendFailure", "code") => "ErrorCode".to_owned(),
                _ if field.secret => "Secret".to_owned(),
                _ => given(field),
            };
            let tag = tag(&field.name, field.optional, field.secret);
            (comment(&[sentence(&terms.said(&field.doc))], 1), [go(&field.name), kind, tag])
        })
        .collect();
    let name = go(&object.name);
    let page = definition.methods.iter().find_map(|method| match &method.returns {
        Return::Page { name, items, item, .. } if *name == object.name => Some(PageOf {
            items: go(items),
            item: go(item),
            method: method_name(method),
            request: iterates(method).map(|iterates| iterates.request),
        }),
        _ => None,
    });
    Struct {
        doc: comment(&[type_sentence(&name, &terms.said(&object.doc))], 0),
        fields: laid_out(&lines),
        secret: object.fields.iter().any(|field| field.secret),
        page,
        name,
    }
}

/// `"a", "b" or "c"`.
fn alternatives(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn words_of(definition: &Definition, words: &Words) -> WordType {
    let name = go(&words.name);
    let doc = match words.doc.as_str() {
        "" => format!("{name} is {}.", alternatives(&words.words)),
        doc => type_sentence(&name, &Terms::alone(definition).said(doc)),
    };
    let constants: Vec<Word> = words
        .words
        .iter()
        .map(|word| Word { name: format!("{name}{}", go(word)), value: word.clone() })
        .collect();
    let width = constants.iter().map(|word| word.name.len()).max().unwrap_or(0);
    let constants = constants
        .iter()
        .map(|word| format!("\t{:width$} {name} = \"{}\"\n", word.name, word.value))
        .collect::<String>();
    WordType { doc: comment(&[doc], 0), constants, name }
}

fn constant(definition: &Definition, code: &Code) -> Constant {
    let terms = Terms::alone(definition);
    let name = code_name(code);
    let (cause, advice) = (terms.said(&lower_first(code.cause)), terms.said(code.advice));
    let mut advice = sentence(&advice);
    if let Some(first) = advice.get(..1) {
        advice = format!("{}{}", first.to_uppercase(), &advice[1..]);
    }
    Constant { doc: comment(&[format!("{name}: {} {advice}", sentence(&cause))], 1), name, value: code.name }
}

fn option(definition: &Definition, setting: &Setting) -> OptionOf {
    let terms = Terms::alone(definition);
    let name = option_name(setting.name);
    let own = go_parameter(setting.name);
    let (parameter, kind) = match setting.takes {
        "switch" => ("on", "bool"),
        "words" => (own.as_str(), "string"),
        "whole" if setting.name.ends_with("_bytes") => ("bytes", "int64"),
        "whole" => ("number", "int"),
        "seconds" => ("duration", "time.Duration"),
        "schedule" => ("schedule", "RetrySchedule"),
        "path" => ("path", "string"),
        _ if setting.name.ends_with("_url") => ("url", "string"),
        _ => ("text", "string"),
    };
    // Go has a type for durations and nothing that runs at an exit, and sizes are written with their unit.
    let about = setting
        .doc
        .replace("Seconds", "The time")
        .replace("a normal exit without a close waits", "[Client.Finish] waits")
        .replace(", in bytes", "")
        .replace(" in seconds", "");
    let unit = if setting.takes == "seconds" { " s" } else { "" };
    let range = match (setting.least, setting.most) {
        (Some(least), Some(most)) => format!(
            " {} to {}{unit}{}.",
            amount(setting, least),
            amount(setting, most),
            default(setting, unit)
        ),
        _ if setting.default.is_empty() => String::new(),
        _ if setting.default.contains("_url") => format!(" By default that of {}.", setting.default),
        _ => format!(" By default {}.", setting.default),
    };
    let about = terms.said(&format!("{}{range}", sentence(&about)));
    OptionOf {
        doc: comment(&[format!("{name} sets {}: {}", setting.name, lower_first(&about))], 0),
        name,
        parameter: parameter.to_owned(),
        kind,
        setting: setting.name,
    }
}

fn default(setting: &Setting, unit: &str) -> String {
    match setting.default.parse::<f64>() {
        Ok(number) => format!("; by default {}{unit}", amount(setting, number)),
        Err(_) => String::new(),
    }
}

/// The arguments that are parameters: those that are needed and may be given by position.
fn parameters(method: &Method) -> Vec<&Argument> {
    method.arguments.iter().filter(|argument| argument.required && argument.positional).collect()
}

/// The arguments that are fields of the request.
fn request_fields(method: &Method) -> Vec<&Argument> {
    // A message is one value, so that a batch is a list of them.
    let whole = method.name == "send";
    method.arguments.iter().filter(|one| whole || !(one.required && one.positional)).collect()
}

fn argument_sentence(terms: &Terms<'_>, argument: &Argument) -> String {
    let beside = BESIDE.iter().find(|(name, _)| *name == argument.name).map_or("", |(_, text)| text);
    // Go has no null, and the type has no seconds.
    let doc = argument.doc.replace("an empty list or null clears it", "a zero one clears it");
    format!("{} {beside}", sentence(&terms.said(&doc))).trim().to_owned()
}

fn request(definition: &Definition, method: &Method) -> Option<Struct> {
    let fields = request_fields(method);
    if fields.is_empty() || method.name == "send_batch" {
        return None;
    }
    let terms = Terms::of_method(definition, method);
    let lines: Vec<Line> = fields
        .iter()
        .map(|argument| {
            let tag = match argument.kind {
                // It is laid into the request as it stands.
                Type::Json => "`json:\"-\"`".to_owned(),
                // A time that was left out is missing, and not the year 1.
                Type::Moment => tag(&argument.field, true, false),
                _ => tag(&argument.field, !argument.required, false),
            };
            let needed = if argument.required && method.name != "send" { " It is needed." } else { "" };
            let doc = comment(&[format!("{}{needed}", argument_sentence(&terms, argument))], 1);
            (doc, [go(&argument.name), taken(method, argument), tag])
        })
        .collect();
    let name = request_name(method);
    let has_pointers = fields.iter().any(|argument| taken(method, argument).starts_with('*'));
    let doc = match (method.name.as_str(), has_pointers) {
        ("send", _) => format!("{name} is a message."),
        ("send_event", _) => format!(
            "{name} is what [Client.{}] takes beside type and payload; what is zero or nil is not given.",
            method_name(method)
        ),
        (_, true) => {
            format!("{name} is what [Client.{}] changes: what is not zero or nil.", method_name(method))
        }
        _ => format!(
            "{name} is what [Client.{}] takes; a zero value is one that is not given.",
            method_name(method)
        ),
    };
    Some(Struct { doc: comment(&[doc], 0), fields: laid_out(&lines), secret: false, page: None, name })
}

fn signature(method: &Method) -> String {
    let mut parts: Vec<(String, String)> = parameters(method)
        .iter()
        .map(|argument| (go_parameter(&argument.name), type_of(&argument.kind, &argument.name)))
        .collect();
    if !request_fields(method).is_empty() {
        parts.push(("request".to_owned(), request_name(method)));
    }
    let mut text = "ctx context.Context".to_owned();
    for (at, (name, kind)) in parts.iter().enumerate() {
        // Parameters of one type share it.
        match parts.get(at + 1) {
            Some((_, next)) if next == kind => text.push_str(&format!(", {name}")),
            _ => text.push_str(&format!(", {name} {kind}")),
        }
    }
    text
}

/// The request as an expression.
fn request_value(method: &Method) -> String {
    let value = |argument: &Argument| match argument.kind {
        Type::List { .. } => format!("listed({})", go_parameter(&argument.name)),
        _ => go_parameter(&argument.name),
    };
    let parameters = parameters(method);
    let has_request = !request_fields(method).is_empty();
    if let [Argument { kind: Type::Requests { .. }, name, .. }] = parameters.as_slice() {
        return format!("several({})", go_parameter(name));
    }
    if parameters.is_empty() {
        return if has_request { "request" } else { "arguments{}" }.to_owned();
    }
    if !has_request {
        let pairs: Vec<String> = parameters
            .iter()
            .map(|argument| format!("\"{}\": {}", argument.field, value(argument)))
            .collect();
        return format!("arguments{{{}}}", pairs.join(", "));
    }
    let mut lines: Vec<Line> = parameters
        .iter()
        .map(|argument| {
            let kind = type_of(&argument.kind, &argument.name);
            (String::new(), [go(&argument.name), kind, tag(&argument.field, false, false)])
        })
        .collect();
    lines.push((String::new(), [request_name(method), String::new(), String::new()]));
    let own = &lines[..lines.len() - 1];
    let width_of = |column: usize| own.iter().map(|(_, cells)| cells[column].len()).max().unwrap_or(0);
    let (width, kinds) = (width_of(0), width_of(1));
    let fields: String = lines
        .iter()
        .map(|(_, [name, kind, tag])| match kind.as_str() {
            "" => format!("\t\t{name}\n"),
            _ => format!("\t\t{name:width$} {kind:kinds$} {tag}\n"),
        })
        .collect();
    let mut values: Vec<String> = parameters.iter().map(|argument| value(argument)).collect();
    values.push("request".to_owned());
    format!("struct {{\n{fields}\t}}{{{}}}", values.join(", "))
}

fn method_doc(definition: &Definition, method: &Method) -> String {
    let terms = Terms::of_method(definition, method);
    let mut paragraphs = vec![format!(
        "{} {} {}",
        method_name(method),
        sentence(&lower_first(&terms.said(&method.summary))),
        sentence(&terms.said(&method.details))
    )];
    // An id says itself what it is.
    let described =
        parameters(method).into_iter().filter(|one| !one.doc.is_empty() && !one.name.ends_with("_id"));
    paragraphs.extend(described.map(|argument| {
        let doc = lower_first(&argument_sentence(&terms, argument));
        format!("- {}: {doc}", go_parameter(&argument.name))
    }));
    let codes: Vec<String> = definition
        .codes
        .iter()
        .filter(|code| method.errors.contains(&code.name))
        .map(|code| format!("[{}]", code_name(code)))
        .collect();
    if !codes.is_empty() {
        paragraphs.push(format!("Errors of its own: {}.", codes.join(", ")));
    }
    comment(&paragraphs, 0)
}

/// The iterator over all pages, where there may be several.
fn iterates(method: &Method) -> Option<Iterates> {
    let Return::Page { item, .. } = &method.returns else { return None };
    if !method.arguments.iter().any(|argument| argument.name == "cursor") {
        return None;
    }
    let name = method_name(method);
    let rest = name.strip_prefix("Get").or_else(|| name.strip_prefix("List"))?;
    let iterator = format!("Iter{rest}");
    let doc = format!(
        "{iterator} ranges over what [Client.{name}] lists, over all pages: each is asked for when it is reached. An error \
         ends it."
    );
    Some(Iterates { doc: comment(&[doc], 0), name: iterator, request: request_name(method), item: go(item) })
}

fn method_of(definition: &Definition, method: &Method) -> MethodOf {
    let returned = match &method.returns {
        Return::Object { name } | Return::Page { name, .. } => go(name),
        Return::List { item, .. } => go(item),
        _ => String::new(),
    };
    MethodOf {
        doc: method_doc(definition, method),
        name: method_name(method),
        parameters: signature(method),
        operation: method.operation.clone(),
        request: request_value(method),
        returns: match &method.returns {
            Return::Page { name, items, from, item } => {
                Return::Page { name: name.clone(), items: go(items), from: go(from), item: go(item) }
            }
            other => other.clone(),
        },
        returned,
        searched: match &method.returns {
            Return::Page { name, .. } => {
                definition.objects.iter().any(|object| object.name == *name && object.is_searched())
            }
            _ => false,
        },
        iterates: iterates(method),
    }
}

/// gofmt leaves a function on one line where that is short: its head and its body together.
const LONGEST_FUNCTION: usize = 100;

/// Functions of one line that are too long for it are broken.
fn broken(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines() {
        let parts = line.strip_suffix(" }").and_then(|line| line.split_once(" { "));
        match parts {
            Some((head, body)) if line.starts_with("func ") && head.len() + body.len() > LONGEST_FUNCTION => {
                lines.push_str(&format!("{head} {{\n\t{body}\n}}\n"));
            }
            _ => lines.push_str(&format!("{line}\n")),
        }
    }
    lines
}

/// Sends are written by hand: they are what a program does most.
fn is_sending(method: &Method) -> bool {
    matches!(method.name.as_str(), "send" | "send_batch")
}

/// The entries of a map of texts, as gofmt leaves them.
fn entries(names: &BTreeMap<&str, String>) -> String {
    let width = names.keys().map(|name| name.len()).max().unwrap_or(0) + 3;
    let line = |(name, other): (&&str, &String)| format!("\t{:width$} {other:?},\n", format!("{name:?}:"));
    names.iter().map(line).collect()
}

/// The rows of the README's list of methods.
pub(super) fn rows(definition: &Definition) -> String {
    let mut text = "| method | what it does |\n|---|---|\n".to_owned();
    for method in &definition.methods {
        let mut call = signature(method).replacen("ctx context.Context", "ctx", 1);
        if is_sending(method) {
            let takes = if method.name == "send" { "SendRequest" } else { "[]SendRequest" };
            call = format!("ctx, {takes}");
        }
        let call = call.replace("request ", "");
        text.push_str(&format!(
            "| `{}({call})` | {} |\n",
            method_name(method),
            lower_first(&plain(&method.summary))
        ));
        if let Some(iterates) = iterates(method) {
            let (name, request) = (iterates.name, iterates.request);
            text.push_str(&format!("| `{name}(ctx, {request})` | the same over all pages, for `range` |\n"));
        }
    }
    text
}

pub fn files(definition: &Definition) -> Result<Vec<File>, String> {
    let templates = Templates::new(
        definition,
        &[
            ("results.go", include_str!("../../templates/go/results.go.jinja")),
            ("requests.go", include_str!("../../templates/go/requests.go.jinja")),
            ("operations.go", include_str!("../../templates/go/operations.go.jinja")),
            ("options.go", include_str!("../../templates/go/options.go.jinja")),
            ("codes.go", include_str!("../../templates/go/codes.go.jinja")),
            ("names.go", include_str!("../../templates/go/names.go.jinja")),
        ],
    )?;
    let words: Vec<WordType> = definition
        .words
        .iter()
        .filter(|words| words.name != PART_OF.0)
        .map(|words| words_of(definition, words))
        .collect();
    let objects: Vec<Struct> =
        definition.objects.iter().map(|object| struct_of(definition, object)).collect();
    let requests: Vec<Struct> =
        definition.methods.iter().filter_map(|method| request(definition, method)).collect();
    let methods: Vec<MethodOf> = definition
        .methods
        .iter()
        .filter(|method| !is_sending(method))
        .map(|method| method_of(definition, method))
        .collect();
    // The key of a client stands by itself.
    let options: Vec<OptionOf> = definition
        .settings
        .iter()
        .filter(|setting| setting.name != "api_key")
        .map(|setting| option(definition, setting))
        .collect();
    let constants: Vec<Constant> = definition.codes.iter().map(|code| constant(definition, code)).collect();
    let arguments = definition.methods.iter().flat_map(|method| &method.arguments);
    let fields = arguments.map(|argument| (argument.field.as_str(), go(&argument.name))).collect();
    let settings = definition.settings.iter().filter(|setting| setting.name != "api_key");
    let named = settings.map(|setting| (setting.name, format!("With{}", go(setting.name)))).collect();
    let (field_names, option_names) = (entries(&fields), entries(&named));
    let values = minijinja::context! { field_names, option_names, word_types => words, structs => objects, requests, calls => methods, options, constants };
    let file = |name: &str| {
        let text = broken(&templates.render_with(name, values.clone())?);
        Ok::<_, String>(File::new(format!("{FOLDER}/{name}"), text))
    };
    Ok(vec![
        file("results.go")?,
        file("requests.go")?,
        file("operations.go")?,
        file("options.go")?,
        file("codes.go")?,
        file("names.go")?,
    ])
}

#[cfg(test)]
mod tests {
    use super::{alternatives, broken, comment, laid_out, type_sentence, without_links};

    #[test]
    fn fields_are_aligned_from_one_comment_to_the_next() {
        let line = |doc: &str, name: &str, kind: &str| {
            (doc.to_owned(), [name.to_owned(), kind.to_owned(), "`x`".to_owned()])
        };
        let lines = [line("", "A", "string"), line("", "Long", "int"), line("\t// B.", "B", "bool")];
        assert_eq!(laid_out(&lines), "\tA    string `x`\n\tLong int    `x`\n\t// B.\n\tB bool `x`\n");
    }

    #[test]
    fn paragraphs_and_lists_stand_as_gofmt_leaves_them() {
        let paragraphs = ["One.".to_owned(), "- a: x".to_owned(), "- b: y".to_owned(), "Two.".to_owned()];
        assert_eq!(comment(&paragraphs, 0), "// One.\n//\n//   - a: x\n//   - b: y\n//\n// Two.");
        assert_eq!(comment(&["One.".to_owned()], 1), "\t// One.");
    }

    #[test]
    fn a_function_stands_on_one_line_where_gofmt_leaves_it_there() {
        let short = "func a() int { return 1 }\n";
        assert_eq!(broken(short), short);
        let head = format!("func {}() int", "a".repeat(90));
        assert_eq!(broken(&format!("{head} {{ return 1 }}\n")), format!("{head} {{\n\treturn 1\n}}\n"));
    }

    #[test]
    fn sentences_read_as_go_has_them() {
        assert_eq!(type_sentence("Stats", "How the outbox stands."), "Stats says how the outbox stands.");
        assert_eq!(type_sentence("Message", "A message."), "Message is a message.");
        assert_eq!(alternatives(&["a".to_owned(), "b".to_owned()]), "\"a\" or \"b\"");
        assert_eq!(without_links("A state (docs/contract.md#message-states)."), "A state.");
        assert_eq!(without_links("see [Times](#times)"), "see docs/contract.md#times");
    }
}
