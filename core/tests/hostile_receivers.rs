//! Receivers that mean harm, or are broken in every way that a network allows: each attempt ends in time, its record
//! says what happened, and the engine goes on.

mod receiver;
mod tls;

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookbridge_core::{Config, Engine};
use receiver::misbehaving::*;
use receiver::*;
use serde_json::json;
use tls::*;

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
    let stages: Vec<(String, Option<u16>)> = vec![
        (raw(reset), None),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                reset(stream);
            }),
            None,
        ),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-");
                std::thread::sleep(Duration::from_millis(50));
                reset(stream);
            }),
            None,
        ),
        (
            raw(move |mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(answered);
                std::thread::sleep(Duration::from_millis(50));
                reset(stream);
            }),
            Some(200),
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
        ),
    ];
    for (url, status) in stages {
        let attempt = only_attempt(&engine, &url);
        assert!(attempt["error_text"].as_str().is_some_and(|text| !text.is_empty()), "{attempt}");
        assert_eq!(attempt["response_status"], json!(status), "{attempt}");
        assert_eq!(attempt["retry_type"], json!(null), "the last attempt has no successor");
    }
}

#[test]
fn headers_a_byte_at_a_time_and_endless_interim_answers_end_with_the_timeout() {
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
    for url in [slow, interim] {
        let attempt = only_attempt(&engine, &url);
        let text = attempt["error_text"].as_str().unwrap();
        assert!(text.contains("timed out after 700ms"), "{text}");
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

/// An HTTP/2 receiver over TLS whose connections are served by `serve`, with their number.
fn http2(
    authority: &Authority,
    serve: impl Fn(h2::server::Connection<Tls, bytes::Bytes>, usize) -> Serving + Send + Sync + 'static,
) -> String {
    let server = server_config(authority, "localhost", false, &[b"h2"]);
    let (sender, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = tokio_rustls::TlsAcceptor::from(server.clone());
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                let Ok(connection) = h2::server::handshake(stream).await else { continue };
                tokio::spawn(serve(connection, number));
                number += 1;
            }
        });
    });
    format!("https://localhost:{}/hook", address.recv().unwrap().port())
}

type Tls = tokio_rustls::server::TlsStream<tokio::net::TcpStream>;
type Serving = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

fn ok(mut respond: h2::server::SendResponse<bytes::Bytes>) {
    let response = http::Response::builder().status(200).body(()).unwrap();
    let _ = respond.send_response(response, true);
}

fn trusting(folder: &std::path::Path, authority: &Authority) -> Engine {
    let ca_file = folder.join("authority.pem");
    std::fs::write(&ca_file, &authority.pem).unwrap();
    let config = Config { ca_file: Some(ca_file), max_attempts: 5, ..config(folder) };
    Engine::open(config).unwrap()
}

#[test]
fn goaway_in_the_middle_moves_to_another_connection() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let engine = trusting(folder.path(), &authority);
    let connections: Arc<AtomicUsize> = Arc::default();
    let counted = connections.clone();
    let url = http2(&authority, move |mut connection, number| {
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let mut served = 0;
            while let Some(Ok((_request, respond))) = connection.accept().await {
                ok(respond);
                served += 1;
                // The first connections say after a few requests that they take no more.
                if number < 3 && served == 4 {
                    connection.graceful_shutdown();
                }
            }
        })
    });
    let endpoint = endpoint(&engine, &url);
    let ids: Vec<String> = (0..60).map(|n| send(&engine, &endpoint, &n.to_string())).collect();
    ids.iter().for_each(|id| drop(wait_for_status(&engine, id, "succeeded")));
    assert!(connections.load(Ordering::SeqCst) > 1, "it went on elsewhere");
}

#[test]
fn refused_and_reset_streams_are_retried_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let engine = trusting(folder.path(), &authority);
    let seen: Arc<AtomicUsize> = Arc::default();
    let counted = seen.clone();
    let url = http2(&authority, move |mut connection, _| {
        let counted = counted.clone();
        Box::pin(async move {
            while let Some(Ok((_request, mut respond))) = connection.accept().await {
                match counted.fetch_add(1, Ordering::SeqCst) % 3 {
                    0 => respond.send_reset(h2::Reason::REFUSED_STREAM),
                    1 => respond.send_reset(h2::Reason::INTERNAL_ERROR),
                    _ => ok(respond),
                }
            }
        })
    });
    let endpoint = endpoint(&engine, &url);
    let ids: Vec<String> = (0..10).map(|n| send(&engine, &endpoint, &n.to_string())).collect();
    let mut failures = 0;
    for id in &ids {
        eventually("the end", || {
            let status = message(&engine, id)["status"].clone();
            status == "succeeded" || status == "failed_permanent"
        });
        let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
        for attempt in attempts["data"].as_array().unwrap() {
            if attempt["response_status"] != 200 {
                failures += 1;
                assert!(attempt["error_text"].as_str().is_some_and(|text| !text.is_empty()), "{attempt}");
            }
        }
    }
    assert!(failures > 0, "a stream that was reset is an attempt");
    assert!(ids.iter().any(|id| message(&engine, id)["status"] == "succeeded"));
}
