//! Both signatures of a delivery, computed here from the documents that define them: RFC 2104 for HMAC,
//! docs/contract.md#signatures for what is signed. Nothing of the engine's, and no HMAC library, has a part in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::receiver::{Delivery, Receiver, answer, eventually};
use super::server::Server;

const BLOCK: usize = 64;

fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    assert!(key.len() <= BLOCK, "longer keys would be hashed first");
    block[..key.len()].copy_from_slice(key);
    let padded = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

/// What a receiver that knows `secrets` expects in the two headers.
fn expected(delivery: &Delivery, secrets: &[&str]) -> (String, String) {
    let header = |name: &str| delivery.header(name).unwrap_or_else(|| panic!("{name}: {delivery:?}"));
    assert_eq!(header("webhook-id"), header("x-webhook-id"));
    assert_eq!(header("webhook-timestamp"), header("x-webhook-timestamp"));
    let timestamp = header("x-webhook-timestamp");
    assert!(timestamp.bytes().all(|digit| digit.is_ascii_digit()), "{timestamp}");
    let plain = [timestamp.as_bytes(), b".", &delivery.body].concat();
    let standard = [header("webhook-id").as_bytes(), b".", &plain].concat();
    let hex = |digest: [u8; 32]| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let ours = secrets.iter().map(|secret| format!("sha256={}", hex(hmac_sha256(secret.as_bytes(), &plain))));
    let theirs = secrets.iter().map(|secret| {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &standard)))
    });
    (ours.collect::<Vec<_>>().join(","), theirs.collect::<Vec<_>>().join(" "))
}

#[track_caller]
fn verify(delivery: &Delivery, secrets: &[&str]) {
    let (ours, theirs) = expected(delivery, secrets);
    assert_eq!(delivery.header("x-webhook-signature"), Some(ours.as_str()));
    assert_eq!(delivery.header("webhook-signature"), Some(theirs.as_str()));
}

/// The test cases 1 and 2 of RFC 4231.
#[test]
fn what_verifies_is_hmac() {
    let hex = |digest: [u8; 32]| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(
        hex(hmac_sha256(&[0x0b; 20], b"Hi There")),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
    assert_eq!(
        hex(hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

#[test]
fn both_signatures_verify_before_during_and_after_a_rotation() {
    let receiver = Receiver::start(|_, _| answer(200));
    let server = Server::start(&[]);
    let created = server.create_endpoint(&receiver.url("/hook"));
    let id = created["id"].as_str().unwrap();
    let deliver = |payload: &str| {
        let before = receiver.count();
        let message = server.send(id, payload);
        eventually("the delivery", || receiver.count() == before + 1);
        let delivery = receiver.deliveries().pop().unwrap();
        assert_eq!((delivery.message_id(), delivery.body.as_slice()), (message.as_str(), payload.as_bytes()));
        delivery
    };
    let first = created["signing_secret"].as_str().unwrap();
    for payload in [r#"{"b": 1.10 ,"a":9007199254740993, "u":"\u00e9é"}"#, "null", "\"\"", "[]"] {
        verify(&deliver(payload), &[first]);
    }

    let rotated = server.request("POST", &format!("/v1/endpoints/{id}/rotate-secret"), "").json();
    let second = rotated["data"]["signing_secret"].as_str().unwrap();
    assert_ne!(first, second);
    let during = deliver("2");
    assert_eq!(during.header("content-type"), Some("application/json"));
    let version = concat!("HookBridge/", env!("CARGO_PKG_VERSION"));
    assert_eq!((during.header("user-agent"), during.header("x-webhook-attempt")), (Some(version), Some("1")));
    verify(&during, &[first, second]);
    // A check that any value would pass proves nothing.
    assert_ne!(expected(&during, &[second, first]).0, during.header("x-webhook-signature").unwrap());

    let old = created["signing_key_id"].as_str().unwrap();
    let gone = server.request("DELETE", &format!("/v1/endpoints/{id}/signing-keys/{old}"), "");
    assert_eq!(gone.status, 204, "{gone:?}");
    verify(&deliver("3"), &[second]);
}

/// A retry is signed for its own moment and number, over the same bytes.
#[test]
fn a_retry_is_signed_anew_over_the_same_bytes() {
    let receiver = Receiver::start(|_, count| answer(if count == 0 { 500 } else { 200 }));
    let server = Server::start(&["--retry-schedule", "[1.1]"]);
    let created = server.create_endpoint(&receiver.url("/hook"));
    let message = server.send(created["id"].as_str().unwrap(), r#"{"n": 1.0}"#);
    server.wait_for_status(&message, "succeeded");
    let deliveries = receiver.deliveries();
    let secret = created["signing_secret"].as_str().unwrap();
    deliveries.iter().for_each(|delivery| verify(delivery, &[secret]));
    let header = |index: usize, name: &str| deliveries[index].header(name).unwrap().to_owned();
    assert_eq!((header(0, "x-webhook-attempt"), header(1, "x-webhook-attempt")), ("1".into(), "2".into()));
    assert_eq!(deliveries[0].body, deliveries[1].body);
    assert_ne!(header(0, "x-webhook-timestamp"), header(1, "x-webhook-timestamp"));
    assert_ne!(header(0, "webhook-signature"), header(1, "webhook-signature"));
}
