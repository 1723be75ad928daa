//! Messages on their way: signed, retried, paused, limited, given up.

use std::time::{Duration, Instant};

use crate::receiver::*;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_message_is_delivered_with_both_signatures_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let created = call(
        &engine,
        "endpoints.create",
        json!({ "url": receiver.url("/hook"), "headers": { "Authorization": "Bearer t", "X-A": "endpoint" } }),
    );
    let secret = created["signing_secret"].as_str().unwrap();
    // Spaces and digits that a parser would change must arrive as they were given.
    let payload = r#"{ "n": 9007199254740993, "x": 1.10, "big": 1e400, "s": "é" }"#;
    let sent = call(
        &engine,
        "messages.send",
        serde_json::from_str(&format!(
            r#"{{"endpoint_id": {}, "payload": 1, "headers": {{"x-a": "message"}}}}"#,
            created["id"]
        ))
        .unwrap(),
    );
    let id = send(&engine, created["id"].as_str().unwrap(), payload);
    assert!(engine.flush(PATIENCE).unwrap());
    let deliveries = receiver.deliveries();
    assert_eq!(deliveries.len(), 2);
    let delivery = deliveries.iter().find(|delivery| delivery.message_id() == id).unwrap();
    assert_eq!(delivery.body, payload.as_bytes());
    assert_eq!(delivery.path, "/hook");
    assert_eq!(delivery.header("content-type"), Some("application/json"));
    assert_eq!(delivery.header("authorization"), Some("Bearer t"));
    assert_eq!(delivery.header("x-webhook-attempt"), Some("1"));
    assert_eq!(delivery.header("webhook-id"), Some(id.as_str()));
    assert!(delivery.header("user-agent").unwrap().starts_with("HookBridge/"));
    let timestamp = delivery.header("x-webhook-timestamp").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{payload}").as_bytes());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(delivery.header("x-webhook-signature"), Some(format!("sha256={expected}").as_str()));
    assert!(delivery.header("webhook-signature").unwrap().starts_with("v1,"));
    let other = deliveries.iter().find(|delivery| delivery.message_id() != id).unwrap();
    assert_eq!(other.message_id(), sent["message_id"].as_str().unwrap());
    assert_eq!(other.header("x-a"), Some("message"));

    let stored = message(&engine, &id);
    assert_eq!(stored["status"], "succeeded");
    assert_eq!(stored["attempt_count"], 1);
    assert_eq!(stored["size_bytes"], payload.len());
    let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
    let attempt = &attempts["data"][0];
    assert_eq!(attempt["attempt_no"], 1);
    assert_eq!(attempt["response_status"], 200);
    assert_eq!(attempt["resolved_ip"], "127.0.0.1");
    assert_eq!(attempt["request_headers"]["Authorization"], "(masked)");
    assert_eq!(attempt["response_body"], "ok");
    assert!(attempt["conn_reused"].is_boolean() && attempt["ttfb_ms"].is_u64());
}

#[test]
fn failures_are_retried_until_success_and_the_dead_are_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| match delivery.path.as_str() {
        "/flaky" if delivery.header("x-webhook-attempt") != Some("3") => answer(503),
        "/dead" => answer(500),
        "/refused" => answer(422),
        "/gone" => answer(410),
        "/moved" => answer(302),
        _ => answer(204),
    });
    let engine = engine(folder.path());
    let mut ids = Vec::new();
    for path in ["/flaky", "/dead", "/refused", "/gone", "/moved"] {
        let created =
            call(&engine, "endpoints.create", json!({ "url": receiver.url(path), "max_attempts": 4 }));
        let endpoint = created["id"].as_str().unwrap().to_owned();
        ids.push((send(&engine, &endpoint, "{}"), endpoint));
    }
    let flaky = wait_for_status(&engine, &ids[0].0, "succeeded");
    assert_eq!(flaky["attempt_count"], 3);
    let dead = wait_for_status(&engine, &ids[1].0, "failed_permanent");
    assert_eq!(dead["attempt_count"], 4);
    assert_eq!(dead["last_error"], "the receiver answered 500");
    assert_eq!(wait_for_status(&engine, &ids[2].0, "failed_permanent")["attempt_count"], 1);
    assert_eq!(wait_for_status(&engine, &ids[3].0, "failed_permanent")["attempt_count"], 1);
    let gone = call(&engine, "endpoints.get", json!({ "endpoint_id": ids[3].1 }));
    assert_eq!(gone["paused"], true, "a 410 pauses the endpoint");
    assert_eq!(wait_for_status(&engine, &ids[4].0, "failed_permanent")["attempt_count"], 4);
    let attempts = call(&engine, "messages.attempts", json!({ "message_id": ids[0].0 }));
    assert_eq!(attempts["data"][0]["retry_type"], "slow");
    assert_eq!(attempts["data"][2]["retry_type"], json!(null));
}

#[test]
fn retry_after_is_a_minimum_in_both_forms() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| {
        if delivery.header("x-webhook-attempt") != Some("1") {
            return answer(200);
        }
        let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(3));
        let value = if delivery.path == "/date" { date } else { "2".to_owned() };
        let status = if delivery.path == "/date" { 503 } else { 429 };
        Answer { headers: vec![("Retry-After".into(), value)], ..answer(status) }
    });
    let engine = engine(folder.path());
    for path in ["/seconds", "/date"] {
        let id = send(&engine, &endpoint(&engine, &receiver.url(path)), "{}");
        wait_for_status(&engine, &id, "succeeded");
        let times: Vec<Instant> = receiver
            .deliveries()
            .iter()
            .filter(|delivery| delivery.message_id() == id)
            .map(|delivery| delivery.at)
            .collect();
        assert_eq!(times.len(), 2);
        assert!(times[1] - times[0] >= Duration::from_millis(1900), "{:?}", times[1] - times[0]);
        let attempts = call(&engine, "messages.attempts", json!({ "message_id": id }));
        assert_eq!(attempts["data"][0]["retry_type"], if path == "/date" { "slow" } else { "fast" });
        assert!(attempts["data"][0]["retry_after_seconds"].as_u64().unwrap() >= 2);
    }
}

#[test]
fn a_paused_endpoint_holds_and_a_resume_delivers() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/hook"));
    call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoint }));
    let ids: Vec<String> = (0..5).map(|n| send(&engine, &endpoint, &n.to_string())).collect();
    assert!(engine.flush(PATIENCE).unwrap(), "what is held is not due");
    assert_eq!(receiver.count(), 0);
    assert_eq!(message(&engine, &ids[0])["status"], "queued");
    let resumed = call(&engine, "endpoints.resume", json!({ "endpoint_id": endpoint }));
    assert_eq!(resumed["messages_requeued"], 5);
    assert!(engine.flush(PATIENCE).unwrap());
    assert_eq!(receiver.count(), 5);
    let again = call(&engine, "endpoints.resume", json!({ "endpoint_id": endpoint }));
    assert_eq!(again["messages_requeued"], 0);
}

#[test]
fn a_rate_limit_defers_and_costs_no_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let created = call(
        &engine,
        "endpoints.create",
        json!({ "url": receiver.url("/"), "rate_limit_rps": 20, "burst": 1 }),
    );
    let endpoint = created["id"].as_str().unwrap();
    let ids: Vec<String> = (0..21).map(|_| send(&engine, endpoint, "{}")).collect();
    assert!(engine.flush(PATIENCE).unwrap());
    let deliveries = receiver.deliveries();
    assert_eq!(deliveries.len(), 21);
    let took = deliveries[20].at - deliveries[0].at;
    assert!(took >= Duration::from_millis(900), "20 tokens at 20 a second take a second, not {took:?}");
    assert!(ids.iter().all(|id| message(&engine, id)["attempt_count"] == 1));
}

#[test]
fn a_dead_and_a_hanging_endpoint_harm_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| {
        let delay = if delivery.path == "/hangs" { Duration::from_secs(60) } else { Duration::ZERO };
        Answer { delay, ..answer(200) }
    });
    let engine = engine(folder.path());
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let dead = endpoint(&engine, &format!("http://{closed}/"));
    let hangs = endpoint(&engine, &receiver.url("/hangs"));
    let healthy = endpoint(&engine, &receiver.url("/healthy"));
    let stuck = send(&engine, &hangs, "{}");
    let refused = send(&engine, &dead, "{}");
    let ids: Vec<String> = (0..100)
        .map(|n| {
            send(&engine, &dead, "{}");
            send(&engine, &hangs, "{}");
            send(&engine, &healthy, &n.to_string())
        })
        .collect();
    for id in &ids {
        wait_for_status(&engine, id, "succeeded");
    }
    assert_ne!(message(&engine, &stuck)["status"], "succeeded");
    let attempts = call(&engine, "messages.attempts", json!({ "message_id": refused }));
    assert_eq!(attempts["data"][0]["error_text"], "connection refused");
    assert!(!engine.flush(Duration::from_millis(100)).unwrap(), "there is work left");
}

#[test]
fn two_engines_on_one_file_share_it_and_the_second_takes_over() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let first = engine(folder.path());
    let endpoint = endpoint(&first, &receiver.url("/hook"));
    let second = engine(folder.path());
    let by_second = send(&second, &endpoint, "2");
    wait_for_status(&first, &by_second, "succeeded");
    let stats = call(&second, "stats", json!({}));
    assert_eq!(stats["deliverer"]["this_engine"], false);
    assert!(first.close(PATIENCE).unwrap());
    assert!(first.close(PATIENCE).unwrap(), "a second close is no harm");
    assert_eq!(refusal(&first, "stats", json!({})), "CLOSED");
    let after = send(&second, &endpoint, "3");
    wait_for_status(&second, &after, "succeeded");
    assert_eq!(call(&second, "stats", json!({}))["deliverer"]["this_engine"], true);
    assert_eq!(receiver.count(), 2);
}

#[test]
fn what_a_dropped_engine_left_is_delivered_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let ids: Vec<String> = {
        let quiet = hookbridge_core::config::Config {
            delivery: hookbridge_core::config::Delivery::Off,
            ..config(folder.path())
        };
        let engine = hookbridge_core::Engine::open(quiet).unwrap();
        let endpoint = endpoint(&engine, &receiver.url("/hook"));
        (0..50).map(|n| send(&engine, &endpoint, &n.to_string())).collect()
    };
    assert_eq!(receiver.count(), 0);
    let engine = engine(folder.path());
    // Nothing is called: that there is a backlog is enough.
    eventually("the backlog to be delivered", || receiver.count() == ids.len());
    assert!(engine.flush(PATIENCE).unwrap());
}

#[test]
fn events_tell_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| match delivery.path.as_str() {
        "/ok" => answer(200),
        _ if delivery.header("x-webhook-attempt") == Some("1") => answer(503),
        _ => answer(400),
    });
    let engine = engine(folder.path());
    let events = engine.events().unwrap();
    let ok = send(&engine, &endpoint(&engine, &receiver.url("/ok")), "{}");
    let event = events.next(PATIENCE).unwrap().unwrap();
    assert_eq!(serde_json::to_value(event.kind).unwrap(), "message_delivered");
    assert_eq!(event.message_id.unwrap().to_string(), ok);
    let dead = send(&engine, &endpoint(&engine, &receiver.url("/dead")), "{}");
    let kinds: Vec<_> = (0..2)
        .map(|_| {
            let event = events.next(PATIENCE).unwrap().unwrap();
            assert_eq!(event.message_id.unwrap().to_string(), dead);
            serde_json::to_value(event.kind).unwrap()
        })
        .collect();
    assert_eq!(kinds, ["attempt_failed", "message_dead"]);
    assert!(events.next(Duration::ZERO).unwrap().is_none());
    engine.close(PATIENCE).unwrap();
    assert!(events.next(PATIENCE).unwrap().is_none(), "a closed engine wakes those who wait");
}
