//! Whatever JSON is given as custom headers: what passes can be sent, adds no line to the request and
//! reads back as it was.
#![no_main]

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
        for (name, value) in headers.iter() {
            bytes += name.len() + value.len();
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name that can be sent");
            HeaderValue::from_str(value).expect("a value that can be sent");
            assert!(!value.contains(['\r', '\n', '\0']));
            assert!(!name.as_str().starts_with("x-webhook-") && !name.as_str().starts_with("webhook-"));
            assert!(!["host", "content-length", "transfer-encoding"].contains(&name.as_str()));
            assert!(owner == HeaderOwner::Endpoint || name != http::header::AUTHORIZATION);
            assert_eq!(headers.get(&name.as_str().to_uppercase()), Some(value));
        }
        assert!(headers.iter().count() <= HEADERS_LIMIT && bytes <= HEADER_BYTES_LIMIT);
    }
});
