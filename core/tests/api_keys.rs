//! API keys: what is shown of them, who is let in, and what other processes see.

use crate::receiver::*;
use hookbridge_core::{Engine, ErrorCode};
use serde_json::{Value, json};

fn create(engine: &Engine, request: Value) -> (String, String) {
    let created = call(engine, "api_keys.create", request);
    let text = |field: &str| created[field].as_str().unwrap().to_owned();
    (text("key_id"), text("key"))
}

fn code(engine: &Engine, key: &str) -> ErrorCode {
    engine.authenticate(key).unwrap_err().code()
}

#[test]
fn a_key_is_shown_once_and_only_its_hash_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let created = call(&engine, "api_keys.create", json!({ "label": "console", "mode": "test" }));
    let key = created["key"].as_str().unwrap();
    assert!(key.starts_with("hb_test_") && key.len() == 40, "{key}");
    assert_eq!(created["prefix"], key[..11]);
    assert!(created["key_id"].as_str().unwrap().starts_with("key_"));
    assert!(create(&engine, json!({})).1.starts_with("hb_live_"));

    let listed = call(&engine, "api_keys.list", json!({}));
    let mut first = listed["data"][0].clone();
    assert_eq!(first["last_used_at"].take(), Value::Null);
    let expected = json!({ "key_id": created["key_id"], "label": "console", "prefix": created["prefix"],
        "scope": "full", "created_at": created["created_at"], "last_used_at": null });
    assert_eq!(first, expected);
    assert_eq!(listed["data"][1]["label"], "");
    assert_eq!((&listed["has_more"], &listed["next_cursor"]), (&json!(false), &Value::Null));

    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(key.len()).any(|window| window == key.as_bytes()), "the key is on disk");
    }
    for wrong in [json!({ "mode": "dead" }), json!({ "label": "x".repeat(256) })] {
        assert_eq!(refusal(&engine, "api_keys.create", wrong), "INVALID_REQUEST");
    }
}

#[test]
fn only_a_valid_key_lets_in_and_a_deleted_one_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    assert!(!engine.has_api_keys().unwrap());
    assert_eq!(code(&engine, ""), ErrorCode::Unauthorized);
    let (id, key) = create(&engine, json!({}));
    assert!(engine.has_api_keys().unwrap());
    assert_eq!(engine.authenticate(&key).unwrap().key_id.to_string(), id);
    assert_eq!(code(&engine, &key[..39]), ErrorCode::Unauthorized);
    assert_eq!(code(&engine, &key.to_uppercase()), ErrorCode::Unauthorized);
    call(&engine, "api_keys.delete", json!({ "key_id": id }));
    assert_eq!(code(&engine, &key), ErrorCode::Unauthorized);
    assert_eq!(call(&engine, "api_keys.list", json!({}))["data"], json!([]));
    for unknown in [&id, "key_nonsense"] {
        assert_eq!(refusal(&engine, "api_keys.delete", json!({ "key_id": unknown })), "NOT_FOUND");
    }
}

#[test]
fn another_engine_on_the_file_sees_keys_come_and_go_and_when_they_were_used() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (engine(folder.path()), engine(folder.path()));
    let (id, key) = create(&here, json!({}));
    assert_eq!(there.authenticate(&key).unwrap().key_id.to_string(), id);
    eventually("the use to be on disk", || {
        !call(&here, "api_keys.list", json!({}))["data"][0]["last_used_at"].is_null()
    });
    call(&here, "api_keys.delete", json!({ "key_id": id }));
    assert_eq!(code(&there, &key), ErrorCode::Unauthorized);
}

#[test]
fn a_configured_key_is_installed_once() {
    let folder = tempfile::tempdir().unwrap();
    let key = "hb_live_0123456789abcdefghijABCDEFGHIJ01";
    let first = engine(folder.path()).install_api_key(key).unwrap();
    let engine = engine(folder.path());
    assert_eq!(engine.install_api_key(key).unwrap(), first);
    assert_eq!(engine.authenticate(key).unwrap().key_id, first);
    assert_eq!(call(&engine, "api_keys.list", json!({}))["data"].as_array().unwrap().len(), 1);
    let refused = engine.install_api_key("hunter2").unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidConfiguration);
    assert!(!refused.message().contains("hunter2"));
}
