//! Who deleted a message, and what the key is called.

use crate::receiver::*;
use serde_json::{Value, json};

#[test]
fn a_deletion_names_its_key_and_the_key_is_looked_up() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/"));
    let [one, two, three, four] = ["1", "2", "3", "4"].map(|payload| send(&engine, &endpoint, payload));
    let key =
        |request: Value| call(&engine, "api_keys.create", request)["key_id"].as_str().unwrap().to_owned();
    let (named, plain) = (key(json!({ "label": "console" })), key(json!({})));
    let by = |id: &str| message(&engine, id)["deleted_by_api_key_id"].clone();

    call(&engine, "messages.delete", json!({ "message_id": one, "deleted_by_api_key_id": named }));
    // The first deletion counts.
    call(&engine, "messages.delete", json!({ "message_id": one, "deleted_by_api_key_id": plain }));
    call(&engine, "messages.delete_batch", json!({ "message_ids": [two], "deleted_by_api_key_id": plain }));
    call(&engine, "messages.delete", json!({ "message_id": three }));
    call(&engine, "messages.delete_all", json!({ "deleted_by_api_key_id": named }));
    assert_eq!(
        [by(&one), by(&two), by(&three), by(&four)],
        [json!(named), json!(plain), Value::Null, json!(named)]
    );

    let asked = format!("{named}, {plain},key_00000000000000000000000000000000,nonsense");
    let expected =
        json!({ "api_keys": { named.as_str(): { "label": "console" }, plain.as_str(): { "label": "" } } });
    assert_eq!(call(&engine, "actors.lookup", json!({ "api_key_id": asked })), expected);
    let both = call(&engine, "actors.lookup", json!({ "user_id": "u", "api_key_id": "" }));
    assert_eq!(both, json!({ "users": {}, "api_keys": {} }));

    let many = vec!["u"; 101].join(",");
    for wrong in [json!({}), json!({ "user_id": "" }), json!({ "user_id": many })] {
        assert_eq!(refusal(&engine, "actors.lookup", wrong), "INVALID_REQUEST");
    }
    let wrong = json!({ "message_id": one, "deleted_by_api_key_id": "nonsense" });
    assert_eq!(refusal(&engine, "messages.delete", wrong), "INVALID_REQUEST");
}
