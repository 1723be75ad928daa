//! The two signatures of a delivery (docs/contract.md#signatures). Both use the same secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::model::hex;
use crate::model::signing_key::SigningSecret;

/// The values of the two signature headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatures {
    /// `X-Webhook-Signature`: `sha256=<hex>` over `timestamp.body`, several joined by a comma.
    pub webhook: String,
    /// `webhook-signature` of Standard Webhooks: `v1,<base64>` over `id.timestamp.body`, joined by a space.
    pub standard: String,
}

type HmacSha256 = Hmac<Sha256>;

/// The HMAC keys of a secret, set up once and not for every delivery.
#[derive(Clone)]
pub struct Signer {
    /// Keyed with the whole secret.
    webhook: Option<HmacSha256>,
    /// Keyed with the decoded part behind `whsec_`.
    standard: Option<HmacSha256>,
}

impl Signer {
    /// A signer with `secret`.
    pub fn new(secret: &SigningSecret) -> Self {
        // HMAC takes keys of any length, although the constructor may fail.
        let keyed = |key: &[u8]| HmacSha256::new_from_slice(key).ok();
        let decoded = STANDARD.decode(secret.standard_webhooks_part()).ok();
        Self { webhook: keyed(secret.expose().as_bytes()), standard: decoded.and_then(|key| keyed(&key)) }
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(..)")
    }
}

fn digest(keyed: &HmacSha256, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed.clone();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// Signs a delivery with each of `signers`, in their order; `timestamp` is in seconds.
pub fn sign(signers: &[Signer], id: &str, timestamp: &str, body: &[u8]) -> Signatures {
    let mut signatures =
        Signatures { webhook: String::with_capacity(72), standard: String::with_capacity(48) };
    for keyed in signers.iter().filter_map(|signer| signer.webhook.as_ref()) {
        let webhook = &mut signatures.webhook;
        webhook.push_str(if webhook.is_empty() { "sha256=" } else { ",sha256=" });
        hex::push(webhook, &digest(keyed, &[timestamp.as_bytes(), b".", body]));
    }
    for keyed in signers.iter().filter_map(|signer| signer.standard.as_ref()) {
        let standard = &mut signatures.standard;
        standard.push_str(if standard.is_empty() { "v1," } else { " v1," });
        let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        STANDARD.encode_string(digest(keyed, &parts), standard);
    }
    signatures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::MessageId;
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
        let text = include_str!("../../../tests/conformance/signatures.json");
        let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
        assert!(vectors.len() >= 4);
        for vector in vectors {
            let secrets = vector.secrets.into_iter().map(SigningSecret::from_stored);
            let signers: Vec<_> = secrets.map(|secret| Signer::new(&secret)).collect();
            let (id, timestamp) = (vector.message_id.to_string(), vector.timestamp.to_string());
            let signed = sign(&signers, &id, &timestamp, vector.body.as_bytes());
            assert_eq!((signed.webhook, signed.standard), (vector.webhook, vector.standard));
        }
    }
}
