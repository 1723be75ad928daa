//! Connections: accepted up to a bound, each with patience for a slow client, and brought to an end at a stop.

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
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::app::App;
use super::limits::Limits;
use super::router::router;
use super::tenants::{Order, Tenant};
use super::wakes::Connected;

/// What an HTTP/2 client says first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How often a beginning that has not told the protocol yet is looked at again.
const PEEK_PAUSE: Duration = Duration::from_millis(20);
/// How long accepting rests where the machine has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How often an HTTP/2 client that says nothing is asked whether it is there.
const PING_PAUSE: Duration = Duration::from_secs(20);
const STREAMS_AT_ONCE: u32 = 128;

/// Serves until `stop`, then lets what is under way end. Whether it did in time.
pub async fn serve(
    listener: TcpListener,
    tls: Option<watch::Receiver<Arc<ServerConfig>>>,
    app: Arc<App>,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> bool {
    let router = router(app.clone());
    let (tenants, stopping) = (app.tenants.clone(), app.stopping.subscribe());
    let looked_after = tokio::spawn(async move { tenants.look_after(limits, stopping).await });
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let accepted = listener.accept().await;
            // Whoever has shown no key gives way.
            if app.connections.are_all_taken() {
                app.tenants.make_room();
            }
            (accepted, app.connections.wait().await)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let tls = tls.as_ref().map(|current| TlsAcceptor::from(current.borrow().clone()));
                let entry = app.tenants.enter();
                let connection = serve_stream(stream, tls, router.clone(), entry.tenant.clone(), limits);
                tokio::spawn(async move {
                    // What breaks here is the client's doing: it is gone, or never spoke HTTP.
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection ended");
                    }
                    drop(entry);
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    app.stopping.send_replace(true);
    drop(listener);
    let in_time = timeout(limits.shutdown_patience, app.tenants.gone()).await.is_ok();
    looked_after.abort();
    in_time
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn serve_stream(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    tenant: Arc<Tenant>,
    limits: Limits,
) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(limits.write_patience))?;
    match tls {
        Some(tls) => {
            let Some(stream) = begin(tls.accept(stream), limits, &tenant).await? else { return Ok(()) };
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            speak(stream, http2, router, tenant, limits).await
        }
        None => {
            let Some(http2) = begin(begins_as_http2(&stream), limits, &tenant).await? else { return Ok(()) };
            speak(stream, http2, router, tenant, limits).await
        }
    }
}

/// What comes before the first request ends in time; a stop does not wait for it.
async fn begin<T>(
    beginning: impl Future<Output = io::Result<T>>,
    limits: Limits,
    tenant: &Tenant,
) -> Result<Option<T>, Failure> {
    let mut orders = tenant.orders();
    tokio::select! {
        begun = timeout(limits.header_patience, beginning) => Ok(Some(begun??)),
        _ = orders.wait_for(|order| *order != Order::Stay) => Ok(None),
    }
}

/// Decided here since hyper would wait for ever for a client that says less than would tell.
async fn begins_as_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut beginning = [0; PREFACE.len()];
    loop {
        let length = stream.peek(&mut beginning).await?;
        let said = &beginning[..length];
        if length == 0 || length == PREFACE.len() || !PREFACE.starts_with(said) {
            return Ok(said == PREFACE);
        }
        sleep(PEEK_PAUSE).await;
    }
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    http2: bool,
    router: Router,
    tenant: Arc<Tenant>,
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
    let (asking, mut orders) = (tenant.clone(), tenant.orders());
    let service = service_fn(move |mut request: Request<Incoming>| {
        let turn = asking.begin();
        request.extensions_mut().insert(asking.clone());
        let answer = router.call(request);
        async move { answer.await.map(|response| response.map(|body| turn.answering(body))) }
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = Connected::new(connection.into_owned());
    let order = tokio::select! {
        biased;
        ended = &mut connection => return ended,
        order = orders.wait_for(|order| *order != Order::Stay) => order.map_or(Order::Leave, |order| *order),
    };
    if order == Order::Leave {
        return Ok(());
    }
    connection.inner().graceful_shutdown();
    tokio::select! {
        biased;
        ended = &mut connection => ended,
        _ = orders.wait_for(|order| *order == Order::Leave) => Ok(()),
    }
}
