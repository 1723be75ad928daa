//! `GET /v1/events`: what happens to messages, as a stream of server-sent events (WHATWG HTML, section 9.2).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hookbridge_core::model::ids::EndpointId;
use http_body_util::BodyExt;
use hyper::body::Frame;
use tokio::sync::{OwnedSemaphorePermit, broadcast, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::app::{App, RETRY_PAUSE, blocking};
use super::envelope::Refusal;
use super::streams::Told;

/// How many pieces of a stream wait to be written to its connection.
const PIECES: usize = 64;
/// The longest silence of a stream. A proxy or a browser that hears nothing for longer may give it up.
const PING_EVERY: Duration = Duration::from_secs(15);

const GAP: Bytes = Bytes::from_static(b"event: gap\ndata: {}\n\n");
const PING: Bytes = Bytes::from_static(b": ping\n\n");
/// Sent at once, so that a client knows that it will be told what happens from here on.
const BEGUN: Bytes = Bytes::from_static(b": from here on\n\n");

/// The bytes of what is told at one moment, as far as they are written in one piece.
const PIECE: usize = 32 * 1024;

/// What is told to a stream of this endpoint, or of all; nothing where it is about another.
fn told_to(endpoint: Option<EndpointId>, told: Told) -> Option<Bytes> {
    match told {
        // What is about no endpoint is for all.
        Told::Event { endpoint: of, frame } => {
            (endpoint.is_none() || of.is_none() || of == endpoint).then_some(frame)
        }
        Told::Gap => Some(GAP),
    }
}

/// Adds what waits to be told, so that many events take one write.
fn gathered(first: Bytes, told: &mut broadcast::Receiver<Told>, endpoint: Option<EndpointId>) -> Bytes {
    if told.is_empty() {
        return first;
    }
    let mut piece = Vec::from(first);
    while piece.len() < PIECE {
        match told.try_recv() {
            Ok(next) => piece.extend(told_to(endpoint, next).into_iter().flatten()),
            Err(broadcast::error::TryRecvError::Lagged(_)) => piece.extend(GAP),
            Err(_) => break,
        }
    }
    piece.into()
}

/// Answers with a stream: of one endpoint, where the query names one.
pub async fn serve(app: &Arc<App>, query: Option<&str>) -> Result<Response, Refusal> {
    let permit = app.stream_permits.try_acquire_owned().ok_or_else(|| Refusal::too_many(RETRY_PAUSE))?;
    let endpoint = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, value)| name == "endpoint_id" && !value.is_empty())
        .map(|(_, value)| value.into_owned());
    let (endpoint, told) = blocking(app, move |app| {
        if let Some(id) = &endpoint {
            let request = serde_json::json!({"endpoint_id": id}).to_string();
            app.engine().call("endpoints.get", &request)?;
        }
        let told = app.streams.subscribe(app.engine())?;
        Ok((endpoint.and_then(|id| id.parse::<EndpointId>().ok()), told))
    })
    .await?;
    let (pieces, body) = mpsc::channel(PIECES);
    // A connection whose answer makes no progress for so long is given up.
    let silence = PING_EVERY.min(app.body_patience / 2);
    tokio::spawn(write(told, endpoint, pieces, silence, app.stopping.subscribe(), permit));
    let mut response = Response::new(Body::new(Pieces(body).boxed_unsync()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers would hold the stream back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Writes a stream until its reader is gone or the server stops.
async fn write(
    mut told: broadcast::Receiver<Told>,
    endpoint: Option<EndpointId>,
    pieces: mpsc::Sender<Bytes>,
    silence: Duration,
    mut stopping: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
) {
    let mut piece = BEGUN;
    loop {
        tokio::select! {
            written = pieces.send(piece) => if written.is_err() { return },
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        let quiet_until = Instant::now() + silence;
        piece = loop {
            tokio::select! {
                next = told.recv() => match next {
                    Ok(next) => if let Some(frame) = told_to(endpoint, next) {
                        break gathered(frame, &mut told, endpoint);
                    },
                    Err(broadcast::error::RecvError::Lagged(_)) => break GAP,
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                () = sleep_until(quiet_until) => break PING,
                () = pieces.closed() => return,
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        };
    }
}

/// The body of a stream.
struct Pieces(mpsc::Receiver<Bytes>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
