//! The console: a page, and the table of routes once more below `/console/api`, for a browser that has signed in.
//!
//! `/v1` never looks at a cookie, and `/console/api` never looks at `Authorization`.

mod api;
mod assets;
mod guard;
mod redaction;
mod session;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{any, get};
use hookbridge_core::ErrorCode;

use super::app::App;
use super::connections::Connection;
use super::envelope::{Refusal, RequestId};
use super::permits::Permits;
use crate::serve_flags::ServerFlags;
use assets::Pages;
use redaction::Redaction;

/// Where the console is.
pub const ROOT: &str = "/console";
/// Where its half of the API is.
pub const API: &str = "/console/api";
/// The API's paths beside those of the table of routes.
const SESSION: &str = "/console/api/session";
const SESSIONS: &str = "/console/api/sessions";
const REVEAL: &str = "/console/api/endpoints/{endpoint_id}/reveal";
const EVENTS: &str = "/console/api/v1/events";
/// The file of an export, for the owner of its signed link.
const FILE: &str = "/console/api/v1/exports/{export_id}/file";
const PAGE: &str = "/console/{*path}";
/// All that are no operation's.
pub const BESIDE: [&str; 7] = [ROOT, PAGE, SESSION, SESSIONS, REVEAL, EVENTS, FILE];

/// The connections of browsers, which are not counted among those of the API's clients.
const CONNECTIONS: usize = 64;
/// The requests of browsers at once.
const REQUESTS: usize = 64;

/// On every answer: nothing from anywhere else, nothing inline, and no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";

/// The console's settings and state.
pub struct Console {
    url: String,
    pages: Pages,
    pub(super) connection_permits: Permits,
    request_permits: Permits,
    redaction: Redaction,
    read_only: bool,
    /// Whether payloads are shown.
    payloads: bool,
    public_url: Option<String>,
    /// The part of `public_url` behind its host: a proxy takes it away.
    base: String,
    /// Whether browsers reach it by TLS.
    encrypted: bool,
    /// Whether it listens on this machine alone.
    loopback: bool,
    port: u16,
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
            pages: Pages::new(&base, settings.console_dir.clone())?,
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

/// Adds the console's routes.
pub fn add(router: Router<Arc<App>>, console: Arc<Console>) -> Router<Arc<App>> {
    let page = || {
        let console = console.clone();
        get(move |request: Request| assets::serve(console.clone(), request))
    };
    let own = session::add(api::add(Router::new(), &console), &console)
        .route(ROOT, page())
        .route("/console/", page())
        .route(PAGE, page())
        .route("/console/api/{*path}", any(no_route));
    router.merge(
        own.layer(axum::middleware::from_fn(move |request, next| around(console.clone(), request, next))),
    )
}

async fn no_route(request: Request) -> Response {
    Refusal::new(ErrorCode::NotFound, "there is no such route").response(&RequestId::of(&request))
}

/// What holds for every request and every answer of the console.
async fn around(console: Arc<Console>, request: Request, next: Next) -> Response {
    let id = RequestId::of(&request);
    if let Some(connection) = request.extensions().get::<Arc<Connection>>() {
        connection.is_of_a_browser(&console.connection_permits);
    }
    let mut response = match guard::check_host(&console, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.response(&id),
    };
    protect(response.headers_mut());
    response
}

fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Whether a method reads, by HTTP's own word.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
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
