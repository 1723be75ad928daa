//! Downloads of exports by a signed link: the one route that gives data without an API key.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hookbridge_core::ErrorCode;
use tokio_util::io::ReaderStream;

use super::app::{App, RETRY_PAUSE, blocking};
use super::connections::Connection;
use super::envelope::{Refusal, RequestId};

/// The bytes of a file that are read at once.
const PIECE: usize = 64 * 1024;

/// Streams a file.
pub async fn serve(State(app): State<Arc<App>>, path: RawPathParams, request: Request) -> Response {
    let id = RequestId::of(&request);
    match file(&app, &path, request.uri().query().unwrap_or_default()).await {
        Ok(response) => {
            // A valid signature proves as much as an API key.
            if let Some(connection) = request.extensions().get::<Arc<Connection>>() {
                connection.mark_authenticated();
            }
            response
        }
        Err(refusal) => refusal.response(&id),
    }
}

async fn file(app: &Arc<App>, path: &RawPathParams, query: &str) -> Result<Response, Refusal> {
    let _permit = app.download_permits.try_acquire().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    let export_id = path.iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default();
    let parameter = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (expires, signature) = (parameter("expires").parse().unwrap_or_default(), parameter("signature"));
    let name = format!("attachment; filename=\"{}.csv\"", file_name(&export_id));
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

/// An id without the characters that mean something in a header or a file's name.
fn file_name(id: &str) -> String {
    id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}
