//! The types of errors, one for each class of codes, and which code leads to which, in every language; C has the codes.

use std::path::Path;

use minijinja::context;
use serde::Serialize;

use super::go::code_name;
use super::{Templates, rust};
use crate::definition::{Class, Code, Definition};
use crate::output::File;

/// Which codes are of a class in a language, where the package that was published before has fewer of them.
const PUBLISHED: &[(&str, &str, &[&str])] = &[
    ("python", "Validation", &["INVALID_CONFIGURATION"]),
    (
        "php",
        "Validation",
        &[
            "INVALID_REQUEST",
            "INVALID_HEADERS",
            "INVALID_ENDPOINT",
            "ENDPOINT_UNREACHABLE",
            "ENDPOINT_BLOCKED",
            "INVALID_STATUS",
            "INVALID_CONFIGURATION",
            "EXPORT_NOT_READY",
            "NOT_SUPPORTED",
        ],
    ),
];

/// A class as the templates read it.
#[derive(Serialize)]
pub(super) struct Kind<'a> {
    pub(super) name: &'static str,
    /// What its errors say, with their statuses.
    about: String,
    /// The code that says no more than the class.
    own: &'a Code,
    codes: Vec<&'a Code>,
    /// The constants of the codes in Go.
    constants: Vec<String>,
}

fn kind<'a>(class: &'a Class, language: &str) -> Result<Kind<'a>, String> {
    let published = PUBLISHED.iter().find(|(of, name, _)| (*of, *name) == (language, class.name));
    let codes: Vec<&Code> = class
        .codes
        .iter()
        .filter(|code| published.is_none_or(|(_, _, codes)| codes.contains(&code.name)))
        .collect();
    let own = class.codes.first().ok_or_else(|| format!("{} has no code", class.name))?;
    let mut statuses: Vec<u16> = codes.iter().map(|code| code.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
    let about = format!("{} ({}).", class.about.trim_end_matches('.'), statuses.join(", "));
    let constants = codes.iter().map(|code| code_name(code)).collect();
    Ok(Kind { name: class.name, about, own, codes, constants })
}

/// The languages, the templates and the files.
const FILES: &[(&str, &str, &str)] = &[
    ("c", include_str!("../../templates/c/codes.rs.jinja"), "ffi/src/codes.rs"),
    ("go", include_str!("../../templates/go/error_types.go.jinja"), "bindings/go/error_types.go"),
    (
        "kotlin",
        include_str!("../../templates/kotlin/Exceptions.kt.jinja"),
        "bindings/kotlin/src/main/kotlin/com/hookbridge/Exceptions.kt",
    ),
    (
        "kotlin",
        include_str!("../../templates/kotlin/Published.kt.jinja"),
        "bindings/kotlin/src/main/kotlin/com/hookbridge/internal/Published.kt",
    ),
    ("kotlin", include_str!("../../templates/kotlin/errors.rs.jinja"), "bindings/kotlin/native/errors.rs"),
    ("node", include_str!("../../templates/node/error_types.js.jinja"), "bindings/node/lib/error_types.js"),
    ("node", include_str!("../../templates/node/index.js.jinja"), "bindings/node/index.js"),
    ("node", include_str!("../../templates/node/index.mjs.jinja"), "bindings/node/index.mjs"),
    (
        "php",
        include_str!("../../templates/php/ExceptionClasses.php.jinja"),
        "bindings/php/src/Native/ExceptionClasses.php",
    ),
    (
        "python",
        include_str!("../../templates/python/errors.py.jinja"),
        "bindings/python/python/hookbridge/errors.py",
    ),
    (
        "ruby",
        include_str!("../../templates/ruby/error_types.rb.jinja"),
        "bindings/ruby/lib/hookbridge/error_types.rb",
    ),
];

/// The template of a file for each class in PHP.
const PHP: &str = include_str!("../../templates/php/Exception.php.jinja");

pub fn files(root: &Path, definition: &Definition) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for &(language, template, path) in FILES {
        let templates = Templates::new(definition, &[("errors", template)])?;
        let kinds = types(definition, language)?;
        let text = templates.render_with("errors", context! { kinds })?;
        let text = if path.ends_with(".rs") { rust::formatted(root, &text)? } else { text };
        files.push(File::new(path, text));
    }
    let templates = Templates::new(definition, &[("class", PHP)])?;
    for kind in types(definition, "php")? {
        let path = format!("bindings/php/src/Exception/{}Exception.php", kind.name);
        files.push(File::new(path, templates.render_with("class", context! { kind })?));
    }
    Ok(files)
}

/// The types of a language.
pub(super) fn types<'a>(definition: &'a Definition, language: &str) -> Result<Vec<Kind<'a>>, String> {
    definition.classes.iter().map(|class| kind(class, language)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_published_names_codes_that_there_are() {
        let definition = Definition::read().unwrap();
        for (_, name, codes) in PUBLISHED {
            let class = definition.classes.iter().find(|class| class.name == *name).unwrap();
            assert!(
                codes.iter().all(|code| class.codes.iter().any(|known| known.name == *code)),
                "{codes:?}"
            );
        }
    }
}
