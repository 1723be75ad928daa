//! HTTP/1.1 as a client speaks it (RFC 9112), read as it comes from receivers that may be old, broken or hostile.
//!
//! A connection is driven by the attempt that uses it, and by nobody in between: whatever a receiver sends while no
//! request is under way stays unread and costs nothing, and each answer has a budget of bytes, pieces and interim answers.

mod body;
mod head;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::buf::Chain;
use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Uri};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub(crate) use body::BodyEnd;
pub(super) use body::Framing;
pub(super) use head::Head;

use super::connection::Stream;
use super::failure::{Reason, shortage_of_io};

/// The most that one read takes.
const READ: usize = 8 * 1024;
/// A request up to here is written in one piece.
const IN_ONE_PIECE: usize = 16 * 1024;
/// A read that brings less is a small one.
const SMALL_READ: usize = 256;
/// How many small reads an answer may take, beyond one for every [`BYTES_A_READ`] bytes of it.
const SMALL_READS: usize = 1024;
const BYTES_A_READ: usize = 64;

/// A connection between two requests or within one.
pub(super) struct Http1 {
    stream: Stream,
    /// Read and not yet looked at.
    unread: BytesMut,
    /// What the answer under way has cost so far.
    spent: Spent,
}

#[derive(Default)]
struct Spent {
    bytes: usize,
    small_reads: usize,
}

/// A request that got no head of an answer.
pub(super) struct Broken {
    pub reason: Reason,
    /// Whether anything of an answer had come.
    pub heard: bool,
    /// Whether any of the request may have gone out.
    pub sent: bool,
}

impl Http1 {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, unread: BytesMut::new(), spent: Spent::default() }
    }

    /// Whether it can take a request: nothing has come that nobody asked for, and no end.
    pub(super) fn is_quiet(&mut self) -> bool {
        let mut byte = [0];
        let mut context = Context::from_waker(Waker::noop());
        self.unread.is_empty()
            && Pin::new(&mut self.stream).poll_read(&mut context, &mut ReadBuf::new(&mut byte)).is_pending()
    }

    /// Sends a request and reads the head of its answer. What is dropped halfway leaves a connection of no use.
    pub(super) async fn send(
        &mut self,
        request: &Request<Bytes>,
        host: &HeaderValue,
    ) -> Result<Head, Broken> {
        self.spent = Spent::default();
        if let Some(meter) = self.stream.meter() {
            meter.end(0);
            meter.begin(0);
        }
        let mut sending =
            Sending { unsent: written(request, host), flushed: false, begun: false, failed: None };
        let mut reading = head::Reading::default();
        let read = poll_fn(|context| self.poll_exchange(context, &mut sending, &mut reading)).await;
        match read {
            // What the receiver did not wait for is still to be sent, and would stand before the next request.
            Ok(head) => Ok(Head { reusable: head.reusable && sending.flushed, ..head }),
            Err(reason) => Err(Broken { reason, heard: self.spent.bytes > 0, sent: sending.begun }),
        }
    }

    /// Writes what is left of the request and reads at once: a receiver may answer before it has heard all.
    fn poll_exchange(
        &mut self,
        context: &mut Context<'_>,
        sending: &mut Sending,
        reading: &mut head::Reading,
    ) -> Poll<Result<Head, Reason>> {
        sending.poll(&mut self.stream, context);
        loop {
            if let Some(head) = reading.take(&mut self.unread)? {
                return Poll::Ready(Ok(head));
            }
            let Poll::Ready(filled) = self.poll_fill(context)? else {
                // Nobody answers what cannot be sent.
                return sending.lacking().map_or(Poll::Pending, |reason| Poll::Ready(Err(reason)));
            };
            match filled {
                Ok(0) => return Poll::Ready(Err(sending.closed())),
                Ok(_) => {}
                Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                    return Poll::Ready(Err(sending.closed()));
                }
                Err(cause) => {
                    let cause = sending.failed.take().unwrap_or(cause);
                    return Poll::Ready(Err(Reason::of_io(&cause)));
                }
            }
        }
    }

    /// Reads once. The outer failure is that of an answer which has used up its budget.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<Result<io::Result<usize>, String>> {
        self.unread.reserve(READ);
        let mut piece = [const { std::mem::MaybeUninit::uninit() }; READ];
        let mut buffer = ReadBuf::uninit(&mut piece);
        if let Err(cause) = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer)) {
            return Poll::Ready(Ok(Err(cause)));
        }
        let read = buffer.filled().len();
        self.unread.extend_from_slice(buffer.filled());
        self.spent.bytes += read;
        self.spent.small_reads += usize::from(read < SMALL_READ);
        if self.spent.small_reads > SMALL_READS + self.spent.bytes / BYTES_A_READ {
            return Poll::Ready(Err("the answer came in too many small pieces".to_owned()));
        }
        Poll::Ready(Ok(Ok(read)))
    }
}

/// A request on its way out.
struct Sending {
    unsent: Chain<Bytes, Bytes>,
    flushed: bool,
    begun: bool,
    /// Why it cannot be sent on. The receiver may have answered all the same.
    failed: Option<io::Error>,
}

impl Sending {
    fn poll(&mut self, stream: &mut Stream, context: &mut Context<'_>) {
        while self.failed.is_none() && self.unsent.has_remaining() {
            let mut slices = [io::IoSlice::new(&[]); 2];
            let filled = self.unsent.chunks_vectored(&mut slices);
            match Pin::new(&mut *stream)
                .poll_write_vectored(context, slices.get(..filled).unwrap_or_default())
            {
                Poll::Ready(Ok(0)) => self.failed = Some(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(written)) => {
                    self.begun = true;
                    self.unsent.advance(written);
                }
                Poll::Ready(Err(cause)) => self.failed = Some(cause),
                Poll::Pending => return,
            }
        }
        if self.failed.is_none() && !self.flushed {
            match Pin::new(stream).poll_flush(context) {
                Poll::Ready(Ok(())) => self.flushed = true,
                Poll::Ready(Err(cause)) => self.failed = Some(cause),
                Poll::Pending => {}
            }
        }
    }

    /// Why it cannot be sent on, where that is no fault of the receiver's.
    fn lacking(&self) -> Option<Reason> {
        self.failed.as_ref().filter(|cause| shortage_of_io(cause).is_some()).map(Reason::of_io)
    }

    /// The receiver has said that it will say no more.
    fn closed(&mut self) -> Reason {
        match self.failed.take() {
            Some(cause)
                if cause.kind() == io::ErrorKind::ConnectionReset || shortage_of_io(&cause).is_some() =>
            {
                Reason::of_io(&cause)
            }
            _ => "the receiver closed the connection before it had answered".to_owned().into(),
        }
    }
}

/// The bytes of a request.
fn written(request: &Request<Bytes>, host: &HeaderValue) -> Chain<Bytes, Bytes> {
    let body = request.body();
    let room =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
            + request.uri().path().len()
            + request.uri().query().unwrap_or_default().len()
            + host.len()
            + 64;
    let joined = body.len() <= IN_ONE_PIECE;
    let mut bytes = Vec::with_capacity(room + if joined { body.len() } else { 0 });
    bytes.extend_from_slice(request.method().as_str().as_bytes());
    bytes.push(b' ');
    bytes.extend_from_slice(path_of(request.uri()).as_bytes());
    if let Some(query) = request.uri().query() {
        bytes.push(b'?');
        bytes.extend_from_slice(query.as_bytes());
    }
    bytes.extend_from_slice(b" HTTP/1.1\r\nhost: ");
    bytes.extend_from_slice(host.as_bytes());
    bytes.extend_from_slice(b"\r\n");
    for (name, value) in request.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    let has_length = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    if has_length || !body.is_empty() {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    if joined {
        bytes.extend_from_slice(body);
        return Bytes::from(bytes).chain(Bytes::new());
    }
    Bytes::from(bytes).chain(body.clone())
}

fn path_of(uri: &Uri) -> &str {
    if uri.path().is_empty() { "/" } else { uri.path() }
}
