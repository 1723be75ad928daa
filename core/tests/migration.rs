//! A file of the first version is brought up to date with what it holds.

use std::time::Duration;

use crate::receiver::*;
use serde_json::json;

/// What was added since, taken away again.
const FIRST_VERSION: &str = "
DROP TABLE hookbridge_api_keys;
DROP TABLE hookbridge_metrics;
DROP TABLE hookbridge_exports;
DROP TABLE hookbridge_secrets;
DROP INDEX hookbridge_messages_deleted;
DROP INDEX hookbridge_messages_dead_of_endpoint;
DROP TABLE hookbridge_clock_steps;
DROP TABLE hookbridge_changes;
DROP TABLE hookbridge_activity;
DROP TABLE hookbridge_login_codes;
DROP TABLE hookbridge_consoles;
DROP INDEX hookbridge_messages_of_event;
DROP INDEX hookbridge_messages_order;
DROP INDEX hookbridge_messages_held;
DROP INDEX hookbridge_messages_expires;
DROP TABLE hookbridge_events;
DROP TABLE hookbridge_event_types;
ALTER TABLE hookbridge_endpoints DROP COLUMN tenant;
ALTER TABLE hookbridge_endpoints DROP COLUMN event_types;
ALTER TABLE hookbridge_endpoints DROP COLUMN filter;
ALTER TABLE hookbridge_endpoints DROP COLUMN on_failure;
ALTER TABLE hookbridge_messages DROP COLUMN event_seq;
ALTER TABLE hookbridge_messages DROP COLUMN payload_gone;
ALTER TABLE hookbridge_messages DROP COLUMN ordering_key;
ALTER TABLE hookbridge_messages DROP COLUMN in_order;
ALTER TABLE hookbridge_messages DROP COLUMN held_due_at;
ALTER TABLE hookbridge_messages DROP COLUMN deliver_at;
ALTER TABLE hookbridge_messages DROP COLUMN expires_at;
DELETE FROM hookbridge_state WHERE name <> 'revision';
ALTER TABLE hookbridge_messages DROP COLUMN deleted_by_api_key;
ALTER TABLE hookbridge_attempts DROP COLUMN note;
DELETE FROM hookbridge_migrations WHERE version > 1;";

#[test]
fn an_older_file_keeps_its_messages_and_counts_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let (endpoint, old) = {
        let engine = engine(folder.path());
        let endpoint = endpoint(&engine, &receiver.url("/"));
        let old = send(&engine, &endpoint, "1");
        wait_for_status(&engine, &old, "succeeded");
        assert!(engine.close(Duration::from_secs(30)).unwrap());
        (endpoint, old)
    };
    let file = rusqlite::Connection::open(config(folder.path()).database).unwrap();
    file.execute_batch(FIRST_VERSION).unwrap();
    file.close().unwrap();

    let engine = engine(folder.path());
    assert_eq!(message(&engine, &old)["status"], "succeeded");
    assert_eq!(call(&engine, "metrics.get", json!({}))["total_messages"], 0);
    let new = send(&engine, &endpoint, "2");
    wait_for_status(&engine, &new, "succeeded");
    assert_eq!(call(&engine, "metrics.get", json!({}))["total_messages"], 1);
    let key = call(&engine, "api_keys.create", json!({}));
    call(&engine, "messages.delete", json!({ "message_id": old, "deleted_by_api_key_id": key["key_id"] }));
    assert_eq!(message(&engine, &old)["deleted_by_api_key_id"], key["key_id"]);
}
