//! Exports: made at one process, read at another, and gone on with where the one that writes is killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hookbridge_core::config::Delivery;
use hookbridge_core::engine::Engine;
use serde_json::{Value, json};

use super::receiver::{self, call, eventually};
use super::server::Server;
use super::session::Session;
use super::{database, open};

const KEY: &str = "hb_test_exports0000000000000000000000000";
/// The number of a lock that the test holds where a write is to wait.
const HELD: i64 = 77;

/// The command that `HOOKBRIDGE_COMMAND` names, or else one that is built now.
fn command() -> PathBuf {
    if let Some(built) = std::env::var_os("HOOKBRIDGE_COMMAND") {
        return built.into();
    }
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "hookbridge-sidecar"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success());
    Path::new(env!("CARGO_BIN_EXE_producer")).with_file_name("hookbridge")
}

struct Sidecar {
    child: Child,
    address: String,
}

impl Sidecar {
    fn start(program: &Path, database: &Path, delivery: &str) -> Self {
        let mut child = Command::new(program)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--api-key",
                KEY,
                "--delivery",
                delivery,
                "--database",
            ])
            .arg(database)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the sidecar ended");
        }
        let port = line.split("127.0.0.1:").nth(1).unwrap();
        let port: String = port.chars().take_while(char::is_ascii_digit).collect();
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, address: format!("127.0.0.1:{port}") }
    }

    /// The head and the body of an answer.
    fn ask(&self, method: &str, path: &str, key: bool, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let key = if key { format!("authorization: Bearer {KEY}\r\n") } else { String::new() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{key}content-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        (head.to_owned(), body.to_owned())
    }

    fn create(&self) -> String {
        let (_, body) = self.ask("POST", "/v1/exports", true, &everything().to_string());
        let answer: Value = serde_json::from_str(&body).unwrap();
        answer["data"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// The file, by the link that needs no key.
    fn download(&self, id: &str) -> String {
        let (head, _) = self.ask("GET", &format!("/v1/exports/{id}/download"), true, "");
        let link = head.lines().find_map(|line| line.strip_prefix("location: ")).expect("a link");
        let (head, body) = self.ask("GET", link, false, "");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        body
    }
}

impl Drop for Sidecar {
    /// SIGKILL.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn everything() -> Value {
    json!({"start_time": "2020-01-01T00:00:00Z", "end_time": "2100-01-01T00:00:00Z"})
}

fn status(engine: &Engine, id: &str) -> Value {
    call(engine, "exports.get", json!({"export_id": id}))["status"].clone()
}

fn file(engine: &Engine, id: &str) -> String {
    let mut file = Vec::new();
    engine.download_export(id, &mut file).unwrap();
    String::from_utf8(file).unwrap()
}

/// Seven thousand messages, whose lines take more than two pieces.
fn filled(server: &Server) -> (PathBuf, Engine) {
    let address = database(server);
    let engine = open(&address, Delivery::Off);
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    // Nothing changes the messages meanwhile.
    call(&engine, "endpoints.pause", json!({"endpoint_id": endpoint}));
    let sent = format!(
        "SELECT count(hookbridge.send('{endpoint}', json_build_object('n', n)::text, NULL, repeat('k', 250) || n))
            FROM generate_series(1, 7000) AS n"
    );
    server.sql("postgres", &sent).unwrap();
    (address, engine)
}

#[test]
fn an_export_is_read_at_every_process_and_survives_the_one_that_writes_it() {
    let server = Server::start();
    let (address, engine) = filled(&server);
    let session = Session::start(&server, "postgres");
    let program = command();
    let first = Sidecar::start(&program, &address, "off");

    // Made at one, read at the others, in each way.
    let id = first.create();
    eventually("it is written", || status(&engine, &id) == "completed");
    let second = Sidecar::start(&program, &address, "auto");
    let whole = file(&engine, &id);
    assert_eq!(whole.lines().count(), 7001);
    assert!(whole.len() > 2 << 20, "{} bytes are no more than two pieces", whole.len());
    assert!(first.download(&id) == whole && second.download(&id) == whole);
    let copy = call(&engine, "exports.download", json!({"export_id": id}));
    let copy = copy["download_url"].as_str().unwrap().strip_prefix("file://").unwrap();
    assert!(std::fs::read_to_string(copy).unwrap() == whole);

    // One is killed in the midst of writing: its second piece waits for a lock.
    let hold = format!(
        "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock({HELD}); RETURN NEW; END $$;
         CREATE TRIGGER hold BEFORE INSERT ON hookbridge.export_chunks
            FOR EACH ROW WHEN (NEW.n = 1) EXECUTE FUNCTION hold();
         SELECT pg_advisory_lock({HELD})"
    );
    session.run(&hold).unwrap();
    let id = first.create();
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    eventually("its second piece is written", || session.run(waiting).unwrap() == "1");
    assert_eq!(status(&engine, &id), "processing");
    drop(first);
    session.run(&format!("SELECT pg_advisory_unlock({HELD})")).unwrap();
    eventually("another process writes it", || status(&engine, &id) == "completed");
    assert!(second.download(&id) == whole && file(&engine, &id) == whole);

    // Deleted here, gone everywhere.
    call(&engine, "exports.delete", json!({"export_id": id}));
    let left = format!("SELECT count(*) FROM hookbridge.export_chunks WHERE export_id = '{id}'");
    assert_eq!(session.run(&left).unwrap(), "0");
    engine.close(Duration::from_secs(10)).unwrap();
    assert!(!Path::new(copy).exists(), "a copy stays");
}
