//! The sidecar's sends beside a bare axum handler that reads the same body, answers the same bytes and stores nothing; each
//! in a process of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;

use crate::engines::{payload, percentile};
use crate::table::{Goal, Measure, Table};

/// The argument with which this program serves the bare handler; after it, a file of which it syncs a piece for each.
pub(crate) const BARE: &str = "bare-http";
/// What a lone commit of a message writes, more or less, and the file in which each takes the next piece, again and again.
const PIECE: usize = 16 * 1024;
const PIECES: u64 = 256;
pub(crate) const KEY: &str = "hb_test_bench000000000000000000000000000";
const ROUND: Duration = Duration::from_secs(2);
const RECEIPT: &str = r#"{"data":{"message_id":"019aba5e-0000-7000-8000-000000000000","status":"queued"},"meta":{"request_id":"req_00000000000000000000000000000000"}}"#;

/// What has to be on the disk before an answer.
struct Synced {
    file: File,
    written: AtomicU64,
}

impl Synced {
    /// All of the file is there before: a log is written over as well.
    fn create(path: &Path) -> Self {
        let file = File::create(path).expect("a file");
        (0..PIECES).for_each(|piece| file.write_all_at(&[0; PIECE], piece * PIECE as u64).expect("a write"));
        file.sync_all().expect("a sync");
        Self { file, written: AtomicU64::new(0) }
    }

    fn sync(&self) {
        let piece = self.written.fetch_add(1, Ordering::Relaxed) % PIECES;
        self.file.write_all_at(&[1; PIECE], piece * PIECE as u64).expect("a write");
        self.file.sync_data().expect("a sync");
    }
}

/// Serves until it is killed.
pub(crate) fn serve_bare(file: Option<&str>) {
    let synced = file.map(|file| Arc::new(Synced::create(Path::new(file))));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let answer = move |_: Bytes| async move {
            // On the server's thread, which is the shortest way.
            if let Some(synced) = &synced {
                synced.sync();
            }
            let headers = [("content-type", "application/json"), ("cache-control", "no-store")];
            (hyper::StatusCode::ACCEPTED, headers, RECEIPT)
        };
        let router = axum::Router::new().route("/v1/webhooks/send", axum::routing::post(answer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        eprintln!("listening address={}", listener.local_addr().expect("an address"));
        axum::serve(
            axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))),
            router,
        )
        .await
        .expect("a server");
    });
}

/// A server in a process of its own.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("a server");
        let mut log = BufReader::new(child.stderr.take().expect("a log"));
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(log.read_line(&mut line).expect("a line") > 0, "the server ended");
        }
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let address = line.split("address=").nth(1).expect("an address");
        let address = address.split_whitespace().next().expect("an address").to_owned();
        Self { child, address }
    }

    fn bare(file: Option<&Path>) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("a program"));
        command.arg(BARE).args(file);
        Self::start(command)
    }

    pub(crate) fn sidecar(database: &Path, durability: &str) -> Self {
        // What is measured is the way in.
        Self::serve(database, &["--delivery", "off", "--durability", durability])
    }

    pub(crate) fn delivering(database: &Path) -> Self {
        Self::serve(database, &["--durability", "normal"])
    }

    fn serve(database: &Path, more: &[&str]) -> Self {
        let mut command =
            Command::new(std::env::current_exe().expect("a program").with_file_name("hookbridge"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--api-key", KEY, "--allow-local-endpoints"])
            .args(more)
            .arg("--database")
            .arg(database);
        Self::start(command)
    }

    fn resident_mib(&self) -> f64 {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id())).expect("statistics");
        let pages: f64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number");
        pages * 4096.0 / 1_048_576.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn request(path: &str, body: &Bytes) -> Request<Full<Bytes>> {
    Request::post(path)
        .header("host", "127.0.0.1")
        .header("authorization", format!("Bearer {KEY}"))
        .header("content-type", "application/json")
        .body(Full::new(body.clone()))
        .expect("a request")
}

/// Requests a second and the slowest in a hundred, in milliseconds, over so many connections.
fn load(server: &Server, connections: usize, body: &Bytes) -> (f64, f64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (mut times, took) = runtime.block_on(async {
        let begun = Instant::now();
        let clients: Vec<_> = (0..connections)
            .map(|_| {
                let (address, body) = (server.address.clone(), body.clone());
                tokio::spawn(async move {
                    let stream = tokio::net::TcpStream::connect(&address).await.expect("a connection");
                    stream.set_nodelay(true).expect("a socket");
                    let (mut sender, connection) =
                        http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
                    tokio::spawn(connection);
                    let mut times = Vec::new();
                    while begun.elapsed() < ROUND {
                        let asked = Instant::now();
                        let answer = sender
                            .send_request(request("/v1/webhooks/send", &body))
                            .await
                            .expect("an answer");
                        assert_eq!(answer.status(), 202);
                        answer.into_body().collect().await.expect("a body");
                        times.push(asked.elapsed().as_secs_f64() * 1e3);
                    }
                    times
                })
            })
            .collect();
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.await.expect("a client"));
        }
        (times, begun.elapsed())
    });
    (times.len() as f64 / took.as_secs_f64(), percentile(&mut times, 0.99))
}

fn endpoint(server: &Server) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(&server.address).await.expect("a connection");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
        tokio::spawn(connection);
        let body = Bytes::from_static(br#"{"url": "http://127.0.0.1:9/"}"#);
        let answer = sender.send_request(request("/v1/endpoints", &body)).await.expect("an answer");
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        let answer: Value = serde_json::from_slice(&body).expect("JSON");
        answer["data"]["id"].as_str().expect("an id").to_owned()
    })
}

pub(crate) fn run(table: &mut Table) {
    let bare = Server::bare(None);
    for (durability, goal) in [("normal", 0.5), ("full", 0.3)] {
        let folder = tempfile::tempdir().expect("a folder");
        let sidecar = Server::sidecar(&folder.path().join("outbox.db"), durability);
        if durability == "normal" {
            std::thread::sleep(Duration::from_secs(1));
            let measure = Measure {
                name: "resident memory of the idle sidecar",
                baseline: "the bare handler",
                unit: "MiB",
                goal: Goal::Below(30.0),
            };
            table.compare(&measure, || sidecar.resident_mib(), || bare.resident_mib());
        }
        let body = format!(
            r#"{{"endpoint_id":"{}","payload":{}}}"#,
            endpoint(&sidecar),
            String::from_utf8(payload()).expect("text")
        );
        let body = Bytes::from(body);
        for connections in [1, 64] {
            let (mut mine, mut theirs) = (Vec::new(), Vec::new());
            let measure = Measure {
                name: &format!("HTTP sends, `{durability}`, {connections} connections"),
                baseline: "a bare axum handler that stores nothing",
                unit: "/s",
                goal: Goal::AtLeast(goal),
            };
            table.compare(
                &measure,
                || {
                    let (rate, slow) = load(&sidecar, connections, &body);
                    mine.push(slow);
                    rate
                },
                || {
                    let (rate, slow) = load(&bare, connections, &body);
                    theirs.push(slow);
                    rate
                },
            );
            let mut compared: Vec<f64> =
                mine.iter().zip(&theirs).map(|(mine, theirs)| mine / theirs).collect();
            let measure = Measure {
                name: &format!("HTTP send p99, `{durability}`, {connections} connections"),
                baseline: "the same",
                unit: "ms",
                goal: Goal::Shown,
            };
            let (mine, theirs) = (percentile(&mut mine, 0.5), percentile(&mut theirs, 0.5));
            table.add(&measure, mine, theirs, &mut compared);
        }
        if durability == "full" {
            let syncing = Server::bare(Some(&folder.path().join("synced")));
            let measure = Measure {
                name: "HTTP sends, `full`, 1 connections",
                baseline: "a bare axum handler that syncs 16 KiB of a file for each",
                unit: "/s",
                goal: Goal::Shown,
            };
            table.compare(&measure, || load(&sidecar, 1, &body).0, || load(&syncing, 1, &body).0);
        }
    }
}
