//! Header names as a receiver behind CGI sees them, where `-` and `_` are the same: nothing of a producer's stands for what is
//! ours, and no name arrives twice.

use std::collections::HashMap;
use std::time::Duration;

use crate::receiver::*;
use serde_json::json;

/// The request's headers as variables of CGI (RFC 3875, 4.1.18), each with every value that it was given.
fn variables(delivery: &Delivery) -> HashMap<String, Vec<&str>> {
    let mut variables: HashMap<_, Vec<_>> = HashMap::new();
    for (name, value) in &delivery.headers {
        let folded = name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_").to_uppercase();
        variables.entry(folded).or_default().push(value.as_str());
    }
    variables
}

#[test]
fn what_could_stand_for_ours_is_refused_on_messages_and_on_endpoints() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let known = endpoint(&engine, &receiver.url("/"));
    for name in [
        "X_Webhook_Signature",
        "x-webhook_id",
        "X.Webhook.Timestamp",
        "WEBHOOK_SIGNATURE",
        "Proxy",
        "proxy_authorization",
        "Content-Encoding",
        "content_encoding",
        "Content_Length",
        "Transfer_Encoding",
        "Keep_Alive",
        "content_type",
    ] {
        let headers = json!({ name: "x" });
        let message = json!({ "endpoint_id": known, "payload": 1, "headers": headers });
        assert_eq!(refusal(&engine, "messages.send", message), "INVALID_HEADERS", "{name}");
        let new = json!({ "url": receiver.url("/"), "headers": headers });
        assert_eq!(refusal(&engine, "endpoints.create", new), "INVALID_HEADERS", "{name}");
        let update = json!({ "endpoint_id": known, "headers": headers });
        assert_eq!(refusal(&engine, "endpoints.update", update), "INVALID_HEADERS", "{name}");
    }
    let twice =
        json!({ "endpoint_id": known, "payload": 1, "headers": { "X-Source": "a", "X_Source": "b" } });
    assert_eq!(refusal(&engine, "messages.send", twice), "INVALID_HEADERS");
}

#[test]
fn a_message_wins_over_its_endpoint_also_where_their_names_only_look_different() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = engine(folder.path());
    let headers = json!({ "X_Source": "endpoint", "User_Agent": "mine" });
    let created = call(&engine, "endpoints.create", json!({ "url": receiver.url("/"), "headers": headers }));
    let message = json!({ "endpoint_id": created["id"], "payload": 1, "headers": { "x-source": "message" } });
    let sent = call(&engine, "messages.send", message);
    wait_for_status(&engine, sent["message_id"].as_str().unwrap(), "succeeded");
    let delivery = receiver.deliveries().remove(0);
    let seen = variables(&delivery);
    assert_eq!((&seen["X_SOURCE"], &seen["USER_AGENT"]), (&vec!["message"], &vec!["mine"]));
    assert!(seen.values().all(|values| values.len() == 1), "{seen:?}");
}

#[test]
fn what_an_older_version_stored_is_delivered_without_the_names_that_are_refused_now() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let (endpoint, id) = {
        let engine = engine(folder.path());
        let endpoint = endpoint(&engine, &receiver.url("/"));
        call(&engine, "endpoints.pause", json!({ "endpoint_id": endpoint }));
        let headers = json!({ "X-Mine": "kept" });
        let message = json!({ "endpoint_id": endpoint, "payload": 1, "headers": headers });
        let id = call(&engine, "messages.send", message)["message_id"].as_str().unwrap().to_owned();
        assert!(engine.close(Duration::from_secs(30)).unwrap());
        (endpoint, id)
    };
    let stored = json!({
        "X-Mine": "kept", "x_webhook_signature": "sha256=forged", "X-Webhook_Id": "forged", "Proxy": "http://127.0.0.1:9/",
        "Content-Encoding": "gzip",
    });
    let file = rusqlite::Connection::open(config(folder.path()).database).unwrap();
    let changed = file.execute("UPDATE hookbridge_payloads SET headers = ?1", [stored.to_string()]).unwrap();
    assert_eq!(changed, 1);
    file.execute("UPDATE hookbridge_endpoints SET headers = ?1", [stored.to_string()]).unwrap();
    file.close().unwrap();

    let engine = engine(folder.path());
    call(&engine, "endpoints.resume", json!({ "endpoint_id": endpoint }));
    wait_for_status(&engine, &id, "succeeded");
    let delivery = receiver.deliveries().remove(0);
    let seen = variables(&delivery);
    assert_eq!(seen["X_MINE"], ["kept"]);
    assert_eq!(seen["X_WEBHOOK_ID"], [id.as_str()]);
    assert!(!seen.contains_key("PROXY") && !seen.contains_key("CONTENT_ENCODING"), "{seen:?}");
    assert!(seen.values().flatten().all(|value| !value.contains("forged")), "{seen:?}");
    // Any other change of the endpoint is still possible.
    call(&engine, "endpoints.update", json!({ "endpoint_id": endpoint, "description": "still here" }));
}
