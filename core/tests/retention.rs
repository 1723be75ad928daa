//! What is past its retention goes, a bite at a time, and nothing else.

use std::time::Duration;

use crate::receiver::*;
use hookbridge_core::model::timestamp::Timestamp;
use serde_json::json;

const DAY_MS: i64 = 24 * 3600 * 1000;

#[test]
fn payloads_and_rows_expire_and_what_waited_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let (old, payload_old, waiting, custom, fresh);
    {
        let engine = engine(folder.path());
        let endpoint = endpoint(&engine, &receiver.url("/hook"));
        old = send(&engine, &endpoint, "\"old\"");
        payload_old = send(&engine, &endpoint, "\"payload old\"");
        let request = json!({ "endpoint_id": endpoint, "payload": "custom", "retention_hours": 2 });
        custom = call(&engine, "messages.send", request)["message_id"].as_str().unwrap().to_owned();
        for id in [&old, &payload_old, &custom] {
            wait_for_status(&engine, id, "succeeded");
        }
        call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoint }));
        waiting = send(&engine, &endpoint, "\"waiting\"");
        fresh = send(&engine, &endpoint, "\"fresh\"");
        assert!(engine.close(Duration::from_secs(10)).unwrap());
    }
    // Time passes for some of them: 100 days, 31 days, 3 hours.
    let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let age = |id: &str, by: i64| {
        let id = id.parse::<hookbridge_core::model::ids::MessageId>().unwrap();
        let sql = "UPDATE hookbridge_messages SET created_at = created_at - ?2, updated_at = updated_at - ?2,
            payload_expires_at = payload_expires_at - ?2 WHERE id = ?1";
        assert_eq!(file.execute(sql, (&id.as_bytes()[..], by)).unwrap(), 1);
    };
    age(&old, 100 * DAY_MS);
    age(&payload_old, 31 * DAY_MS);
    age(&waiting, 31 * DAY_MS);
    age(&custom, DAY_MS / 8);
    drop(file);

    let engine = engine(folder.path());
    call(&engine, "stats", json!({}));
    eventually("the oldest row to go", || {
        engine.call("messages.get", &json!({ "message_id": old }).to_string()).is_err()
    });
    assert_eq!(call(&engine, "messages.attempts", json!({ "message_id": old }))["data"], json!([]));
    for id in [&payload_old, &custom] {
        eventually("a payload to go", || message(&engine, id)["payload_expires_at"].is_null());
        assert_eq!(message(&engine, id)["status"], "succeeded");
        assert_eq!(refusal(&engine, "messages.replay", json!({ "message_id": id })), "PAYLOAD_UNAVAILABLE");
    }
    let given_up = wait_for_status(&engine, &waiting, "failed_permanent");
    assert!(given_up["last_error"].as_str().unwrap().contains("retention"));
    assert_eq!(message(&engine, &fresh)["status"], "queued");
    assert!(message(&engine, &fresh)["payload_expires_at"].is_string());
}

#[test]
fn rows_that_wait_for_long_hold_up_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let (paused, open) = (endpoint(&engine, &receiver.url("/a")), endpoint(&engine, &receiver.url("/b")));
    call(&engine, "endpoints.pause", json!({ "endpoint_id": paused }));
    // More than one bite of them.
    (0..500).for_each(|n| drop(send(&engine, &paused, &n.to_string())));
    let ended = send(&engine, &open, "1");
    wait_for_status(&engine, &ended, "succeeded");
    send(&engine, &open, "2");
    engine.close(Duration::from_secs(10)).unwrap();
    let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let aged = "UPDATE hookbridge_messages SET created_at = created_at - ?1, updated_at = updated_at - ?1,
        retention_hours = 9999";
    file.execute(aged, [100 * DAY_MS]).unwrap();
    drop(file);
    // Payloads are kept for longer here than rows.
    let config = hookbridge_core::Config {
        payload_retention: Duration::from_secs(1000 * 24 * 3600),
        ..config(folder.path())
    };
    let engine = hookbridge_core::Engine::open(config).unwrap();
    eventually("the row behind them to go", || {
        engine.call("messages.get", &json!({ "message_id": ended }).to_string()).is_err()
    });
    // Whoever is missing is looked for, since all that was sent to the paused endpoint must still wait.
    let odd = ["delivering", "succeeded", "pending_retry", "failed_permanent"].map(|status| {
        call(&engine, "logs.list", json!({ "endpoint_id": paused, "status": status }))["data"].clone()
    });
    assert_eq!(
        call(&engine, "stats", json!({}))["queued"],
        500,
        "{odd:?}, receiver: {:?}",
        receiver.deliveries()
    );
}

#[test]
fn the_payload_of_an_event_goes_with_its_own_retention_or_the_last_message_that_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let (unwanted, by_default, made_up, moved, waiting);
    let moved_message;
    {
        let engine = engine(folder.path());
        let event = |more: serde_json::Value| {
            let mut request = json!({ "type": "order.created", "payload": 1, "tenant": "nobody" });
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            call(&engine, "events.send", request)
        };
        let id = |answer: &serde_json::Value| answer["event_id"].as_str().unwrap().to_owned();
        unwanted = id(&event(json!({ "retention_hours": 2 })));
        by_default = id(&event(json!({})));
        made_up = id(&event(json!({ "retention_hours": 2, "tenant": "late" })));
        let late = json!({ "url": "http://127.0.0.1:9/", "tenant": "late" });
        let late = call(&engine, "endpoints.create", late)["id"].clone();
        call(&engine, "endpoints.pause", json!({ "endpoint_id": late }));
        let request = json!({ "endpoint_id": late, "since": "2020-01-01T00:00:00Z" });
        assert_eq!(call(&engine, "events.replay", request)["replayed"], 1);
        let soon = Timestamp::now().plus(Duration::from_secs(3600));
        let answer = event(json!({ "tenant": "late", "deliver_at": soon }));
        (moved, moved_message) = (id(&answer), answer["messages"][0]["message_id"].clone());
        let far = Timestamp::now().plus(Duration::from_secs(40 * 24 * 3600));
        call(&engine, "messages.reschedule", json!({ "message_id": moved_message, "deliver_at": far }));
        waiting = event(json!({ "tenant": "late" }));
        assert!(engine.close(Duration::from_secs(10)).unwrap());
    }
    let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let age = |id: &str, by: i64| {
        let id = id.parse::<hookbridge_core::model::ids::EventId>().unwrap();
        let sql = "UPDATE hookbridge_events SET created_at = created_at - ?2, deliver_at = deliver_at - ?2,
            unwanted_until = unwanted_until - ?2 WHERE id = ?1";
        assert_eq!(file.execute(sql, (&id.as_bytes()[..], by)).unwrap(), 1);
    };
    // In the order of acceptance, so that the older ones are the older ones.
    for id in [&unwanted, &by_default, &made_up] {
        age(id, DAY_MS / 8);
    }
    drop(file);
    let has_payload = |engine: &hookbridge_core::Engine, id: &str| {
        call(engine, "events.get", json!({ "event_id": id }))["has_payload"].clone()
    };
    {
        let engine = engine(folder.path());
        eventually("the payload that nobody wants to go", || has_payload(&engine, &unwanted) == false);
        for id in [&by_default, &made_up, &moved] {
            assert_eq!(has_payload(&engine, id), true, "{id}");
        }
        assert!(engine.close(Duration::from_secs(10)).unwrap());
    }
    let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    file.execute(
        "UPDATE hookbridge_events SET created_at = created_at - ?1, deliver_at = NULL",
        [31 * DAY_MS],
    )
    .unwrap();
    drop(file);
    let engine = engine(folder.path());
    let given_up = waiting["messages"][0]["message_id"].as_str().unwrap();
    let given_up = wait_for_status(&engine, given_up, "failed_permanent");
    assert!(given_up["last_error"].as_str().unwrap().contains("retention"));
    for id in [&by_default, &made_up] {
        eventually("a payload past its retention to go", || has_payload(&engine, id) == false);
    }
    // Its message was moved beyond it.
    assert_eq!(has_payload(&engine, &moved), true);
    assert_eq!(message(&engine, moved_message.as_str().unwrap())["status"], "queued");
}
