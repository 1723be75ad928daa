//! Receivers that send without end: each costs a bounded part of one thread's time, its connection ends, the attempt
//! says so, and a healthy endpoint is served meanwhile.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::receiver::misbehaving::*;
use crate::receiver::*;
use crate::tls::*;
use hookbridge_core::Engine;
use serde_json::{Value, json};

/// More than what the kernel holds for a connection on loopback.
const FAR_MORE: usize = 64 << 20;

/// When a flood begins.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// Instead of an answer.
    Before,
    /// Behind the answer's headers, in place of its body.
    Within,
    /// Behind the whole answer, with no request under way.
    After,
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// `:status 200` and `:status 103` as HPACK has them.
const STATUS_200: &[u8] = &[0x88];
const STATUS_103: &[u8] = &[0x08, 3, b'1', b'0', b'3'];
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// What a receiver that floods has seen.
#[derive(Debug, Default)]
struct Flood {
    /// Bytes that it got rid of on the connection that took most.
    written: AtomicUsize,
    /// Connections, now and at most at once.
    now: AtomicUsize,
    at_once: AtomicUsize,
}

/// A receiver that speaks just enough HTTP/2 to be asked something, and then sends `piece` until it cannot. Answers
/// where it is, and what it sees.
fn flooding_http2(authority: &Authority, when: When, piece: Vec<u8>) -> (String, Arc<Flood>) {
    let server = server_config(authority, "localhost", false, &[b"h2"]);
    let flood: Arc<Flood> = Arc::default();
    let seen = flood.clone();
    let url = raw(move |mut stream| {
        let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
        seen.at_once.fetch_max(now, Ordering::SeqCst);
        let mut connection = rustls::ServerConnection::new(server.clone()).unwrap();
        let mut tls = rustls::Stream::new(&mut connection, &mut stream);
        let mut read = vec![0; 65536];
        let mut come = Vec::new();
        // The preface, settings, and the request's headers and body.
        while !come.windows(2).any(|pair| pair == b"}\n" || pair == b"{}") {
            match tls.read(&mut read) {
                Ok(length @ 1..) => come.extend_from_slice(&read[..length]),
                _ => return,
            }
        }
        let mut hello = frame(4, 0, 0, &[]);
        match when {
            When::Before => {}
            When::Within => hello.extend(frame(1, END_HEADERS, 1, STATUS_200)),
            When::After => hello.extend(frame(1, END_HEADERS | END_STREAM, 1, STATUS_200)),
        }
        if tls.write_all(&hello).is_err() {
            return;
        }
        let pieces = piece.repeat(1 + 16_000 / piece.len());
        let mut sent = 0;
        while sent < FAR_MORE && tls.write_all(&pieces).is_ok() {
            sent += pieces.len();
        }
        seen.written.fetch_max(sent, Ordering::SeqCst);
        seen.now.fetch_sub(1, Ordering::SeqCst);
    });
    (url.replace("http://127.0.0.1", "https://localhost"), flood)
}

/// Sends one message to a receiver that floods and some to one that does not; answers the only attempt of the first.
fn beside_a_healthy_endpoint(engine: &Engine, url: &str, healthy: &str) -> Value {
    let id = send(engine, &endpoint(engine, url), "{}");
    let ids: Vec<String> = (0..20).map(|_| send(engine, healthy, "{}")).collect();
    ids.iter().for_each(|id| drop(wait_for_status(engine, id, "succeeded")));
    eventually("the end", || {
        let status = message(engine, &id)["status"].clone();
        status == "failed_permanent" || status == "succeeded"
    });
    call(engine, "messages.attempts", json!({ "message_id": id }))["data"][0].clone()
}

#[test]
fn frames_of_http2_have_a_budget() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &authority.pem).unwrap();
    let engine = patient(folder.path(), &ca_file);
    let well = Receiver::start(|_, _| answer(200));
    let healthy = endpoint(&engine, &well.url("/"));
    let kinds: Vec<(&str, Vec<u8>)> = vec![
        ("PRIORITY", frame(2, 0, 1, &[0, 0, 0, 0, 16])),
        ("WINDOW_UPDATE", frame(8, 0, 0, &[0, 0, 0, 1])),
        ("PING", frame(6, 0, 0, &[7; 8])),
        ("SETTINGS", frame(4, 0, 0, &[])),
        ("an unknown type", frame(0x42, 0, 1, b"x")),
        ("RST_STREAM", frame(3, 0, 1, &[0, 0, 0, 8])),
        ("interim HEADERS", frame(1, END_HEADERS, 1, STATUS_103)),
        ("empty DATA", frame(0, 0, 1, &[])),
        ("CONTINUATION", [frame(1, 0, 1, STATUS_103), frame(9, 0, 1, &[])].concat()),
    ];
    for (kind, piece) in kinds {
        for when in [When::Before, When::Within, When::After] {
            let (url, flood) = flooding_http2(&authority, when, piece.clone());
            let attempt = beside_a_healthy_endpoint(&engine, &url, &healthy);
            match when {
                When::Before => assert!(attempt["error_text"].is_string(), "{kind}: {attempt}"),
                _ => assert_eq!(attempt["response_status"], json!(200), "{kind}, {when:?}: {attempt}"),
            }
            if matches!(kind, "PRIORITY" | "WINDOW_UPDATE" | "PING" | "SETTINGS" | "an unknown type") {
                let said = match when {
                    When::Before => &attempt["error_text"],
                    _ => &attempt["note"],
                };
                let flooded = said.as_str().is_some_and(|text| text.contains("more than an answer takes"));
                assert!(flooded || when == When::After, "{kind}, {when:?}: {attempt}");
            }
            eventually(&format!("{kind}, {when:?}: the end of the connection"), || {
                flood.written.load(Ordering::SeqCst) > 0
            });
            let written = flood.written.load(Ordering::SeqCst);
            assert!(written < FAR_MORE, "{kind}, {when:?}: {written} bytes were taken");
        }
    }
}

/// With patience enough that no timeout ends what the budget should.
fn patient(folder: &std::path::Path, ca_file: &std::path::Path) -> Engine {
    Engine::open(hookbridge_core::Config {
        request_timeout: std::time::Duration::from_secs(120),
        max_attempts: 1,
        ca_file: Some(ca_file.to_owned()),
        ..config(folder)
    })
    .unwrap()
}

#[test]
fn one_that_answers_and_then_floods_is_asked_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &authority.pem).unwrap();
    let engine = patient(folder.path(), &ca_file);
    let (url, flood) = flooding_http2(&authority, When::After, frame(8, 0, 0, &[0, 0, 0, 1]));
    let endpoint = endpoint(&engine, &url);
    send(&engine, &endpoint, "{}");
    eventually("the first flood's end", || flood.written.load(Ordering::SeqCst) > 0);
    let ids: Vec<String> = (0..8).map(|_| send(&engine, &endpoint, "{}")).collect();
    ids.iter().for_each(|id| drop(wait_for_status(&engine, id, "succeeded")));
    assert!(flood.at_once.load(Ordering::SeqCst) <= 2, "{flood:?}");
    let attempts = call(&engine, "messages.attempts", json!({ "message_id": ids[7] }));
    let note = attempts["data"][0]["note"].as_str().unwrap_or_default();
    assert!(note.contains("more than an answer takes"), "{attempts}");
}

#[test]
fn an_answer_of_http1_has_a_budget() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &authority.pem).unwrap();
    let engine = patient(folder.path(), &ca_file);
    let well = Receiver::start(|_, _| answer(200));
    let healthy = endpoint(&engine, &well.url("/"));
    for (what, begin, piece, field, text) in [
        (
            "interim answers",
            &b""[..],
            &b"HTTP/1.1 103 Early Hints\r\n\r\n"[..],
            "error_text",
            "interim answers",
        ),
        ("headers", b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", "error_text", "64 KiB of headers"),
        ("empty lines", b"", b"\r\n", "error_text", "64 KiB of headers"),
        ("a body", b"HTTP/1.1 200 OK\r\n\r\n", b"xxxxxxxxxxxxxxxx", "note", "cut off after 64 KiB"),
        (
            "chunks of a byte",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\nx\r\n",
            "note",
            "chunks are too small",
        ),
        (
            "trailers",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"a: b\r\n",
            "note",
            "trailers too long",
        ),
        (
            "a chunk's extensions",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;",
            b"aaaaaaaa",
            "note",
            "chunks cannot be read",
        ),
    ] {
        let most: Arc<AtomicUsize> = Arc::default();
        let written = most.clone();
        let pieces = piece.repeat(4000);
        let url = raw(move |mut stream| {
            read_request(&mut stream);
            let _ = stream.write_all(begin);
            let mut sent = 0;
            while sent < FAR_MORE && stream.write_all(&pieces).is_ok() {
                sent += pieces.len();
            }
            written.fetch_max(sent.max(1), Ordering::SeqCst);
        });
        let attempt = beside_a_healthy_endpoint(&engine, &url, &healthy);
        assert!(attempt[field].as_str().is_some_and(|said| said.contains(text)), "{what}: {attempt}");
        eventually("the end of the connection", || most.load(Ordering::SeqCst) > 0);
        assert!(most.load(Ordering::SeqCst) < FAR_MORE, "{what}");
    }
}
