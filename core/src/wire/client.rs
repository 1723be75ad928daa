//! One attempt: the request (docs/contract.md#delivery-request), the answer, and the time that each step took.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use nix::sys::resource::{Resource, getrlimit};

use super::address_guard::AddressGuard;
pub(crate) use super::answer::AnswerHeaders;
use super::connector::{Connector, millis};
pub(crate) use super::exchange::{Answer, Course, Terms, Unanswered};
pub(crate) use super::http1::BodyEnd;
pub(crate) use super::origin::Destination;
use super::pool::Bounds;
pub(crate) use super::pool::Pool;
use super::target::{Prepared, Target};
use super::tls::Tls;
use crate::config::Config;
use crate::error::Result;
use crate::model::event_record::OfEvent;
use crate::model::header_map::HeaderMap;
use crate::model::ids::MessageId;
use crate::model::sent_headers::SentHeaders;
use crate::model::shortage::Shortage;
use crate::model::timestamp::Timestamp;

/// How many bytes of an answer's body are kept. A longer body is cut off.
const BODY_KEPT: usize = 64 * 1024;
/// How long an attempt waits for the answer's body.
const BODY_PATIENCE: Duration = Duration::from_secs(5);
/// The age at which a connection takes no more requests.
const CONNECTION_AGE: Duration = Duration::from_secs(180);
const CONNECTION_AGE_SPREAD: Duration = Duration::from_secs(60);
/// The note of an attempt whose own answer was normal.
const FLOODED_LATELY: &str =
    "lately the receiver sent more than an answer takes, and a connection to it was closed for that";
/// The most connections at rest, where no more attempts than this are allowed at once.
const RESTING: u64 = 1024;
/// Connections at rest may hold one in so many of the process's descriptors.
const RESTING_SHARE: u64 = 4;

/// The message that an attempt delivers.
#[derive(Clone, Debug)]
pub struct DeliveryRequest {
    /// The target of the attempt.
    pub target: Arc<dyn Target>,
    /// The message's id.
    pub message_id: MessageId,
    /// The number of the attempt, from 1.
    pub attempt_no: u32,
    /// The body of the request.
    pub payload: Bytes,
    /// The message's own headers, which win over the endpoint's.
    pub message_headers: HeaderMap,
    /// How long the payload is kept, in hours. A relay passes it on to its server.
    pub retention_hours: Option<u32>,
    /// The event that the message belongs to.
    pub event: Option<Arc<OfEvent>>,
    /// The message's ordering key, which a relay passes on.
    pub ordering_key: Option<Arc<str>>,
    /// Before when the message is not delivered, and after when it is not tried: what a relay passes on.
    pub times: (Option<Timestamp>, Option<Timestamp>),
}

/// What happened in an attempt. Times are whole milliseconds.
#[derive(Clone, Debug)]
pub struct AttemptReport {
    /// When the attempt began. This moment was signed.
    pub started_at: Timestamp,
    /// From the beginning to the end of the attempt.
    pub latency_ms: u32,
    /// The headers as sent, with credentials masked.
    pub sent: SentHeaders,
    /// The receiver's answer.
    pub response: Option<ResponseReport>,
    /// What went wrong; absent where the head of an answer came.
    pub error_text: Option<String>,
    /// Something unusual: a dead kept connection, a body that was cut off or ended badly.
    pub note: Option<String>,
    /// Whether a connection to the receiver was closed, now or shortly before, because the receiver sent too much.
    pub flooded: bool,
    /// What this machine lacked, so that no attempt was made; `error_text` has the details.
    pub shortage: Option<Shortage>,
    /// The address that was connected to or refused.
    pub resolved_ip: Option<IpAddr>,
    /// Whether a kept connection served; absent where there was no connection.
    pub conn_reused: Option<bool>,
    /// Resolving the host.
    pub dns_ms: Option<u32>,
    /// Connecting.
    pub tcp_connect_ms: Option<u32>,
    /// The TLS handshake.
    pub tls_handshake_ms: Option<u32>,
    /// From the connection to the answer's headers.
    pub ttfb_ms: Option<u32>,
    /// From the answer's headers to its end.
    pub transfer_ms: Option<u32>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct ResponseReport {
    /// The status.
    pub status: u16,
    /// The headers. The values of a repeated name are joined by a comma.
    pub headers: HeaderMap,
    /// Every value of `Retry-After`, also where the kept headers end before it.
    pub retry_after: Vec<String>,
    /// The value of `Date`.
    pub date: Option<String>,
    /// The beginning of the body.
    pub body: Vec<u8>,
    /// Whether the body was longer.
    pub truncated: bool,
    /// Whether the body's end was seen.
    pub whole: bool,
}

impl AttemptReport {
    /// The status of the answer. It alone decides the outcome.
    pub fn status(&self) -> Option<u16> {
        self.response.as_ref().map(|response| response.status)
    }

    fn add_note(&mut self, text: String) {
        match &mut self.note {
            Some(note) => {
                note.push_str("; ");
                note.push_str(&text);
            }
            None => self.note = Some(text),
        }
    }

    fn note_course(&mut self, course: Course) {
        if let Some((facts, reused)) = course.connection {
            self.resolved_ip = Some(facts.ip);
            self.conn_reused = Some(reused);
            if !reused {
                self.dns_ms = facts.dns_ms;
                self.tcp_connect_ms = Some(facts.tcp_connect_ms);
                self.tls_handshake_ms = facts.tls_handshake_ms;
            }
        }
        if let Some(text) = course.died {
            self.add_note(format!(
                "a kept connection was dead ({text}); the request was sent again on a fresh one"
            ));
        }
    }
}

/// The kind of party at the other end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// An endpoint's receiver: what it sends has a budget.
    Receiver,
    /// The server that the host has configured, whose answers may be long.
    Server,
}

/// A pool without connections. With `allow_local` addresses that are not public may be connected to.
///
/// # Errors
/// `INVALID_CONFIGURATION` where `ca_file` cannot be used.
pub(crate) fn connection_pool(config: &Config, allow_local: bool, peer: Peer) -> Result<Pool> {
    let tls = Arc::new(Tls::new(config.ca_file.as_deref())?);
    let (guard, budget) = (AddressGuard::new(allow_local), peer == Peer::Receiver);
    let bounds = Bounds {
        resting: resting_connections(config),
        age: CONNECTION_AGE,
        age_spread: CONNECTION_AGE_SPREAD,
        // A dead connection is noticed after twice this time, which leaves time for a fresh one.
        silence: config.request_timeout / 3,
        budget,
    };
    Ok(Pool::new(Connector::new(guard, config.connect_timeout, tls, budget), bounds))
}

/// How many connections may rest: as many as attempts may be under way, so that each finds one; more where the host has
/// descriptors to spare.
fn resting_connections(config: &Config) -> usize {
    let allowed = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
    let spare = usize::try_from((allowed / RESTING_SHARE).min(RESTING)).unwrap_or(0);
    spare.max(config.max_in_flight as usize)
}

/// The engine's HTTP client with its kept connections.
pub struct HttpClient {
    pool: Pool,
    request_timeout: Duration,
}

impl HttpClient {
    /// A client without connections. With `allow_local` addresses that are not public may be connected to.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION` where `ca_file` cannot be used.
    pub fn new(config: &Config, allow_local: bool) -> Result<Self> {
        let pool = connection_pool(config, allow_local, Peer::Receiver)?;
        Ok(Self { pool, request_timeout: config.request_timeout })
    }

    /// Makes one attempt. The head of the answer must come within the request timeout. Its body is waited for up to five
    /// seconds more.
    pub async fn attempt(&self, delivery: DeliveryRequest) -> AttemptReport {
        let started_at = Timestamp::now();
        let begun = Instant::now();
        let Prepared { sent, request } = delivery.target.prepare(&delivery, started_at);
        let mut report = AttemptReport {
            started_at,
            latency_ms: 0,
            sent: sent.masked(),
            response: None,
            error_text: None,
            note: None,
            flooded: false,
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
            Ok((destination, request)) => {
                if let Err(text) = self.exchange(destination, &request, begun, &mut report).await {
                    report.error_text = Some(text);
                }
                report.flooded = self.pool.has_flooded(&destination.origin);
                if report.flooded && report.note.is_none() && report.error_text.is_none() {
                    report.add_note(FLOODED_LATELY.to_owned());
                }
            }
            Err(text) => report.error_text = Some(text),
        }
        report.latency_ms = millis(begun.elapsed());
        report
    }

    async fn exchange(
        &self,
        destination: &Destination,
        request: &Request<Bytes>,
        begun: Instant,
        report: &mut AttemptReport,
    ) -> std::result::Result<(), String> {
        let terms = Terms { deadline: begun + self.request_timeout, repeatable: true };
        let mut course = Course::default();
        let answer = self.pool.request(destination, request, terms, &mut course).await;
        report.note_course(course);
        let answer = match answer {
            Ok(answer) => answer,
            Err(Unanswered::NoConnection(failure)) => {
                report.shortage = failure.shortage;
                report.resolved_ip = failure.ip;
                report.dns_ms = failure.dns_ms;
                report.tcp_connect_ms = failure.tcp_connect_ms;
                report.tls_handshake_ms = failure.tls_handshake_ms;
                return Err(failure.text);
            }
            Err(Unanswered::Broken { text, shortage, .. }) => {
                report.shortage = shortage;
                return Err(text);
            }
            Err(Unanswered::Late) => {
                return Err(format!("timed out after {:?} waiting for the answer", self.request_timeout));
            }
        };
        let connecting = [report.dns_ms, report.tcp_connect_ms, report.tls_handshake_ms];
        let connecting: u32 = connecting.into_iter().flatten().sum();
        report.ttfb_ms = Some(millis(begun.elapsed()).saturating_sub(connecting));
        let answered = Instant::now();
        let (response, note) = read(answer, answered + BODY_PATIENCE.min(self.request_timeout)).await;
        report.response = Some(response);
        if let Some(note) = note {
            report.add_note(note);
        }
        report.transfer_ms = Some(millis(answered.elapsed()));
        Ok(())
    }
}

/// Reads the body, up to its limits of size and time. The note says what was unusual about it.
async fn read(mut answer: Answer, deadline: Instant) -> (ResponseReport, Option<String>) {
    let mut report = ResponseReport {
        status: answer.status,
        headers: answer.headers.to_record(),
        retry_after: answer.headers.all("retry-after").map(str::to_owned).collect(),
        date: answer.headers.get("date").map(str::to_owned),
        body: Vec::new(),
        truncated: false,
        whole: false,
    };
    let begun = Instant::now();
    loop {
        let piece = match tokio::time::timeout_at(deadline.into(), answer.next_piece()).await {
            Ok(Ok(piece)) => piece,
            Ok(Err(BodyEnd::Whole)) => {
                report.whole = true;
                return (report, None);
            }
            Ok(Err(BodyEnd::Broken(text))) => {
                return (report, Some(format!("the answer's body ended badly: {text}")));
            }
            Err(_) => {
                let waited = Duration::from_millis(millis(begun.elapsed()).into());
                return (
                    report,
                    Some(format!("the answer's body had not ended after {waited:?} and was cut off")),
                );
            }
        };
        let room = BODY_KEPT - report.body.len();
        report.body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if piece.len() > room {
            report.truncated = true;
            return (report, Some(format!("the answer's body was cut off after {} KiB", BODY_KEPT >> 10)));
        }
    }
}
