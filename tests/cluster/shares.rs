//! Several processes deliver, each its share, and hand it over when they come and go.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbridge_core::Engine;
use hookbridge_core::config::Delivery;
use serde_json::json;

use super::receiver::{self, Answer, Receiver, answer, eventually};
use super::server::Server;
use super::{database, everything_arrived, open, processes};

/// How many shards each process that delivers has, in order.
fn shares(server: &Server) -> Vec<u32> {
    let shares =
        "SELECT count(s.shard) FROM hookbridge.nodes n LEFT JOIN hookbridge.shards s ON s.node = n.id
        GROUP BY n.id ORDER BY 1;";
    server.sql("postgres", shares).unwrap().lines().map(|count| count.parse().unwrap()).collect()
}

/// How many processes deliver to the endpoints that there are.
fn at_work(server: &Server) -> String {
    let nodes = "SELECT count(DISTINCT s.node) FROM hookbridge.endpoints e
        JOIN hookbridge.shards s ON s.shard = e.seq & 255;";
    server.sql("postgres", nodes).unwrap()
}

fn shared(server: &Server, wanted: &[u32]) {
    eventually(&format!("the shares are {wanted:?}"), || shares(server) == wanted);
}

/// Sends to every endpoint in turn until told to stop.
fn send(database: &Path, endpoints: &[String], accepted: &processes::Ids, ends: &AtomicBool) {
    let producer = open(database, Delivery::Off);
    for endpoint in endpoints.iter().cycle() {
        if ends.load(Ordering::Acquire) {
            break;
        }
        let request = json!({ "endpoint_id": endpoint, "payload": { "n": 1 } });
        let sent = receiver::call(&producer, "messages.send", request);
        accepted.lock().unwrap().insert(sent["message_id"].as_str().unwrap().to_owned());
    }
    producer.close(Duration::from_secs(10)).unwrap();
}

/// Engines open and close again and again while messages are sent. Every message arrives, and none twice: a hand-over waits for what is
/// under way.
#[test]
fn processes_come_and_go_and_nothing_is_delivered_twice() {
    let server = Server::start();
    let receiver =
        Receiver::start(|_, _| Answer { delay: Duration::from_millis(fastrand::u64(0..40)), ..answer(200) });
    let database = database(&server);
    let first = open(&database, Delivery::Auto);
    let endpoints: Vec<String> =
        (0..12).map(|n| receiver::endpoint(&first, &receiver.url(&format!("/{n}")))).collect();
    let (accepted, ends) = (processes::Ids::default(), AtomicBool::new(false));
    shared(&server, &[256]);
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| send(&database, &endpoints, &accepted, &ends));
        let arrive = |more: usize| {
            let before = receiver.count();
            eventually("more arrives", || receiver.count() >= before + more);
        };
        arrive(20);
        let second = open(&database, Delivery::Auto);
        shared(&server, &[128, 128]);
        assert_eq!(at_work(&server), "2", "however few endpoints there are");
        arrive(100);
        let third = open(&database, Delivery::Auto);
        shared(&server, &[84, 86, 86]);
        assert_eq!(at_work(&server), "3");
        arrive(200);
        first.close(Duration::from_secs(30)).unwrap();
        shared(&server, &[128, 128]);
        arrive(100);
        third.close(Duration::from_secs(30)).unwrap();
        shared(&server, &[256]);
        arrive(100);
        ends.store(true, Ordering::Release);
        sending.join().unwrap();
        assert!(second.flush(Duration::from_secs(60)).unwrap());
        second.close(Duration::from_secs(30)).unwrap();
    });
    everything_arrived(&accepted, &receiver, 0);
    let delivered_by = "SELECT count(DISTINCT node) FROM hookbridge.metrics WHERE succeeded > 0;";
    assert_eq!(server.sql("postgres", delivered_by).unwrap(), "3");
    shared(&server, &[]);
}

/// The messages of an ordering key keep their order while the endpoint goes from one process to another.
#[test]
fn an_order_is_kept_across_a_hand_over() {
    let arrived: Arc<Mutex<BTreeMap<String, Vec<u64>>>> = Arc::default();
    let seen = arrived.clone();
    let server = Server::start();
    let receiver = Receiver::start(move |request, _| {
        let payload: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let (key, n) = (payload["key"].as_str().unwrap().to_owned(), payload["n"].as_u64().unwrap());
        seen.lock().unwrap().entry(key).or_default().push(n);
        answer(200)
    });
    let database = database(&server);
    let producer = open(&database, Delivery::Off);
    let endpoints: Vec<String> =
        (0..8).map(|n| receiver::endpoint(&producer, &receiver.url(&format!("/{n}")))).collect();
    let mut running: Vec<Engine> = Vec::new();
    for n in 0..40_u64 {
        for (number, endpoint) in endpoints.iter().enumerate() {
            let key = format!("key-{number}");
            let request = json!({
                "endpoint_id": endpoint, "payload": { "key": key, "n": n }, "ordering_key": key,
            });
            receiver::call(&producer, "messages.send", request);
        }
        if n % 10 == 5 {
            running.push(open(&database, Delivery::Auto));
        } else if n % 10 == 0 && running.len() > 1 {
            running.remove(0).close(Duration::from_secs(30)).unwrap();
        }
    }
    assert!(producer.flush(Duration::from_secs(60)).unwrap());
    for engine in running {
        engine.close(Duration::from_secs(30)).unwrap();
    }
    producer.close(Duration::from_secs(10)).unwrap();
    for (key, order) in &*arrived.lock().unwrap() {
        // Where a process was too slow to keep its lease some come again.
        let mut seen = std::collections::BTreeSet::new();
        let first: Vec<u64> = order.iter().copied().filter(|n| seen.insert(*n)).collect();
        assert_eq!(first, (0..40).collect::<Vec<_>>(), "{key}");
    }
    assert_eq!(arrived.lock().unwrap().len(), endpoints.len());
}
