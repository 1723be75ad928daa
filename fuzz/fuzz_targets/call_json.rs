//! A short history of calls on a real outbox. Each line of the input is a call: the first character
//! chooses the operation, the rest is its request, in which `$E`, `$M`, `$K` and `$C` stand for an
//! endpoint, a message, a signing key and a cursor that exist.
#![no_main]

use std::sync::LazyLock;

use hookbridge_core::config::{Config, Delivery, Durability};
use hookbridge_core::{Engine, ErrorCode};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tempfile::TempDir;

const OPERATIONS: &[&str] = &[
    "endpoints.create",
    "endpoints.get",
    "endpoints.list",
    "endpoints.update",
    "endpoints.delete",
    "endpoints.pause",
    "endpoints.resume",
    "signing_keys.create",
    "signing_keys.list",
    "signing_keys.delete",
    "messages.send",
    "messages.send_batch",
    "messages.get",
    "messages.attempts",
    "messages.replay",
    "messages.cancel",
    "messages.retry_now",
    "messages.delete",
    "stats",
    "no.such.operation",
];
const CALLS: usize = 16;

static OUTBOX: LazyLock<(Engine, TempDir)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config {
        database: folder.path().join("outbox.db"),
        durability: Durability::Normal,
        delivery: Delivery::Off,
        verify_dns: false,
        ..Config::default()
    };
    (Engine::open(config).expect("an outbox"), folder)
});

fn known(answer: &Value, key: &str) -> Option<String> {
    answer[key].as_str().map(str::to_owned)
}

fn call(operation: &str, request: &str) -> Option<Value> {
    match OUTBOX.0.call(operation, request) {
        Ok(answer) => Some(serde_json::from_str(&answer).expect("an answer is JSON")),
        Err(error) => {
            assert!(
                !matches!(error.code(), ErrorCode::Internal | ErrorCode::StorageUnavailable),
                "{operation}: {error}"
            );
            None
        }
    }
}

fuzz_target!(|history: &str| {
    let created = call("endpoints.create", r#"{"url": "https://example.com/hooks"}"#).expect("an endpoint");
    let mut endpoint = known(&created, "id").expect("an id");
    let mut key = known(&created, "signing_key_id").expect("an id");
    let (mut message, mut cursor) = (String::new(), String::new());
    for line in history.lines().take(CALLS) {
        let mut characters = line.chars();
        let Some(choice) = characters.next() else { continue };
        let operation = OPERATIONS[choice as usize % OPERATIONS.len()];
        let request = characters
            .as_str()
            .replace("$E", &endpoint)
            .replace("$M", &message)
            .replace("$K", &key)
            .replace("$C", &cursor);
        let Some(answer) = call(operation, &request) else { continue };
        match operation {
            "endpoints.create" => {
                endpoint = known(&answer, "id").expect("an id");
                assert_eq!(
                    call("endpoints.get", &format!(r#"{{"endpoint_id":"{endpoint}"}}"#))
                        .expect("what was created is there")["url"],
                    answer["url"]
                );
            }
            "signing_keys.create" => key = known(&answer, "id").unwrap_or(key),
            "messages.send" => message = known(&answer, "message_id").expect("an id"),
            _ => cursor = known(&answer, "next_cursor").unwrap_or(cursor),
        }
    }
    // What is left behind would slow every later history.
    let _ = call("endpoints.delete", &format!(r#"{{"endpoint_id":"{endpoint}"}}"#));
});
