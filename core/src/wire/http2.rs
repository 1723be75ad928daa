//! A client's HTTP/2 connection, which many requests share. hyper implements the protocol.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use super::budget::{FLOODED, Frames, Meter};
use super::connection::{ConnectionFacts, GuardedConnection};
use super::failure::{Reason, is_stream_reset, request_failure};
use super::http1::{BodyEnd, Broken};

/// The most bytes of an answer's headers as HTTP/2 counts them: it adds 32 bytes to each header.
const HEADER_LIST: u32 = 512 * 1024;
/// How many bytes of a body a receiver may send ahead: as many as are kept.
const STREAM_WINDOW: u32 = 64 * 1024;
/// How many bytes of all bodies of a connection a receiver may send ahead.
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// A connection that requests share.
pub(super) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    pub facts: ConnectionFacts,
    pub born: Instant,
    /// When the connection takes no more requests.
    pub expires: Instant,
    /// Requests under way.
    active: AtomicUsize,
    /// How many requests the receiver allows at once.
    limit: Arc<AtomicUsize>,
    /// The connection's number among those at rest; 0 while it is in use.
    pub resting: AtomicU64,
    used: AtomicBool,
    meter: Arc<Meter>,
}

impl Http2 {
    /// Makes the handshake. `bounded`: the receiver's bytes have a budget.
    pub(super) async fn begin(
        connection: GuardedConnection,
        expires: Instant,
        silence: Duration,
        bounded: bool,
    ) -> Result<Self, Reason> {
        let GuardedConnection { stream, facts, .. } = connection;
        let meter = stream.meter().cloned().unwrap_or_else(|| Meter::new(bounded));
        let io = TokioIo::new(Frames::new(stream, meter.clone()));
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_header_list_size(HEADER_LIST)
            // Without pings a connection whose other end is gone would be given to every further request.
            .keep_alive_interval(silence)
            .keep_alive_timeout(silence);
        if bounded {
            builder
                .initial_stream_window_size(STREAM_WINDOW)
                .initial_connection_window_size(CONNECTION_WINDOW);
        }
        let (sender, connection) = builder.handshake(io).await.map_err(|cause| request_failure(&cause))?;
        let limit = Arc::new(AtomicUsize::new(connection.current_max_send_streams()));
        let shared_limit = limit.clone();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            poll_fn(|context| {
                let ended = connection.as_mut().poll(context);
                shared_limit.store(connection.current_max_send_streams(), Relaxed);
                ended
            })
            .await
        });
        let now = Instant::now();
        Ok(Self {
            sender,
            facts,
            born: now,
            expires,
            active: AtomicUsize::new(0),
            limit,
            resting: AtomicU64::new(0),
            used: AtomicBool::new(false),
            meter,
        })
    }

    /// Whether the connection takes further requests.
    pub(super) fn is_of_use(&self, now: Instant) -> bool {
        let silenced = self.limit.load(Relaxed) == 0 && self.active.load(Relaxed) == 0;
        !self.sender.is_closed() && now < self.expires && !silenced && !self.meter.is_used_up()
    }

    /// Whether the connection was closed because the receiver sent too much.
    pub(super) fn has_flooded(&self) -> bool {
        self.meter.is_used_up()
    }

    /// Takes a place for a request, where the receiver allows one more.
    pub(super) fn take_place(&self) -> bool {
        let others = self.active.load(Relaxed);
        if others >= self.limit.load(Relaxed) {
            return false;
        }
        self.active.store(others + 1, Relaxed);
        self.meter.begin(others);
        true
    }

    /// Gives a place back. Returns whether no request has a place now.
    pub(super) fn give_place_back(&self) -> bool {
        let others = self.active.load(Relaxed).saturating_sub(1);
        self.active.store(others, Relaxed);
        self.meter.end(others);
        others == 0
    }

    /// Whether no request has a place.
    pub(super) fn is_idle(&self) -> bool {
        self.active.load(Relaxed) == 0
    }

    /// Notes that a request uses the connection. Returns whether an earlier request did.
    pub(super) fn note_use(&self) -> bool {
        self.used.swap(true, Relaxed)
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn send(&self, request: &Request<Bytes>) -> Result<Response<Incoming>, Broken> {
        let mut copy = Request::new(Full::new(request.body().clone()));
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        self.sender.clone().try_send_request(copy).await.map_err(|mut failure| {
            let sent = failure.take_message().is_none();
            let cause = failure.into_error();
            let reason = match self.meter.is_used_up() {
                true => FLOODED.to_owned().into(),
                false => request_failure(&cause),
            };
            // A reset of this stream shows that the receiver looked at the request. Any other error means that the
            // connection ended.
            Broken { reason, heard: is_stream_reset(&cause) || self.meter.is_used_up(), sent }
        })
    }

    /// The next piece of an answer's body, or how it ended.
    pub(super) async fn next_piece(&self, body: &mut Incoming) -> Result<Bytes, BodyEnd> {
        loop {
            match body.frame().await {
                None => return Err(BodyEnd::Whole),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) => return Ok(piece),
                    // Trailers.
                    Err(_) => continue,
                },
                Some(Err(_)) if self.meter.is_used_up() => return Err(BodyEnd::Broken(FLOODED.to_owned())),
                Some(Err(cause)) => return Err(BodyEnd::Broken(request_failure(&cause).text)),
            }
        }
    }
}
