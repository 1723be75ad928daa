//! Downloads of exports by a signed link: the one route that gives data without an API key.

use std::future::Future;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hookbridge_core::engine::ExportFile;
use hyper::body::Frame;
use tokio::task::{JoinHandle, spawn_blocking};

use super::app::{App, RETRY_PAUSE, blocking};
use super::connections::Connection;
use super::envelope::{Refusal, RequestId};

/// How many bytes are read at once, on a thread that may block.
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
    let length = file.length();
    let mut response = Response::new(Body::new(Pieces::Waits(file)));
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

/// An export on its way: a piece is read when the one before is taken.
enum Pieces {
    Waits(ExportFile),
    Reads(JoinHandle<io::Result<(ExportFile, Bytes)>>),
    Ended,
}

fn next(mut file: ExportFile) -> io::Result<(ExportFile, Bytes)> {
    let mut piece = Vec::with_capacity(PIECE);
    (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
    Ok((file, piece.into()))
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            match std::mem::replace(&mut *self, Self::Ended) {
                Self::Ended => return Poll::Ready(None),
                Self::Waits(file) => *self = Self::Reads(spawn_blocking(move || next(file))),
                Self::Reads(mut reading) => {
                    let Poll::Ready(read) = Pin::new(&mut reading).poll(context) else {
                        *self = Self::Reads(reading);
                        return Poll::Pending;
                    };
                    let (file, piece) = match read.unwrap_or_else(|broken| Err(io::Error::other(broken))) {
                        Ok(read) => read,
                        Err(cause) => return Poll::Ready(Some(Err(cause))),
                    };
                    if piece.is_empty() {
                        return Poll::Ready(None);
                    }
                    *self = Self::Waits(file);
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
            }
        }
    }
}
