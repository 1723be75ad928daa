//! Where a request ends: what is pipelined, chunked oddly, told wrongly, cut off or hidden in the body of another.

use std::io::Write;
use std::net::Shutdown;
use std::time::Duration;

use super::super::client::{Answer, connect, exchange, parse, read_all};
use super::super::server::{KEY, Server};
use super::is_well;

/// What the hidden request would be answered with, and nothing else is.
const HIDDEN: &str = "GET /v1/endpoints/ep_hidden HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ";
const FOUND: &str = "ENDPOINT_NOT_FOUND";

fn hidden() -> String {
    format!("{HIDDEN}{KEY}\r\nConnection: close\r\n\r\n")
}

fn head(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n{more}\r\n")
}

fn send_body(server: &Server) -> String {
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    format!(r#"{{"endpoint_id":"{endpoint}","payload":[1,2]}}"#)
}

fn chunked(bytes: &str) -> String {
    head("POST", "/v1/webhooks/send", "Transfer-Encoding: chunked\r\nConnection: close\r\n") + bytes
}

/// Sends, says that nothing follows, and reads to the end.
fn exchange_whole(server: &Server, bytes: &[u8]) -> Vec<Answer> {
    let mut stream = connect(server.address);
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    parse(&read_all(&stream))
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let mut server = Server::start(&[]);
    let body = send_body(&server);
    let sized = |body: &str, more: &str| {
        head("POST", "/v1/webhooks/send", &format!("{more}Content-Length: {}\r\n", body.len())) + body
    };
    let in_chunks = |body: &str| {
        let (a, b) = body.split_at(body.len() / 2);
        head("POST", "/v1/webhooks/send", "Transfer-Encoding: chunked\r\n")
            + &format!("{:x}\r\n{a}\r\n{:x}\r\n{b}\r\n0\r\n\r\n", a.len(), b.len())
    };
    let all = [
        sized(&body, ""),
        sized("{", ""),
        in_chunks(&body),
        head("GET", "/v1/nothing", ""),
        head("POST", "/v1/messages/x/replay", "Content-Length: 0\r\n"),
        sized("\u{fffd}", ""),
        head("PUT", "/v1/endpoints", ""),
        in_chunks("nonsense"),
        "\r\n".to_owned() + &sized(&body, "Connection: close\r\n"),
        sized(&body, ""),
    ];
    let statuses = |answers: Vec<Answer>| answers.iter().map(|answer| answer.status).collect::<Vec<_>>();
    let expected = [202, 400, 202, 404, 404, 400, 405, 400, 202];
    assert_eq!(statuses(exchange(server.address, all.concat().as_bytes())), expected);

    // The same, a few bytes at a time.
    let mut stream = connect(server.address);
    for piece in all.concat().as_bytes().chunks(97) {
        if stream.write_all(piece).is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(statuses(parse(&read_all(&stream))), expected);

    let many =
        head("GET", "/v1/logs?limit=1", "").repeat(200) + &head("GET", "/healthz", "Connection: close\r\n");
    assert_eq!(exchange(server.address, many.as_bytes()).len(), 201);
    assert_eq!(server.request("GET", "/v1/logs", "").json()["data"].as_array().unwrap().len(), 6);
    is_well(&mut server);
}

/// A request that is refused before its body is read leaves bytes that must not be taken for the next request.
#[test]
fn a_body_is_never_taken_for_a_request() {
    let mut server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let body = hidden();
    let length = format!("Content-Length: {}\r\n", body.len());
    let last = head("GET", "/v1/logs", "Connection: close\r\n");
    let unknown = format!("POST /v1/endpoints HTTP/1.1\r\nHost: x\r\n{length}\r\n");
    let cases = [
        (401, unknown),
        (404, head("POST", "/v1/nothing", &length)),
        (405, head("PUT", "/v1/endpoints", &length)),
        (413, head("POST", "/v1/endpoints", "Content-Length: 2000000\r\n")),
        (400, head("POST", "/v1/endpoints", &length)),
        (400, head("POST", "/v1/endpoints", &format!("Content-Type: text/plain\r\n{length}"))),
        (200, head("POST", &format!("/v1/endpoints/{endpoint}/pause"), &length)),
        (200, head("GET", "/v1/logs", &length)),
        (200, head("GET", "/healthz", &length)),
    ];
    for (status, head) in cases {
        let answers = exchange(server.address, format!("{head}{body}{last}").as_bytes());
        assert_eq!(answers[0].status, status, "{head}: {answers:?}");
        assert!(
            answers.iter().all(|answer| answer.status == 200 || answer.code() != FOUND),
            "{head}: {answers:?}"
        );
    }
    // What hides it is found where it is a request of its own.
    let open = head("GET", "/v1/logs", "") + &body;
    assert_eq!(exchange(server.address, open.as_bytes())[1].code(), FOUND);
    is_well(&mut server);
}

#[test]
fn lengths_that_are_none_or_two_are_refused() {
    let mut server = Server::start(&[]);
    let body = send_body(&server);
    let told = |lengths: &str| head("POST", "/v1/webhooks/send", &format!("Connection: close\r\n{lengths}"));
    let length = body.len();
    for lengths in [
        format!("Content-Length: +{length}\r\n"),
        format!("Content-Length: -{length}\r\n"),
        format!("Content-Length: 0x{length:x}\r\n"),
        format!("Content-Length: {length}.0\r\n"),
        format!("Content-Length: {length} {length}\r\n"),
        format!("Content-Length: {length}, {}\r\n", length + 1),
        format!("Content-Length: {length}\r\nContent-Length: {}\r\n", length + 1),
        "Content-Length: 18446744073709551615\r\n".to_owned(),
        "Content-Length: 18446744073709551616\r\n".to_owned(),
        format!("Content-Length: {}\r\n", "9".repeat(100)),
        "Content-Length:\r\n".to_owned(),
        "Content-Length: many\r\n".to_owned(),
        format!("Content-Length : {length}\r\n"),
        format!("Transfer-Encoding: gzip\r\nContent-Length: {length}\r\n"),
        "Transfer-Encoding: chunked, gzip\r\n".to_owned(),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Transfer-Encoding: \r\n".to_owned(),
    ] {
        for answer in exchange_whole(&server, (told(&lengths) + &body).as_bytes()) {
            assert!((400..500).contains(&answer.status), "{lengths}: {answer:?}");
        }
    }
    assert_eq!(server.request("GET", "/v1/logs", "").json()["data"].as_array().unwrap().len(), 0);

    // Two lengths at once: one of them holds, and what the other would have left over is no request.
    let both = format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", hidden().len() + 5);
    let request = head("POST", "/v1/messages/replay-batch", &both) + "0\r\n\r\n" + &hidden();
    let answers = exchange_whole(&server, request.as_bytes());
    assert!(answers.iter().all(|answer| answer.code() != FOUND), "{answers:?}");
    is_well(&mut server);
}

#[test]
fn odd_chunks_are_understood_and_wrong_ones_refused() {
    let mut server = Server::start(&[]);
    let body = send_body(&server);
    let length = body.len();
    let (a, b) = body.split_at(7);
    let understood = [
        format!("{length:X}\r\n{body}\r\n0\r\n\r\n"),
        format!("{length:016x}\r\n{body}\r\n000\r\n\r\n"),
        format!("7;a=b;c\r\n{a}\r\n{:x};\"\r\n{b}\r\n0;d\r\n\r\n", b.len()),
        format!("{length:x}\r\n{body}\r\n0\r\nX-A: b\r\nContent-Length: 3\r\nHost: y\r\n\r\n"),
    ];
    for (index, bytes) in understood.iter().enumerate() {
        let answer = exchange(server.address, chunked(bytes).as_bytes()).remove(0);
        assert_eq!(answer.status, 202, "{bytes}: {answer:?}");
        let listed = server.request("GET", "/v1/logs", "").json();
        assert_eq!(listed["data"].as_array().unwrap().len(), index + 1);
    }
    let wrong = [
        format!("zz\r\n{body}\r\n0\r\n\r\n"),
        format!("-{length:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("0x{length:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("FFFFFFFFFFFFFFFFF\r\n{body}\r\n0\r\n\r\n"),
        format!("FFFFFFFFFFFFFFFF\r\n{body}\r\n0\r\n\r\n"),
        format!("\r\n{body}\r\n0\r\n\r\n"),
        format!("{length:x}{body}\r\n0\r\n\r\n"),
        format!("{:x}\r\n{body}\r\n0\r\n\r\n", length - 1),
        format!("{:x}\r\n{body}\r\n0\r\n\r\n", length + 1),
        format!("{length:x}\r\n{body}0\r\n\r\n"),
        format!("{length:x}\r\n{body}\r\n"),
        format!("{length:x}\r\n{body}\r\n0\r\n"),
        format!("{length:x};{}\r\n{body}\r\n0\r\n\r\n", "e".repeat(100_000)),
        format!("{length:x}\r\n{body}\r\n0\r\n{}\r\n", "X-A: b\r\n".repeat(10_000)),
        format!("{length:x}\r\n{body}\r\n0\r\nX-A: {}\r\n\r\n", "b".repeat(100_000)),
        "\0".repeat(1000),
    ];
    for bytes in &wrong {
        for answer in exchange_whole(&server, chunked(bytes).as_bytes()) {
            assert!((400..500).contains(&answer.status), "{:.40}: {answer:?}", bytes);
        }
    }
    let whole = chunked(&understood[2]);
    for end in 0..whole.len() {
        for answer in exchange_whole(&server, &whole.as_bytes()[..end]) {
            assert!((400..500).contains(&answer.status), "{end}: {answer:?}");
        }
    }
    let listed = server.request("GET", "/v1/logs", "").json();
    assert_eq!(listed["data"].as_array().unwrap().len(), understood.len());
    is_well(&mut server);
}

/// No length is told, and each chunk has a single byte: what is counted is the body and not its wrapping.
#[test]
fn an_oversize_body_of_single_bytes_is_cut_off() {
    // A busy machine takes its time over a million chunks, and nothing here is about that.
    let mut server = Server::start(&["--body-timeout", "600"]);
    let start = r#"{"endpoint_id":"ep_x","payload":""#;
    let bytes = format!("{:x}\r\n{start}\r\n{}", start.len(), "1\r\nx\r\n".repeat(1_200_000)) + "0\r\n\r\n";
    let answers = exchange(server.address, chunked(&bytes).as_bytes());
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [413]);
    assert_eq!(answers[0].code(), "PAYLOAD_TOO_LARGE");
    is_well(&mut server);
}

/// Connections that are reset in the middle of a body, one after another and many at once.
#[test]
fn what_is_reset_leaves_nothing_behind() {
    let mut server = Server::start(&["--max-requests", "64"]);
    let body = send_body(&server);
    let half = head("POST", "/v1/webhooks/send", &format!("Content-Length: {}\r\n", body.len() + 1)) + &body;
    for _ in 0..3 {
        let begun: Vec<_> = (0..100)
            .map(|_| {
                let mut stream = connect(server.address);
                stream.write_all(half.as_bytes()).unwrap();
                socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
                stream
            })
            .collect();
        drop(begun);
    }
    // Each had a place, which is free again.
    super::super::receiver::eventually("a place", || server.request("GET", "/v1/logs", "").status == 200);
    let listed = server.request("GET", "/v1/logs", "").json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 0);
    is_well(&mut server);
}

/// Everything is written before the answer is looked at, as simple clients do, and the answer is there all the same.
#[test]
fn a_refusal_reaches_a_client_that_goes_on_writing() {
    let mut server = Server::start(&[]);
    let unknown = |length: usize| {
        format!("POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n")
    };
    let known = |method: &str, path: &str, length: usize| {
        head(method, path, &format!("Content-Length: {length}\r\n"))
    };
    let mebi = 1 << 20;
    let next = head("GET", "/v1/logs", "Connection: close\r\n");
    for (status, head, length) in [
        (401, unknown(mebi), mebi),
        (401, unknown(10), 10),
        (404, known("POST", "/v1/nothing", mebi), mebi),
        (405, known("PUT", "/v1/endpoints", mebi), mebi),
        (413, known("POST", "/v1/webhooks/send", 2 * mebi), 2 * mebi),
        (413, known("POST", "/v1/endpoints", 10 * mebi), 10 * mebi),
    ] {
        let mut stream = connect(server.address);
        stream.write_all(head.as_bytes()).unwrap();
        let body = vec![b' '; length];
        for piece in body.chunks(64 * 1024) {
            stream.write_all(piece).unwrap_or_else(|error| panic!("{head}: {error}"));
        }
        // The connection is as good as before.
        stream.write_all(next.as_bytes()).unwrap();
        let answers: Vec<u16> = parse(&read_all(&stream)).iter().map(|answer| answer.status).collect();
        assert_eq!(answers, [status, 200], "{head}");
    }
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(mebi));
    let bytes = chunked(&(chunk.repeat(4) + "0\r\n\r\n"));
    let mut stream = connect(server.address);
    stream.write_all(bytes.as_bytes()).unwrap();
    let answers = parse(&read_all(&stream));
    assert_eq!((answers.len(), answers[0].status, answers[0].code().as_str()), (1, 413, "PAYLOAD_TOO_LARGE"));
    is_well(&mut server);
}

/// What follows a refusal is taken up to a bound, by its size and by the time that bodies have.
#[test]
fn what_follows_a_refusal_is_not_taken_without_end() {
    let mut server = Server::start(&["--body-timeout", "2"]);
    let refused = "POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\n";
    let mut slow = connect(server.address);
    slow.write_all(format!("{refused}Content-Length: 1000000\r\n\r\n").as_bytes()).unwrap();
    while slow.write_all(b" ").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }

    let mut endless = connect(server.address);
    endless.write_all(format!("{refused}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
    let mut written = 0;
    while endless.write_all(chunk.as_bytes()).is_ok() {
        written += chunk.len();
    }
    // What the two systems hold between them comes on top.
    assert!(written < 64 << 20, "{written}");

    // Nobody is listened to who says that there will be more than that.
    let hopeless = format!("{refused}Content-Length: 99999999999\r\n\r\n");
    assert_eq!(exchange(server.address, hopeless.as_bytes()).remove(0).status, 401);
    is_well(&mut server);
}
