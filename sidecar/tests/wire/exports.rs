//! Exports over HTTP: a link that needs no key, and good for what it was made for only.

use serde_json::json;

use super::client::exchange;
use super::receiver::eventually;
use super::server::Server;

const TIMES: &str = r#"{"start_time": "2020-01-01T00:00:00Z", "end_time": "2100-01-01T00:00:00Z"}"#;

fn completed(server: &Server) -> String {
    let export = server.request("POST", "/v1/exports", TIMES).json();
    let id = export["data"]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/exports/{id}");
    eventually("the export", || server.request("GET", &path, "").json()["data"]["status"] == "completed");
    id
}

/// Asks without a key.
fn open(server: &Server, path: &str) -> super::client::Answer {
    let text = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    exchange(server.address, text.as_bytes()).remove(0)
}

#[test]
fn a_download_is_a_redirect_to_a_file_that_needs_no_key() {
    let server = Server::start(&[]);
    let id = completed(&server);
    let answer = server.request("GET", &format!("/v1/exports/{id}/download"), "");
    assert_eq!((answer.status, answer.body.len()), (302, 0), "{answer:?}");
    let location = answer.header("location").unwrap();
    let (scheme, rest) = location.split_once("://").unwrap();
    assert_eq!(scheme, "http", "{location}");
    let path = &rest[rest.find('/').unwrap()..];

    let file = open(&server, path);
    assert_eq!(file.status, 200, "{file:?}");
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(file.header("content-disposition").unwrap().contains(&id));
    assert!(file.body.starts_with(b"message_id,endpoint_id,endpoint_url,status,"), "{file:?}");

    for wrong in [
        path.replace("signature=", "signature=0"),
        path.replace("expires=", "expires=1"),
        path.split('?').next().unwrap().to_owned(),
        format!("/v1/exports/{id}/file?expires=99999999999&signature=00"),
    ] {
        let refused = open(&server, &wrong);
        assert_eq!((refused.status, refused.code().as_str()), (401, "UNAUTHORIZED"), "{wrong}");
    }
    let gone = open(&server, "/v1/exports/nonsense/file?expires=1&signature=00");
    assert_eq!((gone.status, gone.code().as_str()), (404, "NOT_FOUND"));
    server.request("DELETE", &format!("/v1/exports/{id}"), "");
    assert_eq!(open(&server, path).status, 404);
}

#[test]
fn a_link_begins_with_what_the_operator_says() {
    let server = Server::start(&["--public-url", "https://hooks.example.com/"]);
    let id = completed(&server);
    let answer = server.request("GET", &format!("/v1/exports/{id}/download"), "");
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("https://hooks.example.com/v1/exports/{id}/file?")), "{location}");
}

#[test]
fn what_is_wrong_or_unknown_is_refused() {
    let server = Server::start(&[]);
    let unknown = "/v1/exports/0192a3b4-c5d6-7e8f-9012-345678901234";
    for (method, path) in [("GET", unknown), ("DELETE", unknown), ("GET", &format!("{unknown}/download"))] {
        let answer = server.request(method, path, "");
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"), "{method} {path}");
    }
    for body in [json!({}), json!({"start_time": "2020-01-01T00:00:00Z", "end_time": "2019-01-01T00:00:00Z"})]
    {
        let answer = server.request("POST", "/v1/exports", &body.to_string());
        assert_eq!((answer.status, answer.code().as_str()), (400, "INVALID_REQUEST"), "{body}");
    }
}
