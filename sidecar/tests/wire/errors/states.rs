//! Requests that come at the wrong moment: to a message, a key or an export that is not, or no longer, as they need it.

use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::json;
use tempfile::TempDir;

use super::super::receiver::{Answer, Receiver, answer, eventually};
use super::super::server::Server;
use super::provoked::Provoked;

const TIMES: &str = r#"{"start_time":"2020-01-01T00:00:00Z","end_time":"2100-01-01T00:00:00Z"}"#;
const REPLAY: (&str, &str) = ("POST", "/v1/messages/{message_id}/replay");
const PAYLOAD: (&str, &str) = ("GET", "/v1/messages/{message_id}/payload");
const DEAD_REPLAY: (&str, &str) = ("POST", "/v1/dlq/replay/{message_id}");
const DOWNLOAD: (&str, &str) = ("GET", "/v1/exports/{export_id}/download");

fn receiver() -> Receiver {
    Receiver::start(|delivery, _| {
        answer(match delivery.path.as_str() {
            "/ok" => 200,
            "/dead" => 400,
            "/busy" => 429,
            _ => 500,
        })
    })
}

fn endpoint(server: &Server, receiver: &Receiver, path: &str) -> String {
    server.create_endpoint(&receiver.url(path))["id"].as_str().unwrap().to_owned()
}

fn sent(server: &Server, endpoint: &str, status: &str) -> String {
    let message = server.send(endpoint, "1");
    server.wait_for_status(&message, status);
    message
}

pub fn of_messages(provoked: &mut Provoked, server: &Server) {
    let receiver = receiver();
    let made = |path| endpoint(server, &receiver, path);
    let (ok, dead, busy, fails, held) =
        (made("/ok"), made("/dead"), made("/busy"), made("/fails"), made("/ok"));
    let delivered = sent(server, &ok, "succeeded");
    let given_up = sent(server, &dead, "failed_permanent");
    let fast = sent(server, &busy, "pending_retry");
    let slow = sent(server, &fails, "pending_retry");
    assert_eq!(server.request("POST", &format!("/v1/endpoints/{held}/pause"), "").status, 200);
    let queued = server.send(&held, "1");
    let replay = |id: &str| format!("/v1/messages/{id}/replay");

    provoked.ask(server, REPLAY, &replay(&queued), "", (409, "DELIVERY_IN_PROGRESS"));
    provoked.ask(server, REPLAY, &replay(&fast), "", (409, "RETRY_IN_PROGRESS"));
    for id in [&delivered, &given_up, &queued] {
        for (template, verb) in [
            ("/v1/messages/{message_id}/cancel", "cancel"),
            ("/v1/messages/{message_id}/retry-now", "retry-now"),
        ] {
            let address = format!("/v1/messages/{id}/{verb}");
            provoked.ask(server, ("POST", template), &address, "", (400, "INVALID_STATUS"));
        }
    }
    for id in [&delivered, &queued, &fast, &slow] {
        provoked.ask(server, DEAD_REPLAY, &format!("/v1/dlq/replay/{id}"), "", (400, "INVALID_STATUS"));
    }

    // The limit counts one route's replays, and being refused changes nothing, however often a client asks again.
    for _ in 0..10 {
        assert_eq!(server.request("POST", &replay(&given_up), "").status, 200);
        server.wait_for_status(&given_up, "failed_permanent");
    }
    let before = server.request("GET", &format!("/v1/messages/{given_up}"), "").json()["data"].clone();
    for _ in 0..4 {
        provoked.ask(server, REPLAY, &replay(&given_up), "", (429, "REPLAY_LIMIT_EXCEEDED"));
    }
    assert_eq!(server.request("GET", &format!("/v1/messages/{given_up}"), "").json()["data"], before);
    assert_eq!(before["replay_count"], 10);
    assert_eq!(server.request("POST", &format!("/v1/dlq/replay/{given_up}"), "").status, 200);
    server.wait_for_status(&given_up, "failed_permanent");

    let dropped = json!({"endpoint_id": ok, "payload": 1, "retention_hours": 0}).to_string();
    let dropped = server.request("POST", "/v1/webhooks/send", &dropped).json()["data"]["message_id"].clone();
    let dropped = dropped.as_str().unwrap();
    server.wait_for_status(dropped, "succeeded");
    for id in [&delivered, &given_up] {
        assert_eq!(server.request("DELETE", &format!("/v1/messages/{id}"), "").status, 200);
    }
    let gone = (410, "PAYLOAD_UNAVAILABLE");
    for id in [dropped, &delivered, &given_up] {
        provoked.ask(server, REPLAY, &replay(id), "", gone);
    }
    provoked.ask(server, DEAD_REPLAY, &format!("/v1/dlq/replay/{given_up}"), "", gone);

    let send = "/v1/webhooks/send";
    let keyed = |payload: u32| {
        json!({"endpoint_id": held, "payload": payload, "idempotency_key": "k".repeat(255)}).to_string()
    };
    let first = server.request("POST", send, &keyed(1)).json()["data"].clone();
    assert_eq!(server.request("POST", send, &keyed(1)).json()["data"], first);
    provoked.ask(server, ("POST", send), send, &keyed(2), (409, "IDEMPOTENCY_MISMATCH"));
    // The key is free once its message is deleted.
    let id = first["message_id"].as_str().unwrap();
    assert_eq!(server.request("DELETE", &format!("/v1/messages/{id}"), "").status, 200);
    assert_eq!(server.request("POST", send, &keyed(2)).status, 202);
}

/// The receiver has the message and does not answer while the test goes on.
pub fn of_a_message_on_its_way(provoked: &mut Provoked, server: &Server) {
    let receiver = Receiver::start(|_, _| Answer { delay: Duration::from_secs(60), ..answer(200) });
    let under_way = sent(server, &endpoint(server, &receiver, "/slow"), "delivering");
    let address = |verb: &str| format!("/v1/messages/{under_way}/{verb}");
    provoked.ask(server, REPLAY, &address("replay"), "", (409, "DELIVERY_IN_PROGRESS"));
    for (template, verb) in
        [("/v1/messages/{message_id}/cancel", "cancel"), ("/v1/messages/{message_id}/retry-now", "retry-now")]
    {
        provoked.ask(server, ("POST", template), &address(verb), "", (400, "INVALID_STATUS"));
    }
    provoked.ask(server, DEAD_REPLAY, &format!("/v1/dlq/replay/{under_way}"), "", (400, "INVALID_STATUS"));
    let deleted = server.request("DELETE", &format!("/v1/messages/{under_way}"), "");
    assert_eq!(deleted.json()["data"]["already_deleted"], false, "{deleted:?}");
    provoked.ask(server, REPLAY, &address("replay"), "", (410, "PAYLOAD_UNAVAILABLE"));
    provoked.ask(server, PAYLOAD, &address("payload"), "", (410, "PAYLOAD_UNAVAILABLE"));
}

pub fn of_signing_keys(provoked: &mut Provoked, server: &Server) {
    let created = server.create_endpoint("http://127.0.0.1:9/");
    let (id, first) = (created["id"].as_str().unwrap(), created["signing_key_id"].as_str().unwrap());
    let keys = format!("/v1/endpoints/{id}/signing-keys");
    let last = ("DELETE", "/v1/endpoints/{endpoint_id}/signing-keys/{key_id}");
    provoked.ask(server, last, &format!("{keys}/{first}"), "", (409, "CANNOT_DELETE_LAST_SIGNING_KEY"));
    assert_eq!(server.request("POST", &keys, "").status, 201);
    for (template, verb) in [
        ("/v1/endpoints/{endpoint_id}/signing-keys", "signing-keys"),
        ("/v1/endpoints/{endpoint_id}/rotate-secret", "rotate-secret"),
    ] {
        let address = format!("/v1/endpoints/{id}/{verb}");
        provoked.ask(server, ("POST", template), &address, "", (409, "MAX_SIGNING_KEYS_REACHED"));
    }
}

/// A file stands where the exports' folder would be, so that none can be written.
pub fn of_an_export_that_is_not_written(provoked: &mut Provoked) {
    let folder = Arc::new(TempDir::new().unwrap());
    std::fs::write(folder.path().join("outbox.db-exports"), "in the way").unwrap();
    let server = Server::start_in(folder, &[]);
    let export = server.request("POST", "/v1/exports", TIMES);
    assert_eq!(export.status, 201, "{export:?}");
    let id = export.json()["data"]["id"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        provoked.ask(&server, DOWNLOAD, &format!("/v1/exports/{id}/download"), "", (400, "EXPORT_NOT_READY"));
    }
}

/// Time passes in the file while no server has it; the one that comes then does not sweep.
pub fn past_their_time(provoked: &mut Provoked) {
    let receiver = receiver();
    let folder = Arc::new(TempDir::new().unwrap());
    let mut server = Server::start_in(folder.clone(), &[]);
    let delivered = sent(&server, &endpoint(&server, &receiver, "/ok"), "succeeded");
    let given_up = sent(&server, &endpoint(&server, &receiver, "/dead"), "failed_permanent");
    let export = server.request("POST", "/v1/exports", TIMES).json();
    let export = format!("/v1/exports/{}", export["data"]["id"].as_str().unwrap());
    eventually("the export", || server.request("GET", &export, "").json()["data"]["status"] == "completed");
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success());
    {
        let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
        let day = 24 * 3600 * 1000_i64;
        let aged = "UPDATE hookbridge_messages SET created_at = created_at - ?1";
        assert_eq!(file.execute(aged, [31 * day]).unwrap(), 2);
        let aged = "UPDATE hookbridge_exports SET expires_at = expires_at - ?1";
        assert_eq!(file.execute(aged, [8 * day]).unwrap(), 1);
    }
    let server = Server::start_in(folder, &["--delivery", "off"]);
    let expired = (410, "RETENTION_EXPIRED");
    provoked.ask(&server, REPLAY, &format!("/v1/messages/{delivered}/replay"), "", expired);
    provoked.ask(&server, REPLAY, &format!("/v1/messages/{given_up}/replay"), "", expired);
    provoked.ask(&server, PAYLOAD, &format!("/v1/messages/{given_up}/payload"), "", expired);
    provoked.ask(&server, DEAD_REPLAY, &format!("/v1/dlq/replay/{given_up}"), "", expired);
    provoked.ask(&server, DOWNLOAD, &format!("{export}/download"), "", (410, "EXPORT_EXPIRED"));
    assert_eq!(server.request("GET", &export, "").json()["data"]["status"], "expired");
}
