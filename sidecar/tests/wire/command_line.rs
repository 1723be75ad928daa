//! The rest of the command: on a file and through a sidecar, and receiving.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::receiver::{Receiver, answer, eventually};
use super::server::{KEY, Server, command};

/// How a command reaches the outbox.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    File,
    Server,
}

pub fn arguments(server: &Server, door: Door, arguments: &[&str]) -> Command {
    let mut command = command();
    command.args(arguments).env("HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS", "true");
    match door {
        Door::File => command.arg("--database").arg(server.folder.path().join("outbox.db")),
        Door::Server => command.args(["--url", &format!("http://{}", server.address), "--api-key", KEY]),
    };
    command
}

pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub error: String,
}

pub fn run(mut command: Command, input: &str) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), error: text(output.stderr) }
}

#[track_caller]
fn json_of(server: &Server, door: Door, words: &[&str]) -> Value {
    let ran = run(arguments(server, door, &[words, &["--json"]].concat()), "");
    assert_eq!(ran.code, Some(0), "{words:?} {door:?}: {}", ran.error);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{words:?}: {error}: {}", ran.out))
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn every_command_works_on_a_file_and_through_a_sidecar() {
    for door in [Door::File, Door::Server] {
        let receiver =
            Receiver::start(|delivery, _| answer(if delivery.path == "/dead" { 400 } else { 200 }));
        let server = Server::start(&[]);
        let ask = |words: &[&str]| json_of(&server, door, words);
        let created =
            ask(&["endpoints", "create", &receiver.url("/ok"), "--header", "X-Own: 1", "--description", "d"]);
        let endpoint = text(&created["id"]);
        assert_eq!(ask(&["endpoints", "show", &endpoint])["headers"], json!({"X-Own": "1"}));
        let updated = ask(&[
            "endpoints",
            "update",
            &endpoint,
            "--rate-limit-rps",
            "500",
            "--to",
            &receiver.url("/dead"),
        ]);
        assert_eq!((&updated["rate_limit_rps"], &updated["description"]), (&json!(500), &json!("d")));
        assert_eq!(ask(&["endpoints", "pause", &endpoint])["paused"], true);
        assert_eq!(ask(&["endpoints", "resume", &endpoint])["paused"], false);

        let sent = ask(&[
            "send",
            &endpoint,
            r#"{"n": 9007199254740993}"#,
            "--header",
            "X-A: b: c",
            "--idempotency-key",
            "k",
        ]);
        let message = text(&sent["message_id"]);
        assert_eq!(
            ask(&["send", &endpoint, r#"{"n": 9007199254740993}"#, "--idempotency-key", "k"])["message_id"],
            sent["message_id"]
        );
        server.wait_for_status(&message, "failed_permanent");
        let delivery = receiver.deliveries().remove(0);
        assert_eq!(delivery.body, br#"{"n": 9007199254740993}"#);
        let shown = ask(&["messages", "show", &message]);
        assert_eq!(shown["message"]["id"], sent["message_id"]);
        assert_eq!(shown["attempts"][0]["response_status"], 400);
        assert_eq!(ask(&["messages", "list", "--status", "failed_permanent", "--since", "2020-01-01T00:00:00Z"])["data"].as_array().unwrap().len(), 1);
        assert_eq!(ask(&["dlq", "list"])["messages"].as_array().unwrap().len(), 1);
        ask(&["endpoints", "update", &endpoint, "--to", &receiver.url("/ok")]);
        assert_eq!(ask(&["messages", "replay-all"])["replayed"], 1);
        server.wait_for_status(&message, "succeeded");
        assert_eq!(ask(&["keys", "list", &endpoint])["data"].as_array().unwrap().len(), 1);
        let key = ask(&["api-keys", "create", "--label", "billing", "--mode", "test"]);
        assert!(text(&key["key"]).starts_with("hb_test_"));
        assert_eq!(ask(&["api-keys", "list"])["data"].as_array().unwrap().len(), 2);
        ask(&["api-keys", "delete", key["key_id"].as_str().unwrap()]);
        assert_eq!(ask(&["stats"])["dead"], 0);
        eventually("the count", || ask(&["metrics", "--window", "1h"])["total_messages"] == 1);
        assert_eq!(ask(&["metrics", "--window", "1h", "--series"])["buckets"].as_array().unwrap().len(), 60);

        let file = server.folder.path().join(format!("{door:?}.csv"));
        let exported = ask(&["export", "--output", file.to_str().unwrap()]);
        assert_eq!(exported["rows"], 1);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "payloads of others are in it");
        let lines = std::fs::read_to_string(&file).unwrap();
        assert!(lines.starts_with("message_id,") && lines.contains(&message), "{lines}");
        let again = run(arguments(&server, door, &["export", "--output", file.to_str().unwrap()]), "");
        assert_eq!(again.code, Some(1), "a file that exists is not written over");
        let piped = run(arguments(&server, door, &["export"]), "");
        assert_eq!((piped.code, piped.out.as_str()), (Some(0), lines.as_str()));
        assert_eq!(run(arguments(&server, door, &["export", "--since", "soon"]), "").code, Some(1));

        let refused = run(arguments(&server, door, &["messages", "delete-all"]), "");
        assert_eq!(refused.code, Some(1), "nobody said yes");
        assert_eq!(ask(&["messages", "delete-all", "--status", "succeeded", "--yes"])["deleted"], 1);
        let refused = run(arguments(&server, door, &["messages", "cancel", &message]), "");
        assert_eq!(refused.code, Some(1));
        assert!(refused.error.contains("hookbridge: "), "{}", refused.error);
        ask(&["endpoints", "delete", &endpoint]);
    }
}

#[test]
fn lines_are_sent_and_those_that_are_wrong_are_named() {
    for door in [Door::File, Door::Server] {
        let receiver = Receiver::start(|_, _| answer(200));
        let server = Server::start(&[]);
        let endpoint = text(&json_of(&server, door, &["endpoints", "create", &receiver.url("/")])["id"]);
        let mut lines: String = (0..1200)
            .map(|number| format!("{{\"endpoint_id\":\"{endpoint}\",\"payload\":{number}}}\n"))
            .collect();
        lines.push_str("\nnot json\n{\"endpoint_id\":\"ep_no\",\"payload\":1}\n");
        let ran = run(arguments(&server, door, &["send", "--lines", "-", "--json"]), &lines);
        assert_eq!(ran.code, Some(1), "{}", ran.error);
        assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap(), json!({"accepted": 1200, "refused": 2}));
        assert!(ran.error.contains("line 1202: INVALID_REQUEST"), "{}", ran.error);
        assert!(ran.error.contains("line 1203: ENDPOINT_NOT_FOUND"), "{}", ran.error);
        eventually("every delivery", || receiver.deliveries().len() == 1200);
        let file = server.folder.path().join("payload.json");
        std::fs::write(&file, "[1.10]").unwrap();
        json_of(&server, door, &["send", &endpoint, &format!("@{}", file.display())]);
        let from_stdin = run(arguments(&server, door, &["send", &endpoint, "-"]), "\"\u{fc}\"");
        assert_eq!(from_stdin.code, Some(0));
        eventually("the two", || receiver.deliveries().len() == 1202);
        assert_eq!(run(arguments(&server, door, &["send", &endpoint, "not json"]), "").code, Some(1));
        assert_eq!(run(arguments(&server, door, &["send", &endpoint]), "").code, Some(2));
    }
}

/// A command that goes on, and the lines that it prints.
struct Going {
    child: Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Going {
    fn start(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let (sender, lines) = std::sync::mpsc::channel();
        let out: Box<dyn Read + Send> = Box::new(child.stdout.take().unwrap());
        let errors: Box<dyn Read + Send> = Box::new(child.stderr.take().unwrap());
        for stream in [out, errors] {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, lines }
    }

    #[track_caller]
    fn line(&self) -> String {
        self.lines.recv_timeout(std::time::Duration::from_secs(30)).expect("a line")
    }

    fn stop(mut self, signal: Signal) -> Option<i32> {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
        self.child.wait().unwrap().code()
    }
}

#[test]
fn a_tail_follows_new_messages_and_their_states() {
    for door in [Door::File, Door::Server] {
        let receiver = Receiver::start(|_, count| answer(if count == 0 { 500 } else { 200 }));
        let server = Server::start(&["--retry-schedule", "[1]"]);
        let endpoint = text(&server.create_endpoint(&receiver.url("/"))["id"]);
        let tail = Going::start(arguments(&server, door, &["messages", "tail", "-f", "--json"]));
        let message = server.send(&endpoint, "1");
        let mut states = Vec::new();
        while states.last().is_none_or(|state| state != "succeeded") {
            let line: Value = serde_json::from_str(&tail.line()).unwrap();
            assert_eq!(line["message_id"], json!(message));
            states.push(text(&line["status"]));
        }
        assert!(states.contains(&"pending_retry".to_owned()), "{states:?}");
        assert_eq!(tail.stop(Signal::SIGINT), Some(0));
        let once = run(arguments(&server, door, &["messages", "tail"]), "");
        assert!(once.code == Some(0) && once.out.contains(&message), "{}", once.out);
    }
}

#[test]
fn a_reader_that_goes_away_ends_a_tail() {
    let server = Server::start(&[]);
    let endpoint = text(&server.create_endpoint("http://127.0.0.1:9/")["id"]);
    let mut child =
        arguments(&server, Door::File, &["messages", "tail", "-f"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    eventually("the end", || {
        server.send(&endpoint, "1");
        child.try_wait().unwrap().is_some()
    });
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_receiver_verifies_both_signatures_and_fails_as_it_is_told() {
    let server = Server::start(&["--retry-schedule", "[0.05]", "--max-attempts", "3"]);
    // A port that is free now; the endpoint must exist before its secret is known.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let created = server.create_endpoint(&format!("http://{address}/hook"));
    let (endpoint, secret) = (text(&created["id"]), text(&created["signing_secret"]));
    let listen = |more: &[&str]| {
        let mut listen = command();
        listen.args(["listen", "--listen", &address, "--json"]).args(more);
        let going = Going::start(listen);
        assert!(going.line().contains("listening"), "it says where");
        going
    };

    let good = listen(&["--secret", &secret]);
    let message = server.send(&endpoint, r#"{"n": 1.10}"#);
    let line: Value = serde_json::from_str(&good.line()).unwrap();
    assert_eq!(line["message_id"], json!(message));
    assert_eq!(
        (&line["signature"], &line["answered"], &line["path"]),
        (&json!("verified"), &json!(200), &json!("/hook"))
    );
    assert_eq!(line["body"], r#"{"n": 1.10}"#);
    server.wait_for_status(&message, "succeeded");
    assert_eq!(good.stop(Signal::SIGINT), Some(0));

    let wrong = listen(&["--secret", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]);
    let message = server.send(&endpoint, "2");
    let line: Value = serde_json::from_str(&wrong.line()).unwrap();
    assert_eq!((&line["signature"], &line["answered"]), (&json!("WRONG SIGNATURE"), &json!(401)));
    server.wait_for_status(&message, "failed_permanent");
    assert_eq!(wrong.stop(Signal::SIGTERM), Some(0));

    let failing = listen(&["--secret", &secret, "--fail-rate", "1", "--delay", "10ms"]);
    let message = server.send(&endpoint, "3");
    for attempt in ["1", "2", "3"] {
        let line: Value = serde_json::from_str(&failing.line()).unwrap();
        assert_eq!((&line["attempt"], &line["answered"]), (&json!(attempt), &json!(503)));
    }
    server.wait_for_status(&message, "failed_permanent");
    failing.stop(Signal::SIGINT);

    // One seed, one history.
    let histories: Vec<Vec<u64>> = (0..2)
        .map(|_| {
            let seeded = listen(&["--fail-rate", "0.5", "--seed", "7"]);
            let paused = server.send(&endpoint, "4");
            let mut answers = Vec::new();
            while answers.last() != Some(&200) && answers.len() < 3 {
                let line: Value = serde_json::from_str(&seeded.line()).unwrap();
                assert_eq!(line["signature"], "not verified");
                answers.push(line["answered"].as_u64().unwrap());
            }
            let end = if answers.last() == Some(&200) { "succeeded" } else { "failed_permanent" };
            server.wait_for_status(&paused, end);
            seeded.stop(Signal::SIGINT);
            answers
        })
        .collect();
    assert_eq!(histories[0], histories[1]);
}

#[test]
fn a_health_check_needs_nothing_else() {
    let server = Server::start(&[]);
    let health = |more: &[&str]| {
        let mut health = command();
        health.args(["health", "--listen", &server.address.to_string()]).args(more);
        run(health, "").code
    };
    assert_eq!((health(&[]), health(&["--ready"])), (Some(0), Some(0)));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut nobody = command();
    nobody.args(["health", "--listen", &format!("127.0.0.1:{port}")]);
    assert_eq!(run(nobody, "").code, Some(1));
}

#[test]
fn completions_and_manual_pages_are_whole() {
    let folder = TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let mut completions = command();
        completions.args(["completions", shell]);
        let ran = run(completions, "");
        assert_eq!(ran.code, Some(0));
        assert!(ran.out.contains("retry-now") && ran.out.contains("doctor"), "{shell}");
        if shell == "bash" {
            let mut bash = Command::new("bash");
            bash.arg("-n");
            assert_eq!(run(bash, &ran.out).code, Some(0), "bash cannot read it");
        }
    }
    let mut man = command();
    man.args(["man", "--output"]).arg(folder.path());
    assert_eq!(run(man, "").code, Some(0));
    let page = std::fs::read_to_string(folder.path().join("hookbridge-messages-tail.1")).unwrap();
    assert!(page.contains(".SH OPTIONS") && page.contains("follow"), "{page}");
    assert!(std::fs::read_dir(folder.path()).unwrap().count() > 30);
}
