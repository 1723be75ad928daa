//! Traces and metrics for a collector, and the trace that a message carries.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::Value;
use tempfile::TempDir;

use super::client::exchange;
use super::receiver::{Receiver, answer, eventually};
use super::server::{KEY, Server, command};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// A path, and what was posted there.
type Posted = (String, Vec<u8>);

/// What a collector got.
#[derive(Clone, Default)]
struct Collector {
    got: Arc<Mutex<Vec<Posted>>>,
}

impl Collector {
    /// Answers every request with 200, after `delay`.
    fn start(delay: Duration) -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, collector) = (listener.local_addr().unwrap(), Self::default());
        let got = collector.got.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let got = got.clone();
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    while let Some(request) = read(&mut reader) {
                        got.lock().unwrap().push(request);
                        std::thread::sleep(delay);
                        if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_err() {
                            return;
                        }
                    }
                });
            }
        });
        (collector, address)
    }

    fn spans(&self) -> Vec<Span> {
        let got = self.got.lock().unwrap();
        let traces = got.iter().filter(|(path, _)| path == "/v1/traces");
        traces
            .flat_map(|(_, body)| ExportTraceServiceRequest::decode(body.as_slice()).unwrap().resource_spans)
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .collect()
    }

    fn metrics(&self) -> Vec<String> {
        let got = self.got.lock().unwrap();
        let counts = got.iter().filter(|(path, _)| path == "/v1/metrics");
        counts
            .flat_map(|(_, body)| {
                ExportMetricsServiceRequest::decode(body.as_slice()).unwrap().resource_metrics
            })
            .flat_map(|resource| resource.scope_metrics)
            .flat_map(|scope| scope.metrics)
            .map(|metric| metric.name)
            .collect()
    }
}

fn read(reader: &mut impl BufRead) -> Option<Posted> {
    let (mut line, mut length) = (String::new(), 0);
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let path = line.split(' ').nth(1)?.to_owned();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, body))
}

fn start(endpoint: Option<&str>) -> Server {
    let folder = Arc::new(TempDir::new().unwrap());
    let mut serve = command();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--allow-local-endpoints"])
        .args(["--api-key", KEY, "--shutdown-timeout", "2", "--database"])
        .arg(folder.path().join("outbox.db"))
        .env("OTEL_BSP_SCHEDULE_DELAY", "50")
        .env("OTEL_METRIC_EXPORT_INTERVAL", "100");
    match endpoint {
        Some(endpoint) => serve.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        None => serve.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT"),
    };
    Server::run(folder, serve)
}

/// Sends as a client that is in a trace.
fn send(server: &Server, endpoint: &str, traceparent: &str) -> Value {
    let body = format!(r#"{{"endpoint_id":"{endpoint}","payload":{{"secret":"s3cr3t"}}}}"#);
    let text = format!(
        "POST /v1/webhooks/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
         traceparent: {traceparent}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(server.address, text.as_bytes()).remove(0);
    assert_eq!(answer.status, 202, "{answer:?}");
    answer.json()["data"].clone()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_trace_goes_from_the_client_through_the_request_to_the_delivery() {
    let receiver = Receiver::start(|_, _| answer(200));
    let (collector, address) = Collector::start(Duration::ZERO);
    let server = start(Some(&format!("http://{address}")));
    let endpoint = server.create_endpoint(&receiver.url("/"))["id"].as_str().unwrap().to_owned();
    send(&server, &endpoint, &format!("00-{TRACE}-{PARENT}-01"));
    eventually("the spans of the trace", || {
        collector.spans().iter().filter(|span| hex(&span.trace_id) == TRACE).count() >= 2
    });
    let spans = collector.spans();
    let of_trace = |name: &str| {
        let found = spans.iter().find(|span| span.name == name && hex(&span.trace_id) == TRACE);
        found.unwrap_or_else(|| panic!("{name}: {spans:?}"))
    };
    let (request, attempt) = (of_trace("request"), of_trace("attempt"));
    assert_eq!(hex(&request.parent_span_id), PARENT);
    assert_eq!(attempt.parent_span_id, request.span_id);
    let delivered = receiver.deliveries().remove(0);
    assert_eq!(
        delivered.header("traceparent"),
        Some(format!("00-{TRACE}-{}-01", hex(&attempt.span_id)).as_str())
    );
    let told = format!("{spans:?}");
    assert!(!told.contains("s3cr3t") && !told.contains(KEY), "neither payloads nor keys leave");

    let has = |name: &str| collector.metrics().iter().any(|known| known == name);
    for name in [
        "hookbridge.messages.accepted",
        "hookbridge.attempts",
        "http.server.request.duration",
        "hookbridge.outbox.size",
    ] {
        eventually(name, || has(name));
    }
}

#[test]
fn without_a_collector_a_trace_is_passed_on_as_it_is() {
    let receiver = Receiver::start(|_, _| answer(200));
    let server = start(None);
    let endpoint = server.create_endpoint(&receiver.url("/"))["id"].as_str().unwrap().to_owned();
    let given = format!("00-{TRACE}-{PARENT}-01");
    send(&server, &endpoint, &given);
    eventually("the delivery", || receiver.deliveries().len() == 1);
    assert_eq!(receiver.deliveries()[0].header("traceparent"), Some(given.as_str()));
    send(&server, &endpoint, "nonsense");
    server.send(&endpoint, "1");
    eventually("the deliveries", || receiver.deliveries().len() == 3);
    assert!(receiver.deliveries()[1..].iter().all(|delivery| delivery.header("traceparent").is_none()));
}

/// Each delivery of an event belongs to the trace of whoever sent the event.
#[test]
fn the_trace_of_an_event_goes_with_each_of_its_deliveries() {
    let receiver = Receiver::start(|_, _| answer(200));
    let server = start(None);
    for path in ["/a", "/b"] {
        server.create_endpoint(&receiver.url(path));
    }
    let given = format!("00-{TRACE}-{PARENT}-01");
    let ask = |body: &str| {
        let text = format!(
            "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
             traceparent: {given}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        exchange(server.address, text.as_bytes()).remove(0)
    };
    let answered = ask(r#"{"type":"order.created","payload":{"n": 1.50},"headers":{"X-Own":"1"}}"#);
    assert_eq!(answered.status, 202, "{answered:?}");
    eventually("the deliveries", || receiver.deliveries().len() == 2);
    for delivery in receiver.deliveries() {
        assert_eq!(delivery.header("traceparent"), Some(given.as_str()));
        assert_eq!(delivery.header("x-own"), Some("1"));
        assert_eq!(delivery.body, br#"{"n": 1.50}"#);
    }
    // The producer's own goes before it, and what is wrong is refused as ever.
    let own = format!("00-{PARENT}{PARENT}-{PARENT}-00");
    let body = format!(r#"{{"type":"order.created","payload":1,"headers":{{"traceparent":"{own}"}}}}"#);
    assert_eq!(ask(&body).status, 202);
    eventually("the deliveries", || receiver.deliveries().len() == 4);
    assert!(receiver.deliveries()[2..].iter().all(|one| one.header("traceparent") == Some(own.as_str())));
    for (body, code) in [
        (r#"{"type":"a.b","payload":1,"payload":2}"#, "INVALID_REQUEST"),
        (r#"{"type":"a.b","payload":1,"headers":{"Host":"x"}}"#, "INVALID_HEADERS"),
        (r#"{"type":"a.b","payload":1,"headers":"x"}"#, "INVALID_REQUEST"),
        (r#"{"payload":1}"#, "INVALID_REQUEST"),
    ] {
        let refused = ask(body);
        assert_eq!((refused.status, refused.code().as_str()), (400, code), "{body}");
    }
}

#[test]
fn a_collector_that_hangs_or_is_gone_harms_nobody() {
    let (_collector, hanging) = Collector::start(Duration::from_secs(60));
    for endpoint in [format!("http://{hanging}"), "http://127.0.0.1:9".to_owned()] {
        let receiver = Receiver::start(|_, _| answer(200));
        let mut server = start(Some(&endpoint));
        let target = server.create_endpoint(&receiver.url("/"))["id"].as_str().unwrap().to_owned();
        for _ in 0..20 {
            send(&server, &target, &format!("00-{TRACE}-{PARENT}-01"));
        }
        eventually("every delivery", || receiver.deliveries().len() == 20);
        let begun = Instant::now();
        server.signal(nix::sys::signal::Signal::SIGTERM);
        server.wait();
        // Its own patience for what is in flight, and for the last spans; a hang would be a minute.
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    }
}

#[test]
fn every_line_of_a_request_has_its_id() {
    let server = Server::start(&["--log-level", "debug"]);
    let answer = server.request("GET", "/v1/endpoints/ep_nonsense", "");
    let id = answer.header("x-request-id").unwrap().to_owned();
    let lines = |message: &str| -> Vec<Value> {
        let log = server.log.lock().unwrap();
        let lines = log.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["message"] == message).collect()
    };
    eventually("the line", || !lines("answered").is_empty());
    assert_eq!(lines("answered")[0]["request_id"], id.as_str());
    // Written by the core, on a thread that waits.
    let refused = lines("refused");
    assert!(refused.iter().any(|line| line.to_string().contains(&id)), "{refused:?}");
}
