//! The README of each package: one template, the words of each language (`tools/generate/readme`) and samples, which are
//! programs that `tests/samples` runs. A language is added by its words and its samples.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::context;

use super::Templates;
use super::documents::{lower_first, settings};
use super::text::plain;
use super::{go, php};
use crate::definition::{Definition, Method, Return};
use crate::names::{camel, snake};
use crate::output::File;

const WORDS: &str = "tools/generate/readme";
/// Where links lead, since a package's README is read outside of the repository too.
const ROOT: &str = "https://github.com/hookbridge/hookbridge/blob/main/";
const SAMPLES: &[&str] =
    &["first", "local_loop", "listing", "batch", "errors", "dead_letters", "server", "events", "verify"];
/// Samples that a language may be without.
const OPTIONAL: &[&str] = &["server", "events", "verify"];

/// How a language writes the names of the definition.
#[derive(Clone, Copy)]
enum Names {
    Snake,
    Camel,
    Php,
    Go,
    C,
}

impl Names {
    fn of(name: &str) -> Result<Self, String> {
        match name {
            "snake" => Ok(Self::Snake),
            "camel" => Ok(Self::Camel),
            "php" => Ok(Self::Php),
            "go" => Ok(Self::Go),
            "c" => Ok(Self::C),
            other => Err(format!("there are no names `{other}`")),
        }
    }

    fn method(self, method: &Method) -> String {
        match self {
            Self::Go => go::method_name(method),
            Self::C if is_sending(method) => format!("hookbridge_{}", method.name),
            Self::C => method.operation.clone(),
            _ => self.plain(&method.name),
        }
    }

    /// The name of a method that is none of the definition's.
    fn plain(self, name: &str) -> String {
        match self {
            Self::Snake | Self::C => snake(name),
            Self::Camel => camel(name),
            Self::Php => php::method_name(name),
            Self::Go => crate::names::go(name),
        }
    }

    fn argument(self, name: &str) -> String {
        match self {
            Self::Snake | Self::C => name.to_owned(),
            Self::Camel | Self::Php | Self::Go => camel(name),
        }
    }

    fn setting(self, name: &str) -> String {
        match self {
            Self::Go if name != "api_key" => go::option_name(name),
            _ => self.argument(name),
        }
    }
}

fn is_sending(method: &Method) -> bool {
    matches!(method.name.as_str(), "send" | "send_batch")
}

/// The sections of a file of words, each behind a line `<!-- section: NAME -->`.
fn sections(text: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    for line in text.lines() {
        if let Some(next) = line.strip_prefix("<!-- section: ").and_then(|rest| rest.strip_suffix(" -->")) {
            next.clone_into(&mut name);
            found.entry(name.clone()).or_default();
        } else if let Some(section) = found.get_mut(&name) {
            section.push_str(line);
            section.push('\n');
        }
    }
    found
        .into_iter()
        .map(|(name, text)| (name, text.trim().replace("@version@", env!("CARGO_PKG_VERSION"))))
        .collect()
}

/// What a README shows of a program: what stands between its marks, else all of it.
fn shown(program: &str) -> String {
    let mut lines = Vec::new();
    let mut is_shown = !program.contains("readme: begin");
    for line in program.lines() {
        if line.contains("readme: begin") || line.contains("readme: end") {
            is_shown = line.contains("readme: begin");
        } else if is_shown {
            lines.push(line);
        }
    }
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let text: Vec<&str> = lines.iter().map(|line| line.get(least..).unwrap_or_default()).collect();
    text.join("\n").trim().to_owned()
}

/// The name of the walk over all pages, where a method answers pages.
fn walk(method: &Method) -> Option<String> {
    let Return::Page { .. } = method.returns else { return None };
    let rest = method.name.strip_prefix("get_").or_else(|| method.name.strip_prefix("list_"))?;
    let has_cursor = method.arguments.iter().any(|argument| argument.name == "cursor");
    has_cursor.then(|| format!("iter_{rest}"))
}

/// `createEndpoint(url, ...)`.
fn call(names: Names, name: &str, method: &Method) -> String {
    let (first, rest): (Vec<_>, Vec<_>) = method.arguments.iter().partition(|argument| argument.positional);
    let mut given: Vec<String> = first.iter().map(|argument| names.argument(&argument.name)).collect();
    if rest.iter().any(|argument| argument.name != "cursor" || !name.starts_with("iter")) {
        given.push("...".to_owned());
    }
    format!("{name}({})", given.join(", "))
}

fn methods(definition: &Definition, names: Names, package: &BTreeMap<String, String>) -> String {
    let mut text = "| method | what it does |\n|---|---|\n".to_owned();
    for method in &definition.methods {
        let own = package.get(&method.name).cloned();
        let own = own.unwrap_or_else(|| call(names, &names.method(method), method));
        text.push_str(&format!("| `{own}` | {} |\n", lower_first(&plain(&method.summary))));
        if let Some(walk) = walk(method) {
            let walk = call(names, &names.plain(&walk), method);
            text.push_str(&format!("| `{walk}` | the same over all pages |\n"));
        }
    }
    text
}

/// The operations as C calls them, by their own names.
fn operations(definition: &Definition) -> String {
    let mut text = "| operation | request | what it does |\n|---|---|---|\n".to_owned();
    let mut last = "";
    for method in definition.methods.iter().filter(|method| !is_sending(method)) {
        // Another name for the same.
        if method.operation == last {
            continue;
        }
        last = &method.operation;
        let (needed, more): (Vec<_>, Vec<_>) =
            method.arguments.iter().partition(|argument| argument.required);
        let mut fields: Vec<String> = needed.iter().map(|argument| format!("`{}`", argument.field)).collect();
        if !more.is_empty() {
            fields.push("...".to_owned());
        }
        let summary = lower_first(&plain(&method.summary));
        text.push_str(&format!("| `{last}` | {} | {summary} |\n", fields.join(", ")));
    }
    text
}

/// The lines `key: value` of the section that says how a package's README is made.
fn keys(section: &str) -> BTreeMap<String, String> {
    let lines = section.lines().filter_map(|line| line.split_once(": "));
    lines.map(|(key, value)| (key.to_owned(), value.trim().to_owned())).collect()
}

/// The blocks of a package's samples, by their names.
fn samples(root: &Path, package: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let key = |name: &str| package.get(name).ok_or_else(|| format!("the section `package` has no `{name}`"));
    let (folder, extension, fence) = (root.join(key("samples")?), key("extension")?, key("fence")?);
    let mut blocks = BTreeMap::new();
    let mut block = |name: &str, path: &Path, fence: &str| {
        let text = std::fs::read_to_string(path).map_err(|cause| format!("{}: {cause}", path.display()))?;
        blocks.insert(name.to_owned(), format!("```{fence}\n{}\n```", shown(&text)));
        Ok::<_, String>(())
    };
    for name in SAMPLES {
        let alone = folder.join(format!("{name}.{extension}"));
        let path = if alone.exists() { alone } else { folder.join(format!("{name}/main.{extension}")) };
        if path.exists() || !OPTIONAL.contains(name) {
            block(name, &path, fence)?;
        }
    }
    if let Some(helpers) = package.get("helpers") {
        block("helpers", &folder.join(helpers), fence)?;
    }
    // A package for both of the JVM's languages has one program in the other.
    if let Some(java) = package.get("java") {
        block("java", &folder.join(java), "java")?;
    }
    Ok(blocks)
}

fn readme(root: &Path, definition: &Definition, language: &str) -> Result<File, String> {
    let words_path = format!("{WORDS}/{language}.md");
    let text = std::fs::read_to_string(root.join(&words_path)).map_err(|cause| cause.to_string())?;
    let words = sections(&text);
    let package = keys(words.get("package").map_or("", String::as_str));
    let key = |name: &str| package.get(name).ok_or_else(|| format!("the section `package` has no `{name}`"));
    let names = Names::of(key("names")?)?;
    let listed = match names {
        Names::Go => go::rows(definition),
        Names::C => operations(definition),
        _ => methods(definition, names, &package),
    };

    let mut templates =
        Templates::new(definition, &[("README.md", include_str!("../../templates/README.md.jinja"))])?;
    let known: BTreeMap<String, String> =
        definition.methods.iter().map(|method| (method.name.clone(), names.method(method))).collect();
    templates.environment.add_function("method", move |name: String| {
        known.get(&name).cloned().ok_or_else(|| {
            minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, format!("no method `{name}`"))
        })
    });
    templates.environment.add_function("setting", move |name: String| names.setting(&name));
    let text = templates.render_with(
        "README.md",
        context! {
            root => ROOT,
            words_path,
            title => key("title")?,
            words => &words,
            samples => samples(root, &package)?,
            method_rows => listed.trim_end(),
            setting_rows => settings(definition, |name| names.setting(name)).trim_end(),
        },
    )?;
    Ok(File::new(key("readme")?, text))
}

pub fn files(root: &Path, definition: &Definition) -> Result<Vec<File>, String> {
    let wrong = |cause: std::io::Error| format!("{WORDS}: {cause}");
    let mut languages = Vec::new();
    for entry in std::fs::read_dir(root.join(WORDS)).map_err(wrong)? {
        let name = entry.map_err(wrong)?.file_name().to_string_lossy().into_owned();
        languages.extend(name.strip_suffix(".md").map(str::to_owned));
    }
    languages.sort();
    languages
        .iter()
        .map(|language| {
            readme(root, definition, language).map_err(|wrong| format!("{WORDS}/{language}.md: {wrong}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{keys, sections, shown};

    #[test]
    fn sections_have_names() {
        let found = sections("<!-- section: a -->\nx: y\n\n<!-- section: b -->\n\none\n\ntwo\n");
        assert_eq!(found["b"], "one\n\ntwo");
        assert_eq!(keys(&found["a"])["x"], "y");
    }

    #[test]
    fn a_program_is_shown_between_its_marks() {
        assert_eq!(shown("a\n\nb\n"), "a\n\nb");
        let marked = "import x\n# readme: begin\n    one\n\n      two\n    # readme: end\nthree\n";
        assert_eq!(shown(marked), "one\n\n  two");
    }
}
