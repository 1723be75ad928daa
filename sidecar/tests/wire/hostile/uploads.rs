//! Whatever a body or a query says, on every route that the served document has.

use serde_json::{Value, json};

use super::super::client::{Answer, exchange};
use super::super::server::{KEY, Server};
use super::is_well;

fn upload(server: &Server, method: &str, address: &str, body: &[u8]) -> Answer {
    let mut request = format!(
        "{method} {address} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    let mut answers = exchange(server.address, &request);
    assert_eq!(answers.len(), 1, "{method} {address}");
    answers.remove(0)
}

/// A route that takes a body: its fields, and a body that it would accept.
struct Upload {
    method: String,
    address: String,
    fields: Vec<String>,
    accepted: Value,
}

fn uploads(server: &Server) -> Vec<Upload> {
    let document = server.request("GET", "/openapi.json", "").json();
    let endpoint = server.create_endpoint("http://127.0.0.1:9/")["id"].clone();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let reference = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let Some(shape) = reference.as_str().and_then(|text| text.rsplit('/').next()) else { continue };
            let accepted = match shape {
                "SendRequest" => json!({"endpoint_id": endpoint, "payload": 1}),
                "CreateEndpoint" => json!({"url": "http://127.0.0.1:9/"}),
                "UpdateEndpoint" => json!({"description": "d"}),
                "TestEndpoint" => json!({"payload": "1"}),
                "VerifyDelivery" => json!({"headers": {"X-A": "b"}, "body": "{}"}),
                "MessageIds" | "DeleteBatch" => json!({"message_ids": ["x"]}),
                "SendEvent" => json!({"type": "order.created", "payload": 1}),
                "ReplayEvents" => json!({"since": "2025-01-01T00:00:00Z"}),
                "CheckSubscription" => json!({"type": "order.created", "payload": 1}),
                "CreateEventType" => json!({"name": "order.created"}),
                "UpdateEventType" => json!({"deprecated": true}),
                "Reschedule" => json!({"deliver_at": "2025-01-01T00:00:00Z"}),
                "CreateApiKey" => json!({"label": "l"}),
                "CreateExport" => {
                    json!({"start_time": "2025-01-01T00:00:00", "end_time": "2025-01-02T00:00:00"})
                }
                unknown => panic!("{unknown} is new: say what it accepts"),
            };
            let fields = &document["components"]["schemas"][shape]["properties"];
            found.push(Upload {
                method: method.to_uppercase(),
                address: path.replace("{endpoint_id}", endpoint.as_str().unwrap()),
                fields: fields.as_object().unwrap().keys().cloned().collect(),
                accepted,
            });
        }
    }
    assert!(found.len() >= 6);
    found
}

impl Upload {
    /// The accepted body with `field` set to the JSON text `value` instead.
    fn with(&self, field: &str, value: &str) -> String {
        let others = self.accepted.as_object().unwrap().iter().filter(|(name, _)| *name != field);
        let mut body = format!(r#"{{"{field}":{value}"#);
        others.for_each(|(name, value)| body.push_str(&format!(r#","{name}":{value}"#)));
        body + "}"
    }

    /// Uploads it, and the answer is one of a client's mistakes or, where `may_pass`, none.
    #[track_caller]
    fn send(&self, server: &Server, body: &[u8], may_pass: bool) -> Answer {
        let answer = upload(server, &self.method, &self.address, body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]);
        let refused = (400..500).contains(&answer.status) && !answer.code().is_empty();
        let passed = may_pass && answer.status < 300;
        assert!(refused || passed, "{} {} {shown}: {answer:?}", self.method, self.address);
        answer
    }
}

#[test]
fn no_value_of_any_field_is_more_than_refused() {
    let mut server = Server::start(&[]);
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    let values = [
        "1e400",
        "-1e400",
        "1e-400",
        "-0",
        "-0.0",
        "1.5",
        "-1",
        "4294967296",
        "18446744073709551616",
        "99999999999999999999999999999999999999",
        "true",
        "null",
        "{}",
        "[]",
        "[[]]",
        "[null]",
        "[1e400]",
        "\"\"",
        r#""\u0000""#,
        r#""\r\nX-Injected: y""#,
        r#""🎉""#,
        r#""ep_""#,
        r#"{"":""}"#,
        r#"{"slow":[1e308]}"#,
        r#"{"slow":1,"slow":2}"#,
        r#"{"a":{"b":{}}}"#,
    ];
    let mut values: Vec<String> = values.map(str::to_owned).to_vec();
    values.push(deep("[", "]"));
    values.push(deep(r#"{"a":"#, "}"));
    values.push(format!("\"{}\"", "x".repeat(200_000)));
    values.push(format!("[{}1]", "1,".repeat(100_000)));
    values.push("9".repeat(100_000));
    for upload in uploads(&server) {
        for field in upload.fields.iter().map(String::as_str).chain(["unknown"]) {
            for value in &values {
                upload.send(&server, upload.with(field, value).as_bytes(), true);
            }
        }
    }
    is_well(&mut server);
}

#[test]
fn a_field_that_is_given_twice_is_refused() {
    let mut server = Server::start(&[]);
    for upload in uploads(&server) {
        for (field, value) in upload.accepted.as_object().unwrap() {
            for again in [
                field.clone(),
                field.replacen('_', r"\u005f", 1),
                format!(r"\u{:04x}{}", field.as_bytes()[0], &field[1..]),
            ] {
                let body = upload.with(field, &format!(r#"{value},"{again}":{value}"#));
                let answer = upload.send(&server, body.as_bytes(), false);
                assert_eq!((answer.status, answer.code().as_str()), (400, "INVALID_REQUEST"), "{body}");
            }
        }
    }
    is_well(&mut server);
}

#[test]
fn what_is_no_text_or_no_whole_document_is_refused() {
    let mut server = Server::start(&[]);
    for upload in uploads(&server) {
        let whole = upload.accepted.to_string();
        let inside = whole.strip_suffix('}').unwrap();
        let bytes: [&[u8]; 7] = [
            b"\xff",
            b"\xc0\xaf",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xe2\x82",
            b"\x80",
            b"\xfe\xff\x00{\x00}",
        ];
        for wrong in bytes {
            for around in [("\"", "\""), ("", "")] {
                let mut body = format!("{inside},\"unknown\":{}", around.0).into_bytes();
                body.extend_from_slice(wrong);
                body.extend_from_slice(format!("{}}}", around.1).as_bytes());
                assert_eq!(upload.send(&server, &body, false).code(), "INVALID_REQUEST");
            }
        }
        let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = format!("\u{feff}{whole}");
        let lone = format!(r#"{inside},"label":"\ud800","headers":{{"X-A":"\udc00"}}}}"#);
        let others = [
            &utf16[..],
            marked.as_bytes(),
            b"\0",
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0",
            &[whole.as_bytes(), b"\0"].concat(),
            &[whole.as_bytes(), whole.as_bytes()].concat(),
            &[b"[", whole.as_bytes(), b"]"].concat(),
        ];
        for body in others {
            assert_eq!(upload.send(&server, body, false).code(), "INVALID_REQUEST");
        }
        upload.send(&server, lone.as_bytes(), true);
        for end in 1..whole.len() {
            let answer = upload.send(&server, &whole.as_bytes()[..end], false);
            assert_eq!((answer.status, answer.code().as_str()), (400, "INVALID_REQUEST"), "{end} of {whole}");
        }
    }
    is_well(&mut server);
}

#[test]
fn no_value_of_any_parameter_is_more_than_refused() {
    let mut server = Server::start(&[]);
    let document = server.request("GET", "/openapi.json", "").json();
    let values = [
        "%ff",
        "%00",
        "%",
        "%zz",
        "1e400",
        "-1",
        "1.5",
        "0x10",
        "%2B1",
        "%0d%0aX-Injected:%20y",
        "[]",
        "{}",
        "null",
        "%F0%9F%8E%89",
        "%27;DROP%20TABLE%20hookbridge_messages;--",
        "ep_%27",
        ",,,",
        "a,b,c",
        "&",
        "=",
        "%2e%2e%2f",
        "9223372036854775807",
        "-9223372036854775808",
        "9999-12-31T23:59:59-23:59",
        "bTE6OTIyMzM3MjAzNjg1NDc3NTgwNw",
    ];
    let mut values: Vec<String> = values.map(str::to_owned).to_vec();
    values.push("9".repeat(3000));
    values.push("a".repeat(3000));
    values.push("a,".repeat(1500));
    let mut asked = 0;
    // A stream that is not refused has no end; its one parameter is asked for in the tests of the stream.
    let paths = document["paths"].as_object().unwrap().iter().filter(|(path, _)| *path != "/v1/events");
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            for parameter in operation["parameters"].as_array().unwrap() {
                let name = parameter["name"].as_str().unwrap();
                for value in &values {
                    let address = match parameter["in"].as_str().unwrap() {
                        "query" => format!("{path}?{name}={value}&{name}={value}"),
                        _ => path.replace(
                            &format!("{{{name}}}"),
                            &value.replace(['{', '}', '&', '=', '%'], "%25"),
                        ),
                    };
                    let address = address.replace("{endpoint_id}", "ep_x").replace("{key_id}", "x");
                    let once = address.split('&').next().unwrap();
                    for address in [address.as_str(), once] {
                        let answer = upload(&server, &method.to_uppercase(), address, b"");
                        // Braces and what else is no address is refused by HTTP itself, which has no envelope.
                        assert!(answer.status < 500, "{method} {address}: {answer:?}");
                        assert_eq!(answer.header("x-injected"), None);
                        asked += 1;
                    }
                }
            }
        }
    }
    assert!(asked > 1000, "{asked}");
    is_well(&mut server);
}
