//! What is ours is not charged to the message. Limits are a process's own, so that the engine runs in a child of the test.

mod receiver;

use std::fs::File;
use std::process::Command;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use receiver::*;
use serde_json::{Value, json};

/// The receivers of the child: one that it has delivered to, and a new one.
const URLS: &str = "HOOKBRIDGE_SHORTAGE_URLS";

#[test]
fn without_a_descriptor_no_attempt_is_counted() {
    if let Ok(urls) = std::env::var(URLS) {
        let (known, new) = urls.split_once(' ').unwrap();
        return deliver_without_descriptors(known, new);
    }
    // No connection is kept, since one at rest would be given up for its descriptor.
    let farewell = |_: &Delivery, _| Answer {
        headers: vec![("connection".to_owned(), "close".to_owned())],
        ..answer(200)
    };
    let (known, new) = (Receiver::start(farewell), Receiver::start(farewell));
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "without_a_descriptor_no_attempt_is_counted", "--nocapture"])
        .env(URLS, format!("{} {}", known.url("/"), new.url("/")))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(new.count(), 4, "the one that was deleted meanwhile never arrives");
}

fn shortage(engine: &hookbridge_core::Engine) -> Value {
    call(engine, "stats", json!({}))["shortage"].clone()
}

fn deliver_without_descriptors(known: &str, new: &str) {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    // The loop runs and has what it needs, but for a connection to the other receiver.
    let (known, new) = (endpoint(&engine, known), endpoint(&engine, new));
    wait_for_status(&engine, &send(&engine, &known, "{}"), "succeeded");
    assert_eq!(shortage(&engine), Value::Null);

    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 256, hard).unwrap();
    let hoard: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    let ids: Vec<String> = (0..5).map(|_| send(&engine, &new, "{}")).collect();
    eventually("stats to say what is missing", || shortage(&engine)["kind"] == "descriptors");
    let said = shortage(&engine);
    assert!(said["text"].as_str().unwrap().contains("no file descriptor is free"), "{said}");
    // Longer than the first attempts, and those that would follow by the schedule.
    assert!(!engine.flush(Duration::from_secs(1)).unwrap());
    call(&engine, "messages.delete", json!({ "message_id": ids[2] }));
    let kept: Vec<&String> = ids.iter().filter(|id| **id != ids[2]).collect();
    for id in &kept {
        let message = message(&engine, id);
        let untried = (&json!("queued"), &json!(0), &Value::Null);
        assert_eq!((&message["status"], &message["attempt_count"], &message["last_error"]), untried);
    }
    assert_eq!(shortage(&engine)["since"], said["since"], "it is one shortage");

    drop(hoard);
    for id in kept {
        let message = wait_for_status(&engine, id, "succeeded");
        assert_eq!(message["attempt_count"], 1, "{message}");
    }
    eventually("stats to say that it is over", || shortage(&engine) == Value::Null);
    assert!(engine.close(Duration::from_secs(5)).unwrap());
}
