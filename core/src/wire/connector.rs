//! Makes connections: resolves the name, checks each address with the guard, connects, and times every step.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Uri;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout_at;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::address_guard::AddressGuard;
use super::addresses::{self, LastWorking};
use super::budget::{Meter, Metered};
use super::connection::{ConnectionFacts, GuardedConnection};
use super::failure::{ConnectFailure, Reason, shortage_of_io};
use super::names::Names;
use super::patience::Patience;
use super::tls::Tls;
use super::tls_failure::tls_text;
use crate::model::shortage::Shortage;

pub(super) fn millis(elapsed: Duration) -> u32 {
    u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX)
}

/// The error text where nothing more is known.
pub(super) fn no_connection_within(patience: Duration) -> String {
    let rounded = Duration::from_millis(millis(patience + Duration::from_micros(500)).into());
    format!("no connection within {rounded:?}")
}

/// Makes connections. It remembers what it learns of names and addresses.
pub(crate) struct Connector {
    guard: AddressGuard,
    timeout: Duration,
    tls: Arc<Tls>,
    /// Whether the receiver's bytes have a budget.
    bounded: bool,
    names: Names,
    worked: LastWorking,
}

impl Connector {
    pub(super) fn new(guard: AddressGuard, timeout: Duration, tls: Arc<Tls>, bounded: bool) -> Self {
        Self { guard, timeout, tls, bounded, names: Names::new(), worked: LastWorking::default() }
    }

    /// How long making a connection may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Makes a connection within the connect timeout and before `deadline`.
    pub(super) async fn connect(
        &self,
        target: &Uri,
        deadline: Instant,
    ) -> Result<GuardedConnection, ConnectFailure> {
        let mut learned = ConnectFailure::default();
        let patience = Patience::new(self.timeout, deadline);
        match self.connect_learning(target, patience, &mut learned).await {
            Ok(connection) => Ok(connection),
            Err(reason) => Err(learned.because(reason)),
        }
    }

    async fn connect_learning(
        &self,
        target: &Uri,
        patience: Patience,
        learned: &mut ConnectFailure,
    ) -> Result<GuardedConnection, Reason> {
        let host = target.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let secure = target.scheme_str() == Some("https");
        let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let addresses = self.resolve(host, port, patience, learned).await?;
        let begun = Instant::now();
        let order = self.worked.order(host, &addresses);
        let stream = addresses::connect(order, patience, &mut learned.ip).await?;
        learned.tcp_connect_ms = Some(millis(begun.elapsed()));
        // A small request must not wait for the acknowledgement of the one before it (Nagle's algorithm).
        stream.set_nodelay(true).map_err(|cause| Reason::of_io(&cause))?;
        let address = stream.peer_addr().map_err(|cause| Reason::of_io(&cause))?;
        let facts = |learned: &ConnectFailure| ConnectionFacts {
            dns_ms: learned.dns_ms,
            tcp_connect_ms: learned.tcp_connect_ms.unwrap_or_default(),
            tls_handshake_ms: learned.tls_handshake_ms,
            ..ConnectionFacts::new(address.ip())
        };
        let several = addresses.len() > 1;
        if !secure {
            if several {
                self.worked.note(host, address);
            }
            return Ok(GuardedConnection::plain(stream, facts(learned)));
        }
        match self.secure(host, stream, patience, learned).await {
            Ok(stream) => {
                if several {
                    self.worked.note(host, address);
                }
                Ok(GuardedConnection::secure(stream, facts(learned)))
            }
            Err(reason) => {
                if several && reason.shortage.is_none() {
                    self.worked.forget(host, port);
                }
                Err(reason)
            }
        }
    }

    async fn secure(
        &self,
        host: &str,
        stream: TcpStream,
        patience: Patience,
        learned: &mut ConnectFailure,
    ) -> Result<TlsStream<Metered<TcpStream>>, Reason> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("{host} is not a name that a certificate can have"))?;
        let config = match timeout_at(patience.deadline.into(), self.tls.config()).await {
            Ok(config) => config?,
            Err(_) => return Err(Reason::lacking(Shortage::TrustStore, "reading it takes too long")),
        };
        let begun = Instant::now();
        let stream = Metered::new(stream, Meter::new(self.bounded));
        let handshake = TlsConnector::from(config).connect(name, stream);
        let handshake = timeout_at(patience.deadline.into(), handshake).await;
        learned.tls_handshake_ms = Some(millis(begun.elapsed()));
        match handshake {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(cause)) => Err(match shortage_of_io(&cause) {
                Some(shortage) => Reason::lacking(shortage, &cause.to_string()),
                None => tls_text(&cause).into(),
            }),
            Err(_) => Err(patience.over("the receiver did not finish the TLS handshake").into()),
        }
    }

    /// The addresses of a host that may be connected to.
    async fn resolve(
        &self,
        host: &str,
        port: u16,
        patience: Patience,
        learned: &mut ConnectFailure,
    ) -> Result<Vec<SocketAddr>, Reason> {
        let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, port)],
            Err(_) => {
                let begun = Instant::now();
                let found = self.names.look_up(host, patience).await;
                learned.dns_ms = Some(millis(begun.elapsed()));
                let mut found = found?.to_vec();
                found.iter_mut().for_each(|address| address.set_port(port));
                found
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
