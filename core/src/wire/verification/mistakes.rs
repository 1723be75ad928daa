//! The usual mistakes of a receiver's code, each as what it makes of a delivery.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::{KnownKey, SignatureScheme, Signed, VerificationCause};
use crate::model::hex;
use crate::model::signing_key::SigningSecret;

/// Bodies that may have been signed, where this one was received: with another end, or before it was written again.
pub(super) fn bodies(received: &str) -> Vec<String> {
    let trimmed = received.trim();
    let mut bodies = vec![trimmed.to_owned(), format!("{trimmed}\n"), received.replace("\r\n", "\n")];
    if let Ok(value) = serde_json::from_str::<Value>(received) {
        bodies.push(value.to_string());
        bodies.push(spaced(&value));
        bodies.extend(serde_json::to_string_pretty(&value));
    }
    bodies.retain(|body| body != received);
    bodies
}

/// The document with a space behind each comma and colon, as Python's `json.dumps` writes it.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(spaced).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::String(name.clone()), spaced(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

/// How the received body differs from the one that was signed.
pub(super) fn of_body(received: &str, signed: &str) -> VerificationCause {
    if received.trim() == signed.trim() || received.replace("\r\n", "\n").trim() == signed.trim() {
        return VerificationCause::PayloadSpace;
    }
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (read(received), read(signed)) {
        (Some(one), Some(other)) if one == other => VerificationCause::PayloadWrittenAgain,
        _ => VerificationCause::PayloadChanged,
    }
}

/// The ways to take a secret for a key, and the mistake that each is for one of the schemes.
fn keys(scheme: SignatureScheme, secret: &SigningSecret) -> Vec<(Vec<u8>, Option<VerificationCause>)> {
    let whole = secret.expose().as_bytes().to_vec();
    let cut = secret.standard_webhooks_part().as_bytes().to_vec();
    let decoded = STANDARD.decode(&cut).unwrap_or_default();
    match scheme {
        SignatureScheme::Webhook => vec![
            (whole, None),
            (cut, Some(VerificationCause::SecretCut)),
            (decoded, Some(VerificationCause::SecretDecoded)),
        ],
        SignatureScheme::Standard => vec![
            (decoded, None),
            (whole, Some(VerificationCause::SecretNotDecoded)),
            (cut, Some(VerificationCause::SecretNotDecoded)),
        ],
    }
}

/// What may have been signed, the right one first.
fn texts(signed: &Signed<'_>, body: &str) -> Vec<(String, Option<VerificationCause>)> {
    let (id, timestamp) = (signed.id, signed.timestamp);
    let with_time = format!("{timestamp}.{body}");
    let with_both = format!("{id}.{timestamp}.{body}");
    let (right, other) = match signed.scheme {
        SignatureScheme::Webhook => (with_time, with_both),
        SignatureScheme::Standard => (with_both, with_time),
    };
    let wrong = [other, body.to_owned(), format!("{timestamp}{body}"), format!("{id}.{body}")];
    let wrong = wrong.into_iter().map(|text| (text, Some(VerificationCause::SignedWrong)));
    std::iter::once((right, None)).chain(wrong).collect()
}

/// The forms in which a receiver's code may have the value of a signature, the header's first.
fn forms(scheme: SignatureScheme, digest: &[u8]) -> Vec<String> {
    let (hexadecimal, base64) = (hex::encode(digest), STANDARD.encode(digest));
    match scheme {
        SignatureScheme::Webhook => vec![
            format!("sha256={hexadecimal}"),
            hexadecimal.clone(),
            hexadecimal.to_uppercase(),
            base64.clone(),
            format!("sha256={base64}"),
        ],
        SignatureScheme::Standard => {
            vec![format!("v1,{base64}"), base64.clone(), format!("v1,{hexadecimal}"), hexadecimal]
        }
    }
}

fn digest(key: &[u8], text: &str) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac.finalize().into_bytes().into())
}

/// The mistake that makes a receiver's code compute this value. `None` where it is what the header has, or is not known.
pub(super) fn of_computed<'a>(
    computed: &str,
    signed: &'a [Signed<'a>],
    known: &'a [KnownKey],
    body: &str,
) -> Option<(VerificationCause, &'a Signed<'a>, &'a KnownKey)> {
    for signed in signed {
        for key in known {
            for (secret, of_key) in keys(signed.scheme, &key.secret) {
                for (text, of_text) in texts(signed, body) {
                    let Some(digest) = digest(&secret, &text) else { continue };
                    let Some(form) = forms(signed.scheme, &digest).iter().position(|form| form == computed)
                    else {
                        continue;
                    };
                    let cause = match (of_key.or(of_text), form) {
                        (Some(cause), _) => cause,
                        // The bare value behind the prefix is compared with the header's value behind it.
                        (None, 0 | 1) if signed.scheme.values(signed.header).len() > 1 => {
                            VerificationCause::ValuesNotSplit
                        }
                        (None, 0 | 1) => return None,
                        (None, _) => VerificationCause::EncodingWrong,
                    };
                    return Some((cause, signed, key));
                }
            }
        }
    }
    // The right value over another body: it was parsed and written again, or cut.
    for signed in signed {
        for key in known {
            let (secret, _) = keys(signed.scheme, &key.secret).swap_remove(0);
            for other in bodies(body) {
                let (text, _) = texts(signed, &other).swap_remove(0);
                let Some(digest) = digest(&secret, &text) else { continue };
                if forms(signed.scheme, &digest).iter().any(|form| form == computed) {
                    return Some((of_body(&other, body), signed, key));
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::super::{Known, Received, VerificationCause as Cause, diagnose};
    use super::*;
    use crate::model::header_map::HeaderMap;
    use crate::model::ids::SigningKeyId;
    use crate::model::timestamp::Timestamp;
    use crate::wire::signature::{Signer, sign};

    const BODY: &str = r#"{"b": 1.10, "a": "ünï"}"#;
    const ID: &str = "0192a3b4-c5d6-7e8f-9012-345678901234";
    const NOW: Timestamp = Timestamp::from_millis(1_700_000_010_000);

    fn key() -> KnownKey {
        KnownKey { id: SigningKeyId::generate().unwrap(), secret: SigningSecret::generate().unwrap() }
    }

    fn headers(keys: &[KnownKey], timestamp: &str) -> HeaderMap {
        let signers: Vec<Signer> = keys.iter().map(|key| Signer::new(&key.secret)).collect();
        let signatures = sign(&signers, ID, timestamp, BODY.as_bytes());
        [
            ("X-Webhook-Id", ID),
            ("X-Webhook-Timestamp", timestamp),
            ("X-Webhook-Signature", &signatures.webhook),
            ("webhook-id", ID),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", &signatures.standard),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    fn cause(
        headers: &HeaderMap,
        body: &str,
        computed: Option<&str>,
        keys: &[KnownKey],
        others: &[KnownKey],
    ) -> Cause {
        let known = Known { keys, payload: Some(BODY), others, now: NOW };
        let with_payload = diagnose(&Received { headers, body, computed }, &known);
        // Where the payload is gone a changed body cannot be told from another key.
        let without = diagnose(&Received { headers, body, computed }, &Known { payload: None, ..known });
        if with_payload.cause != Cause::PayloadChanged {
            assert_eq!(without.cause, with_payload.cause, "{body}");
        }
        with_payload.cause
    }

    #[test]
    fn what_is_right_is_right_also_during_a_rotation() {
        let keys = [key(), key()];
        for used in [&keys[..1], &keys[1..], &keys[..]] {
            let all = headers(used, "1700000000");
            assert_eq!(cause(&all, BODY, None, &keys, &[]), Cause::Valid);
            for scheme in SignatureScheme::ALL {
                let own: HeaderMap = scheme
                    .headers()
                    .map(|name| (name.to_owned(), all.get(name).unwrap().to_owned()))
                    .into_iter()
                    .collect();
                let known = Known { keys: &keys, payload: None, others: &[], now: NOW };
                let found = diagnose(&Received { headers: &own, body: BODY, computed: None }, &known);
                assert_eq!((found.cause, found.scheme), (Cause::Valid, Some(scheme)));
                assert_eq!(found.key, Some(used[0].id));
                assert_eq!(found.signed_at, Some(Timestamp::from_millis(1_700_000_000_000)));
            }
        }
    }

    #[test]
    fn each_way_to_get_it_wrong_is_named() {
        let (keys, other) = ([key()], key());
        let all = headers(&keys, "1700000000");
        let of = |body: &str, computed: Option<&str>| cause(&all, body, computed, &keys, &[]);
        let written: Value = serde_json::from_str(BODY).unwrap();
        let pretty = serde_json::to_string_pretty(&written).unwrap();
        let known = Known { keys: &keys, payload: Some(BODY), others: &[], now: NOW };
        let rewritten = diagnose(&Received { headers: &all, body: &pretty, computed: None }, &known);
        assert_eq!(rewritten.cause, Cause::PayloadWrittenAgain);
        assert_eq!(of(&format!("{BODY}\n"), None), Cause::PayloadSpace);
        assert_eq!(of(&BODY.replace("1.10", "2"), None), Cause::PayloadChanged);
        assert_eq!(
            cause(&headers(from_ref(&other), "1700000000"), BODY, None, &keys, from_ref(&other)),
            Cause::OtherEndpoint
        );
        assert_eq!(cause(&headers(&[other], "1700000000"), BODY, None, &keys, &[]), Cause::UnknownKey);
        assert_eq!(cause(&headers(&keys, "1699990000"), BODY, None, &keys, &[]), Cause::ClockOff);
        let broken: HeaderMap = all
            .iter()
            .map(|(name, value)| (name.to_owned(), value.replace("sha256=", "").replace("v1,", "")))
            .collect();
        assert_eq!(cause(&broken, BODY, None, &keys, &[]), Cause::HeaderMalformed);
        assert_eq!(cause(&HeaderMap::default(), BODY, None, &keys, &[]), Cause::HeaderMissing);

        let secret = &keys[0].secret;
        let made = |key: &[u8], text: &str| digest(key, text).unwrap();
        let (whole, part) = (secret.expose().as_bytes(), secret.standard_webhooks_part().as_bytes());
        let decoded = STANDARD.decode(part).unwrap();
        let right = format!("1700000000.{BODY}");
        let hexadecimal = |digest: [u8; 32]| format!("sha256={}", hex::encode(&digest));
        let base64 = |digest: [u8; 32]| format!("v1,{}", STANDARD.encode(digest));
        assert_eq!(of(BODY, Some(&hexadecimal(made(whole, &right)))), Cause::Valid);
        assert_eq!(of(BODY, Some(&hexadecimal(made(part, &right)))), Cause::SecretCut);
        assert_eq!(of(BODY, Some(&hexadecimal(made(&decoded, &right)))), Cause::SecretDecoded);
        assert_eq!(of(BODY, Some(&base64(made(whole, &format!("{ID}.{right}"))))), Cause::SecretNotDecoded);
        assert_eq!(of(BODY, Some(&STANDARD.encode(made(whole, &right)))), Cause::EncodingWrong);
        assert_eq!(of(BODY, Some(&hexadecimal(made(whole, BODY)))), Cause::SignedWrong);
        let again = serde_json::to_string(&written).unwrap();
        assert_eq!(
            of(BODY, Some(&hexadecimal(made(whole, &format!("1700000000.{again}"))))),
            Cause::PayloadWrittenAgain
        );
        let two = [keys[0].clone(), key()];
        let rotating = headers(&two, "1700000000");
        let own = hexadecimal(made(whole, &right));
        assert_eq!(cause(&rotating, BODY, Some(&own), &two, &[]), Cause::ValuesNotSplit);
        // What is not known stays what the headers say.
        assert_eq!(of(BODY, Some("sha256=00")), Cause::Valid);
    }
}
