//! The headers of a delivery (contract Part A, "delivery headers"): their names, their order, and what has to be
//! kept to list them later. Most follow from the message and the attempt, so that only the rest is stored.

use serde::{Deserialize, Serialize};

use crate::model::header_map::HeaderMap;
use crate::model::ids::MessageId;
use crate::model::message::CONTENT_TYPE;

/// The engine's version, as `User-Agent` names it.
const VERSION: &str = env!("CARGO_PKG_VERSION");
const MASK: &str = "(masked)";
const SECRETS: &[&str] = &["authorization", "cookie"];

/// What does not follow from the message and the attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentHeaders {
    /// The version that sent them.
    pub version: String,
    /// The value of `X-Webhook-Signature`.
    pub signature: String,
    /// The value of `webhook-signature`.
    pub standard: String,
    /// The endpoint's and the message's own; of two with one name the message's.
    #[serde(default, skip_serializing_if = "HeaderMap::is_empty")]
    pub own: HeaderMap,
}

impl SentHeaders {
    /// The headers of an attempt by this version.
    pub fn new(signature: String, standard: String, endpoint: &HeaderMap, message: &HeaderMap) -> Self {
        let own = endpoint
            .iter()
            .filter(|(name, _)| message.get(name).is_none())
            .chain(message.iter())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { version: VERSION.to_owned(), signature, standard, own }
    }

    /// All of them, in order; one of [`SentHeaders::own`] takes the place of what has its name.
    pub fn list(&self, id: &MessageId, attempt_no: u32, timestamp_seconds: i64) -> Vec<(&str, String)> {
        let (id, timestamp) = (id.to_string(), timestamp_seconds.to_string());
        let mut headers = vec![
            ("Content-Type", CONTENT_TYPE.to_owned()),
            ("User-Agent", format!("HookBridge/{}", self.version)),
            ("X-Webhook-Id", id.clone()),
            ("X-Webhook-Timestamp", timestamp.clone()),
            ("X-Webhook-Signature", self.signature.clone()),
            ("X-Webhook-Attempt", attempt_no.to_string()),
            ("webhook-id", id),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", self.standard.clone()),
        ];
        for (name, value) in self.own.iter() {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name, value.to_owned()));
        }
        headers
    }

    /// The same without the values of credentials, which are never kept.
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
}
