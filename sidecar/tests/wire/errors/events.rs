//! Refusals of events, subscriptions, the catalogue and scheduled messages.

use std::time::Duration;

use hookbridge_core::model::timestamp::Timestamp;
use serde_json::{Value, json};

use super::super::receiver::{Receiver, answer, eventually};
use super::super::server::Server;
use super::provoked::Provoked;

const MALFORMED: (u16, &str) = (400, "INVALID_REQUEST");
const SEND: (&str, &str) = ("POST", "/v1/events");
const CREATE_TYPE: (&str, &str) = ("POST", "/v1/event-types");
const CHECK: (&str, &str) = ("POST", "/v1/subscriptions/check");
const RESCHEDULE: (&str, &str) = ("POST", "/v1/messages/{message_id}/reschedule");

fn event(more: &Value) -> String {
    let mut event = json!({"type": "order.created", "payload": {"total": 1}});
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event.to_string()
}

/// What breaks a rule of its route: each limit by one, each type, each form.
pub fn values_that_are_not_allowed(provoked: &mut Provoked, server: &Server) {
    for wrong in [
        json!({"type": ""}),
        json!({"type": "order created"}),
        json!({"type": "order.*"}),
        json!({"type": 1}),
        json!({"tenant": "t".repeat(129)}),
        json!({"tenant": "a\nb"}),
        json!({"ordering_key": "k".repeat(256)}),
        json!({"idempotency_key": "a b"}),
        json!({"deliver_at": "soon"}),
        json!({"deliver_at": "2126-01-01T00:00:00Z"}),
        json!({"expires_at": "2020-01-01T00:00:00Z"}),
        json!({"retention_hours": -1}),
    ] {
        provoked.ask(server, SEND, "/v1/events", &event(&wrong), MALFORMED);
    }
    for body in ["", r#"{"payload":1}"#, r#"{"type":"order.created"}"#] {
        provoked.ask(server, SEND, "/v1/events", body, MALFORMED);
    }
    for headers in [json!({"Host": "x"}), json!({"X-A": "a\r\nX-B: c"}), json!({"Authorization": "x"})] {
        let body = event(&json!({ "headers": headers }));
        provoked.ask(server, SEND, "/v1/events", &body, (400, "INVALID_HEADERS"));
    }
    for query in ["limit=0", "limit=501", "type=order.*", "cursor=x", "start_time=today"] {
        provoked.ask(
            server,
            ("GET", "/v1/events/search"),
            &format!("/v1/events/search?{query}"),
            "",
            MALFORMED,
        );
    }
    for body in [
        json!({}),
        json!({"name": "order.*"}),
        json!({"name": "a.b", "description": "d".repeat(501)}),
        json!({"name": "a.b", "schema": {"type": "nonsense"}}),
        json!({"name": "a.b", "schema": true}),
        json!({"name": "a.b", "schema": {"type": "string"}, "example": 1}),
        json!({"name": "a.b", "example": "e".repeat(65_536)}),
    ] {
        provoked.ask(server, CREATE_TYPE, "/v1/event-types", &body.to_string(), MALFORMED);
    }
    for query in ["limit=0", "limit=501", "cursor=x"] {
        let address = format!("/v1/event-types?{query}");
        provoked.ask(server, ("GET", "/v1/event-types"), &address, "", MALFORMED);
    }
    let condition = json!({"pointer": "/total", "equals": 1});
    for wrong in [
        json!({"type": "order.*"}),
        json!({"event_types": ["order..created"]}),
        json!({"filter": vec![condition; 21]}),
        json!({"filter": [{"pointer": "total", "equals": 1}]}),
        json!({"filter": [{"pointer": "/total", "resembles": 1}]}),
    ] {
        provoked.ask(server, CHECK, "/v1/subscriptions/check", &event(&wrong), MALFORMED);
    }
    for id in ["ep_nonexistent_12345", "ep_00000000000000000000000000000000"] {
        let body = event(&json!({ "endpoint_id": id }));
        provoked.ask(server, CHECK, "/v1/subscriptions/check", &body, (404, "ENDPOINT_NOT_FOUND"));
    }
}

/// What is there already is not written over.
pub fn what_is_there_already(provoked: &mut Provoked, server: &Server) {
    let add = |description: &str| json!({"name": "invoice.paid", "description": description}).to_string();
    assert_eq!(server.request("POST", "/v1/event-types", &add("first")).status, 201);
    provoked.ask(server, CREATE_TYPE, "/v1/event-types", &add("second"), (409, "ALREADY_EXISTS"));
    let kept = server.request("GET", "/v1/event-types/invoice.paid", "").json();
    assert_eq!(kept["data"]["description"], "first");

    // A key names one event within its tenant: another type, payload or tenant is seen.
    let keyed = |more: Value| {
        let mut fields = json!({"idempotency_key": "k", "tenant": "acme"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event(&fields)
    };
    let first = server.request("POST", "/v1/events", &keyed(json!({}))).json()["data"].clone();
    assert_eq!(server.request("POST", "/v1/events", &keyed(json!({}))).json()["data"], first);
    for other in [json!({"payload": 2}), json!({"type": "order.paid"})] {
        provoked.ask(server, SEND, "/v1/events", &keyed(other), (409, "IDEMPOTENCY_MISMATCH"));
    }
    assert_eq!(server.request("POST", "/v1/events", &keyed(json!({"tenant": "other"}))).status, 202);
}

/// A server that takes only what its catalogue has, and as it has it.
pub fn what_the_catalogue_does_not_have(provoked: &mut Provoked) {
    let server = Server::start(&["--strict-event-types", "--validate-payloads"]);
    let schema = json!({"type": "object", "properties": {"total": {"type": "integer"}}});
    let order = json!({"name": "order.created", "schema": schema}).to_string();
    assert_eq!(server.request("POST", "/v1/event-types", &order).status, 201);
    assert_eq!(server.request("POST", "/v1/events", &event(&json!({}))).status, 202);
    let unknown = event(&json!({"type": "order.paid"}));
    provoked.ask(&server, SEND, "/v1/events", &unknown, (400, "UNKNOWN_EVENT_TYPE"));
    for payload in [json!({"total": "a secret"}), json!([])] {
        let body = event(&json!({ "payload": payload }));
        provoked.ask(&server, SEND, "/v1/events", &body, (400, "INVALID_PAYLOAD"));
        let said = server.request("POST", "/v1/events", &body).json()["error"]["message"].to_string();
        assert!(!said.contains("a secret"), "{said}");
    }
    let kept = server.request("GET", "/v1/events/search", "").json();
    assert_eq!(kept["data"].as_array().unwrap().len(), 1, "{kept}");
}

/// A message can be moved while it is scheduled, and not be replayed once it has expired.
pub fn past_the_moment(provoked: &mut Provoked, server: &Server) {
    let receiver = Receiver::start(|delivery, _| answer(if delivery.path == "/ok" { 200 } else { 500 }));
    let created = |path: &str| server.create_endpoint(&receiver.url(path))["id"].clone();
    let (ok, fails) = (created("/ok"), created("/fails"));
    let delivered = server.send(ok.as_str().unwrap(), "1");
    let waiting = server.send(fails.as_str().unwrap(), "1");
    server.wait_for_status(&delivered, "succeeded");
    server.wait_for_status(&waiting, "pending_retry");
    let later = json!({"deliver_at": Timestamp::now().plus(Duration::from_secs(3600))}).to_string();
    for id in [&delivered, &waiting] {
        let address = format!("/v1/messages/{id}/reschedule");
        provoked.ask(server, RESCHEDULE, &address, &later, (400, "INVALID_STATUS"));
    }

    let soon = Timestamp::now().plus(Duration::from_secs(2));
    let body = json!({"endpoint_id": fails, "payload": 1, "expires_at": soon}).to_string();
    let sent = server.request("POST", "/v1/webhooks/send", &body).json();
    let expired = sent["data"]["message_id"].as_str().unwrap();
    server.wait_for_status(expired, "failed_permanent");
    // It is given up before, since its retry would come too late.
    eventually("the message's end", || Timestamp::now() > soon);
    provoked.ask(
        server,
        ("POST", "/v1/messages/{message_id}/replay"),
        &format!("/v1/messages/{expired}/replay"),
        "",
        (400, "INVALID_STATUS"),
    );
}
