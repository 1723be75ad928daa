//! The methods of the client.

use super::comments::{Part, WIDTH, Wording, block};
use super::published::Published;
use super::types::{class, documented, method as method_name, nullable, taken};
use crate::definition::{Argument, Definition, Method, Return, Setting};
use crate::languages::text::listed;
use crate::names;
use crate::schemas::Type;

/// Arguments that the published package has and an outbox has no use for, and why.
const IGNORED: &[(&str, &str)] = &[("hmacEnabled", "Ignored: every delivery is signed.")];

struct Parameter {
    name: String,
    kind: String,
    documented: String,
    default: Option<String>,
    doc: String,
    /// The field of the request, and its value; none where the parameter is ignored.
    written: Option<(String, String)>,
}

impl Parameter {
    fn signature(&self) -> String {
        let default = self.default.as_ref().map_or(String::new(), |default| format!(" = {default}"));
        format!("{} ${}{default}", self.kind, self.name)
    }

    fn tag(&self) -> Part {
        Part::Tag(format!("@param {} ${} {}", self.documented, self.name, self.doc).trim_end().to_owned())
    }
}

fn written(argument: &Argument, name: &str) -> String {
    match &argument.kind {
        Type::Moment => format!("Codec::moment(${name})"),
        Type::List { item } if matches!(**item, Type::Words { .. }) => {
            format!("Codec::words('{name}', ${name})")
        }
        Type::List { .. } => format!("Codec::texts('{name}', ${name})"),
        Type::Requests { .. } => format!("Codec::several('{name}', ${name})"),
        Type::Map { .. } => format!("Codec::map('{name}', ${name})"),
        _ => format!("${name}"),
    }
}

pub struct Client<'a> {
    pub definition: &'a Definition,
    pub wording: &'a Wording,
    pub published: &'a Published,
}

impl Client<'_> {
    fn parameter(&self, argument: &Argument, default: Option<String>, is_nullable: bool) -> Parameter {
        let name = names::camel(&argument.name);
        let native = taken(&argument.kind);
        let detailed = documented(self.definition, &argument.kind, &native);
        Parameter {
            kind: if is_nullable { nullable(&native) } else { native },
            documented: if is_nullable { format!("{detailed}|null") } else { detailed },
            default,
            doc: self.wording.of(&argument.doc),
            written: Some((argument.field.clone(), written(argument, &name))),
            name,
        }
    }

    /// The published parameters first; then those that may be given by position, then the others.
    fn parameters(&self, method: &Method) -> Result<Vec<Parameter>, String> {
        let facts = self.published.method(&method_name(&method.name));
        let mut parameters = Vec::new();
        for fact in &facts {
            let argument = method.arguments.iter().find(|one| names::camel(&one.name) == fact.name);
            parameters.push(match argument {
                Some(argument) => {
                    let is_nullable = fact.is_nullable() || !argument.required;
                    let default = fact.default.clone().or_else(|| is_nullable.then(|| "null".to_owned()));
                    self.parameter(argument, default, is_nullable)
                }
                None => {
                    let (_, doc) = IGNORED
                        .iter()
                        .find(|(name, _)| *name == fact.name)
                        .ok_or_else(|| format!("{} has no ${}", method.name, fact.name))?;
                    Parameter {
                        name: fact.name.clone(),
                        kind: fact.kind.clone(),
                        documented: fact.documented(),
                        default: fact.default.clone(),
                        doc: (*doc).to_owned(),
                        written: None,
                    }
                }
            });
        }
        let beyond = |positional: bool| {
            method
                .arguments
                .iter()
                .filter(move |argument| argument.positional == positional)
                .filter(|argument| !facts.iter().any(|fact| fact.name == names::camel(&argument.name)))
        };
        for argument in beyond(true).chain(beyond(false)) {
            let default = (!argument.required).then(|| "null".to_owned());
            parameters.push(self.parameter(argument, default, !argument.required));
        }
        parameters.sort_by_key(|parameter| parameter.default.is_some());
        Ok(parameters)
    }

    fn comment(&self, method: &Method, parameters: &[Parameter], returned: Option<String>) -> String {
        let mut parts = vec![Part::Paragraph(self.wording.of(&method.summary))];
        if !method.details.is_empty() {
            parts.push(Part::Paragraph(self.wording.of(&method.details)));
        }
        parts.extend(parameters.iter().map(Parameter::tag));
        parts.extend(returned.map(|returned| Part::Tag(format!("@return {returned}"))));
        let codes: Vec<String> = method.errors.iter().map(|code| format!("`{code}`")).collect();
        let codes = match codes.split_last() {
            None => String::new(),
            Some((last, [])) => format!(" {last}, or what any call may meet"),
            Some((_, _)) => format!(" {}, or what any call may meet", codes.join(", ")),
        };
        parts.push(Part::Tag(format!("@throws HookBridgeException{codes}")));
        block(&parts, 4)
    }

    /// The native type of what a method answers, and what documentation adds.
    fn returned(&self, method: &Method) -> (Option<String>, Option<String>) {
        match &method.returns {
            // Whoever replaces the published method in a class of his own answers nothing; a type here would forbid that.
            Return::Object { name } if self.published.answers_nothing(&method_name(&method.name)) => {
                (None, Some(class(name).to_owned()))
            }
            Return::Nothing => (Some("void".to_owned()), None),
            Return::Object { name } | Return::Page { name, .. } => (Some(class(name).to_owned()), None),
            Return::List { item, .. } => (Some("array".to_owned()), Some(format!("list<{}>", class(item)))),
            Return::Text { .. } => (Some("string".to_owned()), None),
            Return::Batch => (Some("array".to_owned()), None),
        }
    }

    fn body(&self, method: &Method, parameters: &[Parameter]) -> String {
        let fields: Vec<String> = parameters
            .iter()
            .filter_map(|one| one.written.as_ref())
            .map(|(field, value)| format!("'{field}' => {value}"))
            .collect();
        let has_more = parameters.iter().any(|one| one.name == "cursor");
        let (before, after) = match &method.returns {
            Return::Nothing | Return::Batch => (String::new(), ");".to_owned()),
            Return::Page { name, .. } if has_more => {
                (format!("$page = {}::of(", class(name)), "));".to_owned())
            }
            Return::Object { name } | Return::Page { name, .. } => {
                (format!("return {}::of(", class(name)), "));".to_owned())
            }
            Return::List { item, from } => {
                (format!("return array_map({}::of(...), ", class(item)), format!(")['{from}']);"))
            }
            Return::Text { from } => ("return ".to_owned(), format!(")['{from}'];")),
        };
        let open = format!("        {before}$this->call('{}', [", method.operation);
        let call = listed(&open, &fields, &format!("]{after}"), WIDTH);
        if !has_more {
            return format!("{call}\n");
        }
        let open = format!(
            "        return $page->followedBy(fn (string $cursor) => $this->{}(",
            method_name(&method.name)
        );
        format!("{call}\n\n{}\n", listed(&open, &arguments(parameters), "));", WIDTH))
    }

    fn signature(&self, name: &str, parameters: &[Parameter], returned: Option<&str>) -> String {
        let listed_parameters: Vec<String> = parameters.iter().map(Parameter::signature).collect();
        let close = returned.map_or(")".to_owned(), |kind| format!("): {kind}"));
        let text = listed(&format!("    public function {name}("), &listed_parameters, &close, WIDTH);
        // PSR-12: the brace is on a line of its own, but behind parameters that have lines of their own.
        let brace = if text.contains('\n') { " {\n" } else { "\n    {\n" };
        format!("{text}{brace}")
    }

    fn method(&self, method: &Method) -> Result<String, String> {
        let parameters = self.parameters(method)?;
        let (native, documented) = self.returned(method);
        let name = method_name(&method.name);
        Ok(format!(
            "{}{}{}    }}\n",
            self.comment(method, &parameters, documented),
            self.signature(&name, &parameters, native.as_deref()),
            self.body(method, &parameters)
        ))
    }

    /// The walk over all pages, where the method answers pages.
    fn iterator(&self, method: &Method) -> Result<Option<String>, String> {
        let Return::Page { item, .. } = &method.returns else { return Ok(None) };
        let rest = method.name.strip_prefix("get_").or_else(|| method.name.strip_prefix("list_"));
        let (Some(rest), true) = (rest, method.arguments.iter().any(|one| one.name == "cursor")) else {
            return Ok(None);
        };
        let mut parameters = self.parameters(method)?;
        parameters.retain(|one| one.name != "cursor");
        let (name, all) = (method_name(&format!("iter_{rest}")), method_name(&method.name));
        let mut parts = vec![Part::Paragraph(format!(
            "The same as `{all}`, over all pages: each is asked for when it is reached."
        ))];
        parts.extend(parameters.iter().map(Parameter::tag));
        parts.push(Part::Tag(format!("@return Generator<int, {}>", class(item))));
        parts.push(Part::Tag("@throws HookBridgeException".to_owned()));
        Ok(Some(format!(
            "{}{}{}\n    }}\n",
            block(&parts, 4),
            self.signature(&name, &parameters, Some("Generator")),
            listed(
                &format!("        yield from Page::walk($this->{all}("),
                &arguments(&parameters),
                "));",
                WIDTH
            )
        )))
    }

    pub fn methods(&self) -> Result<String, String> {
        let mut methods = Vec::new();
        for method in &self.definition.methods {
            // Sends are written by hand: they are what a program does most.
            if matches!(method.name.as_str(), "send" | "send_batch") {
                continue;
            }
            methods.push(self.method(method)?);
            methods.extend(self.iterator(method)?);
        }
        Ok(methods.join("\n"))
    }

    /// The parameters of the class of one event of a batch, and the fields of its request.
    pub fn batch_event(&self) -> Option<(String, String)> {
        let arguments = self.definition.methods.iter().flat_map(|method| &method.arguments);
        let arguments = arguments.into_iter().find_map(|argument| match &argument.kind {
            Type::Requests { arguments } => Some(arguments),
            _ => None,
        })?;
        let mut parts = Vec::new();
        let (mut promoted, mut fields) = (String::new(), String::new());
        let (required, optional): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| argument.required);
        for argument in required.into_iter().chain(optional) {
            let default = (!argument.required).then(|| "null".to_owned());
            let parameter = self.parameter(argument, default, !argument.required);
            parts.push(parameter.tag());
            promoted.push_str(&format!("        public readonly {},\n", parameter.signature()));
            let own = format!("$this->{}", parameter.name);
            if let Some((field, value)) = &parameter.written {
                let value = value.replace(&format!("${}", parameter.name), &own);
                fields.push_str(&format!("            '{field}' => {value},\n"));
            }
        }
        let constructor =
            format!("{}    public function __construct(\n{promoted}    ) {{\n    }}\n", block(&parts, 4));
        Some((constructor, fields))
    }

    pub fn constructor(&self) -> String {
        let mut parts = vec![
            Part::Paragraph("Opens or creates the outbox, or prepares to work with a server.".to_owned()),
            Part::Paragraph(
                "What is not given comes from its `HOOKBRIDGE_` variable or its default. Timeouts are seconds.".to_owned(),
            ),
        ];
        let (mut parameters, mut settings) = (Vec::new(), Vec::new());
        for setting in &self.definition.settings {
            let (native, detailed) = setting_type(setting);
            let name = names::camel(setting.name);
            let default = match setting.default {
                "" => String::new(),
                default => format!(" By default {}", self.wording.of(default)),
            };
            let doc = self.wording.of(setting.doc);
            parts.push(Part::Tag(format!("@param {detailed}|null ${name} {doc}{default}")));
            let hidden = if setting.name == "api_key" { "#[SensitiveParameter] " } else { "" };
            parameters.push(format!("        {hidden}{} ${name} = null,\n", nullable(native)));
            settings.push(format!("            '{}' => ${name},\n", setting.name));
        }
        parts.push(Part::Tag(
            "@throws HookBridgeException a ValidationException for a wrong setting, which it names"
                .to_owned(),
        ));
        format!(
            "{}    public function __construct(\n{}    ) {{\n        $this->open([\n{}        ]);\n    }}\n",
            block(&parts, 4),
            parameters.concat(),
            settings.concat()
        )
    }
}

/// The same arguments for another call.
fn arguments(parameters: &[Parameter]) -> Vec<String> {
    let given = parameters.iter().filter(|one| one.written.is_some());
    given.map(|one| format!("{0}: ${0}", one.name)).collect()
}

fn setting_type(setting: &Setting) -> (&'static str, String) {
    match setting.takes {
        "words" => {
            let words: Vec<String> = setting.words.iter().map(|word| format!("'{word}'")).collect();
            ("string", words.join("|"))
        }
        "switch" => ("bool", "bool".to_owned()),
        "whole" => ("int", "int".to_owned()),
        "seconds" => ("float", "float".to_owned()),
        "schedule" => ("string|array", super::types::SCHEDULE.to_owned()),
        _ => ("string", "string".to_owned()),
    }
}
