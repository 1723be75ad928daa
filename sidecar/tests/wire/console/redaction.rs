//! What is not sent to a browser is in no byte of any answer.

use hookbridge_core::operations::definition::{Answer, Verb, served};
use serde_json::json;

use super::browser::Browser;
use crate::receiver::{Receiver, answer};
use crate::server::Server;

const SECRETS: [&str; 4] = ["Bearer the-endpoints", "the-token", "4111-1111", "the-messages-token"];

#[test]
fn what_is_redacted_is_in_no_byte_that_is_sent() {
    let receiver = Receiver::start(|_, _| {
        // It says what it was sent, as receivers do.
        let mut echoed = answer(500);
        echoed.headers.push(("X-Token".to_owned(), SECRETS[1].to_owned()));
        echoed
    });
    let server = Server::start(&["--console-redact", "x-token,/card/number"]);
    let body = json!({
        "url": receiver.url("/"),
        "headers": {"Authorization": SECRETS[0], "X-Token": SECRETS[1]},
    });
    let made = server.request("POST", "/v1/endpoints", &body.to_string());
    let endpoint = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let send = format!(
        r#"{{"endpoint_id":"{endpoint}","payload":{{"id":1970670598291982290,"card":{{"number":"{}"}}}},"headers":{{"x-token":"{}"}}}}"#,
        SECRETS[2], SECRETS[3]
    );
    let sent = server.request("POST", "/v1/webhooks/send", &send);
    let message = sent.json()["data"]["message_id"].as_str().unwrap().to_owned();
    server.wait_for_status(&message, "pending_retry");

    let browser = Browser::of(&server);
    for route in served().iter().filter(|route| route.verb == Verb::Get && route.answer != Answer::Redirect) {
        let path = route.path.replace("{endpoint_id}", &endpoint).replace("{message_id}", &message);
        let answer = browser.request("GET", &format!("/console/api{path}"), "");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        for secret in SECRETS {
            assert!(!text.contains(secret), "{path}: {text}");
        }
    }
    let payload = browser.get(&format!("/console/api/v1/messages/{message}/payload"));
    assert_eq!(payload["data"]["payload"], r#"{"id":1970670598291982290,"card":{"number":"***"}}"#);
    assert_eq!(payload["data"]["headers"]["x-token"], "***");
    // The test delivery shows what it sent.
    let tested = browser.request("POST", &format!("/console/api/v1/endpoints/{endpoint}/test"), "{}");
    assert!(!String::from_utf8_lossy(&tested.body).contains("the-"), "{tested:?}");
    // `Authorization` is shown at request, what the settings name is not; who saw it is in the activity.
    let revealed = browser.request("POST", &format!("/console/api/endpoints/{endpoint}/reveal"), "");
    assert_eq!(revealed.json()["data"]["headers"], json!({"Authorization": SECRETS[0], "X-Token": "***"}));
    let activity = browser.get("/console/api/v1/activity?limit=1");
    assert_eq!(activity["data"][0]["operation"], "endpoints.reveal");
    // The API itself hides nothing.
    let shown = server.request("GET", &format!("/v1/endpoints/{endpoint}"), "").json();
    assert_eq!(shown["data"]["headers"]["Authorization"], SECRETS[0]);
}

#[test]
fn a_console_without_payloads_shows_none() {
    let server = Server::start(&["--console-payloads", "off"]);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].as_str().unwrap().to_owned();
    let message = server.send(&endpoint, r#"{"n":1}"#);
    let browser = Browser::of(&server);
    let answer = browser.request("GET", &format!("/console/api/v1/messages/{message}/payload"), "");
    assert_eq!((answer.status, answer.code().as_str()), (403, "FORBIDDEN"));
    assert_eq!(browser.get("/console/api/session")["data"]["payloads"], false);
    assert_eq!(server.request("GET", &format!("/v1/messages/{message}/payload"), "").status, 200);
}
