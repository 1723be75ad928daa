//! Accepted, delivered and recorded in a second, beside a bare hyper client that posts the same bytes to the same receiver
//! and stores nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbridge_core::config::Delivery;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::engines::{create_endpoint, open, payload, per_second, receiver, request};
use crate::table::{Goal, Measure, Table};

pub(crate) const MESSAGES: usize = 25_600;
/// Requests of the baseline under way at once, as many as the engine allows an endpoint.
const AT_ONCE: usize = 32;
/// Sends that wait for their commit at once.
const SENDS_AT_ONCE: usize = 256;

/// As long as a delivery's, so that both post the same bytes.
const SAME_HEADERS: &[(&str, &str)] = &[
    ("content-type", "application/json"),
    ("user-agent", "HookBridge/3.0.0"),
    ("x-webhook-id", "019aba5e-0000-7000-8000-000000000000"),
    ("x-webhook-timestamp", "1764000000"),
    ("x-webhook-signature", "sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ("x-webhook-attempt", "1"),
    ("webhook-id", "019aba5e-0000-7000-8000-000000000000"),
    ("webhook-timestamp", "1764000000"),
    ("webhook-signature", "v1,0123456789abcdefghijklmnopqrstuvwxyzABCDEFG="),
];

pub(crate) fn ours(receiver: SocketAddr, messages: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(&folder.path().join("outbox.db"), Delivery::Auto);
    let endpoint = create_endpoint(&engine, &format!("http://{receiver}/hook"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let rate = per_second(messages, || {
        runtime.block_on(async {
            let senders: Vec<_> = (0..SENDS_AT_ONCE)
                .map(|_| {
                    let (engine, endpoint) = (engine.clone(), endpoint.clone());
                    tokio::spawn(async move {
                        for _ in 0..messages / SENDS_AT_ONCE {
                            engine.send_async(request(&endpoint)).await.expect("a receipt");
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

pub(crate) fn bare(receiver: SocketAddr, messages: usize) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    per_second(messages, || {
        runtime.block_on(async {
            let client = Arc::new(Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>());
            let body = Bytes::from(payload());
            let senders: Vec<_> = (0..AT_ONCE)
                .map(|_| {
                    let (client, body) = (client.clone(), body.clone());
                    tokio::spawn(async move {
                        for _ in 0..messages / AT_ONCE {
                            let mut request = Request::post(format!("http://{receiver}/hook"));
                            for (name, value) in SAME_HEADERS {
                                request = request.header(*name, *value);
                            }
                            let request = request.body(Full::new(body.clone())).expect("a request");
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

pub(crate) fn run(table: &mut Table) {
    let receiver = receiver(|_| Duration::ZERO);
    let measure = Measure {
        name: "accepted, delivered and recorded, `full`",
        baseline: "a bare hyper client that posts the same bytes and stores nothing",
        unit: "/s",
        goal: Goal::AtLeast(0.5),
    };
    table.compare(&measure, || ours(receiver, MESSAGES), || bare(receiver, MESSAGES));
}
