//! What a stranger wrote is read, and steers nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Stdio;

use serde_json::{Value, json};

use super::receiver::{Receiver, answer};
use super::server::{Server, command};

/// Of each kind: C0, DEL, C1, directions, lines that are none.
const STEERING: &str = "\u{1b}[2J\u{7}\r\u{7f}\u{9b}31m\u{85}\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}";

fn steers(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}"
            .contains(letter)
}

fn assert_harmless(said: &[u8], from: &str) -> String {
    let said = String::from_utf8(said.to_vec()).unwrap();
    assert!(!said.chars().any(steers), "{from}: {said:?}");
    said
}

/// A server that gives everybody the same answer.
fn stranger(status: &str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = stream;
            let mut asked = [0; 65536];
            let _ = stream.read(&mut asked);
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    format!("http://{address}")
}

#[test]
fn what_a_server_says_is_escaped() {
    let raw = format!("<{STEERING}>");
    let message = json!({"message_id": raw, "status": raw, "endpoint": raw, "last_error": raw, "attempt_count": 1,
        "created_at": raw});
    let list = json!({"data": [message], "meta": {"request_id": "r", "has_more": true, "next_cursor": raw}});
    let refusal = json!({"error": {"code": "NOT_FOUND", "message": raw}, "meta": {"request_id": raw}});
    // serde_json leaves all but C0 as they are.
    for (status, body) in [
        ("200 OK", list.to_string()),
        ("200 OK", raw.clone()),
        ("404 Not Found", refusal.to_string()),
        ("500 Oops", raw.clone()),
        ("200 OK", format!("{{\"data\": {{\"queued\": \"{}\"}}, \"meta\": {{}}}}", "\u{9b}\u{202e}\u{7f}")),
    ] {
        let url = stranger(status, body.clone());
        for words in [
            ["messages", "list"].as_slice(),
            &["messages", "list", "--json"],
            &["stats"],
            &["stats", "--json"],
            &["doctor"],
            &["dlq", "list"],
        ] {
            let output = command().args(words).args(["--url", &url, "--api-key", "k"]).output().unwrap();
            assert_harmless(&output.stdout, &format!("{words:?} {body:?}"));
            assert_harmless(&output.stderr, &format!("{words:?} {body:?}"));
        }
    }
}

#[test]
fn a_document_has_the_value_it_had() {
    let receiver = Receiver::start(|_, _| answer(200));
    let server = Server::start(&[]);
    let text = format!("<{STEERING}>");
    let body = json!({"url": receiver.url("/"), "description": text}).to_string();
    assert_eq!(server.request("POST", "/v1/endpoints", &body).status, 201);
    let output = command()
        .args(["endpoints", "list", "--json", "--database"])
        .arg(server.folder.path().join("outbox.db"))
        .output()
        .unwrap();
    let said = assert_harmless(&output.stdout, "endpoints list");
    let listed: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(listed["data"][0]["description"], text, "{said}");
}

#[test]
fn a_listener_prints_no_delivery_as_it_came() {
    for as_json in [false, true] {
        let mut listen = command();
        listen.args(["listen", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        if as_json {
            listen.arg("--json");
        }
        let mut child = listen.spawn().unwrap();
        let mut told = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut told).unwrap();
        let address = told.split("http://").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let body = format!("a{STEERING}b\nc");
        let head = format!(
            "POST /hook HTTP/1.1\r\nHost: x\r\nX-Webhook-Id: \u{9b}x\r\nX-Other: \u{202e}y\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
        child.kill().unwrap();
        let mut printed = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut printed).unwrap();
        child.wait().unwrap();
        let printed = assert_harmless(&printed, "listen");
        assert!(printed.contains("/hook"), "{printed}");
        if as_json {
            let line: Value = serde_json::from_str(printed.trim_end()).unwrap();
            assert_eq!(line["body"], body);
        }
    }
}
