//! The state of each host: its connections at rest, its shared connections, and the requests that wait for one.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::lease::{Connection, KeptHttp1, Lease};
use crate::wire::failure::ConnectFailure;
use crate::wire::http2::Http2;
use crate::wire::origin::Origin;
use crate::wire::remembered::Remembered;

/// How long a connection rests before it is closed, unless the receiver gives a shorter time.
pub(super) const REST: Duration = Duration::from_secs(55);
/// For how long the pool remembers that it closed a connection because its host sent too much.
const FLOODED_LATELY: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Hosts {
    hosts: HashMap<Arc<Origin>, Host, foldhash::fast::RandomState>,
    /// Connections at rest by number. The one that has rested longest comes first.
    resting: BTreeMap<u64, (Arc<Origin>, Resting)>,
    last_number: u64,
    /// Whether the task that checks connections at rest is running.
    pub is_checking: bool,
    /// When a connection to a host was last closed because the host sent too much.
    floods: Remembered<Arc<Origin>, Instant>,
}

pub(super) enum Resting {
    Http1(Box<KeptHttp1>),
    Http2 { shared: Arc<Http2>, until: Instant },
}

impl Resting {
    pub(super) fn of(shared: Arc<Http2>) -> Self {
        Self::Http2 { shared, until: Instant::now() + REST }
    }
}

#[derive(Default)]
pub(super) struct Host {
    /// The protocol of its last connection, where that is known.
    pub speaks: Option<Protocol>,
    /// Numbers of its HTTP/1.1 connections at rest. The one used last is at the end.
    resting: VecDeque<u64>,
    pub shared: Vec<Arc<Http2>>,
    pub waiting: VecDeque<Waiter>,
    pub connecting: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

pub(super) struct Waiter {
    pub number: u64,
    pub deadline: Instant,
    /// The request takes only a connection that was made after this time.
    pub newer_than: Option<Instant>,
    /// Whether a connection is being made for the request.
    pub served: bool,
    pub sender: oneshot::Sender<Result<Lease, ConnectFailure>>,
}

impl Hosts {
    /// The next number, for a waiter or a connection at rest.
    pub(super) fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    pub(super) fn get_mut(&mut self, origin: &Arc<Origin>) -> Option<&mut Host> {
        self.hosts.get_mut(origin)
    }

    pub(super) fn entry(&mut self, origin: &Arc<Origin>) -> &mut Host {
        self.hosts.entry(origin.clone()).or_default()
    }

    /// Takes a usable connection to the host, if there is one. On a shared connection it takes a place.
    pub(super) fn at_hand(&mut self, origin: &Arc<Origin>, now: Instant) -> Option<Connection> {
        let host = self.hosts.get_mut(origin)?;
        if host.shared.iter().any(|shared| shared.has_flooded()) {
            self.floods.set(origin.clone(), now);
        }
        if let Some(shared) = host.place(now) {
            self.resting.remove(&shared.resting.swap(0, Relaxed));
            return Some(Connection::Http2(shared));
        }
        while let Some(number) = host.resting.pop_back() {
            let Some((_, Resting::Http1(mut kept))) = self.resting.remove(&number) else { continue };
            if kept.may_serve(now) {
                return Some(Connection::Http1(kept));
            }
        }
        None
    }

    /// Whether a connection to the host was closed lately because the host sent too much.
    pub(super) fn has_flooded(&mut self, origin: &Arc<Origin>, now: Instant) -> bool {
        let last = self.floods.get(origin);
        last.is_some_and(|at| now.saturating_duration_since(at) < FLOODED_LATELY)
    }

    /// Drops a shared connection that takes no more requests.
    pub(super) fn drop_shared(&mut self, origin: &Arc<Origin>, shared: &Arc<Http2>) {
        if let Some(host) = self.hosts.get_mut(origin) {
            host.shared.retain(|other| !Arc::ptr_eq(other, shared));
        }
        if shared.has_flooded() {
            self.floods.set(origin.clone(), Instant::now());
        }
    }

    /// Puts a connection to rest. Closes those that have rested longest while there are more than `most`.
    pub(super) fn lay_to_rest(&mut self, origin: Arc<Origin>, resting: Resting, most: usize) {
        let number = self.number();
        match &resting {
            Resting::Http1(_) => self.entry(&origin).resting.push_back(number),
            Resting::Http2 { shared, .. } => shared.resting.store(number, Relaxed),
        }
        self.resting.insert(number, (origin, resting));
        while self.resting.len() > most {
            let Some((oldest, _)) = self.resting.first_key_value() else { break };
            let oldest = *oldest;
            self.close_resting(oldest);
        }
    }

    /// Closes connections that have rested long enough or that their receivers closed. Returns whether any are left.
    pub(super) fn check_resting(&mut self, now: Instant) -> bool {
        let over = self.resting.iter_mut().filter_map(|(number, (_, resting))| {
            let stays = match resting {
                Resting::Http1(kept) => kept.may_serve(now),
                Resting::Http2 { shared, until } => shared.is_of_use(now) && now < *until,
            };
            (!stays).then_some(*number)
        });
        for number in over.collect::<Vec<_>>() {
            self.close_resting(number);
        }
        !self.resting.is_empty()
    }

    /// The number of known hosts, and of connections at rest.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.hosts.len(), self.resting.len())
    }

    /// Closes every connection at rest.
    pub(super) fn close_all_resting(&mut self) {
        let resting: Vec<u64> = self.resting.keys().copied().collect();
        resting.into_iter().for_each(|number| self.close_resting(number));
    }

    /// Closes a connection at rest.
    fn close_resting(&mut self, number: u64) {
        let Some((origin, resting)) = self.resting.remove(&number) else { return };
        match (resting, self.hosts.get_mut(&origin)) {
            (Resting::Http1(_), Some(host)) => host.resting.retain(|other| *other != number),
            (Resting::Http1(_), None) => {}
            (Resting::Http2 { shared, .. }, _) => self.drop_shared(&origin, &shared),
        }
        self.forget_if_empty(&origin);
    }

    pub(super) fn forget_if_empty(&mut self, origin: &Arc<Origin>) {
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
    /// Takes a place on a usable shared connection, and drops the unusable ones.
    fn place(&mut self, now: Instant) -> Option<Arc<Http2>> {
        if self.shared.is_empty() {
            return None;
        }
        self.shared.retain(|shared| shared.is_of_use(now));
        self.shared.iter().find(|shared| shared.take_place()).cloned()
    }

    /// The request that has waited longest and takes an HTTP/1.1 connection. `used`: the connection has served before.
    pub(super) fn next_waiting(&mut self, used: bool) -> Option<Waiter> {
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
    pub(super) fn takes(&self, shared: &Http2) -> bool {
        !self.sender.is_closed() && self.newer_than.is_none_or(|then| shared.born > then)
    }
}
