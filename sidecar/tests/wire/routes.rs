//! Every route that the server documents is called, and its answer held to the document.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::exchange;
use super::document;
use super::receiver::{Receiver, answer};
use super::server::Server;

struct Story {
    server: Server,
    document: Value,
    called: BTreeSet<(String, String)>,
}

impl Story {
    /// Calls `template` with its parameters filled in, and returns the answer's document.
    fn call(
        &mut self,
        method: &str,
        template: &str,
        fill: &[(&str, &str)],
        query: &str,
        body: Value,
    ) -> Value {
        let path = fill
            .iter()
            .fold(template.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.server.request(method, &format!("{path}{query}"), &body);
        let operation = &self.document["paths"][template][method.to_lowercase()];
        self.called.insert((template.to_owned(), method.to_lowercase()));
        let documented = operation["responses"].get(answer.status.to_string());
        let documented = documented.unwrap_or_else(|| panic!("{method} {path}: {answer:?}"));
        let Some(schema) = documented.pointer("/content/application~1json/schema") else {
            assert!(answer.body.is_empty(), "{method} {path}: {answer:?}");
            return Value::Null;
        };
        let value = answer.json();
        document::check(&self.document, schema, &value, &format!("{method} {template}"));
        assert_eq!(value["meta"]["request_id"].as_str(), answer.header("x-request-id"));
        value
    }
}

#[test]
fn every_route_answers_as_it_is_documented() {
    let receiver = Receiver::start(|delivery, _| {
        answer(match delivery.path.as_str() {
            "/ok" => 200,
            "/dead" => 400,
            _ => 500,
        })
    });
    let server = Server::start(&[]);
    let document = server.request("GET", "/openapi.json", "").json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut story = Story { server, document, called: BTreeSet::new() };
    let text = |value: &Value| value.as_str().unwrap().to_owned();

    let created = story.call(
        "POST",
        "/v1/endpoints",
        &[],
        "",
        json!({"url": receiver.url("/ok"), "hmac_enabled": true}),
    );
    let endpoint = text(&created["data"]["id"]);
    let endpoint_id = [("endpoint_id", endpoint.as_str())];
    let listed = story.call("GET", "/v1/endpoints", &[], "?limit=1&cursor=", Value::Null);
    assert_eq!(listed["data"][0]["id"], json!(endpoint));
    assert_eq!(listed["meta"]["has_more"], false);
    assert_eq!(listed["meta"]["next_cursor"], Value::Null);
    let one = "/v1/endpoints/{endpoint_id}";
    story.call("GET", one, &endpoint_id, "", Value::Null);
    let updated = story.call("PATCH", one, &endpoint_id, "", json!({"description": "d", "burst": 3}));
    assert_eq!(updated["data"]["updated"], true);
    assert_eq!(updated["data"]["description"], "d");

    let query = format!("?endpoint_id={endpoint}");
    let health = story.call("GET", "/v1/endpoints/health", &[], &query, Value::Null);
    assert_eq!(health["data"][0]["breaker"], "closed");
    let test = story.call("POST", "/v1/endpoints/{endpoint_id}/test", &endpoint_id, "", json!({}));
    assert_eq!(test["data"]["delivered"], true);
    let made =
        json!({"headers": test["data"]["attempt"]["request_headers"], "body": test["data"]["payload"]});
    let verified = story.call("POST", "/v1/endpoints/{endpoint_id}/verify", &endpoint_id, "", made);
    assert_eq!((&verified["data"]["valid"], &verified["data"]["cause"]), (&json!(true), &json!("valid")));

    let keys = "/v1/endpoints/{endpoint_id}/signing-keys";
    let second = story.call("POST", keys, &endpoint_id, "", Value::Null);
    assert_eq!(story.call("GET", keys, &endpoint_id, "", Value::Null)["data"].as_array().unwrap().len(), 2);
    let key_id = text(&second["data"]["id"]);
    let fill = [("endpoint_id", endpoint.as_str()), ("key_id", key_id.as_str())];
    story.call("DELETE", "/v1/endpoints/{endpoint_id}/signing-keys/{key_id}", &fill, "", Value::Null);
    story.call("POST", "/v1/endpoints/{endpoint_id}/rotate-secret", &endpoint_id, "", Value::Null);

    let paused = story.call("POST", "/v1/endpoints/{endpoint_id}/pause", &endpoint_id, "", Value::Null);
    assert_eq!(paused["data"], json!({"id": endpoint, "paused": true}));
    let sent =
        story.call("POST", "/v1/webhooks/send", &[], "", json!({"endpoint_id": endpoint, "payload": [1]}));
    assert_eq!(sent["data"]["status"], "queued");
    let resumed = story.call("POST", "/v1/endpoints/{endpoint_id}/resume", &endpoint_id, "", Value::Null);
    assert_eq!(resumed["data"], json!({"id": endpoint, "paused": false, "messages_requeued": 1}));
    let delivered = text(&sent["data"]["message_id"]);
    story.server.wait_for_status(&delivered, "succeeded");

    let message_id = [("message_id", delivered.as_str())];
    story.call("GET", "/v1/messages/{message_id}", &message_id, "", Value::Null);
    let attempts = story.call("GET", "/v1/messages/{message_id}/attempts", &message_id, "", Value::Null);
    assert_eq!(attempts["data"][0]["response_status"], 200);
    let payload = story.call("GET", "/v1/messages/{message_id}/payload", &message_id, "", Value::Null);
    assert_eq!(payload["data"]["payload"], "[1]");
    let why = story.call("GET", "/v1/messages/{message_id}/explain", &message_id, "", Value::Null);
    assert_eq!(why["data"]["progress"], "delivered");
    let nil = [("message_id", "00000000-0000-7000-8000-000000000000")];
    assert_eq!(
        story.call("GET", "/v1/messages/{message_id}/attempts", &nil, "", Value::Null)["data"],
        json!([])
    );

    let dead_end = text(&story.server.create_endpoint(&receiver.url("/dead"))["id"]);
    let dead = story.server.send(&dead_end, "{}");
    story.server.wait_for_status(&dead, "failed_permanent");
    let letters = story.call("GET", "/v1/dlq/messages", &[], "?limit=10", Value::Null);
    assert_eq!(letters["data"]["messages"][0]["message_id"], json!(dead));
    let groups = story.call("GET", "/v1/dlq/groups", &[], "", Value::Null);
    assert_eq!(groups["data"]["groups"][0]["cause"], "HTTP 400");
    let dead_id = [("message_id", dead.as_str())];
    story.call("POST", "/v1/dlq/replay/{message_id}", &dead_id, "", Value::Null);
    story.server.wait_for_status(&dead, "failed_permanent");
    let replayed = story.call("POST", "/v1/messages/{message_id}/replay", &dead_id, "", Value::Null);
    assert!(replayed["message"].is_string());
    story.server.wait_for_status(&dead, "failed_permanent");
    let all =
        story.call("POST", "/v1/messages/replay-all", &[], "?status=failed_permanent&limit=50", Value::Null);
    assert_eq!(all["data"]["replayed_message_ids"], json!([dead]));
    let batch =
        story.call("POST", "/v1/messages/replay-batch", &[], "", json!({"message_ids": ["nonsense"]}));
    assert_eq!(batch["data"]["failed"], 1);

    let failing = text(&story.server.create_endpoint(&receiver.url("/fails"))["id"]);
    let waiting = story.server.send(&failing, "{}");
    story.server.wait_for_status(&waiting, "pending_retry");
    let waiting_id = [("message_id", waiting.as_str())];
    let retried = story.call("POST", "/v1/messages/{message_id}/retry-now", &waiting_id, "", Value::Null);
    assert_eq!(retried["data"]["message_id"], json!(waiting));
    let twice =
        || receiver.deliveries().iter().filter(|delivery| delivery.message_id() == waiting).count() == 2;
    super::receiver::eventually("the second attempt", twice);
    story.server.wait_for_status(&waiting, "pending_retry");
    let cancelled = story.call("POST", "/v1/messages/{message_id}/cancel", &waiting_id, "", Value::Null);
    assert_eq!(cancelled["data"]["status"], "failed_permanent");

    let from = "?status=succeeded&start_time=2020-01-01T00:00:00&limit=5";
    let logs = story.call("GET", "/v1/logs", &[], from, Value::Null);
    assert_eq!(logs["data"][0]["endpoint"], json!(receiver.url("/ok")));
    story.call("DELETE", "/v1/messages/{message_id}", &message_id, "", Value::Null);
    let again = story.call("DELETE", "/v1/messages/{message_id}", &message_id, "", Value::Null);
    assert_eq!(again["data"]["already_deleted"], true);
    let ids = json!({"message_ids": [delivered, "nonsense"]});
    let deleted = story.call("POST", "/v1/messages/delete-batch", &[], "", ids);
    assert_eq!(deleted["data"]["not_found_count"], 1);
    story.server.wait_for_status(&dead, "failed_permanent");
    let query = "?endpoint_id=&limit=10&dry_run=true";
    let none = story.call("POST", "/v1/messages/cancel-all", &[], query, Value::Null);
    assert_eq!((&none["data"]["cancelled"], &none["data"]["dry_run"]), (&json!(0), &json!(true)));
    let query = "?status=failed_permanent,pending_retry&created_after=2020-01-01T00:00:00Z&limit=100";
    let all = story.call("POST", "/v1/messages/delete-all", &[], query, Value::Null);
    assert_eq!(all["data"]["deleted"], 2);
    story.call("DELETE", one, &endpoint_id, "", Value::Null);
    assert_eq!(story.server.request("GET", &one.replace("{endpoint_id}", &endpoint), "").status, 404);

    let metrics = story.call("GET", "/v1/metrics", &[], "?window=1h", Value::Null);
    assert_eq!(metrics["data"]["window"], "1h");
    assert_eq!(metrics["data"]["total_messages"], 3);
    let series = story.call("GET", "/v1/metrics/timeseries", &[], "", Value::Null);
    assert_eq!(series["data"]["buckets"].as_array().unwrap().len(), 24);

    let key = story.call("POST", "/v1/api-keys", &[], "", json!({"mode": "test", "label": "billing"}));
    assert!(text(&key["data"]["key"]).starts_with("hb_test_"), "{key}");
    let listed = story.call("GET", "/v1/api-keys", &[], "", Value::Null);
    assert_eq!(listed["data"].as_array().unwrap().len(), 2, "the one that was given, and the new one");
    let by = story.call("GET", "/v1/messages/{message_id}", &message_id, "", Value::Null);
    let by = text(&by["data"]["deleted_by_api_key_id"]);
    let actors =
        story.call("GET", "/v1/actors/lookup", &[], &format!("?api_key_id={by},key_unknown"), Value::Null);
    assert_eq!(actors["data"], json!({"api_keys": {by: {"label": "HOOKBRIDGE_API_KEY"}}}));
    let (one, new) = ("/v1/api-keys/{key_id}", text(&key["data"]["key_id"]));
    story.call("DELETE", one, &[("key_id", &new)], "", Value::Null);
    assert_eq!(story.server.request("DELETE", &one.replace("{key_id}", &new), "").status, 404);

    events(&mut story, &receiver);
    let who = story.call("GET", "/v1/whoami", &[], "", Value::Null);
    assert_eq!(who["data"]["api_key"]["label"], "HOOKBRIDGE_API_KEY");
    let code = story.call("POST", "/v1/login-codes", &[], "", Value::Null);
    assert_eq!(text(&code["data"]["code"]).len(), 22);
    let activity = story.call("GET", "/v1/activity", &[], "?limit=1", Value::Null);
    assert_eq!(activity["data"][0]["operation"], "login_codes.create");
    let stats = story.call("GET", "/v1/stats", &[], "", Value::Null);
    assert_eq!(stats["data"]["deliverer"]["this_engine"], true);

    let times = json!({"start_time": "2020-01-01T00:00:00Z", "end_time": "2100-01-01T00:00:00Z"});
    let export = story.call("POST", "/v1/exports", &[], "", times);
    let export_id = text(&export["data"]["id"]);
    let export = [("export_id", export_id.as_str())];
    let mut found = story.call("GET", "/v1/exports/{export_id}", &export, "", Value::Null);
    super::receiver::eventually("the export", || {
        found = story.call("GET", "/v1/exports/{export_id}", &export, "", Value::Null);
        found["data"]["status"] == "completed"
    });
    assert_eq!(found["data"]["row_count"], 6);
    let listed = story.call("GET", "/v1/exports", &[], "", Value::Null);
    assert_eq!(listed["data"], json!([found["data"]]));
    story.call("GET", "/v1/exports/{export_id}/download", &export, "", Value::Null);
    story.call("DELETE", "/v1/exports/{export_id}", &export, "", Value::Null);

    // The stream has no end, so it has tests of its own.
    story.called.insert(("/v1/events".to_owned(), "get".to_owned()));
    let documented: BTreeSet<(String, String)> = story.document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|verb| (path.clone(), verb.clone()))
        })
        .collect();
    assert_eq!(story.called, documented);
}

/// The routes of events, of the catalogue and of scheduled messages.
fn events(story: &mut Story, receiver: &Receiver) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let wishes = json!({"url": receiver.url("/ok"), "tenant": "acme", "event_types": ["order.*"],
        "filter": [{"pointer": "/total", "greater": 1}], "on_failure": "halt"});
    let endpoint = text(&story.call("POST", "/v1/endpoints", &[], "", wishes)["data"]["id"]);
    let endpoint_id = [("endpoint_id", endpoint.as_str())];
    let shown = story.call("GET", "/v1/endpoints/{endpoint_id}", &endpoint_id, "", Value::Null);
    assert_eq!(shown["data"]["filter"], json!([{"pointer": "/total", "greater": 1}]));
    let of_tenant = story.call("GET", "/v1/endpoints", &[], "?tenant=acme", Value::Null);
    assert_eq!(of_tenant["data"].as_array().unwrap().len(), 1);
    let sample = json!({"type": "order.created", "payload": {"total": 2}, "endpoint_id": endpoint});
    let checked = story.call("POST", "/v1/subscriptions/check", &[], "", sample);
    assert_eq!(checked["data"]["wanted"], true);

    let named = [("name", "order.created")];
    let schema = json!({"type": "object", "required": ["total"]});
    story.call("POST", "/v1/event-types", &[], "", json!({"name": "order.created", "schema": schema}));
    let listed = story.call("GET", "/v1/event-types", &[], "?limit=5", Value::Null);
    assert_eq!(listed["data"][0]["schema"], schema);
    story.call("GET", "/v1/event-types/{name}", &named, "", Value::Null);
    let change = json!({"schema": null, "example": {"total": 2}});
    let changed = story.call("PATCH", "/v1/event-types/{name}", &named, "", change);
    assert_eq!(
        (&changed["data"]["schema"], &changed["data"]["example"]),
        (&Value::Null, &json!({"total": 2}))
    );
    story.call("DELETE", "/v1/event-types/{name}", &named, "", Value::Null);

    let event = json!({"type": "order.created", "tenant": "acme", "payload": {"total": 2}});
    let sent = story.call("POST", "/v1/events", &[], "", event);
    assert_eq!(sent["data"]["matched"], 1);
    let id = text(&sent["data"]["event_id"]);
    let found = story.call("GET", "/v1/events/{event_id}", &[("event_id", &id)], "", Value::Null);
    assert_eq!(found["data"]["messages"][0]["endpoint_id"], json!(endpoint));
    let listed = story.call("GET", "/v1/events/search", &[], "?type=order.created&tenant=acme", Value::Null);
    assert_eq!(listed["data"][0]["event_id"], json!(id));
    let late = json!({"url": receiver.url("/ok"), "tenant": "acme"});
    let late = text(&story.call("POST", "/v1/endpoints", &[], "", late)["data"]["id"]);
    let since = json!({"since": "2020-01-01T00:00:00Z", "rate": 5});
    let template = "/v1/endpoints/{endpoint_id}/replay-events";
    let replayed = story.call("POST", template, &[("endpoint_id", &late)], "", since);
    assert_eq!(replayed["data"]["replayed"], 1);

    let at = |seconds: u64| {
        let millis = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        hookbridge_core::model::timestamp::Timestamp::from_millis(millis as i64 + seconds as i64 * 1000)
            .to_string()
    };
    let scheduled = json!({"endpoint_id": late, "payload": 1, "deliver_at": at(3_600), "ordering_key": "a"});
    let scheduled = story.call("POST", "/v1/webhooks/send", &[], "", scheduled);
    let message = text(&scheduled["data"]["message_id"]);
    let moved = json!({"deliver_at": at(60)});
    let template = "/v1/messages/{message_id}/reschedule";
    let moved = story.call("POST", template, &[("message_id", &message)], "", moved);
    assert_eq!(moved["data"]["status"], "queued");
}

#[test]
fn probes_and_metrics_need_no_key() {
    let receiver = Receiver::start(|_, _| answer(200));
    let server = Server::start(&[]);
    let endpoint = server.create_endpoint(&receiver.url("/"))["id"].as_str().unwrap().to_owned();
    let message = server.send(&endpoint, "{}");
    server.wait_for_status(&message, "succeeded");
    let open = |path: &str| {
        let text = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        super::client::exchange(server.address, text.as_bytes()).remove(0)
    };
    assert_eq!(open("/healthz").json()["data"]["status"], "alive");
    assert_eq!(open("/readyz").json()["data"]["status"], "ready");
    let has =
        |line: &str| String::from_utf8(open("/metrics").body).unwrap().lines().any(|known| known == line);
    super::receiver::eventually("the attempt to be counted", || {
        has(r#"hookbridge_attempts_total{outcome="succeeded"} 1"#)
    });
    assert!(has("hookbridge_messages_accepted_total 1"));
    assert!(has("hookbridge_messages_dead 0"));
    assert!(has(r#"hookbridge_http_requests_total{method="POST",route="/v1/webhooks/send",status="202"} 1"#));
    assert!(has("# TYPE hookbridge_http_request_duration_seconds histogram"));
}

/// A type's name is no secret of the delivery, but nothing for strangers either.
#[test]
fn metrics_by_event_type_are_for_whoever_has_a_key() {
    let receiver = Receiver::start(|delivery, _| answer(if delivery.path == "/ok" { 200 } else { 400 }));
    let server = Server::start(&[]);
    server.create_endpoint(&receiver.url("/ok"));
    server.create_endpoint(&receiver.url("/dead"));
    for (kind, count) in [("order.created", 2), ("order.paid", 1)] {
        for _ in 0..count {
            let body = json!({"type": kind, "payload": 1}).to_string();
            assert_eq!(server.request("POST", "/v1/events", &body).json()["data"]["matched"], 2);
        }
    }
    let text = || String::from_utf8(server.request("GET", "/metrics", "").body).unwrap();
    let has = |line: &str| text().lines().any(|known| known == line);
    for (kind, count) in [("order.created", 2), ("order.paid", 1)] {
        assert!(
            has(&format!(r#"hookbridge_events_accepted_total{{event_type="{kind}"}} {count}"#)),
            "{}",
            text()
        );
        let messages =
            format!(r#"hookbridge_event_messages_accepted_total{{event_type="{kind}"}} {}"#, count * 2);
        assert!(has(&messages), "{}", text());
        for outcome in ["succeeded", "dead"] {
            super::receiver::eventually("the attempts to be counted", || {
                let line = format!(
                    r#"hookbridge_event_attempts_total{{event_type="{kind}",outcome="{outcome}"}} {count}"#
                );
                has(&line)
            });
        }
    }
    assert!(has("hookbridge_messages_accepted_total 6"));
    assert!(text().ends_with("# EOF\n"));
    let created = server.request("POST", "/v1/api-keys", r#"{"scope":"send"}"#).json();
    let sends = format!("Authorization: Bearer {}\r\n", created["data"]["key"].as_str().unwrap());
    for credentials in ["", sends.as_str()] {
        let request = format!("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{credentials}\r\n");
        let answer = super::client::exchange(server.address, request.as_bytes()).remove(0);
        let text = String::from_utf8(answer.body).unwrap();
        assert!(answer.status == 200 && !text.contains("order.") && text.ends_with("# EOF\n"), "{text}");
    }
}

#[test]
fn the_catalogue_stands_in_the_document_for_whoever_has_a_key() {
    let server = Server::start(&[]);
    let document = || server.request("GET", "/openapi.json", "").json();
    assert_eq!(document()["webhooks"], Value::Null);
    let schema = json!({"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}});
    for entry in [
        json!({"name": "order.created", "description": "An order was made", "schema": schema, "example": {"n": 1}}),
        json!({"name": "order.old", "deprecated": true}),
    ] {
        assert_eq!(server.request("POST", "/v1/event-types", &entry.to_string()).status, 201);
    }
    let webhooks = document()["webhooks"].take();
    let created = &webhooks["order.created"]["post"];
    assert_eq!(created["summary"], "An order was made");
    let media = &created["requestBody"]["content"]["application/json"];
    assert_eq!(media["example"], json!({"n": 1}));
    assert_eq!(media["schema"]["properties"], schema["properties"]);
    assert_eq!(media["schema"]["$id"], "urn:hookbridge:event-type:order.created");
    assert_eq!(webhooks["order.old"]["post"]["deprecated"], true);
    assert_eq!(webhooks.as_object().unwrap().len(), 2);

    let get = |authorization: &str| {
        let request =
            format!("GET /openapi.json HTTP/1.1\r\nHost: x\r\n{authorization}Connection: close\r\n\r\n");
        exchange(server.address, request.as_bytes()).remove(0)
    };
    let stranger = get("");
    assert_eq!((stranger.status, stranger.json()["webhooks"].take()), (200, Value::Null));
    let key = server.request("POST", "/v1/api-keys", r#"{"mode":"test","scope":"send"}"#);
    let key = key.json()["data"]["key"].as_str().unwrap().to_owned();
    let sender = get(&format!("Authorization: Bearer {key}\r\n"));
    assert_eq!((sender.status, sender.json()["webhooks"].take()), (200, Value::Null));
    assert_eq!(get("Authorization: Bearer hb_test_wrong\r\n").status, 401);
}
