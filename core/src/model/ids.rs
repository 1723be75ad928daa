//! Identifiers (docs/contract.md#identifiers). Each kind is a type of its own.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use uuid::{Builder, Uuid};

use crate::error::Result;
use crate::model::random::{self, random_bytes};
use crate::model::timestamp::Timestamp;

fn unix_millis() -> u64 {
    u64::try_from(Timestamp::now().as_millis()).unwrap_or(0)
}

fn uuid_v7() -> Result<Uuid> {
    Ok(Builder::from_unix_timestamp_millis(unix_millis(), &random_bytes()?).into_uuid())
}

impl MessageId {
    /// Makes `count` ids with one call to the system's random source. They ascend, so that their rows lie side by side in
    /// the index.
    pub(crate) fn generate_many(count: usize) -> Result<Vec<Self>> {
        let mut random = vec![[0; 10]; count];
        random::fill(random.as_flattened_mut())?;
        // The UUID's version overwrites the upper four bits of byte 0, and its variant the upper two of byte 2.
        random.sort_unstable_by_key(|random| {
            let mut bits = *random;
            bits[0] &= 0x0f;
            bits[2] &= 0x3f;
            bits
        });
        let millis = unix_millis();
        let uuid = |random: &[u8; 10]| Builder::from_unix_timestamp_millis(millis, random).into_uuid();
        Ok(random.iter().map(|random| Self(uuid(random))).collect())
    }
}

/// Makes message ids, and asks the system's random source once for many of them. A forked child needs a `MessageIds` of its
/// own: a copy of its parent's would make the parent's next ids again.
#[derive(Debug, Default)]
pub(crate) struct MessageIds {
    random: Mutex<Vec<[u8; 10]>>,
}

impl MessageIds {
    const AT_ONCE: usize = 128;

    /// The next id.
    pub(crate) fn next(&self) -> Result<MessageId> {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = match random.pop() {
            Some(bytes) => bytes,
            None => {
                let mut fresh = vec![[0; 10]; Self::AT_ONCE];
                random::fill(fresh.as_flattened_mut())?;
                let last = fresh.pop().unwrap_or_default();
                *random = fresh;
                last
            }
        };
        drop(random);
        Ok(MessageId(Builder::from_unix_timestamp_millis(unix_millis(), &bytes).into_uuid()))
    }
}

/// An attempt's id must be unique, but may be guessed. So no attempt calls the system's random source.
fn attempt_uuid() -> Result<Uuid> {
    let mut random = [0; 10];
    fastrand::fill(&mut random);
    Ok(Builder::from_unix_timestamp_millis(unix_millis(), &random).into_uuid())
}

/// The text is not an id of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedId;

impl fmt::Display for MalformedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed id")
    }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $parse:expr, $write:expr, $make:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id.
            ///
            /// # Errors
            /// `INTERNAL_ERROR` where the system's random source fails.
            pub fn generate() -> Result<Self> {
                $make().map(Self)
            }

            /// The 16 bytes, as they are stored.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id of 16 stored bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let write: fn(&Uuid, &mut fmt::Formatter<'_>) -> fmt::Result = $write;
                write(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                let parse: fn(&str) -> Option<Uuid> = $parse;
                parse(text).map(Self).ok_or(MalformedId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|_| de::Error::custom(concat!("malformed ", stringify!($name))))
            }
        }
    };
}

fn lower_hex(text: &str, prefix: &str) -> Option<Uuid> {
    let digits = text.strip_prefix(prefix)?;
    let plain =
        digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if plain { Uuid::try_parse(digits).ok() } else { None }
}

fn dashed(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

id_type! {
    /// `ep_` and 32 lowercase hexadecimal digits.
    EndpointId,
    |text| lower_hex(text, "ep_"),
    |id, f| write!(f, "ep_{}", id.simple()),
    || Ok(Builder::from_random_bytes(random_bytes()?).into_uuid())
}

id_type! {
    /// `sk_` and 32 lowercase hexadecimal digits.
    SigningKeyId,
    |text| lower_hex(text, "sk_"),
    |id, f| write!(f, "sk_{}", id.simple()),
    || Ok(Builder::from_random_bytes(random_bytes()?).into_uuid())
}

id_type! {
    /// `key_` and 32 lowercase hexadecimal digits: names an API key, and is no secret.
    ApiKeyId,
    |text| lower_hex(text, "key_"),
    |id, f| write!(f, "key_{}", id.simple()),
    || Ok(Builder::from_random_bytes(random_bytes()?).into_uuid())
}

id_type! {
    /// A UUIDv7 (RFC 9562) with dashes. Every delivery of a message carries its id.
    MessageId,
    dashed,
    |id, f| write!(f, "{}", id.hyphenated()),
    uuid_v7
}

id_type! {
    /// A UUIDv7 (RFC 9562) with dashes.
    AttemptId,
    dashed,
    |id, f| write!(f, "{}", id.hyphenated()),
    attempt_uuid
}

id_type! {
    /// A UUIDv7 (RFC 9562) with dashes.
    ExportId,
    dashed,
    |id, f| write!(f, "{}", id.hyphenated()),
    uuid_v7
}

id_type! {
    /// `evt_` and 32 lowercase hexadecimal digits, those of a UUIDv7 (RFC 9562).
    EventId,
    |text| lower_hex(text, "evt_"),
    |id, f| write!(f, "evt_{}", id.simple()),
    uuid_v7
}

impl EndpointId {
    /// The id as a UUID with dashes, as exports show it (docs/contract.md#identifiers).
    pub(crate) fn dashed(&self) -> String {
        self.0.hyphenated().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_what_they_write() {
        let endpoint = EndpointId::generate().unwrap();
        assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
        assert_eq!(endpoint.to_string().len(), 35);
        let message = MessageId::generate().unwrap();
        assert_eq!(message.to_string().parse(), Ok(message));
        assert_eq!(&message.to_string()[14..15], "7");
    }

    #[test]
    fn other_forms_are_refused() {
        for text in ["ep_nonexistent_12345", "ep_", "ep_00000000000000000000000000000000x", "sk_", ""] {
            assert!(text.parse::<EndpointId>().is_err(), "{text}");
        }
        assert!("EP_0000000000000000000000000000000A".parse::<EndpointId>().is_err());
        assert!("0192a3b4c5d67e8f9012345678901234".parse::<MessageId>().is_err());
    }
}
