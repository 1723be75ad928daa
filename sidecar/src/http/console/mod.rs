//! The console: a page, and the table of routes once more below `/console/api`, for a browser that has signed in.
//!
//! `/v1` never looks at a cookie, and `/console/api` never looks at `Authorization`.

mod api;
mod assets;
mod guard;
mod paths;
mod redaction;
mod session;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{any, get};
use hookbridge_core::ErrorCode;

use super::app::App;
use super::connections::Connection;
use super::envelope::{Refusal, RequestId};
use paths::PAGE;
pub use paths::{API, BESIDE, ROOT};
pub use state::Console;

/// On every answer: nothing from anywhere else, nothing inline, and no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";

/// Adds the console's routes.
pub fn add(router: Router<Arc<App>>, console: Arc<Console>) -> Router<Arc<App>> {
    let page = || {
        let console = console.clone();
        get(move |request: Request| assets::serve(console.pages.clone(), request))
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
