//! The form of an endpoint's URL (docs/contract.md#urls-and-addresses). `wire/address_guard.rs` checks its addresses.

use std::fmt;

use url::{Host, Url};

use crate::error::{Error, ErrorCode, Result};

/// The fewest characters of a URL.
pub const SHORTEST: usize = 12;
/// The most characters of a URL.
pub const LONGEST: usize = 2048;
/// The most characters of a host's name, with a dot at its end.
const LONGEST_NAME: usize = 254;

/// A URL whose form is allowed. Its addresses are not checked here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUrl(Url);

fn refused(text: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidEndpoint, text)
}

fn impossible_length() -> Error {
    refused(format!("`url` must have {SHORTEST} to {LONGEST} characters"))
}

const NOT_HTTPS: &str =
    "`url` must begin with https://; `allow_local_endpoints` permits http:// in development";

impl EndpointUrl {
    /// Reads and normalises a URL. `http://` is taken only with `allow_http`.
    ///
    /// # Errors
    /// `INVALID_ENDPOINT`, saying what is wrong.
    pub(crate) fn parse(text: &str, allow_http: bool) -> Result<Self> {
        let length = text.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) || text.len() > LONGEST {
            return Err(impossible_length());
        }
        // The URL parser strips or ignores these characters, so the URL that it reads would differ from the one that was given.
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(refused("`url` must not have spaces, control characters or backslashes"));
        }
        let url = Url::parse(text).map_err(|cause| refused(format!("`url` cannot be read: {cause}")))?;
        match url.scheme() {
            "https" => {}
            "http" if allow_http => {}
            _ => return Err(refused(NOT_HTTPS)),
        }
        // The URL parser repairs missing and superfluous slashes, and may then find another host.
        let Some(rest) = text.get(url.scheme().len()..).and_then(|rest| rest.strip_prefix("://")) else {
            return Err(refused(NOT_HTTPS));
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(refused("`url` must not carry a user name or password"));
        }
        if authority.is_empty() {
            return Err(refused("`url` must have a host"));
        }
        if url.fragment().is_some() {
            return Err(refused("`url` must not carry a fragment"));
        }
        if url.port() == Some(0) {
            return Err(refused("the URL's port must be 1 to 65535"));
        }
        match url.host() {
            None => return Err(refused("`url` must have a host")),
            Some(Host::Domain(name)) if !is_name(name) => {
                return Err(refused("the URL's host is malformed"));
            }
            Some(_) => {}
        }
        // The normalised form is stored, and delivery parses it by these rules again.
        if !(SHORTEST..=LONGEST).contains(&url.as_str().len()) {
            return Err(impossible_length());
        }
        Ok(Self(url))
    }

    /// The host, as a name or an address.
    pub(crate) fn host(&self) -> Option<Host<&str>> {
        self.0.host()
    }
}

/// Whether a host name is letters, digits, hyphens and underscores between single dots. One dot may end it.
fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    name.len() <= LONGEST_NAME && name.strip_suffix('.').unwrap_or(name).split('.').all(is_label)
}

impl AsRef<str> for EndpointUrl {
    fn as_ref(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}
