//! Links to export files. They need no API key: they are signed and expire soon.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, ErrorCode, Result};
use crate::model::hex;
use crate::model::ids::ExportId;
use crate::model::timestamp::Timestamp;

/// How long a link is valid.
const GOOD_FOR: Duration = Duration::from_secs(15 * 60);

fn mac(secret: &[u8; 32], id: &ExportId, expires: i64) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|cause| Error::new(ErrorCode::Internal, format!("a link cannot be signed: {cause}")))?;
    mac.update(format!("export:{id}:{expires}").as_bytes());
    Ok(mac)
}

/// The path and query of a signed link.
pub(crate) fn sign(secret: &[u8; 32], id: &ExportId, now: Timestamp) -> Result<String> {
    let expires = now.plus(GOOD_FOR).as_seconds();
    let signature = hex::encode(&mac(secret, id, expires)?.finalize().into_bytes());
    Ok(format!("/v1/exports/{id}/file?expires={expires}&signature={signature}"))
}

/// Checks a link's signature and expiry.
///
/// # Errors
/// `UNAUTHORIZED` where we did not sign the link, or where it has expired.
pub(crate) fn check(
    secret: &[u8; 32],
    id: &ExportId,
    expires: i64,
    signature: &str,
    now: Timestamp,
) -> Result<()> {
    let refused = |why| Err(Error::new(ErrorCode::Unauthorized, why));
    // `verify_slice` compares in constant time.
    let ours = hex::decode(signature)
        .is_some_and(|bytes| mac(secret, id, expires).is_ok_and(|mac| mac.verify_slice(&bytes).is_ok()));
    if !ours {
        return refused("the link's signature is not ours");
    }
    if expires <= now.as_seconds() {
        return refused("the link is too old: ask for a new one");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_its_export_and_its_time_only() {
        let (secret, id, other) = ([7; 32], ExportId::from_bytes([1; 16]), ExportId::from_bytes([2; 16]));
        let now = Timestamp::from_millis(1_800_000_000_000);
        let link = sign(&secret, &id, now).unwrap();
        let (expires, signature) = link.split_once("expires=").unwrap().1.split_once("&signature=").unwrap();
        let expires: i64 = expires.parse().unwrap();
        check(&secret, &id, expires, signature, now).unwrap();
        let refused = |id: &ExportId, expires, signature: &str, now| {
            check(&secret, id, expires, signature, now).is_err()
        };
        assert!(refused(&other, expires, signature, now));
        assert!(refused(&id, expires + 1, signature, now));
        assert!(refused(&id, expires, signature, now.plus(GOOD_FOR)));
        assert!(refused(&id, expires, &signature[2..], now));
        assert!(
            refused(&id, expires, "zz", now)
                && refused(&id, expires, "", now)
                && refused(&id, expires, "\u{e9}", now)
        );
        assert!(check(&[8; 32], &id, expires, signature, now).is_err());
    }
}
