//! What the server is told, and what it refuses to start with.

use std::sync::Arc;

use tempfile::TempDir;

use super::client::exchange;
use super::receiver::eventually;
use super::server::{KEY, Server, command, refused};

#[test]
fn wrong_settings_are_named() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, "datebase = \"x\"\n").unwrap();
    let cases: [(&[&str], &str); 9] = [
        (&["--listen", "0.0.0.0:0"], "--insecure-listen"),
        (&["--tls-cert", "x.pem"], "`tls_cert` and `tls_key` go together"),
        (&["--max-in-flight", "0"], "`max_in_flight` must be"),
        (&["--durability", "most"], "`durability` must be"),
        (&["--max-connections", "0"], "`max_connections` must be"),
        (&["--api-key", ""], "`api_key` must be"),
        (&["--config", "/nowhere/settings.toml"], "/nowhere/settings.toml"),
        (&["--config", file.to_str().unwrap()], "`datebase`"),
        (&["--nonsense"], "--nonsense"),
    ];
    for (arguments, needle) in cases {
        // A flag may be given once, and `refused` gives an address already.
        let (code, said) = if arguments[0] == "--listen" {
            let output = command().arg("serve").args(arguments).output().unwrap();
            (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
        } else {
            refused(folder.path(), arguments)
        };
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(needle), "{arguments:?}: {said}");
    }
    let (code, said) = refused(folder.path(), &["--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.pem"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("/nowhere.pem"), "{said}");
}

#[test]
fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
    let folder = Arc::new(TempDir::new().unwrap());
    let file = folder.path().join("settings.toml");
    let text = format!(
        "listen = \"127.0.0.1:1\"\napi_key = \"of-the-file\"\nlog_format = \"json\"\nmax_in_flight = 0\ndatabase = {:?}\n",
        folder.path().join("file.db")
    );
    std::fs::write(&file, text).unwrap();
    let mut started = command();
    started
        .args(["serve", "--listen", "127.0.0.1:0", "--config"])
        .arg(&file)
        .env("HOOKBRIDGE_MAX_IN_FLIGHT", "7")
        .env("HOOKBRIDGE_LISTEN", "127.0.0.1:2")
        .env("HOOKBRIDGE_API_KEY", KEY);
    let server = Server::run(folder.clone(), started);
    assert_eq!(server.request("GET", "/v1/logs", "").status, 200);
    assert!(folder.path().join("file.db").exists());
}

#[test]
fn a_start_without_a_key_makes_one_and_shows_it_once() {
    let folder = Arc::new(TempDir::new().unwrap());
    let mut started = command();
    started
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--database"])
        .arg(folder.path().join("outbox.db"));
    let server = Server::run(folder.clone(), started);
    let shown = || -> Vec<String> {
        let log = server.log.lock().unwrap();
        log.iter()
            .filter_map(|line| Some(line.split_once("API key, shown only now: ")?.1.to_owned()))
            .collect()
    };
    eventually("the key", || !shown().is_empty());
    let key = shown().remove(0);
    assert!(key.starts_with("hb_live_") && key.len() == 40, "{key}");
    let text = format!(
        "GET /v1/logs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\r\n"
    );
    assert_eq!(exchange(server.address, text.as_bytes()).remove(0).status, 200);
    assert_eq!(shown().len(), 1);
    assert_eq!(server.log.lock().unwrap().iter().filter(|line| line.contains(&key)).count(), 1);
    drop(server);

    let mut again = command();
    again
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--database"])
        .arg(folder.path().join("outbox.db"));
    let server = Server::run(folder, again);
    assert_eq!(exchange(server.address, text.as_bytes()).remove(0).status, 200, "the file knows it");
    assert!(!server.logged("shown only now"));
}

#[test]
fn help_names_every_setting() {
    let output = command().args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for setting in [
        "--listen",
        "--database",
        "HOOKBRIDGE_TLS_CERT",
        "--retry-schedule",
        "HOOKBRIDGE_LOG_LEVEL",
        "--ca-file",
    ] {
        assert!(help.contains(setting), "{setting}");
    }
}
