//! The stream of events.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::browser::Browser;
use crate::client::connect;
use crate::receiver::{Receiver, answer};
use crate::server::{KEY, Server};

/// A stream that has begun.
struct Stream {
    socket: TcpStream,
    heard: String,
}

impl Stream {
    fn of(server: &Server, query: &str) -> Self {
        Self::with(
            server,
            &format!("GET /v1/events{query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n"),
        )
    }

    fn with(server: &Server, head: &str) -> Self {
        let mut socket = connect(server.address);
        socket.write_all(head.as_bytes()).unwrap();
        let mut stream = Self { socket, heard: String::new() };
        stream.until(": from here on");
        assert!(stream.heard.contains("text/event-stream"), "{}", stream.heard);
        stream
    }

    /// Reads until the text has come. False where the stream has ended before.
    fn hears(&mut self, text: &str) -> bool {
        let mut piece = [0; 4096];
        while !self.heard.contains(text) {
            match self.socket.read(&mut piece).unwrap() {
                0 => return false,
                length => self.heard.push_str(&String::from_utf8_lossy(&piece[..length])),
            }
        }
        true
    }

    fn until(&mut self, text: &str) {
        assert!(self.hears(text), "{text}: {}", self.heard);
    }
}

#[test]
fn what_happens_is_told_whichever_process_does_it() {
    let receiver = Receiver::start(|delivery, _| answer(if delivery.path == "/fails" { 500 } else { 200 }));
    let server = Server::start(&[]);
    let sibling = Server::start_in(server.folder.clone(), &["--delivery", "off"]);
    let good = server.create_endpoint(&receiver.url("/good"))["id"].as_str().unwrap().to_owned();
    let bad = server.create_endpoint(&receiver.url("/fails"))["id"].as_str().unwrap().to_owned();
    let mut streams = [Stream::of(&server, ""), Stream::of(&sibling, "")];
    let mut one = Stream::of(&server, &format!("?endpoint_id={bad}"));
    // Accepted by one, delivered by the other.
    let (delivered, failed) = (sibling.send(&good, "1"), server.send(&bad, "2"));
    for stream in &mut streams {
        for (kind, message) in [
            ("message_accepted", &delivered),
            ("message_delivered", &delivered),
            ("message_accepted", &failed),
            ("attempt_failed", &failed),
        ] {
            stream.until(&format!("data: {{\"kind\":\"{kind}\",\"message_id\":\"{message}\""));
        }
        let at =
            |kind: &str| stream.heard.find(&format!("{{\"kind\":\"{kind}\",\"message_id\":\"{delivered}\""));
        assert!(at("message_accepted") < at("message_delivered"), "{}", stream.heard);
        let count =
            stream.heard.matches(&format!("\"message_delivered\",\"message_id\":\"{delivered}\"")).count();
        assert_eq!(count, 1, "{}", stream.heard);
    }
    one.until(&format!("{{\"kind\":\"attempt_failed\",\"message_id\":\"{failed}\""));
    assert!(!one.heard.contains(&delivered), "{}", one.heard);
    assert_eq!(server.request("POST", &format!("/v1/endpoints/{good}/pause"), "").status, 200);
    streams.iter_mut().for_each(|stream| stream.until("event: endpoint_changed"));
}

#[test]
fn a_stream_is_for_whoever_may_read_and_there_are_so_many() {
    let server = Server::start(&[]);
    let sender = server.request("POST", "/v1/api-keys", r#"{"scope":"send"}"#).json()["data"]["key"].clone();
    let ask = |authorization: &str, query: &str| {
        let head = format!(
            "GET /v1/events{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}\r\n\r\n"
        );
        crate::client::exchange(server.address, head.as_bytes()).remove(0)
    };
    assert_eq!(ask("X-Nothing: x", "").status, 401);
    assert_eq!(ask(&format!("Authorization: Bearer {}", sender.as_str().unwrap()), "").status, 403);
    let own = format!("Authorization: Bearer {KEY}");
    let values = [
        "ep_x",
        "%ff",
        "%00",
        "-1",
        "%27;DROP%20TABLE%20x",
        "%F0%9F%8E%89",
        "ep_00000000000000000000000000000000",
    ];
    for value in values.map(str::to_owned).into_iter().chain(["9".repeat(3000)]) {
        assert_eq!(ask(&own, &format!("?endpoint_id={value}")).status, 404, "{value}");
    }
    let mut open: Vec<Stream> = (0..32).map(|_| Stream::of(&server, "")).collect();
    let full = ask(&own, "");
    assert_eq!((full.status, full.code().as_str()), (429, "RATE_LIMIT_EXCEEDED"));
    assert!(full.header("retry-after").is_some());
    // The API is as before, and one that ends makes room.
    assert_eq!(server.request("GET", "/v1/stats", "").status, 200);
    open.truncate(31);
    crate::receiver::eventually("a place", || {
        let mut socket = connect(server.address);
        let head = format!("GET /v1/events HTTP/1.1\r\nHost: x\r\n{own}\r\n\r\n");
        socket.write_all(head.as_bytes()).unwrap();
        let mut status = [0; 12];
        socket.read_exact(&mut status).unwrap();
        &status == b"HTTP/1.1 200"
    });
}

#[test]
fn a_silent_stream_is_kept_open() {
    // The shortest time that an answer may make no progress for.
    let server = Server::start(&["--body-timeout", "2"]);
    let mut stream = Stream::of(&server, "");
    let begun = Instant::now();
    while stream.heard.matches(": ping").count() < 4 {
        let heard = stream.heard.len();
        let mut piece = [0; 256];
        let length = stream.socket.read(&mut piece).unwrap();
        assert!(length > 0, "the server gave it up after {:?}: {}", begun.elapsed(), &stream.heard[..heard]);
        stream.heard.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
}

#[test]
fn a_stop_ends_the_streams_at_once() {
    let mut server = Server::start(&[]);
    let browser = Browser::of(&server);
    let head = format!(
        "GET /console/api/v1/events HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nX-HookBridge-Proof: {}\r\n\
         Sec-Fetch-Site: same-origin\r\n\r\n",
        server.address, browser.cookie, browser.proof
    );
    let mut streams = [Stream::of(&server, ""), Stream::with(&server, &head)];
    server.signal(Signal::SIGTERM);
    let begun = Instant::now();
    assert!(streams.iter_mut().all(|stream| !stream.hears("never")));
    assert!(server.wait().success());
    // The shutdown timeout, which a stream that was waited for would take, is 30 seconds.
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}
