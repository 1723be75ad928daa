//! Both signatures of a delivery, from the same secrets (contract Part A, "signatures").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::model::ids::MessageId;
use crate::model::signing_key::SigningSecret;

/// The values of the two signature headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatures {
    /// `X-Webhook-Signature`: `sha256=<hex>` over `timestamp.body`, several joined by a comma.
    pub webhook: String,
    /// `webhook-signature` of Standard Webhooks: `v1,<base64>` over `id.timestamp.body`, joined by a space.
    pub standard: String,
}

fn digest(key: &[u8], parts: &[&[u8]]) -> Option<[u8; 32]> {
    // HMAC takes keys of any length; the type says otherwise.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac.finalize().into_bytes().into())
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Signs a delivery with each of `keys`, in their order.
pub fn sign(keys: &[SigningSecret], id: &MessageId, timestamp_seconds: i64, body: &[u8]) -> Signatures {
    let (id, timestamp) = (id.to_string(), timestamp_seconds.to_string());
    let webhook: Vec<String> = keys
        .iter()
        .filter_map(|key| digest(key.expose().as_bytes(), &[timestamp.as_bytes(), b".", body]))
        .map(|digest| format!("sha256={}", hex(&digest)))
        .collect();
    let standard: Vec<String> = keys
        .iter()
        .filter_map(|key| STANDARD.decode(key.standard_webhooks_part()).ok())
        .filter_map(|key| digest(&key, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]))
        .map(|digest| format!("v1,{}", STANDARD.encode(digest)))
        .collect();
    Signatures { webhook: webhook.join(","), standard: standard.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Vector {
        secrets: Vec<String>,
        message_id: MessageId,
        timestamp: i64,
        body: String,
        webhook: String,
        standard: String,
    }

    #[test]
    fn every_vector_is_reproduced() {
        let text = include_str!("../../../../tests/conformance/signatures.json");
        let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
        assert!(vectors.len() >= 4);
        for vector in vectors {
            let keys: Vec<_> = vector.secrets.into_iter().map(SigningSecret::from_stored).collect();
            let signed = sign(&keys, &vector.message_id, vector.timestamp, vector.body.as_bytes());
            assert_eq!((signed.webhook, signed.standard), (vector.webhook, vector.standard));
        }
    }
}
