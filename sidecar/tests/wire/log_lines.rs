//! The log's lines: each thing once, and no more digits than anybody reads.

use std::collections::BTreeSet;
use std::sync::Arc;

use nix::sys::signal::Signal;
use serde_json::Value;
use tempfile::TempDir;

use super::receiver::{Receiver, answer};
use super::server::{KEY, Server, command};

/// The log of a server that had requests, refused some, and made deliveries of every outcome.
fn log_of(format: &str) -> Vec<String> {
    let receiver = Receiver::start(|delivery, _| {
        answer(match delivery.path.as_str() {
            "/dead" => 400,
            "/flaky" => 503,
            _ => 200,
        })
    });
    let folder = Arc::new(TempDir::new().unwrap());
    let mut serve = command();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", format, "--log-level", "debug"])
        .args(["--allow-local-endpoints", "--api-key", KEY, "--shutdown-timeout", "2", "--database"])
        .arg(folder.path().join("outbox.db"));
    let mut server = Server::run(folder, serve);
    for (path, status) in [("/ok", "succeeded"), ("/dead", "failed_permanent"), ("/flaky", "pending_retry")] {
        let endpoint = server.create_endpoint(&receiver.url(path))["id"].as_str().unwrap().to_owned();
        let message = server.send(&endpoint, "1");
        server.wait_for_status(&message, status);
    }
    assert_eq!(server.request("GET", "/v1/endpoints/ep_nonsense", "").status, 404);
    assert_eq!(server.request("POST", "/v1/endpoints", r#"{"url": "a b=\"c\" status=200"}"#).status, 400);
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success());
    super::receiver::eventually("the last line", || server.logged("stopped"));
    server.log.lock().unwrap().clone()
}

/// The fields of a line of text, each `name=value`. A value of several words stands in quotes.
fn fields_of(line: &str) -> Vec<&str> {
    let (mut fields, mut begin, mut is_quoted) = (Vec::new(), 0, false);
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => {
                fields.push(&line[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    fields.push(&line[begin..]);
    fields.into_iter().filter(|field| field.contains('=')).collect()
}

#[test]
fn a_line_of_text_says_each_thing_once() {
    let lines = log_of("text");
    for line in &lines {
        let (time, rest) = line.split_once(' ').unwrap();
        let form: String =
            time.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        assert_eq!(form, "0000-00-00T00:00:00.000Z", "{line}");
        let fields = fields_of(rest);
        let names: BTreeSet<&str> = fields.iter().filter_map(|field| field.split('=').next()).collect();
        assert_eq!(fields.len(), names.len(), "{line}");
        assert!(!line.contains("otel."), "{line}");
        for field in fields {
            let (_, value) = field.split_once('=').unwrap();
            let number: String =
                value.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
            let is_number = number.len() == value.len() || value.ends_with("ms") || value.ends_with('s');
            assert!(!is_number || number.len() <= 6, "{field} in {line}");
        }
    }
    let of = |sentence: &str| -> Vec<&String> {
        lines.iter().filter(|line| line.contains(&format!(": {sentence}"))).collect()
    };
    let answered = of("answered");
    assert!(answered.len() > 6, "{lines:#?}");
    for line in answered {
        let names: Vec<&str> = fields_of(line).iter().map(|field| field.split('=').next().unwrap()).collect();
        for name in ["request_id", "method", "route", "status", "took"] {
            assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name}: {line}");
        }
    }
    // The core's id of the call beside that of the request.
    assert!(of("refused").iter().any(|line| line.contains(" request.request_id=req_")), "{lines:#?}");
    let ended = of("attempt ended");
    assert_eq!(ended.len(), 3, "{lines:#?}");
    assert!(ended.iter().any(|line| line.contains("verdict=retry next_attempt_at=2")), "{ended:#?}");
}

#[test]
fn a_line_of_json_says_each_thing_once_and_has_every_field() {
    let mut answered = 0;
    for line in log_of("json") {
        let line: Value = serde_json::from_str(&line).unwrap();
        let spans = line["spans"].as_array().cloned().unwrap_or_default();
        let mut said: Vec<(String, Value)> = Vec::new();
        for part in std::iter::once(&line).chain(&spans) {
            for (name, value) in part.as_object().unwrap().iter().filter(|(name, _)| *name != "spans") {
                let field = (name.clone(), value.clone());
                assert!(!said.contains(&field), "{name} twice: {line}");
                said.push(field);
            }
        }
        if line["message"] == "answered" {
            answered += 1;
            assert_eq!((&spans[0]["name"], &spans[0]["otel.kind"]), (&"request".into(), &"server".into()));
            for name in ["timestamp", "level", "target", "request_id", "method", "route"] {
                assert!(line[name].is_string(), "{name}: {line}");
            }
            assert!(line["status"].is_u64() && line["milliseconds"].is_f64(), "{line}");
            assert!(line["milliseconds"].to_string().len() <= 8, "{line}");
        }
    }
    assert!(answered > 6);
}
