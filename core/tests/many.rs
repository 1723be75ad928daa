//! Lists of messages, and operations on many of them at once.

use std::time::Duration;

use crate::receiver::*;
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<String> {
    let messages = page.get("data").or_else(|| page.get("messages")).unwrap();
    let ids = messages.as_array().unwrap().iter();
    ids.map(|message| message["message_id"].as_str().unwrap().to_owned()).collect()
}

/// An engine with endpoints that are well, dead at once, and failing for an hour; and what was sent to each.
struct Scene {
    _folder: tempfile::TempDir,
    receiver: Receiver,
    engine: hookbridge_core::Engine,
    well: (String, Vec<String>),
    refusing: (String, Vec<String>),
    failing: (String, Vec<String>),
}

fn scene() -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, _| {
        answer(match delivery.path.as_str() {
            "/refusing" => 422,
            "/failing" => 500,
            _ => 200,
        })
    });
    let engine = engine(folder.path());
    let sent = |path: &str, count: usize| {
        let request = json!({ "url": receiver.url(path), "retry_schedule": [3600] });
        let endpoint = call(&engine, "endpoints.create", request)["id"].as_str().unwrap().to_owned();
        let ids: Vec<String> = (0..count).map(|n| send(&engine, &endpoint, &n.to_string())).collect();
        (endpoint, ids)
    };
    let (well, refusing, failing) = (sent("/well", 7), sent("/refusing", 5), sent("/failing", 3));
    assert!(engine.flush(Duration::from_secs(30)).unwrap());
    Scene { _folder: folder, engine, well, refusing, failing, receiver }
}

#[test]
fn logs_are_paged_newest_first_while_rows_are_added() {
    let scene = scene();
    let mut all: Vec<String> =
        [&scene.well.1, &scene.refusing.1, &scene.failing.1].into_iter().flatten().cloned().collect();
    all.reverse();
    let (mut listed, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = call(&scene.engine, "logs.list", json!({ "limit": 4, "cursor": cursor }));
        assert_eq!(page["has_more"], json!(!page["next_cursor"].is_null()));
        listed.extend(ids(&page));
        if page["next_cursor"].is_null() {
            break;
        }
        cursor = page["next_cursor"].clone();
        send(&scene.engine, &scene.well.0, "\"added between two pages\"");
    }
    assert_eq!(listed, all);

    let of_endpoint = json!({ "endpoint_id": scene.refusing.0, "status": "failed_permanent" });
    let page = call(&scene.engine, "logs.list", of_endpoint);
    assert_eq!(page["data"].as_array().unwrap().len(), 5);
    let line = &page["data"][0];
    assert_eq!(line["endpoint"], scene.receiver.url("/refusing"), "the URL, not the id");
    assert_eq!((&line["status"], &line["response_status"]), (&json!("failed_permanent"), &json!(422)));
    let waiting = call(&scene.engine, "logs.list", json!({ "status": "pending_retry" }));
    assert_eq!(waiting["data"].as_array().unwrap().len(), 3);
    assert!(waiting["data"][0]["next_attempt_at"].is_string());

    let middle = message(&scene.engine, &scene.refusing.1[0])["created_at"].clone();
    let before = call(&scene.engine, "logs.list", json!({ "end_time": middle }));
    let after = call(&scene.engine, "logs.list", json!({ "start_time": middle, "limit": 500 }));
    let known = |listed: &[String]| listed.iter().filter(|id| all.contains(id)).count();
    assert_eq!(known(&ids(&before)) + known(&ids(&after)), all.len());
    assert!(ids(&after).contains(&scene.refusing.1[0]) && !ids(&before).contains(&scene.refusing.1[0]));

    for wrong in [json!({ "limit": 0 }), json!({ "limit": 501 }), json!({ "cursor": "nonsense" })] {
        assert_eq!(refusal(&scene.engine, "logs.list", wrong), "INVALID_REQUEST");
    }
}

#[test]
fn the_dead_letter_queue_lists_and_replays_without_counting() {
    let scene = scene();
    let page = call(&scene.engine, "dead_letters.list", json!({ "limit": 3 }));
    assert_eq!((ids(&page).len(), &page["has_more"]), (3, &json!(true)));
    assert!(page["messages"][0]["failed_at"].is_string());
    assert_eq!(page["messages"][0]["last_error"], "the receiver answered 422");
    let rest = call(&scene.engine, "dead_letters.list", json!({ "limit": 3, "cursor": page["next_cursor"] }));
    assert_eq!((ids(&rest).len(), &rest["has_more"], &rest["next_cursor"]), (2, &json!(false), &Value::Null));

    let dead = &scene.refusing.1[0];
    for _ in 0..12 {
        let replayed = call(&scene.engine, "dead_letters.replay", json!({ "message_id": dead }));
        assert_eq!(replayed, json!({ "message_id": dead, "status": "queued" }));
        wait_for_status(&scene.engine, dead, "failed_permanent");
    }
    assert_eq!(message(&scene.engine, dead)["replay_count"], 0);
    let well = json!({ "message_id": scene.well.1[0] });
    assert_eq!(refusal(&scene.engine, "dead_letters.replay", well), "INVALID_STATUS");
    call(&scene.engine, "messages.delete", json!({ "message_id": dead }));
    let left = call(&scene.engine, "dead_letters.list", json!({}));
    assert!(!ids(&left).contains(dead) && ids(&left).len() == 4);
}

#[test]
fn many_are_replayed_by_filter_and_by_name() {
    let scene = scene();
    let arrived = |id: &str| scene.receiver.deliveries().iter().filter(|one| one.message_id() == id).count();
    let all = json!({ "status": "failed_permanent", "limit": 2 });
    let answer = call(&scene.engine, "messages.replay_all", all);
    assert_eq!((&answer["replayed"], &answer["failed"], &answer["stuck"]), (&json!(2), &json!(0), &json!(0)));
    assert_eq!(answer["replayed_message_ids"], json!(scene.refusing.1[..2]), "oldest first");
    let of_one = json!({ "status": "pending_retry", "endpoint_id": scene.failing.0 });
    assert_eq!(call(&scene.engine, "messages.replay_all", of_one)["replayed"], 3);
    assert!(scene.engine.flush(Duration::from_secs(30)).unwrap());
    assert!(scene.failing.1.iter().all(|id| arrived(id) == 2));
    assert_eq!(
        refusal(&scene.engine, "messages.replay_all", json!({ "status": "succeeded" })),
        "INVALID_REQUEST"
    );

    let unknown = "00000000-0000-7000-8000-000000000000";
    let named = json!({ "message_ids": [scene.well.1[0], "no id", unknown, scene.well.1[1]] });
    let answer = call(&scene.engine, "messages.replay_batch", named);
    assert_eq!((&answer["replayed"], &answer["failed"]), (&json!(2), &json!(2)));
    let statuses: Vec<&str> =
        answer["results"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["replayed", "failed", "failed", "replayed"]);
    assert_eq!(answer["results"][1]["error"], "there is no such message");
    for ids in [json!([]), json!(vec!["x"; 101])] {
        let request = json!({ "message_ids": ids });
        assert_eq!(refusal(&scene.engine, "messages.replay_batch", request), "INVALID_REQUEST");
    }
}

#[test]
fn many_are_deleted_by_name_and_by_filter() {
    let scene = scene();
    let named = json!({ "message_ids": [scene.well.1[0], "no id", scene.well.1[0]] });
    let answer = call(&scene.engine, "messages.delete_batch", named);
    let counts =
        ["deleted_count", "already_deleted_count", "not_found_count"].map(|name| answer[name].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(1)]);
    assert_eq!(answer["results"][0]["deleted_at"], answer["results"][2]["deleted_at"]);

    let some = json!({ "status": ["failed_permanent", "pending_retry"], "limit": 6 });
    let first = call(&scene.engine, "messages.delete_all", some.clone());
    let second = call(&scene.engine, "messages.delete_all", some.clone());
    assert_eq!((&first["deleted"], &second["deleted"]), (&json!(6), &json!(2)));
    assert_eq!(call(&scene.engine, "messages.delete_all", some)["deleted"], 0);
    let rest = call(&scene.engine, "messages.delete_all", json!({ "endpoint_id": scene.well.0 }));
    assert_eq!(rest["deleted"], 6);
    // The record stays, with the status that it had.
    let kept = message(&scene.engine, &scene.failing.1[0]);
    assert_eq!(kept["status"], "pending_retry");
    assert!(kept["deleted_at"].is_string() && kept["next_attempt_at"].is_null());
    assert_eq!(call(&scene.engine, "stats", json!({}))["waiting_for_retry"], 0);
}
