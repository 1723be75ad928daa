//! Accepts connections up to a bound, serves each of them, and ends all of them at a stop.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::app::App;
use super::connections::{Connection, Shutdown};
use super::limits::Limits;
use super::repolling::Repolling;
use super::router::{Doors, router};

/// The first bytes that an HTTP/2 client sends.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The pause between two looks at a connection whose first bytes do not tell its protocol yet.
const PEEK_PAUSE: Duration = Duration::from_millis(20);
/// The pause after a failed `accept`, which fails again at once while the process has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// After this long without a byte from an HTTP/2 client, the server sends it a PING.
const PING_PAUSE: Duration = Duration::from_secs(20);
const STREAMS_AT_ONCE: u32 = 128;

/// Serves until `stop`, then waits for the requests under way. Returns whether they ended in time, and what `stop` said.
pub async fn serve<T>(
    listeners: Vec<(TcpListener, Doors)>,
    tls: Option<watch::Receiver<Arc<ServerConfig>>>,
    app: Arc<App>,
    limits: Limits,
    stop: impl Future<Output = T>,
) -> (bool, T) {
    let (connections, stopping) = (app.connections.clone(), app.stopping.subscribe());
    let enforced = tokio::spawn(async move { connections.enforce(limits, stopping).await });
    let mut accepting = JoinSet::new();
    for (listener, doors) in listeners {
        let router = router(app.clone(), doors);
        accepting.spawn(accept(listener, tls.clone(), app.clone(), router, limits));
    }
    let stopped = stop.await;
    app.stopping.send_replace(true);
    while accepting.join_next().await.is_some() {}
    let in_time = timeout(limits.shutdown_patience, app.connections.wait_until_closed()).await.is_ok();
    enforced.abort();
    (in_time, stopped)
}

/// Accepts connections until the server stops.
async fn accept(
    listener: TcpListener,
    tls: Option<watch::Receiver<Arc<ServerConfig>>>,
    app: Arc<App>,
    router: Router,
    limits: Limits,
) {
    let mut stopping = app.stopping.subscribe();
    loop {
        let accepted = async {
            let accepted = listener.accept().await;
            if app.connection_permits.is_exhausted() {
                app.connections.close_oldest_unauthenticated();
            }
            (accepted, app.connection_permits.acquire().await)
        };
        let (accepted, permit) = tokio::select! {
            accepted = accepted => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let tls = tls.as_ref().map(|current| TlsAcceptor::from(current.borrow().clone()));
                let registration = app.connections.register(permit);
                let serving =
                    serve_stream(stream, tls, router.clone(), registration.connection.clone(), limits);
                tokio::spawn(async move {
                    // The client is gone, or does not speak HTTP.
                    if let Err(error) = serving.await {
                        tracing::debug!(%error, "a connection ended");
                    }
                    drop(registration);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn serve_stream(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    connection: Arc<Connection>,
    limits: Limits,
) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(limits.write_patience))?;
    match tls {
        Some(tls) => {
            let Some(stream) = before_first_request(tls.accept(stream), limits, &connection).await? else {
                return Ok(());
            };
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            serve_http(stream, http2, router, connection, limits).await
        }
        None => {
            let Some(http2) = before_first_request(begins_as_http2(&stream), limits, &connection).await?
            else {
                return Ok(());
            };
            serve_http(stream, http2, router, connection, limits).await
        }
    }
}

/// Waits for the handshake or the first bytes. `None` if the connection is told to end before; an error if it takes too
/// long.
async fn before_first_request<T>(
    beginning: impl Future<Output = io::Result<T>>,
    limits: Limits,
    connection: &Connection,
) -> Result<Option<T>, Failure> {
    let mut shutdown = connection.shutdown();
    tokio::select! {
        begun = timeout(limits.header_patience, beginning) => Ok(Some(begun??)),
        _ = shutdown.wait_for(|shutdown| *shutdown != Shutdown::None) => Ok(None),
    }
}

/// Whether the first bytes are HTTP/2's. Hyper could tell the protocols apart too, but has no time limit for that.
async fn begins_as_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut beginning = [0; PREFACE.len()];
    loop {
        let length = stream.peek(&mut beginning).await?;
        let received = &beginning[..length];
        if length == 0 || length == PREFACE.len() || !PREFACE.starts_with(received) {
            return Ok(received == PREFACE);
        }
        sleep(PEEK_PAUSE).await;
    }
}

async fn serve_http(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    http2: bool,
    router: Router,
    connection: Arc<Connection>,
    limits: Limits,
) -> Result<(), Failure> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = if http2 { builder.http2_only() } else { builder.http1_only() };
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.header_patience);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_PAUSE)
        .keep_alive_timeout(limits.write_patience)
        .max_concurrent_streams(STREAMS_AT_ONCE);
    let router = TowerToHyperService::new(router);
    let mut shutdown = connection.shutdown();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let active = connection.begin_request();
        request.extensions_mut().insert(connection.clone());
        let answer = router.call(request);
        async move { answer.await.map(|response| response.map(|body| active.answer_with(body))) }
    });
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    let mut serving = Repolling::new(serving.into_owned());
    let requested = tokio::select! {
        biased;
        ended = &mut serving => return ended,
        requested = shutdown.wait_for(|shutdown| *shutdown != Shutdown::None) => {
            requested.map_or(Shutdown::Immediate, |requested| *requested)
        }
    };
    if requested == Shutdown::Immediate {
        return Ok(());
    }
    serving.inner().graceful_shutdown();
    tokio::select! {
        biased;
        ended = &mut serving => ended,
        _ = shutdown.wait_for(|shutdown| *shutdown == Shutdown::Immediate) => Ok(()),
    }
}
