//! The headers of a delivery (docs/contract.md#delivery-request): their names, their order, and what is stored to list them
//! later. Most follow from the message and the attempt; only the rest is stored.

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use serde::{Deserialize, Serialize};

use crate::model::event_record::OfEvent;
use crate::model::header_map::{HeaderMap, alike};
use crate::model::ids::MessageId;
use crate::model::message;

/// The engine's version, as `User-Agent` names it.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The value of `User-Agent`.
pub(crate) const AGENT: &str = concat!("HookBridge/", env!("CARGO_PKG_VERSION"));
const MASK: &str = "(masked)";
const SECRETS: &[&str] = &["authorization", "cookie"];

const SET_COUNT: usize = 9;
/// The headers that the engine sets, in order: each name as attempts list it, and as HTTP libraries know it.
const SET: [(&str, HeaderName); SET_COUNT] = [
    ("Content-Type", CONTENT_TYPE),
    ("User-Agent", USER_AGENT),
    ("X-Webhook-Id", HeaderName::from_static("x-webhook-id")),
    ("X-Webhook-Timestamp", HeaderName::from_static("x-webhook-timestamp")),
    ("X-Webhook-Signature", HeaderName::from_static("x-webhook-signature")),
    ("X-Webhook-Attempt", HeaderName::from_static("x-webhook-attempt")),
    ("webhook-id", HeaderName::from_static("webhook-id")),
    ("webhook-timestamp", HeaderName::from_static("webhook-timestamp")),
    ("webhook-signature", HeaderName::from_static("webhook-signature")),
];

/// What a message of an event has beside them: its type.
const EVENT: (&str, HeaderName) = ("X-Webhook-Event", HeaderName::from_static("x-webhook-event"));

/// The part of a delivery's headers that does not follow from the message and the attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentHeaders {
    /// The version of HookBridge that sent the headers.
    pub version: Cow<'static, str>,
    /// The value of `X-Webhook-Signature`.
    pub signature: String,
    /// The value of `webhook-signature`.
    pub standard: String,
    /// The custom headers of the endpoint and the message. Where two are `alike` the message's is kept.
    #[serde(default, skip_serializing_if = "HeaderMap::is_empty")]
    pub own: HeaderMap,
    /// The value of `X-Webhook-Event`; absent for a message that was sent to one endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
}

impl SentHeaders {
    /// The headers of an attempt by this version.
    pub fn new(signature: String, standard: String, endpoint: &HeaderMap, message: &HeaderMap) -> Self {
        let own = endpoint
            .iter()
            .filter(|(name, _)| !message.has_alike(name))
            .chain(message.iter())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { version: Cow::Borrowed(VERSION), signature, standard, own, event_type: None }
    }

    /// The headers of a message of an event.
    #[must_use]
    pub fn of_event(self, event: Option<&OfEvent>) -> Self {
        Self { event_type: event.map(|event| event.event_type.as_str().to_owned()), ..self }
    }

    /// The values of [`SET`].
    fn values<'a>(
        &'a self,
        agent: &'a str,
        id: &'a str,
        attempt_no: &'a str,
        timestamp: &'a str,
    ) -> [&'a str; SET_COUNT] {
        let (signature, standard) = (self.signature.as_str(), self.standard.as_str());
        [message::CONTENT_TYPE, agent, id, timestamp, signature, attempt_no, id, timestamp, standard]
    }

    /// All headers of the delivery, in order. A header of [`SentHeaders::own`] replaces one of the engine's that is `alike`.
    pub fn list(&self, id: &MessageId, attempt_no: u32, timestamp_seconds: i64) -> Vec<(&str, String)> {
        let agent = format!("HookBridge/{}", self.version);
        let (id, attempt_no) = (id.to_string(), attempt_no.to_string());
        let values = self.values(&agent, &id, &attempt_no, &timestamp_seconds.to_string()).map(str::to_owned);
        let mut headers: Vec<_> = SET.map(|(shown, _)| shown).into_iter().zip(values).collect();
        headers.extend(self.event_type.clone().map(|event_type| (EVENT.0, event_type)));
        for (name, value) in self.own.iter() {
            headers.retain(|(known, _)| !alike(known, name));
            headers.push((name, value.to_owned()));
        }
        headers
    }

    /// The headers as [`SentHeaders::list`] has them, for an HTTP request.
    ///
    /// # Errors
    /// The name of a header that HTTP does not allow.
    pub fn to_http(
        &self,
        id: &str,
        attempt_no: u32,
        timestamp: &str,
    ) -> std::result::Result<http::HeaderMap, String> {
        let attempt_no = attempt_no.to_string();
        let values = self.values(AGENT, id, &attempt_no, timestamp);
        // Room for `Host` and `Content-Length` too, which the HTTP client adds.
        let mut headers = http::HeaderMap::with_capacity(SET_COUNT + self.own.iter().count() + 3);
        let refused = |name: &str| format!("the header {} cannot be sent", name.escape_debug());
        for ((shown, name), value) in SET.into_iter().zip(values) {
            if self.own.has_alike(shown) {
                continue;
            }
            headers.insert(name, HeaderValue::from_str(value).map_err(|_| refused(shown))?);
        }
        if let Some(event_type) = &self.event_type {
            headers.insert(EVENT.1, HeaderValue::from_str(event_type).map_err(|_| refused(EVENT.0))?);
        }
        for (name, value) in self.own.iter() {
            let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused(name))?;
            headers.insert(known, HeaderValue::from_str(value).map_err(|_| refused(name))?);
        }
        Ok(headers)
    }

    /// A copy in which the values of credentials are masked. Credentials are never stored.
    pub fn masked(self) -> Self {
        let secret = |name: &str| SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
        if !self.own.iter().any(|(name, _)| secret(name)) {
            return self;
        }
        let own = self
            .own
            .iter()
            .map(|(name, value)| (name.to_owned(), if secret(name) { MASK } else { value }.to_owned()))
            .collect();
        Self { own, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(entries: &[(&str, &str)]) -> HeaderMap {
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_message_wins_over_the_endpoint_and_both_over_the_engine() {
        let endpoint = headers(&[("X-A", "endpoint"), ("Authorization", "Bearer t"), ("user-agent", "mine")]);
        let message = headers(&[("x-a", "message")]);
        let sent = SentHeaders::new("s".into(), "v".into(), &endpoint, &message);
        let id = MessageId::from_bytes([7; 16]);
        let listed = sent.list(&id, 3, 1_800_000_000);
        let value = |name: &str| {
            let found: Vec<_> = listed.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).collect();
            assert_eq!(found.len(), 1, "{name}");
            found[0].1.clone()
        };
        assert_eq!(value("x-a"), "message");
        assert_eq!(value("User-Agent"), "mine");
        assert_eq!(value("Authorization"), "Bearer t");
        assert_eq!(value("X-Webhook-Attempt"), "3");
        assert_eq!(value("webhook-timestamp"), "1800000000");
        let kept = sent.masked();
        assert_eq!(kept.own.get("authorization"), Some("(masked)"));
        let text = serde_json::to_string(&kept).unwrap();
        assert!(!text.contains("Bearer"));
        assert_eq!(serde_json::from_str::<SentHeaders>(&text).unwrap(), kept);
    }

    #[test]
    fn of_names_that_a_receiver_may_take_for_one_a_single_one_is_sent() {
        let endpoint = headers(&[("X_Source", "endpoint"), ("User_Agent", "mine")]);
        let message = headers(&[("X-Source", "message")]);
        let sent = SentHeaders::new("s".into(), "v".into(), &endpoint, &message);
        let request = sent.to_http("id", 1, "1800000000").unwrap();
        let value = |name: &str| request.get(name).map(|value| value.to_str().unwrap());
        assert_eq!((value("x-source"), value("x_source")), (Some("message"), None));
        assert_eq!((value("user_agent"), value("user-agent")), (Some("mine"), None));
        let listed = sent.list(&MessageId::from_bytes([7; 16]), 1, 1_800_000_000);
        assert_eq!(listed.len(), request.len());
    }
}
