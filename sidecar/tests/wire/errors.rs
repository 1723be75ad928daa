//! Every documented code that a client can provoke, with its status.

use std::io::Write;

use serde_json::json;

use super::client::{connect, exchange, parse, read_all};
use super::receiver::{Receiver, answer, eventually};
use super::server::{KEY, Server};

#[test]
fn each_code_comes_with_its_status() {
    let receiver = Receiver::start(|delivery, _| {
        answer(match delivery.path.as_str() {
            "/ok" => 200,
            "/dead" => 400,
            _ => 429,
        })
    });
    let server = Server::start(&[]);
    let made = |path: &str| server.create_endpoint(&receiver.url(path))["id"].as_str().unwrap().to_owned();
    let (ok, dead, busy, held) = (made("/ok"), made("/dead"), made("/busy"), made("/ok"));
    let delivered = server.send(&ok, "1");
    server.wait_for_status(&delivered, "succeeded");
    let given_up = server.send(&dead, "1");
    server.wait_for_status(&given_up, "failed_permanent");
    let pending = server.send(&busy, "1");
    server.wait_for_status(&pending, "pending_retry");
    server.request("POST", &format!("/v1/endpoints/{held}/pause"), "");
    let queued = server.send(&held, "1");
    let deleted = server.send(&held, "1");
    server.request("DELETE", &format!("/v1/messages/{deleted}"), "");
    server.request("POST", &format!("/v1/endpoints/{ok}/rotate-secret"), "");
    let key = server.request("GET", &format!("/v1/endpoints/{dead}/signing-keys"), "").json();
    let key = key["data"][0]["id"].as_str().unwrap().to_owned();
    let first = json!({"endpoint_id": held, "payload": 1, "idempotency_key": "k"}).to_string();
    let once = server.request("POST", "/v1/webhooks/send", &first).json()["data"]["message_id"].clone();
    assert_eq!(server.request("POST", "/v1/webhooks/send", &first).json()["data"]["message_id"], once);
    for _ in 0..10 {
        assert_eq!(server.request("POST", &format!("/v1/messages/{given_up}/replay"), "").status, 200);
        server.wait_for_status(&given_up, "failed_permanent");
    }

    let send = |more: &str| format!(r#"{{"endpoint_id":"{ok}","payload":1{more}}}"#);
    let nil = "00000000-0000-7000-8000-000000000000";
    let post = "POST";
    #[rustfmt::skip]
    let cases: Vec<(u16, &str, &str, String, String)> = vec![
        (404, "NOT_FOUND", "GET", "/v1/nothing".into(), String::new()),
        (404, "NOT_FOUND", "GET", format!("/v1/messages/{nil}"), String::new()),
        (404, "NOT_FOUND", "GET", "/v1/messages/nonsense".into(), String::new()),
        (404, "NOT_FOUND", "DELETE", format!("/v1/endpoints/{dead}/signing-keys/sk_x"), String::new()),
        (404, "ENDPOINT_NOT_FOUND", "GET", "/v1/endpoints/ep_x".into(), String::new()),
        (404, "ENDPOINT_NOT_FOUND", post, "/v1/webhooks/send".into(), r#"{"endpoint_id":"ep_nonexistent_12345","payload":{}}"#.into()),
        (400, "INVALID_REQUEST", post, "/v1/webhooks/send".into(), String::new()),
        (400, "INVALID_REQUEST", post, "/v1/webhooks/send".into(), send(r#","payload":2"#)),
        (400, "INVALID_REQUEST", post, "/v1/webhooks/send".into(), send(r#","idempotency_key":"a b""#)),
        (400, "INVALID_REQUEST", "GET", "/v1/logs?limit=501".into(), String::new()),
        (400, "INVALID_REQUEST", "GET", "/v1/logs?limit=99999999999999999999".into(), String::new()),
        (400, "INVALID_REQUEST", "GET", "/v1/logs?limit=1.5".into(), String::new()),
        (400, "INVALID_REQUEST", "GET", "/v1/logs?cursor=x".into(), String::new()),
        (400, "INVALID_REQUEST", "GET", "/v1/logs?status=odd".into(), String::new()),
        (400, "INVALID_REQUEST", "GET", "/v1/logs?start_time=yesterday".into(), String::new()),
        (400, "INVALID_REQUEST", "GET", "/v1/messages/%ff".into(), String::new()),
        (400, "INVALID_REQUEST", post, "/v1/messages/replay-all".into(), String::new()),
        (400, "INVALID_REQUEST", post, "/v1/messages/replay-batch".into(), r#"{"message_ids":[]}"#.into()),
        (405, "INVALID_REQUEST", "PUT", "/v1/endpoints".into(), String::new()),
        (400, "INVALID_HEADERS", post, "/v1/webhooks/send".into(), send(r#","headers":{"Host":"x"}"#)),
        (400, "INVALID_HEADERS", post, "/v1/webhooks/send".into(), send(r#","headers":{"X-A":"b\r\nX-C: d"}"#)),
        (400, "INVALID_ENDPOINT", post, "/v1/endpoints".into(), r#"{"url":"ftp://example.com/x"}"#.into()),
        (400, "ENDPOINT_UNREACHABLE", post, "/v1/endpoints".into(), r#"{"url":"https://nothing.invalid/x"}"#.into()),
        (400, "ENDPOINT_BLOCKED", post, "/v1/endpoints".into(), r#"{"url":"http://169.254.169.254/x"}"#.into()),
        (409, "IDEMPOTENCY_MISMATCH", post, "/v1/webhooks/send".into(), first.replace(r#""payload":1"#, r#""payload":2"#)),
        (400, "INVALID_STATUS", post, format!("/v1/messages/{delivered}/cancel"), String::new()),
        (400, "INVALID_STATUS", post, format!("/v1/messages/{delivered}/retry-now"), String::new()),
        (409, "DELIVERY_IN_PROGRESS", post, format!("/v1/messages/{queued}/replay"), String::new()),
        (409, "RETRY_IN_PROGRESS", post, format!("/v1/messages/{pending}/replay"), String::new()),
        (409, "MAX_SIGNING_KEYS_REACHED", post, format!("/v1/endpoints/{ok}/signing-keys"), String::new()),
        (409, "CANNOT_DELETE_LAST_SIGNING_KEY", "DELETE", format!("/v1/endpoints/{dead}/signing-keys/{key}"), String::new()),
        (410, "PAYLOAD_UNAVAILABLE", post, format!("/v1/messages/{deleted}/replay"), String::new()),
        (413, "PAYLOAD_TOO_LARGE", post, "/v1/webhooks/send".into(), format!(r#"{{"endpoint_id":"{ok}","payload":"{}"}}"#, "x".repeat(1_048_575))),
        (429, "REPLAY_LIMIT_EXCEEDED", post, format!("/v1/messages/{given_up}/replay"), String::new()),
    ];
    for (status, code, method, path, body) in cases {
        let answer = server.request(method, &path, &body);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path}: {answer:?}");
        let request_id = answer.json()["meta"]["request_id"].as_str().unwrap().to_owned();
        assert_eq!(answer.header("x-request-id"), Some(request_id.as_str()));
        eventually("the log line", || server.logged(&request_id));
    }
    let allowed = server.request("PUT", "/v1/endpoints", "");
    assert!(allowed.header("allow").unwrap().contains("POST"));
}

#[test]
fn a_key_is_needed_and_never_logged() {
    let server = Server::start(&["--log-level", "trace"]);
    let ask = |authorization: &str| {
        let text = format!("GET /v1/logs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}\r\n");
        exchange(server.address, text.as_bytes()).remove(0)
    };
    for wrong in ["", "Authorization: Bearer hb_test_unknown\r\n", "Authorization: Basic eDp5\r\n"] {
        let answer = ask(wrong);
        assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHORIZED"), "{wrong}");
    }
    assert_eq!(ask(&format!("authorization: bearer {KEY}\r\n")).status, 200);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/secret-path");
    server.send(endpoint["id"].as_str().unwrap(), r#""the payload's words""#);
    for secret in
        [KEY, endpoint["signing_secret"].as_str().unwrap(), "the payload's words", "hb_test_unknown"]
    {
        assert!(!server.logged(secret), "{secret}");
    }
}

#[test]
fn oversize_is_refused_before_and_while_it_is_read() {
    let server = Server::start(&[]);
    let head = format!("POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n");
    // Nothing of the body is sent: the answer cannot have waited for it.
    let told =
        exchange(server.address, format!("{head}Content-Length: 99999999999\r\n\r\n").as_bytes()).remove(0);
    assert_eq!((told.status, told.code().as_str()), (413, "PAYLOAD_TOO_LARGE"));

    let mut stream = connect(server.address);
    stream.write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..18 {
        let _ = stream.write_all(chunk.as_bytes());
    }
    let found = parse(&read_all(&stream)).remove(0);
    assert_eq!((found.status, found.code().as_str()), (413, "PAYLOAD_TOO_LARGE"));
}

#[test]
fn more_requests_than_are_served_are_told_when_to_come_again() {
    let server = Server::start(&["--max-requests", "1"]);
    let head = format!("POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n");
    let begun = format!("{head}Connection: close\r\nContent-Length: 2\r\n\r\n{{");
    // The one that asks may have had the place when a slow one came, which was refused then: another one tries.
    let mut slow = Vec::new();
    eventually("the place to be taken", || {
        let mut stream = connect(server.address);
        stream.write_all(begun.as_bytes()).unwrap();
        slow.push(stream);
        let answer = server.request("GET", "/v1/logs", "");
        if answer.status == 429 {
            assert_eq!(answer.code(), "RATE_LIMIT_EXCEEDED");
            assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
        }
        answer.status == 429
    });
    let statuses: Vec<u16> = slow
        .iter_mut()
        .map(|stream| {
            // One that was refused is closed already.
            let _ = stream.write_all(b"}");
            parse(&read_all(stream)).remove(0).status
        })
        .collect();
    assert!(statuses.contains(&400), "{statuses:?}");
    assert!(statuses.iter().all(|status| [400, 429].contains(status)), "{statuses:?}");
    eventually("the place to be free", || server.request("GET", "/v1/logs", "").status == 200);
}
