//! A client's HTTP/1.1 (RFC 9112), for receivers that may be old, broken or hostile.
//!
//! Only the attempt that uses a connection reads from it. What a receiver sends while no request is under way stays unread
//! and costs nothing. Each answer has a budget of bytes, pieces and interim answers.

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

/// The most bytes of one read.
const READ: usize = 8 * 1024;
/// A request of up to so many bytes is written in one piece.
const IN_ONE_PIECE: usize = 16 * 1024;
/// A read of fewer bytes is a small one.
const SMALL_READ: usize = 256;
/// How many small reads an answer may take, beyond one for every [`BYTES_A_READ`] bytes of it.
const SMALL_READS: usize = 1024;
const BYTES_A_READ: usize = 64;

/// A connection, during a request or between two.
pub(super) struct Http1 {
    stream: Stream,
    /// Bytes that were read and not parsed yet.
    unread: BytesMut,
    /// What the current answer has used of its budget.
    spent: AnswerCost,
}

#[derive(Default)]
struct AnswerCost {
    bytes: usize,
    small_reads: usize,
}

/// Why a request got no head of an answer.
pub(super) struct Broken {
    pub reason: Reason,
    /// Whether anything of an answer had come.
    pub heard: bool,
    /// Whether any of the request may have gone out.
    pub sent: bool,
}

impl Http1 {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, unread: BytesMut::new(), spent: AnswerCost::default() }
    }

    /// Whether the connection can take a request: no unrequested bytes have come, and the receiver has not closed it.
    pub(super) fn is_quiet(&mut self) -> bool {
        let mut byte = [0];
        let mut context = Context::from_waker(Waker::noop());
        self.unread.is_empty()
            && Pin::new(&mut self.stream).poll_read(&mut context, &mut ReadBuf::new(&mut byte)).is_pending()
    }

    /// Sends a request and reads the head of its answer. If the future is dropped halfway the connection cannot be used again.
    pub(super) async fn send(
        &mut self,
        request: &Request<Bytes>,
        host: &HeaderValue,
    ) -> Result<Head, Broken> {
        self.spent = AnswerCost::default();
        if let Some(meter) = self.stream.meter() {
            meter.end(0);
            meter.begin(0);
        }
        let mut sending =
            Sending { unsent: written(request, host), flushed: false, begun: false, failed: None };
        let mut reading = head::HeadReader::default();
        let read = poll_fn(|context| self.poll_exchange(context, &mut sending, &mut reading)).await;
        match read {
            // If the receiver answered before it had read the whole request, the rest of the request is still unsent.
            Ok(head) => Ok(Head { reusable: head.reusable && sending.flushed, ..head }),
            Err(reason) => Err(Broken { reason, heard: self.spent.bytes > 0, sent: sending.begun }),
        }
    }

    /// Writes the rest of the request while it reads: a receiver may answer before it has read the whole request.
    fn poll_exchange(
        &mut self,
        context: &mut Context<'_>,
        sending: &mut Sending,
        reading: &mut head::HeadReader,
    ) -> Poll<Result<Head, Reason>> {
        sending.poll(&mut self.stream, context);
        loop {
            if let Some(head) = reading.take(&mut self.unread)? {
                return Poll::Ready(Ok(head));
            }
            let Poll::Ready(filled) = self.poll_fill(context)? else {
                // A request that cannot be sent gets no answer.
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

    /// Reads once. The outer error means that the answer has used up its budget.
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

/// A request that is being written.
struct Sending {
    unsent: Chain<Bytes, Bytes>,
    flushed: bool,
    begun: bool,
    /// Why the rest cannot be written. The receiver may have answered all the same.
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

    /// Why the rest cannot be written, where this machine lacks something.
    fn lacking(&self) -> Option<Reason> {
        self.failed.as_ref().filter(|cause| shortage_of_io(cause).is_some()).map(Reason::of_io)
    }

    /// The reason where the receiver has closed its side.
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
