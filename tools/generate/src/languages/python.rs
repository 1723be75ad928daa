//! The Python package: `types.py`, `client.py` with both clients, and `__init__.py`.

use super::text::{listed, plain, sentence, wrapped};
use super::{Templates, errors};
use crate::definition::{Argument, Definition, Method, Object, Return, Setting};
use crate::output::File;
use crate::schemas::Type;

const FOLDER: &str = "bindings/python/python/hookbridge";
const WIDTH: usize = 120;

/// Fields that the published package gives a default, though every server of ours sends them.
const PUBLISHED_DEFAULTS: &[(&str, &str)] = &[
    ("CreateEndpointResponse", "signing_key_id"),
    ("CreateEndpointResponse", "key_hint"),
    ("ExportRecord", "direction"),
    ("RotateSecretResponse", "key_hint"),
    ("RotateSecretResponse", "created_at"),
];

/// Types of whose fields none is required, with the order that the published package has.
const PUBLISHED_ORDER: &[(&str, &[&str])] = &[("ActorLookupResult", &["users", "api_keys"])];

/// Fields that the published package has and an outbox never fills: the type, the field before it, the field and its type.
const NEVER_FILLED: &[(&str, &str, &str, &str, &str)] = &[
    ("Message", "deleted_at", "deleted_by_user_id", "str", "An outbox has no users."),
    ("AttemptRecord", "conn_reused", "response_body_url", "str", "The body itself is in `response_body`."),
    ("DeleteAllResult", "deleted_message_ids", "error", "DeletePartialError", "A delete is one transaction."),
];

/// The type of one event of a batch.
const BATCH_EVENT: &str = "BatchEvent";

/// Types that the published package has as dictionaries of texts.
const PLAIN: &[&str] = &["UserActor", "ApiKeyActor"];

/// The type of a value that the package gives out.
fn given(kind: &Type) -> String {
    match kind {
        Type::Text => "str".to_owned(),
        Type::Integer => "int".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Moment => "datetime".to_owned(),
        Type::Json | Type::Value => "Any".to_owned(),
        Type::Requests { .. } => format!("Iterable[{BATCH_EVENT}]"),
        Type::Schedule => "RetrySchedule".to_owned(),
        Type::Object { name } if PLAIN.contains(&name.as_str()) => "dict[str, str]".to_owned(),
        Type::Words { name } | Type::Object { name } => name.clone(),
        Type::List { item } => format!("list[{}]", given(item)),
        Type::Map { item } => format!("dict[str, {}]", given(item)),
    }
}

/// The type of a value that the package takes.
fn taken(kind: &Type) -> String {
    match kind {
        Type::Moment => "Moment".to_owned(),
        Type::Json => "Payload".to_owned(),
        // One word, or several with commas between them, as the published package takes them.
        Type::List { item } if matches!(**item, Type::Words { .. }) => {
            format!("Union[str, Iterable[{}]]", given(item))
        }
        Type::List { item } => format!("Iterable[{}]", taken(item)),
        Type::Map { item } => format!("Mapping[str, {}]", taken(item)),
        other => given(other),
    }
}

/// How an argument's value is written in the request.
fn written(argument: &Argument) -> String {
    let name = &argument.name;
    match &argument.kind {
        Type::Moment => format!("moment_text({name})"),
        Type::List { item } if matches!(**item, Type::Words { .. }) => format!("words({name})"),
        Type::Requests { .. } => format!("several(\"{name}\", {name}, {BATCH_EVENT})"),
        Type::List { .. } => format!("texts(\"{name}\", {name})"),
        _ => name.clone(),
    }
}

/// Documentation as Python writes it: names in double backticks.
fn documented(text: &str) -> String {
    sentence(&plain(text).replace('`', "``"))
}

/// A docstring at `indent`.
fn docstring(text: &str, indent: usize) -> String {
    let paragraphs: Vec<&str> = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).collect();
    let space = " ".repeat(indent);
    if let [only] = paragraphs.as_slice()
        && only.chars().count() + indent + 6 <= WIDTH
        && !only.contains('\n')
    {
        return format!("{space}\"\"\"{only}\"\"\"");
    }
    let mut lines = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        for line in paragraph.lines() {
            let inner: String = line.chars().take_while(|c| *c == ' ').collect();
            let hanging = if inner.is_empty() { 0 } else { inner.len() + 4 };
            for (number, piece) in wrapped(line, WIDTH - indent - hanging - 3).into_iter().enumerate() {
                let begin = if number == 0 { inner.clone() } else { " ".repeat(hanging) };
                lines.push(format!("{space}{begin}{piece}"));
            }
        }
    }
    let text = lines.join("\n");
    format!("{space}\"\"\"{}\n{space}\"\"\"", text.trim_start())
}

fn signature(method: &Method, name: &str, is_async: bool, returns: &str) -> String {
    let mut arguments = vec!["self".to_owned()];
    let mut named = false;
    for argument in ordered(method) {
        if !argument.positional && !named {
            arguments.push("*".to_owned());
            named = true;
        }
        let taken = taken(&argument.kind);
        arguments.push(if argument.required {
            format!("{}: {taken}", argument.name)
        } else {
            format!("{}: Optional[{taken}] = None", argument.name)
        });
    }
    let begin = if is_async { "async def" } else { "def" };
    listed(&format!("    {begin} {name}("), &arguments, &format!(") -> {returns}:"), WIDTH)
}

/// Those that may be given by position first.
fn ordered(method: &Method) -> impl Iterator<Item = &Argument> {
    let by_position = method.arguments.iter().filter(|argument| argument.positional);
    by_position.chain(method.arguments.iter().filter(|argument| !argument.positional))
}

fn method_doc(method: &Method) -> String {
    let mut text = documented(&method.summary);
    if !method.details.is_empty() {
        text.push_str("\n\n");
        text.push_str(&documented(&method.details));
    }
    let described: Vec<String> = ordered(method)
        .filter(|argument| !argument.doc.is_empty())
        .map(|argument| {
            // An argument that is None was not given.
            let doc = argument.doc.replace("an empty list or null clears it", "an empty list clears it");
            format!("    {}: {}", argument.name, documented(&doc))
        })
        .collect();
    if !described.is_empty() {
        text.push_str("\n\nArgs:\n");
        text.push_str(&described.join("\n"));
    }
    docstring(&text, 8)
}

fn returned(method: &Method) -> String {
    match &method.returns {
        Return::Nothing => "None".to_owned(),
        Return::Object { name } | Return::Page { name, .. } => name.clone(),
        Return::List { item, .. } => format!("list[{item}]"),
        Return::Text { .. } => "str".to_owned(),
        Return::Batch => "list[BatchResult]".to_owned(),
    }
}

fn request(method: &Method) -> String {
    let fields: Vec<String> = method
        .arguments
        .iter()
        .map(|argument| format!("\"{}\": {}", argument.field, written(argument)))
        .collect();
    if fields.is_empty() {
        return "        request: dict[str, Any] = {}".to_owned();
    }
    listed("        request = {", &fields, "}", WIDTH)
}

fn body(method: &Method, is_async: bool) -> String {
    let wait = if is_async { "await " } else { "" };
    let answer = format!("{wait}self._call(\"{}\", request)", method.operation);
    let line = match &method.returns {
        Return::Nothing => answer,
        Return::Object { name } => format!("return one({name}, {answer})"),
        Return::List { item, from } => format!("return many({item}, {answer}, \"{from}\")"),
        Return::Text { from } => format!("return text({answer}, \"{from}\")"),
        Return::Page { name, items, from, item } => {
            let more: Vec<String> = ordered(method)
                .filter(|argument| argument.name != "cursor")
                .map(|argument| format!("{0}={0}", argument.name))
                .collect();
            let pages = if method.arguments.iter().any(|argument| argument.name == "cursor") {
                let arguments = [more, vec!["cursor=cursor".to_owned()]].concat();
                let open = format!("            lambda cursor: self.{}(", method.name);
                format!(", {}", listed(&open, &arguments, ")", WIDTH - 1).trim_start())
            } else {
                String::new()
            };
            let open = format!("return page({name}, {item}, {answer}, \"{from}\"{pages})");
            let _ = items;
            if open.chars().count() + 8 <= WIDTH {
                open
            } else {
                format!(
                    "return page(\n            {name},\n            {item},\n            {answer},\n            \"{from}\"{},\n        )",
                    if pages.is_empty() { String::new() } else { format!(",\n            {}", &pages[2..]) }
                )
            }
        }
        Return::Batch => String::new(),
    };
    format!("{}\n        {line}", request(method))
}

/// The name of the iterator over all pages, where the method answers pages.
fn iterator(method: &Method) -> Option<String> {
    let has_cursor = method.arguments.iter().any(|argument| argument.name == "cursor");
    let rest = method.name.strip_prefix("get_").or_else(|| method.name.strip_prefix("list_"))?;
    (has_cursor && matches!(method.returns, Return::Page { .. })).then(|| format!("iter_{rest}"))
}

fn iterating(method: &Method, is_async: bool) -> Option<String> {
    let name = iterator(method)?;
    let Return::Page { item, items, .. } = &method.returns else { return None };
    let without_cursor = Method {
        arguments: method.arguments.iter().filter(|argument| argument.name != "cursor").cloned().collect(),
        ..method.clone()
    };
    let (kind, wait, next, each) = if is_async {
        let each = format!("for item in page.{items}:\n                yield item");
        ("AsyncIterator", "await ", "await page.anext_page()", each)
    } else {
        ("Iterator", "", "page.next_page()", format!("yield from page.{items}"))
    };
    let returns = format!("{kind}[{item}]");
    let arguments: Vec<String> =
        ordered(&without_cursor).map(|argument| format!("{0}={0}", argument.name)).collect();
    let doc = docstring(
        &format!(
            "The same as :meth:`{}`, over all pages: each is asked for when it is reached.",
            method.name
        ),
        8,
    );
    let first = listed(
        &format!("        page: Optional[{}] = {wait}self.{}(", returned(method), method.name),
        &arguments,
        ")",
        WIDTH,
    );
    Some(format!(
        "{}\n{doc}\n{first}\n        while page is not None:\n            {each}\n            page = {next}\n",
        signature(&without_cursor, &name, is_async, &returns)
    ))
}

/// What both clients have, a method after the other.
fn methods(definition: &Definition, is_async: bool) -> String {
    let mut text = String::new();
    for method in &definition.methods {
        // Sends are written by hand: they are what a program does most.
        if matches!(method.name.as_str(), "send" | "send_batch") {
            continue;
        }
        text.push_str(&format!(
            "\n{}\n{}\n{}\n",
            signature(method, &method.name, is_async, &returned(method)),
            method_doc(method),
            body(method, is_async)
        ));
        if let Some(iterating) = iterating(method, is_async) {
            text.push('\n');
            text.push_str(&iterating);
        }
    }
    text.trim_end().to_owned()
}

fn setting_type(setting: &Setting) -> String {
    match setting.takes {
        "path" => "Union[str, os.PathLike[str]]".to_owned(),
        "words" => {
            let words: Vec<String> = setting.words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("Literal[{}]", words.join(", "))
        }
        "switch" => "bool".to_owned(),
        "whole" => "int".to_owned(),
        "seconds" => "float".to_owned(),
        "schedule" => "RetrySchedule".to_owned(),
        _ => "str".to_owned(),
    }
}

fn constructor(definition: &Definition) -> String {
    let mut arguments = vec!["self".to_owned()];
    let mut given = Vec::new();
    for setting in &definition.settings {
        arguments.push(format!("{}: Optional[{}] = None", setting.name, setting_type(setting)));
        if setting.name == "api_key" {
            arguments.push("*".to_owned());
        }
        given.push(format!("\"{0}\": {0}", setting.name));
    }
    let signature = listed("    def __init__(", &arguments, ") -> None:", WIDTH);
    let settings = listed("        settings = {", &given, "}", WIDTH);
    let described: Vec<String> = definition
        .settings
        .iter()
        .map(|setting| {
            let default = match setting.default {
                "" => String::new(),
                default => format!(" By default {default}."),
            };
            format!("    {}: {}", setting.name, documented(&format!("{}{default}", setting.doc)))
        })
        .collect();
    let doc = docstring(
        &format!(
            "What is not given comes from its ``HOOKBRIDGE_`` variable or its default. A wrong setting raises \
             :class:`ValidationError`, which names it.\n\nArgs:\n{}",
            described.join("\n")
        ),
        8,
    );
    format!("{signature}\n{doc}\n{settings}\n        self._open(settings)\n")
}

fn field_default(kind: &str, optional: bool, secret: bool) -> String {
    let kind = if optional { format!("Optional[{kind}]") } else { kind.to_owned() };
    match (optional, secret) {
        (false, false) => kind,
        (true, false) => format!("{kind} = None"),
        (false, true) => format!("{kind} = field(repr=False)"),
        (true, true) => format!("{kind} = field(default=None, repr=False)"),
    }
}

fn object(object: &Object) -> String {
    let base = match (&object.items, &object.item) {
        (Some(_), Some(item)) => format!("Page[{item}]"),
        _ => "Result".to_owned(),
    };
    let mut text = format!("@dataclass(frozen=True)\nclass {}({base}):\n", object.name);
    text.push_str(&docstring(&documented(&object.doc), 4));
    text.push_str("\n\n");
    let mut fields: Vec<(bool, String)> = Vec::new();
    for one in &object.fields {
        let optional =
            one.optional || PUBLISHED_DEFAULTS.contains(&(object.name.as_str(), one.name.as_str()));
        let mut lines =
            format!("    {}: {}\n", one.name, field_default(&given(&one.kind), optional, one.secret));
        lines.push_str(&docstring(&documented(&one.doc), 4));
        lines.push('\n');
        fields.push((optional, lines));
        for (kind, before, name, python, why) in NEVER_FILLED {
            if *kind == object.name && *before == one.name {
                let doc = docstring(&format!("Always ``None``: {}", documented(&lower(why))), 4);
                fields.push((true, format!("    {name}: Optional[{python}] = None\n{doc}\n")));
            }
        }
    }
    if let Some((_, order)) = PUBLISHED_ORDER.iter().find(|(name, _)| *name == object.name) {
        let place = |lines: &str| order.iter().position(|name| lines.starts_with(&format!("    {name}:")));
        fields.sort_by_key(|(_, lines)| place(lines));
    }
    // A field with a default stands behind those without.
    fields.sort_by_key(|(optional, _)| *optional);
    text.extend(fields.iter().map(|(_, lines)| lines.as_str()));
    if let Some(items) = &object.items {
        text.push_str(&format!("\n    _ITEMS = \"{items}\"\n"));
    }
    text
}

/// The dictionary that stands for one request of a batch.
fn batch_event(definition: &Definition) -> Option<String> {
    let arguments = definition.methods.iter().flat_map(|method| &method.arguments);
    let arguments = arguments.into_iter().find_map(|argument| match &argument.kind {
        Type::Requests { arguments } => Some(arguments),
        _ => None,
    })?;
    let fields = |required: bool| {
        let of = arguments.iter().filter(|argument| argument.required == required);
        let lines = of.map(|argument| {
            let kind = taken(&argument.kind);
            let kind = if required { kind } else { format!("Optional[{kind}]") };
            format!("    {}: {kind}\n{}\n", argument.field, docstring(&documented(&argument.doc), 4))
        });
        lines.collect::<String>()
    };
    Some(format!(
        "class _{BATCH_EVENT}(TypedDict):\n{}\n\nclass {BATCH_EVENT}(_{BATCH_EVENT}, total=False):\n    \"\"\"An event of ``send_event_batch``.\"\"\"\n\n{}",
        fields(true),
        fields(false).trim_end()
    ))
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

fn literal(name: &str, words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    listed(&format!("{name} = Literal["), &quoted, "]", WIDTH)
}

pub fn files(definition: &Definition) -> Result<Vec<File>, String> {
    let templates = Templates::new(
        definition,
        &[
            ("types.py", include_str!("../../templates/python/types.py.jinja")),
            ("client.py", include_str!("../../templates/python/client.py.jinja")),
            ("__init__.py", include_str!("../../templates/python/__init__.py.jinja")),
        ],
    )?;
    let words: Vec<String> = definition
        .words
        .iter()
        .map(|words| literal(&words.name, &words.words.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    let codes: Vec<&str> = definition.codes.iter().map(|code| code.name).collect();
    let exported = |object: &&Object| !PLAIN.contains(&object.name.as_str());
    let objects: Vec<String> = definition.objects.iter().filter(exported).map(object).collect();
    let mut names: Vec<&str> =
        definition.objects.iter().filter(exported).map(|object| object.name.as_str()).collect();
    names.extend(definition.words.iter().map(|words| words.name.as_str()));
    names.extend([
        BATCH_EVENT,
        "BatchResult",
        "DeletePartialError",
        "ErrorCode",
        "Moment",
        "Payload",
        "RetrySchedule",
    ]);
    // As the import sorter has it.
    names.sort_by_key(|name| name.to_lowercase());
    let client_names: Vec<&str> = {
        let threaded = format!("{}{}", methods(definition, false), constructor(definition));
        names.iter().copied().filter(|name| mentions(&threaded, name)).collect()
    };
    let values = minijinja::context! {
        words, objects, names, client_names, batch_event => batch_event(definition),
        error_types => errors::types(definition, "python")?.iter().map(|kind| format!("{}Error", kind.name)).collect::<Vec<_>>(),
        codes => literal("ErrorCode", &codes),
        constructor => constructor(definition),
        threaded => methods(definition, false),
        asynchronous => methods(definition, true),
    };
    let file = |name: &str| {
        Ok::<_, String>(File::new(format!("{FOLDER}/{name}"), templates.render_with(name, values.clone())?))
    };
    Ok(vec![file("types.py")?, file("client.py")?, file("__init__.py")?])
}

/// Whether `text` has `name` as a word.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).any(|word| word == name)
}
