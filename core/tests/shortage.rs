//! What is ours is not charged to the message. Limits are a process's own, so that the engine runs in a child of the test.

mod receiver;

use std::fs::File;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use receiver::*;
use serde_json::{Value, json};

/// The receivers of a child: one that it has delivered to, and a new one.
const URLS: &str = "HOOKBRIDGE_SHORTAGE_URLS";
/// Ends at once, within what a slow machine takes.
const AT_ONCE: Duration = Duration::from_secs(20);
/// What would be waited for otherwise.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a test of this file once more, as a process of its own behind `wrapper`, with `urls` for it.
fn in_a_process_of_its_own(test: &str, wrapper: &[&str], urls: &str) {
    // The test's whole name begins below the crate's.
    let name = match module_path!().split_once("::") {
        Some((_, module)) => format!("{module}::{test}"),
        None => test.to_owned(),
    };
    let program = std::env::current_exe().unwrap();
    let words: Vec<&str> = wrapper.iter().copied().chain([program.to_str().unwrap()]).collect();
    let output = Command::new(words[0])
        .args(&words[1..])
        .args(["--exact", &name, "--nocapture"])
        .env(URLS, urls)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{output:?}");
}

/// Two receivers that keep no connection, since one at rest would be given up for its descriptor.
fn receivers() -> (Receiver, Receiver) {
    let farewell = |_: &Delivery, _| Answer {
        headers: vec![("connection".to_owned(), "close".to_owned())],
        ..answer(200)
    };
    (Receiver::start(farewell), Receiver::start(farewell))
}

fn shortage(engine: &hookbridge_core::Engine) -> Value {
    call(engine, "stats", json!({}))["shortage"].clone()
}

/// Every descriptor that this process may have.
fn all_descriptors() -> Vec<File> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 256, hard).unwrap();
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

fn assert_untried(engine: &hookbridge_core::Engine, ids: &[&String]) {
    for id in ids {
        let message = message(engine, id);
        let untried = (&json!("queued"), &json!(0), &Value::Null);
        assert_eq!((&message["status"], &message["attempt_count"], &message["last_error"]), untried);
    }
}

fn assert_delivered_by_the_first_attempt(engine: &hookbridge_core::Engine, ids: &[&String]) {
    for id in ids {
        let message = wait_for_status(engine, id, "succeeded");
        assert_eq!(message["attempt_count"], 1, "{message}");
    }
    eventually("stats to say that it is over", || shortage(engine) == Value::Null);
}

#[test]
fn without_a_descriptor_no_attempt_is_counted() {
    if let Ok(urls) = std::env::var(URLS) {
        let (known, new) = urls.split_once(' ').unwrap();
        return deliver_without_descriptors(known, new);
    }
    let (known, new) = receivers();
    let urls = format!("{} {}", known.url("/"), new.url("/"));
    in_a_process_of_its_own("without_a_descriptor_no_attempt_is_counted", &[], &urls);
    assert_eq!(new.count(), 4, "the one that was deleted meanwhile never arrives");
}

fn deliver_without_descriptors(known: &str, new: &str) {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    // The loop runs and has what it needs, but for a connection to the other receiver.
    let (known, new) = (endpoint(&engine, known), endpoint(&engine, new));
    wait_for_status(&engine, &send(&engine, &known, "{}"), "succeeded");
    assert_eq!(shortage(&engine), Value::Null);

    let hoard = all_descriptors();
    let ids: Vec<String> = (0..5).map(|_| send(&engine, &new, "{}")).collect();
    eventually("stats to say what is missing", || shortage(&engine)["kind"] == "descriptors");
    let said = shortage(&engine);
    assert!(said["text"].as_str().unwrap().contains("no file descriptor is free"), "{said}");
    // Longer than the first attempts, and those that would follow by the schedule.
    assert!(!engine.flush(Duration::from_secs(1)).unwrap());
    call(&engine, "messages.delete", json!({ "message_id": ids[2] }));
    let kept: Vec<&String> = ids.iter().filter(|id| **id != ids[2]).collect();
    assert_untried(&engine, &kept);
    assert_eq!(shortage(&engine)["since"], said["since"], "it is one shortage");

    drop(hoard);
    assert_delivered_by_the_first_attempt(&engine, &kept);
    assert!(engine.close(Duration::from_secs(5)).unwrap());
}

#[test]
fn a_close_while_descriptors_are_short_ends_at_once_and_loses_nothing() {
    if let Ok(urls) = std::env::var(URLS) {
        let (known, new) = urls.split_once(' ').unwrap();
        return close_without_descriptors(known, new);
    }
    let (known, new) = receivers();
    let urls = format!("{} {}", known.url("/"), new.url("/"));
    in_a_process_of_its_own("a_close_while_descriptors_are_short_ends_at_once_and_loses_nothing", &[], &urls);
    assert_eq!(new.count(), 3);
}

fn close_without_descriptors(known: &str, new: &str) {
    let folder = tempfile::tempdir().unwrap();
    let first = engine(folder.path());
    let (known, new) = (endpoint(&first, known), endpoint(&first, new));
    wait_for_status(&first, &send(&first, &known, "{}"), "succeeded");
    let hoard = all_descriptors();
    let ids: Vec<String> = (0..3).map(|_| send(&first, &new, "{}")).collect();
    eventually("stats to say what is missing", || shortage(&first)["kind"] == "descriptors");
    let begun = Instant::now();
    first.close(PATIENCE).unwrap();
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());

    drop(hoard);
    let second = engine(folder.path());
    assert_delivered_by_the_first_attempt(&second, &ids.iter().collect::<Vec<_>>());
    second.close(Duration::from_secs(5)).unwrap();
}

/// The local ports of the child's network: few enough to be taken.
const PORTS: std::ops::RangeInclusive<u16> = 61_000..=61_007;

/// In a network of its own, where what is set harms nobody.
#[test]
#[cfg(target_os = "linux")]
fn without_a_local_port_no_attempt_is_counted() {
    if std::env::var(URLS).is_ok() {
        return deliver_without_ports();
    }
    let allowed = Command::new("unshare").args(["--net", "true"]).output();
    if !allowed.as_ref().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no network of its own can be made here (unshare --net needs root): {allowed:?}");
        return;
    }
    in_a_process_of_its_own("without_a_local_port_no_attempt_is_counted", &["unshare", "--net"], "own");
}

#[cfg(target_os = "linux")]
fn deliver_without_ports() {
    let up = Command::new("ip").args(["link", "set", "lo", "up"]).output().unwrap();
    assert!(up.status.success(), "{up:?}");
    let (known, new) = receivers();
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let (known, new_one) = (endpoint(&engine, &known.url("/")), endpoint(&engine, &new.url("/")));
    wait_for_status(&engine, &send(&engine, &known, "{}"), "succeeded");
    assert_eq!(shortage(&engine), Value::Null);

    let range = format!("{} {}", PORTS.start(), PORTS.end());
    std::fs::write("/proc/sys/net/ipv4/ip_local_port_range", range).unwrap();
    let hoard: Vec<_> = PORTS.map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap()).collect();
    let ids: Vec<String> = (0..4).map(|_| send(&engine, &new_one, "{}")).collect();
    eventually("stats to say what is missing", || shortage(&engine)["kind"] == "local_ports");
    let said = shortage(&engine);
    assert!(said["text"].as_str().unwrap().contains("no local port is free"), "{said}");
    assert!(!engine.flush(Duration::from_secs(1)).unwrap());
    assert_untried(&engine, &ids.iter().collect::<Vec<_>>());
    assert_eq!(new.count(), 0);

    drop(hoard);
    assert_delivered_by_the_first_attempt(&engine, &ids.iter().collect::<Vec<_>>());
    assert_eq!(new.count(), 4);
    assert!(engine.close(Duration::from_secs(5)).unwrap());
}
