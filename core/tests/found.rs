//! Changing what a filter finds: what a dry run says is what the run does.

use std::time::Duration;

use crate::receiver::*;
use hookbridge_core::Engine;
use hookbridge_core::config::Config;
use hookbridge_core::model::retry_schedule::RetrySchedule;
use serde_json::{Value, json};

/// A dead letter for each path, and of the first endpoint one that cannot be replayed.
fn outbox(engine: &Engine, receiver: &Receiver, paths: &[(&str, usize)]) -> Vec<String> {
    let mut last = String::new();
    let endpoints = paths
        .iter()
        .map(|(path, count)| {
            let endpoint = endpoint(engine, &receiver.url(path));
            (0..*count).for_each(|_| last = send(engine, &endpoint, "1"));
            endpoint
        })
        .collect();
    let all: u64 = paths.iter().map(|(_, count)| *count as u64).sum();
    eventually("the dead letters", || call(engine, "stats", json!({}))["dead"] == json!(all));
    endpoints
}

fn receiver() -> Receiver {
    Receiver::start(|delivery, _| {
        let status: u16 = delivery.path.trim_start_matches('/').parse().unwrap_or(200);
        answer(status)
    })
}

#[test]
fn a_dry_run_names_what_the_run_then_does() {
    let (folder, receiver) = (tempfile::tempdir().unwrap(), receiver());
    let engine = engine(folder.path());
    let endpoints = outbox(&engine, &receiver, &[("/404", 5), ("/422", 3)]);
    call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoints[0] }));
    call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoints[1] }));
    // One that was replayed ten times is refused, in the dry run as in the run.
    let worn =
        call(&engine, "dead_letters.list", json!({ "endpoint_id": endpoints[1] }))["messages"][0].clone();
    let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let worn_out = "UPDATE hookbridge_messages SET replay_count = 10 WHERE lower(hex(id)) = ?1";
    let id = worn["message_id"].as_str().unwrap().replace('-', "");
    assert_eq!(file.execute(worn_out, [id]).unwrap(), 1);
    for filter in [
        json!({}),
        json!({ "cause": "HTTP 404" }),
        json!({ "endpoint_id": endpoints[1] }),
        json!({ "created_before": "2020-01-01T00:00:00Z" }),
    ] {
        let ask = |dry_run: bool| {
            let mut request = filter.clone();
            request["status"] = json!("failed_permanent");
            request["dry_run"] = json!(dry_run);
            call(&engine, "messages.replay_all", request)
        };
        let dead = call(&engine, "stats", json!({}))["dead"].clone();
        let mut told = ask(true);
        assert_eq!(call(&engine, "stats", json!({}))["dead"], dead, "nothing was changed");
        let mut done = ask(false);
        assert_eq!((told["dry_run"].take(), done["dry_run"].take()), (json!(true), json!(false)));
        assert_eq!(told, done, "{filter}");
    }
    let left = call(&engine, "messages.replay_all", json!({ "status": "failed_permanent", "dry_run": true }));
    assert_eq!((&left["replayed"], &left["refused"]), (&json!(0), &json!({ "REPLAY_LIMIT_EXCEEDED": 1 })));
}

#[test]
fn a_cursor_leads_through_all_of_them_also_past_those_that_are_refused() {
    let (folder, receiver) = (tempfile::tempdir().unwrap(), receiver());
    let schedule = RetrySchedule::uniform(vec![Duration::from_secs(3600)]);
    let engine = Engine::open(Config { retry_schedule: schedule, ..config(folder.path()) }).unwrap();
    let waiting = endpoint(&engine, &receiver.url("/503"));
    (0..7).for_each(|_| drop(send(&engine, &waiting, "1")));
    eventually("the retries", || call(&engine, "stats", json!({}))["waiting_for_retry"] == json!(7));
    let walk = |request: &dyn Fn(&Value) -> Value, operation: &str, count: &str| {
        let (mut cursor, mut counts) = (Value::Null, Vec::new());
        loop {
            let answer = call(&engine, operation, request(&cursor));
            counts.push(answer[count].as_u64().unwrap());
            cursor = answer["next_cursor"].clone();
            if cursor.is_null() {
                return counts;
            }
        }
    };
    let cancel = |dry_run: bool| move |cursor: &Value| json!({ "limit": 3, "cursor": cursor, "dry_run": dry_run, "cause": "HTTP 503" });
    assert_eq!(walk(&cancel(true), "messages.cancel_all", "cancelled"), [3, 3, 1]);
    assert_eq!(walk(&cancel(false), "messages.cancel_all", "cancelled"), [3, 3, 1]);
    assert_eq!(walk(&cancel(false), "messages.cancel_all", "cancelled"), [0]);
    let delete = |cursor: &Value| json!({ "limit": 3, "cursor": cursor, "status": "failed_permanent" });
    assert_eq!(walk(&delete, "messages.delete_all", "deleted"), [3, 3, 1]);
}

#[test]
fn dead_letters_of_twelve_causes_at_five_endpoints_are_sixty_groups() {
    let (folder, receiver) = (tempfile::tempdir().unwrap(), receiver());
    let engine = engine(folder.path());
    let endpoints: Vec<String> = (0..5).map(|_| endpoint(&engine, &receiver.url("/404"))).collect();
    for endpoint in &endpoints {
        (0..24).for_each(|_| drop(send(&engine, endpoint, "1")));
    }
    eventually("the dead letters", || call(&engine, "stats", json!({}))["dead"] == json!(120));
    // Two of each cause: what the receiver answered, or what went wrong before.
    let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let causes = "UPDATE hookbridge_messages SET
        response_status = CASE WHEN seq % 12 < 6 THEN 400 + seq % 12 END,
        last_error = CASE seq % 12 WHEN 6 THEN 'no answer within ' || seq || ' ms' WHEN 7 THEN '10.0.0.' || seq || ':443 refused'
            WHEN 8 THEN 'the name does not exist' WHEN 9 THEN 'the certificate has expired' WHEN 10 THEN NULL ELSE 'reset' END";
    assert_eq!(file.execute(causes, []).unwrap(), 120);
    let found = call(&engine, "dead_letters.groups", json!({}));
    let groups = found["groups"].as_array().unwrap();
    assert_eq!((groups.len(), &found["read"], &found["has_more"]), (60, &json!(120), &json!(false)));
    for group in groups {
        assert_eq!(group["count"], 2, "{group}");
        let filter = json!({ "endpoint_id": group["endpoint_id"], "cause": group["cause"] });
        let listed = call(&engine, "dead_letters.list", filter.clone());
        let ids: Vec<&Value> =
            listed["messages"].as_array().unwrap().iter().map(|one| &one["message_id"]).collect();
        assert_eq!(ids.len(), 2, "{group}");
        assert_eq!(ids[0], &group["message_id"], "the newest");
        assert_eq!(call(&engine, "logs.list", filter)["data"].as_array().unwrap().len(), 2, "{group}");
    }
    let of_one = call(&engine, "dead_letters.groups", json!({ "endpoint_id": endpoints[3] }));
    assert_eq!((of_one["groups"].as_array().unwrap().len(), &of_one["read"]), (12, &json!(24)));
}
