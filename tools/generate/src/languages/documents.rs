//! The tables in the documents: settings in the README, operations and error codes in the contract; and the methods that
//! the conformance suite wants to see.

use std::path::Path;

use hookbridge_core::operations::definition::limits::{LIMITS, Limit};
use hookbridge_core::operations::definition::{Answer, Operation, Route, operations, served};

use crate::definition::{Argument, Definition, Setting};
use crate::output::{File, with_part};

pub fn files(root: &Path, definition: &Definition) -> Result<Vec<File>, String> {
    let document = |path: &str, parts: &[(&str, String)]| {
        let mut text =
            std::fs::read_to_string(root.join(path)).map_err(|cause| format!("{path}: {cause}"))?;
        for (name, part) in parts {
            text = with_part(&text, name, part).map_err(|wrong| format!("{path}: {wrong}"))?;
        }
        Ok::<_, String>(File::new(path, text))
    };
    Ok(vec![
        File::new("tests/conformance/operations.json", methods(definition)),
        document("README.md", &[("settings", settings(definition, str::to_owned))])?,
        document(
            "docs/contract.md",
            &[("operations", operation_rows()), ("codes", codes(definition)), ("limits", limits())],
        )?,
    ])
}

fn grouped(number: f64) -> String {
    if number.fract() != 0.0 {
        return number.to_string();
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes in the largest unit that leaves it whole.
fn bytes(number: f64) -> String {
    let (mut number, mut unit) = (number, "");
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if number < 1024.0 || number % 1024.0 != 0.0 {
            break;
        }
        (number, unit) = (number / 1024.0, next);
    }
    format!("{} {unit}", grouped(number)).trim_end().to_owned()
}

pub(super) fn amount(setting: &Setting, number: f64) -> String {
    if setting.name.ends_with("_bytes") { bytes(number) } else { grouped(number) }
}

fn allowed(setting: &Setting) -> String {
    match (setting.takes, setting.least, setting.most) {
        ("words", _, _) => {
            setting.words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        }
        ("switch", _, _) => "true, false".to_owned(),
        ("path", _, _) => "a path".to_owned(),
        ("schedule", _, _) => {
            "`hookbridge`, `standard-webhooks`, gaps in seconds, or `{\"slow\": [...], \"fast\": [...]}`"
                .to_owned()
        }
        (takes, Some(least), Some(most)) => {
            let unit = if takes == "seconds" { " s" } else { "" };
            format!("{} to {}{unit}", amount(setting, least), amount(setting, most))
        }
        _ => "a text".to_owned(),
    }
}

fn default(setting: &Setting) -> String {
    match (setting.default, setting.default.parse::<f64>()) {
        ("", _) => "none".to_owned(),
        (_, Ok(number)) if setting.takes == "seconds" => format!("{} s", grouped(number)),
        (_, Ok(number)) => amount(setting, number),
        (text, Err(_)) => text.to_owned(),
    }
}

/// The table of the settings, each under the name that `named` gives it.
pub(super) fn settings(definition: &Definition, named: impl Fn(&str) -> String) -> String {
    // Settings that a text speaks of.
    let said = |text: &str| {
        definition.settings.iter().fold(text.to_owned(), |text, setting| {
            text.replace(&format!("`{}`", setting.name), &format!("`{}`", named(setting.name)))
        })
    };
    let rows = definition.settings.iter().map(|setting| {
        let (name, default, doc) = (named(setting.name), said(&default(setting)), said(setting.doc));
        format!("| `{name}` | {default} | {} | {doc} |\n", allowed(setting))
    });
    format!(
        "| setting | default | allowed | what it is for |\n|---|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn codes(definition: &Definition) -> String {
    let rows = definition.codes.iter().map(|code| {
        let again = if code.retryable { "yes" } else { "no" };
        let cause = code.cause.trim_end_matches('.');
        let (name, number, status, advice) = (code.name, code.number, code.status, code.advice);
        let class = code.class;
        format!(
            "| `{name}` | {number} | {status} | {class} | {again} | {} | {advice} |\n",
            lower_first(cause)
        )
    });
    format!(
        "| code | number | HTTP | class | again | cause | what to do |\n|---|---|---|---|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn limits() -> String {
    let row = |limit: &Limit| {
        let most = grouped(limit.most as f64);
        let range = limit.least.map_or(most.clone(), |least| format!("{} to {most}", grouped(least as f64)));
        let amount = format!("{range} {}", limit.unit);
        let note = if limit.note.is_empty() { String::new() } else { format!(", {}", limit.note) };
        let setting = if limit.setting.is_empty() { String::new() } else { format!("`{}`", limit.setting) };
        format!("| {} | {}{note} | {setting} |\n", limit.what, amount.trim_end())
    };
    let rows: String = LIMITS.iter().map(row).collect();
    format!("| what | at most | setting that lowers it |\n|---|---|---|\n{rows}")
}

/// `a` for `A`, but not of a word that is written in capitals.
pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let (first, second) = (letters.next(), letters.clone().next());
    match first {
        Some(first) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// The methods that every language has, for the conformance suite.
fn methods(definition: &Definition) -> String {
    let rows: Vec<String> = definition
        .methods
        .iter()
        .map(|method| {
            let listed = |arguments: &mut dyn Iterator<Item = &Argument>| {
                arguments.map(|argument| format!("\"{}\"", argument.field)).collect::<Vec<_>>().join(", ")
            };
            let fields = listed(&mut method.arguments.iter());
            let positional = listed(&mut method.arguments.iter().filter(|argument| argument.positional));
            let (name, operation) = (&method.name, &method.operation);
            format!(
                r#"  {{"method": "{name}", "operation": "{operation}", "args": [{fields}], "positional": [{positional}]}}"#
            )
        })
        .collect();
    format!("[\n{}\n]\n", rows.join(",\n"))
}

/// The heading of the contract under which an operation is described.
fn heading(operation: &Operation) -> &'static str {
    match operation.name {
        "messages.send" | "messages.send_batch" => "send",
        "whoami" => "who-asks",
        "messages.replay" | "messages.cancel" | "messages.retry_now" => "replay-cancel-and-retry-now",
        "messages.reschedule" => "scheduling",
        "messages.replay_all"
        | "messages.cancel_all"
        | "messages.replay_batch"
        | "messages.delete_batch"
        | "messages.delete_all" => "many-messages",
        name => match name.split('.').next() {
            Some("endpoints") => "endpoints",
            Some("signing_keys") => "signing-keys",
            Some("messages") => "messages",
            Some("logs") => "logs",
            Some("dead_letters") => "dead-letters",
            Some("metrics") => "metrics",
            Some("api_keys") => "api-keys",
            Some("exports") => "exports",
            Some("actors") => "actors",
            Some("events") => "events",
            Some("subscriptions") => "subscriptions",
            Some("event_types") => "event-types",
            Some("activity") => "activity",
            Some("login_codes") => "signing-in-to-the-console",
            _ => "stats",
        },
    }
}

fn repeat(route: &Route) -> &'static str {
    match (route.operation.name, route.repeatable) {
        ("messages.send" | "events.send", _) => "with an idempotency key",
        (_, true) if route.answer == Answer::Nothing => "yes, then 404",
        (_, true) => "yes",
        (_, false) => "no",
    }
}

fn operation_rows() -> String {
    let mut text =
        "| operation | route | success | repeat | what it does |\n|---|---|---|---|---|\n".to_owned();
    for operation in operations() {
        let link = format!("[`{}`](#{})", operation.name, heading(operation));
        let routes: Vec<&Route> =
            served().iter().filter(|route| route.operation.name == operation.name).collect();
        if routes.is_empty() {
            let summary = lower_first(operation.summary);
            text.push_str(&format!("| {link} | none | | with idempotency keys | {summary} |\n"));
        }
        for route in routes {
            let (verb, path) = (route.verb.name().to_uppercase(), route.path);
            let (status, summary) = (route.answer.status(), lower_first(route.summary));
            text.push_str(&format!(
                "| {link} | `{verb} {path}` | {status} | {} | {summary} |\n",
                repeat(route)
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{bytes, grouped};

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(10_000.0), "10,000");
        assert_eq!(grouped(0.01), "0.01");
        assert_eq!(bytes(1_048_576.0), "1 MiB");
        assert_eq!(bytes(1.0), "1");
    }
}
