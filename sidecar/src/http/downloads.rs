//! The files of exports, for whoever has the signed link: the one route that gives data without a key.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hookbridge_core::ErrorCode;
use tokio_util::io::ReaderStream;

use super::app::{App, RETRY_PAUSE, blocking};
use super::envelope::{Refusal, RequestId};
use super::tenants::Tenant;

/// How much of a file is read at a time.
const PIECE: usize = 64 * 1024;

/// Streams a file.
pub async fn serve(State(app): State<Arc<App>>, path: RawPathParams, request: Request) -> Response {
    let id = RequestId::of(&request);
    match file(&app, &path, request.uri().query().unwrap_or_default()).await {
        Ok(response) => {
            // A link that we signed is as good as a key.
            if let Some(tenant) = request.extensions().get::<Arc<Tenant>>() {
                tenant.is_known();
            }
            response
        }
        Err(refusal) => refusal.response(&id),
    }
}

async fn file(app: &Arc<App>, path: &RawPathParams, query: &str) -> Result<Response, Refusal> {
    let _place = app.opened.take().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    let export_id = path.iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default();
    let asked = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (expires, signature) = (asked("expires").parse().unwrap_or_default(), asked("signature"));
    let name = format!("attachment; filename=\"{}.csv\"", safe(&export_id));
    let file = blocking(app, move |app| app.engine.open_export(&export_id, expires, &signature)).await?;
    let length = file.metadata().map(|known| known.len()).map_err(|cause| {
        Refusal::new(ErrorCode::StorageUnavailable, format!("the export cannot be read: {cause}"))
    })?;
    let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// An id as a file's name: whatever was asked for, nothing in it means anything to a browser.
fn safe(id: &str) -> String {
    id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}
