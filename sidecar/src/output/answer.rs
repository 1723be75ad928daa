//! An answer as it was written: its fields keep their order, which the definition of its type gave them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A text, a number, true, false or null.
    One(Value),
    Several(Vec<Answer>),
    Fields(Vec<(String, Answer)>),
}

static NULL: Answer = Answer::One(Value::Null);

impl Answer {
    /// The field of this name; null where there is none.
    pub fn field(&self, name: &str) -> &Self {
        let found = match self {
            Self::Fields(fields) => fields.iter().find(|(known, _)| known == name),
            _ => None,
        };
        found.map_or(&NULL, |(_, value)| value)
    }

    pub fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Several(items) => Some(items),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::One(value) => value.as_str(),
            _ => None,
        }
    }
}

impl From<&Value> for Answer {
    fn from(value: &Value) -> Self {
        match value {
            Value::Array(items) => Self::Several(items.iter().map(Self::from).collect()),
            Value::Object(fields) => {
                Self::Fields(fields.iter().map(|(name, value)| (name.clone(), Self::from(value))).collect())
            }
            other => Self::One(other.clone()),
        }
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Answer, E> {
        Ok(Answer::One(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Answer, E> {
        Ok(Answer::One(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Answer, E> {
        Ok(Answer::One(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Answer, E> {
        Ok(Answer::One(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Answer, E> {
        Ok(Answer::One(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Answer, E> {
        Ok(Answer::One(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Answer, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Answer::Several(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Answer::Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order() {
        let read: Answer =
            serde_json::from_str(r#"{"b": [1, -2, 1.5], "a": {"z": null, "y": true}}"#).unwrap();
        let Answer::Fields(fields) = &read else { panic!("{read:?}") };
        assert_eq!(fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(read.field("b").items().map(<[_]>::len), Some(3));
        let Answer::Fields(inner) = read.field("a") else { panic!("{read:?}") };
        assert_eq!(inner[0].0, "z");
        assert_eq!(read.field("none"), &NULL);
    }
}
