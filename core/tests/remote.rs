//! The client over HTTP, against servers that answer by script: what is tried again, what is not, and what a caller
//! learns.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookbridge_core::config::Server;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Config, Engine, ErrorCode};
use serde_json::Value;

const ENDPOINT: &str = "ep_00000000000000000000000000000001";
const RECEIPT: &str = r#"{"data":{"message_id":"0192a3b4-c5d6-7e8f-9012-345678901234","status":"queued"},"meta":{"request_id":"req_1"}}"#;

/// What the server does with a request.
#[derive(Clone, Copy)]
enum Act {
    Answer(u16, &'static str, &'static str),
    /// Closes without an answer.
    Reset,
    /// Never answers.
    Hang,
    /// Breaks off in the middle of the body.
    Truncate,
}

#[derive(Clone, Debug)]
struct Asked {
    line: String,
    headers: String,
    body: String,
}

#[derive(Clone)]
struct ScriptedServer {
    url: String,
    script: Arc<Mutex<VecDeque<Act>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl ScriptedServer {
    fn start(script: &[Act]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script.iter().copied().collect())),
            asked: Arc::default(),
        };
        let serving = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        server
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(asked) = read(&mut reader) {
            self.asked.lock().unwrap().push(asked);
            let act = self.script.lock().unwrap().pop_front().unwrap_or(Act::Answer(
                500,
                "",
                "the script has ended",
            ));
            let written = match act {
                Act::Answer(status, headers, body) => write!(
                    stream,
                    "HTTP/1.1 {status} x\r\ncontent-length: {}\r\n{headers}\r\n{body}",
                    body.len()
                ),
                Act::Reset => return,
                Act::Hang => {
                    std::thread::sleep(Duration::from_secs(5));
                    return;
                }
                Act::Truncate => {
                    let _ = write!(stream, "HTTP/1.1 202 x\r\ncontent-length: 500\r\n\r\n{{\"data\":");
                    return;
                }
            };
            if written.is_err() {
                return;
            }
        }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn engine(&self) -> Engine {
        self.engine_with(|_| ())
    }

    fn engine_with(&self, change: impl FnOnce(&mut Server)) -> Engine {
        let mut server = Server::new(&self.url, "hb_test_abcdefghijklmnopqrstuvwxyz012345");
        server.timeout = Duration::from_secs(2);
        change(&mut server);
        Engine::open(Config { server: Some(server), ..Config::default() }).unwrap()
    }
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let (mut line, mut headers) = (String::new(), String::new());
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        headers.push_str(&header.to_ascii_lowercase());
    }
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { line: line.trim_end().to_owned(), headers, body: String::from_utf8(body).unwrap() })
}

fn message() -> SendRequest {
    SendRequest::new(ENDPOINT, br#"{"n": 9007199254740993, "x": 1.10}"#.to_vec()).unwrap()
}

#[test]
fn a_send_is_repeated_under_one_idempotency_key_until_it_is_taken() {
    let server = ScriptedServer::start(&[
        Act::Reset,
        Act::Truncate,
        Act::Answer(503, "", ""),
        Act::Answer(202, "", RECEIPT),
    ]);
    let receipt = server.engine().send(message()).unwrap();
    assert_eq!(receipt.message_id.to_string(), "0192a3b4-c5d6-7e8f-9012-345678901234");
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    for request in &asked {
        assert_eq!(request.line, "POST /v1/webhooks/send HTTP/1.1");
        assert_eq!(request.body, asked[0].body, "every try is the same request");
        assert!(request.headers.contains("authorization: bearer hb_test_"), "{}", request.headers);
        assert!(request.body.contains(r#""payload":{"n": 9007199254740993, "x": 1.10}"#), "{}", request.body);
    }
    let body: Value = serde_json::from_str(&asked[0].body).unwrap();
    assert!(body["idempotency_key"].as_str().is_some_and(|key| key.len() == 36), "{body}");
}

#[test]
fn a_caller_s_idempotency_key_is_the_one_that_is_used() {
    let server = ScriptedServer::start(&[Act::Answer(202, "", RECEIPT)]);
    let request = SendRequest { idempotency_key: Some("mine".to_owned()), ..message() };
    server.engine().send(request).unwrap();
    assert!(server.asked()[0].body.contains(r#""idempotency_key":"mine""#));
}

#[test]
fn what_would_create_twice_is_not_repeated_once_it_was_sent() {
    let server = ScriptedServer::start(&[Act::Reset]);
    let error =
        server.engine().call("endpoints.create", r#"{"url": "https://example.com/hook"}"#).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NetworkError);
    assert_eq!(server.asked().len(), 1);
    // Turned away before it was looked at: nothing was created.
    let server = ScriptedServer::start(&[
        Act::Answer(
            429,
            "retry-after: 1\r\n",
            r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slow"}}"#,
        ),
        Act::Answer(201, "", r#"{"data":{"id":"ep_1"},"meta":{}}"#),
    ]);
    let begun = Instant::now();
    let answer = server.engine().call("endpoints.create", r#"{"url": "https://example.com/hook"}"#).unwrap();
    assert_eq!(answer, r#"{"id":"ep_1"}"#);
    assert!(begun.elapsed() >= Duration::from_secs(1), "Retry-After is heeded");
}

#[test]
fn a_repeated_delete_that_finds_nothing_has_succeeded() {
    let gone = r#"{"error":{"code":"ENDPOINT_NOT_FOUND","message":"gone"},"meta":{"request_id":"req_9"}}"#;
    let server = ScriptedServer::start(&[Act::Reset, Act::Answer(404, "", gone), Act::Answer(404, "", gone)]);
    let engine = server.engine();
    let request = format!(r#"{{"endpoint_id": "{ENDPOINT}"}}"#);
    assert_eq!(engine.call("endpoints.delete", &request).unwrap(), "{}");
    let error = engine.call("endpoints.delete", &request).unwrap_err();
    assert_eq!((error.code(), error.request_id()), (ErrorCode::EndpointNotFound, Some("req_9")));
}

#[test]
fn tries_are_counted_and_the_last_failure_is_told() {
    let refused =
        r#"{"error":{"code":"STORAGE_UNAVAILABLE","message":"disk full"},"meta":{"request_id":"req_3"}}"#;
    let server = ScriptedServer::start(&[Act::Answer(503, "", refused); 3]);
    let error = server.engine_with(|server| server.retries = 2).send(message()).unwrap_err();
    assert_eq!((error.code(), error.message()), (ErrorCode::StorageUnavailable, "disk full"));
    assert_eq!(error.request_id(), Some("req_3"));
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn silence_is_a_timeout_and_strangers_are_told() {
    let server = ScriptedServer::start(&[Act::Hang]);
    let engine = server.engine_with(|server| {
        server.retries = 0;
        server.timeout = Duration::from_millis(300);
    });
    assert_eq!(engine.send(message()).unwrap_err().code(), ErrorCode::Timeout);
    for (status, headers, body) in [(200, "", "<html>hello</html>"), (302, "location: /elsewhere\r\n", "")] {
        let server = ScriptedServer::start(&[Act::Answer(status, headers, body)]);
        let engine = server.engine_with(|server| server.retries = 0);
        let error = engine.call("endpoints.list", "{}").unwrap_err();
        assert_eq!(error.code(), ErrorCode::NetworkError, "{error}");
        assert_eq!(server.asked().len(), 1, "a redirect is not followed");
    }
}

#[test]
fn a_batch_has_an_answer_for_each_in_order() {
    let refused = r#"{"error":{"code":"ENDPOINT_NOT_FOUND","message":"no"},"meta":{}}"#;
    let server = ScriptedServer::start(&[Act::Answer(404, "", refused)]);
    let engine = server.engine();
    let results = engine.send_batch(vec![message()]).unwrap();
    assert_eq!(results[0].as_ref().unwrap_err().code(), ErrorCode::EndpointNotFound);
    let too_many = vec![message(); 1001];
    assert_eq!(engine.send_batch(too_many).unwrap_err().code(), ErrorCode::InvalidRequest);
}

#[test]
fn a_close_lets_requests_end_and_later_calls_are_refused() {
    let server = ScriptedServer::start(&[Act::Answer(202, "", RECEIPT)]);
    let engine = server.engine();
    let pending = engine.begin_send(message()).unwrap();
    assert!(engine.close(Duration::from_secs(10)).unwrap());
    pending.finish().unwrap();
    assert_eq!(engine.send(message()).unwrap_err().code(), ErrorCode::Closed);
    assert_eq!(engine.call("endpoints.list", "{}").unwrap_err().code(), ErrorCode::Closed);
}

#[test]
fn a_close_without_patience_leaves_nobody_waiting() {
    let server = ScriptedServer::start(&[Act::Hang]);
    let engine = server.engine();
    let pending = engine.begin_send(message()).unwrap();
    assert!(!engine.close(Duration::from_millis(50)).unwrap());
    assert_eq!(pending.finish().unwrap_err().code(), ErrorCode::Closed);
}

#[test]
fn what_needs_a_file_says_so() {
    let server = ScriptedServer::start(&[]);
    let engine = server.engine();
    assert!(engine.flush(Duration::from_secs(1)).unwrap());
    let code = |error: hookbridge_core::Error| error.code();
    assert_eq!(engine.events().map(|_| ()).map_err(code), Err(ErrorCode::NotSupported));
    assert_eq!(engine.authenticate("x").map_err(code), Err(ErrorCode::NotSupported));
    assert_eq!(engine.call("no.such", "{}").map_err(code), Err(ErrorCode::NotSupported));
}

#[test]
fn settings_that_cannot_work_are_named() {
    for (document, needle) in [
        (r#"{"base_url": "http://example.com", "api_key": "k"}"#, "`base_url` must be https://"),
        (r#"{"base_url": "https://example.com"}"#, "needs `api_key`"),
        (r#"{"send_url": "https://example.com", "api_key": "k"}"#, "needs `base_url`"),
        (r#"{"base_url": "https://example.com", "api_key": "k k"}"#, "`api_key` must be"),
        (r#"{"base_url": "https://example.com", "api_key": "k", "retries": 101}"#, "`retries` must be"),
        (r#"{"base_url": "https://example.com", "api_key": "k", "timeout": 0}"#, "`timeout` must be"),
    ] {
        let opened = Config::from_json(document).and_then(Engine::open);
        let error = opened.err().unwrap();
        assert_eq!(error.code(), ErrorCode::InvalidConfiguration);
        assert!(error.message().contains(needle), "{document}: {error}");
    }
}
