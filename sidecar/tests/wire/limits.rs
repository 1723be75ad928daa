//! The limits (docs/contract.md#limits) from the inside: what is just allowed passes, and what is not said has the documented default. What
//! is beyond them is in `errors`.

use std::io::Write;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::client::{connect, parse, read_all};
use super::receiver::{Receiver, answer, eventually};
use super::server::{KEY, Server, command};

#[track_caller]
fn accepted(server: &Server, method: &str, address: &str, body: &Value, status: u16) -> Value {
    let answer = server.request(method, address, &body.to_string());
    assert_eq!(answer.status, status, "{method} {address}: {answer:?}");
    answer.json()["data"].clone()
}

#[test]
fn what_is_just_allowed_is_taken() {
    let server = Server::start(&[]);
    let headers: Map<String, Value> =
        (0..50).map(|n| (format!("X-{n:02}"), json!("v".repeat(159)))).collect();
    // Fifty names of 4 bytes and values of 159 come to 8,150.
    let url = |length: usize| format!("http://127.0.0.1:9/{}", "p".repeat(length - 19));
    for length in [19, 2048] {
        assert_eq!(
            accepted(&server, "POST", "/v1/endpoints", &json!({"url": url(length)}), 201)["url"],
            url(length)
        );
    }
    let most = json!({
        "url": url(20), "description": "é".repeat(500), "rate_limit_rps": 1000, "burst": 10_000, "max_attempts": 100,
        "headers": headers, "retry_schedule": vec![1; 100],
    });
    let id = accepted(&server, "POST", "/v1/endpoints", &most, 201)["id"].clone();
    let one = format!("/v1/endpoints/{}", id.as_str().unwrap());
    let shown = server.request("GET", &one, "").json()["data"].clone();
    for field in ["description", "rate_limit_rps", "burst", "max_attempts", "headers"] {
        assert_eq!(shown[field], most[field], "{field}");
    }
    accepted(
        &server,
        "PATCH",
        &one,
        &json!({"headers": {"Authorization": "Bearer x", "Cookie": "a=b"}}),
        200,
    );

    accepted(&server, "POST", &format!("{one}/pause"), &json!({}), 200);
    let exactly = json!({"X-A": "v".repeat(8192 - 3)});
    for more in [
        json!({"headers": exactly, "idempotency_key": "aZ0_-".repeat(51)}),
        json!({"headers": headers, "idempotency_key": "k", "retention_hours": 720}),
        json!({"headers": {}, "retention_hours": 0}),
        json!({"headers": null, "retention_hours": null, "idempotency_key": null}),
    ] {
        let mut body = json!({"endpoint_id": id, "payload": null});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(accepted(&server, "POST", "/v1/webhooks/send", &body, 202)["status"], "queued");
    }
    let hundred = json!({"message_ids": vec!["x"; 100]});
    assert_eq!(accepted(&server, "POST", "/v1/messages/replay-batch", &hundred, 200)["failed"], 100);
    assert_eq!(accepted(&server, "POST", "/v1/messages/delete-batch", &hundred, 200)["not_found_count"], 100);
    accepted(&server, "POST", "/v1/api-keys", &json!({"label": "l".repeat(255)}), 201);
    let actors =
        format!("/v1/actors/lookup?user_id={}&api_key_id={}", ["u"; 50].join(","), ["k"; 50].join(","));
    assert_eq!(server.request("GET", &actors, "").json()["data"], json!({"users": {}, "api_keys": {}}));
    for (path, most) in [("/v1/endpoints", 100), ("/v1/logs", 500), ("/v1/dlq/messages", 1000)] {
        for limit in [1, most] {
            assert_eq!(
                server.request("GET", &format!("{path}?limit={limit}"), "").status,
                200,
                "{path} {limit}"
            );
        }
    }
}

/// More messages than any default, all of them dead.
#[test]
fn what_is_not_said_has_the_documented_default() {
    const COUNT: usize = 1001;
    let receiver = Receiver::start(|_, _| answer(400));
    let server = Server::start(&[]);
    for _ in 0..50 {
        server.create_endpoint("http://127.0.0.1:9/");
    }
    let endpoint = server.create_endpoint(&receiver.url("/"))["id"].as_str().unwrap().to_owned();
    let body = json!({"endpoint_id": endpoint, "payload": 1}).to_string();
    let send = |last: &str| {
        format!(
            "POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n{last}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let mut stream = connect(server.address);
    let mut writer = stream.try_clone().unwrap();
    let all = send("").repeat(COUNT - 1) + &send("Connection: close\r\n");
    let written = std::thread::spawn(move || writer.write_all(all.as_bytes()));
    let answers = parse(&read_all(&mut stream));
    written.join().unwrap().unwrap();
    assert!(answers.len() == COUNT && answers.iter().all(|answer| answer.status == 202));
    eventually("all of them to be dead", || {
        server.request("GET", "/v1/stats", "").json()["data"]["dead"].as_u64() == Some(COUNT as u64)
    });

    let get = |address: &str| server.request("GET", address, "").json();
    let length = |list: &Value| list.as_array().unwrap().len();
    for (address, expected) in [
        ("/v1/endpoints", 50),
        ("/v1/endpoints?limit=100", 51),
        ("/v1/logs", 50),
        ("/v1/logs?limit=500", 500),
    ] {
        let page = get(address);
        assert_eq!(length(&page["data"]), expected, "{address}");
        assert_eq!(page["meta"]["has_more"], expected != 51, "{address}");
    }
    for (address, expected) in [("/v1/dlq/messages", 100), ("/v1/dlq/messages?limit=1000", 1000)] {
        let page = &get(address)["data"];
        assert_eq!((length(&page["messages"]), &page["has_more"]), (expected, &json!(true)), "{address}");
    }
    assert_eq!(get("/v1/metrics")["data"]["window"], "24h");
    assert_eq!(get("/v1/metrics")["data"]["total_messages"], COUNT);
    let series = get("/v1/metrics/timeseries")["data"].clone();
    assert_eq!((&series["window"], length(&series["buckets"])), (&json!("24h"), 24));

    let post = |address: &str| server.request("POST", address, "").json()["data"].clone();
    let replayed = post("/v1/messages/replay-all?status=failed_permanent");
    assert_eq!((&replayed["replayed"], length(&replayed["replayed_message_ids"])), (&json!(100), 100));
    let deleted = post("/v1/messages/delete-all");
    assert_eq!((&deleted["deleted"], length(&deleted["deleted_message_ids"])), (&json!(1000), 1000));
    assert_eq!(post("/v1/messages/delete-all")["deleted"], 1);
    // Deleted ones stay in the logs, and leave the dead letter queue.
    assert_eq!(length(&get("/v1/logs?limit=500")["data"]), 500);
    assert_eq!(get("/v1/dlq/messages")["data"]["messages"], json!([]));
}

/// Without `allow_local_endpoints`: neither `http://` nor an address that is not public, however it is written.
#[test]
fn only_public_https_is_delivered_to_where_nothing_else_was_permitted() {
    let folder = Arc::new(TempDir::new().unwrap());
    let mut strict = command();
    strict
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--api-key", KEY, "--database"])
        .arg(folder.path().join("outbox.db"));
    let server = Server::run(folder, strict);
    for (code, url) in [
        ("INVALID_ENDPOINT", "http://example.com/hook"),
        ("INVALID_ENDPOINT", "https://a.b"),
        ("ENDPOINT_BLOCKED", "https://localhost/hook"),
        ("ENDPOINT_BLOCKED", "https://127.0.0.1/hook"),
        ("ENDPOINT_BLOCKED", "https://2130706433/hook"),
        ("ENDPOINT_BLOCKED", "https://0x7f.1/hook"),
        ("ENDPOINT_BLOCKED", "https://[::1]/hook"),
        ("ENDPOINT_BLOCKED", "https://[::ffff:10.0.0.1]/hook"),
        ("ENDPOINT_BLOCKED", "https://10.1.2.3/hook"),
        ("ENDPOINT_BLOCKED", "https://172.16.0.1/hook"),
        ("ENDPOINT_BLOCKED", "https://192.168.1.1/hook"),
        ("ENDPOINT_BLOCKED", "https://169.254.169.254/hook"),
        ("ENDPOINT_BLOCKED", "https://[fe80::1]/hook"),
        ("ENDPOINT_BLOCKED", "https://[fc00::1]/hook"),
        ("ENDPOINT_BLOCKED", "https://224.0.0.1/hook"),
        ("ENDPOINT_BLOCKED", "https://0.0.0.0/hook"),
        ("ENDPOINT_BLOCKED", "https://[::]/hook"),
        ("ENDPOINT_UNREACHABLE", "https://nothing.invalid/hook"),
    ] {
        let answer = server.request("POST", "/v1/endpoints", &json!({ "url": url }).to_string());
        assert_eq!((answer.status, answer.code().as_str()), (400, code), "{url}: {answer:?}");
    }
}
