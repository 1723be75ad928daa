//! An endpoint's URL: what it must look like before any address is looked at (contract 4).

use std::fmt;

use url::{Host, Url};

use crate::error::{Error, ErrorCode, Result};

const SHORTEST: usize = 12;
const LONGEST: usize = 2048;

/// A URL of a form that may be delivered to. Its addresses are the guard's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUrl(Url);

fn refused(text: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidEndpoint, text)
}

impl EndpointUrl {
    /// Reads and normalises a URL; `http` only where `allow_http`.
    ///
    /// # Errors
    /// `INVALID_ENDPOINT`, saying what is wrong.
    pub(super) fn parse(text: &str, allow_http: bool) -> Result<Self> {
        let length = text.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) || text.len() > LONGEST {
            return Err(refused(format!("the URL must have {SHORTEST} to {LONGEST} characters")));
        }
        // The URL standard strips or ignores these, so that what is read is not what was written.
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(refused("the URL must not have spaces, control characters or backslashes"));
        }
        let url = Url::parse(text).map_err(|cause| refused(format!("the URL cannot be read: {cause}")))?;
        match url.scheme() {
            "https" => {}
            "http" if allow_http => {}
            _ => return Err(refused("the URL must begin with https://")),
        }
        if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
            return Err(refused("the URL must not carry a user name or password"));
        }
        // The URL standard skips surplus slashes and finds a host further on.
        if authority(text).is_empty() {
            return Err(refused("the URL must have a host"));
        }
        if url.fragment().is_some() {
            return Err(refused("the URL must not carry a fragment"));
        }
        if url.port() == Some(0) {
            return Err(refused("the URL's port must be 1 to 65535"));
        }
        match url.host() {
            None => return Err(refused("the URL must have a host")),
            Some(Host::Domain(name)) if name.trim_end_matches('.').is_empty() || name.contains("..") => {
                return Err(refused("the URL's host is malformed"));
            }
            Some(Host::Domain(name)) if name.len() > 254 || name.contains('%') => {
                return Err(refused("the URL's host is malformed"));
            }
            Some(_) => {}
        }
        Ok(Self(url))
    }

    /// Host, as a name or an address.
    pub(crate) fn host(&self) -> Option<Host<&str>> {
        self.0.host()
    }

    /// The port, the scheme's own where none is written.
    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }
}

fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
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
