//! A healthy endpoint's delivery latency beside endpoints that never answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookbridge_core::config::Delivery;

use crate::engines::{create_endpoint, open, percentile, receiver, request};
use crate::table::{Goal, Measure, Table};

const HANGING: usize = 100;
const MESSAGES_EACH: usize = 1_000;
const PROBES: usize = 400;

/// From before the `send` to the arrival, in milliseconds, while `hanging` endpoints have a backlog.
fn delivery_p99(hanging: usize) -> f64 {
    let arrived: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let seen = arrived.clone();
    let address = receiver(move |request| {
        if request.uri().path() == "/hangs" {
            return Duration::from_secs(3600);
        }
        if let Some(id) = request.headers().get("x-webhook-id").and_then(|id| id.to_str().ok()) {
            seen.lock().expect("no panic").insert(id.to_owned(), Instant::now());
        }
        Duration::ZERO
    });
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(&folder.path().join("outbox.db"), Delivery::Auto);
    let healthy = create_endpoint(&engine, &format!("http://{address}/well"));
    for _ in 0..hanging {
        let endpoint = create_endpoint(&engine, &format!("http://{address}/hangs"));
        engine.send_batch((0..MESSAGES_EACH).map(|_| request(&endpoint)).collect()).expect("receipts");
    }
    // The endpoint has proven itself, as one in use has.
    engine.send(request(&healthy)).expect("a receipt");
    std::thread::sleep(Duration::from_secs(1));
    let sent: Vec<(String, Instant)> = (0..PROBES)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(3));
            let begun = Instant::now();
            (engine.send(request(&healthy)).expect("a receipt").message_id.to_string(), begun)
        })
        .collect();
    let deadline = Instant::now() + Duration::from_secs(60);
    let all_here = || {
        let arrived = arrived.lock().expect("no panic");
        sent.iter().all(|(id, _)| arrived.contains_key(id))
    };
    while !all_here() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    let arrived = arrived.lock().expect("no panic");
    let mut taken: Vec<f64> = sent
        .iter()
        .map(|(id, begun)| {
            let at = arrived.get(id).copied().unwrap_or_else(Instant::now);
            at.saturating_duration_since(*begun).as_secs_f64() * 1e3
        })
        .collect();
    engine.close(Duration::ZERO).expect("an end");
    percentile(&mut taken, 0.99)
}

pub(crate) fn run(table: &mut Table) {
    let measure = Measure {
        name: "a healthy endpoint's delivery p99 beside 100 endpoints that never answer, 1,000 messages each",
        baseline: "the same endpoint alone",
        unit: "ms",
        goal: Goal::AtMost(3.0),
    };
    table.compare(&measure, || delivery_p99(HANGING), || delivery_p99(0));
}
