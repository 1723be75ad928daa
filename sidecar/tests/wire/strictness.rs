//! What the SDKs send and what they cannot do without (docs/contract.md#what-published-clients-rely-on): what one
//! of them shrugs off crashes another.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::{Answer, exchange};
use super::receiver::{Receiver, answer, eventually};
use super::server::{KEY, Server};

/// The headers that each SDK puts on every request, whether it has a body or not. Go sends a type with a body only.
const PYTHON: &str =
    "User-Agent: hookbridge-python/1.2.0\r\nAccept: application/json\r\nContent-Type: application/json\r\n";
const PHP: &str =
    "User-Agent: hookbridge-php/1.4.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n";
const GO: &str = "User-Agent: hookbridge-go/1.5.0\r\nAccept-Encoding: gzip\r\n";

fn ask(server: &Server, method: &str, address: &str, rest: &str) -> Answer {
    let request = format!(
        "{method} {address} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n{rest}"
    );
    let mut answers = exchange(server.address, request.as_bytes());
    assert_eq!(answers.len(), 1, "{method} {address}");
    answers.remove(0)
}

/// A server with one message of each end, and one endpoint that nothing is sent to.
struct Scene {
    server: Server,
    _receiver: Receiver,
    endpoint: String,
    idle: String,
    delivered: String,
    dead: String,
    waiting: String,
}

impl Scene {
    fn set() -> Self {
        let receiver = Receiver::start(|delivery, _| {
            answer(match delivery.path.as_str() {
                "/ok" => 200,
                "/dead" => 400,
                _ => 500,
            })
        });
        let server = Server::start(&[]);
        let made =
            |path: &str| server.create_endpoint(&receiver.url(path))["id"].as_str().unwrap().to_owned();
        let (endpoint, refusing, failing, idle) = (made("/ok"), made("/dead"), made("/fails"), made("/idle"));
        let sent = |endpoint: &str, status: &str| {
            let id = server.send(endpoint, "{}");
            server.wait_for_status(&id, status);
            id
        };
        let delivered = sent(&endpoint, "succeeded");
        let dead = sent(&refusing, "failed_permanent");
        let waiting = sent(&failing, "pending_retry");
        Self { server, _receiver: receiver, endpoint, idle, delivered, dead, waiting }
    }

    fn get(&self, address: &str) -> Value {
        let answer = self.server.request("GET", address, "");
        assert_eq!(answer.status, 200, "{address}: {answer:?}");
        answer.json()
    }
}

#[track_caller]
fn has(value: &Value, keys: &str) {
    for key in keys.split(' ') {
        assert!(value.get(key).is_some_and(|found| !found.is_null()), "`{key}` is absent or null: {value}");
    }
}

#[test]
fn a_type_without_a_body_and_a_body_without_a_type_are_taken() {
    let scene = Scene::set();
    let (endpoint, idle, delivered) = (&scene.endpoint, &scene.idle, &scene.delivered);
    for address in [
        "/v1/endpoints".to_owned(),
        format!("/v1/endpoints/{endpoint}"),
        format!("/v1/endpoints/{endpoint}/signing-keys"),
        format!("/v1/messages/{delivered}"),
        format!("/v1/messages/{delivered}/attempts"),
        "/v1/logs?status=&limit=&cursor=".to_owned(),
        "/v1/dlq/messages".to_owned(),
        "/v1/metrics?window=".to_owned(),
        "/v1/metrics/timeseries".to_owned(),
        "/v1/api-keys".to_owned(),
        "/v1/exports".to_owned(),
        "/v1/actors/lookup?user_id=u".to_owned(),
    ] {
        for sdk in [PYTHON, PHP, GO] {
            for length in ["\r\n", "Content-Length: 0\r\n\r\n"] {
                let answer = ask(&scene.server, "GET", &address, &format!("{sdk}{length}"));
                assert_eq!(answer.status, 200, "{address} {sdk}: {answer:?}");
            }
        }
    }
    for action in ["pause", "resume"] {
        let address = format!("/v1/endpoints/{idle}/{action}");
        for sdk in [PYTHON, PHP, GO] {
            for body in [
                "\r\n",
                "Content-Length: 0\r\n\r\n",
                "Content-Length: 2\r\n\r\n{}",
                "Content-Length: 2\r\n\r\n[]",
                "Content-Length: 4\r\n\r\nnull",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            ] {
                let answer = ask(&scene.server, "POST", &address, &format!("{sdk}{body}"));
                assert_eq!(answer.status, 200, "{address} {sdk}{body}: {answer:?}");
            }
        }
    }
    for sdk in [PYTHON, PHP, GO] {
        let answer = ask(
            &scene.server,
            "POST",
            "/v1/messages/replay-all?status=failed_permanent",
            &format!("{sdk}\r\n"),
        );
        assert_eq!(answer.status, 200, "{sdk}: {answer:?}");
        scene.server.wait_for_status(&scene.dead, "failed_permanent");
        let key = ask(&scene.server, "POST", "/v1/api-keys", &format!("{sdk}Content-Length: 2\r\n\r\n{{}}"));
        let id = key.json()["data"]["key_id"].as_str().unwrap().to_owned();
        let gone = ask(&scene.server, "DELETE", &format!("/v1/api-keys/{id}"), &format!("{sdk}\r\n"));
        assert_eq!((gone.status, gone.body.len()), (204, 0), "{sdk}: {gone:?}");
    }
}

/// PHP writes an empty map as `[]`, and sends `hmac_enabled` with every endpoint.
#[test]
fn what_php_writes_for_nothing_is_nothing() {
    let receiver = Receiver::start(|_, _| answer(200));
    let server = Server::start(&[]);
    let url = receiver.url("/");
    let body = json!({"url": url, "headers": [], "hmac_enabled": true, "description": null}).to_string();
    let created = server.request("POST", "/v1/endpoints", &body);
    assert_eq!(created.status, 201, "{created:?}");
    let id = created.json()["data"]["id"].as_str().unwrap().to_owned();
    let one = format!("/v1/endpoints/{id}");

    let set =
        server.request("PATCH", &one, r#"{"headers":{"X-A":"b"},"rate_limit_rps":5,"description":"d"}"#);
    assert_eq!(set.json()["data"]["headers"], json!({"X-A": "b"}));
    let same = server.request("PATCH", &one, "[]");
    assert_eq!((same.status, &same.json()["data"]["headers"]), (200, &json!({"X-A": "b"})));
    let cleared = server.request("PATCH", &one, r#"{"headers":[],"rate_limit_rps":0,"description":""}"#);
    let cleared = &cleared.json()["data"];
    for field in ["headers", "rate_limit_rps", "description"] {
        assert_eq!(cleared[field], Value::Null, "{cleared}");
    }

    let body = json!({"endpoint_id": id, "payload": [], "headers": [], "endpoint": "unknown"}).to_string();
    let sent = server.request("POST", "/v1/webhooks/send", &body);
    assert_eq!(sent.status, 202, "{sent:?}");
    eventually("the delivery", || receiver.count() == 1);
    assert_eq!(receiver.deliveries()[0].body, b"[]");
}

#[test]
fn lists_are_never_null_and_say_whether_more_follows() {
    let server = Server::start(&[]);
    let empty = |address: &str| {
        let answer = server.request("GET", address, "").json();
        assert_eq!(answer["meta"]["has_more"], false, "{address}");
        // PHP takes an empty text for a further page.
        assert_eq!(answer["meta"].get("next_cursor"), Some(&Value::Null), "{address}");
        answer["data"].clone()
    };
    for address in [
        "/v1/endpoints",
        "/v1/logs",
        "/v1/exports",
        "/v1/messages/00000000-0000-7000-8000-000000000000/attempts",
        "/v1/messages/foreign/attempts",
    ] {
        assert_eq!(empty(address), json!([]), "{address}");
    }
    assert_eq!(empty("/v1/api-keys").as_array().unwrap().len(), 1, "the calling key");
    let letters = server.request("GET", "/v1/dlq/messages", "").json();
    assert_eq!(letters["data"], json!({"messages": [], "has_more": false, "next_cursor": null}));
    let replayed = server.request("POST", "/v1/messages/replay-all?status=pending_retry", "").json();
    let none = json!({"replayed": 0, "failed": 0, "stuck": 0, "replayed_message_ids": [], "stuck_message_ids": [],
               "refused": {}, "dry_run": false, "next_cursor": null});
    assert_eq!(replayed["data"], none);
    let deleted = server.request("POST", "/v1/messages/delete-all", "").json();
    assert_eq!(
        deleted["data"],
        json!({"deleted": 0, "deleted_message_ids": [], "dry_run": false, "next_cursor": null})
    );

    for _ in 0..3 {
        server.create_endpoint("http://127.0.0.1:9/");
    }
    let (mut cursor, mut seen) = (String::new(), BTreeSet::new());
    loop {
        let page = server.request("GET", &format!("/v1/endpoints?limit=1&cursor={cursor}"), "").json();
        seen.insert(page["data"][0]["id"].as_str().unwrap().to_owned());
        let next = page["meta"]["next_cursor"].as_str();
        assert_eq!(page["meta"]["has_more"], next.is_some());
        let Some(next) = next else { break };
        cursor = next.to_owned();
    }
    assert_eq!(seen.len(), 3);
}

/// The keys that Python's and PHP's parsers read without a default, and those that only Go has.
#[test]
fn what_a_parser_reads_without_a_default_is_there() {
    let scene = Scene::set();
    let server = &scene.server;
    let created = server.create_endpoint("http://127.0.0.1:9/");
    has(&created, "id url signing_key_id signing_secret key_hint created_at");
    has(&scene.get("/v1/endpoints")["data"][0], "id url created_at paused");
    let one = format!("/v1/endpoints/{}", scene.endpoint);
    has(&scene.get(&one)["data"], "id url created_at updated_at paused");
    let updated = server.request("PATCH", &one, r#"{"description":"d"}"#).json();
    has(&updated["data"], "id url created_at updated_at paused updated description");
    let key = server.request("POST", &format!("{one}/signing-keys"), "").json();
    has(&key["data"], "id signing_secret key_hint created_at");
    assert!(
        key["data"]["signing_secret"].as_str().unwrap().ends_with(key["data"]["key_hint"].as_str().unwrap())
    );
    has(&scene.get(&format!("{one}/signing-keys"))["data"][1], "id key_hint created_at");
    let paused = server.request("POST", &format!("{one}/pause"), "").json();
    has(&paused["data"], "id paused");
    let resumed = server.request("POST", &format!("{one}/resume"), "").json();
    has(&resumed["data"], "id paused messages_requeued");

    let message = "id project_id endpoint_id status attempt_count replay_count content_type size_bytes \
                   payload_sha256 created_at updated_at";
    let message: Vec<&str> = message.split_whitespace().collect();
    has(&scene.get(&format!("/v1/messages/{}", scene.delivered))["data"], &message.join(" "));
    has(
        &scene.get(&format!("/v1/messages/{}/attempts", scene.delivered))["data"][0],
        "id attempt_no created_at",
    );
    let summary = "message_id endpoint status attempt_count created_at";
    for line in scene.get("/v1/logs")["data"].as_array().unwrap() {
        has(line, summary);
    }
    let letters = scene.get("/v1/dlq/messages");
    has(&letters["data"], "messages has_more");
    has(&letters["data"]["messages"][0], &format!("{summary} failed_at last_error"));

    for (verb, status) in [("retry-now", "pending_retry"), ("cancel", "failed_permanent")] {
        server.wait_for_status(&scene.waiting, "pending_retry");
        let changed = server.request("POST", &format!("/v1/messages/{}/{verb}", scene.waiting), "").json();
        has(&changed["data"], &format!("message_id {}", message.join(" ")));
        assert_eq!(changed["data"]["status"], status);
        assert_eq!(changed["data"]["message_id"], changed["data"]["id"]);
        // Told by the second attempt that it is over.
        eventually("the retry", || {
            let shown = scene.get(&format!("/v1/messages/{}", scene.waiting));
            shown["data"]["attempt_count"] == 2
        });
    }
    let replayed = server.request("POST", &format!("/v1/messages/{}/replay", scene.dead), "").json();
    has(&replayed, "message data meta");
    assert_eq!(replayed["data"], json!({"message_id": scene.dead, "status": "queued"}));
    server.wait_for_status(&scene.dead, "failed_permanent");
    let batch = json!({"message_ids": [scene.dead, "x"]}).to_string();
    let replayed = server.request("POST", "/v1/messages/replay-batch", &batch).json();
    has(&replayed, "message");
    has(&replayed["data"], "replayed failed stuck results");
    has(&replayed["data"]["results"][0], "message_id status");
    has(&replayed["data"]["results"][1], "message_id status error");

    has(
        &scene.get("/v1/metrics")["data"],
        "window total_messages succeeded failed retries success_rate avg_latency_ms",
    );
    has(
        &scene.get("/v1/metrics/timeseries")["data"]["buckets"][0],
        "timestamp succeeded failed retrying total avg_latency_ms",
    );
    for _ in 0..2 {
        let deleted = server.request("DELETE", &format!("/v1/messages/{}", scene.delivered), "").json();
        has(&deleted["data"], "message_id deleted_at already_deleted");
    }
}

#[test]
fn api_keys_are_labelled_and_their_mode_can_be_seen() {
    let server = Server::start(&[]);
    let create = |body: &str| server.request("POST", "/v1/api-keys", body).json()["data"].clone();
    for (body, prefix, label) in [
        ("", "hb_live_", ""),
        ("{}", "hb_live_", ""),
        (r#"{"label":null,"mode":null}"#, "hb_live_", ""),
        (r#"{"mode":"test","label":"ci"}"#, "hb_test_", "ci"),
    ] {
        let key = create(body);
        has(&key, "key_id key prefix label created_at");
        let secret = key["key"].as_str().unwrap();
        assert!(secret.starts_with(prefix) && secret.len() == 40, "{body}: {key}");
        assert_eq!(
            (key["prefix"].as_str().unwrap(), &key["label"]),
            (&secret[..11], &json!(label)),
            "{body}"
        );
    }
    for key in server.request("GET", "/v1/api-keys", "").json()["data"].as_array().unwrap() {
        has(key, "key_id label prefix created_at");
        assert_eq!(key.get("key"), None, "{key}");
    }
}

/// Python writes no offset and microseconds, PHP an offset, Go its own offset and up to nanoseconds.
#[test]
fn times_are_read_as_each_sdk_writes_them() {
    let scene = Scene::set();
    let past = [
        "2020-01-01T00:00:00",
        "2020-01-01T00:00:00.123456",
        "2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00%2B00:00",
        "2020-01-01T05:30:00%2B05:30",
        "2019-12-31T16:00:00-08:00",
        "2020-01-01T00:00:00.123456789Z",
        "2020-01-01t00:00:00z",
    ];
    for time in past {
        let logs = scene.get(&format!("/v1/logs?start_time={time}"));
        assert_eq!(logs["data"].as_array().unwrap().len(), 3, "{time}");
        let logs = scene.get(&format!("/v1/logs?end_time={time}"));
        assert_eq!(logs["data"], json!([]), "{time}");
        let body =
            json!({"start_time": time.replace("%2B", "+"), "end_time": "2030-01-01T00:00:00"}).to_string();
        let export = scene.server.request("POST", "/v1/exports", &body);
        assert_eq!(export.status, 201, "{time}: {export:?}");
        let export = &export.json()["data"];
        has(export, "id project_id status filter_start_time filter_end_time created_at");
        let read = export["filter_start_time"].as_str().unwrap();
        assert!(read == "2020-01-01T00:00:00.000Z" || read == "2020-01-01T00:00:00.123Z", "{time}: {read}");
        let deleted =
            scene.server.request("POST", &format!("/v1/messages/delete-all?created_before={time}"), "");
        assert_eq!(deleted.json()["data"]["deleted"], 0, "{time}");
    }
}

/// An SDK that lost the answer sends the same up to three times more, at once or one after another.
#[test]
fn a_send_that_is_repeated_is_one_message() {
    let receiver = Receiver::start(|_, _| answer(200));
    let server = Server::start(&[]);
    let endpoint = server.create_endpoint(&receiver.url("/"))["id"].as_str().unwrap().to_owned();
    let body =
        json!({"endpoint_id": endpoint, "payload": {"n": 1}, "idempotency_key": "order-1"}).to_string();
    let receipts: Vec<Value> = std::thread::scope(|scope| {
        let sends: Vec<_> =
            (0..4).map(|_| scope.spawn(|| server.request("POST", "/v1/webhooks/send", &body))).collect();
        sends
            .into_iter()
            .map(|send| {
                let answer = send.join().unwrap();
                assert_eq!(answer.status, 202, "{answer:?}");
                answer.json()["data"].clone()
            })
            .collect()
    });
    let message = receipts[0]["message_id"].as_str().unwrap();
    server.wait_for_status(message, "succeeded");
    assert!(receipts.iter().all(|receipt| *receipt == json!({"message_id": message, "status": "queued"})));
    let late = server.request("POST", "/v1/webhooks/send", &body).json()["data"].clone();
    assert_eq!(late, receipts[0], "delivered meanwhile, and answered all the same");
    assert_eq!(server.request("GET", "/v1/logs", "").json()["data"].as_array().unwrap().len(), 1);
    assert_eq!(receiver.count(), 1);
}

/// SDKs put ids into the path as they are.
#[test]
fn an_id_that_is_none_is_not_found_however_it_is_written() {
    let server = Server::start(&[]);
    for id in ["", "..", "a/b", "a%2Fb", "a?b=c", "%00", "%F0%9F%8E%89", "*", "a;b", &"x".repeat(4000)] {
        let answer = server.request("GET", &format!("/v1/messages/{id}"), "");
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"), "{id:.40}");
    }
}
