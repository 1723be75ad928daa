//! The Node package: `index.d.ts` and `index.d.mts`, and in `lib` the operations, the types of results and the names.

use minijinja::context;
use serde::Serialize;

use super::camel::{Speech, comment};
use super::{Templates, errors};
use crate::definition::{Argument, Definition, Field, Method, Object, Return, SEARCHED_TO, Setting, Words};
use crate::names::{camel, pascal};
use crate::output::File;
use crate::schemas::Type;

const FOLDER: &str = "bindings/node";
const NOTICE: &str = "Written by `hookbridge-generate`: change the definition, not this file.";
const WIDTH: usize = 120;

/// The engine's name of something, and the package's.
#[derive(Serialize)]
struct Name {
    field: String,
    name: String,
}

/// `items` between `open` and `close`: on one line where that fits, else one a line.
fn listed(open: &str, items: &[String], close: &str, comma: &str) -> String {
    let one = format!("{open}{}{close}", items.join(", "));
    if one.chars().count() <= WIDTH {
        return one;
    }
    let indent: String = open.chars().take_while(|c| *c == ' ').collect();
    let lines: Vec<String> = items.iter().map(|item| format!("{indent}  {item}")).collect();
    format!("{open}\n{}{comma}\n{indent}{close}", lines.join(",\n"))
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

/// The type of a value that the package gives out.
fn given(kind: &Type) -> String {
    match kind {
        Type::Text => "string".to_owned(),
        Type::Integer | Type::Number => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Moment => "Date".to_owned(),
        Type::Json | Type::Value => "unknown".to_owned(),
        Type::Requests { .. } => "Iterable<BatchEvent>".to_owned(),
        Type::Schedule => "RetrySchedule".to_owned(),
        Type::Words { name } | Type::Object { name } => pascal(name),
        Type::List { item } => format!("{}[]", given(item)),
        Type::Map { item } => format!("Record<string, {}>", given(item)),
    }
}

/// The type of a value that the package takes.
fn taken(kind: &Type) -> String {
    match kind {
        Type::Moment => "Moment".to_owned(),
        Type::List { item } if matches!(**item, Type::Words { .. }) => {
            format!("{0} | readonly {0}[]", given(item))
        }
        Type::List { item } => format!("readonly {}[]", given(item)),
        Type::Map { .. } => "HeaderInput".to_owned(),
        other => given(other),
    }
}

fn union(name: &str, doc: &str, words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let all = quoted.join(" | ");
    let open = format!("export type {name} =");
    let text = if open.chars().count() + all.chars().count() + 2 <= WIDTH {
        format!("{open} {all};")
    } else if all.chars().count() + 3 <= WIDTH {
        format!("{open}\n  {all};")
    } else {
        format!("{open}\n  | {};", quoted.join("\n  | "))
    };
    if doc.is_empty() { text } else { format!("{}\n{text}", comment(doc, 0)) }
}

fn by_name(method: &Method) -> Vec<&Argument> {
    method.arguments.iter().filter(|argument| !argument.positional).collect()
}

fn by_position(method: &Method) -> Vec<&Argument> {
    method.arguments.iter().filter(|argument| argument.positional).collect()
}

fn options_type(method: &Method) -> String {
    format!("{}Options", pascal(&method.name))
}

/// The name of the iterator over all pages, where the method answers pages.
fn iterator(method: &Method) -> Option<String> {
    let has_cursor = method.arguments.iter().any(|argument| argument.name == "cursor");
    let rest = method.name.strip_prefix("get_").or_else(|| method.name.strip_prefix("list_"))?;
    (has_cursor && matches!(method.returns, Return::Page { .. })).then(|| camel(&format!("iter_{rest}")))
}

/// The methods that are generated: sends are written by hand.
fn methods(definition: &Definition) -> impl Iterator<Item = &Method> {
    definition.methods.iter().filter(|method| !matches!(method.name.as_str(), "send" | "send_batch"))
}

// The types.

fn option(speech: &Speech, doc: &str, name: &str, kind: &str, required: bool) -> String {
    let field = if required {
        format!("  {name}: {kind};")
    } else {
        format!("  {name}?: {kind} | null | undefined;")
    };
    if doc.is_empty() { field } else { format!("{}\n{field}", comment(&speech.documented(doc), 2)) }
}

fn options(speech: &Speech, method: &Method) -> Option<String> {
    let fields: Vec<String> = by_name(method)
        .into_iter()
        .map(|argument| {
            let name = camel(&argument.name);
            option(speech, &argument.doc, &name, &taken(&argument.kind), argument.required)
        })
        .collect();
    (!fields.is_empty()).then(|| {
        let doc = comment(&format!("What {{@link HookBridge.{}}} takes by name.", camel(&method.name)), 0);
        format!("{doc}\nexport interface {} {{\n{}\n}}", options_type(method), fields.join("\n"))
    })
}

/// What one event of a batch has.
fn batch_event(speech: &Speech, definition: &Definition) -> Option<String> {
    let arguments = definition.methods.iter().flat_map(|method| &method.arguments);
    let arguments = arguments.into_iter().find_map(|argument| match &argument.kind {
        Type::Requests { arguments } => Some(arguments),
        _ => None,
    })?;
    let fields: Vec<String> = arguments
        .iter()
        .map(|argument| {
            option(speech, &argument.doc, &camel(&argument.name), &taken(&argument.kind), argument.required)
        })
        .collect();
    Some(fields.join("\n"))
}

fn message(speech: &Speech, definition: &Definition) -> Result<String, String> {
    let send = definition.methods.iter().find(|method| method.name == "send").ok_or("there is no `send`")?;
    let fields = send.arguments.iter().map(|argument| {
        let doc = match argument.kind {
            Type::Json => {
                "Any value that `JSON.stringify` takes (a `BigInt` keeps its digits); a string becomes a JSON string. A \
                 `RawJson`, or bytes, are a JSON document that is sent as it stands."
            }
            _ => &argument.doc,
        };
        option(speech, doc, &camel(&argument.name), &taken(&argument.kind), argument.required)
    });
    Ok(fields.collect::<Vec<_>>().join("\n"))
}

fn setting(speech: &Speech, setting: &Setting) -> String {
    let words: Vec<String> = setting.words.iter().map(|word| quoted(word)).collect();
    let kind = match setting.takes {
        "path" => "string | URL".to_owned(),
        "words" => words.join(" | "),
        "switch" => "boolean".to_owned(),
        "whole" | "seconds" => "number".to_owned(),
        "schedule" => "RetrySchedule".to_owned(),
        _ => "string".to_owned(),
    };
    let default = match setting.default {
        "" => String::new(),
        default => format!(" By default {default}."),
    };
    let doc = comment(&speech.documented(&format!("{}{default}", setting.doc)), 2);
    format!("{doc}\n  {}?: {kind} | undefined;", camel(setting.name))
}

fn interface(speech: &Speech, object: &Object) -> String {
    let base = object.item.as_ref().map(|item| format!(" extends Page<{}>", pascal(item)));
    let fields = object.fields.iter().filter(|field| {
        // The rest of a page is the same for all.
        object.items.as_ref().is_none_or(|items| field.name == *items || field.name == SEARCHED_TO)
    });
    let fields = fields.map(|field| {
        let kind = given(&field.kind);
        let kind = if field.optional { format!("{kind} | null") } else { kind };
        let text = format!("  {}: {kind};", camel(&field.name));
        if field.doc.is_empty() {
            return text;
        }
        // What the definition calls absent is null here.
        let doc = speech.documented(&field.doc).replace("absent", "null");
        format!("{}\n{text}", comment(&doc, 2))
    });
    format!(
        "{}\nexport interface {}{} {{\n{}\n}}",
        comment(&speech.documented(&object.doc), 0),
        pascal(&object.name),
        base.unwrap_or_default(),
        fields.collect::<Vec<_>>().join("\n")
    )
}

fn returned(method: &Method) -> String {
    match &method.returns {
        Return::Nothing => "void".to_owned(),
        Return::Object { name } | Return::Page { name, .. } => pascal(name),
        Return::List { item, .. } => format!("{}[]", pascal(item)),
        Return::Text { .. } => "string".to_owned(),
        Return::Batch => "BatchResult[]".to_owned(),
    }
}

fn method_doc(speech: &Speech, method: &Method) -> String {
    let mut parts = vec![speech.documented(&method.summary)];
    if !method.details.is_empty() {
        parts.push(speech.documented(&method.details));
    }
    let arguments: Vec<String> = by_position(method)
        .into_iter()
        .filter(|argument| !argument.doc.is_empty() && !matches!(method.name.as_str(), "send" | "send_batch"))
        .map(|argument| format!("@param {} {}", camel(&argument.name), speech.documented(&argument.doc)))
        .collect();
    if !arguments.is_empty() {
        parts.push(arguments.join("\n"));
    }
    comment(&parts.join("\n\n"), 2)
}

fn signature(speech: &Speech, method: &Method) -> String {
    let name = camel(&method.name);
    let mut parameters: Vec<String> = by_position(method)
        .into_iter()
        .map(|argument| {
            let (name, kind) = (camel(&argument.name), taken(&argument.kind));
            if argument.required { format!("{name}: {kind}") } else { format!("{name}?: {kind} | null") }
        })
        .collect();
    let named = by_name(method);
    if !named.is_empty() {
        let optional = if named.iter().any(|argument| argument.required) { "" } else { "?" };
        parameters.push(format!("options{optional}: {}", options_type(method)));
    }
    let close = format!("): Promise<{}>;", returned(method));
    let own = format!(
        "{}\n{}",
        method_doc(speech, method),
        listed(&format!("  {name}("), &parameters, &close, ",")
    );
    let (Some(iterator), Return::Page { item, .. }) = (iterator(method), &method.returns) else { return own };
    let doc = format!("The same as {{@link {name}}}, over all pages: each is asked for when it is reached.");
    format!(
        "{own}\n\n{}\n  {iterator}(options?: Omit<{}, 'cursor'>): AsyncGenerator<{}, void, void>;",
        comment(&doc, 2),
        options_type(method),
        pascal(item)
    )
}

// The operations.

/// How an argument's value is written in the request, and the helper that writes it.
fn written(argument: &Argument) -> (String, Option<&'static str>) {
    let name = camel(&argument.name);
    let value = if argument.positional { name.clone() } else { format!("given.{name}") };
    written_as(argument, &name, value)
}

/// Several requests: the names of the fields of each, and how each is read.
fn several(name: &str, arguments: &[Argument]) -> String {
    let names: Vec<String> = arguments.iter().map(|argument| quoted(&camel(&argument.name))).collect();
    let fields: Vec<String> = arguments
        .iter()
        .map(|argument| {
            let name = camel(&argument.name);
            let (value, _) = written_as(argument, &name, format!("item.{name}"));
            // A field is named with its place.
            let value = value.replace(&format!("({},", quoted(&name)), &format!("(`${{of}}{name}`,"));
            format!("        {}: {value},", argument.field)
        })
        .collect();
    let names = listed("        [", &names, "]", ",");
    format!(
        "several(\n        {},\n        {name},\n{names},\n        (item, of) => ({{\n  {}\n        }}),\n      )",
        quoted(name),
        fields.join("\n  ")
    )
}

fn written_as(argument: &Argument, name: &str, value: String) -> (String, Option<&'static str>) {
    let required = argument.required;
    let helper = match &argument.kind {
        Type::Moment => Some(if required { "moment" } else { "optionalMoment" }),
        Type::List { item } if matches!(**item, Type::Words { .. }) => Some("words"),
        Type::List { .. } => Some(if required { "texts" } else { "optionalTexts" }),
        Type::Map { .. } => return (format!("headers({value})"), Some("headers")),
        Type::Requests { arguments } => return (several(name, arguments), Some("several")),
        Type::Text | Type::Words { .. } => Some(if required { "text" } else { "optionalText" }),
        Type::Integer => Some("whole"),
        _ => None,
    };
    match helper {
        Some(helper) => (format!("{helper}({}, {value})", quoted(name)), Some(helper)),
        None => (value, None),
    }
}

fn request(method: &Method) -> String {
    let fields: Vec<String> = method
        .arguments
        .iter()
        .map(|argument| {
            let (value, _) = written(argument);
            if value == argument.field { value } else { format!("{}: {value}", argument.field) }
        })
        .collect();
    let one = format!("    const request = {{ {} }};", fields.join(", "));
    if one.contains('\n') {
        return format!("    const request = {{\n      {},\n    }};", fields.join(",\n      "));
    }
    match fields.as_slice() {
        [] => "    const request = {};".to_owned(),
        [_] | [_, _] if one.chars().count() <= WIDTH => one,
        _ => format!("    const request = {{\n      {},\n    }};", fields.join(",\n      ")),
    }
}

fn named(name: &str, arguments: &[&Argument]) -> String {
    let names: Vec<String> = arguments.iter().map(|argument| quoted(&camel(&argument.name))).collect();
    listed(&format!("    const given = named('{name}', options, ["), &names, "]);", ",")
}

fn operation(method: &Method) -> String {
    let name = camel(&method.name);
    let mut parameters: Vec<String> =
        by_position(method).into_iter().map(|argument| camel(&argument.name)).collect();
    parameters.push("options".to_owned());
    let arguments = by_name(method);
    let mut lines = vec![format!("  async {name}({}) {{", parameters.join(", "))];
    lines.push(if arguments.is_empty() {
        format!("    noOptions('{name}', options);")
    } else {
        named(&name, &arguments)
    });
    lines.push(request(method));
    let call = format!("await this.#call('{}', request)", method.operation);
    match &method.returns {
        Return::Nothing => lines.push(format!("    {call};")),
        Return::Object { name } => lines.push(format!("    return new {}({call});", pascal(name))),
        Return::List { item, from } => {
            lines.push(format!("    const answer = {call};"));
            lines.push(format!("    return answer.{from}.map((item) => new {}(item));", pascal(item)));
        }
        Return::Text { from } => {
            lines.push(format!("    const answer = {call};"));
            lines.push(format!("    return answer.{from};"));
        }
        Return::Page { name: page, .. } => {
            lines.push(format!("    const answer = {call};"));
            let more = if iterator(method).is_some() {
                format!(", (cursor) => this.{name}({{ ...given, cursor }})")
            } else {
                String::new()
            };
            lines.push(format!("    return new {}(answer{more});", pascal(page)));
        }
        Return::Batch => {}
    }
    lines.push("  }".to_owned());
    if let Some(iterator) = iterator(method) {
        let rest: Vec<&Argument> =
            arguments.into_iter().filter(|argument| argument.name != "cursor").collect();
        lines.push(format!("\n  async *{iterator}(options) {{"));
        lines.push(named(&iterator, &rest));
        lines.push(format!("    yield* everyItem(await this.{name}(given));"));
        lines.push("  }".to_owned());
    }
    lines.join("\n")
}

// The results.

/// How a field is read from an answer.
fn read(field: &Field) -> String {
    let value = format!("answer.{}", field.name);
    match (&field.kind, field.optional) {
        (Type::Moment, _) => format!("moment({value})"),
        (Type::Object { name }, false) => format!("new {}({value})", pascal(name)),
        (Type::Object { name }, true) => format!("{value} ? new {}({value}) : null", pascal(name)),
        (Type::List { item }, optional) => match item.as_ref() {
            Type::Object { name } => {
                let (dot, absent) = if optional { ("?.", " ?? null") } else { (".", "") };
                format!("{value}{dot}map((item) => new {}(item)){absent}", pascal(name))
            }
            _ if optional => format!("{value} ?? null"),
            _ => value,
        },
        (Type::Map { item }, _) if matches!(**item, Type::Object { .. }) => {
            let Type::Object { name } = item.as_ref() else { return value };
            format!("byName({}, {value})", pascal(name))
        }
        (_, true) => format!("{value} ?? null"),
        (_, false) => value,
    }
}

fn class(speech: &Speech, definition: &Definition, object: &Object) -> Result<String, String> {
    let name = pascal(&object.name);
    let doc = comment(&speech.documented(&object.doc), 0);
    if let (Some(items), Some(item)) = (&object.items, &object.item) {
        let from = definition.methods.iter().find_map(|method| match &method.returns {
            Return::Page { name, from, .. } if *name == object.name => Some(from),
            _ => None,
        });
        let from = from.ok_or_else(|| format!("no method answers {name}"))?;
        let searched = object.fields.iter().find(|field| field.name == SEARCHED_TO);
        let searched = searched
            .map(|field| format!("    this.{} = {};\n", camel(&field.name), read(field)))
            .unwrap_or_default();
        return Ok(format!(
            "{doc}\nclass {name} extends Page {{\n  constructor(answer, more) {{\n    \
             const items = answer.{from}.map((item) => new {}(item));\n    \
             super('{}', items, answer, more);\n{searched}  }}\n}}",
            pascal(item),
            camel(items)
        ));
    }
    let fields = object.fields.iter().map(|field| {
        let name = camel(&field.name);
        if field.secret {
            format!("    secret(this, '{name}', {});", read(field))
        } else {
            format!("    this.{name} = {};", read(field))
        }
    });
    Ok(format!(
        "{doc}\nclass {name} {{\n  constructor(answer) {{\n{}\n  }}\n}}",
        fields.collect::<Vec<_>>().join("\n")
    ))
}

fn mentions(text: &str, name: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == name)
}

pub fn files(definition: &Definition) -> Result<Vec<File>, String> {
    let templates = Templates::new(
        definition,
        &[
            ("index.d.ts", include_str!("../../templates/node/index.d.ts.jinja")),
            ("index.d.mts", include_str!("../../templates/node/index.d.mts.jinja")),
            ("lib/operations.js", include_str!("../../templates/node/operations.js.jinja")),
            ("lib/types.js", include_str!("../../templates/node/types.js.jinja")),
            ("lib/names.js", include_str!("../../templates/node/names.js.jinja")),
        ],
    )?;
    let speech = Speech::new(definition);
    let sends = |name: &str| {
        let method = definition.methods.iter().find(|method| method.name == name);
        method.map(|method| method_doc(&speech, method)).ok_or_else(|| format!("there is no `{name}`"))
    };
    let codes: Vec<&str> = definition.codes.iter().map(|code| code.name).collect();
    let mut unions: Vec<String> = definition
        .words
        .iter()
        .map(|Words { name, doc, words }| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            union(&pascal(name), &speech.documented(doc), &words)
        })
        .collect();
    unions.push(union("ErrorCode", "The code of an error.", &codes));

    let operations: Vec<String> = methods(definition).map(operation).collect();
    let text = operations.join("\n");
    let mut helpers: Vec<&str> = methods(definition)
        .flat_map(|method| &method.arguments)
        .filter_map(|argument| written(argument).1)
        .chain(["named", "noOptions"])
        .collect();
    helpers.sort_unstable();
    helpers.dedup();
    let mut names: Vec<String> = definition.objects.iter().map(|object| pascal(&object.name)).collect();
    let classes = definition
        .objects
        .iter()
        .map(|object| class(&speech, definition, object))
        .collect::<Result<Vec<_>, _>>()?;
    names.sort_unstable();
    let result_names: Vec<&String> = names.iter().filter(|name| mentions(&text, name)).collect();
    let answers: Vec<&str> = ["Page", "byName", "moment", "secret"]
        .into_iter()
        .filter(|name| classes.iter().any(|class| mentions(class, name)))
        .collect();

    let option_names: Vec<Name> = definition
        .settings
        .iter()
        .map(|setting| Name { field: setting.name.to_owned(), name: camel(setting.name) })
        .collect();
    let mut argument_names: Vec<Name> = definition
        .methods
        .iter()
        .flat_map(|method| &method.arguments)
        .map(|argument| Name { field: argument.field.clone(), name: camel(&argument.name) })
        .filter(|one| one.field != one.name && option_names.iter().all(|option| option.field != one.field))
        .collect();
    argument_names.sort_by(|one, other| one.field.cmp(&other.field));
    argument_names.dedup_by(|one, other| one.field == other.field);
    let message_names: Vec<String> = definition
        .methods
        .iter()
        .filter(|method| method.name == "send")
        .flat_map(|method| &method.arguments)
        .map(|argument| quoted(&camel(&argument.name)))
        .collect();

    let values = context! {
        notice => NOTICE,
        error_types => errors::types(definition, "node")?,
        unions,
        settings => definition.settings.iter().map(|one| setting(&speech, one)).collect::<Vec<_>>().join("\n"),
        message => message(&speech, definition)?,
        batch_event => batch_event(&speech, definition),
        options => methods(definition).filter_map(|method| options(&speech, method)).collect::<Vec<_>>(),
        interfaces => definition.objects.iter().map(|object| interface(&speech, object)).collect::<Vec<_>>(),
        send_doc => sends("send")?,
        batch_doc => sends("send_batch")?,
        signatures => methods(definition).map(|method| signature(&speech, method)).collect::<Vec<_>>(),
        methods => operations,
        helpers,
        result_names,
        answers,
        classes,
        names,
        option_names,
        argument_names,
        message_names => format!("[\n{}]", message_names.iter().map(|name| format!("  {name},\n")).collect::<String>()),
    };
    ["index.d.ts", "index.d.mts", "lib/operations.js", "lib/types.js", "lib/names.js"]
        .into_iter()
        .map(|name| Ok(File::new(format!("{FOLDER}/{name}"), templates.render_with(name, values.clone())?)))
        .collect()
}
