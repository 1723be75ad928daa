//! Both signatures of a delivery, computed here from docs/contract.md#signatures and not by the engine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::receiver::Delivery;

fn mac(key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|error| error.to_string())?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(mac.finalize().into_bytes().to_vec())
}

/// What the two headers must say, for every secret in order.
pub fn expected(
    secrets: &[String],
    id: &str,
    timestamp: &str,
    body: &[u8],
) -> Result<(String, String), String> {
    let (mut webhook, mut standard) = (Vec::new(), Vec::new());
    for secret in secrets {
        let hex: String = mac(secret.as_bytes(), &[timestamp.as_bytes(), b".", body])?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        webhook.push(format!("sha256={hex}"));
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").ok_or("a secret begins with whsec_")?)
            .map_err(|error| format!("a secret is base64: {error}"))?;
        let signed = mac(&key, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body])?;
        standard.push(format!("v1,{}", STANDARD.encode(signed)));
    }
    Ok((webhook.join(","), standard.join(" ")))
}

/// Whether a delivery is signed with these secrets, by both schemes.
pub fn check(delivery: &Delivery, secrets: &[String]) -> Result<(), String> {
    let timestamp = delivery.header("x-webhook-timestamp");
    if timestamp != delivery.header("webhook-timestamp") {
        return Err("the timestamps differ".to_owned());
    }
    let id = delivery.header("webhook-id");
    let (webhook, standard) = expected(secrets, id, timestamp, &delivery.body)?;
    let found = (delivery.header("x-webhook-signature"), delivery.header("webhook-signature"));
    // The order of the keys is the engine's.
    let same = |expected: &str, found: &str, between: char| {
        let sorted = |text: &str| {
            let mut parts: Vec<String> = text.split(between).map(str::to_owned).collect();
            parts.sort();
            parts
        };
        sorted(expected) == sorted(found)
    };
    if same(&webhook, found.0, ',') && same(&standard, found.1, ' ') {
        Ok(())
    } else {
        Err(format!("signed {found:?}, expected {webhook} and {standard}"))
    }
}
