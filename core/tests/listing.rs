//! What an index finds is found at once, however much lies before it.

use std::path::Path;
use std::time::Duration;

use crate::receiver::*;
use hookbridge_core::Engine;
use serde_json::{Value, json};

/// More than a page looks at.
const BETWEEN: i64 = 25_000;
/// Of each kind.
const OF_EACH: i64 = 20;
const MINUTE_MS: i64 = 60_000;

/// Rows made by SQL, a millisecond apart, the newest of them an hour old.
struct Made<'a> {
    endpoint: i64,
    status: i64,
    due_at: &'a str,
    deleted: bool,
    count: i64,
}

fn make(file: &rusqlite::Connection, made: &Made<'_>) {
    let sql = format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
         INSERT INTO hookbridge_messages
            (id, endpoint_seq, status, due_at, size_bytes, payload_sha256, created_at, updated_at, deleted_at)
         SELECT randomblob(16), ?2, ?3, {}, 1, zeroblob(32), t.at, t.at, CASE WHEN ?4 THEN t.at END
         FROM n, (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) - 60 * {MINUTE_MS} AS at) t",
        made.due_at
    );
    file.execute(&sql, (made.count, made.endpoint, made.status, made.deleted)).unwrap();
}

/// An outbox whose first rows have every status, with a mass of others behind them; the two endpoints are paused.
fn outbox(folder: &Path) -> (Engine, [String; 2]) {
    let opened = engine(folder);
    let endpoints = ["/a", "/b"].map(|path| endpoint(&opened, &format!("http://127.0.0.1:9{path}")));
    for id in &endpoints {
        call(&opened, "endpoints.pause", json!({ "endpoint_id": id }));
    }
    assert!(opened.close(Duration::from_secs(10)).unwrap());
    let file = rusqlite::Connection::open(config(folder).database).unwrap();
    let far = "9999999999999 + n";
    for endpoint in [1, 2] {
        for (status, due_at) in [(0, "0"), (1, far), (2, "NULL"), (3, "NULL")] {
            make(&file, &Made { endpoint, status, due_at, deleted: false, count: OF_EACH });
            make(&file, &Made { endpoint, status, due_at: "NULL", deleted: true, count: OF_EACH });
        }
    }
    // All of the other endpoint and of other statuses: for each question below, far too many to look at.
    for (status, due_at, deleted) in
        [(0, "0", false), (1, far, false), (3, "NULL", false), (2, "NULL", true), (2, "NULL", false)]
    {
        make(&file, &Made { endpoint: 1, status, due_at, deleted, count: BETWEEN });
    }
    file.close().unwrap();
    (engine(folder), endpoints)
}

/// Walks through all pages; none may be empty while there is more.
fn pages(engine: &Engine, operation: &str, mut request: Value) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = call(engine, operation, request.clone());
        let messages = page.get("data").or_else(|| page.get("messages")).unwrap().as_array().unwrap().clone();
        let more = page["has_more"].as_bool().unwrap();
        assert!(
            !more || messages.len() as u64 == request["limit"].as_u64().unwrap(),
            "{request}: a short page"
        );
        all.extend(messages);
        if !more {
            return all;
        }
        request["cursor"] = page["next_cursor"].clone();
    }
}

#[test]
fn what_waits_or_was_given_up_is_found_behind_any_number_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, [_, quiet]) = outbox(folder.path());
    for status in ["queued", "pending_retry", "failed_permanent"] {
        let listed =
            pages(&engine, "logs.list", json!({ "status": status, "endpoint_id": quiet, "limit": 7 }));
        // Deleted ones are listed as what they were.
        assert_eq!(listed.len() as i64, 2 * OF_EACH, "{status}");
        assert!(listed.iter().all(|message| message["status"] == status));
        let deleted = listed.iter().filter(|message| !message["deleted_at"].is_null()).count();
        assert_eq!(deleted as i64, OF_EACH, "{status}");
        // The newest come first, and each once.
        let all = call(&engine, "logs.list", json!({ "status": status, "endpoint_id": quiet, "limit": 500 }));
        assert_eq!(all["data"], json!(listed), "{status}");

        let of_all = call(&engine, "logs.list", json!({ "status": status, "limit": 500 }));
        assert_eq!(of_all["data"].as_array().unwrap().len(), 500, "{status}");
        let old = call(
            &engine,
            "logs.list",
            json!({ "status": status, "endpoint_id": quiet, "end_time": "2020-01-01T00:00:00Z" }),
        );
        assert_eq!((&old["data"], &old["has_more"]), (&json!([]), &json!(false)), "{status}");
    }
    let (dead, all) = (json!({ "limit": 1000 }), OF_EACH * 2 + BETWEEN);
    assert_eq!(pages(&engine, "dead_letters.list", dead).len() as i64, all);
}

#[test]
fn what_is_under_way_is_listed_from_memory_and_nothing_is_looked_for_in_vain() {
    let folder = tempfile::tempdir().unwrap();
    let (gate, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let receiver = Receiver::start(move |_, _| {
        let _ = held.lock().unwrap().recv();
        answer(200)
    });
    let (engine, _) = outbox(folder.path());
    let under_way = || call(&engine, "logs.list", json!({ "status": "delivering" }));
    assert_eq!((&under_way()["data"], &under_way()["has_more"]), (&json!([]), &json!(false)));
    let third = endpoint(&engine, &receiver.url("/"));
    let id = send(&engine, &third, "1");
    eventually("the attempt to be listed", || under_way()["data"][0]["message_id"] == json!(id));
    assert_eq!(under_way()["data"][0]["status"], "delivering");
    drop(gate);
    wait_for_status(&engine, &id, "succeeded");
    assert_eq!(under_way()["data"], json!([]));
}

#[test]
fn operations_on_many_find_what_they_are_for_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, [_, quiet]) = outbox(folder.path());
    let all = json!({ "status": ["failed_permanent", "pending_retry"], "endpoint_id": quiet });
    let deleted = call(&engine, "messages.delete_all", all);
    assert_eq!(deleted["deleted"], 2 * OF_EACH);
    let none = call(&engine, "messages.delete_all", json!({ "status": ["delivering"] }));
    assert_eq!(none["deleted"], 0);
}
