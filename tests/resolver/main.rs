//! Names that fail, hang, have many addresses, or change between the check and the connection.

mod addresses;
mod attempting;
mod hanging;
mod memory;
#[path = "../../core/tests/receiver/mod.rs"]
mod receiver;
mod trust;
mod words;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use receiver::{Receiver, answer};
use serde_json::{Value, json};

/// The library that stands in for the name server.
fn compile(folder: &Path) -> PathBuf {
    let library = folder.join("shim.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/resolver/shim.c");
    let compiled = Command::new("gcc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", source, "-ldl", "-o"])
        .arg(&library)
        .status()
        .unwrap();
    assert!(compiled.success());
    library
}

/// Delivers the messages that wait in the folder's outbox, with `names` resolving as its lines say, until none waits.
fn deliver(folder: &Path, names: &str) {
    let (library, file) = (compile(folder), folder.join("names"));
    std::fs::write(&file, names).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_producer"))
        .args([folder.join("outbox.db").to_str().unwrap(), "none", "both", "0", "0"])
        .stdin(Stdio::null())
        .env("LD_PRELOAD", &library)
        .env("HOOKBRIDGE_SHIM_NAMES", &file)
        .env("HOOKBRIDGE_CONNECT_TIMEOUT", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// What became of one message to `host`, with names as `lines` say: the receiver's port is put in for `PORT`.
fn attempts(host: &str, lines: &str, max_attempts: u32) -> (Vec<Value>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = receiver::engine(folder.path());
    let created = receiver::call(
        &engine,
        "endpoints.create",
        json!({
            "url": format!("http://{host}:{}/hook", receiver.address.port()),
            "max_attempts": max_attempts,
            "retry_schedule": [0.05],
        }),
    );
    let endpoint = created["id"].as_str().unwrap();
    receiver::call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoint }));
    let id = receiver::send(&engine, endpoint, "{}");
    receiver::call(&engine, "endpoints.resume", json!({ "endpoint_id": endpoint }));
    // The real resolver knows no such name: whatever this engine tried is not counted.
    engine.close(Duration::from_secs(10)).unwrap();
    drop(engine);
    deliver(folder.path(), lines);
    let engine = receiver::engine(folder.path());
    let listed = receiver::call(&engine, "messages.attempts", json!({ "message_id": id }));
    (listed["data"].as_array().unwrap().clone(), receiver.count())
}

fn texts(attempts: &[Value]) -> Vec<&str> {
    attempts.iter().filter_map(|attempt| attempt["error_text"].as_str()).collect()
}

#[test]
fn a_name_that_does_not_resolve_says_so() {
    let (attempts, arrived) = attempts("gone.test", "gone.test 0 -\n", 3);
    assert_eq!(arrived, 0);
    let texts = texts(&attempts);
    assert_eq!(texts.len(), 3);
    assert!(texts.iter().all(|text| *text == "the host gone.test does not resolve"), "{texts:?}");
}

#[test]
fn a_slow_name_server_costs_no_more_than_the_connect_timeout() {
    // Another name is answered: the resolver is reached, and this name's server is the receiver's.
    let lines = "slow.test 8000 127.0.0.1\nhookbridge.invalid 0 -\n";
    let (attempts, arrived) = attempts("slow.test", lines, 2);
    assert_eq!(arrived, 0);
    let last = attempts.last().unwrap();
    let text = "no connection within 1s: the name server of slow.test did not answer";
    assert_eq!(last["error_text"], text, "{last}");
}

#[test]
fn a_name_that_fails_and_recovers_is_delivered() {
    let (attempts, arrived) = attempts("moody.test", "moody.test 5 - - 127.0.0.1\n", 20);
    assert_eq!(arrived, 1);
    let last = attempts.last().unwrap();
    assert_eq!((&last["response_status"], &last["resolved_ip"]), (&json!(200), &json!("127.0.0.1")));
    assert!(last["dns_ms"].as_u64().unwrap() >= 5, "{last}");
}

#[test]
fn a_name_that_turns_to_a_forbidden_address_is_not_followed() {
    let lines = "rebind.test 0 169.254.169.254 fd00:ec2::254\n";
    let (attempts, arrived) = attempts("rebind.test", lines, 3);
    assert_eq!(arrived, 0);
    assert!(!attempts.is_empty());
    for attempt in attempts.iter().filter(|attempt| !attempt["resolved_ip"].is_null()) {
        assert!(attempt["error_text"].as_str().unwrap().contains("blocked"), "{attempt}");
        assert!(attempt["tcp_connect_ms"].is_null(), "it was connected to: {attempt}");
    }
    assert!(attempts.iter().any(|attempt| !attempt["resolved_ip"].is_null()), "{attempts:?}");
}
