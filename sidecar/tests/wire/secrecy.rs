//! Settings that cannot be read say nothing of their value, and a key may come from a file.

use std::process::Output;

use tempfile::TempDir;

use super::server::{KEY, Server, command};

const SECRET: &str = "hb_live_SECRETSECRETSECRETSECRETSECRET12";

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn no_file_that_cannot_be_read_shows_what_is_in_it() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("settings.toml");
    for (text, named) in [
        (format!("listen = \"127.0.0.1:0\"\napi_key = {SECRET}\n"), "line 2"),
        (format!("api_key = \"{SECRET}\nlisten = \"127.0.0.1:0\"\n"), "line 1"),
        (format!("{SECRET}\n"), "line 1"),
        (format!("api_key = [\"{SECRET}\"]\n"), "`api_key`"),
        (format!("api_key = {{ value = \"{SECRET}\" }}\n"), "`api_key`"),
        (format!("header_timeout = \"{SECRET}\"\n"), "`header_timeout`"),
        (format!("listen = \"{SECRET}\"\n"), "`listen`"),
        (format!("log_level = \"{SECRET}\"\n"), "`log_level`"),
        (format!("max_in_flight = \"{SECRET}\"\n"), "`max_in_flight`"),
        (format!("durability = \"{SECRET}\"\n"), "`durability`"),
        (format!("retry_schedule = \"{SECRET}\"\n"), "`retry_schedule`"),
        (format!("base_url = \"http://x:{SECRET}@example.com\"\n"), "`base_url`"),
    ] {
        std::fs::write(&file, &text).unwrap();
        let output = command().arg("serve").arg("--config").arg(&file).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{text}: {said}");
        assert!(!said.contains("SECRET"), "{text}: {said}");
        assert!(said.contains(named), "{text}: {said}");
    }
}

#[test]
fn no_variable_that_cannot_be_read_shows_its_value() {
    for name in [
        "LISTEN",
        "HEADER_TIMEOUT",
        "LOG_LEVEL",
        "LOG_FORMAT",
        "INSECURE_LISTEN",
        "MAX_IN_FLIGHT",
        "REQUEST_TIMEOUT",
        "VERIFY_DNS",
        "DURABILITY",
        "DELIVERY",
        "RETRY_SCHEDULE",
    ] {
        let output = command().arg("serve").env(format!("HOOKBRIDGE_{name}"), SECRET).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(!said.contains("SECRET"), "{name}: {said}");
        let said = said.replace('-', "_").to_uppercase();
        assert!(said.contains(name), "{name}: {said}");
    }
}

#[test]
fn a_key_may_be_in_a_file() {
    let folder = std::sync::Arc::new(TempDir::new().unwrap());
    let file = folder.path().join("key");
    std::fs::write(&file, format!("{KEY}\n")).unwrap();
    let mut serve = command();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--allow-local-endpoints"])
        .arg("--database")
        .arg(folder.path().join("outbox.db"))
        .arg("--api-key-file")
        .arg(&file);
    let server = Server::run(folder.clone(), serve);
    assert_eq!(server.request("GET", "/v1/endpoints", "").status, 200);
    let ask = |more: &[&str]| {
        let mut ask = command();
        ask.args(["stats", "--url", &format!("http://{}", server.address)]).args(more).output().unwrap()
    };
    let file = file.to_str().unwrap();
    assert!(ask(&["--api-key-file", file]).status.success());
    let both = ask(&["--api-key-file", file, "--api-key", KEY]);
    assert!(!both.status.success() && said(&both).contains("api_key_file"));
    std::fs::write(file, format!("{SECRET} {SECRET}")).unwrap();
    for wrong in [file, "/nowhere/key"] {
        let refused = ask(&["--api-key-file", wrong]);
        assert!(!refused.status.success() && said(&refused).contains(wrong), "{}", said(&refused));
        assert!(!said(&refused).contains("SECRET"));
    }
    for help in [["serve", "--help"], ["stats", "--help"]] {
        let help = said(&command().args(help).output().unwrap());
        assert!(help.contains("ps") && help.contains("--api-key-file"), "{help}");
    }
}

/// A database's address may have a password in it.
#[test]
fn the_password_of_a_database_stands_in_no_help_and_no_error() {
    let address = "postgresql://app:SECRET@127.0.0.1:1/outbox?connect_timeout=2";
    let key = "hb_live_00000000000000000000000000000000";
    for arguments in [
        &["serve", "--help"][..],
        &["stats", "--help"],
        &["migrate", "--help"],
        &["migrate"],
        &["stats"],
        &["doctor"],
        &["console"],
        &["serve", "--listen", "127.0.0.1:0", "--api-key", key],
        &["migrate", "--database", "postgresql://app:SECRET@[broken/outbox?sslmode=SECRET"],
    ] {
        let output = command().env("HOOKBRIDGE_DATABASE", address).args(arguments).output().unwrap();
        let text = said(&output);
        assert!(!text.contains("SECRET"), "{arguments:?}: {text}");
        assert!(arguments.contains(&"--help") || !output.status.success(), "{arguments:?}: {text}");
    }
}
