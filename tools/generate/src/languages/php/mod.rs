//! The PHP package: the client, the classes of its answers, the error codes, and the names that messages are turned into.

mod client;
mod comments;
mod published;
mod responses;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;

use self::client::Client;
use self::comments::{Part, Wording, block};
use self::published::Published;
use super::Templates;
use crate::definition::{Code, Definition};
use crate::names;
use crate::output::File;

const FOLDER: &str = "bindings/php/src";
const NAMESPACE: &str = "HookBridge\\Response\\";

pub fn files(definition: &Definition) -> Result<Vec<File>, String> {
    let templates = Templates::new(
        definition,
        &[
            ("client", include_str!("../../../templates/php/HookBridge.php.jinja")),
            ("response", include_str!("../../../templates/php/Response.php.jinja")),
            ("codes", include_str!("../../../templates/php/ErrorCode.php.jinja")),
            ("names", include_str!("../../../templates/php/Names.php.jinja")),
            ("batch_event", include_str!("../../../templates/php/BatchEvent.php.jinja")),
        ],
    )?;
    let (wording, published) = (Wording::new(definition), Published::read()?);
    let mut files = Vec::new();
    for object in &definition.objects {
        let one = responses::response(definition, &wording, &published, object)?;
        let path = format!("{FOLDER}/Response/{}.php", one.name);
        let values = context! {
            name => one.name, uses => one.uses, doc => one.doc, base => one.base,
            constants => one.constants, constructor => one.constructor, reader => one.reader,
        };
        files.push(File::new(path, templates.render_with("response", values)?));
    }

    let client = Client { definition, wording: &wording, published: &published };
    let (constructor, methods) = (client.constructor(), client.methods()?);
    let mut uses: BTreeSet<String> = [
        "DateTimeInterface",
        "Generator",
        "HookBridge\\Exception\\HookBridgeException",
        "SensitiveParameter",
    ]
    .map(str::to_owned)
    .into();
    for object in &definition.objects {
        let name = types::class(&object.name);
        if mentions(&methods, name) {
            uses.insert(format!("{NAMESPACE}{name}"));
        }
    }
    files.push(File::new(
        format!("{FOLDER}/HookBridge.php"),
        templates.render_with("client", context! { uses, constructor, methods })?,
    ));

    if let Some((constructor, fields)) = client.batch_event() {
        files.push(File::new(
            format!("{FOLDER}/{}.php", types::BATCH_EVENT),
            templates.render_with("batch_event", context! { constructor, fields })?,
        ));
    }

    let codes: Vec<String> = definition.codes.iter().map(|code| constant(&wording, code)).collect();
    files.push(File::new(
        format!("{FOLDER}/ErrorCode.php"),
        templates.render_with("codes", context! { constants => codes.join("\n") })?,
    ));
    files.push(File::new(
        format!("{FOLDER}/Native/Names.php"),
        templates.render_with("names", context! { names => arguments(definition) })?,
    ));
    Ok(files)
}

/// `get_dlq_messages` as `getDLQMessages`.
pub(super) fn method_name(name: &str) -> String {
    types::method(name)
}

/// Whether `text` has `name` as a word.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).any(|word| word == name)
}

fn constant(wording: &Wording, code: &Code) -> String {
    let advice = wording.of(&first_upper(&unlinked(code.advice)));
    let comment = block(&[Part::Paragraph(format!("{} {advice}", wording.of(code.cause)))], 4);
    format!("{comment}    public const {0} = '{0}';\n", code.name)
}

/// A link within docs/contract.md as the place that it leads to.
fn unlinked(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, from)) = rest.split_once('[') {
        let Some((_, after)) = from.split_once("](") else { break };
        let Some((place, after)) = after.split_once(')') else { break };
        plain.push_str(&format!("{before}docs/contract.md{place}"));
        rest = after;
    }
    plain + rest
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The engine's names of settings and arguments that PHP writes otherwise.
fn arguments(definition: &Definition) -> BTreeMap<String, String> {
    let settings = definition.settings.iter().map(|setting| (setting.name.to_owned(), setting.name));
    let arguments = definition.methods.iter().flat_map(|method| &method.arguments);
    let arguments = arguments.map(|argument| (argument.field.clone(), argument.name.as_str()));
    let message = ["endpoint_id", "idempotency_key", "retention_hours"].map(|name| (name.to_owned(), name));
    settings
        .chain(message)
        .chain(arguments)
        .map(|(engine, name)| (engine, names::camel(name)))
        .filter(|(engine, name)| engine != name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_one_of_php() {
        let files = files(&Definition::read().unwrap()).unwrap();
        assert!(files.len() > 30);
        for file in files {
            assert!(file.text.starts_with("<?php\n"), "{}", file.path.display());
            let long = file.text.lines().find(|line| line.chars().count() > comments::WIDTH);
            assert_eq!(long, None, "{}", file.path.display());
        }
    }

    #[test]
    fn a_response_that_is_no_more_has_no_file() {
        let written = files(&Definition::read().unwrap()).unwrap();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for entry in std::fs::read_dir(root.join(FOLDER).join("Response")).unwrap() {
            let path = format!("{FOLDER}/Response/{}", entry.unwrap().file_name().to_string_lossy());
            assert!(written.iter().any(|file| file.path.to_string_lossy() == path), "{path}");
        }
    }

    #[test]
    fn a_link_becomes_its_place() {
        let found = unlinked("later; [Operations](#operations) says so");
        assert_eq!(found, "later; docs/contract.md#operations says so");
    }

    #[test]
    fn names_are_turned_only_where_they_differ() {
        let names = arguments(&Definition::read().unwrap());
        assert_eq!(names["api_key"], "apiKey");
        assert_eq!(names["user_id"], "userIds");
        assert!(!names.contains_key("url"));
    }
}
