//! An open connection, plain or over TLS, and the facts of how it was made.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::budget::{Meter, Metered};
use super::failure::kind_tells;

/// How a connection was made: its address, and how long each step took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionFacts {
    pub ip: IpAddr,
    pub dns_ms: Option<u32>,
    pub tcp_connect_ms: u32,
    pub tls_handshake_ms: Option<u32>,
}

impl ConnectionFacts {
    pub(super) fn new(ip: IpAddr) -> Self {
        Self { ip, dns_ms: None, tcp_connect_ms: 0, tls_handshake_ms: None }
    }
}

/// A connection to an address that the guard has checked.
pub(super) struct GuardedConnection {
    pub stream: Stream,
    pub facts: ConnectionFacts,
    /// Whether TLS agreed on HTTP/2 (ALPN).
    pub http2: bool,
}

impl GuardedConnection {
    pub(super) fn plain(stream: TcpStream, facts: ConnectionFacts) -> Self {
        Self { stream: Stream::Plain(stream), facts, http2: false }
    }

    pub(super) fn secure(stream: TlsStream<Metered<TcpStream>>, facts: ConnectionFacts) -> Self {
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Self { stream: Stream::Secure(Box::new(stream)), facts, http2 }
    }
}

/// The byte stream of a connection.
pub(super) enum Stream {
    Plain(TcpStream),
    /// Bytes are counted below TLS: a TLS record may be empty, and would not be counted above it.
    Secure(Box<TlsStream<Metered<TcpStream>>>),
}

impl Stream {
    /// The meter of a connection over TLS.
    pub(super) fn meter(&self) -> Option<&Arc<Meter>> {
        match self {
            Self::Plain(_) => None,
            Self::Secure(stream) => Some(stream.get_ref().0.meter()),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Secure(stream) => Pin::new(stream).poll_read(context, buffer),
        }
        .map_err(kind_tells)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Secure(stream) => Pin::new(stream).poll_write(context, bytes),
        }
        .map_err(kind_tells)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Secure(stream) => Pin::new(stream).poll_flush(context),
        }
        .map_err(kind_tells)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, buffers),
            Self::Secure(stream) => Pin::new(stream).poll_write_vectored(context, buffers),
        }
        .map_err(kind_tells)
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Secure(stream) => stream.is_write_vectored(),
        }
    }
}
