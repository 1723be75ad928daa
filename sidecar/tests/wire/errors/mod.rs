//! Every documented refusal (docs/contract.md#errors), provoked over real HTTP.

mod events;
mod provoked;
mod requests;
mod states;
mod table;
mod unwritable;

use std::collections::BTreeSet;
use std::io::Write;

use hookbridge_core::ErrorCode;

use super::client::{connect, exchange, parse, read_all};
use super::receiver::eventually;
use super::server::{KEY, Server};
use provoked::Provoked;

/// What an engine or its host can meet and a client of a server cannot.
const NEVER_OVER_HTTP: &[ErrorCode] = &[
    ErrorCode::Internal,
    ErrorCode::InvalidConfiguration,
    ErrorCode::Closed,
    ErrorCode::Forked,
    ErrorCode::SchemaTooNew,
    ErrorCode::NetworkError,
    ErrorCode::Timeout,
    ErrorCode::NotSupported,
];

/// Each part is there for some of the pairs, and together they are to be all of them.
#[test]
fn every_documented_refusal_is_provoked_and_is_as_it_is_documented() {
    let server = Server::start(&[]);
    let mut provoked = Provoked::new(server.request("GET", "/openapi.json", "").json());
    requests::ids_that_lead_nowhere(&mut provoked, &server);
    requests::values_that_are_not_allowed(&mut provoked, &server);
    requests::headers_and_urls_that_are_not_allowed(&mut provoked, &server);
    requests::bodies_that_are_too_large(&mut provoked, &server);
    requests::callers_without_a_key(&mut provoked, &server);
    requests::callers_with_a_key_for_something_else(&mut provoked, &server);
    requests::more_than_there_are_places(&mut provoked);
    events::values_that_are_not_allowed(&mut provoked, &server);
    events::what_is_there_already(&mut provoked, &server);
    events::what_the_catalogue_does_not_have(&mut provoked);
    events::past_the_moment(&mut provoked, &server);
    states::of_messages(&mut provoked, &server);
    states::of_a_message_on_its_way(&mut provoked, &server);
    states::of_signing_keys(&mut provoked, &server);
    states::of_an_export_that_is_not_written(&mut provoked);
    states::past_their_time(&mut provoked);
    unwritable::every_route_that_writes(&mut provoked);
    provoked.is_all();
}

#[test]
#[should_panic(expected = "documented and never provoked")]
fn a_pair_that_was_not_provoked_fails() {
    Provoked::new(serde_json::Value::Null).is_all();
}

#[test]
fn the_table_has_every_served_route_and_each_code_that_http_can_answer() {
    let server = Server::start(&[]);
    let document = server.request("GET", "/openapi.json", "").json();
    let served: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let mut rows: BTreeSet<(String, String)> =
        table::rows().into_iter().map(|row| (row.method, row.path.to_owned())).collect();
    // The stream of events is no operation, and has tests of its own.
    rows.insert(("GET".to_owned(), "/v1/events".to_owned()));
    assert_eq!(rows, served);

    let pairs = Provoked::documented();
    let codes: BTreeSet<&str> = pairs.iter().map(|(_, _, _, code)| code.as_str()).collect();
    for code in ErrorCode::ALL {
        let has_row = codes.contains(code.name());
        assert_ne!(has_row, NEVER_OVER_HTTP.contains(code), "{code}");
        let wrong =
            pairs.iter().find(|(_, _, status, name)| name == code.name() && *status != code.http_status());
        assert_eq!(wrong, None);
    }
}

#[test]
fn what_is_no_route_is_refused_with_an_envelope_too() {
    let server = Server::start(&[]);
    let nowhere = server.request("GET", "/v1/nothing", "");
    assert_eq!((nowhere.status, nowhere.code().as_str()), (404, "NOT_FOUND"));
    let allowed = server.request("PUT", "/v1/endpoints", "");
    assert_eq!((allowed.status, allowed.code().as_str()), (405, "INVALID_REQUEST"));
    assert!(allowed.header("allow").unwrap().contains("POST"));
}

#[test]
fn a_key_is_needed_and_never_logged() {
    let server = Server::start(&["--log-level", "trace"]);
    let ask = |authorization: &str| {
        let text = format!("GET /v1/logs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}\r\n");
        exchange(server.address, text.as_bytes()).remove(0)
    };
    for wrong in ["", "Authorization: Bearer hb_test_unknown\r\n", "Authorization: Basic eDp5\r\n"] {
        let answer = ask(wrong);
        assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHORIZED"), "{wrong}");
    }
    assert_eq!(ask(&format!("authorization: bearer {KEY}\r\n")).status, 200);
    let endpoint = server.create_endpoint("http://127.0.0.1:9/secret-path");
    server.send(endpoint["id"].as_str().unwrap(), r#""the payload's words""#);
    for secret in
        [KEY, endpoint["signing_secret"].as_str().unwrap(), "the payload's words", "hb_test_unknown"]
    {
        assert!(!server.logged(secret), "{secret}");
    }
}

#[test]
fn oversize_is_refused_before_and_while_it_is_read() {
    let server = Server::start(&[]);
    let head = format!("POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n");
    // Nothing of the body is sent: the answer cannot have waited for it.
    let told =
        exchange(server.address, format!("{head}Content-Length: 99999999999\r\n\r\n").as_bytes()).remove(0);
    assert_eq!((told.status, told.code().as_str()), (413, "PAYLOAD_TOO_LARGE"));

    let mut stream = connect(server.address);
    stream.write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..18 {
        let _ = stream.write_all(chunk.as_bytes());
    }
    let found = parse(&read_all(&stream)).remove(0);
    assert_eq!((found.status, found.code().as_str()), (413, "PAYLOAD_TOO_LARGE"));
}

#[test]
fn more_requests_than_are_served_are_told_when_to_come_again() {
    let server = Server::start(&["--max-requests", "1"]);
    let head = format!("POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n");
    let begun = format!("{head}Connection: close\r\nContent-Length: 2\r\n\r\n{{");
    // The one that asks may have had the place when a slow one came, which was refused then: another one tries.
    let mut slow = Vec::new();
    eventually("the place to be taken", || {
        let mut stream = connect(server.address);
        stream.write_all(begun.as_bytes()).unwrap();
        slow.push(stream);
        let answer = server.request("GET", "/v1/logs", "");
        if answer.status == 429 {
            assert_eq!(answer.code(), "RATE_LIMIT_EXCEEDED");
            assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
        }
        answer.status == 429
    });
    let statuses: Vec<u16> = slow
        .iter_mut()
        .map(|stream| {
            // One that was refused is closed already.
            let _ = stream.write_all(b"}");
            parse(&read_all(stream)).remove(0).status
        })
        .collect();
    assert!(statuses.contains(&400), "{statuses:?}");
    assert!(statuses.iter().all(|status| [400, 429].contains(status)), "{statuses:?}");
    eventually("the place to be free", || server.request("GET", "/v1/logs", "").status == 200);
}
