//! Retry schedules, in the three forms of their JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

/// When a failed message is tried again: by a name, or by the gaps between attempts in seconds, of which the last repeats. One without
/// either is no schedule of its own, and clears that of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
pub struct RetrySchedule {
    /// `hookbridge` or `standard-webhooks`; the gaps do not count beside it.
    #[uniffi(default)]
    pub name: Option<String>,
    /// The gaps after any failure but the answer 429; absent for those of `hookbridge`.
    #[uniffi(default)]
    pub slow: Option<Vec<f64>>,
    /// The gaps after the answer 429; absent for those of `hookbridge`.
    #[uniffi(default)]
    pub fast: Option<Vec<f64>>,
}

impl Serialize for RetrySchedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, slow, fast } = self;
        let written = match (name, slow, fast) {
            (Some(name), _, _) => json!(name),
            (None, None, None) => json!([]),
            (None, Some(slow), None) => json!({"slow": slow}),
            (None, None, Some(fast)) => json!({"fast": fast}),
            (None, Some(slow), Some(fast)) => json!({"slow": slow, "fast": fast}),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RetrySchedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Lists {
            slow: Option<Vec<f64>>,
            fast: Option<Vec<f64>>,
        }
        let gaps = |value| serde_json::from_value::<Vec<f64>>(value).map_err(de::Error::custom);
        Ok(match Value::deserialize(deserializer)? {
            Value::String(name) => Self { name: Some(name), ..Self::default() },
            list @ Value::Array(_) => {
                let gaps = gaps(list)?;
                Self { name: None, slow: Some(gaps.clone()), fast: Some(gaps) }
            }
            lists => {
                let Lists { slow, fast } = serde_json::from_value(lists).map_err(de::Error::custom)?;
                Self { name: None, slow, fast }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_keeps_its_form() {
        for text in [r#""hookbridge""#, r#"{"fast":[1.0],"slow":[2.0]}"#, r#"{"slow":[2.5]}"#] {
            let schedule: RetrySchedule = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&schedule).unwrap(), text);
        }
        let gaps: RetrySchedule = serde_json::from_str("[1, 2]").unwrap();
        assert_eq!((gaps.slow.clone(), gaps.slow), (gaps.fast.clone(), Some(vec![1.0, 2.0])));
        assert_eq!(serde_json::to_string(&RetrySchedule::default()).unwrap(), "[]");
        assert!(serde_json::from_str::<RetrySchedule>("[true]").is_err());
    }
}
