//! Requests that are wrong in themselves, from callers without a key, and more of them than there are places.

use std::io::{Read, Write};

use serde_json::json;

use super::super::client::{connect, exchange, parse, read_all};
use super::super::server::{KEY, Server};
use super::provoked::{Provoked, filled};
use super::table;

const MALFORMED: (u16, &str) = (400, "INVALID_REQUEST");
const NO_ENDPOINT: (u16, &str) = (404, "ENDPOINT_NOT_FOUND");
const TOO_LARGE: (u16, &str) = (413, "PAYLOAD_TOO_LARGE");

/// The methods and paths whose rows have this refusal.
fn rows(refusal: (u16, &'static str)) -> impl Iterator<Item = (String, &'static str)> {
    let rows = table::rows().into_iter().filter(move |row| row.refusals.contains(&refusal));
    rows.map(|row| (row.method, row.path))
}

pub fn ids_that_lead_nowhere(provoked: &mut Provoked, server: &Server) {
    for (method, template) in rows(MALFORMED).filter(|(_, path)| path.contains('{')) {
        provoked.ask(server, (&method, template), &filled(template, "%ff"), "", MALFORMED);
    }
    let unknown_endpoint = "ep_00000000000000000000000000000000";
    for (method, template) in rows(NO_ENDPOINT).filter(|(_, path)| path.contains("{endpoint_id}")) {
        for id in [unknown_endpoint, "ep_nonexistent_12345", "x", "EP_00000000000000000000000000000000"] {
            let body = match template.rsplit('/').next() {
                Some("verify") => r#"{"headers":{},"body":""}"#,
                Some("replay-events") => r#"{"since":"2026-01-01T00:00:00Z"}"#,
                _ => "{}",
            };
            provoked.ask(server, (&method, template), &filled(template, id), body, NO_ENDPOINT);
        }
    }
    let unknown = (404, "NOT_FOUND");
    let key = "sk_00000000000000000000000000000000";
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    for (method, template) in rows(unknown) {
        let template_of_one = template.replace("{endpoint_id}", &endpoint);
        let known = ["00000000-0000-7000-8000-000000000000", "key_00000000000000000000000000000000", key];
        let body =
            if template.ends_with("/reschedule") { r#"{"deliver_at":"2026-01-01T00:00:00Z"}"# } else { "" };
        for id in known.into_iter().chain(["x", "nonsense%20and%0d%0amore"]) {
            provoked.ask(server, (&method, template), &filled(&template_of_one, id), body, unknown);
        }
    }
    for (method, template, query) in [
        ("POST", "/v1/messages/replay-all", "status=failed_permanent&"),
        ("POST", "/v1/messages/delete-all", ""),
        ("POST", "/v1/messages/cancel-all", ""),
        ("GET", "/v1/endpoints/health", ""),
        ("GET", "/v1/dlq/messages", ""),
        ("GET", "/v1/logs", ""),
        ("GET", "/v1/dlq/groups", ""),
        ("GET", "/v1/metrics", ""),
        ("GET", "/v1/metrics/timeseries", ""),
    ] {
        let address = format!("{template}?{query}endpoint_id={unknown_endpoint}");
        provoked.ask(server, (method, template), &address, "", NO_ENDPOINT);
    }
    let times = r#""start_time":"2025-01-01T00:00:00","end_time":"2025-01-02T00:00:00""#;
    let body = format!(r#"{{{times},"endpoint_id":"ep_x"}}"#);
    provoked.ask(server, ("POST", "/v1/exports"), "/v1/exports", &body, NO_ENDPOINT);
    for id in ["ep_nonexistent_12345", unknown_endpoint] {
        let body = format!(r#"{{"endpoint_id":"{id}","payload":{{}}}}"#);
        provoked.ask(server, ("POST", "/v1/webhooks/send"), "/v1/webhooks/send", &body, NO_ENDPOINT);
    }
}

/// What breaks a rule of its route: each limit by one, each type, each form.
pub fn values_that_are_not_allowed(provoked: &mut Provoked, server: &Server) {
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let send = "/v1/webhooks/send";
    let sends = [
        String::new(),
        r#"{"payload":1}"#.to_owned(),
        format!(r#"{{"endpoint_id":"{endpoint}"}}"#),
        format!(r#"{{"endpoint_id":"{endpoint}","payload":1,"payload":2}}"#),
        format!(r#"{{"endpoint_id":"{endpoint}","payload":1,"idempotency_key":""}}"#),
        format!(r#"{{"endpoint_id":"{endpoint}","payload":1,"idempotency_key":"a b"}}"#),
        format!(r#"{{"endpoint_id":"{endpoint}","payload":1,"idempotency_key":"{}"}}"#, "k".repeat(256)),
        format!(r#"{{"endpoint_id":"{endpoint}","payload":1,"retention_hours":-1}}"#),
        format!(r#"{{"endpoint_id":"{endpoint}","payload":1,"retention_hours":721}}"#),
        format!(r#"{{"endpoint_id":"{endpoint}","payload":1,"headers":"X-A: b"}}"#),
        format!(r#"{{"endpoint_id":"{endpoint}","payload":1,"headers":{{"X-A":1}}}}"#),
    ];
    for body in &sends {
        provoked.ask(server, ("POST", send), send, body, MALFORMED);
    }
    let url = r#""url":"http://127.0.0.1:9/""#;
    let one = format!("/v1/endpoints/{endpoint}");
    let (create, update) = (("POST", "/v1/endpoints"), ("PATCH", "/v1/endpoints/{endpoint_id}"));
    for wrong in [
        format!(r#""description":"{}""#, "d".repeat(501)),
        r#""rate_limit_rps":1001"#.to_owned(),
        r#""rate_limit_rps":-1"#.to_owned(),
        r#""rate_limit_rps":1.5"#.to_owned(),
        r#""burst":10001"#.to_owned(),
        r#""burst":"1""#.to_owned(),
        r#""max_attempts":101"#.to_owned(),
        r#""retry_schedule":[-1]"#.to_owned(),
        r#""retry_schedule":{"slow":[]}"#.to_owned(),
        r#""retry_schedule":"daily""#.to_owned(),
        r#""headers":["X-A: b"]"#.to_owned(),
    ] {
        provoked.ask(server, create, "/v1/endpoints", &format!("{{{url},{wrong}}}"), MALFORMED);
        provoked.ask(server, update, &one, &format!("{{{wrong}}}"), MALFORMED);
    }
    provoked.ask(server, create, "/v1/endpoints", "{}", MALFORMED);
    let many = |count: usize| json!({"message_ids": vec!["x"; count]}).to_string();
    let named = [
        String::new(),
        many(0),
        many(101),
        r#"{"message_ids":"x"}"#.into(),
        r#"{"message_ids":null}"#.into(),
    ];
    for path in ["/v1/messages/replay-batch", "/v1/messages/delete-batch"] {
        for body in &named {
            provoked.ask(server, ("POST", path), path, body, MALFORMED);
        }
    }
    let label = format!(r#"{{"label":"{}"}}"#, "l".repeat(256));
    for body in [r#"{"mode":"staging"}"#, r#"{"mode":1}"#, &label] {
        provoked.ask(server, ("POST", "/v1/api-keys"), "/v1/api-keys", body, MALFORMED);
    }
    let times = |start: &str, end: &str| format!(r#""start_time":"{start}","end_time":"{end}""#);
    let day = times("2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z");
    for body in [
        "{}".to_owned(),
        format!("{{{}}}", times("2025-01-02T00:00:00Z", "2025-01-01T00:00:00Z")),
        format!("{{{}}}", times("2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z")),
        format!("{{{}}}", times("0000-01-01T00:00:00+01:00", "2025-01-01T00:00:00Z")),
        format!(r#"{{{day},"direction":"inbound"}}"#),
        format!(r#"{{{day},"status":"odd"}}"#),
    ] {
        provoked.ask(server, ("POST", "/v1/exports"), "/v1/exports", &body, MALFORMED);
    }
    let hundred_and_one = format!("api_key_id={}", vec!["k"; 101].join(","));
    for (method, path, queries) in [
        ("GET", "/v1/endpoints", &["limit=0", "limit=101", "limit=x", "cursor=x", "limit=1&limit=2"][..]),
        ("POST", "/v1/messages/replay-all", &["", "status=succeeded", "status=failed_permanent&limit=1001"]),
        ("POST", "/v1/messages/delete-all", &["status=odd", "limit=0", "limit=1001", "created_after=today"]),
        (
            "GET",
            "/v1/logs",
            &["limit=501", "limit=-1", "limit=1.5", "limit=99999999999999999999", "cursor=x"],
        ),
        (
            "GET",
            "/v1/logs",
            &["status=odd", "start_time=yesterday", "end_time=2025-13-01T00:00:00Z", "cursor=%ff"],
        ),
        ("GET", "/v1/dlq/messages", &["limit=0", "limit=1001", "cursor=ZTE6MQ"]),
        ("GET", "/v1/dlq/groups", &["cursor=ZTE6MQ", "cursor=x"]),
        ("GET", "/v1/activity", &["limit=0", "limit=501", "cursor=bTE6MQ", "cursor=x"]),
        ("GET", "/v1/endpoints/health", &["limit=0", "limit=101", "cursor=x"]),
        (
            "POST",
            "/v1/messages/cancel-all",
            &["limit=0", "limit=1001", "dry_run=perhaps", "created_after=soon", "cursor=x"],
        ),
        ("GET", "/v1/metrics", &["window=2h"]),
        ("GET", "/v1/metrics/timeseries", &["window=1"]),
        ("GET", "/v1/actors/lookup", &["", "user_id=", "user_id=,", &hundred_and_one]),
    ] {
        for query in queries {
            provoked.ask(server, (method, path), &format!("{path}?{query}"), "", MALFORMED);
        }
    }
}

pub fn headers_and_urls_that_are_not_allowed(provoked: &mut Provoked, server: &Server) {
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let one = format!("/v1/endpoints/{endpoint}");
    let (create, update) = (("POST", "/v1/endpoints"), ("PATCH", "/v1/endpoints/{endpoint_id}"));
    let refused = (400, "INVALID_HEADERS");
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("X-{n}"), json!(""))).collect();
    let everywhere = [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "Upgrade",
        "TE",
        "Trailer",
        "Proxy",
        "Proxy-Authorization",
        "Content-Type",
        "Content-Encoding",
        "X-Webhook-Id",
        "X_Webhook_Signature",
        "Content_Length",
        "webhook-id",
        "X A",
        "X-A\r\nX-B",
        "",
    ];
    let mut wrong: Vec<_> = everywhere.iter().map(|name| json!({*name: "x"})).collect();
    wrong.push(many.into());
    wrong.push(json!({"X-A": "v".repeat(8190)}));
    for value in ["a\r\nX-B: c", "a\n", "a\0", "\u{7f}"] {
        wrong.push(json!({"X-A": value}));
    }
    wrong.push(json!({"X-A": "1", "x-a": "2"}));
    wrong.push(json!({"X-A": "1", "X_A": "2"}));
    for headers in &wrong {
        let body = json!({"url": "http://127.0.0.1:9/", "headers": headers}).to_string();
        provoked.ask(server, create, "/v1/endpoints", &body, refused);
        provoked.ask(server, update, &one, &json!({"headers": headers}).to_string(), refused);
    }
    let on_messages = [json!({"Authorization": "x"}), json!({"Cookie": "x"})];
    for headers in wrong.iter().chain(&on_messages) {
        let body = json!({"endpoint_id": endpoint, "payload": 1, "headers": headers}).to_string();
        provoked.ask(server, ("POST", "/v1/webhooks/send"), "/v1/webhooks/send", &body, refused);
    }
    let long = format!("https://example.com/{}", "p".repeat(2048));
    for (code, url) in [
        ("INVALID_ENDPOINT", "ftp://example.com/x"),
        ("INVALID_ENDPOINT", "https://"),
        ("INVALID_ENDPOINT", ""),
        ("INVALID_ENDPOINT", "example.com/hook"),
        ("INVALID_ENDPOINT", "https://user:word@example.com/x"),
        ("INVALID_ENDPOINT", "https://exa mple.com/x"),
        ("INVALID_ENDPOINT", "https://example.com/x\r\nX: y"),
        ("INVALID_ENDPOINT", &long),
        ("ENDPOINT_UNREACHABLE", "https://nothing.invalid/x"),
        ("ENDPOINT_BLOCKED", "http://169.254.169.254/x"),
        ("ENDPOINT_BLOCKED", "http://[fd00:ec2::254]/x"),
        ("ENDPOINT_BLOCKED", "http://224.0.0.1/hook"),
    ] {
        let body = json!({ "url": url }).to_string();
        provoked.ask(server, create, "/v1/endpoints", &body, (400, code));
        provoked.ask(server, update, &one, &body, (400, code));
    }
}

/// Refused by the length that is told, before any of the body comes, and by the payload's own.
pub fn bodies_that_are_too_large(provoked: &mut Provoked, server: &Server) {
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    for (method, template) in rows(TOO_LARGE) {
        let path = filled(template, &endpoint);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
             Content-Length: 99999999999\r\n\r\n"
        );
        let answer = exchange(server.address, request.as_bytes()).remove(0);
        provoked.note(server, (&method, template), &answer, TOO_LARGE);
    }
    let send = "/v1/webhooks/send";
    let payload =
        |size: usize| format!(r#"{{"endpoint_id":"{endpoint}","payload":"{}"}}"#, "x".repeat(size - 2));
    provoked.ask(server, ("POST", send), send, &payload(1_048_577), TOO_LARGE);
    assert_eq!(server.request("POST", send, &payload(1_048_576)).status, 202);
}

pub fn callers_without_a_key(provoked: &mut Provoked, server: &Server) {
    let unauthorized = (401, "UNAUTHORIZED");
    for credentials in [
        "",
        "Authorization: Bearer hb_test_00000000000000000000000000000000\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: Basic eDp5\r\n",
    ] {
        provoked.ask_everywhere(server, credentials, unauthorized);
    }
}

/// Each route with a key whose scope does not have it.
pub fn callers_with_a_key_for_something_else(provoked: &mut Provoked, server: &Server) {
    let forbidden = (403, "FORBIDDEN");
    // What a key of the scope `send` may do.
    let may_send = ["/v1/webhooks/send", "/v1/events"];
    let key = |scope: &str| {
        let created = server.request("POST", "/v1/api-keys", &json!({"scope": scope}).to_string()).json();
        format!("Authorization: Bearer {}\r\n", created["data"]["key"].as_str().unwrap())
    };
    let (reads, sends) = (key("read"), key("send"));
    for row in table::rows() {
        let credentials = if may_send.contains(&row.path) && row.method == "POST" { &reads } else { &sends };
        provoked.ask_with(server, &row, credentials, forbidden);
        // What a reader may not do it is not told about either.
        if row.refusals.contains(&table::UNWRITABLE) {
            provoked.ask_with(server, &row, &reads, forbidden);
        }
    }
}

/// One request has the only place and is known to have it: the server asks for its body.
pub fn more_than_there_are_places(provoked: &mut Provoked) {
    let server = Server::start(&["--max-requests", "1"]);
    let mut stream = connect(server.address);
    let head = format!(
        "POST /v1/endpoints HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
         Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut said = [0; 25];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"HTTP/1.1 100 Continue\r\n\r\n");
    let key = format!("Authorization: Bearer {KEY}\r\n");
    provoked.ask_everywhere(&server, &key, (429, "RATE_LIMIT_EXCEEDED"));
    stream.write_all(b"{}").unwrap();
    assert_eq!(parse(&read_all(&stream)).remove(0).code(), "INVALID_REQUEST");
    assert_eq!(server.request("GET", "/v1/logs", "").status, 200);
}
