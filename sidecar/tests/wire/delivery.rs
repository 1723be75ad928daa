//! From a client's request to a receiver: the bytes, and one deliverer after another.

use std::sync::Arc;

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::receiver::{Receiver, answer, eventually};
use super::server::Server;

#[test]
fn numbers_arrive_digit_for_digit() {
    let receiver = Receiver::start(|_, _| answer(200));
    let server = Server::start(&[]);
    let created = server.create_endpoint(&receiver.url("/hook"));
    let endpoint = created["id"].as_str().unwrap();
    let payloads = [
        "9007199254740993",
        "1.10",
        "1e400",
        "-0.0",
        r#"{"b": 1.10 ,"a":9007199254740993,"a":1e400, "u":"\u00e9é","e":[ ]}"#,
        "123456789012345678901234567890.123456789012345678901234567890",
        "null",
    ];
    for (count, payload) in payloads.iter().enumerate() {
        let message = server.send(endpoint, payload);
        eventually("the delivery", || receiver.count() == count + 1);
        let delivery = receiver.deliveries().pop().unwrap();
        assert_eq!(delivery.body, payload.as_bytes());
        assert_eq!(delivery.message_id(), message);
    }
}

#[test]
fn what_one_server_accepts_another_delivers() {
    let receiver = Receiver::start(|_, _| answer(200));
    let folder = Arc::new(TempDir::new().unwrap());
    let mut first = Server::start_in(folder.clone(), &["--delivery", "off"]);
    let endpoint = first.create_endpoint(&receiver.url("/"))["id"].as_str().unwrap().to_owned();
    let message = first.send(&endpoint, r#"{"n":1}"#);
    first.signal(Signal::SIGKILL);
    first.wait();
    assert_eq!(receiver.count(), 0);
    let second = Server::start_in(folder, &[]);
    second.wait_for_status(&message, "succeeded");
    assert_eq!(receiver.deliveries()[0].message_id(), message);
}
