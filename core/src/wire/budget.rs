//! The budget of a connection: how many bytes and HTTP/2 frames the receiver may send for each request, and how few while
//! no request is under way. A receiver that sends more only keeps this thread busy: its connection is closed.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes for each request: the headers and the body that are kept, with room for their framing and for TLS records.
const BYTES_A_REQUEST: i64 = 512 * 1024;
/// Bytes beside those for requests: a handshake, settings, and the rest of a body that was cut off.
const BYTES_BESIDE: i64 = 128 * 1024;
/// Units for each request. A frame with data costs one unit; see [`cost`].
const UNITS_A_REQUEST: i64 = 640;
/// Units beside those for requests: settings, their acknowledgement, window updates, keep-alive pings.
const UNITS_BESIDE: i64 = 160;

/// The error text of a connection whose budget is used up.
pub(super) const FLOODED: &str = "the receiver sent more than an answer takes, and the connection was closed";

/// The rest of a connection's budget.
#[derive(Debug)]
pub(super) struct Meter {
    bytes: AtomicI64,
    units: AtomicI64,
    /// False for a relay's own server, whose answers may be long.
    bounded: bool,
    used_up: AtomicBool,
}

impl Meter {
    /// The budget of a connection that has not been made yet.
    pub(super) fn new(bounded: bool) -> Arc<Self> {
        Arc::new(Self {
            bytes: AtomicI64::new(BYTES_A_REQUEST + BYTES_BESIDE),
            units: AtomicI64::new(UNITS_BESIDE),
            bounded,
            used_up: AtomicBool::new(false),
        })
    }

    /// A request begins while `others` are under way: adds its share.
    pub(super) fn begin(&self, others: usize) {
        let requests = i64::try_from(others).unwrap_or(i64::MAX).saturating_add(1);
        add_up_to(&self.bytes, BYTES_A_REQUEST, requests.saturating_mul(BYTES_A_REQUEST) + BYTES_BESIDE);
        add_up_to(&self.units, UNITS_A_REQUEST, requests.saturating_mul(UNITS_A_REQUEST) + UNITS_BESIDE);
    }

    /// A request has ended and `others` are under way. The rest of its share is taken back.
    pub(super) fn end(&self, others: usize) {
        let requests = i64::try_from(others).unwrap_or(i64::MAX);
        add_up_to(&self.bytes, 0, requests.saturating_mul(BYTES_A_REQUEST).saturating_add(BYTES_BESIDE));
        add_up_to(&self.units, 0, requests.saturating_mul(UNITS_A_REQUEST).saturating_add(UNITS_BESIDE));
    }

    /// Whether the budget was used up.
    pub(super) fn is_used_up(&self) -> bool {
        self.used_up.load(Relaxed)
    }

    fn spend(&self, what: &AtomicI64, cost: i64) -> io::Result<()> {
        if what.fetch_sub(cost, Relaxed) >= cost || !self.bounded {
            return Ok(());
        }
        self.used_up.store(true, Relaxed);
        Err(io::Error::other(FLOODED))
    }
}

/// Adds `more`, up to `most`. Load and store may be apart: requests begin and end, and bytes are read, on one thread.
fn add_up_to(what: &AtomicI64, more: i64, most: i64) {
    what.store(what.load(Relaxed).saturating_add(more).min(most), Relaxed);
}

/// A stream that charges the bytes read to a meter.
pub(super) struct Metered<S> {
    inner: S,
    meter: Arc<Meter>,
}

impl<S> Metered<S> {
    pub(super) fn new(inner: S, meter: Arc<Meter>) -> Self {
        Self { inner, meter }
    }

    pub(super) fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(context, buffer))?;
        let read = i64::try_from(buffer.filled().len() - before).unwrap_or(i64::MAX);
        Poll::Ready(this.meter.spend(&this.meter.bytes, read))
    }
}

/// A stream that charges the HTTP/2 frames read to a meter.
pub(super) struct Frames<S> {
    inner: S,
    meter: Arc<Meter>,
    head: [u8; FRAME_HEAD],
    /// How many bytes of `head` have come.
    come: usize,
    /// How many bytes of the frame's payload are still to come.
    left: usize,
    /// How often other tasks were given a turn since the budget was used up.
    turns: u8,
}

/// RFC 9113, 4.1: three bytes of length, the type, flags, and the stream.
const FRAME_HEAD: usize = 9;
/// How many turns other tasks get before the connection ends, so that an answer which had come before reaches its caller.
const TURNS_OF_OTHERS: u8 = 3;
const DATA: u8 = 0;
const HEADERS: u8 = 1;

impl<S> Frames<S> {
    pub(super) fn new(inner: S, meter: Arc<Meter>) -> Self {
        Self { inner, meter, head: [0; FRAME_HEAD], come: 0, left: 0, turns: 0 }
    }

    fn count(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.come < FRAME_HEAD {
                let (head, rest) = bytes.split_at(bytes.len().min(FRAME_HEAD - self.come));
                if let Some(room) = self.head.get_mut(self.come..self.come + head.len()) {
                    room.copy_from_slice(head);
                }
                (self.come, bytes) = (self.come + head.len(), rest);
                if self.come < FRAME_HEAD {
                    return Ok(());
                }
                let [high, middle, low, kind, ..] = self.head;
                self.left = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
                self.meter.spend(&self.meter.units, cost(kind, self.left))?;
            }
            let behind = bytes.len().min(self.left);
            (self.left, bytes) = (self.left - behind, bytes.get(behind..).unwrap_or_default());
            if self.left == 0 {
                self.come = 0;
            }
        }
        Ok(())
    }
}

/// The units that a frame costs. An answer has at most 18 frames that begin headers: 16 interim answers, its own and its
/// trailers.
fn cost(kind: u8, length: usize) -> i64 {
    match kind {
        DATA if length > 0 => 1,
        HEADERS => 32,
        _ => 8,
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Frames<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.meter.is_used_up() {
            if this.turns == TURNS_OF_OTHERS {
                return Poll::Ready(Err(io::Error::other(FLOODED)));
            }
            this.turns += 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(context, buffer))?;
        // An overdraft ends the connection at the next read. Until then these bytes are passed on.
        let _ = this.count(buffer.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

/// Passes writes through to the inner stream.
macro_rules! writes_through {
    ($wrapper:ident) => {
        impl<S: AsyncWrite + Unpin> AsyncWrite for $wrapper<S> {
            fn poll_write(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.get_mut().inner).poll_write(context, bytes)
            }

            fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
                Pin::new(&mut self.get_mut().inner).poll_flush(context)
            }

            fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
                Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffers: &[io::IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.get_mut().inner).poll_write_vectored(context, buffers)
            }

            fn is_write_vectored(&self) -> bool {
                self.inner.is_write_vectored()
            }
        }
    };
}

writes_through!(Metered);
writes_through!(Frames);

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, length: usize) -> Vec<u8> {
        let [.., high, middle, low] = length.to_be_bytes();
        let mut bytes = vec![high, middle, low, kind, 0, 0, 0, 0, 1];
        bytes.resize(FRAME_HEAD + length, 7);
        bytes
    }

    #[test]
    fn frames_are_found_however_their_bytes_come() {
        for step in [1, 2, 9, 10, 1000] {
            let meter = Meter::new(true);
            let mut frames = Frames::new((), meter.clone());
            let bytes =
                [frame(DATA, 100), frame(HEADERS, 30), frame(6, 8), frame(DATA, 0), frame(DATA, 1)].concat();
            bytes.chunks(step).for_each(|piece| frames.count(piece).unwrap());
            assert_eq!(meter.units.load(Relaxed), UNITS_BESIDE - 1 - 32 - 8 - 8 - 1, "{step}");
        }
    }

    #[test]
    fn a_request_refills_the_budget_and_its_end_takes_back_what_is_left() {
        let meter = Meter::new(true);
        meter.begin(0);
        for _ in 0..(UNITS_A_REQUEST + UNITS_BESIDE) / 8 {
            meter.spend(&meter.units, 8).unwrap();
        }
        assert!(meter.spend(&meter.units, 8).is_err() && meter.is_used_up());
        let idle = Meter::new(true);
        for _ in 0..1000 {
            idle.begin(0);
            idle.begin(1);
            idle.end(1);
            idle.end(0);
        }
        assert_eq!(idle.units.load(Relaxed), UNITS_BESIDE);
        assert_eq!(idle.bytes.load(Relaxed), BYTES_BESIDE);
        let trusted = Meter::new(false);
        assert!((0..10_000).all(|_| trusted.spend(&trusted.units, 32).is_ok()));
    }
}
