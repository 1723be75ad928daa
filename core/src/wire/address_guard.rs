//! The address guard: deliveries go to public addresses only, so that an endpoint's owner cannot reach into the producer's
//! network. Addresses are checked when an endpoint is written, and again at each attempt, on the very address that is
//! connected to. So a name that changes its address gains nothing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use url::Host;

use super::names::Names;
use super::patience::Patience;
use crate::error::{Error, ErrorCode, Result};
use crate::model::endpoint_url::EndpointUrl;

/// An address that must not be connected to, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockedAddress {
    /// The address.
    pub ip: IpAddr,
    /// What kind of address it is.
    pub why: &'static str,
    /// Whether `allow_local_endpoints` would permit it.
    pub is_local: bool,
}

impl fmt::Display for BlockedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the address {} is blocked: {}", self.ip, self.why)?;
        if self.is_local { write!(f, "; `allow_local_endpoints` permits it") } else { Ok(()) }
    }
}

impl std::error::Error for BlockedAddress {}

/// The guard's kinds of addresses.
#[derive(Clone, Copy)]
enum Kind {
    Public,
    /// Allowed with `allow_local_endpoints`.
    Local(&'static str),
    /// Never allowed.
    Forbidden(&'static str),
}

const METADATA: Kind = Kind::Forbidden("a cloud metadata service");

/// Names of metadata services. They are blocked without asking the resolver.
const METADATA_NAMES: &[&str] = &["metadata.google.internal", "metadata.goog", "instance-data"];
/// Names of this machine.
const LOCAL_NAMES: &[&str] = &[
    "localhost",
    "localhost.localdomain",
    "localhost4",
    "localhost4.localdomain4",
    "localhost6",
    "localhost6.localdomain6",
    "ip6-localhost",
    "ip6-loopback",
];

fn v4_kind(ip: Ipv4Addr) -> Kind {
    let [a, b, c, d] = ip.octets();
    match (a, b, c, d) {
        (169, 254, 169, 254) | (169, 254, 170, 2 | 23) | (169, 254, 42, 42) | (169, 254, 0, 23) => METADATA,
        // Alibaba's, and Azure's, which looks like a public address.
        (100, 100, 100, 200) | (168, 63, 129, 16) => METADATA,
        (0, ..) => Kind::Forbidden("unspecified"),
        (127, ..) => Kind::Local("loopback"),
        (10, ..) | (192, 168, ..) => Kind::Local("private"),
        (172, 16..=31, ..) => Kind::Local("private"),
        (169, 254, ..) => Kind::Local("link-local"),
        (100, 64..=127, ..) => Kind::Local("shared address space"),
        (192, 0, 0, _) | (192, 0, 2, _) | (198, 51, 100, _) | (203, 0, 113, _) | (192, 88, 99, _) => {
            Kind::Forbidden("reserved")
        }
        (198, 18..=19, ..) => Kind::Forbidden("reserved for benchmarks"),
        (224..=239, ..) => Kind::Forbidden("multicast"),
        (240..=255, ..) => Kind::Forbidden("reserved"),
        _ => Kind::Public,
    }
}

fn v4_of(high: u16, low: u16) -> Ipv4Addr {
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

fn v6_kind(ip: Ipv6Addr) -> Kind {
    let segments = ip.segments();
    match segments {
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254 | 0x23]
        | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254]
        | [0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42]
        | [0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe] => METADATA,
        [0, 0, 0, 0, 0, 0, 0, 0] => Kind::Forbidden("unspecified"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Kind::Local("loopback"),
        // Mapped (::ffff:0:0/96), compatible (::/96), translated (::ffff:0:0:0/96) and NAT64 (64:ff9b::/96).
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4_kind(v4_of(high, low)),
        [0x64, 0xff9b, 1, ..] => Kind::Forbidden("local NAT64"),
        // ISATAP carries an IPv4 address in its last two groups, behind a local prefix too.
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low]
            if matches!(v4_kind(v4_of(high, low)), Kind::Forbidden(_)) =>
        {
            v4_kind(v4_of(high, low))
        }
        // 6to4 carries an IPv4 address in its second and third group.
        [0x2002, high, low, ..] => v4_kind(v4_of(high, low)),
        [0x2001, 0, ..] => Kind::Forbidden("Teredo"),
        // 2001::/23 is for protocols: benchmarks, ORCHID, multicast relays, drones.
        [0x2001, 0..=0x1ff, ..] => Kind::Forbidden("reserved"),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Kind::Forbidden("documentation"),
        [0x100, 0, 0, 0, ..] => Kind::Forbidden("discard-only"),
        [0x5f00, ..] => Kind::Forbidden("segment routing"),
        [0xfe80..=0xfebf, ..] => Kind::Local("link-local"),
        [0xfec0..=0xfeff, ..] => Kind::Local("site-local"),
        [0xfc00..=0xfdff, ..] => Kind::Local("private"),
        [0xff00..=0xffff, ..] => Kind::Forbidden("multicast"),
        [0x2000..=0x3fff, _, _, _, 0 | 0x200, 0x5efe, high, low] => v4_kind(v4_of(high, low)),
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => Kind::Forbidden("reserved"),
    }
}

/// The rules, with or without `allow_local_endpoints`.
#[derive(Clone, Copy, Debug)]
pub struct AddressGuard {
    allow_local: bool,
}

impl AddressGuard {
    /// A guard; `allow_local` permits `http://` and loopback, private and link-local targets.
    pub fn new(allow_local: bool) -> Self {
        Self { allow_local }
    }

    /// Checks whether an address may be connected to.
    ///
    /// # Errors
    /// [`BlockedAddress`] names the kind of address.
    pub fn check_ip(&self, ip: IpAddr) -> std::result::Result<(), BlockedAddress> {
        let kind = match ip {
            IpAddr::V4(ip) => v4_kind(ip),
            IpAddr::V6(ip) => v6_kind(ip),
        };
        match kind {
            Kind::Public => Ok(()),
            Kind::Local(_) if self.allow_local => Ok(()),
            Kind::Local(why) => Err(BlockedAddress { ip, why, is_local: true }),
            Kind::Forbidden(why) => Err(BlockedAddress { ip, why, is_local: false }),
        }
    }

    /// Checks whether a name may be resolved.
    fn check_name(&self, name: &str) -> Result<()> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let local = LOCAL_NAMES.contains(&name.as_str()) || name.ends_with(".localhost");
        if METADATA_NAMES.contains(&name.as_str()) {
            return Err(blocked(format!("the host {name} is blocked")));
        }
        if local && !self.allow_local {
            return Err(blocked(format!("the host {name} is blocked; `allow_local_endpoints` permits it")));
        }
        Ok(())
    }

    /// Checks the URL of an endpoint: its form, and its host where that is an address or a local name.
    ///
    /// # Errors
    /// `INVALID_ENDPOINT` for the form, `ENDPOINT_BLOCKED` for the host.
    pub fn check_url(&self, text: &str) -> Result<EndpointUrl> {
        let url = EndpointUrl::parse(text, self.allow_local)?;
        match url.host() {
            Some(Host::Ipv4(ip)) => self.check_ip(ip.into()).map_err(|cause| blocked(cause.to_string()))?,
            Some(Host::Ipv6(ip)) => self.check_ip(ip.into()).map_err(|cause| blocked(cause.to_string()))?,
            Some(Host::Domain(name)) => self.check_name(name)?,
            None => {}
        }
        Ok(url)
    }

    /// Resolves the host of a URL and checks every address. Blocks for at most `patience`.
    ///
    /// # Errors
    /// `ENDPOINT_UNREACHABLE` where the host does not resolve in time, `ENDPOINT_BLOCKED` where any of its
    /// addresses is blocked.
    pub(crate) fn resolve(&self, url: &EndpointUrl, names: &Names, patience: Duration) -> Result<()> {
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let patience = Patience::new(patience, Instant::now() + patience);
        let addresses = names
            .look_up_here(name, patience)
            .map_err(|reason| Error::new(ErrorCode::EndpointUnreachable, reason.text))?;
        for address in addresses.iter() {
            self.check_ip(address.ip()).map_err(|cause| blocked(format!("{name}: {cause}")))?;
        }
        Ok(())
    }
}

fn blocked(text: String) -> Error {
    Error::new(ErrorCode::EndpointBlocked, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_local_address_is_refused() {
        let guard = AddressGuard::new(false);
        for url in [
            "https://127.0.0.1/",
            "https://127.1/hook",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/hook",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://127.0.0.1./hook",
            "https://localhost/",
            "https://LOCALHOST/",
            "https://localhost./",
            "https://a.localhost/",
            "https://[::1]/hook",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[0:0:0:0:0:ffff:127.0.0.1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::127.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[64:ff9b:1::1]/",
            "https://[2002:7f00:1::]/",
            "https://[2002:c0a8:101::1]/",
            "https://[2001::1]/hook",
            "https://[fe80::1]/hook",
            "https://[fc00::1]/hook",
            "https://[fd00:ec2::254]/",
            "https://[ff02::1]/hook",
            "https://[::]/hook",
            "https://0.0.0.0/",
            "https://0/hookhook",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://169.254.169.254/",
            "https://169.254.1.1/",
            "https://100.64.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://192.0.2.1/",
            "https://198.18.0.1/",
            "https://203.0.113.9/",
            "https://240.0.0.1/",
            "https://metadata.google.internal/",
            "https://\u{2460}\u{2461}\u{2466}.\u{2460}/hook",
            "https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
            "https://127\u{3002}0\u{3002}0\u{3002}1/",
            "https://[::ffff:0:7f00:1]/",
            "https://[fec0::1]/hook",
            "https://[2001:db8::1]/",
            "https://[100::1]/hook",
            "https://[3fff::1]/hook",
            "https://[2606:4700::5efe:7f00:1]/",
        ] {
            let error = guard.check_url(url).expect_err(url);
            assert!(
                matches!(error.code(), ErrorCode::EndpointBlocked | ErrorCode::InvalidEndpoint),
                "{url}: {error}"
            );
        }
    }

    #[test]
    fn malformed_urls_are_refused() {
        let guard = AddressGuard::new(true);
        for url in [
            "",
            "https://a",
            "example.com/hooks",
            "ftp://example.com/",
            "https://user@example.com/",
            "https://:pw@example.com/",
            "https://@example.com/",
            "https://example.com:0/",
            "https://exa mple.com/",
            "https://example.com/\r\nX: y",
            "https:\\\\example.com/",
            "https://example.com\\@127.0.0.1/",
            "https://[fe80::1%25eth0]/",
            "https://example..com/",
            "https:///hookshook",
            "https://example.com:99999/",
            "https://example.com/#fragment",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://%00example.com/",
            "https:example.com/hooks",
            "https:/@example.com/hooks",
            "https://.example.com/",
            "https://$(host).example.com/",
            "https://example.com,example.org/",
        ] {
            let error = guard.check_url(url).expect_err(url);
            assert_eq!(error.code(), ErrorCode::InvalidEndpoint, "{url}: {error}");
        }
        assert!(guard.check_url(&format!("https://example.com/{}", "a".repeat(2048))).is_err());
    }

    #[test]
    fn a_url_is_measured_as_it_is_stored_too() {
        let guard = AddressGuard::new(false);
        // Delivery would refuse what is left of these, and the endpoint's messages would wait for ever.
        for url in ["https://a/./././.", "https://a:443/", &format!("https://a.b/{}", "\"".repeat(1000))] {
            let error = guard.check_url(url).expect_err(url);
            assert_eq!(error.code(), ErrorCode::InvalidEndpoint, "{url}: {error}");
        }
    }

    #[test]
    fn public_targets_pass_and_local_ones_with_the_setting() {
        let (public, local) = (AddressGuard::new(false), AddressGuard::new(true));
        for url in [
            "https://example.com/hooks",
            "https://8.8.8.8/hook",
            "https://[2606:4700::1111]/",
            "https://a.b:8443/x?y=z",
        ] {
            public.check_url(url).unwrap();
        }
        for url in [
            "http://localhost:8080/",
            "http://127.0.0.1:1/",
            "http://[::1]:80/",
            "http://10.1.2.3/",
            "https://[fe80::1]/",
        ] {
            assert!(public.check_url(url).is_err(), "{url}");
            local.check_url(url).unwrap();
        }
        for url in [
            "http://169.254.169.254/latest",
            "http://[fd00:ec2::254]/",
            "http://[::ffff:169.254.169.254]/",
            "http://0.0.0.0/",
            "http://[ff02::1]/x",
        ] {
            assert_eq!(local.check_url(url).unwrap_err().code(), ErrorCode::EndpointBlocked, "{url}");
        }
    }

    #[test]
    fn a_name_that_does_not_resolve_is_unreachable() {
        let guard = AddressGuard::new(false);
        let url = guard.check_url("https://does-not-exist.invalid/").unwrap();
        let error = guard.resolve(&url, &Names::new(), Duration::from_secs(20)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::EndpointUnreachable);
    }
}
