//! Who has shown no key holds no place, and costs nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use nix::sys::signal::Signal;

use super::client::{connect, parse, read_all};
use super::receiver::eventually;
use super::server::{KEY, Server};

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// What a client of HTTP/2 says first, with settings.
fn preface(settings: &[u8]) -> Vec<u8> {
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(SETTINGS, 0, 0, settings)].concat()
}

/// A header block: method (an index of the static table), `http`, an authority, the path, and a key where it has one.
fn block(method: u8, path: &str, key: Option<&str>) -> Vec<u8> {
    let mut block = vec![method, 0x86, 0x01, 1, b'x', 0x04, u8::try_from(path.len()).unwrap()];
    block.extend(path.bytes());
    if let Some(key) = key {
        let value = format!("Bearer {key}");
        block.extend([0x0f, 8, u8::try_from(value.len()).unwrap()]);
        block.extend(value.bytes());
    }
    block
}

const GET: u8 = 0x82;
const POST: u8 = 0x83;
/// No byte of any answer may be sent.
const ZERO_WINDOW: [u8; 6] = [0, 4, 0, 0, 0, 0];

/// Each way to stay without a key that is known; what a connection says before it falls silent.
fn ways_to_stay() -> Vec<(&'static str, Vec<u8>)> {
    let get = frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(GET, "/openapi.json", None));
    let unfinished = frame(HEADERS, END_STREAM, 1, &block(GET, "/healthz", None));
    let body = frame(HEADERS, END_HEADERS, 1, &block(POST, "/v1/webhooks/send", None));
    vec![
        ("nothing at all", Vec::new()),
        ("half a preface", b"PRI * HT".to_vec()),
        ("no stream", preface(&[])),
        ("a window of nothing", [preface(&ZERO_WINDOW), get].concat()),
        ("headers without an end", [preface(&[]), unfinished].concat()),
        ("a body without an end", [preface(&[]), body].concat()),
        ("half a head", b"GET /healthz HTTP/1.1\r\nHost: x\r\n".to_vec()),
        ("an answer and no more", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        ("half a body", b"POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1".to_vec()),
    ]
}

fn begin(server: &Server, said: &[u8]) -> TcpStream {
    let mut stream = connect(server.address);
    stream.write_all(said).unwrap();
    stream
}

#[test]
fn nobody_stays_without_a_request_in_either_protocol() {
    let server = Server::start(&["--header-timeout", "1", "--body-timeout", "1"]);
    let mut all: Vec<(&str, TcpStream)> =
        ways_to_stay().into_iter().map(|(name, said)| (name, begin(&server, &said))).collect();
    // A key that is known buys no more time for a body, nor for an answer that is not taken.
    let with_key = frame(HEADERS, END_HEADERS, 1, &block(POST, "/v1/webhooks/send", Some(KEY)));
    all.push(("a body with a key", begin(&server, &[preface(&[]), with_key].concat())));
    let with_key = frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(GET, "/v1/logs", Some(KEY)));
    all.push(("a window of nothing with a key", begin(&server, &[preface(&ZERO_WINDOW), with_key].concat())));
    for (name, stream) in all {
        // Fails where the server has gone on waiting for a minute.
        println!("{name}: closed after {} bytes", read_all(&stream).len());
    }
}

#[test]
fn who_has_shown_no_key_gives_way() {
    let server =
        Server::start(&["--max-connections", "12", "--header-timeout", "600", "--body-timeout", "600"]);
    // One that has shown a key, and goes on.
    let mut known = connect(server.address);
    let asked = format!("GET /v1/stats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n");
    let ask = |stream: &mut TcpStream| {
        stream.write_all(asked.as_bytes()).unwrap();
        let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
        while !answer.windows(2).any(|end| end == b"}}") {
            let length = stream.read(&mut piece).unwrap();
            assert!(length > 0, "the connection with a key was closed");
            answer.extend_from_slice(&piece[..length]);
        }
        parse(&answer).remove(0).status
    };
    assert_eq!(ask(&mut known), 200);
    let strangers: Vec<TcpStream> =
        ways_to_stay().iter().cycle().take(40).map(|(_, said)| begin(&server, said)).collect();
    for number in 0..10 {
        assert_eq!(server.request("GET", "/v1/endpoints", "").status, 200, "request {number}");
    }
    assert_eq!(ask(&mut known), 200);
    drop(strangers);
}

#[test]
fn a_stop_waits_for_nobody_without_a_key() {
    let mut server =
        Server::start(&["--header-timeout", "600", "--body-timeout", "600", "--shutdown-timeout", "600"]);
    let strangers: Vec<TcpStream> = ways_to_stay().iter().map(|(_, said)| begin(&server, said)).collect();
    // Everything of theirs has been read.
    assert_eq!(server.request("GET", "/healthz", "").status, 200);
    let begun = Instant::now();
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success());
    println!("stopped after {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(60));
    drop(strangers);
}

/// The most memory that the process has had, and how many threads it has.
fn memory_and_threads(server: &Server) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let number = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (number("VmHWM:"), number("Threads:"))
}

const WAITING: usize = 20_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_that_ask_whether_it_is_ready_cost_what_one_costs() {
    let server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    assert_eq!(server.request("POST", &format!("/v1/endpoints/{endpoint}/pause"), "").status, 200);
    server.send(&endpoint, "1");
    let folder = server.folder.clone();
    drop(server);
    let file = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    let many = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
        INSERT INTO hookbridge_messages
            (id, endpoint_seq, status, due_at, size_bytes, payload_sha256, created_at, updated_at)
        SELECT randomblob(16), 1, 0, 0, 1, zeroblob(32), m.created_at, m.updated_at
        FROM n, (SELECT * FROM hookbridge_messages LIMIT 1) m";
    file.execute(many, [WAITING]).unwrap();
    file.close().unwrap();
    let server = Server::start_in(folder, &[]);
    eventually("a deliverer", || server.request("GET", "/readyz", "").status == 200);
    server.send(&endpoint, "1");

    let ask_all = async |path: &'static str| {
        let mut connections = Vec::new();
        for _ in 0..8 {
            let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
            let (sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                    .await
                    .unwrap();
            tokio::spawn(connection);
            connections.push(sender);
        }
        let mut asked = Vec::new();
        for _ in 0..120 {
            for sender in &connections {
                let mut sender = sender.clone();
                let request =
                    Request::get(format!("http://{}{path}", server.address)).body(Empty::<Bytes>::new());
                asked.push(tokio::spawn(async move {
                    let answer = sender.send_request(request.unwrap()).await.unwrap();
                    let status = answer.status();
                    answer.into_body().collect().await.unwrap();
                    status
                }));
            }
        }
        for one in asked {
            assert_eq!(one.await.unwrap(), 200, "{path}");
        }
    };
    // What connections and streams cost by themselves, whatever is asked.
    ask_all("/healthz").await;
    let (before, _) = memory_and_threads(&server);
    for path in ["/readyz", "/metrics", "/readyz"] {
        ask_all(path).await;
    }
    let (after, threads) = memory_and_threads(&server);
    println!("{} KiB more, {threads} threads", after - before);
    assert!(after - before <= 16 * 1024, "{before} KiB before, {after} KiB after");
    assert!(threads < 40, "{threads} threads");
}
