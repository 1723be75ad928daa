//! Whatever a caller gives: nothing panics, what is accepted keeps the rule it was accepted by, and what
//! is written reads back as it was.

use std::net::IpAddr;

use hookbridge_core::model::header_map::{HEADER_BYTES_LIMIT, HEADERS_LIMIT, HeaderMap, HeaderOwner};
use hookbridge_core::model::ids::{AttemptId, EndpointId, MessageId, SigningKeyId};
use hookbridge_core::wire::address_guard::AddressGuard;
use http::{HeaderName, HeaderValue, Uri};
use proptest::prelude::*;

/// Text that is nearly a URL, so that most of it passes some checks and fails others.
fn near_url() -> impl Strategy<Value = String> {
    let scheme = prop_oneof![8 => Just("https:"), 2 => Just("http:"), 1 => Just("HTTPS:"), 1 => Just("ftp:")];
    let slashes =
        prop_oneof![8 => Just("//"), 1 => Just("/"), 1 => Just(""), 1 => Just("///"), 1 => Just("\\\\")];
    let host = prop_oneof![
        3 => "[a-z0-9.-]{1,20}",
        2 => "[0-9xXa-f.]{1,16}",
        2 => any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string()),
        2 => any::<std::net::Ipv6Addr>().prop_map(|ip| format!("[{ip}]")),
        1 => any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("[64:ff9b::{a}.{b}.{c}.{d}]")),
        1 => any::<u32>().prop_map(|number| number.to_string()),
        1 => "(%[0-9a-f]{2}|[a-z.]){1,10}",
        1 => "[\u{2460}-\u{249b}\u{ff10}-\u{ff5a}\u{3002}\u{ad}.]{1,8}",
        1 => "\\PC{1,10}",
        1 => "localhost|a\\.localhost|LOCALHOST\\.|metadata\\.goog",
    ];
    let user = prop_oneof![12 => Just(""), 1 => Just("@"), 1 => Just("a:b@"), 1 => Just("example.com@")];
    let port = prop_oneof![4 => Just(String::new()), 2 => any::<u16>().prop_map(|port| format!(":{port}"))];
    let rest = prop_oneof![
        4 => "/[ -~]{0,30}",
        2 => "(/\\.{1,2}|/[a-z]){0,8}/?",
        1 => "/[\"<>`{}|^]{0,1100}",
        1 => "\\?[ -~]{0,20}",
        1 => "/\\PC{0,20}",
    ];
    (scheme, slashes, user, host, port, rest).prop_map(|(scheme, slashes, user, host, port, rest)| {
        format!("{scheme}{slashes}{user}{host}{port}{rest}")
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![4 => near_url(), 1 => ".*", 1 => any::<String>()]
}

fn header_name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[A-Za-z0-9-]{1,20}",
        2 => "(x[-_.]webhook[-_.]|Webhook[-_~]|PROXY[-_]|X[-_])[a-z]{0,6}",
        1 => "(?i)host|content[-_](length|encoding)|transfer[-_.]encoding|proxy|authorization|cookie|te|expect|upgrade",
        1 => "[Xx][-_.][ab]",
        1 => ".{0,12}",
    ]
}

fn header_value() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ -~\t]{0,60}", 1 => ".{0,60}", 1 => any::<String>(), 1 => "v{0,9000}"]
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    prop::collection::vec((header_name(), header_value()), 0..60)
        .prop_map(|headers| headers.into_iter().collect())
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_prefixed(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Text that is nearly an id.
fn near_id() -> impl Strategy<Value = String> {
    prop_oneof![
        "(ep|sk|EP|ep_)_[0-9a-f]{32}",
        "(ep|sk)_[0-9a-fA-Fg]{31,33}",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[0-9a-fA-Fg-]{36}",
        "\\{[0-9a-f]{32}\\}(-){2}",
        "(urn:uuid:)?[0-9a-f]{27,32}",
        ".{0,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn an_accepted_url_is_read_alike_by_the_guard_and_by_the_client(text in any_text(), allow_local: bool) {
        let guard = AddressGuard::new(allow_local);
        let Ok(url) = guard.check_url(&text) else { return Ok(()) };
        let stored = url.as_ref();
        prop_assert!((12..=2048).contains(&stored.len()));
        prop_assert_eq!(guard.check_url(stored), Ok(url.clone()));
        let uri: Uri = stored.parse().unwrap();
        prop_assert!(uri.scheme_str() == Some("https") || (allow_local && uri.scheme_str() == Some("http")));
        prop_assert!(!uri.authority().unwrap().as_str().contains('@'));
        prop_assert_ne!(uri.port_u16(), Some(0));
        let host = uri.host().unwrap().trim_start_matches('[').trim_end_matches(']');
        match host.parse::<IpAddr>() {
            Ok(ip) => prop_assert_eq!(guard.check_ip(ip), Ok(())),
            Err(_) => prop_assert!(!host.is_empty() && host.is_ascii() && !host.contains(['%', ':'])),
        }
    }

    #[test]
    fn what_local_endpoints_are_refused_is_refused_to_all(ip: IpAddr) {
        if AddressGuard::new(true).check_ip(ip).is_err() {
            prop_assert!(AddressGuard::new(false).check_ip(ip).is_err());
        }
    }

    #[test]
    fn an_address_is_judged_alike_however_ipv6_carries_it(octets: [u8; 4], allow_local: bool) {
        let guard = AddressGuard::new(allow_local);
        let plain = guard.check_ip(octets.into()).is_ok();
        let [a, b, c, d] = octets;
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        for carried in [
            format!("::ffff:{a}.{b}.{c}.{d}"),
            format!("::ffff:0:{a}.{b}.{c}.{d}"),
            format!("64:ff9b::{a}.{b}.{c}.{d}"),
            format!("2002:{high:x}:{low:x}::1"),
            format!("2606:4700::5efe:{a}.{b}.{c}.{d}"),
        ] {
            prop_assert_eq!(guard.check_ip(carried.parse().unwrap()).is_ok(), plain, "{}", carried);
        }
    }

    #[test]
    fn accepted_headers_can_be_sent_and_none_stand_for_the_engines_own(headers in headers(), on_endpoint: bool) {
        let owner = if on_endpoint { HeaderOwner::Endpoint } else { HeaderOwner::Message };
        if let Err(error) = headers.check(owner) {
            prop_assert!(!error.message().contains(char::is_control));
            return Ok(());
        }
        let mut seen = Vec::new();
        let mut bytes = 0;
        for (name, value) in headers.iter() {
            bytes += name.len() + value.len();
            let sent = HeaderName::from_bytes(name.as_bytes()).unwrap();
            prop_assert!(HeaderValue::from_str(value).is_ok());
            prop_assert!(!value.bytes().any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7f));
            // As a variable of CGI, by the broadest rule that servers have for it.
            let variable = sent.as_str().replace(|letter: char| !letter.is_ascii_alphanumeric(), "_").to_uppercase();
            for own in ["X_WEBHOOK_", "WEBHOOK_", "PROXY_"] {
                prop_assert!(!variable.starts_with(own));
            }
            for own in [
                "HOST", "CONTENT_LENGTH", "CONTENT_ENCODING", "TRANSFER_ENCODING", "TE", "EXPECT", "UPGRADE", "PROXY",
            ] {
                prop_assert_ne!(variable.as_str(), own);
            }
            prop_assert!(on_endpoint || !["AUTHORIZATION", "COOKIE"].contains(&variable.as_str()));
            prop_assert!(!seen.contains(&variable));
            seen.push(variable);
        }
        prop_assert!(seen.len() <= HEADERS_LIMIT && bytes <= HEADER_BYTES_LIMIT);
    }

    #[test]
    fn headers_survive_json_in_their_order(headers in headers()) {
        let text = serde_json::to_string(&headers).unwrap();
        prop_assert_eq!(serde_json::from_str::<HeaderMap>(&text).unwrap(), headers);
    }

    #[test]
    fn only_ids_of_the_form_are_read_and_they_are_written_as_they_were(text in near_id()) {
        let endpoint = text.parse::<EndpointId>();
        prop_assert_eq!(endpoint.is_ok(), is_prefixed(&text, "ep_"));
        let key = text.parse::<SigningKeyId>();
        prop_assert_eq!(key.is_ok(), is_prefixed(&text, "sk_"));
        let (message, attempt) = (text.parse::<MessageId>(), text.parse::<AttemptId>());
        prop_assert_eq!(message.is_ok(), is_uuid(&text));
        prop_assert_eq!(attempt.is_ok(), is_uuid(&text));
        if let Ok(id) = endpoint {
            prop_assert_eq!(id.to_string(), &*text);
        }
        if let Ok(id) = key {
            prop_assert_eq!(id.to_string(), &*text);
        }
        // A message's id may be given in capitals; it is written in small letters.
        for written in [message.map(|id| id.to_string()), attempt.map(|id| id.to_string())].into_iter().flatten() {
            prop_assert_eq!(written, text.to_ascii_lowercase());
        }
        let json = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(serde_json::from_str::<EndpointId>(&json).ok(), endpoint.ok());
        prop_assert_eq!(serde_json::from_str::<MessageId>(&json).ok(), message.ok());
    }

    #[test]
    fn ids_survive_text_bytes_and_json(bytes: [u8; 16]) {
        let (endpoint, message) = (EndpointId::from_bytes(bytes), MessageId::from_bytes(bytes));
        prop_assert_eq!(endpoint.as_bytes(), &bytes);
        prop_assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
        prop_assert_eq!(message.to_string().parse(), Ok(message));
        let (key, attempt) = (SigningKeyId::from_bytes(bytes), AttemptId::from_bytes(bytes));
        prop_assert_eq!(key.to_string().parse(), Ok(key));
        prop_assert_eq!(attempt.to_string().parse(), Ok(attempt));
        let json = serde_json::to_string(&(endpoint, message)).unwrap();
        prop_assert_eq!(serde_json::from_str::<(EndpointId, MessageId)>(&json).unwrap(), (endpoint, message));
    }
}
