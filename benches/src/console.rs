//! What a console asks at ten million stored messages, of which 150,000 wait; and what one that is open costs others.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hookbridge_core::config::Delivery;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::cheap_receiver::{self, Seen};
use crate::engines::{create_endpoint, open, percentile, request};
use crate::http::{KEY, Server};
use crate::lists;
use crate::table::{Goal, Measure, Table};

const WAITING: i64 = 150_000;
/// How often each call is made.
const ASKED: usize = 40;
/// The tabs that are open where a console is.
const TABS: usize = 4;
const SENDS: usize = 4_000;
const DELIVERED: usize = 160_000;

/// A signed-in browser with one connection.
struct Browser {
    address: String,
    stream: TcpStream,
    cookie: String,
    proof: String,
}

impl Browser {
    fn new(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let mut browser =
            Self { address: address.to_owned(), stream, cookie: String::new(), proof: String::new() };
        let body = json!({"key": KEY}).to_string();
        let (head, answer) = browser.ask("POST", "/console/api/session", &body);
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
        browser.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        browser.proof = answer["data"]["proof"].as_str().expect("a proof").to_owned();
        browser
    }

    fn head(&self, method: &str, path: &str, length: usize) -> String {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\nX-HookBridge-Proof: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
            self.address, self.cookie, self.proof
        )
    }

    /// Asks and reads the whole answer: its head, and its body as JSON.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (String, Value) {
        let head = self.head(method, path, body.len());
        self.stream.write_all(format!("{head}{body}").as_bytes()).expect("a request");
        let mut held = Vec::new();
        let mut piece = [0; 65536];
        loop {
            let read = self.stream.read(&mut piece).expect("an answer");
            assert!(read > 0, "{path}: the server closed");
            held.extend_from_slice(&piece[..read]);
            let Some(end) = held.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&held[..end]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if held.len() >= end + 4 + length.unwrap_or(0) {
                assert!(head.starts_with("HTTP/1.1 2"), "{path}: {head}");
                return (head, serde_json::from_slice(&held[end + 4..]).unwrap_or_default());
            }
        }
    }

    /// The slowest in twenty of so many, in milliseconds.
    fn slowest(&mut self, path: &str) -> f64 {
        let mut times: Vec<f64> = (0..ASKED)
            .map(|_| {
                let begun = Instant::now();
                self.ask("GET", path, "");
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        percentile(&mut times, 0.95)
    }
}

/// Makes the newest messages wait for a retry, as an endpoint that is down leaves them.
fn wait(database: &Path) {
    let connection = Connection::open(database).expect("a database");
    connection
        .execute(
            "UPDATE hookbridge_messages SET status = 1, retry_type = 1, delivered_at = NULL, failed_at = NULL,
             due_at = created_at + 864000000, last_error = 'HTTP 503'
             WHERE seq > (SELECT max(seq) FROM hookbridge_messages) - ?1",
            [WAITING],
        )
        .expect("rows");
    connection.execute_batch("PRAGMA wal_checkpoint(truncate)").expect("a checkpoint");
}

/// The argument with which this program leaves the file of ten million messages at the path that follows, for what measures
/// the page itself in a browser (`tests/console/ten-million.spec.ts`).
pub(crate) const FILE: &str = "console-file";

pub(crate) fn leave_file(path: &str) {
    let database = Path::new(path);
    lists::filled(database);
    wait(database);
}

/// A console that is open in several tabs: a stream of events, and what its pages read again every few seconds.
struct Tabs {
    closed: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Tabs {
    fn open(address: &str) -> Self {
        let closed = Arc::new(AtomicBool::new(false));
        let threads = (0..TABS).map(|tab| {
            let (address, closed) = (address.to_owned(), closed.clone());
            std::thread::spawn(move || {
                let mut browser = Browser::new(&address);
                let mut stream = TcpStream::connect(&address).expect("a connection");
                stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a socket");
                let head = browser.head("GET", "/console/api/v1/events", 0);
                stream.write_all(head.as_bytes()).expect("a request");
                let mut piece = [0; 65536];
                let mut read_at = Instant::now();
                while !closed.load(Ordering::Relaxed) {
                    // What a page shows is read again at most every five seconds.
                    if read_at.elapsed() >= Duration::from_secs(5) {
                        read_at = Instant::now();
                        let page =
                            ["stats", "logs?limit=50", "endpoints/health", "metrics?window=1h"][tab % 4];
                        browser.ask("GET", &format!("/console/api/v1/{page}"), "");
                    }
                    let _ = stream.read(&mut piece);
                }
            })
        });
        Self { threads: threads.collect(), closed }
    }

    fn close(self) {
        self.closed.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| thread.join().expect("a tab"));
    }
}

/// The median of lone sends over one connection, in microseconds.
fn send(with_tabs: bool) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("outbox.db");
    let engine = open(&database, Delivery::Off);
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    engine.close(Duration::from_secs(5)).expect("an end");
    let server = Server::sidecar(&database, "normal");
    let tabs = with_tabs.then(|| Tabs::open(&server.address));
    std::thread::sleep(Duration::from_millis(500));
    let body = json!({"endpoint_id": endpoint, "payload": {"event": "order.created"}}).to_string();
    let message = format!(
        "POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut piece = [0; 4096];
    let mut times: Vec<f64> = (0..SENDS)
        .map(|_| {
            let begun = Instant::now();
            stream.write_all(message.as_bytes()).expect("a request");
            let read = stream.read(&mut piece).expect("an answer");
            assert!(
                piece[..read].starts_with(b"HTTP/1.1 202"),
                "{}",
                String::from_utf8_lossy(&piece[..read])
            );
            // As a program sends that does other things too.
            let took = begun.elapsed().as_secs_f64() * 1e6;
            std::thread::sleep(Duration::from_micros(500));
            took
        })
        .collect();
    if let Some(tabs) = tabs {
        tabs.close();
    }
    percentile(&mut times, 0.5)
}

/// Deliveries a second of a backlog.
fn deliver(with_tabs: bool) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("outbox.db");
    let seen = Arc::new(Seen::default());
    let port = cheap_receiver::start(seen.clone(), None);
    let engine = open(&database, Delivery::Off);
    let endpoint = create_endpoint(&engine, &format!("http://127.0.0.1:{port}/"));
    for _ in 0..DELIVERED / 1000 {
        let batch = (0..1000).map(|_| request(&endpoint)).collect();
        engine.send_batch(batch).expect("receipts");
    }
    engine.call("endpoints.pause", &json!({"endpoint_id": endpoint}).to_string()).expect("a pause");
    engine.close(Duration::from_secs(5)).expect("an end");
    let server = Server::delivering(&database);
    let tabs = with_tabs.then(|| Tabs::open(&server.address));
    std::thread::sleep(Duration::from_millis(500));
    let mut browser = Browser::new(&server.address);
    let begun = Instant::now();
    browser.ask("POST", &format!("/console/api/v1/endpoints/{endpoint}/resume"), "");
    while seen.requests.load(Ordering::Relaxed) < DELIVERED {
        std::thread::sleep(Duration::from_millis(2));
        assert!(begun.elapsed() < Duration::from_secs(120), "{seen:?}");
    }
    let rate = DELIVERED as f64 / begun.elapsed().as_secs_f64();
    if let Some(tabs) = tabs {
        tabs.close();
    }
    rate
}

pub(crate) fn run(table: &mut Table) {
    let measure = Measure {
        name: "a lone `send` over HTTP, p50, with a console open in four tabs",
        baseline: "without a console",
        unit: "µs",
        goal: Goal::AtMost(1.05),
    };
    table.compare(&measure, || send(true), || send(false));
    let measure = Measure {
        name: "deliveries of a sidecar with a console open in four tabs",
        baseline: "without a console",
        unit: "/s",
        goal: Goal::AtLeast(0.97),
    };
    table.compare(&measure, || deliver(true), || deliver(false));

    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("outbox.db");
    let endpoints = lists::filled(&database);
    wait(&database);
    let server = Server::sidecar(&database, "normal");
    let mut browser = Browser::new(&server.address);
    let endpoint = &endpoints[3];
    let (_, logs) = browser.ask("GET", "/console/api/v1/logs?status=pending_retry&limit=1", "");
    let message = logs["data"][0]["message_id"].as_str().expect("a message").to_owned();
    let api = "/console/api/v1";
    let calls = [
        ("stats", format!("{api}/stats"), 50.0),
        ("readiness", "/readyz".to_owned(), 50.0),
        ("metrics of a day", format!("{api}/metrics?window=24h"), 200.0),
        ("timeseries of 30 days", format!("{api}/metrics/timeseries?window=30d"), 200.0),
        ("health of every endpoint", format!("{api}/endpoints/health"), 200.0),
        ("health of one endpoint", format!("{api}/endpoints/health?endpoint_id={endpoint}"), 200.0),
        ("endpoints", format!("{api}/endpoints"), 200.0),
        ("newest messages", format!("{api}/logs?limit=50"), 200.0),
        ("messages of an endpoint", format!("{api}/logs?limit=50&endpoint_id={endpoint}"), 200.0),
        ("messages that wait", format!("{api}/logs?limit=50&status=queued,pending_retry"), 200.0),
        ("messages that were given up", format!("{api}/logs?limit=50&status=failed_permanent"), 200.0),
        ("messages with a text that none has", format!("{api}/logs?limit=50&error=no-such-text"), 200.0),
        ("messages with a key that none has", format!("{api}/logs?limit=50&q=no-such-key"), 200.0),
        ("a message", format!("{api}/messages/{message}"), 200.0),
        ("why it is not delivered", format!("{api}/messages/{message}/explain"), 200.0),
        ("its attempts", format!("{api}/messages/{message}/attempts"), 200.0),
        ("dead letters", format!("{api}/dlq/messages?limit=50"), 200.0),
        ("dead letters by cause", format!("{api}/dlq/groups"), 200.0),
        ("activity", format!("{api}/activity"), 200.0),
    ];
    for (what, path, most) in calls {
        let measure = Measure {
            name: &format!("console at 10,000,000 messages, p95: {what}"),
            baseline: "`GET /healthz`",
            unit: "ms",
            goal: Goal::Below(most),
        };
        let mut bare = Browser::new(&server.address);
        table.compare(&measure, || browser.slowest(&path), || bare.slowest("/healthz"));
    }
}
