//! Documentation for languages that write names in camel case, and comments as `/** ... */`.

use std::collections::HashMap;

use super::text::{plain, sentence, without_references, wrapped};
use crate::definition::Definition;
use crate::names::camel;

const WIDTH: usize = 120;

/// What is written for people has the package's names where the definition has the engine's.
pub struct Speech(HashMap<String, String>);

impl Speech {
    pub fn new(definition: &Definition) -> Self {
        let mut spoken = HashMap::new();
        let fields = definition.objects.iter().flat_map(|object| &object.fields).map(|field| &field.name);
        let arguments = definition.methods.iter().flat_map(|method| &method.arguments);
        for name in fields.chain(arguments.map(|argument| &argument.name)) {
            spoken.insert(name.clone(), camel(name));
        }
        for setting in &definition.settings {
            spoken.insert(setting.name.to_owned(), camel(setting.name));
        }
        for method in definition.methods.iter().rev() {
            spoken.insert(method.operation.clone(), camel(&method.name));
        }
        // A word stays as it is, also where a field has its name.
        for word in definition.words.iter().flat_map(|words| &words.words) {
            spoken.remove(word);
        }
        Self(spoken)
    }

    pub fn documented(&self, text: &str) -> String {
        let text = without_references(&plain(text));
        let parts = text.split('`').enumerate().map(|(at, part)| match self.0.get(part) {
            Some(name) if at % 2 == 1 => name.clone(),
            _ => part.to_owned(),
        });
        sentence(&parts.collect::<Vec<_>>().join("`"))
    }
}

/// A comment for documentation at `indent`.
pub fn comment(text: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    let one = format!("{space}/** {text} */");
    if !text.contains('\n') && one.chars().count() <= WIDTH {
        return one;
    }
    let mut lines = vec![format!("{space}/**")];
    for line in text.lines() {
        if line.is_empty() {
            lines.push(format!("{space} *"));
        }
        lines.extend(wrapped(line, WIDTH - indent - 3).iter().map(|piece| format!("{space} * {piece}")));
    }
    lines.push(format!("{space} */"));
    lines.join("\n")
}
