//! What users of Kotlin and Java call: the methods, and the options that Java gives them.

use minijinja::{Value, context};

use super::super::camel::{Speech, comment};
use super::types::{lowered, published};
use super::{
    EVENT, batch_event, is_paged, kotlin, message, methods, named, of_schedules, optional, required,
};
use crate::definition::{Argument, Definition, Method, Return, Setting};
use crate::names::{camel, pascal};
use crate::schemas::Type;

const WIDTH: usize = 120;

/// More optional arguments than these are not given to Java one after the other.
const FEW: usize = 2;

/// `items` between `open` and `close`: on one line where that fits, else one a line.
fn listed(open: &str, items: &[String], close: &str, rest: &str) -> String {
    let one = format!("{open}{}{close}{rest}", items.join(", "));
    if items.is_empty() || one.lines().all(|line| line.chars().count() <= WIDTH) {
        return one;
    }
    let indent: String = open.lines().last().unwrap_or_default().chars().take_while(|c| *c == ' ').collect();
    let lines: String = items.iter().map(|item| format!("{indent}    {item},\n")).collect();
    format!("{open}\n{lines}{indent}{close}{rest}")
}

/// The type of a value that is taken.
fn taken(argument: &Argument) -> String {
    let kind = kotlin(&argument.kind, argument.wide);
    if argument.required || kind.ends_with('?') { kind } else { format!("{kind}?") }
}

fn parameter(argument: &Argument) -> String {
    let (name, kind) = (camel(&argument.name), taken(argument));
    if argument.required { format!("{name}: {kind}") } else { format!("{name}: {kind} = null") }
}

fn parameters(arguments: &[&Argument]) -> Vec<String> {
    arguments.iter().map(|argument| parameter(argument)).collect()
}

fn options_type(method: &Method) -> String {
    format!("{}Options", pascal(&method.name))
}

/// Whether Java has an object for what may be left out.
fn has_options(method: &Method) -> bool {
    optional(method).len() >= FEW
}

fn returned(method: &Method) -> String {
    match &method.returns {
        Return::Nothing => "Unit".to_owned(),
        Return::Object { name } | Return::Page { name, .. } => named(name),
        Return::List { item, .. } => format!("List<{}>", named(item)),
        Return::Text { .. } => "String".to_owned(),
        Return::Batch => "List<BatchResult>".to_owned(),
    }
}

fn method_doc(speech: &Speech, method: &Method) -> String {
    let mut parts = vec![speech.documented(&method.summary)];
    if !method.details.is_empty() {
        parts.push(speech.documented(&method.details));
    }
    let arguments: Vec<String> = method
        .arguments
        .iter()
        .filter(|argument| !argument.doc.is_empty())
        .map(|argument| {
            let doc = of_schedules(&speech.documented(&argument.doc), "[RetrySchedule.INHERITED]");
            format!("@param {} {doc}", camel(&argument.name))
        })
        .collect();
    if !arguments.is_empty() {
        parts.push(arguments.join("\n"));
    }
    comment(&parts.join("\n\n"), 4)
}

fn call(method: &Method) -> String {
    let name = camel(&method.name);
    let arguments: Vec<String> = method
        .arguments
        .iter()
        .map(|argument| lowered(&camel(&argument.name), &argument.kind, !argument.required))
        .collect();
    let (open, close, arguments) = if method.name == EVENT {
        let given = method.arguments.iter().map(|argument| match argument.kind {
            Type::Json => format!("document({0}, \"{0}\")", camel(&argument.name)),
            _ => lowered(&camel(&argument.name), &argument.kind, !argument.required),
        });
        (format!("native.{name}(EventRequest("), "))", given.collect())
    } else {
        (format!("native.{name}("), ")", arguments)
    };
    let native = format!("{open}{}{close}", arguments.join(", "));
    let answer = match &method.returns {
        Return::Nothing | Return::Text { .. } | Return::Batch => native.clone(),
        Return::Object { .. } => format!("{native}.published()"),
        Return::List { item, .. } => {
            published(&native, &Type::List { item: Box::new(Type::Object { name: item.clone() }) }, false)
        }
        Return::Page { .. } if is_paged(method) => {
            let same = method.arguments.iter().map(|argument| match argument.name.as_str() {
                "cursor" => "it".to_owned(),
                name => camel(name),
            });
            format!("{native}.published {{ {name}({}) }}", same.collect::<Vec<_>>().join(", "))
        }
        Return::Page { .. } => format!("{native}.published()"),
    };
    let one = format!("calling {{ {answer} }}");
    if one.chars().count() + 8 <= WIDTH {
        return one;
    }
    let rest = answer.strip_prefix(&native).unwrap_or_default();
    let inner = listed(&format!("            {open}"), &arguments, close, rest);
    format!("calling {{\n{inner}\n        }}")
}

/// The call of the method with what the object has.
fn with_options(name: &str, method: &Method) -> String {
    let arguments = method.arguments.iter().map(|argument| {
        let name = camel(&argument.name);
        if argument.required { name } else { format!("options.{name}") }
    });
    let text = listed(&format!("        {name}("), &arguments.collect::<Vec<_>>(), ")", "");
    text.trim_start().to_owned()
}

fn method(speech: &Speech, method: &Method) -> String {
    let (name, returned) = (camel(&method.name), returned(method));
    let arguments: Vec<&Argument> = method.arguments.iter().collect();
    let (needed, left_out) = (required(method), optional(method));
    let annotation = match left_out.len() {
        0 => "",
        1..=FEW => "    @JvmOverloads\n",
        _ => "    @JvmSynthetic\n",
    };
    let open = format!("{}\n{annotation}    fun {name}(", method_doc(speech, method));
    let body = call(method);
    let signature = listed(&open, &parameters(&arguments), ")", &format!(": {returned} ="));
    let mut text = vec![if signature.lines().last().map_or(0, str::len) + body.len() < WIDTH {
        format!("{signature} {body}")
    } else {
        format!("{signature}\n        {body}")
    }];
    if has_options(method) {
        let mut given = parameters(&needed);
        let short = given.clone();
        given.push(format!("options: {}", options_type(method)));
        let same = comment(&format!("The same as [{name}] with named arguments, for Java."), 4);
        if left_out.len() > FEW {
            let names: Vec<String> = needed.iter().map(|argument| camel(&argument.name)).collect();
            let all = [names, vec![format!("{}()", options_type(method))]].concat().join(", ");
            text.push(format!("{same}\n    fun {name}({}): {returned} = {name}({all})", short.join(", ")));
        }
        let body = with_options(&name, method);
        text.push(format!(
            "{}={}{body}",
            listed(&format!("{same}\n    fun {name}("), &given, ")", &format!(": {returned} ")),
            if body.len() > 40 { "\n        " } else { " " },
        ));
    }
    if let (true, Return::Page { item, .. }) = (is_paged(method), &method.returns) {
        text.push(iteration(method, &named(item)));
    }
    text.join("\n\n")
}

/// The same over all pages, as a sequence for Kotlin and as a stream for Java.
fn iteration(method: &Method, item: &str) -> String {
    let name = camel(&method.name);
    let rest = method.name.trim_start_matches("get_").trim_start_matches("list_");
    let (iterator, stream) = (camel(&format!("iter_{rest}")), camel(&format!("stream_{rest}")));
    let arguments: Vec<&Argument> =
        method.arguments.iter().filter(|argument| argument.name != "cursor").collect();
    let names: Vec<String> = arguments
        .iter()
        .map(|argument| camel(&argument.name))
        .map(|name| format!("{name} = {name}"))
        .collect();
    let doc =
        comment(&format!("The same as [{name}], over all pages: each is asked for when it is reached."), 4);
    let for_java = comment(
        &format!(
            "The same as [{name}], over all pages, for Java: each is asked for when it is reached. It begins at the cursor of \
             `options`, where they have one."
        ),
        4,
    );
    let open = format!("{doc}\n    @JvmSynthetic\n    fun {iterator}(");
    let options = options_type(method);
    format!(
        "{}\n        everyItem {{ {name}({}) }}\n\n{for_java}\n    @JvmOverloads\n    \
         fun {stream}(options: {options} = {options}()): Stream<{item}> =\n        \
         everyItem {{ {name}(options) }}.asStream()",
        listed(&open, &parameters(&arguments), ")", &format!(": Sequence<{item}> =")),
        names.join(", "),
    )
}

pub fn operations(speech: &Speech, definition: &Definition) -> Value {
    context! { methods => methods(definition).map(|one| method(speech, one)).collect::<Vec<_>>() }
}

// Options.

/// A value that is given, and how Java gives it.
struct Given {
    name: String,
    kind: String,
    /// A text, where there are no others.
    doc: String,
    required: bool,
    /// The type of each, where several are given.
    several: Option<String>,
}

impl Given {
    fn argument(speech: &Speech, argument: &Argument) -> Self {
        let several = match &argument.kind {
            Type::List { item } => Some(kotlin(item, false)),
            _ => None,
        };
        let doc = match argument.kind {
            Type::Json => {
                "Maps, lists, arrays, strings, numbers, booleans and null; a string becomes a JSON string. A [RawJson] is a \
                 JSON document that is sent as it stands."
                    .to_owned()
            }
            _ => speech.documented(&argument.doc),
        };
        Self {
            name: camel(&argument.name),
            kind: kotlin(&argument.kind, argument.wide),
            doc: of_schedules(&doc, "[RetrySchedule.INHERITED]"),
            required: argument.required,
            several,
        }
    }

    fn setting(speech: &Speech, setting: &Setting) -> Self {
        let kind = match setting.takes {
            "words" => pascal(setting.name),
            "switch" => "Boolean".to_owned(),
            "whole" if setting.most.is_some_and(|most| most > f64::from(i32::MAX)) => "Long".to_owned(),
            "whole" => "Int".to_owned(),
            "seconds" => "Double".to_owned(),
            "schedule" => "RetrySchedule".to_owned(),
            _ => "String".to_owned(),
        };
        let default = match setting.default {
            "" => String::new(),
            default => format!(" By default {default}."),
        };
        let doc = speech.documented(&format!("{}{default}", setting.doc));
        Self { name: camel(setting.name), kind, doc, required: false, several: None }
    }

    fn parameter(&self) -> String {
        let Self { name, kind, doc, required, .. } = self;
        if *required {
            format!("{}\n    val {name}: {kind},", comment(doc, 4))
        } else {
            format!("    {name}: {kind}? = null,")
        }
    }

    fn property(&self) -> Option<String> {
        let Self { name, kind, doc, required, several } = self;
        if *required {
            return None;
        }
        let set = match several {
            Some(item) => {
                format!("vararg {name}: {item}) = apply {{ this.{name} = {name}.asList() }}")
            }
            None => format!("{name}: {kind}) = apply {{ this.{name} = {name} }}"),
        };
        let doc = comment(doc, 4);
        Some(format!(
            "{doc}\n    var {name}: {kind}? = {name}\n        private set\n\n{doc}\n    fun {name}({set}"
        ))
    }
}

fn class(doc: &str, name: &str, annotation: &str, given: &[Given]) -> String {
    let parameters: Vec<String> = given.iter().map(Given::parameter).collect();
    let properties: Vec<String> = given.iter().filter_map(Given::property).collect();
    format!(
        "{}\nclass {name}{annotation}(\n{}\n) {{\n{}\n}}",
        comment(doc, 0),
        parameters.join("\n"),
        properties.join("\n\n")
    )
}

pub fn options(speech: &Speech, definition: &Definition) -> Result<Value, String> {
    let settings: Vec<Given> = definition.settings.iter().map(|one| Given::setting(speech, one)).collect();
    let fields: Vec<Given> =
        message(definition)?.arguments.iter().map(|one| Given::argument(speech, one)).collect();
    let mut classes = vec![
        class(
            "Every setting of a client; what is not given comes from its `HOOKBRIDGE_` variable or its default.",
            "HookBridgeOptions",
            "",
            &settings,
        ),
        class("A message to be sent.", "SendRequest", " @JvmOverloads constructor", &fields),
    ];
    let event: Vec<Given> = batch_event(definition).iter().map(|one| Given::argument(speech, one)).collect();
    classes.push(class(
        "An event of [HookBridge.sendEventBatch].",
        "BatchEvent",
        " @JvmOverloads constructor",
        &event,
    ));
    for method in methods(definition).filter(|method| has_options(method)) {
        let given: Vec<Given> =
            optional(method).into_iter().map(|one| Given::argument(speech, one)).collect();
        let doc = format!("What [HookBridge.{}] may be given.", camel(&method.name));
        classes.push(class(&doc, &options_type(method), "", &given));
    }
    Ok(context! { classes })
}
