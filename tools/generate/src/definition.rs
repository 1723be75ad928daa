//! The definition as the templates read it: methods with their arguments, types with their fields, words, errors, settings.

use hookbridge_core::config::settings::{SETTINGS, Takes};
use hookbridge_core::model::event::Event;
use hookbridge_core::model::schema::{Schema, SchemaGenerator};
use hookbridge_core::operations::definition::{
    Kind, Operation, Returns, SEND_EVENT, SEND_EVENT_BATCH, Shape, named, operations,
};
use hookbridge_core::operations::messages::BatchError;
use hookbridge_core::{ErrorClass, ErrorCode};
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::schemas::{Type, described};

/// An argument of a method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Argument {
    /// The argument's name, in snake case.
    pub name: String,
    /// The field of the request.
    pub field: String,
    pub doc: String,
    #[serde(rename = "type")]
    pub kind: Type,
    /// Whether it is a whole number that 31 bits may not hold.
    pub wide: bool,
    pub required: bool,
    /// Whether it may be given by position.
    pub positional: bool,
}

/// What a method returns.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Return {
    Nothing,
    /// A value of the named type.
    Object {
        name: String,
    },
    /// A page of the named type. The engine has the items in `from`.
    Page {
        name: String,
        items: String,
        from: String,
        item: String,
    },
    /// The items of a list that is not paged, which the engine has in `from`.
    List {
        item: String,
        from: String,
    },
    /// A text, which the engine has in `from`.
    Text {
        from: String,
    },
    /// What became of each message of a batch.
    Batch,
}

/// A method of the languages' clients.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    /// The name, in snake case.
    pub name: String,
    pub operation: String,
    pub summary: String,
    pub details: String,
    pub arguments: Vec<Argument>,
    pub returns: Return,
    /// The codes of the errors that are this operation's own.
    pub errors: Vec<&'static str>,
}

/// A field of a type.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    pub name: String,
    pub doc: String,
    #[serde(rename = "type")]
    pub kind: Type,
    /// Whether it is a whole number that 31 bits may not hold.
    pub wide: bool,
    /// Whether it may be absent or null.
    pub optional: bool,
    /// Whether it must not be shown when the value is printed.
    pub secret: bool,
}

/// A type of answers.
#[derive(Clone, Debug, Serialize)]
pub struct Object {
    pub name: String,
    pub doc: String,
    pub fields: Vec<Field>,
    /// The items' field, where it is a page.
    pub items: Option<String>,
    /// The type of the items, where it is a page.
    pub item: Option<String>,
}

/// A set of words.
#[derive(Clone, Debug, Serialize)]
pub struct Words {
    pub name: String,
    pub doc: String,
    pub words: Vec<String>,
}

/// A class of error codes for which each language has a type of its own.
#[derive(Clone, Debug, Serialize)]
pub struct Class {
    pub name: &'static str,
    pub about: &'static str,
    /// Its codes; the first is the one that says no more than the class.
    pub codes: Vec<Code>,
}

/// An error code.
#[derive(Clone, Debug, Serialize)]
pub struct Code {
    pub name: &'static str,
    pub class: &'static str,
    pub number: i32,
    pub status: u16,
    pub retryable: bool,
    pub cause: &'static str,
    pub advice: &'static str,
}

/// A setting.
#[derive(Clone, Debug, Serialize)]
pub struct Setting {
    pub name: &'static str,
    /// `path`, `text`, `words`, `switch`, `whole`, `seconds` or `schedule`.
    pub takes: &'static str,
    pub words: Vec<&'static str>,
    pub least: Option<f64>,
    pub most: Option<f64>,
    pub default: &'static str,
    pub doc: &'static str,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Definition {
    pub methods: Vec<Method>,
    /// Every type that a method returns, and those that they refer to, each after what it refers to.
    pub objects: Vec<Object>,
    pub words: Vec<Words>,
    pub codes: Vec<Code>,
    /// Every class but the one that holds the rest, for which the languages have their base type.
    pub classes: Vec<Class>,
    pub settings: Vec<Setting>,
}

/// The field of a page that says how far was looked.
pub const SEARCHED_TO: &str = "searched_to";

impl Object {
    /// Whether it is a page that says how far was looked.
    pub fn is_searched(&self) -> bool {
        self.items.is_some() && self.fields.iter().any(|field| field.name == SEARCHED_TO)
    }
}

fn name_in(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// One half of the schemas: of requests as they are read, or of answers as they are written.
struct Schemas(SchemaGenerator);

impl Schemas {
    fn new(settings: SchemaSettings) -> Self {
        Self(settings.into_generator())
    }

    fn of(&mut self, schema: impl Fn(&mut SchemaGenerator) -> Schema) -> Value {
        schema(&mut self.0).to_value()
    }

    fn definitions(&self) -> &Map<String, Value> {
        self.0.definitions()
    }

    /// The schema itself, where it is a reference.
    fn followed<'a>(&'a self, schema: &'a Value) -> &'a Value {
        name_in(schema).and_then(|name| self.definitions().get(name)).unwrap_or(schema)
    }
}

struct Reader {
    requests: Schemas,
    answers: Schemas,
    objects: Vec<Object>,
    words: Vec<Words>,
}

impl Definition {
    /// Reads the rows of the operations.
    pub fn read() -> Result<Self, String> {
        let mut reader = Reader {
            requests: Schemas::new(SchemaSettings::draft2020_12().for_deserialize()),
            answers: Schemas::new(SchemaSettings::draft2020_12().for_serialize()),
            objects: Vec::new(),
            words: Vec::new(),
        };
        let mut methods = Vec::new();
        for operation in operations() {
            methods.push(reader.method(operation)?);
            if let Some(alias) = operation.alias {
                let own = reader.method(operation)?;
                methods.push(Method {
                    name: alias.method.name.to_owned(),
                    summary: alias.summary.to_owned(),
                    ..own
                });
            }
        }
        reader.object_of(Shape::of::<BatchError>())?;
        reader.object_of(Shape::of::<Event>())?;
        let classes = ErrorClass::ALL.iter().filter(|class| **class != ErrorClass::Other).map(|class| {
            Class { name: class.name(), about: class.about(), codes: class.codes().map(code).collect() }
        });
        Ok(Self {
            methods,
            objects: reader.objects,
            words: reader.words,
            codes: ErrorCode::ALL.iter().copied().map(code).collect(),
            classes: classes.collect(),
            settings: settings(),
        })
    }
}

fn code(code: ErrorCode) -> Code {
    Code {
        name: code.name(),
        class: code.class().name(),
        number: code as i32,
        status: code.http_status(),
        retryable: code.is_retryable(),
        cause: code.cause(),
        advice: code.advice(),
    }
}

fn settings() -> Vec<Setting> {
    let setting = |row: &hookbridge_core::config::settings::Setting| {
        let (takes, words, least, most): (_, &[&str], _, _) = match row.takes {
            Takes::Path => ("path", &[], None, None),
            Takes::Text(_) => ("text", &[], None, None),
            Takes::Word(words) => ("words", words, None, None),
            Takes::Switch => ("switch", &[], None, None),
            Takes::Whole(least, most) => ("whole", &[], Some(least as f64), Some(most as f64)),
            Takes::Seconds(least, most) => ("seconds", &[], Some(least), Some(most)),
            Takes::Schedule => ("schedule", &[], None, None),
        };
        let (name, default, doc) = (row.name, row.default, row.about);
        Setting { name, takes, words: words.to_vec(), least, most, default, doc }
    };
    SETTINGS.iter().map(setting).collect()
}

/// Each language has a type of its own for the messages of a batch.
const BATCH: &str = "messages.send_batch";

fn named_operation(name: &str) -> Result<&'static Operation, String> {
    named(name).ok_or_else(|| format!("there is no operation {name}"))
}

impl Reader {
    fn method(&mut self, operation: &Operation) -> Result<Method, String> {
        let arguments = self
            .arguments(operation)
            .map_err(|wrong| format!("the request of {}: {wrong}", operation.name))?;
        let returns =
            self.returns(operation).map_err(|wrong| format!("the answer of {}: {wrong}", operation.name))?;
        Ok(Method {
            name: operation.method.name.to_owned(),
            operation: operation.name.to_owned(),
            summary: operation.summary.to_owned(),
            details: operation.details.to_owned(),
            arguments,
            returns,
            errors: operation.errors.iter().map(|code| code.name()).collect(),
        })
    }

    fn arguments(&mut self, operation: &Operation) -> Result<Vec<Argument>, String> {
        let schema = self.requests.of(operation.request.schema);
        let request = self.requests.followed(&schema).clone();
        let method = operation.method;
        let mut arguments = Vec::new();
        for field in (operation.fields)() {
            if field.kind == Kind::Caller || method.hidden.contains(&field.name) {
                continue;
            }
            let renamed = method.renamed.iter().find(|(name, _)| *name == field.name);
            let name = renamed.map_or(field.name, |(_, argument)| argument);
            let found = described(&request["properties"][field.name], self.requests.definitions())
                .map_err(|wrong| format!("`{}`: {wrong}", field.name))?;
            self.words_of(&found.kind, true);
            arguments.push(Argument {
                name: name.to_owned(),
                field: field.name.to_owned(),
                doc: found.doc,
                // Objects of a request have no type in the languages.
                kind: match found.kind {
                    _ if operation.name == SEND_EVENT_BATCH => {
                        Type::Requests { arguments: self.arguments(named_operation(SEND_EVENT)?)? }
                    }
                    Type::List { item }
                        if matches!(*item, Type::Object { .. }) && operation.name != BATCH =>
                    {
                        Type::Value
                    }
                    kind => kind,
                },
                wide: found.wide,
                required: request["required"]
                    .as_array()
                    .is_some_and(|names| names.iter().any(|needed| needed == field.name)),
                positional: method.positional.contains(&name),
            });
        }
        Ok(arguments)
    }

    fn returns(&mut self, operation: &Operation) -> Result<Return, String> {
        let list_of = |reader: &mut Self, from: &str| -> Result<(Type, String), String> {
            let schema = reader.answers.of(operation.answer.schema);
            let answer = reader.answers.followed(&schema).clone();
            let found = described(&answer["properties"][from], reader.answers.definitions())?;
            let name = match &found.kind {
                Type::List { item } => match item.as_ref() {
                    Type::Object { name } => name.clone(),
                    other => return Err(format!("a list of {other:?}")),
                },
                _ => String::new(),
            };
            Ok((found.kind, name))
        };
        match operation.returns {
            Returns::Type(shape) => Ok(Return::Object { name: self.object_of(shape)? }),
            Returns::Field("results") => Ok(Return::Batch),
            Returns::Field(from) => {
                let (kind, item) = list_of(self, from)?;
                if kind == Type::Text {
                    return Ok(Return::Text { from: from.to_owned() });
                }
                self.object_named(&item)?;
                Ok(Return::List { item, from: from.to_owned() })
            }
            Returns::Page(name, items) => {
                let schema = self.answers.of(operation.answer.schema);
                let properties = self.answers.followed(&schema)["properties"].clone();
                let has_data = properties.get("data").is_some();
                let from = if has_data { "data" } else { items };
                let (_, item) = list_of(self, from)?;
                self.object_named(&item)?;
                let searched =
                    properties.get(SEARCHED_TO).map(|schema| described(schema, self.answers.definitions()));
                self.page(name, items, &item, searched.transpose()?.map(|found| found.doc));
                Ok(Return::Page {
                    name: name.to_owned(),
                    items: items.to_owned(),
                    from: from.to_owned(),
                    item,
                })
            }
            Returns::Answer => {
                let schema = self.answers.of(operation.answer.schema);
                match name_in(&schema) {
                    Some(name) => Ok(Return::Object { name: self.object_named(name)? }),
                    None => Ok(Return::Nothing),
                }
            }
        }
    }

    fn object_of(&mut self, shape: Shape) -> Result<String, String> {
        let schema = self.answers.of(shape.schema);
        let name = name_in(&schema).ok_or_else(|| format!("{schema} has no name"))?.to_owned();
        self.object_named(&name)
    }

    /// Adds the type of that name, after those that it refers to.
    fn object_named(&mut self, name: &str) -> Result<String, String> {
        if self.objects.iter().any(|object| object.name == name) {
            return Ok(name.to_owned());
        }
        let schema = self.answers.definitions().get(name).cloned().ok_or_else(|| format!("no {name}"))?;
        let properties = schema["properties"].as_object().ok_or_else(|| format!("{name} has no fields"))?;
        let needed: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // What is required is in the order of the type; what may be left out stands behind it.
        let left_out = properties.keys().map(String::as_str).filter(|field| !needed.contains(field));
        let mut fields = Vec::new();
        for field in needed.iter().copied().chain(left_out) {
            let found = described(&properties[field], self.answers.definitions())
                .map_err(|wrong| format!("{name}.{field}: {wrong}"))?;
            self.words_of(&found.kind, false);
            if let Some(inner) = object_in(&found.kind) {
                self.object_named(&inner)?;
            }
            fields.push(Field {
                name: field.to_owned(),
                doc: found.doc,
                kind: found.kind,
                wide: found.wide,
                optional: found.nullable || !needed.contains(&field),
                secret: found.secret,
            });
        }
        let doc = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
        self.objects.push(Object { name: name.to_owned(), doc, fields, items: None, item: None });
        Ok(name.to_owned())
    }

    /// `searched` is the documentation of how far was looked, where the list may be looked through for a while.
    fn page(&mut self, name: &str, items: &str, item: &str, searched: Option<String>) {
        let field = |name: &str, kind, optional, doc: &str| Field {
            name: name.to_owned(),
            doc: doc.to_owned(),
            kind,
            wide: false,
            optional,
            secret: false,
        };
        let list = Type::List { item: Box::new(Type::Object { name: item.to_owned() }) };
        let mut fields = vec![
            field(items, list, false, "The items of this page."),
            field("has_more", Type::Boolean, false, "Whether a further page exists."),
            field("next_cursor", Type::Text, true, "Where the next page begins; absent on the last."),
        ];
        fields.extend(searched.map(|doc| field(SEARCHED_TO, Type::Moment, true, &doc)));
        self.objects.retain(|object| object.name != name);
        self.objects.push(Object {
            name: name.to_owned(),
            doc: "A page of a list.".to_owned(),
            fields,
            items: Some(items.to_owned()),
            item: Some(item.to_owned()),
        });
    }

    /// Adds the words that a type consists of.
    fn words_of(&mut self, kind: &Type, of_request: bool) {
        let name = match kind {
            Type::Words { name } => name,
            Type::List { item } | Type::Map { item } => return self.words_of(item, of_request),
            _ => return,
        };
        if self.words.iter().any(|words| words.name == *name) {
            return;
        }
        let definitions = if of_request { &self.requests } else { &self.answers }.definitions();
        let schema = &definitions[name];
        let words = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        self.words.push(Words {
            name: name.clone(),
            doc: schema["description"].as_str().unwrap_or_default().replace('\n', " "),
            words: words.map(str::to_owned).collect(),
        });
    }
}

/// The name of the type of answers that a field's type refers to.
fn object_in(kind: &Type) -> Option<String> {
    match kind {
        Type::Object { name } => Some(name.clone()),
        Type::List { item } | Type::Map { item } => object_in(item),
        _ => None,
    }
}
