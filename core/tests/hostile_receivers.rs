//! Receivers that mean harm, or are broken in every way that a network allows: each attempt ends in time, its record
//! says what happened, and the engine goes on.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::receiver::misbehaving::*;
use crate::receiver::*;
use serde_json::json;

/// Ends a connection with a reset instead of a farewell.
fn reset(stream: TcpStream) {
    let _ = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
}

#[test]
fn a_reset_at_any_stage_is_an_attempt_with_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    let answered: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf";
    const RESET: &str = "connection reset by the receiver";
    let stages: Vec<(String, Option<u16>, &str)> = vec![
        (raw(reset), None, RESET),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                reset(stream);
            }),
            None,
            RESET,
        ),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-");
                std::thread::sleep(Duration::from_millis(50));
                reset(stream);
            }),
            None,
            RESET,
        ),
        (
            raw(move |mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(answered);
                std::thread::sleep(Duration::from_millis(50));
                reset(stream);
            }),
            Some(200),
            RESET,
        ),
        (
            // Half closed: it has said all that it will say, and listens on.
            raw(move |mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(answered);
                let _ = stream.shutdown(Shutdown::Write);
                std::thread::sleep(Duration::from_secs(5));
            }),
            Some(200),
            "connection closed by the receiver before the end",
        ),
    ];
    for (url, status, text) in stages {
        let attempt = only_attempt(&engine, &url);
        // Once there is a status it decides, and the rest is noted.
        let said = if status.is_some() { "note" } else { "error_text" };
        assert!(attempt[said].as_str().is_some_and(|said| said.contains(text)), "{text}: {attempt}");
        assert_eq!(attempt["response_status"], json!(status), "{attempt}");
        assert_eq!(attempt["retry_type"], json!(null), "the last attempt has no successor");
    }
}

#[test]
fn headers_a_byte_at_a_time_end_with_the_timeout_and_endless_interim_answers_before() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    let slow = raw(|mut stream| {
        read_request(&mut stream);
        for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-slow: yes\r\n\r\n" {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let interim = raw(|mut stream| {
        read_request(&mut stream);
        while stream.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    for (url, expected) in
        [(slow, "timed out after 700ms"), (interim, "the receiver sent more than 16 interim answers")]
    {
        let attempt = only_attempt(&engine, &url);
        let text = attempt["error_text"].as_str().unwrap();
        assert!(text.contains(expected), "{text}");
        assert_eq!(attempt["response_status"], json!(null));
    }
    // A flood of interim answers that does not pause must not starve the engine either.
    let flood = raw(|mut stream| {
        read_request(&mut stream);
        while stream.write_all(&b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100)).is_ok() {}
    });
    let well = Receiver::start(|_, _| answer(200));
    let (flooded, healthy) = (endpoint(&engine, &flood), endpoint(&engine, &well.url("/")));
    send(&engine, &flooded, "{}");
    let ids: Vec<String> = (0..20).map(|_| send(&engine, &healthy, "{}")).collect();
    ids.iter().for_each(|id| drop(wait_for_status(&engine, id, "succeeded")));
}

#[test]
fn a_handshake_that_never_ends_and_one_that_is_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    let silent = raw(|_stream| std::thread::sleep(Duration::from_secs(5)));
    let attempt = only_attempt(&engine, &silent.replace("http:", "https:"));
    let text = attempt["error_text"].as_str().unwrap();
    assert!(text.contains("no connection within 500ms"), "{text}");
    let cut = raw(|mut stream| {
        read_request(&mut stream);
        // The beginning of a TLS record, and no more.
        let _ = stream.write_all(&[0x16, 0x03, 0x03, 0x40]);
    });
    let attempt = only_attempt(&engine, &cut.replace("http:", "https:"));
    assert!(attempt["error_text"].as_str().unwrap().contains("TLS handshake failed"), "{attempt}");
    assert!(attempt["tls_handshake_ms"].is_u64(), "{attempt}");
}

#[test]
fn a_reset_while_a_large_request_or_a_handshake_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    let large = raw(|mut stream| {
        read_request(&mut stream);
        reset(stream);
    });
    let id = send(&engine, &endpoint(&engine, &large), &format!("\"{}\"", "x".repeat(1_000_000)));
    wait_for_status(&engine, &id, "failed_permanent");
    let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
    let text = attempts["data"][0]["error_text"].as_str().unwrap();
    assert!(text.contains("by the receiver") || text.contains("the receiver closed"), "{text}");
    let attempt = only_attempt(&engine, &large.replace("http:", "https:"));
    let text = attempt["error_text"].as_str().unwrap();
    assert_eq!(text, "TLS handshake failed: connection reset by the receiver", "{attempt}");
}

#[test]
fn no_redirect_is_followed_and_a_protocol_switch_is_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    let elsewhere = Receiver::start(|_, _| answer(200));
    let target = elsewhere.url("/elsewhere");
    for status in [301, 302, 303, 307, 308] {
        let target = target.clone();
        let receiver = Receiver::start(move |_, _| Answer {
            headers: vec![("location".into(), target.clone())],
            ..answer(status)
        });
        let attempt = only_attempt(&engine, &receiver.url("/"));
        assert_eq!(attempt["error_text"], format!("the receiver answered {status}"));
        assert_eq!((&attempt["response_status"], receiver.count()), (&json!(status), 1));
        assert_eq!(attempt["response_headers"]["location"], json!(elsewhere.url("/elsewhere")));
    }
    assert_eq!(elsewhere.count(), 0, "a redirect was followed");
    let switching = raw(|mut stream| {
        read_request(&mut stream);
        let head = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n";
        let _ = stream.write_all(head);
        while stream.write_all(b"noise").is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let id = send(&engine, &endpoint(&engine, &switching), "{}");
    wait_for_status(&engine, &id, "failed_permanent");
    let attempt = call(&engine, "messages.attempts", json!({ "message_id": id }))["data"][0].clone();
    assert_eq!(
        (&attempt["error_text"], &attempt["response_status"]),
        (&json!("the receiver answered 101"), &json!(101))
    );
}
