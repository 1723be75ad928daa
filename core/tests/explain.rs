//! Why a message is where it is: each state is made, and named.

use std::path::Path;
use std::time::Duration;

use crate::receiver::*;
use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery};
use hookbridge_core::model::retry_schedule::RetrySchedule;
use serde_json::{Value, json};

fn explained(engine: &Engine, id: &str) -> Value {
    call(engine, "messages.explain", json!({ "message_id": id }))
}

fn causes(engine: &Engine, id: &str) -> Vec<String> {
    let found = explained(engine, id);
    assert_eq!(found["sentence"], found["reasons"][0]["sentence"], "{found}");
    let reasons = found["reasons"].as_array().unwrap();
    reasons.iter().map(|reason| reason["cause"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn comes_to(engine: &Engine, id: &str, cause: &str) -> Value {
    eventually(cause, || causes(engine, id).iter().any(|found| found == cause));
    let found = explained(engine, id);
    found["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .find(|reason| reason["cause"] == cause)
        .cloned()
        .unwrap_or_default()
}

/// Retries come an hour later, so that what waits for one goes on waiting.
fn patient(folder: &Path) -> Config {
    Config {
        retry_schedule: RetrySchedule::uniform(vec![Duration::from_secs(3600)]),
        max_in_flight_per_endpoint: 1,
        ..config(folder)
    }
}

#[test]
fn what_holds_a_message_is_named_and_so_is_when_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| match delivery.path.as_str() {
        "/ok" => answer(200),
        "/dead" => answer(404),
        "/slow" => Answer { delay: Duration::from_secs(3), ..answer(200) },
        _ => answer(503),
    });
    let engine = Engine::open(patient(folder.path())).unwrap();
    let to = |path: &str| endpoint(&engine, &receiver.url(path));

    let delivered = send(&engine, &to("/ok"), "1");
    wait_for_status(&engine, &delivered, "succeeded");
    assert_eq!(causes(&engine, &delivered), ["delivered"]);

    let paused = to("/ok");
    call(&engine, "endpoints.pause", json!({ "endpoint_id": paused }));
    let held = send(&engine, &paused, "1");
    assert_eq!(causes(&engine, &held), ["paused"]);
    assert_eq!(explained(&engine, &held)["changes_at"], Value::Null);

    let failing = to("/fails");
    let retried = send(&engine, &failing, "1");
    let waits = comes_to(&engine, &retried, "waits_for_retry");
    let next = message(&engine, &retried)["next_attempt_at"].clone();
    assert_eq!((&waits["until"], &waits["count"]), (&next, &json!(1)));
    assert_eq!(explained(&engine, &retried)["changes_at"], next);
    assert!(waits["sentence"].as_str().unwrap().contains("503"), "{waits}");
    call(&engine, "messages.cancel", json!({ "message_id": retried }));
    assert_eq!(causes(&engine, &retried), ["cancelled"]);

    let dead = send(&engine, &to("/dead"), "1");
    wait_for_status(&engine, &dead, "failed_permanent");
    assert_eq!(causes(&engine, &dead), ["given_up"]);
    call(&engine, "messages.delete", json!({ "message_id": dead }));
    assert_eq!(causes(&engine, &dead), ["deleted"]);

    let slow = to("/slow");
    let first = send(&engine, &slow, "1");
    let under_way = comes_to(&engine, &first, "being_attempted");
    assert_eq!(under_way["count"], 1);
    let second = send(&engine, &slow, "2");
    let third = send(&engine, &slow, "3");
    let busy = comes_to(&engine, &second, "endpoint_busy");
    assert_eq!((&busy["count"], &busy["limit"]), (&json!(1), &json!(1)));
    // The first is being attempted, and stands in the outbox until its outcome does.
    assert_eq!(comes_to(&engine, &third, "behind")["count"], 2);
    call(&engine, "endpoints.delete", json!({ "endpoint_id": slow }));
    comes_to(&engine, &third, "endpoint_deleted");
}

#[test]
fn the_limits_of_an_endpoint_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| answer(if delivery.path == "/ok" { 200 } else { 500 }));
    let engine = Engine::open(patient(folder.path())).unwrap();
    let limited =
        call(&engine, "endpoints.create", json!({ "url": receiver.url("/ok"), "rate_limit_rps": 1 }));
    let limited = limited["id"].as_str().unwrap().to_owned();
    let ids: Vec<String> = (0..20).map(|_| send(&engine, &limited, "1")).collect();
    let reason = comes_to(&engine, &ids[19], "rate_limited");
    assert!(
        reason["until"].is_string() && reason["sentence"].as_str().unwrap().contains("1 a second"),
        "{reason}"
    );

    let failing = endpoint(&engine, &receiver.url("/fails"));
    let ids: Vec<String> = (0..20).map(|_| send(&engine, &failing, "1")).collect();
    let reason = comes_to(&engine, &ids[19], "breaker_open");
    assert!(reason["sentence"].as_str().unwrap().contains("probes"), "{reason}");
}

#[test]
fn who_delivers_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let quiet = Engine::open(Config { delivery: Delivery::Off, ..config(folder.path()) }).unwrap();
    let receiver = Receiver::start(|_, _| answer(503));
    let id = send(&quiet, &endpoint(&quiet, &receiver.url("/")), "1");
    assert_eq!(causes(&quiet, &id), ["nobody_delivers"]);
    let delivering = Engine::open(patient(folder.path())).unwrap();
    comes_to(&delivering, &id, "waits_for_retry");
    let causes = causes(&quiet, &id);
    assert_eq!(causes, ["waits_for_retry", "delivered_elsewhere"]);
    let elsewhere = explained(&quiet, &id)["reasons"][1].clone();
    assert_eq!(elsewhere["pid"], json!(std::process::id()));
}

#[test]
fn a_payload_that_is_gone_is_said_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/"));
    let request = json!({ "endpoint_id": endpoint, "payload": 1, "retention_hours": 0 });
    let sent = call(&engine, "messages.send", request);
    let id = sent["message_id"].as_str().unwrap();
    wait_for_status(&engine, id, "succeeded");
    assert_eq!(causes(&engine, id), ["delivered", "payload_gone"]);
    assert_eq!(refusal(&engine, "messages.payload", json!({ "message_id": id })), "PAYLOAD_UNAVAILABLE");
}
