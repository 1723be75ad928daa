//! Where requests go: the part of a URL that a connection belongs to.

use std::sync::Arc;

use http::{HeaderValue, Uri};

/// Scheme, host and port: whoever shares them shares connections.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    secure: bool,
    /// As a URL has them, in lower case, the port left out where it is the usual one.
    authority: Box<str>,
}

impl Origin {
    /// With TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }

    /// As a URL without a path.
    pub(super) fn uri(&self) -> Uri {
        let scheme = if self.secure { "https" } else { "http" };
        let whole = Uri::builder().scheme(scheme).authority(&*self.authority).path_and_query("/").build();
        whole.unwrap_or_default()
    }
}

/// A URL as its requests need it, made once for many.
#[derive(Clone, Debug)]
pub struct Destination {
    pub(crate) uri: Uri,
    pub(super) origin: Arc<Origin>,
    /// The value of `Host`.
    pub(super) host: HeaderValue,
}

impl Destination {
    /// Nothing where the URL has no host.
    pub(crate) fn new(uri: Uri) -> Option<Self> {
        let secure = uri.scheme_str() == Some("https");
        let usual = if secure { 443 } else { 80 };
        let (shown, port) = (uri.host()?.to_ascii_lowercase(), uri.port_u16().unwrap_or(usual));
        let authority = if port == usual { shown } else { format!("{shown}:{port}") };
        let host = HeaderValue::from_str(&authority);
        let origin = Origin { secure, authority: authority.into() };
        Some(Self { origin: Arc::new(origin), host: host.ok()?, uri })
    }
}
