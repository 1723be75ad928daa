//! Answers as receivers really send them: what a client is obliged to take is taken, and the status decides.

use std::io::{Read, Write};
use std::time::Duration;

use crate::receiver::misbehaving::*;
use crate::receiver::*;
use crate::tls::*;
use hookbridge_core::{Config, Engine};
use serde_json::{Value, json};

/// A receiver that answers every request on a connection with these bytes, and keeps it open.
fn saying(bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    raw(
        move |mut stream| {
            while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) && stream.write_all(&bytes).is_ok() {
            }
        },
    )
}

/// The same, but the connection ends with the answer.
fn saying_and_closing(bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    raw(move |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(&bytes);
    })
}

fn note(attempt: &Value) -> &str {
    attempt["note"].as_str().unwrap_or_else(|| panic!("no note: {attempt}"))
}

#[test]
fn what_rfc_9112_obliges_a_client_to_take_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    for (what, head) in [
        ("a folded header", &b"HTTP/1.1 200 OK\r\nX-Trace: one\r\n  two\r\n"[..]),
        ("a space before the colon", b"HTTP/1.1 200 OK\r\nX-Trace : one\r\n"),
        ("no reason", b"HTTP/1.1 200\r\n"),
        ("an empty reason", b"HTTP/1.1 200 \r\n"),
        ("a reason in Latin-1", b"HTTP/1.1 200 \xdcber\r\n"),
        ("a value in Latin-1", b"HTTP/1.1 200 OK\r\nX-Name: M\xfcller\r\n"),
        ("HTTP/1.0", b"HTTP/1.0 200 OK\r\n"),
        ("HTTP/1.2", b"HTTP/1.2 200 OK\r\n"),
        ("an empty line before it", b"\r\nHTTP/1.1 200 OK\r\n"),
        ("a line that is no header", b"HTTP/1.1 200 OK\r\nX-A: 1\r\nthis is no header\r\n"),
        ("lengths that agree", b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n"),
        (
            "interim answers",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n",
        ),
    ] {
        let attempt = only_attempt(&engine, &saying([head, b"Content-Length: 2\r\n\r\nok"].concat()));
        assert_eq!(
            (
                &attempt["response_status"],
                &attempt["error_text"],
                &attempt["note"],
                &attempt["response_body"]
            ),
            (&json!(200), &json!(null), &json!(null), &json!("ok")),
            "{what}: {attempt}"
        );
    }
    let folded = only_attempt(
        &engine,
        &saying("HTTP/1.1 200 OK\r\nX-Trace: one\r\n  two\r\nContent-Length: 0\r\n\r\n"),
    );
    let value = folded["response_headers"]["x-trace"].as_str().unwrap();
    assert_eq!(value.split_whitespace().collect::<Vec<_>>(), ["one", "two"]);
    assert!(!value.contains(['\r', '\n']));
}

#[test]
fn retry_after_is_found_behind_any_number_of_headers() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(Config { max_attempts: 3, ..config(folder.path()) }).unwrap();
    let (few_long, many_short) =
        (format!("X-Long: {}\r\n", "y".repeat(6_000)).repeat(10), "a: b\r\n".repeat(10_000));
    for (what, lines, seconds) in [
        ("behind 60 KiB", format!("{few_long}Retry-After: 4000\r\n"), 4000),
        ("behind ten thousand", format!("{many_short}Retry-After: 4000\r\n"), 4000),
        ("twice the same", "Retry-After: 4000\r\nRetry-After: 4000\r\n".to_owned(), 4000),
        ("joined on the way", "Retry-After: 4000, 4000\r\n".to_owned(), 4000),
        ("two that differ", "Retry-After: 30\r\nretry-after: 4000\r\n".to_owned(), 4000),
        ("one that cannot be read", "Retry-After: soon\r\nRetry-After: 4000\r\n".to_owned(), 4000),
    ] {
        let url = saying(format!("HTTP/1.1 429 Slow\r\n{lines}Content-Length: 0\r\n\r\n"));
        let id = send(&engine, &endpoint(&engine, &url), "{}");
        wait_for_status(&engine, &id, "pending_retry");
        let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
        assert_eq!(attempts["data"][0]["retry_after_seconds"], json!(seconds), "{what}: {attempts}");
    }
}

#[test]
fn a_2xx_is_a_success_whatever_becomes_of_its_body() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    let long = "x".repeat(100_000);
    for (url, text, truncated) in [
        (saying_and_closing("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"), "before the end", false),
        (
            saying_and_closing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
            "before the end",
            false,
        ),
        (
            saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n"),
            "chunks cannot be read",
            false,
        ),
        (saying("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"), "was cut off", false),
        (
            saying("HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhalf"),
            "Content-Length cannot be read",
            false,
        ),
        (
            saying(format!("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{long}")),
            "cut off after 64 KiB",
            true,
        ),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                while stream.write_all(&[b'x'; 65536]).is_ok() {}
            }),
            "cut off after 64 KiB",
            true,
        ),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                while stream.write_all(b"x").is_ok() {
                    std::thread::sleep(Duration::from_millis(50));
                }
            }),
            "was cut off",
            false,
        ),
    ] {
        let attempt = only_attempt(&engine, &url);
        assert_eq!(
            (&attempt["response_status"], &attempt["error_text"], &attempt["response_body_truncated"]),
            (&json!(200), &json!(null), &json!(truncated)),
            "{text}: {attempt}"
        );
        assert!(note(&attempt).contains(text), "wanted {text}: {attempt}");
    }
    // Of one that is read whole nothing is noted, and one that ends with the connection is whole.
    for url in
        [saying_and_closing("HTTP/1.1 200 OK\r\n\r\nall of it"), saying("HTTP/1.1 204 No Content\r\n\r\n")]
    {
        let attempt = only_attempt(&engine, &url);
        assert_eq!((&attempt["error_text"], &attempt["note"]), (&json!(null), &json!(null)), "{attempt}");
    }
}

#[test]
fn any_other_status_decides_likewise() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(Config { max_attempts: 5, ..config(folder.path()) }).unwrap();
    let broken = |status: u16| {
        saying_and_closing(format!(
            "HTTP/1.1 {status} x\r\nContent-Length: 1000\r\nRetry-After: 4000\r\n\r\nhalf"
        ))
    };
    for (status, becomes) in
        [(500, "pending_retry"), (429, "pending_retry"), (302, "pending_retry"), (400, "failed_permanent")]
    {
        let id = send(&engine, &endpoint(&engine, &broken(status)), "{}");
        wait_for_status(&engine, &id, becomes);
        let attempt = call(&engine, "messages.attempts", json!({ "message_id": id }))["data"][0].clone();
        assert_eq!(attempt["error_text"], format!("the receiver answered {status}"));
        assert!(note(&attempt).contains("before the end"), "{attempt}");
    }
    let gone = endpoint(&engine, &broken(410));
    let id = send(&engine, &gone, "{}");
    wait_for_status(&engine, &id, "failed_permanent");
    assert_eq!(call(&engine, "endpoints.get", json!({ "endpoint_id": gone }))["paused"], true);
}

/// A load balancer that takes the connection away behind the body, as many do.
#[test]
fn a_body_that_ends_without_a_tls_farewell_is_noted_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &authority.pem).unwrap();
    let engine = impatient(folder.path(), Some(&ca_file));
    let server = server_config(&authority, "localhost", false, &[b"http/1.1"]);
    let url = raw(move |mut stream| {
        let mut connection = rustls::ServerConnection::new(server.clone()).unwrap();
        let mut tls = rustls::Stream::new(&mut connection, &mut stream);
        if tls.read(&mut [0; 4096]).is_ok() {
            let _ = tls.write_all(b"HTTP/1.1 200 OK\r\n\r\nall of it");
        }
    });
    let attempt = only_attempt(&engine, &url.replace("http://127.0.0.1", "https://localhost"));
    assert_eq!(
        (&attempt["response_status"], &attempt["error_text"], &attempt["response_body"]),
        (&json!(200), &json!(null), &json!("all of it")),
        "{attempt}"
    );
    assert!(note(&attempt).contains("without a TLS close"), "{attempt}");
}

/// What is cut off would stand before the next answer.
#[test]
fn a_connection_whose_answer_was_cut_off_is_not_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{}", "x".repeat(100_000));
    let endpoint = endpoint(&engine, &saying(long));
    for n in 0..3 {
        let id = send(&engine, &endpoint, &n.to_string());
        wait_for_status(&engine, &id, "succeeded");
        let attempt = call(&engine, "messages.attempts", json!({ "message_id": id }))["data"][0].clone();
        assert_eq!(attempt["conn_reused"], json!(false), "{attempt}");
    }
}
