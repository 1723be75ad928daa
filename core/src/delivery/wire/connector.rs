//! Connections: resolved, checked, timed. What is connected to is an address that the guard has seen.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Uri;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::address_guard::AddressGuard;
use super::budget::{Meter, Metered};
use super::connection::{ConnectionFacts, GuardedConnection};
use super::failure::{ConnectFailure, Reason, tls_text};
use super::tls::Tls;

/// The least time that one of several addresses is given.
const LEAST_PER_ADDRESS: Duration = Duration::from_millis(250);

pub(super) fn millis(elapsed: Duration) -> u32 {
    u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX)
}

/// What is said where nothing else is known.
pub(super) fn no_connection_within(patience: Duration) -> String {
    let rounded = Duration::from_millis(millis(patience + Duration::from_micros(500)).into());
    format!("no connection within {rounded:?}")
}

/// What makes connections.
pub(crate) struct Connector {
    guard: AddressGuard,
    timeout: Duration,
    tls: Arc<Tls>,
    /// Whether what comes back has a budget.
    bounded: bool,
}

impl Connector {
    pub(super) fn new(guard: AddressGuard, timeout: Duration, tls: Arc<Tls>, bounded: bool) -> Self {
        Self { guard, timeout, tls, bounded }
    }

    /// How long a connection may take to come about.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// A fresh connection, within the connect timeout and before `deadline`.
    pub(super) async fn connect(
        &self,
        target: &Uri,
        deadline: Instant,
    ) -> Result<GuardedConnection, ConnectFailure> {
        let begun = Instant::now();
        let deadline = deadline.min(begun + self.timeout);
        let mut learned = ConnectFailure::default();
        let connecting = self.connect_learning(target, deadline, &mut learned);
        let reason = match tokio::time::timeout_at(deadline.into(), connecting).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(reason)) => reason,
            Err(_) => no_connection_within(deadline.duration_since(begun)).into(),
        };
        Err(learned.because(reason))
    }

    async fn connect_learning(
        &self,
        target: &Uri,
        deadline: Instant,
        learned: &mut ConnectFailure,
    ) -> Result<GuardedConnection, Reason> {
        let host = target.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let secure = target.scheme_str() == Some("https");
        let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let addresses = self.resolve(host, port, learned).await?;
        let begun = Instant::now();
        let stream = open_any(&addresses, deadline, learned).await?;
        learned.tcp_connect_ms = Some(millis(begun.elapsed()));
        // Small requests must not wait for an acknowledgement of the last.
        stream.set_nodelay(true).map_err(|cause| Reason::of_io(&cause))?;
        let ip = stream.peer_addr().map_err(|cause| Reason::of_io(&cause))?.ip();
        let facts = |learned: &ConnectFailure| ConnectionFacts {
            dns_ms: learned.dns_ms,
            tcp_connect_ms: learned.tcp_connect_ms.unwrap_or_default(),
            tls_handshake_ms: learned.tls_handshake_ms,
            ..ConnectionFacts::new(ip)
        };
        if !secure {
            return Ok(GuardedConnection::plain(stream, facts(learned)));
        }
        let tls = self.tls.clone();
        let config = tokio::task::spawn_blocking(move || tls.config())
            .await
            .map_err(|_| Reason::from("TLS could not be set up".to_owned()))??;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("{host} is not a name that a certificate can have"))?;
        let begun = Instant::now();
        let stream = Metered::new(stream, Meter::new(self.bounded));
        let handshake = TlsConnector::from(config).connect(name, stream).await;
        learned.tls_handshake_ms = Some(millis(begun.elapsed()));
        let stream = handshake.map_err(|cause| tls_text(&cause))?;
        Ok(GuardedConnection::secure(stream, facts(learned)))
    }

    /// The addresses of a host that may be connected to.
    async fn resolve(
        &self,
        host: &str,
        port: u16,
        learned: &mut ConnectFailure,
    ) -> Result<Vec<SocketAddr>, Reason> {
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
                .map_or_else(|| format!("the host {host} has no address"), |blocked| blocked.to_string())
                .into());
        }
        Ok(allowed)
    }
}

/// Tries the addresses in turn, each with its share of the time that is left.
async fn open_any(
    addresses: &[SocketAddr],
    deadline: Instant,
    learned: &mut ConnectFailure,
) -> Result<TcpStream, Reason> {
    let mut reason = Reason::default();
    for (index, address) in addresses.iter().enumerate() {
        learned.ip = Some(address.ip());
        let left = deadline.saturating_duration_since(Instant::now());
        let share = (left / u32::try_from(addresses.len() - index).unwrap_or(1)).max(LEAST_PER_ADDRESS);
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(cause)) => reason = Reason::of_io(&cause),
            Err(_) => reason = format!("{} did not accept a connection in time", address.ip()).into(),
        }
    }
    Err(reason)
}
