//! Signing in and out, and what a session is worth.

use serde_json::json;

use super::browser::{Browser, ask};
use crate::server::{KEY, Server, command};

#[test]
fn either_half_alone_reads_nothing_and_changes_nothing() {
    let server = Server::start(&[]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let browser = Browser::of(&server);
    let (cookie, proof) =
        (("Cookie", browser.cookie.as_str()), ("X-HookBridge-Proof", browser.proof.as_str()));
    let other = Browser::of(&server);
    let here = format!("http://{}", server.address);
    let (own_site, own_origin) = (("Sec-Fetch-Site", "same-origin"), ("Origin", here.as_str()));
    let bearer = format!("Bearer {KEY}");
    /// What is shown, in words and as headers, and the status of the refusal.
    type Way<'a> = (&'a str, Vec<(&'a str, &'a str)>, u16);
    let ways: Vec<Way<'_>> = vec![
        ("nothing", vec![own_site], 401),
        ("the cookie", vec![cookie, own_site], 401),
        ("the proof", vec![proof, own_site], 401),
        ("halves of two sessions", vec![cookie, ("X-HookBridge-Proof", &other.proof), own_site], 401),
        ("two cookies", vec![cookie, ("Cookie", &other.cookie), proof, own_site], 401),
        ("an API key", vec![("Authorization", &bearer), own_site], 401),
        ("another site", vec![cookie, proof, ("Sec-Fetch-Site", "cross-site")], 403),
        ("another port of this host", vec![cookie, proof, ("Sec-Fetch-Site", "same-site")], 403),
        ("an address that was typed", vec![cookie, proof, ("Sec-Fetch-Site", "none")], 403),
        ("another origin", vec![cookie, proof, ("Origin", "http://127.0.0.1:1")], 403),
        ("an opaque origin", vec![cookie, proof, ("Origin", "null")], 403),
    ];
    for (way, headers, status) in &ways {
        for (method, path) in [
            ("GET", "/console/api/v1/endpoints".to_owned()),
            ("GET", "/console/api/session".to_owned()),
            ("GET", "/console/api/v1/events".to_owned()),
            ("POST", format!("/console/api/v1/endpoints/{endpoint}/pause")),
            ("POST", format!("/console/api/endpoints/{endpoint}/reveal")),
            ("DELETE", "/console/api/sessions".to_owned()),
        ] {
            let answer = ask(server.address, method, &path, headers, "");
            assert_eq!(answer.status, *status, "{way}: {method} {path}: {answer:?}");
        }
    }
    // A form of another page has no Origin header of ours, and where it has none at all it changes nothing.
    let pause = format!("/console/api/v1/endpoints/{endpoint}/pause");
    assert_eq!(ask(server.address, "POST", &pause, &[cookie, proof], "").status, 403);
    // Nor does the API look at a session.
    assert_eq!(ask(server.address, "GET", "/v1/endpoints", &[cookie, proof, own_site], "").status, 401);
    assert_eq!(
        server.request("GET", &format!("/v1/endpoints/{endpoint}"), "").json()["data"]["paused"],
        false
    );
    assert_eq!(browser.get("/console/api/v1/activity")["data"].as_array().unwrap().len(), 1);
    // Both halves, and the browser's word or the origin: it is paused.
    let answer = ask(server.address, "POST", &pause, &[cookie, proof, own_origin], "");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(browser.get(&format!("/console/api/v1/endpoints/{endpoint}"))["data"]["paused"], true);
}

#[test]
fn whoever_cannot_sign_in_is_told_and_no_secret_is_said() {
    let server = Server::start(&[]);
    let wrong = "hb_test_00000000000000000000000000000000";
    let refused = |given: serde_json::Value| Browser::with(server.address, &given).err().unwrap();
    assert_eq!(refused(json!({"key": wrong})).code(), "UNAUTHORIZED");
    assert_eq!(refused(json!({"code": "AAAAAAAAAAAAAAAAAAAAAA"})).code(), "UNAUTHORIZED");
    for given in
        [json!({}), json!({"key": 1}), json!({"key": KEY, "code": "x"}), json!([KEY]), json!({"name": KEY})]
    {
        let answer = refused(given);
        assert_eq!(answer.code(), "INVALID_REQUEST");
        assert!(!String::from_utf8_lossy(&answer.body).contains(KEY));
    }
    let sender = server.request("POST", "/v1/api-keys", r#"{"scope":"send"}"#).json()["data"]["key"].clone();
    assert_eq!(refused(json!({"key": sender})).code(), "FORBIDDEN");
    // Another page cannot sign a browser in either.
    let site = [("Sec-Fetch-Site", "cross-site")];
    let body = json!({"key": KEY}).to_string();
    assert_eq!(ask(server.address, "POST", "/console/api/session", &site, &body).status, 403);
    Browser::of(&server);
    assert!(!server.logged(KEY) && !server.logged(wrong));
}

#[test]
fn a_session_outlives_the_server_and_holds_at_its_sibling() {
    let server = Server::start(&[]);
    let browser = Browser::of(&server);
    let sibling = Server::start_in(server.folder.clone(), &[]);
    // The cookie's name has the port; its value and the proof are worth the same.
    let value = browser.cookie.split_once('=').unwrap().1.to_owned();
    let at = |server: &Server| Browser {
        address: server.address,
        cookie: format!("hookbridge_{}={value}", server.address.port()),
        ..browser.clone()
    };
    let who = at(&sibling).get("/console/api/session");
    assert_eq!(who["data"]["api_key"]["label"], "HOOKBRIDGE_API_KEY");
    assert_eq!(who["data"]["scope"], "full");
    drop(server);
    let next = Server::start_in(sibling.folder.clone(), &[]);
    at(&next).get("/console/api/v1/stats");
    // Signed out everywhere: nothing is left of it.
    assert_eq!(at(&next).request("DELETE", "/console/api/sessions", "").status, 204);
    for server in [&next, &sibling] {
        assert_eq!(at(server).request("GET", "/console/api/v1/stats", "").status, 401);
    }
    Browser::of(&sibling);
}

#[test]
fn a_session_ends_with_its_key() {
    let server = Server::start(&[]);
    let made = server.request("POST", "/v1/api-keys", r#"{"label":"on call"}"#).json()["data"].clone();
    let browser = Browser::with(server.address, &json!({"key": made["key"]})).unwrap();
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    assert_eq!(
        browser.request("POST", &format!("/console/api/v1/endpoints/{endpoint}/pause"), "").status,
        200
    );
    let one = format!("/v1/api-keys/{}", made["key_id"].as_str().unwrap());
    assert_eq!(server.request("DELETE", &one, "").status, 204);
    let answer = browser.request("GET", "/console/api/v1/stats", "");
    assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHORIZED"));
    // What it did stays, under its name.
    let activity = Browser::of(&server).get("/console/api/v1/activity");
    let paused = activity["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|done| done["operation"] == "endpoints.pause")
        .unwrap();
    assert_eq!((&paused["api_key_label"], &paused["endpoint_id"]), (&json!("on call"), &json!(endpoint)));
    assert_eq!(activity["data"][0]["operation"], "api_keys.delete");
}

#[test]
fn signing_out_has_the_browser_forget_its_half() {
    let server = Server::start(&[]);
    let browser = Browser::of(&server);
    let answer = browser.request("DELETE", "/console/api/session", "");
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"), "{answer:?}");
}

#[test]
fn the_command_prints_a_link_that_works_once() {
    let server = Server::start(&[]);
    let database = server.folder.path().join("outbox.db");
    let printed = |more: &[&str]| {
        let mut command = command();
        command.args(["console", "--print"]).args(more);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let of_file = printed(&["--database", database.to_str().unwrap()]);
    let url = format!("http://{}", server.address);
    let of_server = printed(&["--url", &url, "--api-key", KEY]);
    for (link, label) in [(of_file, "hookbridge console"), (of_server, "HOOKBRIDGE_API_KEY")] {
        let (page, code) = link.split_once("#login=").unwrap();
        assert_eq!(page, format!("{url}/console"));
        let browser = Browser::with(server.address, &json!({"code": code})).unwrap();
        assert_eq!(browser.get("/console/api/session")["data"]["api_key"]["label"], label);
        let again = Browser::with(server.address, &json!({"code": code})).err().unwrap();
        assert_eq!(again.code(), "UNAUTHORIZED");
        assert!(!server.logged(code), "a code is in the log");
    }
    // The key that is made for this is made once.
    printed(&["--database", database.to_str().unwrap()]);
    let keys = server.request("GET", "/v1/api-keys", "").json();
    assert_eq!(keys["data"].as_array().unwrap().len(), 2, "{keys}");
}

#[test]
fn a_file_without_a_server_has_no_link() {
    let folder = std::sync::Arc::new(tempfile::TempDir::new().unwrap());
    // One that was there is not there any more.
    drop(Server::start_in(folder.clone(), &[]));
    let database = folder.path().join("outbox.db");
    let output = command().args(["console", "--print", "--database"]).arg(&database).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("no console of") && said.contains("hookbridge serve --database"), "{said}");
}
