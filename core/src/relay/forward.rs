//! Forwarding: the request that hands a message to the server, and the meaning of the answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;

use crate::config::{Config, Server};
use crate::delivery::scheduler::LaneSettings;
use crate::delivery::targets::{LaneEndpoint, Targets};
use crate::error::{Error, ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::endpoint::Endpoint;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::retry_schedule::RetrySchedule;
use crate::model::sent_headers::SentHeaders;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::operations::definition::Verb;
use crate::remote::answer::ServerAnswer;
use crate::remote::client::ServerLink;
use crate::remote::request::{Addressee, SendBody};
use crate::wire::client::{AnswerHeaders, AttemptReport, DeliveryRequest, ResponseReport};
use crate::wire::origin::Destination;
use crate::wire::outcome::{Outcome, classify};
use crate::wire::target::{Prepared, Target};

/// A message is offered until its payload's retention has passed. The table of attempts has room for about so many rows of
/// a message.
const MOST_ATTEMPTS: u32 = 65_000;

/// The gaps between the attempts to forward a message.
fn schedule() -> RetrySchedule {
    RetrySchedule::uniform([1, 2, 4, 8, 16, 32, 60].map(Duration::from_secs).to_vec())
}

/// The server as the target of every lane. The server applies rate limits and pauses, so a relay's lanes have none.
pub(crate) struct Servers {
    link: Arc<ServerLink>,
    destination: Arc<Destination>,
    events: Arc<Destination>,
}

impl Servers {
    /// # Errors
    /// `INVALID_CONFIGURATION` for an address or a key that cannot be used.
    pub(crate) fn new(config: &Config, server: &Server) -> Result<Self> {
        let link = Arc::new(ServerLink::new(config, server)?);
        let no_host = || Error::new(ErrorCode::InvalidConfiguration, "the server's URL has no host");
        let destination = Arc::new(Destination::new(link.send_uri()?).ok_or_else(no_host)?);
        let events = Arc::new(Destination::new(link.events_uri()?).ok_or_else(no_host)?);
        Ok(Self { link, destination, events })
    }
}

impl Targets for Servers {
    fn of(&self, endpoint: Endpoint, _: &[SigningSecret]) -> Result<(LaneEndpoint, LaneSettings)> {
        let target = ServerTarget {
            link: self.link.clone(),
            destination: self.destination.clone(),
            events: self.events.clone(),
            endpoint_id: endpoint.id,
        };
        let lane = LaneEndpoint {
            id: endpoint.id,
            target: Arc::new(target),
            retry_schedule: Some(schedule()),
            max_attempts: Some(MOST_ATTEMPTS),
        };
        Ok((lane, LaneSettings { paused: false, rate_limit: None }))
    }

    /// A relay connects only to its server, which may be on this machine.
    fn may_be_local(&self) -> bool {
        true
    }
}

/// The server, for the messages of one endpoint.
struct ServerTarget {
    link: Arc<ServerLink>,
    destination: Arc<Destination>,
    /// Where events are posted to.
    events: Arc<Destination>,
    endpoint_id: EndpointId,
}

impl std::fmt::Debug for ServerTarget {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ServerTarget").field(&self.endpoint_id).finish()
    }
}

impl Target for ServerTarget {
    /// The request that hands a message over. The message's id is its idempotency key: the server takes a message once,
    /// however often it is offered.
    fn prepare<'a>(&'a self, delivery: &DeliveryRequest, _: Timestamp) -> Prepared<'a> {
        let headers = Some(&delivery.message_headers).filter(|headers| !headers.is_empty());
        let headers = headers.and_then(|headers| serde_json::to_string(headers).ok());
        let endpoint_id = self.endpoint_id.to_string();
        let (to, destination) = match &delivery.event {
            Some(event) => {
                let addressee = Addressee::Event {
                    event_type: event.event_type.as_str(),
                    tenant: event.tenant.as_deref(),
                };
                (addressee, &self.events)
            }
            None => (Addressee::Endpoint(&endpoint_id), &self.destination),
        };
        let (deliver_at, expires_at) = delivery.times;
        let body = SendBody {
            to,
            payload: &delivery.payload,
            headers: headers.as_deref(),
            idempotency_key: &delivery.message_id.to_string(),
            retention_hours: delivery.retention_hours,
            ordering_key: delivery.ordering_key.as_deref(),
            deliver_at,
            expires_at,
        };
        let body = Some(Bytes::from(body.to_bytes()));
        let request = self.link.request(Verb::Post, destination.uri.clone(), body);
        Prepared { sent: SentHeaders::default(), request: Ok((destination, request)) }
    }

    fn judge(&self, report: &mut AttemptReport, retry_after: Option<Duration>) -> Outcome {
        judge(report, retry_after)
    }
}

/// What the server's answer means for the message. A message is given up only where the server refuses it for good. A wrong
/// key, a wrong address and a proxy's error page can be mended, so the message is offered again.
fn judge(report: &mut AttemptReport, retry_after: Option<Duration>) -> Outcome {
    let later = Outcome::Retry { kind: RetryType::Slow, retry_after };
    let Some(response) = report.response.as_ref() else { return later };
    if (200..300).contains(&response.status) {
        let body = String::from_utf8_lossy(&response.body);
        // The receipt of an event may be long: its beginning is enough.
        if forwarded_as(&body).is_some() || event_forwarded_as(&body).is_some() {
            return Outcome::Succeeded;
        }
        report.error_text = Some(if response.whole {
            format!("{} without a receipt: is it HookBridge?", response.status)
        } else {
            // The server may have taken the message. Offering it again is harmless: its idempotency key stays the same.
            format!("{} whose receipt broke off", response.status)
        });
        return later;
    }
    let answer = as_answer(response);
    let code = answer.refused_with();
    report.error_text = Some(match &code {
        Some(_) => answer.error().to_string(),
        None => format!("the server answered {}", response.status),
    });
    match (classify(Some(response.status), retry_after), code) {
        (Outcome::Permanent { .. }, Some(code)) if is_final(response.status, &code) => {
            Outcome::Permanent { gone: false }
        }
        (Outcome::Permanent { .. }, _) => later,
        (outcome, _) => outcome,
    }
}

fn is_final(status: u16, code: &str) -> bool {
    match status {
        401 | 403 => false,
        404 => code == ErrorCode::EndpointNotFound.name(),
        _ => true,
    }
}

fn as_answer(response: &ResponseReport) -> ServerAnswer {
    ServerAnswer {
        status: StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY),
        headers: AnswerHeaders::default(),
        body: Bytes::copy_from_slice(&response.body),
    }
}

/// The id that the server gave an event, read from the beginning of the body of its answer.
pub(crate) fn event_forwarded_as(body: &str) -> Option<EventId> {
    let rest = body.trim_start().strip_prefix("{\"data\":{\"event_id\":\"")?;
    rest.split('"').next()?.parse().ok()
}

/// The id that the server gave the message, read from the body of its answer.
pub(crate) fn forwarded_as(body: &str) -> Option<MessageId> {
    #[derive(Deserialize)]
    struct Accepted {
        data: Receipt,
    }
    #[derive(Deserialize)]
    struct Receipt {
        message_id: String,
    }
    serde_json::from_str::<Accepted>(body).ok()?.data.message_id.parse().ok()
}
