//! Randomness for ids and secrets, from the operating system's source, which stays sound in a forked child.

use crate::error::{Error, ErrorCode, Result};

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Fills `bytes` with random bytes.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|cause| {
        Error::new(ErrorCode::Internal, format!("the system's random source failed: {cause}"))
    })
}

/// `N` random bytes.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// `prefix`, followed by so many characters of `A-Z a-z 0-9`. Each character is as likely as any other.
pub(crate) fn random_secret(prefix: &str, characters: usize) -> Result<String> {
    let wanted = prefix.len() + characters;
    let mut secret = String::with_capacity(wanted);
    secret.push_str(prefix);
    while secret.len() < wanted {
        // 248 is the largest multiple of 62 in a byte. Bytes above it would favour the first letters.
        for byte in random_bytes::<64>()?.into_iter().filter(|byte| *byte < 248) {
            if secret.len() < wanted {
                secret.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
            }
        }
    }
    Ok(secret)
}
