//! Hosts with several addresses.

use std::net::TcpListener;

use serde_json::json;

use crate::attempting::Attempting;
use crate::receiver::{Answer, Receiver, answer};

/// Takes no connection: what fills its backlog is kept.
struct Silent(#[allow(dead_code, reason = "kept open")] (socket2::Socket, Vec<socket2::Socket>));

impl Silent {
    fn new(address: [u8; 4], port: u16) -> Self {
        let socket = || socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        let listener = socket();
        let address: std::net::SocketAddr = (address, port).into();
        listener.bind(&address.into()).unwrap();
        listener.listen(0).unwrap();
        let filling = (0..4).map(|_| {
            let one = socket();
            one.set_nonblocking(true).unwrap();
            let _ = one.connect(&address.into());
            one
        });
        let filling = filling.collect();
        Self((listener, filling))
    }
}

#[test]
fn the_second_address_is_reached_and_tried_first_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| crate::receiver::Answer {
        headers: vec![("connection".to_owned(), "close".to_owned())],
        ..answer(200)
    });
    let port = receiver.address.port();
    let _silent = Silent::new([127, 0, 0, 2], port);
    // Within either deadline: the smaller one is divided.
    for timeouts in [(10_000, 3000), (3000, 30_000)] {
        let names = "multi.test 0 127.0.0.2+127.0.0.1\n";
        let mut attempting = Attempting::start(folder.path(), names, timeouts);
        let url = format!("http://multi.test:{port}/hook");
        let first = attempting.once(&url);
        assert_eq!((&first["status"], &first["ip"]), (&json!(200), &json!("127.0.0.1")), "{first}");
        assert!(first["latency_ms"].as_u64().unwrap() >= 250, "{first}");
        // Each of these is a fresh connection: had the silent one come first, each would take a quarter of a second.
        let quick = (0..10).filter(|_| attempting.once(&url)["latency_ms"].as_u64().unwrap() < 250).count();
        assert!(quick >= 5, "{quick} of 10");
    }
}

#[test]
fn the_guard_looks_at_each_address() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let names = "part.test 0 169.254.169.254+127.0.0.1\nwhole.test 0 169.254.169.254+fd00:ec2::254\n";
    let mut attempting = Attempting::start(folder.path(), names, (5000, 30_000));
    let part = attempting.once(&format!("http://part.test:{}/", receiver.address.port()));
    assert_eq!((&part["status"], &part["ip"]), (&json!(200), &json!("127.0.0.1")), "{part}");
    let whole = attempting.once(&format!("http://whole.test:{}/", receiver.address.port()));
    assert!(whole["error_text"].as_str().unwrap().contains("blocked"), "{whole}");
}

#[test]
fn every_address_is_named_where_none_answers() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let _silent = Silent::new([127, 0, 0, 2], free);
    let mut attempting =
        Attempting::start(folder.path(), "multi.test 0 127.0.0.2+127.0.0.1\n", (1500, 30_000));
    let report = attempting.once(&format!("http://multi.test:{free}/"));
    assert_eq!(
        report["error_text"],
        "no connection within 1.5s: 127.0.0.1: connection refused; 127.0.0.2 did not accept a connection"
    );
    assert_eq!(report["shortage"], json!(null));
}

#[test]
fn a_process_without_descriptors_blames_nobody() {
    let folder = tempfile::tempdir().unwrap();
    // No connection is kept, since one at rest would be given up for its descriptor.
    let receiver = Receiver::start(|_, _| Answer {
        headers: vec![("connection".to_owned(), "close".to_owned())],
        ..answer(200)
    });
    let (by_address, by_name) =
        (receiver.url("/hook"), format!("http://localhost:{}/", receiver.address.port()));
    let mut attempting = Attempting::start(folder.path(), "", (5000, 30_000));
    assert_eq!(attempting.once(&by_address)["status"], 200);
    attempting.leave_descriptors(Some(0));
    let fresh = Receiver::start(|_, _| answer(200));
    let targets = [fresh.url("/hook"), by_name];
    attempting.begin(targets.iter().map(String::as_str));
    for report in attempting.ended(2) {
        assert_eq!(report["shortage"], "no file descriptor is free", "{report}");
    }
    attempting.leave_descriptors(None);
    assert_eq!(attempting.once(&fresh.url("/hook"))["status"], 200);
}
