//! Whoever may only read changes nothing, and a browser's connections take no place of the API's clients.

use std::io::{Read, Write};

use hookbridge_core::operations::definition::{Verb, served};
use serde_json::json;

use super::browser::Browser;
use crate::client::connect;
use crate::server::Server;

#[test]
fn every_route_that_changes_something_is_refused_to_a_reader() {
    let server = Server::start(&[]);
    let key = server.request("POST", "/v1/api-keys", r#"{"scope":"read"}"#).json()["data"]["key"].clone();
    let held = Server::start_in(server.folder.clone(), &["--console-read-only"]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let readers = [Browser::with(server.address, &json!({"key": key})).unwrap(), Browser::of(&held)];
    for browser in &readers {
        let mut refused = 0;
        for route in served() {
            let path = route.path.replace("{endpoint_id}", &endpoint).replace("{message_id}", "x");
            let path = format!("/console/api{}", path.replace("{key_id}", "x").replace("{export_id}", "x"));
            let path = path.replace("{event_id}", "x").replace("{name}", "x");
            let answer = browser.request(&route.verb.name().to_uppercase(), &path, "");
            if route.verb == Verb::Get
                || ["endpoints.verify", "subscriptions.check"].contains(&route.operation.name)
            {
                assert_ne!(answer.status, 403, "{path}: {answer:?}");
            } else {
                assert_eq!((answer.status, answer.code().as_str()), (403, "FORBIDDEN"), "{path}");
                refused += 1;
            }
        }
        assert!(refused > 20);
        let reveal = format!("/console/api/endpoints/{endpoint}/reveal");
        assert_eq!(browser.request("POST", &reveal, "").status, 403);
        let session = browser.get("/console/api/session");
        assert_eq!(session["data"]["scope"], "read");
    }
    assert_eq!(readers[1].get("/console/api/session")["data"]["read_only"], true);
    let kept = server.request("GET", &format!("/v1/endpoints/{endpoint}"), "").json();
    assert_eq!(kept["data"]["paused"], false);
    assert_eq!(server.request("GET", "/v1/endpoints", "").json()["data"].as_array().unwrap().len(), 1);
}

#[test]
fn browsers_take_no_place_of_clients() {
    let server = Server::start(&["--max-connections", "2"]);
    let browser = Browser::of(&server);
    // Six connections that stay open, as a browser keeps them.
    let head = format!(
        "GET /console/api/v1/stats HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nX-HookBridge-Proof: {}\r\n\
         Sec-Fetch-Site: same-origin\r\n\r\n",
        server.address, browser.cookie, browser.proof
    );
    let open: Vec<_> = (0..6)
        .map(|_| {
            let mut stream = connect(server.address);
            stream.write_all(head.as_bytes()).unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200");
            stream
        })
        .collect();
    for _ in 0..3 {
        assert_eq!(server.request("GET", "/v1/stats", "").status, 200);
    }
    drop(open);
}
