//! The Ruby gem: the classes of results, the operations with the constructor, the kinds of arguments, and the signatures.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;

use super::text::{plain, sentence, without_references, wrapped};
use super::{Templates, errors};
use crate::definition::{Argument, Definition, Field, Method, Object, Return, Setting, Words};
use crate::names::{pascal, snake};
use crate::output::File;
use crate::schemas::Type;

const FOLDER: &str = "bindings/ruby";
const NOTICE: &str = "Written by `hookbridge-generate`: change the definition, not this file.";
const WIDTH: usize = 120;

/// Arguments of which nil is a value, so that another one stands for what was not given.
const CLEARED_BY_NIL: &[(&str, &str)] = &[("update_endpoint", "retry_schedule")];

/// The text as Ruby's documentation has it: code between plus signs, methods for operations, nil for null.
fn documented(definition: &Definition, text: &str) -> String {
    let text = without_references(&plain(text));
    let parts = text.split('`').enumerate().map(|(at, part)| {
        if at % 2 == 0 {
            return part.to_owned();
        }
        if let Some(method) = definition.methods.iter().find(|method| method.operation == part) {
            return format!("{{#{}}}", method.name);
        }
        let is_plain = part.chars().all(|letter| letter.is_alphanumeric() || "_.".contains(letter));
        if is_plain && !part.ends_with('.') { format!("+{part}+") } else { format!("`{part}`") }
    });
    sentence(&parts.collect::<String>().replace("where absent", "where nil").replace("null", "nil"))
}

/// A comment at `indent`. A line's own spaces at its beginning are those of its continuation, and two more.
fn comment(text: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.is_empty() {
            lines.push(format!("{space}#"));
        }
        let own: String = line.chars().take_while(|c| *c == ' ').collect();
        let hanging = if line.trim_start().starts_with('@') { own.len() + 2 } else { own.len() };
        for (at, piece) in wrapped(line, WIDTH - indent - 2 - hanging).into_iter().enumerate() {
            let begin = if at == 0 { own.clone() } else { " ".repeat(hanging) };
            lines.push(format!("{space}# {begin}{piece}"));
        }
    }
    lines.join("\n")
}

/// `items` between `open` and `close`: on one line where that fits, else as many a line as fit.
fn listed(open: &str, items: &[String], close: &str) -> String {
    let one = format!("{open}{}{close}", items.join(", "));
    if items.is_empty() || one.lines().all(|line| line.chars().count() <= WIDTH) {
        return one;
    }
    let indent = open.lines().last().unwrap_or_default().chars().take_while(|c| *c == ' ').count();
    format!("{open}\n{}\n{}{close}", filled(items, indent + 2), " ".repeat(indent))
}

/// `items` at `indent`, with commas between them and as many a line as fit.
fn filled(items: &[String], indent: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let comma = if at + 1 < items.len() { "," } else { "" };
        match lines.last_mut() {
            Some(line) if line.chars().count() + item.chars().count() + 2 <= WIDTH => {
                line.push_str(&format!(" {item}{comma}"));
            }
            _ => lines.push(format!("{}{item}{comma}", " ".repeat(indent))),
        }
    }
    lines.join("\n")
}

// Types.

/// The type of a value that the gem gives out, as YARD names it.
fn given(kind: &Type) -> String {
    match kind {
        Type::Text | Type::Words { .. } => "String".to_owned(),
        Type::Integer => "Integer".to_owned(),
        Type::Number => "Float".to_owned(),
        Type::Boolean => "Boolean".to_owned(),
        Type::Moment => "Time".to_owned(),
        Type::Json | Type::Value => "Object".to_owned(),
        Type::Schedule => "String, Hash".to_owned(),
        Type::Requests { .. } => "Array<Hash>".to_owned(),
        Type::Object { name } => pascal(name),
        Type::List { item } => format!("Array<{}>", given(item)),
        Type::Map { item } => format!("Hash{{String => {}}}", given(item)),
    }
}

/// The type of a value that the gem takes, as YARD names it.
fn taken(kind: &Type) -> String {
    match kind {
        Type::Moment => "Time, String".to_owned(),
        Type::Schedule => "String, Array<Numeric>, Hash".to_owned(),
        Type::List { item } if matches!(**item, Type::Words { .. }) => "String, Array<String>".to_owned(),
        Type::List { item } => format!("Array<{}>", taken(item)),
        other => given(other),
    }
}

/// The type of a field in the class of a result.
fn field_type(field: &Field) -> String {
    fn of(kind: &Type) -> String {
        match kind {
            Type::Text | Type::Words { .. } => "String".to_owned(),
            Type::Integer => "Integer".to_owned(),
            Type::Number => "Float".to_owned(),
            Type::Boolean | Type::Json | Type::Value | Type::Schedule | Type::Requests { .. } => {
                "Object".to_owned()
            }
            Type::Moment => "Time".to_owned(),
            Type::Object { name } => pascal(name),
            Type::List { item } => format!("[{}]", of(item)),
            Type::Map { item } => format!("{{ String => {} }}", of(item)),
        }
    }
    if field.secret { "Shape::Secret".to_owned() } else { of(&field.kind) }
}

/// The type of a value in the signatures.
fn signed(kind: &Type, is_taken: bool) -> String {
    match kind {
        Type::Text => "String".to_owned(),
        Type::Integer => "Integer".to_owned(),
        Type::Number => "Float".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Moment if is_taken => "moment".to_owned(),
        Type::Moment => "Time".to_owned(),
        Type::Json | Type::Value => "untyped".to_owned(),
        Type::Schedule => "retry_schedule".to_owned(),
        Type::Requests { .. } => "Enumerable[batch_event]".to_owned(),
        Type::Words { name } => snake(name),
        Type::Object { name } => pascal(name),
        Type::List { item } if is_taken && matches!(**item, Type::Words { .. }) => {
            format!("({0} | Array[{0}])", signed(item, is_taken))
        }
        Type::List { item } if is_taken => format!("_ToA[{}]", signed(item, is_taken)),
        Type::List { item } => format!("Array[{}]", signed(item, is_taken)),
        Type::Map { .. } if is_taken => "headers".to_owned(),
        Type::Map { item } => format!("Hash[String, {}]", signed(item, is_taken)),
    }
}

// Methods.

fn is_positional(argument: &Argument) -> bool {
    argument.positional
}

/// Those that are given by position first.
fn ordered(method: &Method) -> impl Iterator<Item = &Argument> {
    let by_position = method.arguments.iter().filter(|argument| is_positional(argument));
    by_position.chain(method.arguments.iter().filter(|argument| !is_positional(argument)))
}

/// The methods that are generated: sends are written by hand.
fn methods(definition: &Definition) -> impl Iterator<Item = &Method> {
    definition.methods.iter().filter(|method| !matches!(method.name.as_str(), "send" | "send_batch"))
}

fn parameters(method: &Method) -> Vec<String> {
    ordered(method)
        .map(|argument| {
            let name = &argument.name;
            let default = if CLEARED_BY_NIL.contains(&(&method.name, name)) { "NOT_GIVEN" } else { "nil" };
            match (is_positional(argument), argument.required) {
                (true, true) => name.clone(),
                (true, false) => format!("{name} = {default}"),
                (false, true) => format!("{name}:"),
                (false, false) => format!("{name}: {default}"),
            }
        })
        .collect()
}

/// How an argument's value is written in the request.
fn written(argument: &Argument) -> String {
    let (field, name) = (&argument.field, &argument.name);
    let value = match &argument.kind {
        Type::Moment => format!("Requests.time(:{name}, {name})"),
        Type::List { item } if matches!(**item, Type::Words { .. }) => format!("Requests.words({name})"),
        Type::List { .. } => format!("Requests.texts(:{name}, {name})"),
        Type::Requests { .. } => format!("Requests.several(:{name}, {name}, EVENT)"),
        Type::Map { .. } => format!("Requests.headers({name})"),
        _ if field == name => return format!("{field}:"),
        _ => name.clone(),
    };
    format!("{field}: {value}")
}

/// Arguments on two lines, indented.
fn halves(arguments: &[String], indent: usize) -> String {
    let (first, second) = arguments.split_at(arguments.len() / 2);
    let space = " ".repeat(indent);
    format!("{space}{},\n{space}{}", first.join(", "), second.join(", "))
}

/// The longest list of arguments that stands on the line of its call.
const SHORT: usize = 70;

fn returned(method: &Method) -> String {
    match &method.returns {
        Return::Nothing => "nil".to_owned(),
        Return::Object { name } | Return::Page { name, .. } => pascal(name),
        Return::List { item, .. } => format!("Array<{}>", pascal(item)),
        Return::Text { .. } => "String".to_owned(),
        Return::Batch => String::new(),
    }
}

/// The name of the iterator over all pages, where the method answers pages.
fn iterator(method: &Method) -> Option<String> {
    let has_cursor = method.arguments.iter().any(|argument| argument.name == "cursor");
    let rest = method.name.strip_prefix("get_").or_else(|| method.name.strip_prefix("list_"))?;
    (has_cursor && matches!(method.returns, Return::Page { .. })).then(|| format!("iter_{rest}"))
}

fn method_doc(definition: &Definition, method: &Method) -> String {
    let mut parts = vec![documented(definition, &method.summary)];
    if !method.details.is_empty() {
        parts.push(documented(definition, &method.details));
    }
    let mut tags: Vec<String> = ordered(method)
        .map(|argument| {
            let nil = if argument.required { "" } else { ", nil" };
            let doc = documented(definition, &argument.doc);
            format!("@param {} [{}{nil}] {doc}", argument.name, taken(&argument.kind)).trim_end().to_owned()
        })
        .collect();
    tags.push(format!("@return [{}]", returned(method)));
    parts.push(tags.join("\n"));
    comment(&parts.join("\n\n"), 2)
}

fn definition_line(name: &str, parameters: &[String]) -> String {
    if parameters.is_empty() {
        return format!("  def {name}");
    }
    listed(&format!("  def {name}("), parameters, ")")
}

/// The call of an operation, between `open` and `close`.
fn call(method: &Method, open: &str, close: &str) -> String {
    let operation = format!("\"{}\"", method.operation);
    let fields: Vec<String> = method.arguments.iter().map(written).collect();
    let one =
        format!("    {open}call({}){close}", [vec![operation.clone()], fields.clone()].concat().join(", "));
    if one.chars().count() <= WIDTH {
        return one;
    }
    // The operation stands alone, so that the fields begin under one another.
    let broken = |indent: usize, open: &str, close: &str| {
        let space = " ".repeat(indent);
        let fields = filled(&fields, indent + 2);
        format!("{space}{open}call(\n{space}  {operation},\n{fields}\n{space}){close}")
    };
    if open.is_empty() || open.ends_with("= ") {
        return broken(4, open, close);
    }
    let inner = format!("      call({}, {})", operation, fields.join(", "));
    let inner = if inner.chars().count() <= WIDTH { inner } else { broken(6, "", "") };
    format!("    {open}\n{inner}\n    {close}")
}

fn passed(arguments: &[&Argument]) -> Vec<String> {
    arguments
        .iter()
        .map(
            |argument| {
                if is_positional(argument) { argument.name.clone() } else { format!("{}:", argument.name) }
            },
        )
        .collect()
}

fn operation(definition: &Definition, method: &Method) -> String {
    let name = &method.name;
    let mut lines = vec![method_doc(definition, method), definition_line(name, &parameters(method))];
    let paged: Vec<&Argument> = ordered(method).filter(|argument| argument.name != "cursor").collect();
    match &method.returns {
        Return::Nothing => {
            lines.push(call(method, "", ""));
            lines.push("    nil".to_owned());
        }
        Return::Object { name } => lines.push(call(method, &format!("{}.read(", pascal(name)), ")")),
        Return::List { item, from } => {
            let reading = format!("[\"{from}\"].map {{ |item| {}.read(item) }}", pascal(item));
            lines.push(call(method, "", &reading));
        }
        Return::Text { from } => lines.push(call(method, "", &format!("[\"{from}\"]"))),
        Return::Page { name: page, from, .. } => {
            let page = pascal(page);
            if iterator(method).is_none() {
                lines.push(call(method, &format!("{page}.read("), &format!(", \"{from}\")")));
            } else {
                lines.push(call(method, "answer = ", ""));
                let mut items = passed(&paged);
                items.push("cursor: after".to_owned());
                let (open, next) = (format!("    {page}.read(answer, \"{from}\")"), items.join(", "));
                let one = format!("{open} {{ |after| {name}({next}) }}");
                lines.push(if one.chars().count() <= WIDTH {
                    one
                } else if next.chars().count() <= WIDTH - 20 {
                    format!("{open} do |after|\n      {name}({next})\n    end")
                } else {
                    format!("{open} do |after|\n      {name}(\n{}\n      )\n    end", halves(&items, 8))
                });
            }
        }
        Return::Batch => {}
    }
    lines.push("  end".to_owned());
    if let (Some(iterator), Return::Page { item, .. }) = (iterator(method), &method.returns) {
        let doc = format!(
            "The same as {{#{name}}}, over all pages: each is asked for when it is reached.\n\n\
             @yieldparam item [{0}]\n@return [Enumerator<{0}>, self] an enumerator where there is no block",
            pascal(item)
        );
        let without_cursor = Method {
            arguments: method.arguments.iter().filter(|one| one.name != "cursor").cloned().collect(),
            ..method.clone()
        };
        let mut parameters = parameters(&without_cursor);
        parameters.push("&block".to_owned());
        let all = passed(&paged);
        let passed = all.join(", ");
        lines.push(format!("\n{}", comment(&doc, 2)));
        lines.push(definition_line(&iterator, &parameters));
        if passed.len() > SHORT {
            let halves = halves(&all, 8);
            lines.push(format!(
                "    unless block_given?\n      return to_enum(\n        :{iterator},\n{halves}\n      )\n    end\n"
            ));
            let halves = self::halves(&all, 6);
            lines.push(format!("    {name}(\n{halves}\n    ).walk(&block)"));
        } else {
            lines.push(format!("    return to_enum(:{iterator}, {passed}) unless block_given?\n"));
            lines.push(format!("    {name}({passed}).walk(&block)"));
        }
        lines.push("    self\n  end".to_owned());
    }
    lines.join("\n")
}

fn setting_type(setting: &Setting) -> (&'static str, String) {
    let words: Vec<String> = setting.words.iter().map(|word| format!("\"{word}\"")).collect();
    match setting.takes {
        "path" => ("String, Pathname", "path".to_owned()),
        "words" => ("String", format!("({})", words.join(" | "))),
        "switch" => ("Boolean", "bool".to_owned()),
        "whole" => ("Integer", "Integer".to_owned()),
        "seconds" => ("Numeric", "seconds".to_owned()),
        "schedule" => ("String, Array<Numeric>, Hash", "retry_schedule".to_owned()),
        _ => ("String", "String".to_owned()),
    }
}

fn constructor(definition: &Definition) -> String {
    let described: Vec<String> = definition
        .settings
        .iter()
        .map(|setting| {
            let default = match setting.default {
                "" => String::new(),
                default => format!(" By default {default}."),
            };
            let doc = documented(definition, &format!("{}{default}", setting.doc));
            format!("@param {} [{}, nil] {doc}", setting.name, setting_type(setting).0)
        })
        .collect();
    let doc = format!(
        "What is not given comes from its HOOKBRIDGE_ variable or its default.\n\n{}\n\
         @raise [ValidationError] that names the setting that is wrong\n\
         @raise [ArgumentError] for a setting that there is not",
        described.join("\n")
    );
    let names = definition.settings.iter().map(|setting| setting.name);
    let mut parameters: Vec<String> = names.clone().map(|name| format!("{name}: nil")).collect();
    parameters.push("**unknown".to_owned());
    let given: Vec<String> = names.map(|name| format!("{name}:")).collect();
    format!(
        "{}\n{}\n    refuse_settings(unknown)\n{}\n  end",
        comment(&doc, 2),
        definition_line("initialize", &parameters),
        listed("    open_engine(", &given, ")")
    )
}

// Results.

fn class(definition: &Definition, object: &Object) -> String {
    let name = pascal(&object.name);
    let mut doc = documented(definition, &object.doc);
    let tags: Vec<String> = object
        .fields
        .iter()
        .filter(|field| object.items.as_ref().is_none_or(|items| field.name == *items))
        .map(|field| {
            let nil = if field.optional { ", nil" } else { "" };
            let returned = format!("{}{nil}", given(&field.kind));
            // What the definition calls absent is nil here.
            let said = documented(definition, &field.doc).replace("absent", "nil");
            format!("@!attribute [r] {}\n  @return [{returned}] {said}", field.name)
        })
        .collect();
    doc.push_str(&format!("\n\n{}", tags.join("\n")));
    let doc = comment(&doc, 2);
    if let (Some(items), Some(item)) = (&object.items, &object.item) {
        return format!("{doc}\n  class {name} < Page.of(:{items}, {})\n  end", pascal(item));
    }
    let fields: Vec<String> =
        object.fields.iter().map(|field| format!("{}: {}", field.name, field_type(field))).collect();
    format!("{doc}\n{}\n  end", listed(&format!("  class {name} < Shape.of("), &fields, ")"))
}

/// The classes that arguments must be of, by name; those that are of several kinds in several methods are left out.
fn kinds(definition: &Definition) -> Vec<String> {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for argument in definition.methods.iter().flat_map(|method| &method.arguments) {
        let classes: &[&str] = match &argument.kind {
            Type::Text => &["String"],
            Type::Words { .. } => &["String", "Symbol"],
            Type::Integer => &["Integer"],
            Type::Number => &["Numeric"],
            Type::Map { .. } => &["Hash"],
            _ => &[],
        };
        let known = kinds.entry(&argument.field).or_insert_with(|| classes.to_vec());
        if known != classes {
            known.clear();
        }
    }
    kinds.retain(|_, classes| !classes.is_empty());
    kinds.iter().map(|(name, classes)| format!("    {name}: [{}]", classes.join(", "))).collect()
}

/// Arguments under another name than the field that they are.
fn renamed(definition: &Definition) -> BTreeSet<String> {
    let arguments = definition.methods.iter().flat_map(|method| &method.arguments);
    let renamed = arguments.filter(|argument| argument.field != argument.name);
    renamed.map(|argument| format!("\"{}\" => \"{}\"", argument.field, argument.name)).collect()
}

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

// Signatures.

fn signature(method: &Method) -> String {
    let parameter = |argument: &Argument| {
        let mut kind = signed(&argument.kind, true);
        if !argument.required {
            kind.push('?');
        }
        let mark = if argument.required { "" } else { "?" };
        let name = &argument.name;
        if is_positional(argument) { format!("{mark}{kind} {name}") } else { format!("{mark}{name}: {kind}") }
    };
    let parameters: Vec<String> = ordered(method).map(parameter).collect();
    let returns = match &method.returns {
        Return::List { item, .. } => format!("Array[{}]", pascal(item)),
        _ => returned(method),
    };
    let own = format!("  def {}: ({}) -> {returns}", method.name, parameters.join(", "));
    let (Some(iterator), Return::Page { item, .. }) = (iterator(method), &method.returns) else { return own };
    let parameters: Vec<String> =
        ordered(method).filter(|argument| argument.name != "cursor").map(parameter).collect();
    let (parameters, item) = (parameters.join(", "), pascal(item));
    let space = " ".repeat(iterator.chars().count() + 6);
    format!(
        "{own}\n  def {iterator}: ({parameters}) {{ ({item}) -> void }} -> self\n\
         {space}| ({parameters}) -> Enumerator[{item}, self]"
    )
}

fn signed_class(object: &Object) -> String {
    let reader = |field: &Field| {
        let nil = if field.optional { "?" } else { "" };
        format!("    attr_reader {}: {}{nil}", field.name, signed(&field.kind, false))
    };
    let name = pascal(&object.name);
    if let (Some(items), Some(item)) = (&object.items, &object.item) {
        let item = pascal(item);
        return format!(
            "  class {name} < Page[{item}]\n    attr_reader {items}: Array[{item}]\n\n    \
             def next_page: () -> {name}?\n  end"
        );
    }
    let readers: Vec<String> = object.fields.iter().map(reader).collect();
    format!("  class {name} < Struct[untyped]\n    include Shape::Plain\n\n{}\n  end", readers.join("\n"))
}

pub fn files(definition: &Definition) -> Result<Vec<File>, String> {
    let templates = Templates::new(
        definition,
        &[
            ("lib/hookbridge/results.rb", include_str!("../../templates/ruby/results.rb.jinja")),
            ("lib/hookbridge/operations.rb", include_str!("../../templates/ruby/operations.rb.jinja")),
            ("lib/hookbridge/arguments.rb", include_str!("../../templates/ruby/arguments.rb.jinja")),
            ("sig/hookbridge.rbs", include_str!("../../templates/ruby/hookbridge.rbs.jinja")),
        ],
    )?;
    let mut words: Vec<String> = definition
        .words
        .iter()
        .map(|Words { name, words, .. }| {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("  type {} = {}", snake(name), words.join(" | "))
        })
        .collect();
    let codes: Vec<String> = definition.codes.iter().map(|code| format!("\"{}\"", code.name)).collect();
    words.push(format!("  type error_code = {}", codes.join(" | ")));
    // A record with fields that may be absent would say more, and older RBS cannot read it.
    words.push("  type batch_event = Hash[Symbol | String, untyped]".to_owned());
    let settings: Vec<String> = definition
        .settings
        .iter()
        .map(|setting| format!("?{}: {}?", setting.name, setting_type(setting).1))
        .collect();
    let message: Vec<&str> = definition
        .methods
        .iter()
        .filter(|method| method.name == "send")
        .flat_map(|method| &method.arguments)
        .map(|argument| argument.name.as_str())
        .collect();
    let values = context! {
        notice => NOTICE,
        error_types => errors::types(definition, "ruby")?,
        constructor => constructor(definition),
        operations => methods(definition).map(|method| operation(definition, method)).collect::<Vec<_>>(),
        classes => definition.objects.iter().map(|object| class(definition, object)).collect::<Vec<_>>(),
        kinds => kinds(definition),
        message,
        event => batch_event(definition).iter().map(|argument| argument.name.as_str()).collect::<Vec<_>>(),
        renamed => renamed(definition),
        words,
        settings => settings.join(", "),
        signatures => methods(definition).map(signature).collect::<Vec<_>>(),
        signed_classes => definition.objects.iter().map(signed_class).collect::<Vec<_>>(),
    };
    [
        "lib/hookbridge/results.rb",
        "lib/hookbridge/operations.rb",
        "lib/hookbridge/arguments.rb",
        "sig/hookbridge.rbs",
    ]
    .into_iter()
    .map(|name| Ok(File::new(format!("{FOLDER}/{name}"), templates.render_with(name, values.clone())?)))
    .collect()
}
