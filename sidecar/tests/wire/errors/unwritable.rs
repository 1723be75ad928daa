//! An outbox that cannot be written: the process may write no file any further, as on a full disk.

use std::time::Duration;

use hookbridge_core::model::timestamp::Timestamp;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::json;

use super::super::receiver::{Receiver, answer, eventually};
use super::super::server::Server;
use super::provoked::Provoked;
use super::table::UNWRITABLE;

/// The moment so many seconds from now.
fn at(seconds: u64) -> Timestamp {
    Timestamp::now().plus(Duration::from_secs(seconds))
}

fn limit_files(server: &Server, size: Option<u64>) {
    let pid = Pid::from_raw(i32::try_from(server.pid()).unwrap()).unwrap();
    prlimit(Some(pid), Resource::Fsize, Rlimit { current: size, maximum: None }).unwrap();
}

/// Each route that writes is asked for what it would do otherwise, so that only the disk can refuse it.
pub fn every_route_that_writes(provoked: &mut Provoked) {
    let receiver = Receiver::start(|delivery, _| answer(if delivery.path == "/dead" { 400 } else { 500 }));
    let mut server = Server::start(&[]);
    let created = server.create_endpoint(&receiver.url("/dead"));
    let one = format!("/v1/endpoints/{}", created["id"].as_str().unwrap());
    let two_keys = server.create_endpoint("http://127.0.0.1:9/");
    let two_keys = format!("/v1/endpoints/{}", two_keys["id"].as_str().unwrap());
    let second = server.request("POST", &format!("{two_keys}/rotate-secret"), "").json()["data"].clone();
    let dead = server.send(created["id"].as_str().unwrap(), "1");
    server.wait_for_status(&dead, "failed_permanent");
    let failing = server.create_endpoint(&receiver.url("/fails"));
    let waiting = server.send(failing["id"].as_str().unwrap(), "1");
    server.wait_for_status(&waiting, "pending_retry");
    let scheduled = json!({"endpoint_id": failing["id"], "payload": 1, "deliver_at": at(3600)}).to_string();
    let scheduled = server.request("POST", "/v1/webhooks/send", &scheduled).json()["data"].clone();
    let scheduled = scheduled["message_id"].as_str().unwrap();
    let event = r#"{"type":"order.created","payload":1}"#;
    let known = r#"{"name":"order.paid"}"#;
    assert_eq!(server.request("POST", "/v1/event-types", known).status, 201);
    // An event that somebody has missed: nobody wanted it when it came.
    let missed = r#"{"type":"order.created","payload":1,"tenant":"late"}"#;
    assert_eq!(server.request("POST", "/v1/events", missed).json()["data"]["matched"], 0);
    let late = json!({"url": receiver.url("/dead"), "tenant": "late"}).to_string();
    let late = server.request("POST", "/v1/endpoints", &late).json()["data"]["id"].clone();
    let late = format!("/v1/endpoints/{}/replay-events", late.as_str().unwrap());
    let key = server.request("POST", "/v1/api-keys", "{}").json()["data"].clone();
    let times = r#"{"start_time":"2020-01-01T00:00:00Z","end_time":"2100-01-01T00:00:00Z"}"#;
    let export = server.request("POST", "/v1/exports", times).json();
    let export = format!("/v1/exports/{}", export["data"]["id"].as_str().unwrap());
    eventually("the export", || server.request("GET", &export, "").json()["data"]["status"] == "completed");

    limit_files(&server, Some(0));
    let send = json!({"endpoint_id": created["id"], "payload": 1}).to_string();
    let moved = json!({"deliver_at": at(7200)}).to_string();
    let named = json!({"message_ids": [dead]}).to_string();
    let key = key["key_id"].as_str().unwrap();
    let second = second["id"].as_str().unwrap();
    #[rustfmt::skip]
    let requests: Vec<(&str, &str, String, &str)> = vec![
        ("POST", "/v1/webhooks/send", "/v1/webhooks/send".into(), &send),
        ("POST", "/v1/events", "/v1/events".into(), event),
        ("POST", "/v1/event-types", "/v1/event-types".into(), r#"{"name":"order.created"}"#),
        ("PATCH", "/v1/event-types/{name}", "/v1/event-types/order.paid".into(), r#"{"deprecated":true}"#),
        ("DELETE", "/v1/event-types/{name}", "/v1/event-types/order.paid".into(), ""),
        ("POST", "/v1/endpoints/{endpoint_id}/replay-events", late, r#"{"since":"2020-01-01T00:00:00Z"}"#),
        ("POST", "/v1/messages/{message_id}/reschedule", format!("/v1/messages/{scheduled}/reschedule"), &moved),
        ("POST", "/v1/endpoints", "/v1/endpoints".into(), r#"{"url":"http://127.0.0.1:9/"}"#),
        ("PATCH", "/v1/endpoints/{endpoint_id}", one.clone(), r#"{"description":"d"}"#),
        ("POST", "/v1/endpoints/{endpoint_id}/pause", format!("{one}/pause"), ""),
        ("POST", "/v1/endpoints/{endpoint_id}/resume", format!("{one}/resume"), ""),
        ("POST", "/v1/endpoints/{endpoint_id}/signing-keys", format!("{one}/signing-keys"), ""),
        ("POST", "/v1/endpoints/{endpoint_id}/rotate-secret", format!("{one}/rotate-secret"), ""),
        ("DELETE", "/v1/endpoints/{endpoint_id}/signing-keys/{key_id}", format!("{two_keys}/signing-keys/{second}"), ""),
        ("POST", "/v1/messages/{message_id}/replay", format!("/v1/messages/{dead}/replay"), ""),
        ("POST", "/v1/messages/{message_id}/cancel", format!("/v1/messages/{waiting}/cancel"), ""),
        ("POST", "/v1/messages/{message_id}/retry-now", format!("/v1/messages/{waiting}/retry-now"), ""),
        ("POST", "/v1/messages/replay-all", "/v1/messages/replay-all?status=failed_permanent".into(), ""),
        ("POST", "/v1/messages/cancel-all", "/v1/messages/cancel-all".into(), ""),
        ("POST", "/v1/messages/replay-batch", "/v1/messages/replay-batch".into(), &named),
        ("DELETE", "/v1/messages/{message_id}", format!("/v1/messages/{dead}"), ""),
        ("POST", "/v1/messages/delete-batch", "/v1/messages/delete-batch".into(), &named),
        ("POST", "/v1/messages/delete-all", "/v1/messages/delete-all?status=failed_permanent".into(), ""),
        ("POST", "/v1/dlq/replay/{message_id}", format!("/v1/dlq/replay/{dead}"), ""),
        ("POST", "/v1/api-keys", "/v1/api-keys".into(), "{}"),
        ("POST", "/v1/login-codes", "/v1/login-codes".into(), ""),
        ("DELETE", "/v1/api-keys/{key_id}", format!("/v1/api-keys/{key}"), ""),
        ("POST", "/v1/exports", "/v1/exports".into(), times),
        ("DELETE", "/v1/exports/{export_id}", export.clone(), ""),
        ("DELETE", "/v1/endpoints/{endpoint_id}", one.clone(), ""),
    ];
    for (method, template, address, body) in &requests {
        provoked.ask(&server, (method, template), address, body, UNWRITABLE);
    }
    // What is there can be read, and nothing of what was refused has happened.
    let status =
        |id: &str| server.request("GET", &format!("/v1/messages/{id}"), "").json()["data"]["status"].clone();
    assert_eq!((status(&dead), status(&waiting)), (json!("failed_permanent"), json!("pending_retry")));
    assert_eq!(server.request("GET", &one, "").json()["data"]["paused"], false);
    assert_eq!(server.request("GET", "/v1/logs", "").json()["data"].as_array().unwrap().len(), 3);

    limit_files(&server, None);
    for (method, _, address, body) in &requests {
        let answer = server.request(method, address, body);
        // Each in turn may find what those before it have left.
        assert!(answer.status < 500, "{method} {address}: {answer:?}");
    }
    assert!(server.is_running());
}
