//! A JSON value as its text, for values that have no type of their own.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The text of a JSON value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonText(pub String);

uniffi::custom_newtype!(JsonText, String);

impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = RawValue::from_string(self.0.clone())
            .map_err(|cause| S::Error::custom(format!("it is not JSON: {cause}")))?;
        value.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        serde_json::to_string(&value).map(Self).map_err(D::Error::custom)
    }
}
