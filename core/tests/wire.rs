//! Receivers that misbehave, and TLS: each attempt ends in time and its record says what happened.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::receiver::misbehaving::*;
use crate::receiver::*;
use crate::tls::*;
use hookbridge_core::{Config, Engine};
use serde_json::json;

#[test]
fn every_way_to_misbehave_is_an_attempt_with_a_clear_text() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    let hang = || std::thread::sleep(Duration::from_secs(20));
    let cases: Vec<(String, &str, Option<u16>)> = vec![
        (
            raw(move |mut stream| {
                read_request(&mut stream);
                hang();
            }),
            "timed out after 700ms waiting for the answer",
            None,
        ),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
                while stream.write_all(b"x-filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").is_ok() {}
            }),
            "not valid HTTP",
            None,
        ),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n");
            }),
            "not valid HTTP",
            None,
        ),
        (raw(|mut stream| read_request(&mut stream)), "closed the connection before it had answered", None),
        (
            raw(|mut stream| {
                read_request(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n");
            }),
            "the receiver answered 302",
            Some(302),
        ),
    ];
    for (url, text, status) in cases {
        let attempt = only_attempt(&engine, &url);
        let error = attempt["error_text"].as_str().unwrap_or_else(|| panic!("{text}: {attempt}"));
        assert!(error.contains(text), "wanted {text}, got {error}");
        assert!(!error.contains("payload\""), "a record never shows the payload: {error}");
        assert_eq!(attempt["response_status"], json!(status), "{text}");
        assert_eq!(attempt["resolved_ip"], "127.0.0.1", "{text}");
    }
}

#[test]
fn a_connection_that_is_closed_as_it_is_reused_costs_no_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let engine = impatient(folder.path(), None);
    // Answers once and hangs up a little later, so that the kept connection dies while it is idle.
    let url = raw(|mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        std::thread::sleep(Duration::from_millis(20));
    });
    let endpoint = endpoint(&engine, &url);
    for n in 0..20 {
        let id = send(&engine, &endpoint, "{}");
        let sent = wait_for_status(&engine, &id, "succeeded");
        assert_eq!(sent["attempt_count"], 1, "message {n}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn a_blocked_address_is_never_connected_to() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let url = format!("http://localhost:{}/hook", receiver.address.port());
    let id = {
        let quiet = Config { delivery: hookbridge_core::config::Delivery::Off, ..config(folder.path()) };
        let engine = Engine::open(quiet).unwrap();
        send(&engine, &endpoint(&engine, &url), "{}")
    };
    // The same file under strict rules: what was allowed when it was written is refused at the connection.
    let strict = Config { allow_local_endpoints: false, max_attempts: 1, ..config(folder.path()) };
    let engine = Engine::open(strict).unwrap();
    let dead = wait_for_status(&engine, &id, "failed_permanent");
    assert!(dead["last_error"].as_str().unwrap().contains("blocked: loopback"), "{dead}");
    assert_eq!(receiver.count(), 0);
}

#[test]
fn certificates_are_checked_against_the_authority_file() {
    let folder = tempfile::tempdir().unwrap();
    let (known, unknown) = (authority(), authority());
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &known.pem).unwrap();
    let engine = Engine::open(Config {
        request_timeout: Duration::from_secs(10),
        max_attempts: 1,
        ca_file: Some(ca_file),
        ..config(folder.path())
    })
    .unwrap();
    let good = only_attempt(&engine, &tls_receiver(&known, "localhost", false, &[b"http/1.1"]));
    assert_eq!((&good["response_status"], &good["error_text"]), (&json!(200), &json!(null)), "{good}");
    assert!(good["tls_handshake_ms"].is_u64() && good["dns_ms"].is_u64() && good["conn_reused"] == false);
    for (url, text) in [
        (tls_receiver(&known, "localhost", true, &[]), "has expired"),
        (tls_receiver(&known, "example.com", false, &[]), "for another name"),
        (tls_receiver(&unknown, "localhost", false, &[]), "not signed by a trusted authority"),
        (serving(self_signed("localhost")), "not signed by a trusted authority"),
        (
            raw(|mut stream| drop(stream.write_all(b"not TLS at all"))).replace("http:", "https:"),
            "TLS handshake failed",
        ),
    ] {
        let attempt = only_attempt(&engine, &url);
        assert!(attempt["error_text"].as_str().unwrap().contains(text), "wanted {text}: {attempt}");
    }
    let wrong = Config { ca_file: Some(folder.path().join("outbox.db")), ..config(folder.path()) };
    let error = Engine::open(wrong).err().unwrap();
    assert_eq!(error.code().name(), "INVALID_CONFIGURATION");
    assert!(error.message().contains("ca_file"), "{error}");
}

/// An HTTP/2 receiver; answers how many connections were made and how many requests came at once at the most.
fn http2_receiver(authority: &Authority) -> (String, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let server = server_config(authority, "localhost", false, &[b"h2", b"http/1.1"]);
    let (connections, most): (Arc<AtomicUsize>, Arc<AtomicUsize>) = Default::default();
    let (counted, seen) = (connections.clone(), most.clone());
    let (sender, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            let now: Arc<AtomicUsize> = Arc::default();
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let stream = tokio_rustls::TlsAcceptor::from(server.clone()).accept(stream).await.unwrap();
                let (now, seen) = (now.clone(), seen.clone());
                let answer =
                    hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                        let (now, seen) = (now.clone(), seen.clone());
                        async move {
                            assert_eq!(request.version(), hyper::Version::HTTP_2);
                            let at_once = now.fetch_add(1, Ordering::SeqCst) + 1;
                            seen.fetch_max(at_once, Ordering::SeqCst);
                            tokio::time::sleep(Duration::from_millis(5)).await;
                            now.fetch_sub(1, Ordering::SeqCst);
                            let body = http_body_util::Full::new(bytes::Bytes::from_static(b"ok"));
                            Ok::<_, hyper::Error>(hyper::Response::new(body))
                        }
                    });
                let executor = hyper_util::rt::TokioExecutor::new();
                let builder = hyper::server::conn::http2::Builder::new(executor);
                tokio::spawn(builder.serve_connection(hyper_util::rt::TokioIo::new(stream), answer));
            }
        });
    });
    (format!("https://localhost:{}/hook", address.recv().unwrap().port()), connections, most)
}

#[test]
fn a_receiver_that_speaks_http2_gets_many_requests_on_one_connection() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &authority.pem).unwrap();
    let engine = Engine::open(Config { ca_file: Some(ca_file), ..config(folder.path()) }).unwrap();
    let (url, connections, most) = http2_receiver(&authority);
    let endpoint = endpoint(&engine, &url);
    let ids: Vec<String> = (0..200).map(|n| send(&engine, &endpoint, &n.to_string())).collect();
    assert!(engine.flush(Duration::from_secs(30)).unwrap());
    assert!(ids.iter().all(|id| message(&engine, id)["attempt_count"] == 1));
    assert!(most.load(Ordering::SeqCst) > 1, "requests share a connection at once");
    // Also those that came while the first connection was being made.
    assert_eq!(connections.load(Ordering::SeqCst), 1, "connections");
}
