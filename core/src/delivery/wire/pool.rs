//! Kept connections, shared by whoever goes to the same scheme, host and port.
//!
//! Of HTTP/1.1 a connection serves one request at a time and rests in between, looked at only when it is wanted again
//! and once a second; of HTTP/2 requests share one. How many rest is bounded for all hosts together, so that what is
//! under way to one host finds its connections again, however many endpoints share it.

mod lease;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::connection::GuardedConnection;
use super::connector::{Connector, no_connection_within};
use super::failure::ConnectFailure;
use super::http1::Http1;
use super::http2::Http2;
use super::origin::Origin;
use super::shortage::Shortage;
pub(super) use lease::{Http1Lease, Http2Lease, Kept, Lease};

/// How long a connection rests before it is closed, where the receiver does not say less.
const REST: Duration = Duration::from_secs(55);
/// How often connections at rest are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A connection comes about and is told of before whoever waits for it gives up.
const SLACK: Duration = Duration::from_millis(50);

/// What bounds a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The most connections at rest.
    pub resting: usize,
    /// The age from which a connection takes no more requests: a name that has moved is followed by then.
    pub age: Duration,
    /// The most that chance adds to it, so that connections made together do not end together.
    pub age_spread: Duration,
    /// After which silence of an HTTP/2 connection with requests under way it is asked whether it lives.
    pub silence: Duration,
    /// Whether what receivers send has a budget.
    pub budget: bool,
}

/// Connections to any number of hosts.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    connector: Connector,
    bounds: Bounds,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    hosts: HashMap<Arc<Origin>, Host, foldhash::fast::RandomState>,
    /// The longest at rest comes first.
    resting: BTreeMap<u64, (Arc<Origin>, Resting)>,
    last_number: u64,
    looked_after: bool,
}

enum Resting {
    Http1(Box<Kept>),
    Http2 { shared: Arc<Http2>, until: Instant },
}

impl Resting {
    fn of(shared: Arc<Http2>) -> Self {
        Self::Http2 { shared, until: Instant::now() + REST }
    }
}

#[derive(Default)]
struct Host {
    /// What its last connection spoke, where that is known.
    speaks: Option<Protocol>,
    /// Numbers of its connections of HTTP/1.1 at rest, the last used at the end.
    resting: VecDeque<u64>,
    shared: Vec<Arc<Http2>>,
    waiting: VecDeque<Waiter>,
    connecting: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Http1,
    Http2,
}

struct Waiter {
    number: u64,
    deadline: Instant,
    /// Only a connection that was made after this will do.
    newer_than: Option<Instant>,
    /// Whether a connection is being made for it.
    served: bool,
    sender: oneshot::Sender<Result<Lease, ConnectFailure>>,
}

enum Fresh {
    Http1(Box<Kept>),
    Http2(Arc<Http2>),
}

impl Pool {
    pub(super) fn new(connector: Connector, bounds: Bounds) -> Self {
        Self(Arc::new(Inner { connector, bounds, state: Mutex::default() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection: one that is kept, or with `fresh` only one that is made from now on.
    pub(super) async fn lease(
        &self,
        origin: &Arc<Origin>,
        deadline: Instant,
        fresh: bool,
    ) -> Result<Lease, ConnectFailure> {
        let now = Instant::now();
        let patience = deadline.min(now + self.0.connector.timeout());
        let given = {
            let mut state = self.state();
            if !fresh && let Some(lease) = self.at_hand(&mut state, origin, now) {
                return Ok(lease);
            }
            let (sender, given) = oneshot::channel();
            let number = state.number();
            let newer_than = fresh.then_some(now);
            let waiter = Waiter { number, deadline, newer_than, served: false, sender };
            state.hosts.entry(origin.clone()).or_default().waiting.push_back(waiter);
            self.connect_where_needed(&mut state, origin);
            given
        };
        match tokio::time::timeout_at((patience + SLACK).into(), given).await {
            Ok(Ok(outcome)) => outcome,
            _ => Err(ConnectFailure {
                text: no_connection_within(patience.saturating_duration_since(now)),
                ..ConnectFailure::default()
            }),
        }
    }

    /// What is there and of use.
    fn at_hand(&self, state: &mut State, origin: &Arc<Origin>, now: Instant) -> Option<Lease> {
        let host = state.hosts.get_mut(origin)?;
        if let Some(shared) = host.place(now, None) {
            state.resting.remove(&shared.resting.swap(0, Relaxed));
            return Some(self.shared_lease(origin, shared));
        }
        while let Some(number) = host.resting.pop_back() {
            let Some((_, Resting::Http1(mut kept))) = state.resting.remove(&number) else { continue };
            if kept.may_serve(now) {
                return Some(self.lone_lease(origin, kept));
            }
        }
        None
    }

    fn lone_lease(&self, origin: &Arc<Origin>, kept: Box<Kept>) -> Lease {
        let reused = kept.used;
        Lease::Http1(Http1Lease { pool: self.clone(), origin: origin.clone(), kept, reused })
    }

    /// For whoever has taken a place on it.
    fn shared_lease(&self, origin: &Arc<Origin>, shared: Arc<Http2>) -> Lease {
        let reused = shared.note_use();
        Lease::Http2(Http2Lease { pool: self.clone(), origin: origin.clone(), shared, reused })
    }

    /// Begins as many connections as those who wait will need. Over TLS one shows first whether they can share it.
    fn connect_where_needed(&self, state: &mut State, origin: &Arc<Origin>) {
        let Some(host) = state.hosts.get_mut(origin) else { return };
        host.waiting.retain(|waiter| !waiter.sender.is_closed());
        let one_each = !origin.is_secure() || host.speaks == Some(Protocol::Http1);
        let wanted = if one_each { host.waiting.len() } else { host.waiting.len().min(1) };
        while host.connecting < wanted {
            let Some(waiter) = host.waiting.iter_mut().find(|waiter| !waiter.served) else { break };
            waiter.served = true;
            host.connecting += 1;
            tokio::spawn(self.clone().connect(origin.clone(), waiter.number, waiter.deadline));
        }
        state.forget_if_empty(origin);
    }

    /// Makes a connection and gives it to the one that it was begun for, to another that waits, or to rest.
    async fn connect(self, origin: Arc<Origin>, number: u64, deadline: Instant) {
        let made = self.make(&origin, deadline).await;
        let mut told = Vec::new();
        let mut unwanted = None;
        {
            let mut state = self.state();
            let host = state.hosts.entry(origin.clone()).or_default();
            host.connecting = host.connecting.saturating_sub(1);
            let own = host.waiting.iter().position(|waiter| waiter.number == number);
            match made {
                Err(failure) => {
                    if failure.shortage == Some(Shortage::Descriptors) {
                        // Those at rest have some.
                        let resting: Vec<u64> = state.resting.keys().copied().collect();
                        resting.into_iter().for_each(|number| state.dismiss(number));
                    }
                    let host = state.hosts.entry(origin.clone()).or_default();
                    if let Some(waiter) = own.and_then(|at| host.waiting.remove(at)) {
                        told.push((waiter, Err(failure)));
                    }
                }
                Ok(Fresh::Http1(kept)) => {
                    host.speaks = Some(Protocol::Http1);
                    match own.or(Some(0)).and_then(|at| host.waiting.remove(at)) {
                        Some(waiter) => told.push((waiter, Ok(self.lone_lease(&origin, kept)))),
                        None => unwanted = Some(kept),
                    }
                }
                Ok(Fresh::Http2(shared)) => {
                    host.speaks = Some(Protocol::Http2);
                    host.shared.push(shared.clone());
                    while let Some(waiter) = host.waiting.pop_front() {
                        if !shared.take_place() {
                            host.waiting.push_front(waiter);
                            break;
                        }
                        told.push((waiter, Ok(self.shared_lease(&origin, shared.clone()))));
                    }
                    if shared.is_idle() {
                        self.lay_to_rest(&mut state, origin.clone(), Resting::of(shared));
                    }
                }
            }
            self.connect_where_needed(&mut state, &origin);
        }
        tell(told);
        if let Some(kept) = unwanted {
            self.rest(origin, kept);
        }
    }

    async fn make(&self, origin: &Origin, deadline: Instant) -> Result<Fresh, ConnectFailure> {
        let connection = self.0.connector.connect(&origin.uri(), deadline).await?;
        let bounds = &self.0.bounds;
        let now = Instant::now();
        let expires = now + bounds.age + bounds.age_spread.mul_f64(fastrand::f64());
        if !connection.http2 {
            let GuardedConnection { stream, facts, .. } = connection;
            let http1 = Http1::new(stream);
            return Ok(Fresh::Http1(Box::new(Kept {
                http1,
                facts,
                expires,
                rests_until: now + REST,
                used: false,
            })));
        }
        let facts = connection.facts;
        let begun = Http2::begin(connection, expires, bounds.silence, bounds.budget).await;
        begun.map(|shared| Fresh::Http2(Arc::new(shared))).map_err(|reason| ConnectFailure {
            text: reason.text,
            ip: Some(facts.ip),
            dns_ms: facts.dns_ms,
            tcp_connect_ms: Some(facts.tcp_connect_ms),
            tls_handshake_ms: facts.tls_handshake_ms,
            shortage: reason.shortage,
        })
    }

    /// A connection that can serve again: for whoever waits, or to rest.
    fn rest(&self, origin: Arc<Origin>, kept: Box<Kept>) {
        if Instant::now() >= kept.expires {
            return;
        }
        let mut told = Vec::new();
        {
            let mut state = self.state();
            let waiting = state.hosts.get_mut(&origin).and_then(|host| host.next_waiting(kept.used));
            match waiting {
                Some(waiter) => told.push((waiter, Ok(self.lone_lease(&origin, kept)))),
                None => self.lay_to_rest(&mut state, origin, Resting::Http1(kept)),
            }
        }
        tell(told);
    }

    /// A request on a shared connection has ended.
    fn leave(&self, origin: &Arc<Origin>, shared: &Arc<Http2>) {
        let idle = shared.give_place_back();
        let now = Instant::now();
        let mut told = Vec::new();
        {
            let mut state = self.state();
            let Some(host) = state.hosts.get_mut(origin) else { return };
            if !shared.is_of_use(now) {
                host.shared.retain(|other| !Arc::ptr_eq(other, shared));
                self.connect_where_needed(&mut state, origin);
            } else if let Some(at) = host.waiting.iter().position(|waiter| waiter.takes(shared))
                && shared.take_place()
            {
                if let Some(waiter) = host.waiting.remove(at) {
                    told.push((waiter, Ok(self.shared_lease(origin, shared.clone()))));
                }
            } else if idle {
                self.lay_to_rest(&mut state, origin.clone(), Resting::of(shared.clone()));
            }
        }
        tell(told);
    }

    /// Keeps a connection, in place of the one that has rested longest where there are too many.
    fn lay_to_rest(&self, state: &mut State, origin: Arc<Origin>, resting: Resting) {
        let number = state.number();
        match &resting {
            Resting::Http1(_) => {
                state.hosts.entry(origin.clone()).or_default().resting.push_back(number);
            }
            Resting::Http2 { shared, .. } => shared.resting.store(number, Relaxed),
        }
        state.resting.insert(number, (origin, resting));
        while state.resting.len() > self.0.bounds.resting {
            let Some((oldest, _)) = state.resting.first_key_value() else { break };
            let oldest = *oldest;
            state.dismiss(oldest);
        }
        if !state.looked_after {
            state.looked_after = true;
            tokio::spawn(look_after(Arc::downgrade(&self.0)));
        }
    }
}

/// Closes what has rested long enough or was closed by its receiver, until nothing rests.
async fn look_after(pool: Weak<Inner>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut state = pool.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let over = state.resting.iter_mut().filter_map(|(number, (_, resting))| {
            let stays = match resting {
                Resting::Http1(kept) => kept.may_serve(now),
                Resting::Http2 { shared, until } => shared.is_of_use(now) && now < *until,
            };
            (!stays).then_some(*number)
        });
        for number in over.collect::<Vec<_>>() {
            state.dismiss(number);
        }
        if state.resting.is_empty() {
            state.looked_after = false;
            return;
        }
    }
}

/// Tells whoever waited, outside the lock: what nobody takes any more goes back by its own way.
fn tell(told: Vec<(Waiter, Result<Lease, ConnectFailure>)>) {
    for (waiter, outcome) in told {
        if let Err(Ok(Lease::Http1(lease))) = waiter.sender.send(outcome) {
            lease.pool.rest(lease.origin, lease.kept);
        }
    }
}

impl State {
    fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Lets go of a connection at rest.
    fn dismiss(&mut self, number: u64) {
        let Some((origin, resting)) = self.resting.remove(&number) else { return };
        if let Some(host) = self.hosts.get_mut(&origin) {
            match resting {
                Resting::Http1(_) => host.resting.retain(|other| *other != number),
                Resting::Http2 { shared, .. } => host.shared.retain(|other| !Arc::ptr_eq(other, &shared)),
            }
        }
        self.forget_if_empty(&origin);
    }

    fn forget_if_empty(&mut self, origin: &Arc<Origin>) {
        let empty = self.hosts.get(origin).is_some_and(|host| {
            host.resting.is_empty()
                && host.shared.is_empty()
                && host.waiting.is_empty()
                && host.connecting == 0
        });
        if empty {
            self.hosts.remove(origin);
        }
    }
}

impl Host {
    /// A place on a shared connection that is of use. What is of none any more is let go.
    fn place(&mut self, now: Instant, newer_than: Option<Instant>) -> Option<Arc<Http2>> {
        if self.shared.is_empty() {
            return None;
        }
        self.shared.retain(|shared| shared.is_of_use(now));
        let mut fitting =
            self.shared.iter().filter(|shared| newer_than.is_none_or(|then| shared.born > then));
        fitting.find(|shared| shared.take_place()).cloned()
    }

    /// Who waits longest and would take a connection of HTTP/1.1.
    fn next_waiting(&mut self, used: bool) -> Option<Waiter> {
        loop {
            let at = self.waiting.iter().position(|waiter| !used || waiter.newer_than.is_none())?;
            let waiter = self.waiting.remove(at)?;
            if !waiter.sender.is_closed() {
                return Some(waiter);
            }
        }
    }
}

impl Waiter {
    fn takes(&self, shared: &Http2) -> bool {
        !self.sender.is_closed() && self.newer_than.is_none_or(|then| shared.born > then)
    }
}

#[cfg(test)]
mod tests;
