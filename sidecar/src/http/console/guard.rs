//! Whether a request to the console comes from the console's own page, and whose session it shows.
//!
//! Cookies are not bound to a port (RFC 6265, section 8.5), and `SameSite` does not look at it: every other server on this machine
//! is sent the cookie. So a session has a second half, which only this origin's script has.

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use hookbridge_core::operations::sessions::Shown;
use hookbridge_core::{Engine, ErrorCode};

use super::super::envelope::Refusal;
use super::super::head;
use super::state::Console;

static PROOF: HeaderName = HeaderName::from_static("x-hookbridge-proof");
static SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a method reads, by HTTP's own word.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The host of an authority, without its port.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(literal) => literal.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_of_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Scheme and authority of a URL.
fn origin_of(url: &str) -> &str {
    let begin = url.find("://").map_or(0, |at| at + 3);
    let end = url[begin..].find('/').map_or(url.len(), |at| begin + at);
    &url[..end]
}

/// Refuses a host that a console which listens on this machine alone cannot have: a name that somebody has pointed here.
pub(super) fn check_host(console: &Console, request: &Request) -> Result<(), Refusal> {
    if !console.loopback {
        return Ok(());
    }
    let named = request.uri().authority().map(|authority| authority.as_str());
    let named = named.or_else(|| text(request.headers(), &header::HOST)).unwrap_or_default();
    let public = console.public_url.as_deref().map(origin_of).and_then(|origin| origin.split_once("://"));
    if is_of_this_machine(host_of(named))
        || public.is_some_and(|(_, authority)| host_of(authority).eq_ignore_ascii_case(host_of(named)))
    {
        return Ok(());
    }
    Err(Refusal::invalid(
        StatusCode::MISDIRECTED_REQUEST,
        "this console is reached as `localhost`, or at the server's public URL",
    ))
}

/// Refuses a request that another page had a browser make.
pub(super) fn check_site(console: &Console, request: &Parts) -> Result<(), Refusal> {
    let foreign = || Err(Refusal::new(ErrorCode::Forbidden, "the request comes from another site"));
    match text(&request.headers, &SITE) {
        Some("same-origin") => return Ok(()),
        Some(_) => return foreign(),
        // Not sent to plain http beyond this machine.
        None => {}
    }
    match text(&request.headers, &header::ORIGIN) {
        Some(origin) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            let is_here = authority.is_some_and(|origin| {
                head::authority(request).is_some_and(|here| here.eq_ignore_ascii_case(origin))
            });
            let is_public = console.public_url.as_deref().is_some_and(|url| origin_of(url) == origin);
            if is_here || is_public { Ok(()) } else { foreign() }
        }
        None if is_safe(&request.method) => Ok(()),
        None => foreign(),
    }
}

/// The name of the cookie. Consoles on other ports of the same host have others.
fn cookie_name(console: &Console) -> String {
    if console.encrypted { "__Secure-hookbridge".to_owned() } else { format!("hookbridge_{}", console.port) }
}

/// How long a browser keeps the cookie. The session itself says when it ends.
const KEPT_SECONDS: u32 = 7 * 24 * 3600;

/// The header that has a browser keep the session's cookie, or forget it where it is empty.
pub(super) fn set_cookie(console: &Console, value: &str) -> Result<HeaderValue, Refusal> {
    let (name, base) = (cookie_name(console), &console.base);
    let secure = if console.encrypted { "; Secure" } else { "" };
    let kept = if value.is_empty() { 0 } else { KEPT_SECONDS };
    let cookie =
        format!("{name}={value}; HttpOnly; SameSite=Strict; Path={base}/console; Max-Age={kept}{secure}");
    HeaderValue::from_str(&cookie)
        .map_err(|_| Refusal::new(ErrorCode::Internal, "a cookie cannot be written"))
}

/// The value of the session's cookie, if the request has it once.
fn cookie<'a>(console: &Console, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = cookie_name(console);
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = all
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value);
    found.next().filter(|_| found.next().is_none())
}

/// The session that a request shows, with both of its halves.
pub(super) fn session(console: &Console, engine: &Engine, request: &Parts) -> Result<Shown, Refusal> {
    check_site(console, request)?;
    let cookie = cookie(console, &request.headers).unwrap_or_default();
    let proof = text(&request.headers, &PROOF).unwrap_or_default();
    Ok(engine.show_session(cookie, proof)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "::1"] {
            assert!(is_of_this_machine(host), "{host}");
        }
        for host in ["", "example.com", "localhost.example.com", "10.0.0.1", "0.0.0.0", "127.0.0.1.nip.io"] {
            assert!(!is_of_this_machine(host), "{host}");
        }
        assert_eq!((host_of("a:80"), host_of("[::1]:80"), host_of("a")), ("a", "::1", "a"));
        assert_eq!(origin_of("https://a.example:1/b/c"), "https://a.example:1");
    }
}
