//! The pool of kept connections, shared by all requests to one scheme, host and port.
//!
//! A connection of HTTP/1.1 serves one request at a time and rests in between; it is checked once a second and when it is
//! wanted again. A connection of HTTP/2 serves many requests at once. The connections at rest are bounded for all hosts
//! together, not for each, so that many endpoints of one host find their connections again.

mod hosts;
mod lease;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::connection::GuardedConnection;
use super::connector::{Connector, no_connection_within};
use super::failure::ConnectFailure;
use super::http1::Http1;
use super::http2::Http2;
use super::origin::Origin;
use crate::model::shortage::Shortage;
use hosts::{Hosts, Protocol, REST, Resting, Waiter};
use lease::{Connection, KeptHttp1};
pub(super) use lease::{Http1Lease, Http2Lease, Lease};

/// How often connections at rest are checked.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// How much longer a request waits than the connector: the connector's result must come first.
const SLACK: Duration = Duration::from_millis(50);

/// The limits of a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The most connections at rest.
    pub resting: usize,
    /// The age at which a connection takes no more requests. This is how late a name that has moved is followed.
    pub age: Duration,
    /// The most that chance adds to the age, so that connections made together do not end together.
    pub age_spread: Duration,
    /// The silence after which an HTTP/2 connection with requests under way is pinged.
    pub silence: Duration,
    /// Whether receivers' bytes have a budget.
    pub budget: bool,
}

/// Connections to any number of hosts.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    connector: Connector,
    bounds: Bounds,
    hosts: Mutex<Hosts>,
}

impl Pool {
    pub(super) fn new(connector: Connector, bounds: Bounds) -> Self {
        Self(Arc::new(Inner { connector, bounds, hosts: Mutex::default() }))
    }

    fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.0.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a connection for one request. With `fresh` it is one that is made from now on, else it may be a kept one.
    pub(super) async fn lease(
        &self,
        origin: &Arc<Origin>,
        deadline: Instant,
        fresh: bool,
    ) -> Result<Lease, ConnectFailure> {
        let now = Instant::now();
        let patience = deadline.min(now + self.0.connector.timeout());
        let receiver = {
            let mut hosts = self.hosts();
            if !fresh && let Some(connection) = hosts.at_hand(origin, now) {
                return Ok(self.lend(origin, connection));
            }
            let (sender, receiver) = oneshot::channel();
            let number = hosts.number();
            let newer_than = fresh.then_some(now);
            let waiter = Waiter { number, deadline, newer_than, served: false, sender };
            hosts.entry(origin).waiting.push_back(waiter);
            self.connect_where_needed(&mut hosts, origin);
            receiver
        };
        match tokio::time::timeout_at((patience + SLACK).into(), receiver).await {
            Ok(Ok(outcome)) => outcome,
            _ => Err(ConnectFailure {
                text: no_connection_within(patience.saturating_duration_since(now)),
                ..ConnectFailure::default()
            }),
        }
    }

    /// Whether a connection to the host was closed lately because the host sent too much.
    pub(super) fn has_flooded(&self, origin: &Arc<Origin>) -> bool {
        self.hosts().has_flooded(origin, Instant::now())
    }

    /// Makes the lease. A connection of HTTP/2 must have had a place taken on it.
    fn lend(&self, origin: &Arc<Origin>, connection: Connection) -> Lease {
        let (pool, origin) = (self.clone(), origin.clone());
        match connection {
            Connection::Http1(kept) => {
                let reused = kept.used;
                Lease::Http1(Http1Lease { pool, origin, kept, reused })
            }
            Connection::Http2(shared) => {
                let reused = shared.note_use();
                Lease::Http2(Http2Lease { pool, origin, shared, reused })
            }
        }
    }

    /// Begins as many connections as the waiting requests need. Over TLS the first one shows whether the host speaks
    /// HTTP/2, so that requests can share it.
    fn connect_where_needed(&self, hosts: &mut Hosts, origin: &Arc<Origin>) {
        let Some(host) = hosts.get_mut(origin) else { return };
        host.waiting.retain(|waiter| !waiter.sender.is_closed());
        let one_each = !origin.is_secure() || host.speaks == Some(Protocol::Http1);
        let wanted = if one_each { host.waiting.len() } else { host.waiting.len().min(1) };
        while host.connecting < wanted {
            let Some(waiter) = host.waiting.iter_mut().find(|waiter| !waiter.served) else { break };
            waiter.served = true;
            host.connecting += 1;
            tokio::spawn(self.clone().connect(origin.clone(), waiter.number, waiter.deadline));
        }
        hosts.forget_if_empty(origin);
    }

    /// Makes a connection. It goes to the request that it was begun for, else to another that waits, else to rest.
    async fn connect(self, origin: Arc<Origin>, number: u64, deadline: Instant) {
        let made = self.make(&origin, deadline).await;
        let mut results = Vec::new();
        let mut unwanted = None;
        {
            let mut hosts = self.hosts();
            let host = hosts.entry(&origin);
            host.connecting = host.connecting.saturating_sub(1);
            let own = host.waiting.iter().position(|waiter| waiter.number == number);
            match made {
                Err(failure) => {
                    if failure.shortage == Some(Shortage::Descriptors) {
                        // Closing the connections at rest frees descriptors.
                        hosts.close_all_resting();
                    }
                    let host = hosts.entry(&origin);
                    if let Some(waiter) = own.and_then(|at| host.waiting.remove(at)) {
                        results.push((waiter, Err(failure)));
                    }
                }
                Ok(Connection::Http1(kept)) => {
                    host.speaks = Some(Protocol::Http1);
                    match own.or(Some(0)).and_then(|at| host.waiting.remove(at)) {
                        Some(waiter) => {
                            results.push((waiter, Ok(self.lend(&origin, Connection::Http1(kept)))))
                        }
                        None => unwanted = Some(kept),
                    }
                }
                Ok(Connection::Http2(shared)) => {
                    host.speaks = Some(Protocol::Http2);
                    host.shared.push(shared.clone());
                    while let Some(waiter) = host.waiting.pop_front() {
                        if !shared.take_place() {
                            host.waiting.push_front(waiter);
                            break;
                        }
                        results.push((waiter, Ok(self.lend(&origin, Connection::Http2(shared.clone())))));
                    }
                    if shared.is_idle() {
                        self.lay_to_rest(&mut hosts, origin.clone(), Resting::of(shared));
                    }
                }
            }
            self.connect_where_needed(&mut hosts, &origin);
        }
        hand_out(results);
        if let Some(kept) = unwanted {
            self.take_back(origin, kept);
        }
    }

    async fn make(&self, origin: &Origin, deadline: Instant) -> Result<Connection, ConnectFailure> {
        let connection = self.0.connector.connect(&origin.uri(), deadline).await?;
        let bounds = &self.0.bounds;
        let now = Instant::now();
        let expires = now + bounds.age + bounds.age_spread.mul_f64(fastrand::f64());
        if !connection.http2 {
            let GuardedConnection { stream, facts, .. } = connection;
            let http1 = Http1::new(stream);
            return Ok(Connection::Http1(Box::new(KeptHttp1 {
                http1,
                facts,
                expires,
                rests_until: now + REST,
                used: false,
            })));
        }
        let facts = connection.facts;
        let begun = Http2::begin(connection, expires, bounds.silence, bounds.budget).await;
        begun.map(|shared| Connection::Http2(Arc::new(shared))).map_err(|reason| ConnectFailure {
            text: reason.text,
            ip: Some(facts.ip),
            dns_ms: facts.dns_ms,
            tcp_connect_ms: Some(facts.tcp_connect_ms),
            tls_handshake_ms: facts.tls_handshake_ms,
            shortage: reason.shortage,
        })
    }

    /// Takes a connection back: it goes to a waiting request, or to rest.
    fn take_back(&self, origin: Arc<Origin>, kept: Box<KeptHttp1>) {
        if Instant::now() >= kept.expires {
            return;
        }
        let mut results = Vec::new();
        {
            let mut hosts = self.hosts();
            let waiting = hosts.get_mut(&origin).and_then(|host| host.next_waiting(kept.used));
            match waiting {
                Some(waiter) => results.push((waiter, Ok(self.lend(&origin, Connection::Http1(kept))))),
                None => self.lay_to_rest(&mut hosts, origin, Resting::Http1(kept)),
            }
        }
        hand_out(results);
    }

    /// Call when a request on a shared connection has ended.
    fn end_request(&self, origin: &Arc<Origin>, shared: &Arc<Http2>) {
        let idle = shared.give_place_back();
        let now = Instant::now();
        let mut results = Vec::new();
        {
            let mut hosts = self.hosts();
            let Some(host) = hosts.get_mut(origin) else { return };
            if !shared.is_of_use(now) {
                hosts.drop_shared(origin, shared);
                self.connect_where_needed(&mut hosts, origin);
            } else if let Some(at) = host.waiting.iter().position(|waiter| waiter.takes(shared))
                && shared.take_place()
            {
                if let Some(waiter) = host.waiting.remove(at) {
                    results.push((waiter, Ok(self.lend(origin, Connection::Http2(shared.clone())))));
                }
            } else if idle {
                self.lay_to_rest(&mut hosts, origin.clone(), Resting::of(shared.clone()));
            }
        }
        hand_out(results);
    }

    fn lay_to_rest(&self, hosts: &mut Hosts, origin: Arc<Origin>, resting: Resting) {
        hosts.lay_to_rest(origin, resting, self.0.bounds.resting);
        if !hosts.is_checking {
            hosts.is_checking = true;
            tokio::spawn(check_resting(Arc::downgrade(&self.0)));
        }
    }
}

/// Closes connections that have rested long enough or that their receivers closed. Ends when no connection rests.
async fn check_resting(pool: Weak<Inner>) {
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut hosts = pool.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if !hosts.check_resting(Instant::now()) {
            hosts.is_checking = false;
            return;
        }
    }
}

/// Hands the results to the waiting requests, outside the lock. A connection whose request has gone is taken back.
fn hand_out(results: Vec<(Waiter, Result<Lease, ConnectFailure>)>) {
    for (waiter, outcome) in results {
        if let Err(Ok(Lease::Http1(lease))) = waiter.sender.send(outcome) {
            lease.pool.take_back(lease.origin, lease.kept);
        }
    }
}

#[cfg(test)]
mod tests;
