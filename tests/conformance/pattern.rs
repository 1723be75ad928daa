//! Names in a scenario's values, and patterns for what is expected.
//!
//! A string `$name` stands for a saved value and keeps its type; `${name}` inside a longer string for its text. In an
//! expectation an object need only have the fields that are named, a list must have as many items; an object
//! with one field that begins with `$` is a rule: `{"$is": "uuid"}`, `{"$matches": "regular expression"}`,
//! `{"$set": [...]}` (in any order), `{"$length": 3}`, `{"$has": [...]}` (among others), `{"$not": pattern}`.
//! As a value, `{"$from_now": 60}` is a moment, and `{"$repeat": {"text": "a", "times": 3, "before": "\"", "after": "\""}}` is the text `"aaa"`.

use std::collections::BTreeMap;

use hookbridge_core::model::timestamp::Timestamp;
use regex::Regex;
use serde_json::{Map, Value};

pub type Names = BTreeMap<String, Value>;

/// `value` with its names replaced.
pub fn fill(value: &Value, names: &Names) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => fill_text(text, names)?,
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| fill(item, names)).collect::<Result<_, _>>()?)
        }
        Value::Object(fields) => match rule(fields) {
            Some(("$repeat", rule)) => repeated(rule)?,
            Some(("$from_now", seconds)) => from_now(seconds)?,
            _ => {
                let mut filled = Map::new();
                for (name, value) in fields {
                    filled.insert(name.clone(), fill(value, names)?);
                }
                Value::Object(filled)
            }
        },
        other => other.clone(),
    })
}

fn fill_text(text: &str, names: &Names) -> Result<Value, String> {
    let known = |name: &str| names.get(name).ok_or_else(|| format!("nothing is called `{name}`"));
    if let Some(name) = text.strip_prefix('$')
        && !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    {
        return known(name).cloned();
    }
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("${") {
        let Some((name, after)) = from.split_once('}') else { break };
        filled.push_str(before);
        match known(name)? {
            Value::String(value) => filled.push_str(value),
            value => filled.push_str(&value.to_string()),
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(Value::String(filled))
}

/// The moment so many seconds from now.
fn from_now(seconds: &Value) -> Result<Value, String> {
    let seconds = seconds.as_i64().ok_or("`$from_now` takes seconds")?;
    let now = Timestamp::now().as_millis();
    Ok(Timestamp::from_millis(now + seconds * 1_000).to_string().into())
}

fn repeated(rule: &Value) -> Result<Value, String> {
    let text = |name: &str| rule[name].as_str().unwrap_or_default();
    let times = rule["times"].as_u64().ok_or("`times` is a number")? as usize;
    Ok(Value::String(format!("{}{}{}", text("before"), text("text").repeat(times), text("after"))))
}

fn rule(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, value) = fields.iter().next()?;
    (fields.len() == 1 && name.starts_with('$')).then_some((name.as_str(), value))
}

/// Why `found` is not what `pattern` says, if it is not.
pub fn mismatch(pattern: &Value, found: &Value) -> Option<String> {
    differs(pattern, found, "")
}

fn differs(pattern: &Value, found: &Value, at: &str) -> Option<String> {
    let wrong = |what: &str| {
        Some(format!("{}: {what}, found {}", if at.is_empty() { "/" } else { at }, short(found)))
    };
    match pattern {
        Value::Object(fields) => match rule(fields) {
            Some((name, rule)) => broken(name, rule, found, at).and_then(|what| wrong(&what)),
            None => {
                let Value::Object(has) = found else { return wrong("an object is expected") };
                fields.iter().find_map(|(name, pattern)| {
                    differs(pattern, has.get(name).unwrap_or(&Value::Null), &format!("{at}/{name}"))
                })
            }
        },
        Value::Array(patterns) => {
            let Value::Array(items) = found else { return wrong("a list is expected") };
            if items.len() != patterns.len() {
                return wrong(&format!("{} items are expected", patterns.len()));
            }
            patterns
                .iter()
                .zip(items)
                .enumerate()
                .find_map(|(index, (pattern, item))| differs(pattern, item, &format!("{at}/{index}")))
        }
        Value::Number(number) => {
            // 1 and 1.0 are the same to a language without integers.
            let same = found.as_f64().is_some_and(|value| number.as_f64() == Some(value));
            if same { None } else { wrong(&format!("{pattern} is expected")) }
        }
        _ if pattern == found => None,
        _ => wrong(&format!("{} is expected", short(pattern))),
    }
}

fn broken(name: &str, rule: &Value, found: &Value, at: &str) -> Option<String> {
    let fails = |holds: bool| (!holds).then(|| format!("{name} {rule} does not hold"));
    let items = || found.as_array().map(Vec::as_slice).unwrap_or_default();
    let patterns = || rule.as_array().map(Vec::as_slice).unwrap_or_default();
    match name {
        "$is" => match rule.as_str().unwrap_or_default() {
            "null" => fails(found.is_null()),
            "any" => fails(!found.is_null()),
            "text" => fails(found.as_str().is_some_and(|text| !text.is_empty())),
            "number" => fails(found.is_number()),
            "uuid" => fails(is_like(found, UUID)),
            "time" => fails(is_like(found, TIME)),
            "endpoint_id" => fails(is_like(found, "^ep_[0-9a-f]{32}$")),
            "key_id" => fails(is_like(found, "^sk_[0-9a-f]{32}$")),
            "secret" => fails(is_like(found, "^whsec_[A-Za-z0-9]{32}$")),
            unknown => Some(format!("there is no kind `{unknown}`")),
        },
        "$matches" => fails(is_like(found, rule.as_str().unwrap_or("$^"))),
        "$length" => fails(match found {
            Value::String(text) => rule.as_u64() == Some(text.chars().count() as u64),
            _ => found.is_array() && rule.as_u64() == Some(items().len() as u64),
        }),
        "$not" => fails(differs(rule, found, at).is_some()),
        "$has" => patterns()
            .iter()
            .find(|pattern| items().iter().all(|item| differs(pattern, item, at).is_some()))
            .map(|pattern| format!("{} is missing", short(pattern))),
        "$set" => {
            let mut left: Vec<&Value> = items().iter().collect();
            for pattern in patterns() {
                match left.iter().position(|item| differs(pattern, item, at).is_none()) {
                    Some(index) => drop(left.swap_remove(index)),
                    None => return Some(format!("{} is missing", short(pattern))),
                }
            }
            left.first().map(|item| format!("{} is too much", short(item)))
        }
        unknown => Some(format!("there is no rule `{unknown}`")),
    }
}

const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
const TIME: &str = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$";

fn is_like(found: &Value, expression: &str) -> bool {
    let text = match found {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Regex::new(expression).is_ok_and(|expression| expression.is_match(&text))
}

/// A value for a message about it.
pub fn short(value: &Value) -> String {
    const MOST: usize = 300;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
