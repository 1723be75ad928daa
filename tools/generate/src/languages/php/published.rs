//! The surface of the published PHP package, as facts: which names, in which order, of which types, with which defaults. A
//! program that was written for it works with ours, so its parameters come first.

use std::collections::BTreeMap;

use serde::Deserialize;

const FACTS: &str = include_str!("../../../published/php.json");

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub kind: String,
    pub name: String,
    pub default: Option<String>,
}

impl Parameter {
    /// Reads `?string $label = null`.
    fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(" $")?;
        let (name, default) = match rest.split_once(" = ") {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (rest, None),
        };
        Some(Self { kind: kind.to_owned(), name: name.to_owned(), default })
    }

    pub fn is_nullable(&self) -> bool {
        self.kind.starts_with('?') || self.kind.split('|').any(|kind| kind == "null")
    }

    /// The type as documentation has it.
    pub fn documented(&self) -> String {
        self.kind.strip_prefix('?').map_or_else(|| self.kind.clone(), |kind| format!("{kind}|null"))
    }

    /// Whether it is a point in time that is given out as text, where `kind` says that it is one at all.
    pub fn is_text(&self) -> bool {
        self.kind.trim_start_matches('?') == "string"
    }
}

#[derive(Deserialize)]
struct Facts {
    client: BTreeMap<String, Vec<String>>,
    responses: BTreeMap<String, Vec<String>>,
}

/// The published surface.
pub struct Published {
    facts: Facts,
}

impl Published {
    pub fn read() -> Result<Self, String> {
        let facts = serde_json::from_str(FACTS).map_err(|cause| format!("published/php.json: {cause}"))?;
        Ok(Self { facts })
    }

    /// The parameters of a method; none where it is not published.
    pub fn method(&self, name: &str) -> Vec<Parameter> {
        parameters(self.facts.client.get(name))
    }

    /// Whether a method answers nothing in the published package.
    pub fn answers_nothing(&self, name: &str) -> bool {
        self.facts.client.get(name).is_some_and(|facts| facts.iter().any(|fact| fact == ": void"))
    }

    /// The parameters of a response's constructor; none where it is not published.
    pub fn response(&self, name: &str) -> Vec<Parameter> {
        parameters(self.facts.responses.get(name))
    }
}

fn parameters(facts: Option<&Vec<String>>) -> Vec<Parameter> {
    facts.into_iter().flatten().filter_map(|fact| Parameter::read(fact)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_read_as_php_writes_it() {
        let label = Parameter::read("?string $label = null").unwrap();
        assert_eq!((label.kind.as_str(), label.name.as_str()), ("?string", "label"));
        assert_eq!(label.default.as_deref(), Some("null"));
        assert!(label.is_nullable() && label.is_text());
        assert_eq!(label.documented(), "string|null");
        let moment = Parameter::read("DateTimeImmutable|string|null $startTime").unwrap();
        assert!(moment.is_nullable() && !moment.is_text() && moment.default.is_none());
        assert_eq!(Parameter::read(": void"), None);
    }

    #[test]
    fn the_facts_can_be_read() {
        let published = Published::read().unwrap();
        assert_eq!(published.method("getLogs")[0].name, "status");
        assert!(published.answers_nothing("replay") && !published.answers_nothing("send"));
        assert_eq!(published.response("APIKey").len(), 5);
        assert!(published.response("Stats").is_empty());
    }
}
