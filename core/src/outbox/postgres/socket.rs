//! Sockets to the database. A forked child closes its copies of them and does nothing else: a connection that is dropped says
//! goodbye to the server, which would end the parent's session; and a copy that stays open would keep a session of a parent that
//! was killed.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::{Domain, SockAddr, SockRef, TcpKeepalive, Type};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::Config;

use crate::host::fork::{self, SurvivesFork};

/// The pause before a server is asked again that cannot take a connection just now.
const PAUSE: Duration = Duration::from_millis(10);

/// The sockets that this process has open. Locked only inside the gate.
#[derive(Default)]
struct Open(Mutex<BTreeSet<RawFd>>);

/// Used only inside the gate, so that no fork finds it half made.
static OPEN: LazyLock<Arc<Open>> = LazyLock::new(|| {
    let open = Arc::new(Open::default());
    let known: Weak<Open> = Arc::downgrade(&open);
    fork::register(known);
    open
});

impl SurvivesFork for Open {
    fn before_fork(&self) {}

    fn in_child(&self) {
        for socket in std::mem::take(&mut *fork::lock(&self.0)) {
            // The streams that have these numbers are the parent's: nothing here looks at them again.
            let _ = nix::unistd::close(socket);
        }
    }
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    /// It is closed.
    None,
}

impl Stream {
    fn number(&self) -> Option<RawFd> {
        match self {
            Self::Tcp(stream) => Some(stream.as_raw_fd()),
            Self::Unix(stream) => Some(stream.as_raw_fd()),
            Self::None => None,
        }
    }
}

/// A socket to the database.
pub(super) struct Socket(Stream);

impl Socket {
    pub(super) async fn to_host(address: SocketAddr, config: &Config) -> io::Result<Self> {
        let socket = Self::begin(Domain::for_address(address), &address.into(), |socket| {
            Ok(Stream::Tcp(TcpStream::from_std(socket.into())?))
        })?;
        if let Stream::Tcp(stream) = &socket.0 {
            stream.writable().await?;
            stream.take_error()?.map_or(Ok(()), Err)?;
            stream.set_nodelay(true)?;
            set_patience(SockRef::from(stream), config)?;
        }
        Ok(socket)
    }

    pub(super) async fn to_file(path: &Path) -> io::Result<Self> {
        let address = SockAddr::unix(path)?;
        loop {
            let made = Self::begin(Domain::UNIX, &address, |socket| {
                Ok(Stream::Unix(UnixStream::from_std(socket.into())?))
            });
            match made {
                Err(busy) if busy.kind() == io::ErrorKind::WouldBlock => tokio::time::sleep(PAUSE).await,
                made => return made,
            }
        }
    }

    /// A socket that connects.
    fn begin(
        domain: Domain,
        address: &SockAddr,
        stream: impl FnOnce(socket2::Socket) -> io::Result<Stream>,
    ) -> io::Result<Self> {
        // A fork finds the socket in the list, or finds none.
        let _inside = fork::enter();
        let socket = socket2::Socket::new(domain, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        match socket.connect(address) {
            Err(cause) if cause.raw_os_error() != Some(nix::libc::EINPROGRESS) => return Err(cause),
            _ => {}
        }
        let stream = stream(socket)?;
        fork::lock(&OPEN.0).extend(stream.number());
        Ok(Self(stream))
    }
}

/// How long the other side may be silent.
fn set_patience(socket: SockRef<'_>, config: &Config) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(patience) = config.get_tcp_user_timeout() {
        socket.set_tcp_user_timeout(Some(*patience))?;
    }
    if !config.get_keepalives() {
        return Ok(());
    }
    let mut keepalive = TcpKeepalive::new().with_time(config.get_keepalives_idle());
    if let Some(interval) = config.get_keepalives_interval() {
        keepalive = keepalive.with_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        keepalive = keepalive.with_retries(retries);
    }
    socket.set_tcp_keepalive(&keepalive)
}

impl Drop for Socket {
    fn drop(&mut self) {
        let Some(number) = self.0.number() else { return };
        let _inside = fork::enter();
        fork::lock(&OPEN.0).remove(&number);
        // Closed here, before a fork may find the number in use for something else.
        self.0 = Stream::None;
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Stream::Tcp(stream) => Pin::new(stream).poll_read(cx, into),
            Stream::Unix(stream) => Pin::new(stream).poll_read(cx, into),
            Stream::None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.0 {
            Stream::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Stream::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Unix(stream) => Pin::new(stream).poll_flush(cx),
            Stream::None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Stream::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}
