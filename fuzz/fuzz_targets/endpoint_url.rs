//! Whatever text is given as an endpoint's URL: what the guard takes, every reader takes for the same
//! host, and that host is one that may be reached.
#![no_main]

use std::net::IpAddr;

use hookbridge_core::wire::address_guard::AddressGuard;
use http::Uri;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for allow_local in [false, true] {
        let guard = AddressGuard::new(allow_local);
        let Ok(url) = guard.check_url(text) else { continue };
        let stored = url.as_ref();
        // Delivery reads what was stored, by the same rules.
        assert_eq!(guard.check_url(stored).as_ref(), Ok(&url));
        let uri: Uri = stored.parse().expect("the client can read it");
        assert!(uri.scheme_str() == Some("https") || allow_local);
        assert!(!uri.authority().expect("an authority").as_str().contains('@'));
        let host = uri.host().expect("a host");
        if let Ok(ip) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            guard.check_ip(ip).expect("the address that is connected to is allowed");
            if !allow_local && let IpAddr::V4(ip) = ip {
                assert!(!ip.is_loopback() && !ip.is_private() && !ip.is_link_local() && !ip.is_unspecified());
            }
        } else if !allow_local {
            let name = host.trim_end_matches('.');
            assert!(name != "localhost" && !name.ends_with(".localhost"), "{name}");
        }
    }
});
