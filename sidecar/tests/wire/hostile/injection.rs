//! Text that would be a header, a line of the log or a part of the address if anybody took it for one.

use serde_json::{Value, json};

use super::super::client::exchange;
use super::super::receiver::{Receiver, answer, eventually};
use super::super::server::{KEY, Server};
use super::is_well;

const INJECTED: &str = "a\r\nX-Injected: y\r\n\r\nGET /v1/logs HTTP/1.1";

#[test]
fn what_may_hold_any_text_reaches_no_header() {
    let receiver = Receiver::start(|_, _| answer(200));
    let mut server = Server::start(&[]);
    let post = |path: &str, body: Value| server.request("POST", path, &body.to_string());
    let made = post("/v1/endpoints", json!({"url": receiver.url("/"), "description": INJECTED}));
    assert_eq!(made.status, 201, "{made:?}");
    let endpoint = made.json()["data"]["id"].clone();
    assert_eq!(post("/v1/api-keys", json!({ "label": INJECTED })).status, 201);
    let sent = post("/v1/webhooks/send", json!({"endpoint_id": endpoint, "payload": INJECTED}));
    assert_eq!(sent.status, 202, "{sent:?}");
    eventually("the delivery", || receiver.count() == 1);
    let delivery = &receiver.deliveries()[0];
    assert_eq!(delivery.header("x-injected"), None);
    assert_eq!(serde_json::from_slice::<Value>(&delivery.body).unwrap(), INJECTED);
    for address in ["/v1/endpoints", "/v1/api-keys", "/v1/logs"] {
        assert_eq!(server.request("GET", address, "").header("x-injected"), None, "{address}");
    }
    is_well(&mut server);
}

#[test]
fn what_would_reach_a_header_is_refused() {
    let mut server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].clone();
    let one = format!("/v1/endpoints/{}", endpoint.as_str().unwrap());
    for text in [INJECTED, "a\rb", "a\nb", "a\0b", "a\u{b}b", "a\u{7f}b", "\r\n"] {
        let cases = [
            (
                "POST",
                "/v1/webhooks/send",
                "INVALID_HEADERS",
                json!({"endpoint_id": endpoint, "payload": 1, "headers": {"X-A": text}}),
            ),
            (
                "POST",
                "/v1/webhooks/send",
                "INVALID_HEADERS",
                json!({"endpoint_id": endpoint, "payload": 1, "headers": {text: "b"}}),
            ),
            (
                "POST",
                "/v1/webhooks/send",
                "INVALID_REQUEST",
                json!({"endpoint_id": endpoint, "payload": 1, "idempotency_key": text}),
            ),
            (
                "POST",
                "/v1/webhooks/send",
                "ENDPOINT_NOT_FOUND",
                json!({"endpoint_id": format!("{}{text}", endpoint.as_str().unwrap()), "payload": 1}),
            ),
            (
                "POST",
                "/v1/endpoints",
                "INVALID_HEADERS",
                json!({"url": "http://127.0.0.1:9/", "headers": {"X-A": text}}),
            ),
            ("PATCH", &one, "INVALID_HEADERS", json!({"headers": {text: "b"}})),
            (
                "POST",
                "/v1/endpoints",
                "INVALID_ENDPOINT",
                json!({"url": format!("http://127.0.0.1:9/{text}")}),
            ),
            ("PATCH", &one, "INVALID_ENDPOINT", json!({"url": format!("http://127.0.0.1:9/?a={text}")})),
            (
                "POST",
                "/v1/endpoints",
                "INVALID_ENDPOINT",
                json!({"url": format!("http://127.0.0.1{text}:9/hook")}),
            ),
        ];
        for (method, path, code, body) in cases {
            let answer = server.request(method, path, &body.to_string());
            assert_eq!(answer.code(), code, "{path} {body}: {answer:?}");
            assert_eq!(answer.header("x-injected"), None);
        }
    }
    is_well(&mut server);
}

/// What a client says in its own request's headers is given back nowhere but as the host of a link.
#[test]
fn a_requests_own_headers_change_no_answer() {
    let mut server = Server::start(&[]);
    let times = r#"{"start_time":"2020-01-01T00:00:00Z","end_time":"2100-01-01T00:00:00Z"}"#;
    let export = server.request("POST", "/v1/exports", times).json()["data"]["id"].clone();
    let export = format!("/v1/exports/{}", export.as_str().unwrap());
    eventually("the export", || server.request("GET", &export, "").json()["data"]["status"] == "completed");
    let key = format!("Authorization: Bearer {KEY}\r\n");
    let ask = |headers: &[u8]| {
        let mut request =
            format!("GET {export}/download HTTP/1.1\r\nConnection: close\r\n{key}").into_bytes();
        request.extend_from_slice(headers);
        request.extend_from_slice(b"\r\n");
        exchange(server.address, &request)
    };
    let headers: [&[u8]; 14] = [
        b"Host: x\rX-Injected: y\r\n",
        b"Host: x\nX-Injected: y\r\n",
        b"Host: x\0y\r\n",
        b"Host: \xff\xfe\r\n",
        b"Host: x\r\nHost: y\r\n",
        b"Host: x y\r\n",
        b"Host:\r\n",
        b"",
        b"Host: x\r\nX-Request-Id: req_mine\r\n",
        b"Host: x\r\nX-Forwarded-Host: evil\r\nForwarded: host=evil\r\n",
        b"Host: x\r\ntraceparent: 00-zz-zz-zz\r\ntracestate: \xff\r\n",
        b"Host: x\r\n X-Folded: y\r\n",
        b"Host: x\r\nContent-Type: \xff\r\nAccept: \xff\r\nRange: bytes=0-\r\n",
        b"Host: x\r\nAuthorization: Bearer other\r\n",
    ];
    for wrong in headers {
        for answer in ask(wrong) {
            let shown = String::from_utf8_lossy(wrong);
            assert!(answer.status == 302 || (400..500).contains(&answer.status), "{shown}: {answer:?}");
            assert_ne!(answer.header("x-request-id"), Some("req_mine"));
            let location = answer.header("location").unwrap_or_default();
            assert!(!location.contains("evil"), "{location}");
            // A bare line feed ends a line to some parsers: then it is the client's own header, and no part of ours.
            assert_eq!(answer.header("x-injected"), None, "{shown}");
        }
    }
    is_well(&mut server);
}
