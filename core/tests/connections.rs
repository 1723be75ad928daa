//! Connections: kept for what is under way, repeated where a kept one is dead, given up when the receiver says so.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::receiver::misbehaving::*;
use crate::receiver::*;
use hookbridge_core::{Config, Engine};
use serde_json::{Value, json};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Ends a connection with a reset instead of a farewell.
fn reset(stream: TcpStream) {
    let _ = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
}

fn attempts(engine: &Engine, id: &str) -> Vec<Value> {
    let listed = call(engine, "messages.attempts", json!({ "message_id": id }));
    listed["data"].as_array().unwrap().clone()
}

/// One attempt at a time, so that each reuses the connection of the one before.
fn one_at_a_time(folder: &std::path::Path) -> Engine {
    Engine::open(Config { max_in_flight_per_endpoint: 1, max_attempts: 1, ..config(folder) }).unwrap()
}

#[test]
fn a_kept_connection_that_is_dead_is_replaced_within_the_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let engine = one_at_a_time(folder.path());
    for (ends, text) in [
        (drop as fn(TcpStream), "the receiver closed the connection before it had answered"),
        (reset, "connection reset by the receiver"),
    ] {
        // Answers once, takes the next request on the same connection, and goes.
        let url = raw(move |mut stream| {
            read_request(&mut stream);
            let _ = stream.write_all(OK);
            read_request(&mut stream);
            ends(stream);
        });
        let endpoint = endpoint(&engine, &url);
        let mut replaced = 0;
        for _ in 0..10 {
            let id = send(&engine, &endpoint, "{}");
            wait_for_status(&engine, &id, "succeeded");
            let attempts = attempts(&engine, &id);
            let [attempt] = attempts.as_slice() else { panic!("{attempts:?}") };
            assert_eq!(attempt["error_text"], json!(null), "{attempt}");
            if let Some(note) = attempt["note"].as_str() {
                replaced += 1;
                assert!(note.contains("a kept connection was dead") && note.contains(text), "{note}");
                assert_eq!(attempt["conn_reused"], json!(false), "{attempt}");
                assert!(attempt["tcp_connect_ms"].is_u64(), "{attempt}");
            }
        }
        assert!(replaced >= 4, "{replaced} of 10 came upon a dead connection");
    }
}

#[test]
fn a_request_is_repeated_once_and_only_where_nothing_of_an_answer_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let engine = one_at_a_time(folder.path());
    // On a kept connection a piece of an answer comes before the end: the receiver has seen the request.
    for piece in [&b"HTTP/1.1 103 Early Hints\r\n\r\n"[..], b"H"] {
        let asked: Arc<AtomicUsize> = Arc::default();
        let counted = asked.clone();
        let url = raw(move |mut stream| {
            read_request(&mut stream);
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(OK);
            read_request(&mut stream);
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(piece);
            let _ = stream.shutdown(Shutdown::Both);
        });
        let endpoint = endpoint(&engine, &url);
        let first = send(&engine, &endpoint, "1");
        wait_for_status(&engine, &first, "succeeded");
        let second = send(&engine, &endpoint, "2");
        wait_for_status(&engine, &second, "failed_permanent");
        let attempt = attempts(&engine, &second)[0].clone();
        assert_eq!((&attempt["conn_reused"], &attempt["note"]), (&json!(true), &json!(null)), "{attempt}");
        assert_eq!(asked.load(Ordering::SeqCst), 2, "it was not sent again");
    }
    // A fresh connection that dies is the receiver's failure: after a dead one too.
    let asked: Arc<AtomicUsize> = Arc::default();
    let counted = asked.clone();
    let url = raw(move |mut stream| {
        read_request(&mut stream);
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            let _ = stream.write_all(OK);
            read_request(&mut stream);
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let endpoint = endpoint(&engine, &url);
    let first = send(&engine, &endpoint, "1");
    wait_for_status(&engine, &first, "succeeded");
    let second = send(&engine, &endpoint, "2");
    wait_for_status(&engine, &second, "failed_permanent");
    let attempt = attempts(&engine, &second)[0].clone();
    assert_eq!(
        attempt["error_text"], "the receiver closed the connection before it had answered",
        "{attempt}"
    );
    assert!(attempt["note"].as_str().unwrap().contains("a kept connection was dead"), "{attempt}");
    assert_eq!(asked.load(Ordering::SeqCst), 3, "once on the kept one, once on a fresh one");
}

#[test]
fn endpoints_that_share_a_host_share_its_connections() {
    let folder = tempfile::tempdir().unwrap();
    let most = 16;
    let engine =
        Engine::open(Config { max_in_flight: most, max_in_flight_per_endpoint: 1, ..config(folder.path()) })
            .unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let endpoints: Vec<String> =
        (0..40).map(|n| endpoint(&engine, &receiver.url(&format!("/{n}")))).collect();
    for _ in 0..50 {
        for endpoint in &endpoints {
            send(&engine, endpoint, "{}");
        }
    }
    assert!(engine.flush(Duration::from_secs(60)).unwrap());
    let deliveries = receiver.deliveries();
    assert_eq!(deliveries.len(), 2_000);
    let connections: BTreeSet<usize> = deliveries.iter().map(|delivery| delivery.connection).collect();
    assert!(connections.len() <= 2 * most as usize, "{} connections", connections.len());
}

#[test]
fn what_a_receiver_says_of_its_idle_connections_is_heeded() {
    let folder = tempfile::tempdir().unwrap();
    let engine = one_at_a_time(folder.path());
    for (said, kept) in [
        ("timeout=60", true),
        // It is closed a second earlier, so that the two never meet.
        ("timeout=1", false),
        ("timeout=60, max=0", false),
    ] {
        let receiver = Receiver::start(move |_, _| Answer {
            headers: vec![("Keep-Alive".to_owned(), said.to_owned())],
            ..answer(200)
        });
        let endpoint = endpoint(&engine, &receiver.url("/"));
        for n in 0..3 {
            let id = send(&engine, &endpoint, &n.to_string());
            wait_for_status(&engine, &id, "succeeded");
        }
        let connections: BTreeSet<usize> =
            receiver.deliveries().iter().map(|delivery| delivery.connection).collect();
        assert_eq!(connections.len(), if kept { 1 } else { 3 }, "{said}");
    }
}
