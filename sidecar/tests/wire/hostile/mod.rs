//! Clients that are wrong, broken or malicious: never a 5xx, never the end of the server.

mod framing;
mod injection;
mod uploads;

use std::io::Write;
use std::time::Duration;

use super::client::{connect, exchange, parse, read_all};
use super::server::{KEY, Server};

/// Whether it lives, and nothing in it broke.
#[track_caller]
fn is_well(server: &mut Server) {
    assert_eq!(server.request("GET", "/readyz", "").status, 200);
    assert!(server.is_running());
    for word in ["panicked", "INTERNAL_ERROR"] {
        assert!(!server.logged(word), "{word}: {:?}", server.log.lock().unwrap());
    }
}

fn post(more: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n{more}\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

#[test]
fn broken_bodies_are_refused_with_a_code() {
    let server = Server::start(&[]);
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let nested = format!(r#"{{"endpoint_id":{},"payload":1}}"#, deep("[", "]"));
    let headers = format!(r#"{{"endpoint_id":"ep_x","payload":1,"headers":{{"a":{}}}}}"#, deep("[", "]"));
    let unfinished = format!(r#"{{"endpoint_id":"ep_x","payload":{}"#, "[".repeat(100_000));
    let bodies: Vec<&[u8]> = vec![
        b"{",
        b"nonsense",
        b"[]",
        b"null",
        b"\"x\"",
        b"{\"endpoint_id\":1}",
        b"{\"endpoint_id\":\"\xff\",\"payload\":1}",
        b"{\"endpoint_id\":\"ep_x\",\"payload\":\"\xc3\x28\"}",
        b"{\"endpoint_id\":\"a\",\"endpoint_id\":\"b\",\"payload\":1}",
        b"{\"endpoint_id\":\"ep_x\",\"payload\":1}{}",
        b"{\"endpoint_id\":\"ep_x\",\"payload\":nan}",
        b"{\"endpoint_id\":\"ep_x\",\"payload\":1,\"retention_hours\":1e400}",
        b"{\"endpoint_id\":\"ep_x\",\"payload\":1,\"retention_hours\":99999999999999999999999}",
        b"\x00\x01\x02",
        b"{\"endpoint_id\":\"ep_x\",\"payload\":01}",
        nested.as_bytes(),
        headers.as_bytes(),
        unfinished.as_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answers = exchange(server.address, &post("", body));
        assert_eq!(answers.len(), 1, "{shown}");
        assert_eq!((answers[0].status, answers[0].code().as_str()), (400, "INVALID_REQUEST"), "{shown}");
    }
    let form = exchange(server.address, &post("Content-Type: application/x-www-form-urlencoded\r\n", b"a=b"))
        .remove(0);
    assert_eq!((form.status, form.code().as_str()), (400, "INVALID_REQUEST"));
}

#[test]
fn a_payload_may_be_as_deep_as_it_likes() {
    let server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    server.send(&endpoint, &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
}

#[test]
fn neither_type_nor_body_is_demanded() {
    let server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let body = format!(r#" {{ "endpoint_id": "{endpoint}", "payload": {{}}, "endpoint": "unknown" }} "#);
    assert_eq!(exchange(server.address, &post("", body.as_bytes())).remove(0).status, 202);
    let bare = format!(
        "POST /v1/endpoints/{endpoint}/pause HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(exchange(server.address, bare.as_bytes()).remove(0).status, 200);
}

#[test]
fn odd_framing_is_understood_or_refused() {
    let server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let get = |last: &str| {
        format!(
            "GET /v1/endpoints/{endpoint} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n{last}\r\n"
        )
    };
    let pipelined = [get(""), get(""), get("Connection: close\r\n")].concat();
    let answers = exchange(server.address, pipelined.as_bytes());
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, 200]);

    let body = format!(r#"{{"endpoint_id":"{endpoint}","payload":[1,2]}}"#);
    let mut chunked = format!(
        "POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    for byte in body.chars() {
        chunked.push_str(&format!("1;extension=\"x\"\r\n{byte}\r\n"));
    }
    chunked.push_str("0\r\nX-Trailer: y\r\n\r\n");
    assert_eq!(exchange(server.address, chunked.as_bytes()).remove(0).status, 202);

    let auth = format!("Authorization: Bearer {KEY}\r\n");
    let refused: Vec<Vec<u8>> = vec![
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        format!("GET /v1/logs HTTP/1.1\r\nHost: x\r\n{auth}X-A: b\0c\r\nConnection: close\r\n\r\n").into_bytes(),
        format!("GET /v1/logs HTTP/1.1\r\nHost: x\r\n{auth}X A: b\r\nConnection: close\r\n\r\n").into_bytes(),
        format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1 << 20)).into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: x\r\nX-A: {}\r\n\r\n", "a".repeat(1 << 20)).into_bytes(),
        format!("GET / HTTP/1.1\r\n{}\r\n", "X-A: b\r\n".repeat(10_000)).into_bytes(),
        format!("POST /v1/endpoints HTTP/1.1\r\nHost: x\r\n{auth}Content-Length: 2\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{{}}").into_bytes(),
        format!("POST /v1/endpoints HTTP/1.1\r\nHost: x\r\n{auth}Content-Length: -1\r\nConnection: close\r\n\r\n").into_bytes(),
        format!("POST /v1/endpoints HTTP/1.1\r\nHost: x\r\n{auth}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n").into_bytes(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense that is no frame".to_vec(),
    ];
    for request in refused {
        let shown = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
        let mut stream = connect(server.address);
        let _ = stream.write_all(&request);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let bytes = read_all(&stream);
        if bytes.starts_with(b"HTTP/1.") {
            let status = parse(&bytes)[0].status;
            assert!((400..500).contains(&status), "{shown}: {status}");
        }
    }
    assert_eq!(server.request("GET", "/healthz", "").status, 200);
}

#[test]
fn what_breaks_off_harms_nobody() {
    let server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let whole = post("", format!(r#"{{"endpoint_id":"{endpoint}","payload":1}}"#).as_bytes());
    for end in 0..whole.len() {
        let mut stream = connect(server.address);
        stream.write_all(&whole[..end]).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        for answer in parse(&read_all(&stream)) {
            assert!((400..500).contains(&answer.status), "{end}: {answer:?}");
        }
    }
    assert_eq!(server.request("GET", "/v1/logs", "").json()["data"].as_array().unwrap().len(), 0);
}

/// Each of these stays silent at another point, and the end of the connection is waited for without a limit that
/// could decide anything.
#[test]
fn slow_clients_are_cut_off() {
    let server = Server::start(&["--header-timeout", "1", "--body-timeout", "1"]);
    let post = format!(
        "POST /v1/endpoints HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 9\r\n\r\n{{"
    );
    for beginning in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX-A: "] {
        let mut stream = connect(server.address);
        stream.write_all(beginning.as_bytes()).unwrap();
        for answer in parse(&read_all(&stream)) {
            assert_eq!(answer.status, 408, "{beginning:?}");
        }
    }
    let mut stream = connect(server.address);
    stream.write_all(post.as_bytes()).unwrap();
    let answer = parse(&read_all(&stream)).remove(0);
    assert_eq!((answer.status, answer.code().as_str()), (408, "INVALID_REQUEST"));

    // One who never stops, but is never done either.
    let mut stream = connect(server.address);
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    while stream.write_all(b"X-A: b\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(server.request("GET", "/healthz", "").status, 200);
}

#[test]
fn connections_beyond_the_bound_wait_for_a_place() {
    let server = Server::start(&["--max-connections", "1", "--header-timeout", "1"]);
    let silent = connect(server.address);
    // Answered once the silent one is cut off.
    assert_eq!(server.request("GET", "/healthz", "").status, 200);
    assert!(parse(&read_all(&silent)).is_empty());
}
