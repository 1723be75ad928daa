//! What the console does not send to a browser: `Authorization`, and the headers and parts of payloads that the settings name.
//!
//! Every answer passes through, so that an operation that is added later is covered too.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use hookbridge_core::ErrorCode;

use super::super::envelope::Refusal;

/// What stands for a value that is not sent.
const MASK: &str = "***";
const MASK_JSON: &str = "\"***\"";
/// The shortest value that is looked for in the other texts of an answer. A shorter one stands in many of them by chance.
const TELLING: usize = 6;
/// Fields of answers that hold a body as a text.
const BODIES: &[&str] = &["payload", "response_body", "request_body", "body"];

/// The names and places that are not sent.
pub(super) struct Redaction {
    /// Names of headers, in lower case.
    headers: Vec<String>,
    /// Places in bodies: JSON pointers (RFC 6901), each as its parts.
    pointers: Vec<Vec<String>>,
    given: Vec<String>,
}

impl Redaction {
    /// Reads names of headers, and JSON pointers, which begin with a slash.
    ///
    /// # Errors
    /// A sentence that says what is neither.
    pub(super) fn new(given: &[String]) -> Result<Self, String> {
        let mut redaction = Self { headers: Vec::new(), pointers: Vec::new(), given: given.to_vec() };
        for word in given {
            match word.strip_prefix('/') {
                Some(rest) => redaction.pointers.push(rest.split('/').map(unescaped).collect()),
                None if is_header_name(word) => redaction.headers.push(alike(word)),
                None => {
                    return Err(format!(
                        "`console_redact` has `{word}`, which is neither a header's name nor a JSON pointer such as \
                         `/card/number`"
                    ));
                }
            }
        }
        Ok(redaction)
    }

    /// What the settings named.
    pub(super) fn words(&self) -> &[String] {
        &self.given
    }

    /// An operation's answer without what is not sent.
    pub(super) fn apply(&self, answer: String) -> Result<String, Refusal> {
        self.applied(answer, true)
    }

    /// An answer that shows `Authorization`, and no more than that.
    pub(super) fn revealed(&self, mut answer: Value) -> Value {
        self.hide(&mut answer, false);
        answer
    }

    fn applied(&self, answer: String, all: bool) -> Result<String, Refusal> {
        let mut value: Value = serde_json::from_str(&answer).map_err(|cause| {
            Refusal::new(ErrorCode::Internal, format!("an answer cannot be read: {cause}"))
        })?;
        // What has nothing to hide goes as it is.
        if self.hide(&mut value, all) { Ok(value.to_string()) } else { Ok(answer) }
    }

    /// Whether anything was hidden.
    fn hide(&self, answer: &mut Value, all: bool) -> bool {
        let mut hidden = Hidden::default();
        self.walk(answer, all, &mut hidden);
        // A receiver may have answered with what it was sent, and an error may quote that.
        if !hidden.values.is_empty() {
            hidden.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
            hidden.elsewhere(answer);
        }
        hidden.any
    }

    fn walk(&self, value: &mut Value, all: bool, hidden: &mut Hidden) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::Object(headers) if name.ends_with("headers") => {
                            self.mask(headers, all, hidden)
                        }
                        Value::String(text) if BODIES.contains(&name.as_str()) => self.cut(text, hidden),
                        other => self.walk(other, all, hidden),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, all, hidden)),
            _ => {}
        }
    }

    fn mask(&self, headers: &mut Map<String, Value>, all: bool, hidden: &mut Hidden) {
        for (name, value) in headers {
            let name = alike(name);
            if (all && name == "authorization") || self.headers.contains(&name) {
                if let Value::String(text) = value {
                    hidden.note(text);
                }
                *value = Value::from(MASK);
                hidden.any = true;
            }
        }
    }

    /// Takes the places of the pointers out of a body. The other bytes stay as they are.
    fn cut(&self, text: &mut String, hidden: &mut Hidden) {
        let pointers = if text.is_empty() { &[] } else { self.pointers.as_slice() };
        for pointer in pointers {
            match place(text, pointer) {
                Ok(Some((begin, end))) => {
                    // The characters of a string are what others quote of it, and not its quotation marks.
                    match serde_json::from_str::<String>(&text[begin..end]) {
                        Ok(inner) => hidden.note(&inner),
                        Err(_) => hidden.note(&text[begin..end]),
                    }
                    text.replace_range(begin..end, MASK_JSON);
                    hidden.any = true;
                }
                Ok(None) => {}
                // What cannot be read may hold anything.
                Err(()) => {
                    MASK.clone_into(text);
                    hidden.any = true;
                    return;
                }
            }
        }
    }
}

/// What was hidden in one answer.
#[derive(Default)]
struct Hidden {
    any: bool,
    values: Vec<String>,
}

impl Hidden {
    fn note(&mut self, value: &str) {
        let value = value.trim();
        if value.len() >= TELLING && value != MASK && !self.values.iter().any(|known| known == value) {
            self.values.push(value.to_owned());
        }
    }

    /// Hides the same values in every other text of the answer, its names left alone.
    fn elsewhere(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|value| self.elsewhere(value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.elsewhere(item)),
            Value::String(text) => {
                for value in &self.values {
                    if text.contains(value.as_str()) {
                        *text = text.replace(value.as_str(), MASK);
                    }
                }
            }
            _ => {}
        }
    }
}

/// A part of a JSON pointer, as RFC 6901, section 4 reads it.
fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

fn is_header_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// A header's name as names are compared.
fn alike(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// The fields of an object in their order, their values as they are written.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Read<'a> {
            type Value = Fields<'a>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Read(std::marker::PhantomData))
    }
}

/// Where the value of a pointer begins and ends in a JSON document. None where the document has no such place; an error where
/// it is no JSON, or has a name on the way twice.
fn place(text: &str, pointer: &[String]) -> Result<Option<(usize, usize)>, ()> {
    let mut found: &RawValue = serde_json::from_str(text).map_err(drop)?;
    for part in pointer {
        let inside = found.get();
        found = match inside.as_bytes().first() {
            Some(b'{') => {
                let Fields(fields) = serde_json::from_str(inside).map_err(drop)?;
                let mut named = fields.into_iter().filter(|(name, _)| name == part).map(|(_, value)| value);
                let Some(first) = named.next() else { return Ok(None) };
                if named.next().is_some() {
                    return Err(());
                }
                first
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(inside).map_err(drop)?;
                let Some(item) = part.parse::<usize>().ok().and_then(|index| items.get(index).copied())
                else {
                    return Ok(None);
                };
                item
            }
            _ => return Ok(None),
        };
    }
    // A raw value is a part of the text that it was read from.
    let begin = found.get().as_ptr() as usize - text.as_ptr() as usize;
    Ok(Some((begin, begin + found.get().len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn redaction(given: &[&str]) -> Redaction {
        Redaction::new(&given.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn authorization_is_never_sent_and_other_headers_where_they_are_named() {
        let redaction = redaction(&["X-Secret"]);
        let answer =
            json!({"data": [{"headers": {"authorization": "Bearer a", "x_secret": "b", "X-Other": "c"}}]});
        let sent = redaction.apply(answer.to_string()).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&sent).unwrap(),
            json!({"data": [{"headers": {"authorization": "***", "x_secret": "***", "X-Other": "c"}}]})
        );
        let revealed = redaction.revealed(json!({"headers": {"Authorization": "Bearer a", "X-Secret": "b"}}));
        assert_eq!(revealed, json!({"headers": {"Authorization": "Bearer a", "X-Secret": "***"}}));
    }

    #[test]
    fn a_place_of_a_payload_is_cut_out_and_the_rest_keeps_its_bytes() {
        let redaction = redaction(&["/card/number", "/lines/1/a~1b"]);
        let payload = r#"{ "n":1.10, "card" : {"number" : "4111", "x":1970670598291982290}, "lines":[1,{"a/b":{"c":1}}] }"#;
        let sent = redaction.apply(json!({"payload": payload}).to_string()).unwrap();
        let sent: Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(
            sent["payload"],
            r#"{ "n":1.10, "card" : {"number" : "***", "x":1970670598291982290}, "lines":[1,{"a/b":"***"}] }"#
        );
        // What has none of it stays, and what cannot be read is not sent.
        for (body, expected) in [("", ""), (r#"{"card":1}"#, r#"{"card":1}"#), ("<html>", "***"), ("4", "4")]
        {
            let sent = redaction.apply(json!({"response_body": body}).to_string()).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&sent).unwrap()["response_body"], expected);
        }
        // The first of two fields of one name is not what every reader takes.
        let twice = json!({"payload": r#"{"card":{"number":1,"number":2}}"#}).to_string();
        assert_eq!(redaction.apply(twice).unwrap(), r#"{"payload":"***"}"#);
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let sent = redaction.apply(json!({"payload": deep}).to_string()).unwrap();
        assert!(sent.contains("[[[["), "it has no such place");
    }

    #[test]
    fn what_was_hidden_is_hidden_where_a_receiver_or_an_error_quotes_it() {
        let redaction = redaction(&["X-Secret", "/card/number"]);
        let answer = json!({
            "headers": {"Authorization": "Bearer abc-def", "X-Secret": "swordfish"},
            "payload": r#"{"card":{"number":"4111-1111"}}"#,
            "last_error": "the receiver said `Bearer abc-def`",
            "attempts": [{"response_body": r#"{"echo":"swordfish of 4111-1111"}"#, "response_headers": {"X-Echo": "swordfish"}}],
        });
        let sent = redaction.apply(answer.to_string()).unwrap();
        for secret in ["abc-def", "swordfish", "4111"] {
            assert!(!sent.contains(secret), "{secret} is in {sent}");
        }
        // Two characters stand in other texts by chance.
        let short = json!({"headers": {"X-Secret": "ab"}, "last_error": "about"});
        assert!(redaction.apply(short.to_string()).unwrap().contains("about"));
    }

    #[test]
    fn what_is_neither_a_name_nor_a_pointer_is_refused() {
        assert!(Redaction::new(&["card number".to_owned()]).is_err());
        assert!(Redaction::new(&[String::new()]).is_err());
    }
}
