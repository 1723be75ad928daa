//! The origin of a URL, which is what a connection belongs to, and the destination of a request.

use std::sync::Arc;

use http::{HeaderValue, Uri};

/// Scheme, host and port. URLs of one origin share connections.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    secure: bool,
    /// Host and port in lower case, as a URL writes them; without the port where it is the scheme's default.
    authority: Box<str>,
}

impl Origin {
    /// Whether connections use TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }

    /// The origin as a URL without a path.
    pub(super) fn uri(&self) -> Uri {
        let scheme = if self.secure { "https" } else { "http" };
        let whole = Uri::builder().scheme(scheme).authority(&*self.authority).path_and_query("/").build();
        whole.unwrap_or_default()
    }
}

/// A URL with its origin and `Host` header, made once for many requests.
#[derive(Clone, Debug)]
pub struct Destination {
    pub(crate) uri: Uri,
    pub(super) origin: Arc<Origin>,
    /// The value of `Host`.
    pub(super) host: HeaderValue,
}

impl Destination {
    /// `None` where the URL has no host.
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
