//! Custom headers and the rules for them (docs/contract.md#custom-headers).

use std::fmt;

use http::{HeaderName, HeaderValue};
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Error, ErrorCode, Result};

/// The most headers of one owner.
pub const HEADERS_LIMIT: usize = 50;
/// The most bytes of the names and values of one owner's headers together.
pub const HEADER_BYTES_LIMIT: usize = 8192;

/// Hop-by-hop and framing headers, and headers that the engine sets itself. Names are compared with [`alike`].
pub const FORBIDDEN: &[&str] = &[
    "host",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "trailer",
    "proxy",
    "content-type",
    "http2-settings",
    "expect",
];
/// Prefixes of the names that neither an endpoint nor a message may have.
pub const FORBIDDEN_PREFIXES: &[&str] = &["proxy-", "x-webhook-", "webhook-"];
/// Names that only an endpoint may have: credentials belong to the endpoint, not to a message.
pub const FORBIDDEN_ON_MESSAGES: &[&str] = &["authorization", "cookie"];

/// Whether a receiver may take two names for one. HTTP ignores case. CGI and its successors (WSGI, Rack, PHP) pass headers
/// on as variables: `X_Webhook_Id` and `X-Webhook-Id` both become `HTTP_X_WEBHOOK_ID`. Some servers write `_` for every
/// character that is no letter or digit.
pub fn alike(one: &str, other: &str) -> bool {
    one.len() == other.len() && begins_alike(one, other)
}

/// Whether the beginning of `name` is [`alike`] to `prefix`.
fn begins_alike(name: &str, prefix: &str) -> bool {
    let folded = |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' };
    name.len() >= prefix.len() && name.bytes().zip(prefix.bytes()).all(|(a, b)| folded(a) == folded(b))
}

/// The owner of custom headers, which decides which names are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderOwner {
    /// One message.
    Message,
    /// An endpoint.
    Endpoint,
}

impl HeaderOwner {
    /// Whether a header of this name is allowed.
    fn may_carry(self, name: &str) -> bool {
        let is_one_of = |names: &[&str]| names.iter().any(|known| alike(name, known));
        !(is_one_of(FORBIDDEN)
            || FORBIDDEN_PREFIXES.iter().any(|prefix| begins_alike(name, prefix))
            || (self == Self::Message && is_one_of(FORBIDDEN_ON_MESSAGES)))
    }
}

/// Headers in the order in which they were given. In JSON an object of strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderMap(Vec<(String, String)>);

impl HeaderMap {
    /// Whether there is no header.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a name, compared without case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether there is a name that is [`alike`].
    pub fn has_alike(&self, name: &str) -> bool {
        self.iter().any(|(known, _)| alike(known, name))
    }

    /// Sets a header, and replaces the value that it had.
    pub fn set(&mut self, name: &str, value: String) {
        match self.0.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, there)) => *there = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Checks number, size, names and values.
    ///
    /// # Errors
    /// `INVALID_HEADERS`, naming the header and the rule, never its value.
    pub fn check(&self, owner: HeaderOwner) -> Result<()> {
        let refuse = |text: String| Err(Error::new(ErrorCode::InvalidHeaders, text));
        if self.0.len() > HEADERS_LIMIT {
            return refuse(format!(
                "there are {} headers; at most {HEADERS_LIMIT} are allowed",
                self.0.len()
            ));
        }
        let bytes: usize = self.iter().map(|(name, value)| name.len() + value.len()).sum();
        if bytes > HEADER_BYTES_LIMIT {
            return refuse(format!(
                "the headers have {bytes} bytes; at most {HEADER_BYTES_LIMIT} are allowed"
            ));
        }
        for (index, (name, value)) in self.iter().enumerate() {
            // `escape_debug` keeps control characters out of logs.
            let shown = name.escape_debug();
            if HeaderName::from_bytes(name.as_bytes()).is_err() {
                return refuse(format!("`{shown}` is not a valid header name"));
            }
            if HeaderValue::from_str(value).is_err() {
                return refuse(format!("the value of `{shown}` has characters that a header must not have"));
            }
            if !owner.may_carry(name) {
                return refuse(format!("the header `{shown}` is not allowed here"));
            }
            if self.iter().take(index).any(|(earlier, _)| alike(earlier, name)) {
                return refuse(format!("the header `{shown}` is given twice"));
            }
        }
        Ok(())
    }

    /// Removes the headers whose names [`HeaderMap::check`] refuses, and returns those names. Headers that an older version
    /// accepted and stored may have such names; they must not reach a receiver.
    pub fn take_refused(&mut self, owner: HeaderOwner) -> Vec<String> {
        let mut refused = Vec::new();
        let mut kept = Vec::with_capacity(self.0.len());
        for (name, value) in std::mem::take(&mut self.0) {
            let twice = kept.iter().any(|(earlier, _): &(String, String)| alike(earlier, &name));
            if twice || !owner.may_carry(&name) { refused.push(name) } else { kept.push((name, value)) }
        }
        self.0 = kept;
        refused
    }
}

impl FromIterator<(String, String)> for HeaderMap {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(headers: T) -> Self {
        Self(headers.into_iter().collect())
    }
}

impl Serialize for HeaderMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for HeaderMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = HeaderMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("headers: an object whose values are strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HeaderMap, A::Error> {
                let mut headers = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    headers.push(entry);
                }
                Ok(HeaderMap(headers))
            }

            // PHP writes an empty map as an empty list.
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<HeaderMap, A::Error> {
                match list.next_element::<IgnoredAny>()? {
                    None => Ok(HeaderMap::default()),
                    Some(_) => Err(A::Error::custom("headers must be an object whose values are strings")),
                }
            }
        }
        deserializer.deserialize_any(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(name: &str, value: &str) -> HeaderMap {
        [(name.to_owned(), value.to_owned())].into_iter().collect()
    }

    #[test]
    fn forbidden_headers_are_refused_by_name() {
        for name in [
            "Host",
            "content-length",
            "Transfer-Encoding",
            "Connection",
            "Keep-Alive",
            "Upgrade",
            "TE",
            "Trailer",
            "Proxy",
            "Proxy-Authorization",
            "Content-Type",
            "Content-Encoding",
            "Authorization",
            "Cookie",
            "X-Webhook-Id",
            "webhook-signature",
            "X_Webhook_Signature",
            "x-webhook_id",
            "WEBHOOK_ID",
            "X.Webhook.Signature",
            "Content_Length",
            "Transfer_Encoding",
            "Proxy_Authorization",
        ] {
            let error = one(name, "x").check(HeaderOwner::Message).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidHeaders);
            assert!(error.message().contains(name), "{error}");
        }
        one("Authorization", "Bearer x").check(HeaderOwner::Endpoint).unwrap();
        assert!(one("X_Webhook_Signature", "x").check(HeaderOwner::Endpoint).is_err());
        for name in ["X-Source", "X_Source", "Proxies", "XWebhookId", "Hosts", "T-E"] {
            one(name, "billing").check(HeaderOwner::Message).unwrap();
        }
    }

    #[test]
    fn what_was_stored_by_other_rules_loses_the_names_that_are_refused_now() {
        let mut stored: HeaderMap =
            [("X-A", "1"), ("X_Webhook_Signature", "2"), ("x_a", "3"), ("Cookie", "4")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into_iter()
                .collect();
        assert_eq!(stored.clone().take_refused(HeaderOwner::Endpoint), ["X_Webhook_Signature", "x_a"]);
        assert_eq!(stored.take_refused(HeaderOwner::Message), ["X_Webhook_Signature", "x_a", "Cookie"]);
        assert_eq!(stored, one("X-A", "1"));
        assert!(stored.take_refused(HeaderOwner::Message).is_empty());
    }

    #[test]
    fn injection_duplicates_and_excess_are_refused() {
        for (name, value) in [("X-A", "a\r\nB: c"), ("X-A\r\n", "a"), ("X A", "a"), ("", "a"), ("X-A", "a\0")]
        {
            assert!(one(name, value).check(HeaderOwner::Message).is_err(), "{name:?} {value:?}");
        }
        for again in ["X-A", "x-a", "X_A", "x.a"] {
            let twice: HeaderMap =
                [("X-A".into(), "1".into()), (again.into(), "2".into())].into_iter().collect();
            assert!(twice.check(HeaderOwner::Message).is_err(), "{again}");
        }
        let many: HeaderMap = (0..51).map(|n| (format!("x-{n}"), String::new())).collect();
        assert!(many.check(HeaderOwner::Message).is_err());
        assert!(one("x", &"v".repeat(8192)).check(HeaderOwner::Message).is_err());
        one("x", &"v".repeat(8191)).check(HeaderOwner::Message).unwrap();
    }

    #[test]
    fn an_empty_list_is_no_headers_and_any_other_none_at_all() {
        assert!(serde_json::from_str::<HeaderMap>("[]").unwrap().is_empty());
        for wrong in [r#"["X-A: b"]"#, "[[]]", "1", "\"x\"", r#"{"X-A": 1}"#, r#"{"X-A": null}"#] {
            assert!(serde_json::from_str::<HeaderMap>(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_can_be_sent(name in ".{0,20}", value in ".{0,40}") {
            if one(&name, &value).check(HeaderOwner::Message).is_ok() {
                prop_assert!(HeaderName::from_bytes(name.as_bytes()).is_ok());
                prop_assert!(!value.contains(['\r', '\n', '\0']));
            }
        }
    }
}
