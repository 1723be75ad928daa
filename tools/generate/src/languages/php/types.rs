//! Names and types as PHP has them.

use crate::definition::Definition;
use crate::names;
use crate::schemas::Type;

/// Types that the published package calls otherwise than the definition does.
const CLASSES: &[(&str, &str)] = &[
    ("SendWebhookResponse", "SendResponse"),
    ("DLQMessagesResponse", "DLQResponse"),
    ("APIKeyInfo", "APIKey"),
    ("CreateAPIKeyResponse", "APIKeyWithSecret"),
    ("ApiKeyActor", "APIKeyActor"),
];

/// A retry schedule, for people and their tools.
pub const SCHEDULE: &str = "'hookbridge'|'standard-webhooks'|list<int|float>|array<string, list<int|float>>";

/// The class of a type.
pub fn class(name: &str) -> &str {
    CLASSES.iter().find(|(defined, _)| *defined == name).map_or(name, |(_, published)| published)
}

/// `get_dlq_messages` as `getDLQMessages`: methods have these two abbreviations in capitals.
pub fn method(name: &str) -> String {
    let word = |(at, word): (usize, &String)| match word.as_str() {
        "api" | "dlq" if at > 0 => word.to_uppercase(),
        _ if at == 0 => word.clone(),
        _ => names::pascal(word),
    };
    names::words(name).iter().enumerate().map(word).collect()
}

/// The class of one event of a batch.
pub const BATCH_EVENT: &str = "BatchEvent";

/// The native type of a value that the package gives out.
pub fn given(kind: &Type) -> String {
    match kind {
        Type::Text | Type::Words { .. } => "string".to_owned(),
        Type::Integer => "int".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Moment => "DateTimeImmutable".to_owned(),
        Type::Json | Type::Value => "mixed".to_owned(),
        Type::Schedule => "string|array".to_owned(),
        Type::Object { name } => class(name).to_owned(),
        Type::List { .. } | Type::Map { .. } => "array".to_owned(),
        Type::Requests { .. } => "iterable".to_owned(),
    }
}

/// The native type of a value that the package takes.
pub fn taken(kind: &Type) -> String {
    match kind {
        Type::Moment => "DateTimeInterface|string".to_owned(),
        // One word, or several with commas between them.
        Type::List { item } if matches!(**item, Type::Words { .. }) => "string|array".to_owned(),
        other => given(other),
    }
}

/// The same type, or null.
pub fn nullable(kind: &str) -> String {
    match kind {
        "mixed" => kind.to_owned(),
        _ if kind.contains('|') => format!("{kind}|null"),
        _ => format!("?{kind}"),
    }
}

/// The type as documentation has it, where `native` is not all that can be said.
pub fn documented(definition: &Definition, kind: &Type, native: &str) -> String {
    match kind {
        Type::Words { name } => words(definition, name),
        Type::Schedule => SCHEDULE.to_owned(),
        Type::Requests { .. } => format!("iterable<{BATCH_EVENT}>"),
        Type::List { item } if matches!(**item, Type::Words { .. }) => {
            format!("string|list<{}>", documented(definition, item, &given(item)))
        }
        Type::List { item } => format!("list<{}>", documented(definition, item, &given(item))),
        Type::Map { item } => format!("array<string, {}>", documented(definition, item, &given(item))),
        _ => native.to_owned(),
    }
}

/// The longest union of words that documentation has.
const WIDEST_UNION: usize = 90;

fn words(definition: &Definition, name: &str) -> String {
    let words = definition.words.iter().find(|words| words.name == name);
    let quoted = words.into_iter().flat_map(|words| &words.words).map(|word| format!("'{word}'"));
    let union = quoted.collect::<Vec<_>>().join("|");
    // A union is one word: it stands on one line or not at all.
    if union.chars().count() > WIDEST_UNION { "string".to_owned() } else { union }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_two_abbreviations_in_capitals() {
        assert_eq!(method("get_dlq_messages"), "getDLQMessages");
        assert_eq!(method("create_api_key"), "createAPIKey");
        assert_eq!(method("replay_from_dlq"), "replayFromDLQ");
        assert_eq!(method("replay"), "replay");
    }

    #[test]
    fn null_is_written_as_the_type_allows() {
        assert_eq!(nullable("string"), "?string");
        assert_eq!(nullable("string|array"), "string|array|null");
        assert_eq!(nullable("mixed"), "mixed");
    }
}
