//! What an operation is asked, field by field.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// The fields of a request. What is not given is left out, since null may say something of its own.
#[derive(Default)]
pub(crate) struct Request(Vec<(&'static str, Box<RawValue>)>);

impl Request {
    /// With a field.
    pub(crate) fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        // What is written here are texts, numbers, lists and maps of texts: they can be.
        self.0.extend(to_raw_value(&value).ok().map(|value| (name, value)));
        self
    }

    /// With a field that may be absent.
    pub(crate) fn given(self, name: &'static str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
