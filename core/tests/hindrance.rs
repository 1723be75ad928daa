//! Where this process should deliver and cannot, whoever runs it learns why.

use std::time::{Duration, Instant};

use crate::receiver::*;
use hookbridge_core::ErrorCode;
use hookbridge_core::model::event::EventKind;
use serde_json::{Value, json};

#[test]
fn what_keeps_it_from_delivering_is_told_by_an_event_by_stats_and_by_flush() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    // A lock file that cannot be opened, by root neither.
    let lock = folder.path().join("outbox.db-lock");
    std::fs::create_dir(&lock).unwrap();
    let engine = engine(folder.path());
    let events = engine.events().unwrap();
    let event = events.next(Duration::from_secs(30)).unwrap().expect("an event");
    assert_eq!(event.kind, EventKind::NotDelivering);
    let why = event.error_text.clone().unwrap();
    assert!(why.contains("outbox.db-lock"), "{why}");
    assert_eq!((event.message_id, event.endpoint_id, event.attempt_no), (None, None, None));
    let written = serde_json::to_value(&event).unwrap();
    assert_eq!(written["kind"], "not_delivering");
    assert!(written["message_id"].is_null());
    // Who begins to listen later is told too, and the same is not told twice.
    let later = engine.events().unwrap();
    assert_eq!(later.next(Duration::ZERO).unwrap(), Some(event));
    assert_eq!(events.next(Duration::from_secs(1)).unwrap(), None);
    assert_eq!(call(&engine, "stats", json!({}))["not_delivering"], Value::String(why.clone()));

    let endpoint = endpoint(&engine, &receiver.url("/"));
    let id = send(&engine, &endpoint, "1");
    let begun = Instant::now();
    let refused = engine.flush(Duration::from_secs(600)).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert_eq!(refused.code(), ErrorCode::StorageUnavailable);
    assert!(refused.message().contains(&why), "{refused}");

    std::fs::remove_dir(&lock).unwrap();
    wait_for_status(&engine, &id, "succeeded");
    assert!(call(&engine, "stats", json!({}))["not_delivering"].is_null());
    assert!(engine.flush(Duration::from_secs(30)).unwrap());
    let told = events.next(Duration::from_secs(30)).unwrap().expect("the delivery");
    assert_eq!(told.kind, EventKind::MessageDelivered);
    engine.close(Duration::from_secs(10)).unwrap();
}
