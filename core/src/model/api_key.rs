//! API keys, which callers show at an HTTP door.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::random::random_secret;
use crate::model::timestamp::Timestamp;

/// The longest label.
pub const LABEL_CHARACTERS: usize = 255;

/// The random characters behind `hb_live_` or `hb_test_`.
const SECRET_CHARACTERS: usize = 32;
const SHOWN_CHARACTERS: usize = 11;

/// The mode that a key's prefix names. Both modes behave alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "APIKeyMode", transform = crate::model::schema::words))]
pub enum ApiKeyMode {
    /// `hb_live_...`
    #[default]
    Live,
    /// `hb_test_...`
    Test,
}

impl ApiKeyMode {
    const ALL: [Self; 2] = [Self::Live, Self::Test];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Live => "hb_live_",
            Self::Test => "hb_test_",
        }
    }
}

/// What a key lets its owner do at an HTTP door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "APIKeyScope", transform = crate::model::schema::words))]
pub enum ApiKeyScope {
    /// Everything.
    #[default]
    Full,
    /// What changes nothing.
    Read,
    /// Sending messages, and nothing else.
    Send,
}

impl ApiKeyScope {
    /// The scope as it stands in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Read => "read",
            Self::Send => "send",
        }
    }
}

/// The SHA-256 of a whole key. Nothing else of a key is stored but its prefix.
pub(crate) fn sha256(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// A whole key: `hb_live_` or `hb_test_` and 32 letters and digits. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeySecret(String);

impl ApiKeySecret {
    /// A new key from the operating system's random source.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` where the random source fails.
    pub fn generate(mode: ApiKeyMode) -> Result<Self> {
        random_secret(mode.prefix(), SECRET_CHARACTERS).map(Self)
    }

    /// Reads a given key; `None` where `text` has not the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let random = ApiKeyMode::ALL.iter().find_map(|mode| text.strip_prefix(mode.prefix()))?;
        let plain = random.len() == SECRET_CHARACTERS && random.bytes().all(|b| b.is_ascii_alphanumeric());
        plain.then(|| Self(text.to_owned()))
    }

    /// The whole key.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The first 11 characters, for people to tell keys apart.
    pub fn prefix(&self) -> &str {
        self.0.get(..SHOWN_CHARACTERS).unwrap_or_default()
    }

    pub(crate) fn sha256(&self) -> [u8; 32] {
        sha256(&self.0)
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret(..)")
    }
}

/// An API key as `api_keys.list` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "APIKeyInfo"))]
pub struct ApiKey {
    /// The API key's id, `key_...`
    pub key_id: ApiKeyId,
    /// The label that it was given; empty without one.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = LABEL_CHARACTERS)))]
    pub label: String,
    /// The key's first 11 characters.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the key was last used, to the minute; null where it never was.
    pub last_used_at: Option<Timestamp>,
    /// What the key lets its owner do; absent where an older server answered.
    #[serde(default)]
    pub scope: Option<ApiKeyScope>,
}

/// What `api_keys.create` answers: the one time that the whole key is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CreateAPIKeyResponse"))]
pub struct NewApiKey {
    /// The API key's id, `key_...`
    pub key_id: ApiKeyId,
    /// The whole key, shown only here.
    #[cfg_attr(feature = "schema", schemars(with = "ApiKeySecret"))]
    pub key: String,
    /// Its first 11 characters.
    pub prefix: String,
    /// The label that it was given; empty without one.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = LABEL_CHARACTERS)))]
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// What the key lets its owner do; absent where an older server answered.
    #[serde(default)]
    pub scope: Option<ApiKeyScope>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_contracts_form_and_is_not_printed() {
        for mode in ApiKeyMode::ALL {
            let key = ApiKeySecret::generate(mode).unwrap();
            assert_eq!(ApiKeySecret::parse(key.expose()).as_ref(), Some(&key));
            assert!(key.expose().starts_with(mode.prefix()) && key.expose().len() == 40);
            assert!(key.prefix().len() == 11 && key.expose().starts_with(key.prefix()));
            assert!(!format!("{key:?}").contains(key.prefix()));
        }
        for wrong in ["", "hb_live_", "hb_live_0123456789012345678901234567890!", "secret", "hb_äöü_x"] {
            assert_eq!(ApiKeySecret::parse(wrong), None, "{wrong}");
        }
    }
}
