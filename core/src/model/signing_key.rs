//! Signing keys and their secrets.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::ids::SigningKeyId;
use crate::model::random::random_secret;
use crate::model::timestamp::Timestamp;

/// The most signing keys that an endpoint has.
pub const MAX_SIGNING_KEYS: usize = 2;

const SECRET_PREFIX: &str = "whsec_";
const SECRET_CHARACTERS: usize = 32;

/// A signing secret: `whsec_` and 32 characters of `A-Z a-z 0-9`. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

impl SigningSecret {
    /// A new secret from the operating system's random source.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` where the random source fails.
    pub fn generate() -> Result<Self> {
        random_secret(SECRET_PREFIX, SECRET_CHARACTERS).map(Self)
    }

    /// A secret read back from the outbox.
    pub fn from_stored(secret: String) -> Self {
        Self(secret)
    }

    /// The whole secret, as the receiver configures it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The part behind `whsec_`, which Standard Webhooks decodes as base64.
    pub fn standard_webhooks_part(&self) -> &str {
        self.0.strip_prefix(SECRET_PREFIX).unwrap_or(&self.0)
    }

    /// The last four characters.
    pub fn hint(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(..)")
    }
}

/// A signing key as `signing_keys.list` shows it, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SigningKey {
    /// The signing key's id, `sk_...`
    pub id: SigningKeyId,
    /// The last four characters of the secret.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::KeyHint"))]
    pub key_hint: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What `signing_keys.create` answers: the one time that the secret is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RotateSecretResponse"))]
pub struct NewSigningKey {
    /// The signing key's id, `sk_...`
    pub id: SigningKeyId,
    /// `whsec_...`, shown only here.
    #[cfg_attr(feature = "schema", schemars(with = "SigningSecret"))]
    pub signing_secret: String,
    /// The last four characters of the secret.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::KeyHint"))]
    pub key_hint: String,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_the_contracts_form_and_is_not_printed() {
        let secret = SigningSecret::generate().unwrap();
        assert_eq!(secret.expose().len(), 38);
        assert!(secret.expose().starts_with("whsec_"));
        assert!(secret.standard_webhooks_part().bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(secret.expose().ends_with(secret.hint()));
        assert!(!format!("{secret:?}").contains(secret.hint()));
        assert_ne!(secret, SigningSecret::generate().unwrap());
    }
}
