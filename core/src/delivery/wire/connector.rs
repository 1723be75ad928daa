//! Connections: resolved, checked, timed. What is connected to is an address that the guard has seen.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

use super::address_guard::AddressGuard;
use super::failure::{ConnectFailure, io_text, tls_text};
use super::tls::Tls;

/// The least time that one of several addresses is given.
const LEAST_PER_ADDRESS: Duration = Duration::from_millis(250);

pub(super) fn millis(elapsed: Duration) -> u32 {
    u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX)
}

/// What is known of a connection, carried by it for its life.
#[derive(Clone, Debug)]
pub(super) struct ConnectionFacts {
    pub ip: IpAddr,
    pub dns_ms: Option<u32>,
    pub tcp_connect_ms: u32,
    pub tls_handshake_ms: Option<u32>,
    used: Arc<AtomicBool>,
}

impl ConnectionFacts {
    /// Whether an earlier request has used the connection. The first to ask is the first request.
    pub(super) fn note_use(&self) -> bool {
        self.used.swap(true, Ordering::Relaxed)
    }
}

#[derive(Clone)]
pub(crate) struct Connector {
    guard: AddressGuard,
    timeout: Duration,
    tls: Arc<Tls>,
}

impl Connector {
    pub(super) fn new(guard: AddressGuard, timeout: Duration, tls: Arc<Tls>) -> Self {
        Self { guard, timeout, tls }
    }

    async fn connect(self, target: Uri) -> Result<GuardedConnection, ConnectFailure> {
        let deadline = Instant::now() + self.timeout;
        let mut learned = ConnectFailure::default();
        let connecting = self.connect_learning(&target, deadline, &mut learned);
        let outcome = tokio::time::timeout(self.timeout, connecting).await;
        let text = match outcome {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(text)) => text,
            Err(_) => format!("no connection within {:?}", self.timeout),
        };
        Err(ConnectFailure { text, ..learned })
    }

    async fn connect_learning(
        &self,
        target: &Uri,
        deadline: Instant,
        learned: &mut ConnectFailure,
    ) -> Result<GuardedConnection, String> {
        let host = target.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let secure = target.scheme_str() == Some("https");
        let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let addresses = self.resolve(host, port, learned).await?;
        let begun = Instant::now();
        let stream = open_any(&addresses, deadline, learned).await?;
        learned.tcp_connect_ms = Some(millis(begun.elapsed()));
        // Small requests must not wait for an acknowledgement of the last.
        stream.set_nodelay(true).map_err(|cause| io_text(&cause))?;
        let ip = stream.peer_addr().map_err(|cause| io_text(&cause))?.ip();
        let facts = |learned: &ConnectFailure| ConnectionFacts {
            ip,
            dns_ms: learned.dns_ms,
            tcp_connect_ms: learned.tcp_connect_ms.unwrap_or_default(),
            tls_handshake_ms: learned.tls_handshake_ms,
            used: Arc::default(),
        };
        if !secure {
            let facts = facts(learned);
            return Ok(GuardedConnection { io: Transport::Plain(TokioIo::new(stream)), facts, http2: false });
        }
        let tls = self.tls.clone();
        let config = tokio::task::spawn_blocking(move || tls.config())
            .await
            .map_err(|_| "TLS could not be set up".to_owned())??;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("{host} is not a name that a certificate can have"))?;
        let begun = Instant::now();
        let handshake = TlsConnector::from(config).connect(name, stream).await;
        learned.tls_handshake_ms = Some(millis(begun.elapsed()));
        let stream = handshake.map_err(|cause| tls_text(&cause))?;
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let facts = facts(learned);
        Ok(GuardedConnection { io: Transport::Secure(Box::new(TokioIo::new(stream))), facts, http2 })
    }

    /// The addresses of a host that may be connected to.
    async fn resolve(
        &self,
        host: &str,
        port: u16,
        learned: &mut ConnectFailure,
    ) -> Result<Vec<SocketAddr>, String> {
        let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, port)],
            Err(_) => {
                let begun = Instant::now();
                let found = tokio::net::lookup_host((host, port)).await;
                learned.dns_ms = Some(millis(begun.elapsed()));
                found.map_err(|_| format!("the host {host} does not resolve"))?.collect()
            }
        };
        let mut refused = None;
        let mut allowed = Vec::with_capacity(addresses.len());
        for address in addresses {
            match self.guard.check_ip(address.ip()) {
                Ok(()) => allowed.push(address),
                Err(blocked) => refused = Some(blocked),
            }
        }
        if allowed.is_empty() {
            learned.ip = refused.map(|blocked| blocked.ip);
            return Err(refused
                .map_or_else(|| format!("the host {host} has no address"), |blocked| blocked.to_string()));
        }
        Ok(allowed)
    }
}

/// Tries the addresses in turn, each with its share of the time that is left.
async fn open_any(
    addresses: &[SocketAddr],
    deadline: Instant,
    learned: &mut ConnectFailure,
) -> Result<TcpStream, String> {
    let mut text = String::new();
    for (index, address) in addresses.iter().enumerate() {
        learned.ip = Some(address.ip());
        let left = deadline.saturating_duration_since(Instant::now());
        let share = (left / u32::try_from(addresses.len() - index).unwrap_or(1)).max(LEAST_PER_ADDRESS);
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(cause)) => text = io_text(&cause),
            Err(_) => text = format!("{} did not accept a connection in time", address.ip()),
        }
    }
    Err(text)
}

impl Service<Uri> for Connector {
    type Response = GuardedConnection;
    type Error = ConnectFailure;
    type Future = Pin<Box<dyn Future<Output = Result<GuardedConnection, ConnectFailure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectFailure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        Box::pin(self.clone().connect(target))
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
