//! The files of the page, embedded when the command was built (`build.rs`).

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use hookbridge_core::ErrorCode;

use super::super::envelope::{Refusal, RequestId};
use super::paths::ROOT;

/// An embedded file.
struct Asset {
    path: &'static str,
    media_type: &'static str,
    /// The first characters of its SHA-256.
    tag: &'static str,
    bytes: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

// Declares `const ASSETS: &[Asset]`.
include!(concat!(env!("OUT_DIR"), "/console.rs"));

const INDEX: &str = "index.html";

/// The first parts of the addresses at which the page is. Every other address is a file, or nothing.
const PAGES: &[&str] = &[
    "endpoints",
    "messages",
    "events",
    "event-types",
    "dead",
    "live",
    "examples",
    "verify",
    "exports",
    "keys",
    "activity",
    "settings",
];

/// The page and its files.
pub(super) struct Pages {
    index: String,
    /// Read from here instead, each time anew.
    folder: Option<PathBuf>,
    base: String,
}

impl Pages {
    /// # Errors
    /// Where the page was not built in.
    pub(super) fn new(base: &str, folder: Option<PathBuf>) -> Result<Self, String> {
        let page = ASSETS.iter().find(|asset| asset.path == INDEX);
        let page = match (&folder, page) {
            (Some(_), _) => String::new(),
            (None, Some(page)) => String::from_utf8_lossy(page.bytes).into_owned(),
            (None, None) => return Err("this command was built without the console".to_owned()),
        };
        Ok(Self { index: addressed(&page, base), folder, base: base.to_owned() })
    }
}

/// The page behind its prefix.
fn unversioned(page: &str, base: &str) -> String {
    page.replace("data-base=\"\"", &format!("data-base=\"{}\"", escaped(base)))
        .replace("data-version=\"\"", concat!("data-version=\"", env!("CARGO_PKG_VERSION"), "\""))
        .replace(&format!("\"{ROOT}/"), &format!("\"{}{ROOT}/", escaped(base)))
}

/// The same with the version of each file in its address.
fn addressed(page: &str, base: &str) -> String {
    let mut page = unversioned(page, base);
    for asset in ASSETS.iter().filter(|asset| asset.path != INDEX) {
        let address = format!("\"{}{ROOT}/{}", escaped(base), asset.path);
        page = page.replace(&format!("{address}\""), &format!("{address}?v={}\"", asset.tag));
    }
    page
}

/// A text as it stands in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// Answers with the page or one of its files.
pub(super) async fn serve(pages: Arc<Pages>, request: Request) -> Response {
    let id = RequestId::of(&request);
    let path = request.uri().path();
    let below = path.strip_prefix(ROOT).unwrap_or_default().trim_start_matches('/');
    let first = below.split('/').next().unwrap_or_default();
    let is_page = below.is_empty() || PAGES.contains(&first);
    if let Some(folder) = &pages.folder {
        let name = if is_page { INDEX } else { below }.to_owned();
        drop(request);
        return from_folder(&pages, folder, &name, &id).await;
    }
    if is_page {
        return text(pages.index.clone().into(), "text/html; charset=utf-8");
    }
    let Some(asset) = ASSETS.iter().find(|asset| asset.path == below && asset.path != INDEX) else {
        return missing(&id);
    };
    file(asset, request.uri().query(), request.headers())
}

fn missing(id: &RequestId) -> Response {
    Refusal::new(ErrorCode::NotFound, "there is no such page").response(id)
}

fn text(bytes: Bytes, media_type: &'static str) -> Response {
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Whether the client takes a coding (RFC 9110, section 12.5.3). A weight of 0 refuses it.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let given = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    given.flat_map(|value| value.split(',')).any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named
            && !parts.any(|weight| {
                weight
                    .strip_prefix("q=")
                    .is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
            })
    })
}

fn file(asset: &'static Asset, query: Option<&str>, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", asset.tag);
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let (coding, bytes) = if takes(headers, "br") {
        (Some("br"), asset.brotli)
    } else if takes(headers, "gzip") {
        (Some("gzip"), asset.gzip)
    } else {
        (None, asset.bytes)
    };
    let mut response =
        text(if is_known { Bytes::new() } else { Bytes::from_static(bytes) }, asset.media_type);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    if let Some(coding) = coding.filter(|_| !is_known) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // An address with the file's version never has another content.
    let is_version = query.is_some_and(|query| query == format!("v={}", asset.tag));
    let kept = if is_version { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// For whoever works on the page: what was built last, without a cache.
async fn from_folder(pages: &Pages, folder: &std::path::Path, name: &str, id: &RequestId) -> Response {
    let media_type = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => return missing(id),
    };
    if name.contains('/') || name.contains("..") {
        return missing(id);
    }
    match tokio::fs::read(folder.join(name)).await {
        Ok(page) if name == INDEX => {
            text(unversioned(&String::from_utf8_lossy(&page), &pages.base).into(), media_type)
        }
        Ok(bytes) => text(bytes.into(), media_type),
        Err(_) => missing(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_where_it_is_offered_and_not_refused() {
        let takes = |value: &'static str, coding| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            takes(&headers, coding)
        };
        assert!(takes("gzip, deflate, br", "br") && takes("GZIP;q=0.5", "gzip"));
        assert!(!takes("gzip;q=0, br", "gzip") && !takes("identity", "gzip") && !takes("", "br"));
    }

    #[test]
    fn the_page_names_its_files_with_their_versions_behind_the_prefix() {
        let page = addressed(r#"<html data-base=""><script src="/console/app.js">"#, "/a&b");
        assert!(page.contains(r#"data-base="/a&amp;b""#), "{page}");
        if let Some(script) = ASSETS.iter().find(|asset| asset.path == "app.js") {
            assert!(page.contains(&format!(r#""/a&amp;b/console/app.js?v={}""#, script.tag)), "{page}");
        }
    }
}
