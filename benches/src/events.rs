//! Events beside sends: one event for ten endpoints, matching among ten thousand, and the order of ten thousand keys.

use std::net::SocketAddr;
use std::time::Duration;

use hookbridge_core::Engine;
use hookbridge_core::config::Delivery;
use hookbridge_core::operations::messages::SendRequest;
use serde_json::json;

use crate::deliveries::MESSAGES;
use crate::engines::{create_endpoint, open, payload, per_second, receiver, request};
use crate::table::{Goal, Measure, Table};

/// The endpoints that an event reaches, and the sends that reach as many.
const REACHED: usize = 10;
const THREADS: usize = 64;
/// What each thread has accepted: events, or as many times ten sends.
const EACH: usize = 160;
const ENDPOINTS: usize = 10_000;
const TENANTS: usize = 1000;
/// The events of a batch, and the batches of a round.
const BATCH: usize = 1000;
const BATCHES: usize = 5;
const KEYS: usize = 10_000;
const SENDS_AT_ONCE: usize = 256;

/// Messages accepted in a second while threads do `work`, which makes [`REACHED`] of them.
fn accepted(work: impl Fn(&Engine, &[String]) + Sync) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(&folder.path().join("outbox.db"), Delivery::Off);
    let endpoints: Vec<String> =
        (0..REACHED).map(|_| create_endpoint(&engine, "http://127.0.0.1:9/")).collect();
    let rate = per_second(THREADS * EACH * REACHED, || {
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| (0..EACH).for_each(|_| work(&engine, &endpoints)));
            }
        });
    });
    engine.close(Duration::from_secs(5)).expect("an end");
    rate
}

fn event() -> serde_json::Value {
    let payload: serde_json::Value = serde_json::from_slice(&payload()).expect("JSON");
    json!({ "type": "order.created", "payload": payload })
}

/// Sends an event as a program does whose payload is JSON already, like [`send_to_each`].
fn send_event(engine: &Engine, _: &[String]) {
    let payload = payload();
    let payload = std::str::from_utf8(&payload).expect("UTF-8");
    let request = format!(r#"{{"type":"order.created","payload":{payload}}}"#);
    let answer = engine.call("events.send", &request).expect("a receipt");
    assert!(answer.contains(&format!(r#""matched":{REACHED},"#)), "{answer}");
}

fn send_to_each(engine: &Engine, endpoints: &[String]) {
    for endpoint in endpoints {
        engine.send(request(endpoint)).expect("a receipt");
    }
}

/// Microseconds an event of a tenant with one endpoint that wants it, among `others` endpoints of other tenants.
fn matching(others: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(&folder.path().join("outbox.db"), Delivery::Off);
    for number in 0..=others {
        let endpoint = json!({
            "url": "http://127.0.0.1:9/",
            "tenant": format!("tenant-{}", number % TENANTS),
            // One of a tenant's endpoints wants the events that are sent.
            "event_types": [if number < TENANTS { "order.*" } else { "invoice.paid" }],
            "filter": [{ "pointer": "/event", "starts_with": "order." }],
        });
        engine.call("endpoints.create", &endpoint.to_string()).expect("an endpoint");
    }
    let tenants = TENANTS.min(others + 1);
    let events: Vec<_> = (0..BATCH)
        .map(|number| {
            let mut event = event();
            event["tenant"] = json!(format!("tenant-{}", number % tenants));
            event
        })
        .collect();
    let batch = json!({ "events": events }).to_string();
    let rate = per_second(BATCHES * BATCH, || {
        for _ in 0..BATCHES {
            let answer = engine.call("events.send_batch", &batch).expect("receipts");
            assert!(!answer.contains(r#""matched":0"#) && !answer.contains(r#""error""#));
        }
    });
    engine.close(Duration::from_secs(5)).expect("an end");
    1e6 / rate
}

/// Messages accepted, delivered and recorded in a second, where `key` says the ordering key of each.
fn delivered(receiver: SocketAddr, key: fn(usize) -> Option<String>) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(&folder.path().join("outbox.db"), Delivery::Auto);
    let endpoint = create_endpoint(&engine, &format!("http://{receiver}/hook"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let rate = per_second(MESSAGES, || {
        runtime.block_on(async {
            let senders: Vec<_> = (0..SENDS_AT_ONCE)
                .map(|sender| {
                    let (engine, endpoint) = (engine.clone(), endpoint.clone());
                    tokio::spawn(async move {
                        for number in (sender..MESSAGES).step_by(SENDS_AT_ONCE) {
                            let request = SendRequest { ordering_key: key(number), ..request(&endpoint) };
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

pub(crate) fn run(table: &mut Table) {
    let measure = Measure {
        name: "messages of an event to 10 endpoints accepted, `full`, 64 threads",
        baseline: "ten `send`s",
        unit: "/s",
        goal: Goal::AtLeast(3.0),
    };
    table.compare(&measure, || accepted(send_event), || accepted(send_to_each));
    let measure = Measure {
        name: "an event's cost among 10,000 endpoints of 1,000 tenants, batches of 1,000",
        baseline: "the same with one endpoint",
        unit: "µs",
        goal: Goal::AtMostMore(20.0),
    };
    table.compare(&measure, || matching(ENDPOINTS - 1), || matching(0));
    let receiver = receiver(|_| Duration::ZERO);
    let measure = Measure {
        name: "accepted, delivered and recorded with 10,000 ordering keys",
        baseline: "without an ordering key",
        unit: "/s",
        goal: Goal::AtLeast(0.8),
    };
    table.compare(
        &measure,
        || delivered(receiver, |number| Some(format!("order-{}", number % KEYS))),
        || delivered(receiver, |_| None),
    );
}
