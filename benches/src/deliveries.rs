//! Accepted, delivered and recorded in a second, beside a bare hyper client that posts the same bytes to the same receiver
//! and stores nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbridge_core::Engine;
use hookbridge_core::config::Config;
use hookbridge_core::operations::messages::SendRequest;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::{compare, payload, per_second};

const MESSAGES: usize = 25_600;
/// Requests of the baseline under way at once, as many as the engine allows an endpoint.
const AT_ONCE: usize = 32;
/// Sends that wait for their commit at once.
const SENDS_AT_ONCE: usize = 256;

fn receiver() -> SocketAddr {
    let (sender, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            sender.send(listener.local_addr().expect("an address")).expect("somebody who waits");
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let answer = service_fn(|request: Request<hyper::body::Incoming>| async {
                    request.into_body().collect().await?;
                    Ok::<_, hyper::Error>(Response::new(Full::new(Bytes::from_static(b"ok"))))
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer),
                );
            }
        });
    });
    address.recv().expect("an address")
}

fn ours(receiver: SocketAddr) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine::open(Config {
        database: folder.path().join("outbox.db"),
        allow_local_endpoints: true,
        ..Config::default()
    })
    .expect("an engine");
    let url = format!(r#"{{"url": "http://{receiver}/hook"}}"#);
    let endpoint: serde_json::Value =
        serde_json::from_str(&engine.call("endpoints.create", &url).expect("an endpoint")).expect("JSON");
    let endpoint = endpoint["id"].as_str().expect("an id");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let rate = per_second(MESSAGES, || {
        runtime.block_on(async {
            let senders: Vec<_> = (0..SENDS_AT_ONCE)
                .map(|_| {
                    let (engine, endpoint) = (engine.clone(), endpoint.to_owned());
                    tokio::spawn(async move {
                        for _ in 0..MESSAGES / SENDS_AT_ONCE {
                            let request = SendRequest::new(&endpoint, payload()).expect("JSON");
                            engine.send_async(request).await.expect("a receipt");
                        }
                    })
                })
                .collect();
            for sender in senders {
                sender.await.expect("a sender");
            }
        });
        assert!(engine.flush(Duration::from_secs(120)).expect("a flush"));
    });
    engine.close(Duration::from_secs(5)).expect("an end");
    rate
}

fn bare(receiver: SocketAddr) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    per_second(MESSAGES, || {
        runtime.block_on(async {
            let client = Arc::new(Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>());
            let body = Bytes::from(payload());
            let senders: Vec<_> = (0..AT_ONCE)
                .map(|_| {
                    let (client, body) = (client.clone(), body.clone());
                    tokio::spawn(async move {
                        for _ in 0..MESSAGES / AT_ONCE {
                            let request = Request::post(format!("http://{receiver}/hook"))
                                .body(Full::new(body.clone()))
                                .expect("a request");
                            let answer = client.request(request).await.expect("an answer");
                            answer.into_body().collect().await.expect("a body");
                        }
                    })
                })
                .collect();
            for sender in senders {
                sender.await.expect("a sender");
            }
        });
    })
}

pub(crate) fn run() {
    let receiver = receiver();
    compare(
        "accepted, delivered and recorded, `full`; baseline: a bare hyper client that stores nothing",
        || ours(receiver),
        || bare(receiver),
    );
}
