//! What nobody read of a request's body. A connection that is closed while its client still writes is reset, and a reset
//! takes the answer with it: the client would see a network error, and try again, where it was told 401 or 413.

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

/// How much is thrown away before the connection is closed after all: several of the largest bodies that are taken.
const BYTES_LIMIT: usize = 16 * 1024 * 1024;
/// How long a client may be silent meanwhile.
const SILENCE: Duration = Duration::from_secs(5);

/// Sees to it that the rest of the request's body is taken from the client, whatever becomes of the request, for as long
/// as `patience`.
pub fn look_after(request: Request, patience: Duration) -> Request {
    // A client that asks first sends nothing more after a refusal, and HTTP/2 has a reset for a single stream.
    let needless = request.headers().contains_key(header::EXPECT) || request.version() == Version::HTTP_2;
    let hopeless = request.body().size_hint().lower() > BYTES_LIMIT as u64;
    if needless || hopeless || request.body().is_end_stream() {
        return request;
    }
    request.map(|body| Body::new(Leftover { body, is_read: false, patience }))
}

/// A body whose rest is thrown away once its reader is gone.
struct Leftover {
    body: Body,
    is_read: bool,
    patience: Duration,
}

impl HttpBody for Leftover {
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

impl Drop for Leftover {
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
