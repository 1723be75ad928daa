//! The console's settings, and what its requests share.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use hookbridge_core::engine::KeyHolder;
use hookbridge_core::model::api_key::ApiKeyScope;
use hookbridge_core::operations::sessions::Shown;

use super::super::permits::Permits;
use super::assets::Pages;
use super::redaction::Redaction;
use crate::serve_flags::ServerFlags;

/// The connections of browsers, which are not counted among those of the API's clients.
const CONNECTIONS: usize = 64;
/// The requests of browsers at once.
const REQUESTS: usize = 64;

/// The console's settings and state.
pub struct Console {
    url: String,
    pub(super) pages: Arc<Pages>,
    pub(super) connection_permits: Permits,
    pub(super) request_permits: Permits,
    pub(super) redaction: Redaction,
    pub(super) read_only: bool,
    /// Whether payloads are shown.
    pub(super) payloads: bool,
    pub(super) public_url: Option<String>,
    /// The part of `public_url` behind its host: a proxy takes it away.
    pub(super) base: String,
    /// Whether browsers reach it by TLS.
    pub(super) encrypted: bool,
    /// Whether it listens on this machine alone.
    pub(super) loopback: bool,
    pub(super) port: u16,
}

impl Console {
    /// The console at `address`; none where it is switched off.
    ///
    /// # Errors
    /// A sentence that names the setting that is wrong.
    pub fn new(settings: &ServerFlags, address: SocketAddr) -> Result<Option<Arc<Self>>, String> {
        if !settings.console.is_on() {
            return Ok(None);
        }
        let public_url = settings.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        let base = public_url.as_deref().map(path_of).unwrap_or_default().to_owned();
        let over_tls = public_url.as_deref().map(|url| url.starts_with("https://"));
        let encrypted = over_tls.unwrap_or(settings.tls_cert.is_some());
        let url = public_url.clone().unwrap_or_else(|| url_of(address, encrypted));
        Ok(Some(Arc::new(Self {
            url,
            pages: Arc::new(Pages::new(&base, settings.console_dir.clone())?),
            connection_permits: Permits::new(CONNECTIONS),
            request_permits: Permits::new(REQUESTS),
            redaction: Redaction::new(&settings.console_redact)?,
            read_only: settings.console_read_only,
            payloads: settings.console_payloads.is_on(),
            base,
            encrypted,
            public_url,
            loopback: address.ip().is_loopback(),
            port: address.port(),
        })))
    }

    /// Scheme and host at which a browser on this machine reaches it, and the prefix.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn url_of(mut address: SocketAddr, encrypted: bool) -> String {
    let any = address.ip().is_unspecified();
    if any {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("{}://{address}", if encrypted { "https" } else { "http" })
}

/// The path of a URL, without a slash at its end.
fn path_of(url: &str) -> &str {
    let behind_host = url.split_once("://").map_or(url, |(_, rest)| rest);
    behind_host.find('/').map_or("", |begin| &behind_host[begin..])
}

impl Console {
    /// Who has signed in, with what this console lets him do.
    pub(super) fn holder(&self, shown: &Shown) -> KeyHolder {
        let scope = if self.read_only { ApiKeyScope::Read } else { shown.holder.scope };
        KeyHolder { scope, ..shown.holder }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_public_url_is_the_prefix() {
        for (url, path) in [
            ("https://hooks.example.com", ""),
            ("https://hooks.example.com/a/b", "/a/b"),
            ("http://127.0.0.1:8080", ""),
        ] {
            assert_eq!(path_of(url), path, "{url}");
        }
    }
}
