//! `hookbridge doctor`: looking for what is wrong.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use super::command_line::{Door, Ran, arguments, run, text};
use super::receiver::eventually;
use super::server::{Server, command};

fn doctor(database: &Path) -> (Option<i32>, Value) {
    let mut asked = command();
    asked.args(["doctor", "--json", "--database"]).arg(database);
    let ran = run(asked, "");
    let report =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {} {}", ran.out, ran.error));
    (ran.code, report)
}

/// The checks that found something, and what they advise.
fn ill(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let ill = findings.iter().filter(|finding| finding["well"] == false);
    ill.map(|finding| {
        assert!(finding["advice"].as_str().is_some_and(|advice| advice.len() > 10), "{finding}");
        text(&finding["check"])
    })
    .collect()
}

#[test]
fn a_doctor_finds_what_is_wrong_and_changes_nothing() {
    let server = Server::start(&[]);
    let database = server.folder.path().join("outbox.db");
    let endpoint = text(&server.create_endpoint("http://127.0.0.1:9/")["id"]);
    let (code, report) = doctor(&database);
    assert_eq!((code, ill(&report)), (Some(0), Vec::new()), "a file that is served is well: {report}");
    server.send(&endpoint, "1");
    server.request("POST", &format!("/v1/endpoints/{endpoint}/pause"), "");
    assert_eq!(ill(&doctor(&database).1), ["paused"]);
    let asked = run(arguments(&server, Door::Server, &["doctor", "--json"]), "");
    let report: Value = serde_json::from_str(&asked.out).unwrap();
    assert_eq!((asked.code, ill(&report)), (Some(1), vec!["paused".to_owned()]));
    let mut wrong = command();
    wrong.args([
        "doctor",
        "--json",
        "--url",
        &format!("http://{}", server.address),
        "--api-key",
        "hb_test_no",
    ]);
    let wrong = run(wrong, "");
    let report: Value = serde_json::from_str(&wrong.out).unwrap();
    assert_eq!((wrong.code, ill(&report)), (Some(1), vec!["server".to_owned()]));
    // Who is stopped keeps the lock and delivers nothing.
    let stats = server.request("GET", "/v1/stats", "").json();
    let pid = Pid::from_raw(stats["data"]["deliverer"]["pid"].as_i64().unwrap() as i32);
    kill(pid, Signal::SIGSTOP).unwrap();
    eventually("the stop to be seen", || ill(&doctor(&database).1) == ["deliverer", "paused"]);
    kill(pid, Signal::SIGCONT).unwrap();
    eventually("it to go on", || ill(&doctor(&database).1) == ["paused"]);
    let folder = server.folder.clone();
    drop(server);

    // Nobody delivers any more.
    let (code, report) = doctor(&database);
    assert_eq!(
        (code, ill(&report)),
        (Some(1), vec!["deliverer".to_owned(), "paused".to_owned()]),
        "{report}"
    );
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(ill(&doctor(&database).1).contains(&"permissions".to_owned()));
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o600)).unwrap();

    let missing: PathBuf = folder.path().join("missing.db");
    let (code, report) = doctor(&missing);
    assert_eq!((code, ill(&report)), (Some(1), vec!["file".to_owned()]));
    assert!(!missing.exists(), "nothing is created");
    let text_file = folder.path().join("text.db");
    std::fs::write(&text_file, "this is a text and no database, however long it may be").unwrap();
    assert_eq!(ill(&doctor(&text_file).1), ["file"]);

    // A page in the middle is overwritten: damage.
    let damaged = folder.path().join("damaged.db");
    std::fs::copy(&database, &damaged).unwrap();
    let mut bytes = std::fs::read(&damaged).unwrap();
    let middle = bytes.len() / 4096 / 2 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&damaged, &bytes).unwrap();
    assert!(ill(&doctor(&damaged).1).contains(&"integrity".to_owned()), "{}", doctor(&damaged).1);
    assert_eq!(std::fs::read(&damaged).unwrap(), bytes, "it only looks");
}

/// What it says of one check, of those that are ill.
fn said(report: &Value, check: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|one| one["check"] == check && one["well"] == false)
        .map(|one| text(&one["says"]))
        .collect()
}

#[test]
fn a_doctor_names_each_file_that_others_can_read() {
    let server = Server::start(&[]);
    let times = r#"{"start_time":"2020-01-01T00:00:00Z","end_time":"2100-01-01T00:00:00Z"}"#;
    let export = server.request("POST", "/v1/exports", times).json()["data"]["id"].clone();
    let path = format!("/v1/exports/{}", export.as_str().unwrap());
    eventually("the export", || server.request("GET", &path, "").json()["data"]["status"] == "completed");
    let database = server.folder.path().join("outbox.db");
    assert_eq!(ill(&doctor(&database).1), Vec::<String>::new());
    let exports = server.folder.path().join("outbox.db-exports");
    let file = std::fs::read_dir(&exports).unwrap().next().unwrap().unwrap().path();
    let beside = |suffix: &str| server.folder.path().join(format!("outbox.db{suffix}"));
    for (path, closed, open) in [
        (database.clone(), 0o600, 0o604),
        (beside("-wal"), 0o600, 0o640),
        (beside("-shm"), 0o600, 0o644),
        (beside("-lock"), 0o600, 0o620),
        (exports, 0o700, 0o755),
        (file, 0o600, 0o644),
    ] {
        let change = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        change(open);
        let (code, report) = doctor(&database);
        let wanted = vec![format!("{} can be read by other users", path.canonicalize().unwrap().display())];
        assert_eq!((code, said(&report, "permissions")), (Some(1), wanted), "{report}");
        change(closed);
        assert_eq!(doctor(&database).0, Some(0), "{}", path.display());
    }
}

#[test]
fn a_doctor_says_where_what_is_trusted_cannot_be_read() {
    let server = Server::start(&[]);
    let database = server.folder.path().join("outbox.db");
    let folder = TempDir::new().unwrap();
    let (empty, none) = (folder.path().join("empty.pem"), folder.path().join("none.pem"));
    std::fs::write(&empty, "no certificate").unwrap();
    let good = folder.path().join("good.pem");
    let certificate = rcgen::generate_simple_self_signed(["authority.test".to_owned()]).unwrap().cert;
    std::fs::write(&good, certificate.pem()).unwrap();
    let asked = |store: &Path, ca_file: Option<&Path>| {
        let mut asked = command();
        asked.args(["doctor", "--json", "--database"]).arg(&database);
        asked.env("SSL_CERT_FILE", store).env_remove("SSL_CERT_DIR");
        if let Some(file) = ca_file {
            asked.arg("--ca-file").arg(file);
        }
        let Ran { code, out, error } = run(asked, "");
        let report: Value = serde_json::from_str(&out).unwrap_or_else(|cause| panic!("{cause}: {error}"));
        (code, said(&report, "trust"))
    };
    assert_eq!(asked(&good, None), (Some(0), vec![]));
    assert_eq!(asked(&good, Some(&good)), (Some(0), vec![]));
    // A folder in the place of the file is there and cannot be read.
    let (code, unread) = asked(folder.path(), None);
    assert_eq!(code, Some(1));
    assert!(
        unread[0].starts_with("the trust store cannot be read: ")
            && unread[0].contains(folder.path().to_str().unwrap()),
        "{unread:?}"
    );
    let (code, nothing) = asked(&empty, None);
    assert_eq!((code, nothing.len()), (Some(1), 1));
    assert!(nothing[0].contains("no authority is trusted"), "{nothing:?}");
    // What is named as well makes up for that, where it can be read.
    assert_eq!(asked(&empty, Some(&good)), (Some(0), vec![]));
    for wrong in [&empty, &none] {
        let (code, said) = asked(&good, Some(wrong));
        assert_eq!((code, said.len()), (Some(1), 1));
        assert!(said[0].contains("`ca_file`") && said[0].contains(wrong.to_str().unwrap()), "{said:?}");
    }
}
