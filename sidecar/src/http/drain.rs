//! Reads the rest of a request's body that the handler did not read. If the server closed the connection while the client
//! still writes, the connection would be reset and the answer lost: the client would see a network error, and try again,
//! where the server had answered 401 or 413.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{Version, header};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How much is read and thrown away before the connection is closed after all: several of the largest valid bodies.
const BYTES_LIMIT: usize = 16 * 1024 * 1024;
/// The longest pause between two pieces of such a body.
const SILENCE: Duration = Duration::from_secs(5);

/// Replaces the request's body by one that is drained when it is dropped, for at most `patience`.
pub fn drain_body(request: Request, patience: Duration) -> Request {
    // With `Expect: 100-continue` a refused client sends no body, and HTTP/2 can reset a single stream.
    let needless = request.headers().contains_key(header::EXPECT) || request.version() == Version::HTTP_2;
    let hopeless = request.body().size_hint().lower() > BYTES_LIMIT as u64;
    if needless || hopeless || request.body().is_end_stream() {
        return request;
    }
    request.map(|body| Body::new(DrainedBody { body, is_read: false, patience }))
}

/// A body that is read to its end in the background when it is dropped.
struct DrainedBody {
    body: Body,
    is_read: bool,
    patience: Duration,
}

impl HttpBody for DrainedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.is_read |= matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for DrainedBody {
    fn drop(&mut self) {
        if self.is_read || self.body.is_end_stream() {
            return;
        }
        let rest = std::mem::take(&mut self.body);
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(self.patience, discard(rest)));
        }
    }
}

async fn discard(mut rest: Body) {
    let mut left = BYTES_LIMIT;
    while let Ok(Some(Ok(frame))) = timeout(SILENCE, rest.frame()).await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        left = match left.checked_sub(length) {
            Some(left) => left,
            None => return,
        };
    }
}
