//! Whatever JSON is given as custom headers: what passes can be sent, adds no line to the request,
//! stands for no header of ours at any receiver and reads back as it was.
#![no_main]

use std::collections::HashSet;

use hookbridge_core::model::header_map::{HEADER_BYTES_LIMIT, HEADERS_LIMIT, HeaderMap, HeaderOwner};
use http::{HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    let Ok(headers) = serde_json::from_slice::<HeaderMap>(json) else { return };
    let written = serde_json::to_string(&headers).expect("headers can be written");
    assert_eq!(serde_json::from_str::<HeaderMap>(&written).as_ref().ok(), Some(&headers));
    for owner in [HeaderOwner::Message, HeaderOwner::Endpoint] {
        if let Err(error) = headers.check(owner) {
            assert!(!error.message().contains(char::is_control), "{error}");
            continue;
        }
        let mut bytes = 0;
        let mut variables = HashSet::new();
        for (name, value) in headers.iter() {
            bytes += name.len() + value.len();
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name that can be sent");
            HeaderValue::from_str(value).expect("a value that can be sent");
            assert!(!value.contains(['\r', '\n', '\0']));
            // As a variable of CGI, by the broadest rule that servers have for it.
            let variable = name.as_str().replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
            assert!(!["x_webhook_", "webhook_", "proxy_"].iter().any(|own| variable.starts_with(own)));
            assert!(
                !["host", "content_length", "content_encoding", "transfer_encoding", "proxy"]
                    .contains(&variable.as_str())
            );
            assert!(variables.insert(variable), "two names that a receiver may take for one");
            assert!(owner == HeaderOwner::Endpoint || name != http::header::AUTHORIZATION);
            assert_eq!(headers.get(&name.as_str().to_uppercase()), Some(value));
        }
        assert!(headers.clone().take_refused(owner).is_empty());
        assert!(headers.iter().count() <= HEADERS_LIMIT && bytes <= HEADER_BYTES_LIMIT);
    }
});
