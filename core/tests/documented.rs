//! What `docs/contract.md` says: whole where it lists what the engine has, right where it computes, and there where it is cited.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hookbridge_core::ErrorCode;
use hookbridge_core::operations::{self, definition};
use serde_json::Value;
use sha2::Sha256;

const DOCUMENT: &str = "docs/contract.md";
/// A citation is this, `#` and a heading.
const NAME: &str = "contract.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// What stands under a heading, up to the next one of its level or above.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let begin = text.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("there is no {heading}"));
    let rest = &text[begin + 1 + heading.len()..];
    let level = heading.bytes().take_while(|byte| *byte == b'#').count();
    let ends = (2..=level).filter_map(|level| rest.find(&format!("\n{} ", "#".repeat(level))));
    &rest[..ends.min().unwrap_or(rest.len())]
}

/// The rows of the tables in `text` whose first cell begins with `begin`, cell by cell.
fn rows<'a>(text: &'a str, begin: &str) -> Vec<Vec<&'a str>> {
    let cells = |line: &'a str| line.strip_prefix("| ")?.strip_suffix(" |").map(|row| row.split('|'));
    let rows = text.lines().filter_map(cells).map(|row| row.map(str::trim).collect::<Vec<_>>());
    rows.filter(|row| row[0].starts_with(begin)).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_lowercase).chain(characters).collect()
}

/// The headings of a document, as links name them.
fn anchors(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        if !fenced && title.len() < line.len() {
            let kept = title.trim().to_lowercase().replace(' ', "-");
            found.push(kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect());
        }
    }
    found
}

/// The anchor that follows upon `text`, if one does.
fn anchor(text: &str) -> Option<&str> {
    let anchor = text.strip_prefix('#')?;
    let end = anchor.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
    Some(&anchor[..end.unwrap_or(anchor.len())])
}

#[test]
fn every_operation_and_every_route_is_listed() {
    let text = read(DOCUMENT);
    let listed: BTreeSet<String> = rows(section(&text, "## Operations"), "[`")
        .into_iter()
        .map(|row| {
            let operation = row[0].split('`').nth(1).unwrap();
            format!("{operation} {} {} {}", row[1].replace('`', ""), row[2], !row[3].starts_with("no"))
        })
        .collect();
    let mut expected: BTreeSet<String> = definition::served()
        .iter()
        .map(|route| {
            let verb = route.verb.name().to_uppercase();
            let (path, status) = (route.path, route.answer.status());
            format!("{} {verb} {path} {status} {}", route.operation.name, route.repeatable)
        })
        .collect();
    let without_route = operations::names().filter(|name| definition::of_operation(name).is_none());
    expected.extend(without_route.map(|name| format!("{name} none  true")));
    assert_eq!(listed, expected);
}

#[test]
fn every_operation_is_listed_with_its_summary_and_its_errors() {
    let text = read(DOCUMENT);
    let operations = section(&text, "## Operations");
    let mut summaries: BTreeSet<(String, String)> = BTreeSet::new();
    for row in rows(operations, "[`") {
        summaries.insert((row[1].replace('`', ""), row[4].to_owned()));
    }
    let mut errors: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // A row of such a table: error codes, the operations that answer them, and when.
    for row in
        rows(operations, "`").into_iter().filter(|row| ErrorCode::from_name(quoted(row[0])[0]).is_some())
    {
        assert!(row.len() == 3 && !row[2].is_empty(), "{row:?}");
        for operation in quoted(row[1]) {
            errors.entry(operation).or_default().extend(quoted(row[0]));
        }
    }
    for route in definition::served() {
        let verb = route.verb.name().to_uppercase();
        let summary = lower_first(route.summary);
        let row = (format!("{verb} {}", route.path), summary);
        assert!(summaries.contains(&row), "the table of operations has no row {row:?}");
        let documented = errors.get(route.operation.name).cloned().unwrap_or_default();
        let own: BTreeSet<&str> = route.operation.errors.iter().map(|code| code.name()).collect();
        assert_eq!(documented, own, "{}", route.operation.name);
    }
    let unknown: Vec<&&str> =
        errors.keys().filter(|name| !operations::names().any(|known| known == **name)).collect();
    assert!(unknown.is_empty(), "no operations: {unknown:?}");
}

#[test]
fn the_errors_of_every_operation_are_listed() {
    let text = read(DOCUMENT);
    let (_, rest) = text.split_once("Any operation may be refused with").unwrap();
    let (anywhere, rest) = rest.split_once("over HTTP also with").unwrap();
    let (over_http, _) = rest.split_once("In a process").unwrap();
    let names = |codes: &[ErrorCode]| codes.iter().map(|code| code.name()).collect::<Vec<_>>();
    assert_eq!(quoted(anywhere), names(definition::ERRORS_OF_EVERY_OPERATION));
    let of_http = [definition::ERRORS_OF_EVERY_ROUTE, &[definition::ERROR_OF_EVERY_BODY]].concat();
    assert_eq!(quoted(over_http), names(&of_http));
}

#[test]
fn every_error_code_is_listed_with_what_to_do() {
    let text = read(DOCUMENT);
    let rows = rows(section(&text, "## Errors"), "`");
    let listed: Vec<String> = rows.iter().map(|row| row[..5].join(" ")).collect();
    let again = |code: &ErrorCode| if code.is_retryable() { "yes" } else { "no" };
    let row = |code: &ErrorCode| {
        let (number, status, class) = (*code as i32, code.http_status(), code.class().name());
        format!("`{}` {number} {status} {class} {}", code.name(), again(code))
    };
    assert_eq!(listed, ErrorCode::ALL.iter().map(row).collect::<Vec<_>>());
    for row in rows {
        assert!(row.len() == 7 && row[5..].iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
}

fn hmac_sha256(key: &[u8], signed: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Computed here as the document says, and not by the engine, whose own test reproduces the vector that the example is.
#[test]
fn the_worked_example_is_signed_as_it_says() {
    let text = read(DOCUMENT);
    let example = section(&text, "### Worked example");
    let secret = example.split('`').find(|code| code.starts_with("whsec_")).unwrap();
    let (_, rest) = example.split_once("```http\n").unwrap();
    let (head, rest) = rest.split_once("\n\n").unwrap();
    let body = rest.split_once("\n```").unwrap().0;
    let headers: BTreeMap<String, &str> = head
        .lines()
        .skip(1)
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    let header = |name: &str| *headers.get(name).unwrap_or_else(|| panic!("there is no {name}"));
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    assert_eq!((header("x-webhook-id"), header("x-webhook-timestamp")), (id, timestamp));
    assert_eq!(header("content-length"), body.len().to_string());

    let plain = format!("{timestamp}.{body}");
    let webhook = format!("sha256={}", hex(&hmac_sha256(secret.as_bytes(), &plain)));
    assert_eq!(header("x-webhook-signature"), webhook);
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let standard = format!("{id}.{plain}");
    let signature = format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &standard)));
    assert_eq!(header("webhook-signature"), signature);
    for part in [
        format!("`{plain}`"),
        format!("'{plain}'"),
        format!("-hmac {secret}\n"),
        format!("`{standard}`"),
        format!("'{standard}'"),
        format!("hexkey:{} ", hex(&key)),
    ] {
        assert!(example.contains(&part), "the example does not say {part}");
    }

    let vectors: Vec<Value> = serde_json::from_str(&read("tests/conformance/signatures.json")).unwrap();
    let is_example = |vector: &Value| {
        vector["secrets"] == serde_json::json!([secret])
            && vector["message_id"] == id
            && vector["timestamp"].as_i64() == timestamp.parse().ok()
            && vector["body"] == body
            && vector["webhook"] == webhook
            && vector["standard"] == signature
    };
    assert!(
        vectors.iter().any(is_example),
        "the example is none of the vectors that every language is held to"
    );
}

/// Every file of the repository but licences, this one and the document itself, with those that are new.
fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).unwrap();
    let kept = |name: &&str| {
        !name.is_empty()
            && !name.contains("LICENSE")
            && *name != DOCUMENT
            && *name != "core/tests/documented.rs"
    };
    names.split('\0').filter(kept).map(str::to_owned).collect()
}

/// Where the word stands in a line, and what follows upon it.
fn mentions(line: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices("ontract").filter_map(move |(at, found)| {
        let (before, after) = (line[..at].strip_suffix(['c', 'C'])?, &line[at + found.len()..]);
        (!before.ends_with(is_word) && !after.starts_with(is_word)).then_some(after)
    })
}

#[test]
fn every_citation_leads_to_a_heading() {
    let text = read(DOCUMENT);
    let anchors = anchors(&text);
    let known: BTreeSet<&str> = anchors.iter().map(String::as_str).collect();
    assert_eq!(known.len(), anchors.len(), "two headings have the same name: {anchors:?}");
    let mut wrong = Vec::new();
    for (_, link) in text.match_indices("](").map(|(at, open)| text.split_at(at + open.len())) {
        if let Some(anchor) = anchor(link).filter(|anchor| !known.contains(anchor)) {
            wrong.push(format!("{DOCUMENT}: there is no heading #{anchor}"));
        }
    }
    let mut cited = 0;
    for name in files() {
        // What is no text cites nothing; what was deleted is listed until that is committed.
        let Ok(file) = std::fs::read_to_string(root().join(&name)) else { continue };
        for (number, line) in file.lines().enumerate() {
            for after in mentions(line) {
                let place = format!("{name}:{}", number + 1);
                let link = after.strip_prefix(".md");
                match (link, link.and_then(anchor)) {
                    (Some(_), Some(anchor)) if known.contains(anchor) => cited += 1,
                    (Some(_), Some(anchor)) => wrong.push(format!("{place}: there is no heading #{anchor}")),
                    // A document may lead to the whole.
                    (Some(_), None) if name.ends_with(".md") => {}
                    // What writes the tables of the document speaks of the whole.
                    (_, None) if name.starts_with("tools/generate/") => {}
                    _ => wrong.push(format!("{place}: say where in it, as docs/{NAME}#heading")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cited > 40, "{cited}");
}

#[test]
fn a_mention_is_the_word_and_a_heading_is_named_as_links_name_it() {
    let found: Vec<&str> =
        mentions("contract.md#a, Contract 1.8, contracts, the_contract, CONTRACT").collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with(".md#a") && found[1].starts_with(" 1.8"), "{found:?}");
    assert_eq!(
        anchors("# One\n```\n# no\n```\n## Retry-After\n### Replay, cancel"),
        ["one", "retry-after", "replay-cancel"]
    );
    assert_eq!(anchor("#a-b). #c"), Some("a-b"));
    assert_eq!(anchor(" #a"), None);
}
