//! A module for each language: its types, its templates and where its files are.

mod camel;
mod command;
mod documents;
mod errors;
mod go;
mod kotlin;
mod node;
mod php;
mod python;
mod readme;
mod ruby;
mod rust;
mod text;

use std::path::Path;

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::definition::Definition;
use crate::output::File;

/// Every file, as it should be.
pub fn files(root: &Path, definition: &Definition) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    files.extend(command::files(root, definition)?);
    files.extend(errors::files(root, definition)?);
    files.extend(go::files(definition)?);
    files.extend(kotlin::files(root, definition)?);
    files.extend(node::files(definition)?);
    files.extend(php::files(definition)?);
    files.extend(python::files(definition)?);
    files.extend(ruby::files(definition)?);
    files.extend(documents::files(root, definition)?);
    files.extend(readme::files(root, definition)?);
    Ok(files)
}

/// The templates of a language.
struct Templates {
    environment: Environment<'static>,
    definition: Value,
}

impl Templates {
    /// `templates` are names and texts; `notice` is the comment that a generated file begins with.
    fn new(definition: &Definition, templates: &[(&'static str, &'static str)]) -> Result<Self, String> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_keep_trailing_newline(true);
        environment.add_filter("pascal", |name: &str| crate::names::pascal(name));
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        for (name, template) in templates {
            environment.add_template(name, template).map_err(|wrong| format!("{wrong:#}"))?;
        }
        Ok(Self { environment, definition: Value::from_serialize(definition) })
    }

    fn render_with(&self, name: &str, more: Value) -> Result<String, String> {
        let template = self.environment.get_template(name).map_err(|wrong| format!("{wrong:#}"))?;
        let values = context! { ..more, ..self.definition.clone() };
        template.render(values).map_err(|wrong| format!("{wrong:#}"))
    }
}
