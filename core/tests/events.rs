//! Events, order and time, from send to receiver.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::receiver::*;
use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery};
use hookbridge_core::model::retry_schedule::RetrySchedule;
use serde_json::{Value, json};

fn subscribed(engine: &Engine, url: &str, wishes: Value) -> String {
    let mut request = json!({"url": url});
    request.as_object_mut().unwrap().extend(wishes.as_object().unwrap().clone());
    call(engine, "endpoints.create", request)["id"].as_str().unwrap().to_owned()
}

fn sent(engine: &Engine, request: Value) -> Value {
    call(engine, "events.send", request)
}

fn moment(ahead: Duration) -> String {
    let at = SystemTime::now() + ahead;
    let millis = i64::try_from(at.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    hookbridge_core::model::timestamp::Timestamp::from_millis(millis).to_string()
}

fn quick(folder: &Path) -> Config {
    Config { retry_schedule: RetrySchedule::uniform(vec![Duration::from_millis(20)]), ..config(folder) }
}

#[test]
fn one_send_reaches_every_endpoint_that_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let to = |path: &str, wishes| subscribed(&engine, &receiver.url(path), wishes);
    let all = to("/all", json!({"tenant": "acme"}));
    let orders = to("/orders", json!({"tenant": "acme", "event_types": ["order.*"]}));
    to("/users", json!({"tenant": "acme", "event_types": ["user.*"]}));
    to("/other", json!({"tenant": "other"}));
    to("/none", json!({}));
    let rich = json!([{"pointer": "/total", "greater": 1000}]);
    let large = to("/large", json!({"tenant": "acme", "filter": rich}));

    let payload = json!({"total": 12.5});
    let receipt = sent(&engine, json!({"type": "order.created", "tenant": "acme", "payload": payload}));
    assert_eq!(receipt["matched"], 2);
    let reached: Vec<&Value> =
        receipt["messages"].as_array().unwrap().iter().map(|message| &message["endpoint_id"]).collect();
    assert_eq!(reached, [&json!(all), &json!(orders)]);
    eventually("both are delivered", || receiver.count() == 2);
    for delivery in receiver.deliveries() {
        assert!(["/all", "/orders"].contains(&delivery.path.as_str()), "{}", delivery.path);
        assert_eq!(delivery.header("x-webhook-event"), Some("order.created"));
        assert_eq!(serde_json::from_slice::<Value>(&delivery.body).unwrap(), payload);
    }
    let found = call(&engine, "events.get", json!({"event_id": receipt["event_id"]}));
    assert_eq!(
        (&found["type"], &found["tenant"], &found["matched"]),
        (&json!("order.created"), &json!("acme"), &json!(2))
    );
    assert_eq!(found["messages"].as_array().unwrap().len(), 2);
    let listed = call(&engine, "logs.list", json!({"event_type": "order.created", "tenant": "acme"}));
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    wait_for_status(&engine, receipt["messages"][0]["message_id"].as_str().unwrap(), "succeeded");
    let attempts =
        call(&engine, "messages.attempts", json!({"message_id": receipt["messages"][0]["message_id"]}));
    assert_eq!(attempts["data"][0]["request_headers"]["X-Webhook-Event"], "order.created");

    // What the filter takes, a dry run takes, and says why.
    let sample = |total: i64| {
        let request = json!({"endpoint_id": large, "type": "order.created", "payload": {"total": total}});
        call(&engine, "subscriptions.check", request)
    };
    assert_eq!((&sample(1001)["wanted"], &sample(1000)["wanted"]), (&json!(true), &json!(false)));
    assert_eq!(sample(7)["conditions"][0], json!({"pointer": "/total", "holds": false, "found": "7"}));
    let receipt = sent(&engine, json!({"type": "a", "tenant": "acme", "payload": {"total": 1001}}));
    assert_eq!(receipt["matched"], 2);
    // An event that nobody wants is kept.
    let lonely = sent(&engine, json!({"type": "a", "tenant": "nobody", "payload": 1}));
    assert_eq!((&lonely["matched"], &lonely["messages"]), (&json!(0), &json!([])));
    // A name that is none, and a filter that cannot be, are refused.
    assert_eq!(refusal(&engine, "events.send", json!({"type": "a b", "payload": 1})), "INVALID_REQUEST");
    let wrong = json!({"url": receiver.url("/"), "filter": [{"pointer": "total", "equals": 1}]});
    assert_eq!(refusal(&engine, "endpoints.create", wrong), "INVALID_REQUEST");
}

#[test]
fn who_subscribes_late_gets_what_it_has_missed() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let begun = moment(Duration::ZERO);
    for number in 0..250 {
        sent(&engine, json!({"type": if number % 2 == 0 { "a.x" } else { "b.x" }, "payload": number}));
    }
    let late = subscribed(&engine, &receiver.url("/late"), json!({"event_types": ["a.*"]}));
    let ask = |more: Value| {
        let mut request = json!({"endpoint_id": late, "since": begun});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call(&engine, "events.replay", request)
    };
    let dry = ask(json!({"dry_run": true, "limit": 1000}));
    assert_eq!((&dry["replayed"], &dry["message_ids"]), (&json!(125), &json!([])));
    let (mut made, mut cursor, mut calls) = (0, Value::Null, 0);
    loop {
        let done = ask(json!({"limit": 50, "cursor": cursor}));
        made += done["replayed"].as_u64().unwrap();
        calls += 1;
        cursor = done["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!((made, calls), (125, 3));
    eventually("all are delivered", || receiver.count() == 125);
    assert_eq!(ask(json!({}))["replayed"], 0);
    let paced = subscribed(&engine, &receiver.url("/paced"), json!({}));
    let request = json!({"endpoint_id": paced, "since": begun, "limit": 10, "rate": 1});
    let paced = call(&engine, "events.replay", request);
    assert_eq!((&paced["replayed"], &paced["spread_over_seconds"]), (&json!(10), &json!(10)));
    let last = message(&engine, paced["message_ids"][9].as_str().unwrap());
    assert_eq!(last["status"], "queued");
    assert!(last["next_attempt_at"].is_string(), "{last}");
}

/// Each key's messages arrive in order although some fail at first, and one after another.
#[test]
fn messages_of_one_key_arrive_in_order_whatever_fails() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| {
        let body: Value = serde_json::from_slice(&delivery.body).unwrap();
        let is_first = delivery.header("x-webhook-attempt") == Some("1");
        let fails = is_first && body["number"].as_u64().unwrap() % 3 == 1;
        Answer { delay: Duration::from_millis(2), ..answer(if fails { 503 } else { 200 }) }
    });
    let engine = Engine::open(quick(folder.path())).unwrap();
    let endpoint = endpoint(&engine, &receiver.url("/"));
    for number in 0..20 {
        for key in 0..10 {
            let payload = json!({"key": key, "number": number});
            let request =
                json!({"endpoint_id": endpoint, "payload": payload, "ordering_key": format!("k{key}")});
            call(&engine, "messages.send", request);
        }
    }
    assert!(engine.flush(Duration::from_secs(60)).unwrap());
    eventually("all are delivered", || {
        let stats = call(&engine, "stats", json!({}));
        stats["queued"] == 0 && stats["waiting_for_retry"] == 0
    });
    let mut last: HashMap<u64, (u64, bool)> = HashMap::new();
    let mut seen = 0;
    for delivery in receiver.deliveries() {
        let body: Value = serde_json::from_slice(&delivery.body).unwrap();
        let (key, number) = (body["key"].as_u64().unwrap(), body["number"].as_u64().unwrap());
        let succeeded = delivery.header("x-webhook-attempt") != Some("1") || number % 3 != 1;
        match last.get(&key) {
            None => assert_eq!(number, 0),
            Some((before, true)) => assert_eq!(number, before + 1, "key {key}"),
            Some((before, false)) => assert_eq!(number, *before, "key {key}: the one before had failed"),
        }
        last.insert(key, (number, succeeded));
        seen += u32::from(succeeded);
    }
    assert_eq!(seen, 200);
}

#[test]
fn a_key_that_halts_names_the_message_that_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| {
        let is_first = delivery.header("x-webhook-attempt") == Some("1");
        answer(if delivery.body == b"1" && is_first { 404 } else { 200 })
    });
    let engine = engine(folder.path());
    let endpoint = subscribed(&engine, &receiver.url("/"), json!({"on_failure": "halt"}));
    let send = |payload: u32| {
        let request = json!({"endpoint_id": endpoint, "payload": payload, "ordering_key": "a"});
        call(&engine, "messages.send", request)["message_id"].as_str().unwrap().to_owned()
    };
    let first = send(1);
    wait_for_status(&engine, &first, "failed_permanent");
    let second = send(2);
    let why = call(&engine, "messages.explain", json!({"message_id": second}));
    let halted = &why["reasons"][0];
    assert_eq!((&halted["cause"], &halted["message_id"]), (&json!("order_halted"), &json!(first)), "{why}");
    assert_eq!(receiver.count(), 1);
    call(&engine, "dead_letters.replay", json!({"message_id": first}));
    wait_for_status(&engine, &second, "succeeded");
    let bodies: Vec<_> = receiver.deliveries().iter().map(|delivery| delivery.body.clone()).collect();
    assert_eq!(bodies, ["1", "1", "2"].map(|body| body.as_bytes().to_vec()));
}

#[test]
fn a_message_has_its_time_and_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| answer(if delivery.path == "/down" { 503 } else { 200 }));
    let engine = Engine::open(quick(folder.path())).unwrap();
    let to = |path: &str| endpoint(&engine, &receiver.url(path));
    let (well, down, paused) = (to("/well"), to("/down"), to("/paused"));
    let send = |endpoint: &str, more: Value| {
        let mut request = json!({"endpoint_id": endpoint, "payload": 1});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call(&engine, "messages.send", request)["message_id"].as_str().unwrap().to_owned()
    };
    let soon = send(&well, json!({"deliver_at": moment(Duration::from_millis(700))}));
    assert_eq!(message(&engine, &soon)["status"], "queued");
    let why = call(&engine, "messages.explain", json!({"message_id": soon}));
    assert_eq!(why["reasons"][0]["cause"], "scheduled", "{why}");
    assert_eq!(why["changes_at"], message(&engine, &soon)["next_attempt_at"]);
    wait_for_status(&engine, &soon, "succeeded");
    let found = message(&engine, &soon);
    assert!(found["first_attempt_at"].as_str() >= found["deliver_at"].as_str(), "{found}");

    let far = send(&well, json!({"deliver_at": moment(Duration::from_secs(3600))}));
    let moved = call(
        &engine,
        "messages.reschedule",
        json!({"message_id": far, "deliver_at": moment(Duration::from_secs(60))}),
    );
    assert!(moved["next_attempt_at"].as_str() < Some(moment(Duration::from_secs(3000)).as_str()), "{moved}");
    call(&engine, "messages.retry_now", json!({"message_id": far}));
    wait_for_status(&engine, &far, "succeeded");
    let cancelled = send(&well, json!({"deliver_at": moment(Duration::from_secs(3600))}));
    call(&engine, "messages.cancel", json!({"message_id": cancelled}));
    assert_eq!(message(&engine, &cancelled)["status"], "failed_permanent");

    // What has expired is given up, whether it was tried or held by a pause.
    call(&engine, "endpoints.pause", json!({"endpoint_id": paused}));
    let end = moment(Duration::from_secs(1));
    let tried = send(&down, json!({"expires_at": end}));
    let held = send(&paused, json!({"expires_at": end}));
    for id in [&tried, &held] {
        wait_for_status(&engine, id, "failed_permanent");
    }
    let mark = receiver.count();
    assert!(message(&engine, &held)["last_error"].as_str().unwrap().contains("expired"));
    call(&engine, "endpoints.resume", json!({"endpoint_id": paused}));
    assert_eq!(refusal(&engine, "dead_letters.replay", json!({"message_id": held})), "INVALID_STATUS");
    let last = send(&paused, json!({}));
    wait_for_status(&engine, &last, "succeeded");
    assert_eq!(receiver.count(), mark + 1, "nothing was tried after its end");
    for wrong in [
        json!({"expires_at": moment(Duration::ZERO)}),
        json!({"deliver_at": moment(Duration::from_secs(400 * 86_400))}),
        json!({"deliver_at": moment(Duration::from_secs(60)), "expires_at": moment(Duration::from_secs(30))}),
        json!({"ordering_key": "x".repeat(256)}),
    ] {
        let mut request = json!({"endpoint_id": well, "payload": 1});
        request.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_eq!(refusal(&engine, "messages.send", request), "INVALID_REQUEST", "{wrong}");
    }
}

/// Many messages of one moment: the limits of their endpoints spread them, and they go as they were accepted.
#[test]
fn what_is_due_at_one_moment_is_spread_by_the_limits_that_exist() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| answer(if delivery.path == "/down" { 503 } else { 200 }));
    let config = Config { max_in_flight_per_endpoint: 1, ..quick(folder.path()) };
    let engine = Engine::open(config).unwrap();
    let limited = subscribed(&engine, &receiver.url("/limited"), json!({"rate_limit_rps": 20, "burst": 1}));
    let down = subscribed(&engine, &receiver.url("/down"), json!({"max_attempts": 1}));
    let at = moment(Duration::from_millis(1500));
    let (mut of_limited, mut of_down) = (Vec::new(), Vec::new());
    for number in 0..21 {
        for (endpoint, ids) in [(&limited, &mut of_limited), (&down, &mut of_down)] {
            let request = json!({"endpoint_id": endpoint, "payload": number, "deliver_at": at});
            let receipt = call(&engine, "messages.send", request);
            ids.push(receipt["message_id"].as_str().unwrap().to_owned());
        }
    }
    for id in &of_limited {
        wait_for_status(&engine, id, "succeeded");
    }
    let deliveries = receiver.deliveries();
    let to = |path: &str| deliveries.iter().filter(|one| one.path == path).collect::<Vec<_>>();
    let went: Vec<String> = to("/limited").iter().map(|one| one.message_id().to_owned()).collect();
    assert_eq!(went, of_limited, "in the order of acceptance");
    let took = to("/limited")[20].at - to("/limited")[0].at;
    assert!(took >= Duration::from_millis(900), "20 tokens at 20 a second take a second, not {took:?}");
    // The breaker opens after a few failures, and probes with one at a time: the others wait, untried.
    let open = json!({"message_id": of_down[20]});
    eventually("the breaker to hold the last one", || {
        call(&engine, "messages.explain", open.clone())["reasons"][0]["cause"] == "breaker_open"
    });
    assert_eq!(message(&engine, &of_down[20])["attempt_count"], 0);
    assert!(to("/down").len() < 21, "{}", to("/down").len());
}

#[test]
fn the_catalogue_refuses_what_is_not_in_it_and_what_does_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { strict_event_types: true, validate_payloads: true, ..config(folder.path()) };
    let engine = Engine::open(Config { delivery: Delivery::Off, ..config }).unwrap();
    let schema = json!({
        "type": "object",
        "properties": {"total": {"type": "number", "minimum": 0}, "secret": {"type": "integer"}},
        "required": ["total"],
    });
    let create = |name: &str, schema: Value, example: Value| json!({"name": name, "schema": schema, "example": example});
    call(&engine, "event_types.create", create("order.created", schema.clone(), json!({"total": 1})));
    let again = create("order.created", schema.clone(), json!({"total": 1}));
    assert_eq!(refusal(&engine, "event_types.create", again), "ALREADY_EXISTS");
    assert_eq!(
        refusal(&engine, "event_types.create", create("b", schema.clone(), json!({}))),
        "INVALID_REQUEST"
    );
    assert_eq!(
        refusal(&engine, "event_types.create", create("c", json!({"type": "nothing"}), json!(1))),
        "INVALID_REQUEST"
    );
    assert_eq!(
        refusal(&engine, "event_types.create", create("d", json!(false), json!(1))),
        "INVALID_REQUEST"
    );
    let send = |name: &str, payload: Value| {
        engine.call("events.send", &json!({"type": name, "payload": payload}).to_string())
    };
    assert!(send("order.created", json!({"total": 5})).is_ok());
    let unknown = send("order.changed", json!({})).unwrap_err();
    assert_eq!(unknown.code().name(), "UNKNOWN_EVENT_TYPE");
    let wrong = send("order.created", json!({"total": 1, "secret": "swordfish"})).unwrap_err();
    assert_eq!(wrong.code().name(), "INVALID_PAYLOAD");
    assert!(wrong.message().contains("/secret") && !wrong.message().contains("swordfish"), "{wrong}");
    // A schema that changes holds from then on.
    call(&engine, "event_types.update", json!({"name": "order.created", "schema": null, "deprecated": true}));
    assert!(send("order.created", json!("anything")).is_ok());
    assert_eq!(call(&engine, "event_types.list", json!({}))["data"][0]["deprecated"], true);
    call(&engine, "event_types.delete", json!({"name": "order.created"}));
    assert!(send("order.created", json!({"total": 5})).is_err());
}
