//! A field that takes one word or several: as HTTP's query has them, and as callers in a process write one.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{SeqAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, SeqAccess, Visitor};

/// Reads a word, a list of words, or null, which is none. For `#[serde(deserialize_with)]` beside `#[serde(default)]`.
///
/// # Errors
/// For a word that `T` does not have.
pub(crate) fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct Words<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Words<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a word or a list of words")
        }

        fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
            T::deserialize(StrDeserializer::new(word)).map(|word| vec![word])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, words: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(words))
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }
    }

    deserializer.deserialize_any(Words(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::message::MessageStatus;

    #[derive(Debug, Deserialize)]
    struct Asked {
        #[serde(default, deserialize_with = "read")]
        status: Vec<MessageStatus>,
    }

    #[test]
    fn one_word_or_several_or_none() {
        use MessageStatus::{Queued, Succeeded};
        let asked = |text: &str| serde_json::from_str::<Asked>(text).map(|asked| asked.status);
        assert_eq!(asked("{}").unwrap(), []);
        assert_eq!(asked(r#"{"status": null}"#).unwrap(), []);
        assert_eq!(asked(r#"{"status": "queued"}"#).unwrap(), [Queued]);
        assert_eq!(asked(r#"{"status": ["queued", "succeeded"]}"#).unwrap(), [Queued, Succeeded]);
        for wrong in
            [r#"{"status": "odd"}"#, r#"{"status": ["odd"]}"#, r#"{"status": 5}"#, r#"{"status": {}}"#]
        {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
    }
}
