//! None holds more than its share: while receivers of every kind keep hold of what they were given, others are served.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::receiver::misbehaving::*;
use crate::receiver::*;
use crate::tls::*;
use hookbridge_core::{Config, Engine};
use serde_json::json;

const SLOTS: usize = 8;
const SLOTS_OF_ONE: usize = 3;

/// How many connections a receiver holds now, and held at once at the most.
#[derive(Default)]
struct Holds {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// Answers a request with `beginning` and then goes on with `rest` for as long as it is let.
fn holding(holds: &Arc<Holds>, beginning: &'static [u8], rest: &'static [u8]) -> String {
    let holds = holds.clone();
    raw(move |mut stream: TcpStream| {
        let held = holds.now.fetch_add(1, Ordering::SeqCst) + 1;
        holds.most.fetch_max(held, Ordering::SeqCst);
        read_request(&mut stream);
        let _ = stream.write_all(beginning);
        while stream.write_all(rest).is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        holds.now.fetch_sub(1, Ordering::SeqCst);
    })
}

/// An engine whose attempts outlast the test: who holds a slot keeps it.
fn patient(folder: &std::path::Path) -> Engine {
    Engine::open(Config {
        max_in_flight: SLOTS as u32,
        max_in_flight_per_endpoint: SLOTS_OF_ONE as u32,
        request_timeout: Duration::from_secs(300),
        connect_timeout: Duration::from_secs(60),
        ..config(folder)
    })
    .unwrap()
}

#[test]
fn strangers_that_hold_on_leave_half_of_the_slots() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority();
    let engine = patient(folder.path());
    let holds: Arc<Holds> = Arc::default();
    let well = Receiver::start(|_, _| answer(200));
    let silent = holding(&holds, b"", b"");
    let mut urls = vec![
        silent.clone(),
        // The handshake is never answered.
        silent.replace("http:", "https:"),
        holding(&holds, b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", b"x"),
        holding(&holds, b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        holding(&holds, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        holding(&holds, b"HTTP/1.1 200 OK\r\nx-long: ", b"y"),
        holding(&holds, b"HTTP/1.1 ", b"1"),
        holding(&holds, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        holding(&holds, b"HTTP/1.1 100 Continue\r\n\r\n", b""),
    ];
    // Those that end at once are in the way of nobody either.
    urls.extend([
        raw(drop),
        raw(|mut stream| drop(stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"))),
        tls_receiver(&authority, "localhost", false, &[]),
    ]);
    let healthy: Vec<String> = (0..3).map(|_| endpoint(&engine, &well.url("/"))).collect();
    // The half is kept for those that have answered once.
    healthy.iter().for_each(|endpoint| drop(send(&engine, endpoint, "{}")));
    assert!(engine.flush(Duration::from_secs(30)).unwrap());
    let hostile: Vec<String> = urls.iter().map(|url| endpoint(&engine, url)).collect();
    for endpoint in &hostile {
        for _ in 0..20 {
            send(&engine, endpoint, "{}");
        }
    }
    eventually("the hostile to hold what they can", || holds.now.load(Ordering::SeqCst) >= SLOTS / 2);
    let ids: Vec<String> = (0..300).map(|n| send(&engine, &healthy[n % 3], "{}")).collect();
    ids.iter().for_each(|id| drop(wait_for_status(&engine, id, "succeeded")));
    assert!(holds.now.load(Ordering::SeqCst) >= SLOTS / 2, "they held on all the while");
    assert!(holds.most.load(Ordering::SeqCst) <= SLOTS / 2, "{} held", holds.most.load(Ordering::SeqCst));
    assert!(call(&engine, "stats", json!({}))["in_flight"].as_u64().unwrap() <= SLOTS as u64);
    engine.close(Duration::from_millis(100)).unwrap();
}

#[test]
fn one_that_answered_well_and_then_holds_on_keeps_to_its_own_slots() {
    let folder = tempfile::tempdir().unwrap();
    let engine = patient(folder.path());
    let (turned, holds): (Arc<AtomicBool>, Arc<Holds>) = Default::default();
    let (has_turned, held) = (turned.clone(), holds.clone());
    let traitor = Receiver::start(move |_, _| {
        if !has_turned.load(Ordering::SeqCst) {
            return answer(200);
        }
        let now = held.now.fetch_add(1, Ordering::SeqCst) + 1;
        held.most.fetch_max(now, Ordering::SeqCst);
        Answer { delay: Duration::from_secs(600), ..answer(200) }
    });
    let well = Receiver::start(|_, _| answer(200));
    let (traitors, healthy) = (endpoint(&engine, &traitor.url("/")), endpoint(&engine, &well.url("/")));
    for _ in 0..50 {
        send(&engine, &traitors, "{}");
    }
    assert!(engine.flush(Duration::from_secs(30)).unwrap());
    turned.store(true, Ordering::SeqCst);
    for _ in 0..50 {
        send(&engine, &traitors, "{}");
    }
    eventually("it to hold all that it may", || holds.now.load(Ordering::SeqCst) == SLOTS_OF_ONE);
    let ids: Vec<String> = (0..300).map(|_| send(&engine, &healthy, "{}")).collect();
    ids.iter().for_each(|id| drop(wait_for_status(&engine, id, "succeeded")));
    assert_eq!(holds.most.load(Ordering::SeqCst), SLOTS_OF_ONE);
    engine.close(Duration::from_millis(100)).unwrap();
}
