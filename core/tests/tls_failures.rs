//! TLS that does not come about, with real servers: each attempt says why, in words that tell the receiver's operator what to
//! mend.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::receiver::misbehaving::*;
use crate::receiver::*;
use crate::tls::*;
use hookbridge_core::Config;
use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, IsCa};
use serde_json::{Value, json};

/// A server that reads the beginning of the handshake, as a TLS library does, and then does what `then` does.
fn answering_the_hello(then: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let url = raw(move |mut stream| {
        let mut head = [0; 5];
        stream.read_exact(&mut head).unwrap();
        assert_eq!(head[0], 22, "no handshake: {head:?}");
        let mut hello = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        stream.read_exact(&mut hello).unwrap();
        then(stream);
    });
    url.replace("http://127.0.0.1", "https://localhost")
}

/// The same, which answers with these bytes and keeps the connection until the client has closed it.
fn saying(bytes: &'static [u8]) -> String {
    answering_the_hello(move |mut stream| {
        let _ = stream.write_all(bytes);
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

/// What a server of TLS 1.1 chooses, which no later one does.
const HELLO_OF_TLS_1_1: &[u8] = &[
    22, 3, 2, 0, 42, // a handshake message of 42 bytes
    2, 0, 0, 38, 3, 2, // ServerHello, of TLS 1.1
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
    29, 30, 31, 32, // its random bytes
    0, 0, 47, 0, // no session, a cipher suite, no compression
];
/// The alert of one that TLS 1.2 and 1.3 are too new for: fatal, protocol_version.
const PROTOCOL_VERSION: &[u8] = &[21, 3, 1, 0, 2, 2, 70];
/// That of one with no cipher suite in common: fatal, handshake_failure.
const HANDSHAKE_FAILURE: &[u8] = &[21, 3, 3, 0, 2, 2, 40];

#[test]
fn every_handshake_that_fails_says_what_is_to_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    let (known, unknown) = (authority(), authority());
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &known.pem).unwrap();
    let engine = hookbridge_core::Engine::open(Config {
        request_timeout: Duration::from_secs(10),
        max_attempts: 1,
        ca_file: Some(ca_file),
        ..config(folder.path())
    })
    .unwrap();
    let with = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        serving(certified(&known, "localhost", &[], |params| change(params)))
    };
    let untrusted = "the receiver's certificate is not signed by a trusted authority; perhaps an intermediate certificate is not sent with it";
    for (what, url, text) in [
        (
            "expired",
            with(&|params| {
                params.not_before = rcgen::date_time_ymd(2001, 1, 1);
                params.not_after = rcgen::date_time_ymd(2002, 1, 1);
            }),
            "the receiver's certificate has expired, on 2002-01-01",
        ),
        (
            "not yet valid",
            with(&|params| {
                params.not_before = rcgen::date_time_ymd(2990, 1, 1);
                params.not_after = rcgen::date_time_ymd(2991, 1, 1);
            }),
            "the receiver's certificate is not valid yet, but from 2990-01-01",
        ),
        (
            "wrong name",
            tls_receiver(&known, "example.com", false, &[]),
            "the receiver's certificate is for another name: example.com",
        ),
        ("unknown issuer", tls_receiver(&unknown, "localhost", false, &[]), untrusted),
        ("self-signed", serving(self_signed("localhost")), untrusted),
        (
            "for clients",
            with(&|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
            "the receiver's certificate is not meant for servers (its extended key usage lacks serverAuth)",
        ),
        (
            "an authority's own",
            with(&|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
            "the receiver presents an authority's certificate as its own (CA:TRUE); it needs one for servers",
        ),
        (
            "TLS 1.1 chosen",
            saying(HELLO_OF_TLS_1_1),
            "TLS handshake failed: the receiver supports neither TLS 1.2 nor TLS 1.3",
        ),
        (
            "TLS 1.1 only",
            saying(PROTOCOL_VERSION),
            "TLS handshake failed: the receiver refused it: it allows neither TLS 1.2 nor TLS 1.3 (protocol_version)",
        ),
        (
            "no cipher suite",
            saying(HANDSHAKE_FAILURE),
            "TLS handshake failed: the receiver refused it: it found no TLS version, cipher suite and key that both sides allow, or wants a client certificate (handshake_failure)",
        ),
        (
            "another protocol by ALPN",
            tls_receiver(&known, "localhost", false, &[b"spdy/1"]),
            "TLS handshake failed: the receiver refused it: it speaks neither HTTP/2 nor HTTP/1.1 (no_application_protocol)",
        ),
        (
            "a client certificate, by TLS 1.2",
            serving(that_wants_a_certificate(&known, &[&rustls::version::TLS12])),
            "TLS handshake failed: the receiver refused it: it wants a client certificate, and HookBridge has none (certificate_required)",
        ),
        (
            "a client certificate, by TLS 1.3",
            serving(that_wants_a_certificate(&known, &[&rustls::version::TLS13])),
            "the receiver ended the TLS connection: it wants a client certificate, and HookBridge has none (certificate_required)",
        ),
        (
            "plain HTTP",
            saying(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"),
            "TLS handshake failed: the receiver did not answer with TLS; perhaps this port speaks plain HTTP",
        ),
        (
            "reset",
            answering_the_hello(|stream| {
                // Without a wait for what is unsent, closing is a reset.
                socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
            }),
            "TLS handshake failed: connection reset by the receiver",
        ),
        (
            "closed",
            answering_the_hello(drop),
            "TLS handshake failed: the receiver closed the connection in the middle of it; perhaps this port does not speak TLS",
        ),
    ] {
        let attempt = only_attempt(&engine, &url);
        assert_eq!(attempt["error_text"], text, "{what}");
        assert_eq!(attempt["response_status"], Value::Null, "{what}");
        assert!(
            attempt["tls_handshake_ms"].is_u64() && attempt["resolved_ip"] == "127.0.0.1",
            "{what}: {attempt}"
        );
    }
}

/// How long the answer to a change of the files may take: they are looked at every two seconds. The rest is the machine's.
const SEEN_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn a_ca_file_that_changes_under_a_running_engine_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (authority(), authority());
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &old.pem).unwrap();
    let engine = hookbridge_core::Engine::open(Config {
        max_attempts: 100,
        ca_file: Some(ca_file.clone()),
        ..config(folder.path())
    })
    .unwrap();
    let of_old = endpoint(&engine, &tls_receiver(&old, "localhost", false, &[b"http/1.1"]));
    let of_new = endpoint(&engine, &tls_receiver(&new, "localhost", false, &[b"http/1.1"]));
    let refused = |id: &str| {
        eventually("an attempt that is refused", || {
            let error = message(&engine, id)["last_error"].clone();
            error.as_str().is_some_and(|text| text.contains("not signed by a trusted authority"))
        });
    };
    wait_for_status(&engine, &send(&engine, &of_old, "1"), "succeeded");
    let waits = send(&engine, &of_new, "2");
    refused(&waits);
    // What is no certificate, as of a file that is being written, takes nothing away.
    std::fs::write(&ca_file, "half of a certifi").unwrap();
    let looked = Instant::now();
    while looked.elapsed() < Duration::from_secs(3) {
        wait_for_status(&engine, &send(&engine, &of_old, "3"), "succeeded");
        std::thread::sleep(Duration::from_millis(100));
    }
    // Renamed over it, as tools that renew certificates do.
    let written = folder.path().join("new.pem");
    std::fs::write(&written, &new.pem).unwrap();
    std::fs::rename(&written, &ca_file).unwrap();
    let changed = Instant::now();
    wait_for_status(&engine, &waits, "succeeded");
    assert!(changed.elapsed() < SEEN_WITHIN, "{:?}", changed.elapsed());
    // Who is no longer in it is no longer trusted.
    let distrusted = send(&engine, &of_old, "4");
    refused(&distrusted);
    let attempts = call(&engine, "messages.attempts", json!({ "message_id": distrusted }));
    assert!(attempts["data"].as_array().unwrap().iter().all(|one| one["response_status"] == Value::Null));
    engine.close(Duration::from_secs(10)).unwrap();
}
