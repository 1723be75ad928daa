//! The base URL of a server.

use http::Uri;
use url::{Host, Url};

use crate::error::{Error, ErrorCode, Result};

/// A server's address, to which a route's path is joined.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Takes `https://`. Takes `http://` only to this machine or with `insecure`, so that the API key does not travel in
    /// the clear by mistake.
    ///
    /// # Errors
    /// `INVALID_CONFIGURATION`, naming the setting.
    pub(crate) fn parse(setting: &str, text: &str, insecure: bool) -> Result<Self> {
        let wrong =
            |what: &str| Error::new(ErrorCode::InvalidConfiguration, format!("`{setting}` must be {what}"));
        let url = Url::parse(text).map_err(|cause| wrong(&format!("a URL: {cause}")))?;
        match url.scheme() {
            "https" => {}
            "http" if insecure || is_this_machine(&url) => {}
            "http" => {
                return Err(wrong(
                    "https://: over http:// to another machine the API key travels in the clear (`insecure_base_url` permits it)",
                ));
            }
            _ => return Err(wrong("a URL with https:// or http://")),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("a URL without `?` and `#`"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("a URL without a user"));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address of `path`, which begins with a slash.
    pub(crate) fn join(&self, path: &str) -> Result<Uri> {
        format!("{}{path}", self.0).parse().map_err(|cause| {
            Error::new(ErrorCode::InvalidRequest, format!("{path} cannot be requested: {cause}"))
        })
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_kept_and_slashes_do_not_double() {
        for (base, expected) in [
            ("https://a.example", "https://a.example/v1/logs"),
            ("https://a.example/", "https://a.example/v1/logs"),
            ("https://a.example:444/hooks/", "https://a.example:444/hooks/v1/logs"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/logs"),
            ("http://[::1]:8080", "http://[::1]:8080/v1/logs"),
        ] {
            let url = BaseUrl::parse("base_url", base, false).unwrap();
            assert_eq!(url.join("/v1/logs").unwrap().to_string(), expected);
        }
    }

    #[test]
    fn a_key_does_not_travel_in_the_clear_by_mistake() {
        for text in [
            "http://a.example",
            "http://10.0.0.1",
            "http://localhost.example",
            "ftp://a",
            "a",
            "https://u:p@a/",
            "https://a/?x",
        ] {
            let error = BaseUrl::parse("base_url", text, false).unwrap_err();
            assert!(error.message().contains("`base_url`"), "{text}: {error}");
        }
        BaseUrl::parse("base_url", "http://a.example", true).unwrap();
    }
}
