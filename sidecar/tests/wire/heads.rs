//! Heads that RFC 9110, 9112 and 9113 have a server refuse.

use super::client::exchange;
use super::receiver::eventually;
use super::server::{KEY, Server};

fn ask(server: &Server, head: &str) -> (u16, String, Option<String>) {
    let answers = exchange(server.address, format!("{head}Connection: close\r\n\r\n").as_bytes());
    let answer = &answers[0];
    let code = if answer.status < 400 { String::new() } else { answer.code() };
    (answer.status, code, answer.header("location").map(str::to_owned))
}

#[test]
fn a_request_names_one_host_and_shows_one_key() {
    let server = Server::start(&[]);
    let refused = (400, "INVALID_REQUEST".to_owned(), None);
    let key = format!("Authorization: Bearer {KEY}\r\n");
    for path in ["/healthz", "/readyz", "/v1/endpoints", "/nowhere"] {
        for hosts in [
            "",
            "Host: a\r\nHost: a\r\n",
            "Host: a\r\nHost: b\r\n",
            "Host: \r\n",
            "Host: a b\r\n",
            "Host: a/b\r\n",
            "Host: user@a\r\n",
            "Host: a:port\r\n",
            "Host: a:99999\r\n",
            "Host: [::1\r\n",
            "Host: http://a\r\n",
        ] {
            let found = ask(&server, &format!("GET {path} HTTP/1.1\r\n{hosts}{key}"));
            assert_eq!(found, refused, "{path} {hosts:?}");
        }
        let twice = format!("GET {path} HTTP/1.1\r\nHost: a\r\n{key}{key}");
        assert_eq!(ask(&server, &twice), refused, "{path}");
    }
    for hosts in ["Host: a\r\n", "Host: a.example:8080\r\n", "Host: [::1]:80\r\n", "host: A\r\n"] {
        assert_eq!(ask(&server, &format!("GET /v1/endpoints HTTP/1.1\r\n{hosts}{key}")).0, 200, "{hosts:?}");
    }
    // HTTP/1.0 knows no `Host`; an address with a host in it has one beside it.
    assert_eq!(ask(&server, "GET /healthz HTTP/1.0\r\n").0, 200);
    assert_eq!(ask(&server, "GET http://a/healthz HTTP/1.1\r\nHost: a\r\n").0, 200);
    assert_eq!(ask(&server, "GET http://a/healthz HTTP/1.1\r\n"), refused);
    assert_eq!(ask(&server, "GET http://user@a/healthz HTTP/1.1\r\nHost: a\r\n"), refused);
}

#[test]
fn a_link_to_a_file_has_no_host_that_was_not_checked() {
    let server = Server::start(&[]);
    let times = r#"{"start_time":"2020-01-01T00:00:00Z","end_time":"2100-01-01T00:00:00Z"}"#;
    let export = server.request("POST", "/v1/exports", times).json()["data"]["id"].clone();
    let export = format!("/v1/exports/{}", export.as_str().unwrap());
    eventually("the export", || server.request("GET", &export, "").json()["data"]["status"] == "completed");
    let key = format!("Authorization: Bearer {KEY}\r\n");
    let ask = |host: &str| ask(&server, &format!("GET {export}/download HTTP/1.1\r\nHost: {host}\r\n{key}"));
    let (status, _, location) = ask("hooks.example:81");
    assert_eq!(status, 302);
    assert!(location.unwrap().starts_with("http://hooks.example:81/v1/exports/"));
    for host in ["evil/x", "a@evil", "evil?", "evil#", "a\tb", "evil\\"] {
        assert_eq!(ask(host).0, 400, "{host}");
    }
}
