//! Whole numbers in requests. JSON does not tell 5 from 5.0, and some languages write the latter.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};

/// Reads a whole number, or null. For `#[serde(deserialize_with)]` beside `#[serde(default)]`.
///
/// # Errors
/// For a number that has a fraction, is negative or does not fit.
pub(crate) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    struct Whole;

    impl<'de> Visitor<'de> for Whole {
        type Value = Option<u32>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a whole number from 0 to {}", u32::MAX)
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            let fitting = u32::try_from(number);
            fitting.map(Some).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            let is_whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
            // The cast is used only where the number is whole and in range.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let whole = number as u32;
            if is_whole {
                Ok(Some(whole))
            } else {
                Err(E::invalid_value(de::Unexpected::Float(number), &self))
            }
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Whole)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Input {
        #[serde(default, deserialize_with = "super::optional")]
        number: Option<u32>,
    }

    fn read(text: &str) -> Result<Option<u32>, String> {
        serde_json::from_str::<Input>(text).map(|asked| asked.number).map_err(|error| error.to_string())
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        for (text, number) in [
            (r#"{"number": 5}"#, Some(5)),
            (r#"{"number": 5.0}"#, Some(5)),
            (r#"{"number": 5e2}"#, Some(500)),
            (r#"{"number": -0.0}"#, Some(0)),
            (r#"{"number": 4294967295.0}"#, Some(u32::MAX)),
            (r#"{"number": null}"#, None),
            ("{}", None),
        ] {
            assert_eq!(read(text), Ok(number), "{text}");
        }
        for wrong in ["5.5", "-1", "-1.0", "4294967296", "4294967296.0", "1e300", "\"5\"", "true", "[5]"] {
            let refused = read(&format!(r#"{{"number": {wrong}}}"#)).unwrap_err();
            assert!(refused.contains("a whole number"), "{wrong}: {refused}");
        }
    }
}
