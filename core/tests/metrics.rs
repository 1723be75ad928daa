//! What metrics count, and that the buckets have no gap.

use std::time::Duration;

use crate::receiver::*;
use serde_json::{Value, json};

fn metrics(engine: &hookbridge_core::Engine, request: Value) -> Value {
    let mut found = call(engine, "metrics.get", request);
    assert!(found["avg_latency_ms"].take().is_u64());
    found
}

#[test]
fn messages_deliveries_and_retries_are_counted_in_every_window() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, before| {
        answer(match delivery.path.as_str() {
            "/refusing" => 422,
            "/once" if before == 0 => 500,
            _ => 200,
        })
    });
    let engine = engine(folder.path());
    let once = endpoint(&engine, &receiver.url("/once"));
    let first = send(&engine, &once, "1");
    assert!(engine.flush(Duration::from_secs(30)).unwrap());
    wait_for_status(&engine, &first, "succeeded");
    let refusing = endpoint(&engine, &receiver.url("/refusing"));
    let well = endpoint(&engine, &receiver.url("/well"));
    let refused: Vec<String> = (0..2).map(|n| send(&engine, &refusing, &n.to_string())).collect();
    let keyed = json!({ "endpoint_id": well, "payload": 1, "idempotency_key": "k" });
    let id = call(&engine, "messages.send", keyed.clone())["message_id"].clone();
    assert_eq!(call(&engine, "messages.send", keyed)["message_id"], id);
    refused.iter().for_each(|id| drop(wait_for_status(&engine, id, "failed_permanent")));
    wait_for_status(&engine, id.as_str().unwrap(), "succeeded");

    let expected = json!({ "window": "24h", "total_messages": 4, "succeeded": 2, "failed": 2, "retries": 1,
        "success_rate": 0.5, "avg_latency_ms": null });
    assert_eq!(metrics(&engine, json!({})), expected);
    for (window, buckets, seconds) in
        [("1h", 60, 60), ("24h", 24, 3600), ("7d", 28, 21_600), ("30d", 30, 86_400)]
    {
        let found = metrics(&engine, json!({ "window": window }));
        assert_eq!((&found["total_messages"], &found["retries"]), (&json!(4), &json!(1)), "{window}");
        let series = call(&engine, "metrics.timeseries", json!({ "window": window }));
        let series = series["buckets"].as_array().unwrap();
        assert_eq!(series.len(), buckets);
        let sum = |field: &str| series.iter().map(|bucket| bucket[field].as_u64().unwrap()).sum::<u64>();
        assert_eq!([sum("total"), sum("succeeded"), sum("failed"), sum("retrying")], [4, 2, 2, 1]);
        let times: Vec<i64> = series
            .iter()
            .map(|bucket| {
                let text = bucket["timestamp"].as_str().unwrap();
                hookbridge_core::model::timestamp::Timestamp::parse(text).unwrap().as_seconds()
            })
            .collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == seconds), "{window}: {times:?}");
        assert!(times.iter().all(|time| time % seconds == 0));
    }
    let one = metrics(&engine, json!({ "window": "1h", "endpoint_id": refusing }));
    assert_eq!(
        (&one["total_messages"], &one["failed"], &one["success_rate"]),
        (&json!(2), &json!(2), &json!(0.0))
    );

    // A replay delivers once more and accepts nothing.
    call(&engine, "messages.replay", json!({ "message_id": first }));
    eventually("the replay to be counted", || metrics(&engine, json!({}))["succeeded"] == 3);
    assert_eq!(metrics(&engine, json!({}))["total_messages"], 4);

    assert_eq!(refusal(&engine, "metrics.get", json!({ "window": "2h" })), "INVALID_REQUEST");
    let unknown = json!({ "endpoint_id": "ep_00000000000000000000000000000000" });
    assert_eq!(refusal(&engine, "metrics.timeseries", unknown), "ENDPOINT_NOT_FOUND");
}

#[test]
fn nothing_sent_is_zero_and_a_refused_send_counts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let unknown = json!({ "endpoint_id": "ep_00000000000000000000000000000000", "payload": 1 });
    assert_eq!(refusal(&engine, "messages.send", unknown), "ENDPOINT_NOT_FOUND");
    let expected = json!({ "window": "30d", "total_messages": 0, "succeeded": 0, "failed": 0, "retries": 0,
        "success_rate": 0.0, "avg_latency_ms": null });
    assert_eq!(metrics(&engine, json!({ "window": "30d" })), expected);
}

#[test]
fn what_is_added_up_is_counted_once_across_processes_and_crashes() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let total = |engine: &hookbridge_core::Engine| {
        metrics(engine, json!({ "window": "1h" }))["total_messages"].as_u64().unwrap()
    };
    let reached = || {
        let file = rusqlite::Connection::open(config(folder.path()).database).unwrap();
        let sql = "SELECT value FROM hookbridge_state WHERE name = 'metrics_accepted'";
        file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let enqueuing = hookbridge_core::Engine::open(hookbridge_core::Config {
        delivery: hookbridge_core::config::Delivery::Off,
        ..config(folder.path())
    })
    .unwrap();
    let well = endpoint(&enqueuing, &receiver.url("/"));
    let mut sent = 0;
    let mut fill = |engine: &hookbridge_core::Engine, count: usize| {
        for _ in 0..count / 500 {
            let request = || hookbridge_core::operations::messages::SendRequest::new(&*well, b"1".to_vec());
            engine.send_batch((0..500).map(|_| request().unwrap()).collect()).unwrap();
        }
        sent += count as u64;
        sent
    };
    // Nobody delivers, so nobody adds up: the reader counts.
    let before = fill(&enqueuing, 5_000);
    assert_eq!((total(&enqueuing), reached()), (before, 0));
    assert!(enqueuing.close(Duration::from_secs(10)).unwrap());
    // A deliverer adds up in several bites, and every reader sees the same all the while.
    let delivering = engine(folder.path());
    eventually("all to be added up", || {
        assert_eq!(total(&delivering), before);
        reached() == 5_000
    });
    // It ends without a word; the next goes on where it was.
    drop(delivering);
    let next = engine(folder.path());
    let all = fill(&next, 1_000);
    eventually("the rest to be added up", || {
        assert_eq!(total(&next), all);
        reached() == 6_000
    });
    assert!(next.flush(Duration::from_secs(60)).unwrap());
    eventually("every delivery to be counted", || metrics(&next, json!({}))["succeeded"] == json!(all));
}
