//! Receivers that speak HTTP/2 and abuse it: each attempt ends in time, its record says what happened, and a
//! connection that is of no use is given up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::receiver::misbehaving::*;
use crate::receiver::*;
use crate::tls::*;
use hookbridge_core::{Config, Engine};
use serde_json::json;

/// An HTTP/2 receiver over TLS whose connections are served by `serve`, with their number.
fn http2(
    authority: &Authority,
    serve: impl Fn(h2::server::Connection<Tls, bytes::Bytes>, usize) -> Serving + Send + Sync + 'static,
) -> String {
    http2_with(authority, h2::server::Builder::new(), serve)
}

fn http2_with(
    authority: &Authority,
    settings: h2::server::Builder,
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
                let Ok(connection) = settings.handshake(stream).await else { continue };
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
    let mut texts = BTreeSet::new();
    for id in &ids {
        eventually("the end", || {
            let status = message(&engine, id)["status"].clone();
            status == "succeeded" || status == "failed_permanent"
        });
        let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
        for attempt in attempts["data"].as_array().unwrap() {
            if attempt["response_status"] != 200 {
                texts.insert(attempt["error_text"].as_str().unwrap_or_default().to_owned());
            }
        }
    }
    let said = |words: &str| texts.iter().any(|text| text.contains(words));
    assert!(said("refused stream") && said("unexpected internal error"), "{texts:?}");
    assert!(ids.iter().any(|id| message(&engine, id)["status"] == "succeeded"));
}

#[test]
fn a_connection_cut_off_by_goaway_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let engine = trusting(folder.path(), &authority);
    let url = http2(&authority, move |mut connection, number| {
        Box::pin(async move {
            while let Some(Ok((_request, respond))) = connection.accept().await {
                if number == 0 {
                    connection.abrupt_shutdown(h2::Reason::ENHANCE_YOUR_CALM);
                } else {
                    ok(respond);
                }
            }
        })
    });
    let id = send(&engine, &endpoint(&engine, &url), "{}");
    wait_for_status(&engine, &id, "succeeded");
    let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
    let text = attempts["data"][0]["error_text"].as_str().unwrap();
    assert_eq!(text, "connection closed by the receiver", "{attempts}");
}

#[test]
fn a_receiver_that_allows_no_stream_or_no_byte_is_waited_for_no_longer_than_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &authority.pem).unwrap();
    let engine = impatient(folder.path(), Some(&ca_file));
    let (mut no_stream, mut no_byte) = (h2::server::Builder::new(), h2::server::Builder::new());
    no_stream.max_concurrent_streams(0);
    no_byte.initial_window_size(0);
    // What was sent before the receiver had said that it allows nothing is refused by it.
    for (settings, text) in
        [(no_stream, "refused stream"), (no_byte, "timed out after 700ms waiting for the answer")]
    {
        let url = http2_with(&authority, settings, |mut connection, _| {
            Box::pin(async move {
                let mut kept = Vec::new();
                while let Some(Ok(request)) = connection.accept().await {
                    kept.push(request);
                }
            })
        });
        let attempt = only_attempt(&engine, &url);
        assert!(attempt["error_text"].as_str().unwrap().contains(text), "{attempt}");
    }
}

/// Behind it is nobody any more, and no packet says so: what a router does that forgets a connection.
#[test]
fn a_connection_that_has_fallen_silent_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let ca_file = folder.path().join("authority.pem");
    std::fs::write(&ca_file, &authority.pem).unwrap();
    let engine = Engine::open(Config {
        ca_file: Some(ca_file),
        max_attempts: 50,
        request_timeout: Duration::from_secs(2),
        ..config(folder.path())
    })
    .unwrap();
    let url = http2(&authority, move |mut connection, number| {
        Box::pin(async move {
            let mut served = 0;
            while let Some(Ok((_request, respond))) = connection.accept().await {
                ok(respond);
                served += 1;
                if number == 0 && served == 3 {
                    // Let the last answer out.
                    let _ = tokio::time::timeout(Duration::from_millis(50), connection.accept()).await;
                    std::future::pending::<()>().await;
                }
            }
        })
    });
    let endpoint = endpoint(&engine, &url);
    let mut silent = 0;
    for n in 0..10 {
        let id = send(&engine, &endpoint, &n.to_string());
        wait_for_status(&engine, &id, "succeeded");
        let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
        // Noticed in time, the request goes to another connection within the same attempt.
        for attempt in attempts["data"].as_array().unwrap() {
            let Some(text) = attempt["error_text"].as_str().or(attempt["note"].as_str()) else { continue };
            silent += 1;
            let known = ["the connection has fallen silent", "timed out after 2s waiting for the answer"];
            assert!(known.iter().any(|known| text.contains(known)), "{attempt}");
        }
    }
    assert!(silent > 0, "the connection that fell silent was used");
}
