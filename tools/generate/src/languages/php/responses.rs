//! The classes of what methods answer.

use super::comments::{Part, WIDTH, Wording, block};
use super::published::{Parameter, Published};
use super::types::{class, documented, given, nullable};
use crate::definition::{Definition, Field, Object, Return};
use crate::languages::text::{listed, sentence};
use crate::names;
use crate::schemas::Type;

/// Fields that the published package has and an outbox always fills alike: the type, the field, its value and why.
const CONSTANT: &[(&str, &str, &str, &str)] = &[
    ("Endpoint", "hmacEnabled", "true", "Always true: every delivery is signed."),
    ("AttemptRecord", "responseBodyUrl", "null", "Always null: the body itself is in `responseBody`."),
];

/// A property, which is a parameter of the constructor.
struct Property {
    name: String,
    kind: String,
    documented: String,
    default: Option<String>,
    doc: String,
    /// How it is read from an answer.
    read: String,
    secret: bool,
    is_map: bool,
}

pub struct Response {
    pub name: String,
    pub uses: Vec<&'static str>,
    pub doc: String,
    pub base: &'static str,
    pub constants: String,
    pub constructor: String,
    pub reader: String,
}

/// The expression that makes a value of `kind` of the answer's `value`.
fn made(kind: &Type, is_text: bool, value: &str) -> Option<String> {
    match kind {
        Type::Moment if !is_text => Some(format!("new DateTimeImmutable({value})")),
        Type::Object { name } => Some(format!("{}::of({value})", class(name))),
        Type::List { item } | Type::Map { item } => match item.as_ref() {
            Type::Object { name } => Some(format!("array_map({}::of(...), {value})", class(name))),
            _ => None,
        },
        _ => None,
    }
}

fn read(field: &Field, from: &str, is_text: bool, is_nullable: bool) -> String {
    let value = format!("$answer['{from}']");
    match (made(&field.kind, is_text, &value), is_nullable) {
        (Some(made), true) => format!("isset({value}) ? {made} : null"),
        (Some(made), false) => made,
        (None, true) => format!("{value} ?? null"),
        (None, false) => value,
    }
}

/// A list that is a page has its items under another name in the engine's answer.
fn answered<'a>(definition: &'a Definition, object: &Object, field: &'a str) -> &'a str {
    let from = definition.methods.iter().find_map(|method| match &method.returns {
        Return::Page { name, items, from, .. } if *name == object.name && items == field => Some(from),
        _ => None,
    });
    from.map_or(field, String::as_str)
}

struct Maker<'a> {
    definition: &'a Definition,
    wording: &'a Wording,
    object: &'a Object,
    /// Whether the published package has the class.
    is_published: bool,
    /// Whether it has points in time as text there.
    has_text_times: bool,
}

impl Maker<'_> {
    fn property(&self, field: &Field, published: Option<&Parameter>) -> Property {
        let is_text = field.kind == Type::Moment && self.has_text_times;
        let native = if is_text { "string".to_owned() } else { given(&field.kind) };
        // What is beyond the published parameters stands behind them, where some may be left out.
        let beyond = published.is_none() && self.is_published;
        let is_nullable = beyond || published.map_or(field.optional, Parameter::is_nullable);
        let default = match published {
            Some(parameter) => parameter.default.clone(),
            None => is_nullable.then(|| "null".to_owned()),
        };
        let detailed = documented(self.definition, &field.kind, &native);
        let from = answered(self.definition, self.object, &field.name);
        Property {
            name: names::camel(&field.name),
            documented: if is_nullable { format!("{detailed}|null") } else { detailed },
            kind: if is_nullable { nullable(&native) } else { native },
            default,
            doc: self.wording.of(&field.doc),
            read: read(field, from, is_text, is_nullable),
            secret: field.secret,
            is_map: matches!(field.kind, Type::Map { .. }),
        }
    }

    fn constant(&self, parameter: &Parameter) -> Result<Property, String> {
        let name = class(&self.object.name);
        let (_, _, value, doc) = CONSTANT
            .iter()
            .find(|(object, field, ..)| *object == self.object.name && *field == parameter.name)
            .ok_or_else(|| format!("nothing fills ${} of {name}", parameter.name))?;
        Ok(Property {
            name: parameter.name.clone(),
            kind: parameter.kind.clone(),
            documented: parameter.documented(),
            default: parameter.default.clone(),
            doc: sentence(doc),
            read: (*value).to_owned(),
            secret: false,
            is_map: false,
        })
    }
}

fn properties(
    definition: &Definition,
    wording: &Wording,
    published: &Published,
    object: &Object,
) -> Result<Vec<Property>, String> {
    let facts = published.response(class(&object.name));
    let field = |name: &str| object.fields.iter().find(|field| names::camel(&field.name) == name);
    let has_text_times = facts.iter().any(|parameter| {
        parameter.is_text() && field(&parameter.name).is_some_and(|field| field.kind == Type::Moment)
    });
    let maker = Maker { definition, wording, object, is_published: !facts.is_empty(), has_text_times };
    let mut properties = Vec::new();
    for parameter in &facts {
        properties.push(match field(&parameter.name) {
            Some(field) => maker.property(field, Some(parameter)),
            None => maker.constant(parameter)?,
        });
    }
    let beyond = object.fields.iter().filter(|field| {
        let name = names::camel(&field.name);
        !facts.iter().any(|parameter| parameter.name == name)
    });
    let mut beyond: Vec<Property> = beyond.map(|field| maker.property(field, None)).collect();
    beyond.sort_by_key(|property| property.default.is_some());
    properties.extend(beyond);
    Ok(properties)
}

fn constructor(properties: &[Property]) -> String {
    let tags: Vec<Part> = properties
        .iter()
        .map(|one| {
            Part::Tag(format!("@param {} ${} {}", one.documented, one.name, one.doc).trim_end().to_owned())
        })
        .collect();
    let mut text = block(&tags, 4);
    text.push_str("    public function __construct(\n");
    for one in properties {
        let hidden = if one.secret { "#[SensitiveParameter] " } else { "" };
        let default = one.default.as_ref().map_or(String::new(), |default| format!(" = {default}"));
        text.push_str(&format!("        {hidden}public readonly {} ${}{default},\n", one.kind, one.name));
    }
    text.push_str("    ) {\n    }\n");
    text
}

/// A line of the constructor's call; a choice that is too long for one has three.
fn argument(property: &Property) -> String {
    let line = format!("            {}: {},\n", property.name, property.read);
    if line.trim_end().chars().count() <= WIDTH {
        return line;
    }
    let indent = format!("\n{}", " ".repeat(16));
    line.replace(" ? ", &format!("{indent}? ")).replace(" : ", &format!("{indent}: "))
}

fn reader(properties: &[Property]) -> String {
    let comment = block(
        &[Part::Tag("@internal".to_owned()), Part::Tag("@param array<string, mixed> $answer".to_owned())],
        4,
    );
    let arguments: Vec<String> = properties.iter().map(argument).collect();
    format!(
        "{comment}    public static function of(array $answer): self\n    {{\n        return new self(\n{}        );\n    }}\n",
        arguments.concat()
    )
}

fn constants(object: &Object, properties: &[Property]) -> String {
    let mut text = String::new();
    if let Some(items) = &object.items {
        text.push_str(&format!("    protected const ITEMS = '{}';\n", names::camel(items)));
    }
    for (name, has) in [
        ("SECRETS", (|one: &Property| one.secret) as fn(&Property) -> bool),
        ("MAPS", |one: &Property| one.is_map),
    ] {
        let quoted: Vec<String> =
            properties.iter().filter(|one| has(one)).map(|one| format!("'{}'", one.name)).collect();
        if !quoted.is_empty() {
            text.push_str(&listed(&format!("    protected const {name} = ["), &quoted, "];\n", WIDTH));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

pub fn response(
    definition: &Definition,
    wording: &Wording,
    published: &Published,
    object: &Object,
) -> Result<Response, String> {
    let properties = properties(definition, wording, published, object)?;
    let mut parts = vec![Part::Paragraph(wording.of(&object.doc))];
    let base = match &object.item {
        Some(item) => {
            parts.push(Part::Tag(format!("@extends Page<{}>", class(item))));
            "Page"
        }
        None => "Result",
    };
    let (constructor, reader) = (constructor(&properties), reader(&properties));
    let mut uses = Vec::new();
    if constructor.contains("DateTimeImmutable") {
        uses.push("DateTimeImmutable");
    }
    uses.push(if base == "Page" { "HookBridge\\Page" } else { "HookBridge\\Result" });
    if constructor.contains("SensitiveParameter") {
        uses.push("SensitiveParameter");
    }
    Ok(Response {
        name: class(&object.name).to_owned(),
        uses,
        doc: block_of_class(&parts),
        base,
        constants: constants(object, &properties),
        constructor,
        reader,
    })
}

/// A class's comment is never on one line.
fn block_of_class(parts: &[Part]) -> String {
    match (parts, block(parts, 0)) {
        ([Part::Paragraph(only)], text) if text.lines().count() == 1 => format!("/**\n * {only}\n */\n"),
        (_, text) => text,
    }
}
