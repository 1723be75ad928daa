//! One attempt: the request as the contract has it, the answer read whole, every moment noted.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::address_guard::AddressGuard;
use super::connection::ConnectionFacts;
use super::connector::{Connector, millis};
use super::failure::connect_failure;
pub(crate) use super::failure::request_text;
use super::shortage::Shortage;
use super::signature::sign;
use super::target::{Target, Whither};
use super::tls::Tls;
use crate::config::Config;
use crate::error::Result;
use crate::model::header_map::HeaderMap;
use crate::model::ids::MessageId;
use crate::model::sent_headers::SentHeaders;
use crate::model::timestamp::Timestamp;
use crate::relay::forward;

/// What is kept of an answer's body.
const BODY_KEPT: usize = 64 * 1024;
/// Where an answer's body is taken for endless.
const BODY_READ: usize = 16 * 1024 * 1024;
/// What is kept of an answer's headers.
const HEADERS_KEPT: usize = 16 * 1024;
/// The most that an answer's headers may have.
const HEADERS_READ: usize = 64 * 1024;
const IDLE_CONNECTION: Duration = Duration::from_secs(55);

/// What is to be delivered.
#[derive(Clone, Debug)]
pub struct DeliveryRequest {
    /// Where to.
    pub target: Arc<Target>,
    /// The message.
    pub message_id: MessageId,
    /// From 1.
    pub attempt_no: u32,
    /// The body.
    pub payload: Bytes,
    /// The message's own headers, which win over the endpoint's.
    pub message_headers: HeaderMap,
    /// How long its payload is kept, in hours; a relay hands it on.
    pub retention_hours: Option<u32>,
}

/// What came of it. Times are whole milliseconds.
#[derive(Clone, Debug)]
pub struct AttemptReport {
    /// When it began: the moment that was signed.
    pub started_at: Timestamp,
    /// From the beginning to the end.
    pub latency_ms: u32,
    /// As sent, with credentials masked.
    pub sent: SentHeaders,
    /// What the receiver answered.
    pub response: Option<ResponseReport>,
    /// What went wrong; absent where the whole of an answer was read.
    pub error_text: Option<String>,
    /// What of ours was missing, so that no attempt was made; `error_text` has the details.
    pub shortage: Option<Shortage>,
    /// The address connected to, or refused.
    pub resolved_ip: Option<IpAddr>,
    /// Whether a kept connection served; absent where none came about.
    pub conn_reused: Option<bool>,
    /// Resolving the host.
    pub dns_ms: Option<u32>,
    /// Connecting.
    pub tcp_connect_ms: Option<u32>,
    /// The TLS handshake.
    pub tls_handshake_ms: Option<u32>,
    /// To the answer's headers.
    pub ttfb_ms: Option<u32>,
    /// From there to its end.
    pub transfer_ms: Option<u32>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct ResponseReport {
    /// Its status.
    pub status: u16,
    /// Its headers; repeated ones joined by a comma.
    pub headers: HeaderMap,
    /// The beginning of its body.
    pub body: Vec<u8>,
    /// Whether the body was longer.
    pub truncated: bool,
}

impl AttemptReport {
    /// The status of an answer that was read whole.
    pub fn complete_status(&self) -> Option<u16> {
        self.response.as_ref().filter(|_| self.error_text.is_none()).map(|response| response.status)
    }
}

/// Kept connections, each to an address that the guard has seen.
pub(crate) type ConnectionPool = Client<Connector, Full<Bytes>>;

/// A pool without connections. With `allow_local` addresses that are not public may be connected to.
///
/// # Errors
/// `INVALID_CONFIGURATION` where `ca_file` cannot be used.
pub(crate) fn connection_pool(config: &Config, allow_local: bool) -> Result<ConnectionPool> {
    let tls = Arc::new(Tls::new(config.ca_file.as_deref())?);
    let connector = Connector::new(AddressGuard::new(allow_local), config.connect_timeout, tls);
    Ok(Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(config.max_in_flight_per_endpoint as usize)
        .http1_max_buf_size(HEADERS_READ)
        .http2_max_header_list_size(HEADERS_READ as u32)
        // A connection behind which nobody is any more would be given to every further request.
        .http2_keep_alive_interval(config.request_timeout / 2)
        .http2_keep_alive_timeout(config.request_timeout / 2)
        .build(connector))
}

/// Whether a request failed before any of it was sent.
pub(crate) fn is_unsent(error: &hyper_util::client::legacy::Error) -> bool {
    error.is_connect()
}

/// The engine's HTTP client with its kept connections.
pub struct HttpClient {
    client: ConnectionPool,
    request_timeout: Duration,
}

impl HttpClient {
    /// A client; connections are made later.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION` where `ca_file` cannot be used.
    pub fn new(config: &Config) -> Result<Self> {
        // A relay connects to its server only, which may be on this machine.
        let client = connection_pool(config, config.allow_local_endpoints || config.server.is_some())?;
        Ok(Self { client, request_timeout: config.request_timeout })
    }

    /// Makes one attempt. Ends within the request timeout, whatever the receiver does.
    pub async fn attempt(&self, delivery: DeliveryRequest) -> AttemptReport {
        let started_at = Timestamp::now();
        let begun = Instant::now();
        let (sent, request) = prepare(&delivery, started_at);
        let mut report = AttemptReport {
            started_at,
            latency_ms: 0,
            sent: sent.masked(),
            response: None,
            error_text: None,
            shortage: None,
            resolved_ip: None,
            conn_reused: None,
            dns_ms: None,
            tcp_connect_ms: None,
            tls_handshake_ms: None,
            ttfb_ms: None,
            transfer_ms: None,
        };
        match request {
            Ok(request) => {
                if let Err(text) = self.exchange(request, begun, &mut report).await {
                    report.error_text = Some(text);
                }
            }
            Err(text) => report.error_text = Some(text),
        }
        report.latency_ms = millis(begun.elapsed());
        report
    }

    async fn exchange(
        &self,
        mut request: Request<Full<Bytes>>,
        begun: Instant,
        report: &mut AttemptReport,
    ) -> std::result::Result<(), String> {
        let deadline = tokio::time::Instant::from_std(begun + self.request_timeout);
        let late = |what: &str| format!("timed out after {:?} waiting for {what}", self.request_timeout);
        let mut connection = capture_connection(&mut request);
        let answer = tokio::time::timeout_at(deadline, self.client.request(request)).await;
        if let Some(facts) = facts(&mut connection) {
            note_connection(report, &facts);
        }
        let response = match answer {
            Ok(Ok(response)) => response,
            Ok(Err(cause)) => {
                if let Some(failure) = connect_failure(&cause) {
                    report.shortage = failure.shortage;
                    report.resolved_ip = failure.ip;
                    report.dns_ms = failure.dns_ms;
                    report.tcp_connect_ms = failure.tcp_connect_ms;
                    report.tls_handshake_ms = failure.tls_handshake_ms;
                }
                return Err(request_text(&cause));
            }
            Err(_) if report.conn_reused.is_none() => return Err(late("a connection")),
            Err(_) => return Err(late("the answer")),
        };
        let connecting = [report.dns_ms, report.tcp_connect_ms, report.tls_handshake_ms];
        let connecting: u32 = connecting.into_iter().flatten().sum();
        report.ttfb_ms = Some(millis(begun.elapsed()).saturating_sub(connecting));
        let answered = Instant::now();
        let response = report
            .response
            .insert(ResponseReport {
                status: response.status().as_u16(),
                headers: response_headers(&response),
                body: Vec::new(),
                truncated: false,
            })
            .with_body(response);
        let read = tokio::time::timeout_at(deadline, response).await;
        report.transfer_ms = Some(millis(answered.elapsed()));
        read.unwrap_or_else(|_| Err(late("the end of the answer")))
    }
}

impl ResponseReport {
    /// Reads the body to its end and keeps the beginning.
    async fn with_body(&mut self, response: Response<Incoming>) -> std::result::Result<(), String> {
        let mut body = response.into_body();
        let mut read = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|cause| request_text(&cause))?;
            let Some(bytes) = frame.data_ref() else { continue };
            read += bytes.len();
            let room = BODY_KEPT - self.body.len();
            self.body.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            self.truncated = read > BODY_KEPT;
            if read > BODY_READ {
                return Err(format!("the answer has more than {} MiB", BODY_READ >> 20));
            }
        }
        Ok(())
    }
}

fn facts(connection: &mut hyper_util::client::legacy::connect::CaptureConnection) -> Option<ConnectionFacts> {
    let mut extensions = http::Extensions::new();
    connection.connection_metadata().as_ref()?.get_extras(&mut extensions);
    extensions.remove()
}

fn note_connection(report: &mut AttemptReport, facts: &ConnectionFacts) {
    let reused = facts.note_use();
    report.resolved_ip = Some(facts.ip);
    report.conn_reused = Some(reused);
    if !reused {
        report.dns_ms = facts.dns_ms;
        report.tcp_connect_ms = Some(facts.tcp_connect_ms);
        report.tls_handshake_ms = facts.tls_handshake_ms;
    }
}

type Prepared = (SentHeaders, std::result::Result<Request<Full<Bytes>>, String>);

/// The request, and what is kept of its headers.
fn prepare(delivery: &DeliveryRequest, started_at: Timestamp) -> Prepared {
    match &delivery.target.0 {
        Whither::Receiver { uri, headers, signers } => {
            let (id, timestamp) = (delivery.message_id.to_string(), started_at.as_seconds().to_string());
            let signatures = sign(signers, &id, &timestamp, &delivery.payload);
            let sent =
                SentHeaders::new(signatures.webhook, signatures.standard, headers, &delivery.message_headers);
            let request = sent.to_http(&id, delivery.attempt_no, &timestamp).map(|headers| {
                let mut request = Request::new(Full::new(delivery.payload.clone()));
                *request.method_mut() = Method::POST;
                *request.uri_mut() = uri.clone();
                *request.headers_mut() = headers;
                request
            });
            (sent, request)
        }
        Whither::Server { link, endpoint_id } => {
            let request = forward::request(link, endpoint_id, delivery).map_err(|error| error.to_string());
            (SentHeaders::default(), request)
        }
    }
}

fn response_headers(response: &Response<Incoming>) -> HeaderMap {
    let mut kept = 0;
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in response.headers() {
        kept += name.as_str().len() + value.len();
        if kept > HEADERS_KEPT {
            break;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        match headers.iter_mut().find(|(known, _)| known == name.as_str()) {
            Some((_, joined)) => {
                joined.push_str(", ");
                joined.push_str(&value);
            }
            None => headers.push((name.as_str().to_owned(), value.into_owned())),
        }
    }
    headers.into_iter().collect()
}
