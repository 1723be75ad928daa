//! Retry schedules: the gaps between the attempts of a message.

use std::fmt;
use std::time::Duration;

use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// The name of the default schedule.
pub const HOOKBRIDGE: &str = "hookbridge";
/// The name of the schedule that Standard Webhooks suggests.
pub const STANDARD_WEBHOOKS: &str = "standard-webhooks";
const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const HOOKBRIDGE_SLOW: &[f64] =
    &[30.0 * MINUTE, 2.0 * HOUR, 6.0 * HOUR, 12.0 * HOUR, 24.0 * HOUR, 48.0 * HOUR, 72.0 * HOUR, 96.0 * HOUR];
const HOOKBRIDGE_FAST: &[f64] = &[30.0, 60.0, 120.0, 240.0, 300.0];
const STANDARD_WEBHOOKS_GAPS: &[f64] = &[
    5.0,
    5.0 * MINUTE,
    30.0 * MINUTE,
    2.0 * HOUR,
    5.0 * HOUR,
    10.0 * HOUR,
    14.0 * HOUR,
    20.0 * HOUR,
    24.0 * HOUR,
];
/// The longest gap.
pub const LONGEST_GAP: Duration = Duration::from_secs(30 * 24 * 3600);
/// The most gaps of one list.
pub const MOST_GAPS: usize = 100;

/// The gaps between attempts: `slow` after most failures, `fast` after a 429.
///
/// In JSON a name (`"hookbridge"` or `"standard-webhooks"`), a list of seconds that serves for
/// both, or an object `{"slow": [..], "fast": [..]}`. Where a list is shorter than the attempts, its
/// last gap repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrySchedule {
    /// Gaps after any failure but a 429.
    pub slow: Vec<Duration>,
    /// Gaps after a 429.
    pub fast: Vec<Duration>,
}

fn gaps(seconds: &[f64]) -> Vec<Duration> {
    seconds.iter().map(|seconds| Duration::from_secs_f64(*seconds)).collect()
}

impl RetrySchedule {
    /// 30 m, 2 h, 6 h, 12 h, 24 h, 48 h, 72 h, 96 h; after a 429: 30, 60, 120, 240, 300 s.
    pub fn hookbridge() -> Self {
        Self { slow: gaps(HOOKBRIDGE_SLOW), fast: gaps(HOOKBRIDGE_FAST) }
    }

    /// 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, after a 429 too (Standard Webhooks' suggestion).
    pub fn standard_webhooks() -> Self {
        Self::uniform(gaps(STANDARD_WEBHOOKS_GAPS))
    }

    /// The same gaps after every failure.
    pub fn uniform(gaps: Vec<Duration>) -> Self {
        Self { slow: gaps.clone(), fast: gaps }
    }

    /// The gap after failure number `failure` (1-based) on the slow list.
    pub fn slow_gap(&self, failure: u32) -> Duration {
        pick(&self.slow, failure)
    }

    /// The gap after failure number `failure` (1-based) on the fast list.
    pub fn fast_gap(&self, failure: u32) -> Duration {
        pick(&self.fast, failure)
    }

    pub(crate) fn validate(&self) -> Result<(), String> {
        for list in [&self.slow, &self.fast] {
            if list.is_empty() || list.len() > MOST_GAPS || list.iter().any(|gap| *gap > LONGEST_GAP) {
                return Err(allowed());
            }
        }
        Ok(())
    }
}

fn pick(gaps: &[Duration], failure: u32) -> Duration {
    let index = (failure.max(1) as usize - 1).min(gaps.len().saturating_sub(1));
    gaps.get(index).copied().unwrap_or(LONGEST_GAP)
}

fn allowed() -> String {
    format!(
        "\"{HOOKBRIDGE}\", \"{STANDARD_WEBHOOKS}\", a list of 1 to {MOST_GAPS} gaps in seconds (0 to {}), \
         or {{\"slow\": [..], \"fast\": [..]}}",
        LONGEST_GAP.as_secs()
    )
}

impl Serialize for RetrySchedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::hookbridge() {
            return serializer.serialize_str(HOOKBRIDGE);
        }
        if *self == Self::standard_webhooks() {
            return serializer.serialize_str(STANDARD_WEBHOOKS);
        }
        let seconds = |list: &[Duration]| list.iter().map(Duration::as_secs_f64).collect::<Vec<f64>>();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("slow", &seconds(&self.slow))?;
        map.serialize_entry("fast", &seconds(&self.fast))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for RetrySchedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let schedule = deserializer.deserialize_any(ScheduleVisitor)?;
        schedule.validate().map_err(de::Error::custom)?;
        Ok(schedule)
    }
}

/// A schedule where one may be cleared: null is none, and so is an empty list, for languages in which null is what was not
/// given. To be named in `deserialize_with`; what is absent is `None` by the field's default.
pub(crate) fn or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<RetrySchedule>>, D::Error> {
    deserializer.deserialize_any(OrNoneVisitor).map(Some)
}

struct OrNoneVisitor;

impl<'de> Visitor<'de> for OrNoneVisitor {
    type Value = Option<RetrySchedule>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&allowed())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        ScheduleVisitor.visit_str(name).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        let seconds = numbers(list)?;
        if seconds.is_empty() { Ok(None) } else { checked(&seconds).map(RetrySchedule::uniform).map(Some) }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        ScheduleVisitor.visit_map(map).map(Some)
    }
}

fn numbers<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Vec<f64>, A::Error> {
    let mut numbers = Vec::new();
    while let Some(number) = list.next_element::<f64>()? {
        numbers.push(number);
    }
    Ok(numbers)
}

struct ScheduleVisitor;

impl<'de> Visitor<'de> for ScheduleVisitor {
    type Value = RetrySchedule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&allowed())
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<RetrySchedule, E> {
        match name {
            HOOKBRIDGE => Ok(RetrySchedule::hookbridge()),
            STANDARD_WEBHOOKS => Ok(RetrySchedule::standard_webhooks()),
            _ => Err(E::invalid_value(de::Unexpected::Str(name), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<RetrySchedule, A::Error> {
        checked(&numbers(list)?).map(RetrySchedule::uniform)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RetrySchedule, A::Error> {
        let mut schedule = RetrySchedule::hookbridge();
        while let Some((key, seconds)) = map.next_entry::<String, Vec<f64>>()? {
            match key.as_str() {
                "slow" => schedule.slow = checked(&seconds)?,
                "fast" => schedule.fast = checked(&seconds)?,
                _ => return Err(de::Error::custom(format!("unknown key `{key}`; allowed: {}", allowed()))),
            }
        }
        Ok(schedule)
    }
}

fn checked<E: de::Error>(seconds: &[f64]) -> Result<Vec<Duration>, E> {
    if seconds.is_empty()
        || seconds.len() > MOST_GAPS
        || seconds.iter().any(|gap| !(0.0..=LONGEST_GAP.as_secs_f64()).contains(gap))
    {
        return Err(E::custom(allowed()));
    }
    Ok(gaps(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_n_takes_gap_n_and_the_last_repeats() {
        let schedule = RetrySchedule::hookbridge();
        assert_eq!(schedule.slow_gap(1), Duration::from_secs(1800));
        assert_eq!(schedule.slow_gap(8), Duration::from_secs(96 * 3600));
        assert_eq!(schedule.slow_gap(50), Duration::from_secs(96 * 3600));
        assert_eq!(schedule.fast_gap(5), Duration::from_secs(300));
        assert_eq!(schedule.fast_gap(6), Duration::from_secs(300));
    }

    #[test]
    fn every_form_survives_json() {
        for text in [r#""hookbridge""#, r#""standard-webhooks""#, r#"{"slow":[1.0],"fast":[0.5,2.0]}"#] {
            let schedule: RetrySchedule = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&schedule).unwrap(), text);
        }
        let uniform: RetrySchedule = serde_json::from_str("[1, 2]").unwrap();
        assert_eq!(uniform.slow, uniform.fast);
        for wrong in ["[]", "[-1]", "[1e9]", "\"x\"", "{\"slow\":[]}", "{\"medium\":[1]}", "7"] {
            assert!(serde_json::from_str::<RetrySchedule>(wrong).is_err(), "{wrong}");
        }
    }
}
