//! Commands on a file, while a server delivers from it.

use serde_json::Value;
use tempfile::TempDir;

use super::receiver::{Receiver, answer};
use super::server::{Server, command};

/// The command's exit code, and what it printed on stdout and stderr.
fn run(server: &Server, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command()
        .args(arguments)
        .env("HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS", "true")
        .arg("--database")
        .arg(server.folder.path().join("outbox.db"))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[track_caller]
fn json(server: &Server, arguments: &[&str]) -> Value {
    let (code, out, error) = run(server, &[arguments, &["--json"]].concat());
    assert_eq!(code, Some(0), "{arguments:?}: {error}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn a_file_is_looked_after_while_it_is_served() {
    let receiver = Receiver::start(|_, count| answer(if count == 0 { 400 } else { 200 }));
    let server = Server::start(&[]);
    let endpoint = json(&server, &["endpoints", "create", &receiver.url("/hook"), "--description", "d"]);
    let id = endpoint["id"].as_str().unwrap();
    let message = server.send(id, "1");
    server.wait_for_status(&message, "failed_permanent");

    assert_eq!(json(&server, &["endpoints", "list"])["data"][0]["id"], id);
    assert_eq!(json(&server, &["endpoints", "get", id])["description"], "d");
    assert_eq!(json(&server, &["keys", "list", id])["data"].as_array().unwrap().len(), 1);
    let key = json(&server, &["keys", "create", id])["id"].as_str().unwrap().to_owned();
    json(&server, &["keys", "delete", id, &key]);
    let (_, table, _) = run(&server, &["dlq", "list", "--limit", "5"]);
    assert!(table.starts_with("MESSAGE_ID") && table.contains(&message), "{table}");
    let (_, stats, _) = run(&server, &["stats"]);
    assert!(stats.contains("dead: 1"), "{stats}");
    // The server delivers it: the command only asked.
    json(&server, &["dlq", "replay", &message]);
    server.wait_for_status(&message, "succeeded");
    assert_eq!(
        json(&server, &["messages", "list", "--status", "succeeded"])["data"][0]["message_id"],
        message
    );
    let attempts = json(&server, &["messages", "attempts", &message]);
    assert_eq!(attempts["data"].as_array().unwrap().len(), 2);
    assert_eq!(json(&server, &["messages", "get", &message])["status"], "succeeded");

    let (code, _, error) = run(&server, &["messages", "cancel", &message]);
    assert_eq!(code, Some(1));
    assert!(error.contains("INVALID_STATUS"), "{error}");
    json(&server, &["messages", "delete", &message]);
    json(&server, &["endpoints", "pause", id]);
    json(&server, &["endpoints", "resume", id]);
    json(&server, &["endpoints", "delete", id]);
    assert_eq!(run(&server, &["endpoints", "get", id]).0, Some(1));
}

#[test]
fn a_mistyped_file_is_not_created() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("none.db");
    let output = command().args(["stats", "--database"]).arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!file.exists());
}
