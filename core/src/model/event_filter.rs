//! What an endpoint wants of an event's payload: conditions on places in it, all of which must hold
//! (docs/contract.md#subscriptions).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::error::{Error, Result, invalid_request};

/// The most conditions of one filter.
pub const CONDITIONS_LIMIT: usize = 20;
/// The longest pointer, and the longest text that is compared with.
pub const POINTER_CHARACTERS: usize = 255;
/// The most values of one `in`.
pub const VALUES_LIMIT: usize = 100;

/// A condition on one place of a payload. Exactly one comparison is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The place: a JSON pointer (RFC 6901), such as `/order/total`; empty for the whole payload.
    pub pointer: String,
    /// The value is this one. Numbers are alike where they are equal: 1 and 1.0.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// The value is one of these, at most 100.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub r#in: Option<Vec<Value>>,
    /// Whether there is a value, null included.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// The value is a text that begins with this one.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub starts_with: Option<String>,
    /// The value is a number above this one, or a text behind this one.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub greater: Option<Value>,
    /// The value is a number below this one, or a text before this one.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub less: Option<Value>,
}

/// What is given, null too: it is a value to compare with, or no value of the type.
fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl Condition {
    fn check(&self, index: usize) -> Result<()> {
        let refuse = |text: &str| -> Result<()> { Err(refused(index, text)) };
        let text_fits = |text: &str| text.chars().count() <= POINTER_CHARACTERS;
        if !(self.pointer.is_empty() || self.pointer.starts_with('/')) || !text_fits(&self.pointer) {
            return refuse("`pointer` must be empty or begin with `/`, at most 255 characters");
        }
        if self.pointer.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1'])) {
            return refuse("`pointer` has a `~` that is neither `~0` nor `~1` (RFC 6901)");
        }
        let comparisons = [
            self.equals.is_some(),
            self.r#in.is_some(),
            self.exists.is_some(),
            self.starts_with.is_some(),
            self.greater.is_some(),
            self.less.is_some(),
        ];
        if comparisons.iter().filter(|given| **given).count() != 1 {
            return refuse(
                "there must be exactly one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`",
            );
        }
        if self.r#in.as_ref().is_some_and(|values| values.is_empty() || values.len() > VALUES_LIMIT) {
            return refuse("`in` must have 1 to 100 values");
        }
        for bound in [&self.greater, &self.less].into_iter().flatten() {
            if !matches!(bound, Value::Number(_) | Value::String(_)) {
                return refuse("`greater` and `less` take a number or a text");
            }
        }
        let values =
            [&self.equals, &self.greater, &self.less].into_iter().flatten().chain(self.r#in.iter().flatten());
        let texts = values.filter_map(Value::as_str).chain(self.starts_with.as_deref());
        if !texts.into_iter().all(text_fits) {
            return refuse("a text has at most 255 characters");
        }
        Ok(())
    }

    /// Whether the condition holds for a payload.
    pub fn holds(&self, payload: &Value) -> bool {
        let found = payload.pointer(&self.pointer);
        if let Some(exists) = self.exists {
            return found.is_some() == exists;
        }
        let Some(found) = found else { return false };
        if let Some(wanted) = &self.equals {
            return alike(found, wanted);
        }
        if let Some(values) = &self.r#in {
            return values.iter().any(|wanted| alike(found, wanted));
        }
        if let Some(beginning) = &self.starts_with {
            return found.as_str().is_some_and(|text| text.starts_with(beginning.as_str()));
        }
        let (bound, wanted) = match (&self.greater, &self.less) {
            (Some(bound), _) => (bound, Ordering::Greater),
            (_, Some(bound)) => (bound, Ordering::Less),
            _ => return false,
        };
        compared(found, bound) == Some(wanted)
    }
}

fn refused(index: usize, text: &str) -> Error {
    invalid_request(format!("`filter[{index}]` is not valid: {text}"))
}

/// Conditions of which all must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventFilter(Vec<Condition>);

impl EventFilter {
    /// Checks conditions.
    ///
    /// # Errors
    /// `INVALID_REQUEST`, which names the condition.
    pub fn new(conditions: Vec<Condition>) -> Result<Self> {
        if conditions.len() > CONDITIONS_LIMIT {
            return Err(invalid_request(format!("`filter` has at most {CONDITIONS_LIMIT} conditions")));
        }
        conditions.iter().enumerate().try_for_each(|(index, condition)| condition.check(index))?;
        Ok(Self(conditions))
    }

    /// The conditions, in order.
    pub fn conditions(&self) -> &[Condition] {
        &self.0
    }

    /// Whether every condition holds for a payload.
    pub fn takes(&self, payload: &Value) -> bool {
        self.0.iter().all(|condition| condition.holds(payload))
    }
}

/// How two values stand to each other; none where they are not of one kind.
fn compared(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compared_numbers(one, other),
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

fn compared_numbers(one: &Number, other: &Number) -> Option<Ordering> {
    let whole = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match (whole(one), whole(other)) {
        // Beyond 2^53 a fraction would take neighbours for one.
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compared_numbers(one, other) == Some(Ordering::Equal),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| alike(one, other)))
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn condition(text: Value) -> Condition {
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn null_is_no_value_of_a_comparison_that_has_a_type() {
        for name in ["in", "exists", "starts_with"] {
            let wanted = json!({"pointer": "", "equals": null, name: null});
            assert!(serde_json::from_value::<Condition>(wanted).is_err(), "{name}");
        }
    }

    #[test]
    fn each_comparison_holds_for_what_it_says_and_for_nothing_else() {
        let payload = json!({
            "total": 100, "exact": 9_007_199_254_740_993_i64, "region": "eu-west", "none": null, "a/b": {"c~d": [1, {"x": 1.0}]},
        });
        for (wanted, holds) in [
            (json!({"pointer": "/total", "equals": 100}), true),
            (json!({"pointer": "/total", "equals": 100.0}), true),
            (json!({"pointer": "/total", "equals": "100"}), false),
            (json!({"pointer": "/exact", "equals": 9_007_199_254_740_992_i64}), false),
            (json!({"pointer": "/none", "equals": null}), true),
            (json!({"pointer": "/missing", "equals": null}), false),
            (json!({"pointer": "/a~1b/c~0d", "equals": [1, {"x": 1}]}), true),
            (json!({"pointer": "/a~1b/c~0d/1/x", "in": [2, 1]}), true),
            (json!({"pointer": "/region", "in": ["us", "eu"]}), false),
            (json!({"pointer": "/none", "exists": true}), true),
            (json!({"pointer": "/missing", "exists": true}), false),
            (json!({"pointer": "/missing", "exists": false}), true),
            (json!({"pointer": "/region", "starts_with": "eu-"}), true),
            (json!({"pointer": "/total", "starts_with": "1"}), false),
            (json!({"pointer": "/total", "greater": 99.5}), true),
            (json!({"pointer": "/total", "greater": 100}), false),
            (json!({"pointer": "/exact", "greater": 9_007_199_254_740_992_i64}), true),
            (json!({"pointer": "/total", "less": 101}), true),
            (json!({"pointer": "/region", "less": "us"}), true),
            (json!({"pointer": "/region", "greater": 1}), false),
            (json!({"pointer": "", "exists": true}), true),
        ] {
            let filter = EventFilter::new(vec![condition(wanted.clone())]).unwrap();
            assert_eq!(filter.takes(&payload), holds, "{wanted}");
        }
        let both = [json!({"pointer": "/total", "greater": 1}), json!({"pointer": "/total", "less": 2})];
        assert!(!EventFilter::new(both.into_iter().map(condition).collect()).unwrap().takes(&payload));
        assert!(EventFilter::default().takes(&payload));
    }

    #[test]
    fn what_cannot_be_asked_is_refused_when_it_is_written() {
        let fits = condition(json!({"pointer": "/a", "exists": true}));
        assert!(EventFilter::new(vec![fits.clone(); CONDITIONS_LIMIT]).is_ok());
        assert!(EventFilter::new(vec![fits; CONDITIONS_LIMIT + 1]).is_err());
        for wrong in [
            json!({"pointer": "a", "exists": true}),
            json!({"pointer": "/a~2", "exists": true}),
            json!({"pointer": "/a~", "exists": true}),
            json!({"pointer": "/a"}),
            json!({"pointer": "/a", "exists": true, "equals": 1}),
            json!({"pointer": "/a", "in": []}),
            json!({"pointer": "/a", "in": vec![1; VALUES_LIMIT + 1]}),
            json!({"pointer": "/a", "greater": true}),
            json!({"pointer": "/a", "less": null}),
            json!({"pointer": "/a", "equals": "x".repeat(256)}),
            json!({"pointer": format!("/{}", "x".repeat(255)), "exists": true}),
        ] {
            let refused = EventFilter::new(vec![condition(wrong.clone())]).unwrap_err();
            assert!(refused.message().starts_with("`filter[0]` is not valid: "), "{wrong}: {refused}");
        }
        assert!(serde_json::from_value::<Condition>(json!({"pointer": "/a", "matches": "x"})).is_err());
    }

    #[test]
    fn a_filter_is_read_as_it_was_written() {
        let text = r#"[{"pointer":"/a","equals":null},{"pointer":"/b","in":[1,"x"]}]"#;
        let filter: EventFilter = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&filter).unwrap(), text);
    }
}
