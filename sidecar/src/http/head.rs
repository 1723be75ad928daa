//! Requests that RFC 9110, 9112 and 9113 tell a server to refuse first: with no `Host`, with two, or with one that is not
//! valid; and requests with two `Authorization`. A proxy in front of the server may have read the other of the two.

use std::net::Ipv6Addr;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, Version, header};

use super::envelope::Refusal;

fn refused(why: &str) -> Refusal {
    Refusal::invalid(StatusCode::BAD_REQUEST, why)
}

/// The value of a header. An error if the header is there twice, or is not text.
fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(refused(&format!("`{name}` may be there once only")));
    }
    value.to_str().map(Some).map_err(|_| refused(&format!("`{name}` is not valid")))
}

/// Refuses a request whose head is not valid.
pub fn check(request: &Parts) -> Result<(), Refusal> {
    single_value(&request.headers, &header::AUTHORIZATION)?;
    let host = single_value(&request.headers, &header::HOST)?;
    let named = request.uri.authority().map(|authority| authority.as_str());
    if [host, named].into_iter().flatten().any(|authority| !is_authority(authority)) {
        return Err(refused("the host that the request names is not a host with or without a port"));
    }
    match (request.version, host, named) {
        // `Host` came with HTTP/1.1.
        (Version::HTTP_09 | Version::HTTP_10, ..) => Ok(()),
        (Version::HTTP_2, None, None) => Err(refused("the request names no host: `:authority` is missing")),
        (Version::HTTP_2, Some(host), Some(named)) if !host.eq_ignore_ascii_case(named) => {
            Err(refused("`Host` and `:authority` name different hosts"))
        }
        (Version::HTTP_2, ..) => Ok(()),
        (_, None, _) => Err(refused("the request names no host: `Host` is missing")),
        _ => Ok(()),
    }
}

/// The host and port that the client named. An absolute request target goes before `Host`.
pub fn authority(request: &Parts) -> Option<&str> {
    let named = request.uri.authority().map(|authority| authority.as_str());
    named.or_else(|| single_value(&request.headers, &header::HOST).ok()?).filter(|text| is_authority(text))
}

/// Whether `text` is a host of RFC 3986, with or without a port, and without user information.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(literal) => {
            let Some((address, rest)) = literal.split_once(']') else { return false };
            if address.parse::<Ipv6Addr>().is_err() {
                return false;
            }
            ("", rest)
        }
        None => {
            let end = text.find(':').unwrap_or(text.len());
            let (host, port) = text.split_at(end);
            if host.is_empty() {
                return false;
            }
            (host, port)
        }
    };
    let may_be_in_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(&byte);
    let is_port = |digits: &str| {
        digits.is_empty()
            || (digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok())
    };
    host.bytes().all(may_be_in_a_name) && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for good in ["a", "hooks.example.com", "127.0.0.1:80", "[::1]", "[::1]:8080", "a:", "a_b"] {
            assert!(is_authority(good), "{good}");
        }
        let bad = [
            "", ":80", "a:b", "a:99999", "a b", "user@a", "user:p@a", "a/b", "a?b", "a#b", "[::1", "[x]",
            "[::1]x", "a\\b", "::1", "a,b:1:2", "http://a", "é",
        ];
        for bad in bad {
            assert!(!is_authority(bad), "{bad}");
        }
    }
}
