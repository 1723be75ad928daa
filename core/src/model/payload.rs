//! The payload of a message.

use bytes::Bytes;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{Result, invalid_request};

/// A payload: JSON text whose bytes are stored and sent as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload(Bytes);

impl Payload {
    /// Takes `text` unchanged. Its size is checked by the send.
    ///
    /// # Errors
    /// `INVALID_REQUEST` where `text` is not UTF-8 or not one JSON value.
    pub fn from_json(text: impl Into<Bytes>) -> Result<Self> {
        let text = text.into();
        let checked = std::str::from_utf8(&text).map_err(|_| invalid_request("the payload is not UTF-8"))?;
        serde_json::from_str::<IgnoredAny>(checked)
            .map_err(|cause| invalid_request(format!("the payload is not valid JSON: {cause}")))?;
        Ok(Self(text))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: Box<RawValue> = Box::deserialize(deserializer)?;
        let text: Box<str> = text.into();
        Ok(Self(Bytes::from(text.into_string())))
    }
}
