//! Who may call: the bearer of an API key.

use std::io::Write;

use axum::http::{HeaderMap, header};
use hookbridge_core::{Error, ErrorCode, Result};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Decides whether a key is good. Called once for each request, on a thread that may wait.
pub trait Authenticate: Send + Sync + 'static {
    /// # Errors
    /// `UNAUTHORIZED`.
    fn authenticate(&self, key: &str) -> Result<()>;
}

/// One key, of which only the SHA-256 is kept.
pub struct GivenKey([u8; 32]);

impl GivenKey {
    pub fn new(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }
}

impl Authenticate for GivenKey {
    fn authenticate(&self, key: &str) -> Result<()> {
        // Digests are compared, so that neither time nor length tells how much was right.
        let given: [u8; 32] = Sha256::digest(key).into();
        if self.0.ct_eq(&given).into() { Ok(()) } else { Err(refused("the API key is unknown")) }
    }
}

fn refused(message: &str) -> Error {
    Error::new(ErrorCode::Unauthorized, message)
}

/// The key in `Authorization: Bearer <key>`.
///
/// # Errors
/// `UNAUTHORIZED` where there is none.
pub fn bearer(headers: &HeaderMap) -> Result<&str> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = given.and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    key.ok_or_else(|| refused("an API key is needed: `Authorization: Bearer <key>`"))
}

const PREFIX: &str = "hb_live_";
const CHARACTERS: usize = 32;
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A new key from the operating system's random source, shown once on stderr, never in the log.
///
/// # Errors
/// `INTERNAL_ERROR` where that source fails or stderr cannot be written.
pub fn new_key() -> Result<String> {
    let failed = |cause: String| Error::new(ErrorCode::Internal, format!("no API key can be made: {cause}"));
    let mut key = PREFIX.to_owned();
    while key.len() < PREFIX.len() + CHARACTERS {
        let mut bytes = [0; CHARACTERS];
        getrandom::fill(&mut bytes).map_err(|cause| failed(cause.to_string()))?;
        // 248 is the largest multiple of 62 in a byte: what lies above would favour some letters.
        let letters = bytes.iter().filter(|byte| **byte < 248);
        key.extend(letters.map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])));
    }
    key.truncate(PREFIX.len() + CHARACTERS);
    writeln!(std::io::stderr(), "API key, shown only now: {key}")
        .map_err(|cause| failed(cause.to_string()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_given_key_is_good() {
        let keys = GivenKey::new("hb_test_a");
        let check = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            bearer(&headers).and_then(|key| keys.authenticate(key))
        };
        check("Bearer hb_test_a").unwrap();
        check("bearer  hb_test_a").unwrap();
        for wrong in ["Bearer hb_test_b", "Bearer", "Bearer ", "Basic hb_test_a", "hb_test_a"] {
            assert_eq!(check(wrong).unwrap_err().code(), ErrorCode::Unauthorized, "{wrong}");
        }
        assert!(bearer(&HeaderMap::new()).is_err());
    }
}
