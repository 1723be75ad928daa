//! A connection with what is known of it, plain or over TLS.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// What is known of a connection, carried by it for its life.
#[derive(Clone, Debug)]
pub(super) struct ConnectionFacts {
    pub ip: IpAddr,
    pub dns_ms: Option<u32>,
    pub tcp_connect_ms: u32,
    pub tls_handshake_ms: Option<u32>,
    pub(super) used: Arc<AtomicBool>,
}

impl ConnectionFacts {
    pub(super) fn new(ip: IpAddr) -> Self {
        Self { ip, dns_ms: None, tcp_connect_ms: 0, tls_handshake_ms: None, used: Arc::default() }
    }

    /// Whether an earlier request has used the connection. The first to ask is the first request.
    pub(super) fn note_use(&self) -> bool {
        self.used.swap(true, Ordering::Relaxed)
    }
}

enum Transport {
    Plain(TokioIo<TcpStream>),
    Secure(Box<TokioIo<TlsStream<TcpStream>>>),
}

/// A connection to an address that the guard has checked.
pub(crate) struct GuardedConnection {
    io: Transport,
    facts: ConnectionFacts,
    http2: bool,
}

impl GuardedConnection {
    pub(super) fn plain(stream: TcpStream, facts: ConnectionFacts) -> Self {
        Self { io: Transport::Plain(TokioIo::new(stream)), facts, http2: false }
    }

    pub(super) fn secure(stream: TlsStream<TcpStream>, facts: ConnectionFacts) -> Self {
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Self { io: Transport::Secure(Box::new(TokioIo::new(stream))), facts, http2 }
    }
}

impl Connection for GuardedConnection {
    fn connected(&self) -> Connected {
        let connected = Connected::new().extra(self.facts.clone());
        if self.http2 { connected.negotiated_h2() } else { connected }
    }
}

impl Read for GuardedConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.io {
            Transport::Plain(io) => Pin::new(io).poll_read(context, buffer),
            Transport::Secure(io) => Pin::new(io.as_mut()).poll_read(context, buffer),
        }
    }
}

impl Write for GuardedConnection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.io {
            Transport::Plain(io) => Pin::new(io).poll_write(context, bytes),
            Transport::Secure(io) => Pin::new(io.as_mut()).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Transport::Plain(io) => Pin::new(io).poll_flush(context),
            Transport::Secure(io) => Pin::new(io.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Transport::Plain(io) => Pin::new(io).poll_shutdown(context),
            Transport::Secure(io) => Pin::new(io.as_mut()).poll_shutdown(context),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.io {
            Transport::Plain(io) => io.is_write_vectored(),
            Transport::Secure(io) => io.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.io {
            Transport::Plain(io) => Pin::new(io).poll_write_vectored(context, buffers),
            Transport::Secure(io) => Pin::new(io.as_mut()).poll_write_vectored(context, buffers),
        }
    }
}
