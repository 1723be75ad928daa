//! The trigger and the engine refuse the same, by the same codes.

use hookbridge_core::config::Delivery;
use hookbridge_core::{Config, Engine};
use serde_json::{Value, json};

use super::application::{self, Application};
use super::receiver;

/// Requests of which some are good and some are not.
fn requests(endpoint: &str) -> Vec<Value> {
    let with = |more: Value| {
        let mut request = json!({"endpoint_id": endpoint, "payload": {"n": 1}});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    let headers = |headers: Value| with(json!({"headers": headers}));
    let many = |count: usize| (0..count).map(|n| (format!("X-{n}"), json!("v"))).collect::<Value>();
    let names = [
        "Host",
        "host",
        "Content-Type",
        "content_type",
        "TE",
        "Proxy-Authorization",
        "proxy",
        "X-Webhook-Id",
        "x_webhook_id",
        "webhook-id",
        "Webhook.Signature",
        "Authorization",
        "cookie",
        "Cookie2",
        "X-Custom",
        "x.y",
        "a b",
        "",
        "Ä",
        "x:y",
        "Expect",
        "keep~alive",
        "-",
        "x[0]",
        "]",
        "a\\b",
        "x\u{0}y",
    ];
    let values = ["", " ", "a\tb", "a\nb", "a\u{0}b", "a\\u0000b", "ä", "\u{7f}", "]", "a]b^c-d*"];
    let mut requests: Vec<Value> = names.map(|name| headers(json!({name: "v"}))).into();
    requests.extend(values.map(|value| headers(json!({"X-A": value}))));
    requests.extend([
        headers(json!({})),
        headers(json!([])),
        headers(json!(null)),
        headers(json!({"X-A": "1", "x_a": "2"})),
        headers(json!({"X-A": 1})),
        headers(json!({"X-A": null})),
        headers(json!(["X-A"])),
        headers(json!("X-A")),
        headers(many(50)),
        headers(many(51)),
        headers(json!({"X-A": "v".repeat(8_189)})),
        headers(json!({"X-A": "v".repeat(8_190)})),
        headers(json!({"X-A": "ä".repeat(4_095)})),
    ]);
    let of = |name: &str, values: Vec<Value>| -> Vec<Value> {
        values.into_iter().map(|value| with(json!({ name: value }))).collect()
    };
    requests.extend(of(
        "idempotency_key",
        vec![
            json!("a_B-9"),
            json!(""),
            json!("sp ace"),
            json!("k".repeat(255)),
            json!("k".repeat(256)),
            json!("k\u{0}"),
            json!("é"),
        ],
    ));
    requests.extend(of(
        "ordering_key",
        vec![
            json!(""),
            json!("ä".repeat(255)),
            json!("ä".repeat(256)),
            json!("a\u{1}"),
            json!("a\u{0}b"),
            json!("\u{85}"),
            json!("\u{7f}"),
            json!(" \u{a0}]"),
        ],
    ));
    requests.extend(of("retention_hours", vec![json!(0), json!(24), json!(-1), json!(1.5), json!(87_601)]));
    let moments = [
        "2001-01-01T00:00:00Z",
        "2101-01-01T00:00:00Z",
        "tomorrow",
        "",
        "2001-02-30T00:00:00Z",
        "2001-13-01T00:00:00Z",
        "2001-01-01",
        "2001-01-01T00:00:00",
        "2001-01-01t00:00:00.123456z",
        "2001-01-01T00:00:00+02:00",
        "2001-01-01T24:00:00Z",
        "2001-01-01T00:00:00+0200",
        "2001-01-01T00:00Z",
    ];
    requests.extend(of("deliver_at", moments.map(Value::from).into()));
    requests.extend(of("expires_at", moments.map(Value::from).into()));
    requests.extend([
        with(json!({"deliver_at": "2101-01-01T00:00:00Z", "expires_at": "2101-01-01T00:00:00Z"})),
        with(json!({"endpoint_id": "ep_0"})),
        with(json!({"endpoint_id": endpoint.to_uppercase()})),
        with(json!({"payload": "x".repeat(1_048_574)})),
        with(json!({"payload": "x".repeat(1_048_575)})),
        with(json!({"payload": "ä".repeat(524_287)})),
        with(json!({"payload": "ä".repeat(524_288)})),
        with(json!({"payload": null})),
        with(json!({"payload": "\u{0}"})),
    ]);
    requests
}

#[test]
fn sql_takes_and_refuses_what_the_engine_does() {
    let application = Application::new("wal");
    let config = Config { delivery: Delivery::Off, ..receiver::config(application.folder.path()) };
    let engine = Engine::open(config).unwrap();
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    let mut refused = 0;
    for request in requests(&endpoint) {
        let wanted = engine.call("messages.send", &request.to_string()).map(drop);
        let wanted = wanted.map_err(|error| error.code().name().to_owned());
        let known = request.as_object().unwrap();
        let more = known.iter().filter(|(name, _)| !["endpoint_id", "payload"].contains(&name.as_str()));
        let more: Vec<(&str, Value)> = more
            .map(|(name, value)| {
                let value = if name == "headers" { json!(value.to_string()) } else { value.clone() };
                (name.as_str(), value)
            })
            .collect();
        let payload = request["payload"].to_string();
        let found =
            application::insert(&application.file, request["endpoint_id"].as_str().unwrap(), &payload, &more);
        let found = found.map(drop).map_err(|cause| {
            let text = cause.to_string();
            text.split_once(':').map_or(text.clone(), |(code, _)| code.to_owned())
        });
        refused += usize::from(found.is_err());
        let text = request.to_string();
        let shown: String = text.chars().take(200).collect();
        assert_eq!(found, wanted, "{shown}");
    }
    assert!(refused > 50, "{refused}");
}

/// What only a text can be: not what the engine reads of a request.
#[test]
fn what_is_no_json_is_refused_at_once() {
    let application = Application::new("wal");
    let endpoint = format!("ep_{}", "0".repeat(32));
    for payload in ["", "{", "01", "1 2", "{a: 1}", "'a'", "1\u{0}", "[1,]", "\"\t\"", "NaN"] {
        let refused =
            application::insert(&application.file, &endpoint, payload, &[]).unwrap_err().to_string();
        assert!(refused.starts_with("INVALID_REQUEST: "), "{payload:?}: {refused}");
    }
    for headers in ["", "{", "{\"a\": \"b\"}\u{0}"] {
        let refused = application::insert(&application.file, &endpoint, "1", &[("headers", json!(headers))]);
        assert!(refused.unwrap_err().to_string().starts_with("INVALID_REQUEST: "), "{headers:?}");
    }
    for id in ["0", "01A22FB4-0A5B-7630-88D3-A8713B5B5A57", "01a22fb4-0a5b-4630-88d3-a8713b5b5a57"] {
        let refused = application::insert(&application.file, &endpoint, "1", &[("id", json!(id))]);
        assert!(refused.unwrap_err().to_string().starts_with("INVALID_REQUEST: "), "{id:?}");
    }
    assert_eq!(application.count(), 0);
}
