//! Names of event types, and the patterns by which an endpoint names those it wants (docs/contract.md#subscriptions).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Result, invalid_request};

/// The longest name of an event type, and the longest pattern.
pub const EVENT_TYPE_CHARACTERS: usize = 128;
/// The most patterns of one endpoint.
pub const PATTERNS_LIMIT: usize = 100;
/// The segment of a pattern that stands for any.
pub(crate) const ANY: &str = "*";

fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// The name of an event type, such as `order.created`: segments of letters, digits, `_` and `-` with dots between them, at
/// most 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct EventType(String);

impl EventType {
    /// Checks a name.
    ///
    /// # Errors
    /// `INVALID_REQUEST` where it has not the form of a name.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if name.len() > EVENT_TYPE_CHARACTERS || !name.split('.').all(is_segment) {
            return Err(invalid_request(format!(
                "`type` must be names of letters, digits, `_` and `-` with dots between them, at most \
                 {EVENT_TYPE_CHARACTERS} characters"
            )));
        }
        Ok(Self(name))
    }

    /// The name of a stored type, which was checked when it was written.
    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for EventType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// A pattern of event types: a name in which a segment may be `*`. As the last segment that stands for everything below,
/// elsewhere for one segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventPattern(String);

impl EventPattern {
    /// Checks a pattern.
    ///
    /// # Errors
    /// `INVALID_REQUEST`, which names it.
    pub fn new(pattern: impl Into<String>) -> Result<Self> {
        let pattern = pattern.into();
        let whole = pattern.len() <= EVENT_TYPE_CHARACTERS
            && pattern.split('.').all(|segment| segment == ANY || is_segment(segment));
        if !whole {
            return Err(invalid_request(format!(
                "`event_types` has `{}`, which is no pattern: names of letters, digits, `_` and `-`, or `*`, with dots \
                 between them, at most {EVENT_TYPE_CHARACTERS} characters",
                pattern.chars().take(EVENT_TYPE_CHARACTERS).collect::<String>().escape_debug()
            )));
        }
        Ok(Self(pattern))
    }

    /// The pattern.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern takes a type.
    pub fn takes(&self, name: &EventType) -> bool {
        let (mut pattern, mut name) = (self.0.split('.').peekable(), name.0.split('.'));
        while let Some(wanted) = pattern.next() {
            let Some(segment) = name.next() else { return false };
            if wanted == ANY && pattern.peek().is_none() {
                return true;
            }
            if wanted != ANY && wanted != segment {
                return false;
            }
        }
        name.next().is_none()
    }
}

/// Checks the patterns of an endpoint.
///
/// # Errors
/// `INVALID_REQUEST` for too many, or one that is no pattern.
pub(crate) fn checked_patterns(patterns: Vec<String>) -> Result<Vec<EventPattern>> {
    if patterns.len() > PATTERNS_LIMIT {
        return Err(invalid_request(format!("`event_types` has at most {PATTERNS_LIMIT} patterns")));
    }
    let mut checked: Vec<EventPattern> = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        let pattern = EventPattern::new(pattern)?;
        if !checked.contains(&pattern) {
            checked.push(pattern);
        }
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_segment_and_at_the_end_for_everything_below() {
        let takes = |pattern: &str, name: &str| {
            EventPattern::new(pattern).unwrap().takes(&EventType::new(name).unwrap())
        };
        for (pattern, name, taken) in [
            ("order.created", "order.created", true),
            ("order.created", "order.created.v2", false),
            ("order.created", "order", false),
            ("order.*", "order.created", true),
            ("order.*", "order.item.added", true),
            ("order.*", "order", false),
            ("order.*", "orders.created", false),
            ("*", "order", true),
            ("*", "order.item.added", true),
            ("*.created", "order.created", true),
            ("*.created", "order.item.created", false),
            ("*.*", "order", false),
            ("*.*", "order.item.added", true),
            ("order.*.added", "order.item.added", true),
            ("order.*.added", "order.item.removed", false),
            ("order.*.added", "order.added", false),
        ] {
            assert_eq!(takes(pattern, name), taken, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_no_name_and_no_pattern_is_refused() {
        let long = "a".repeat(EVENT_TYPE_CHARACTERS);
        assert!(EventType::new(long.clone()).is_ok() && EventPattern::new(long.clone()).is_ok());
        for wrong in ["", ".", "a.", ".a", "a..b", "a b", "ä", "a/b", &format!("{long}a")] {
            assert!(EventType::new(wrong).is_err(), "{wrong}");
            assert!(EventPattern::new(wrong).is_err(), "{wrong}");
        }
        assert!(EventType::new("order.*").is_err() && EventPattern::new("order.a*").is_err());
        let many = vec!["a".to_owned(); PATTERNS_LIMIT];
        assert_eq!(checked_patterns(many.clone()).unwrap().len(), 1);
        assert!(checked_patterns([many, vec!["b".to_owned()]].concat()).is_err());
    }
}
