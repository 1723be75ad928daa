//! What is known of each host: its connections at rest and those that requests share, and who waits for one.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::lease::{Connection, Kept, Lease};
use crate::wire::failure::ConnectFailure;
use crate::wire::http2::Http2;
use crate::wire::origin::Origin;
use crate::wire::remembered::Remembered;

/// How long a connection rests before it is closed, where the receiver does not say less.
pub(super) const REST: Duration = Duration::from_secs(55);
/// For how long it is remembered that a connection to a host was closed since it sent too much.
const FLOODED_LATELY: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Hosts {
    hosts: HashMap<Arc<Origin>, Host, foldhash::fast::RandomState>,
    /// The longest at rest comes first.
    resting: BTreeMap<u64, (Arc<Origin>, Resting)>,
    last_number: u64,
    /// Whether those at rest are looked at from time to time.
    pub looked_after: bool,
    /// When a connection to a host was last closed since it sent too much.
    floods: Remembered<Arc<Origin>, Instant>,
}

pub(super) enum Resting {
    Http1(Box<Kept>),
    Http2 { shared: Arc<Http2>, until: Instant },
}

impl Resting {
    pub(super) fn of(shared: Arc<Http2>) -> Self {
        Self::Http2 { shared, until: Instant::now() + REST }
    }
}

#[derive(Default)]
pub(super) struct Host {
    /// What its last connection spoke, where that is known.
    pub speaks: Option<Protocol>,
    /// Numbers of its connections of HTTP/1.1 at rest, the last used at the end.
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
    /// Only a connection that was made after this will do.
    pub newer_than: Option<Instant>,
    /// Whether a connection is being made for it.
    pub served: bool,
    pub sender: oneshot::Sender<Result<Lease, ConnectFailure>>,
}

impl Hosts {
    /// Of a waiter or of a connection at rest.
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

    /// What is there and of use; of a shared connection a place is taken.
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

    /// Whether a connection to the host was closed lately since it sent too much.
    pub(super) fn has_flooded(&mut self, origin: &Arc<Origin>, now: Instant) -> bool {
        let last = self.floods.get(origin);
        last.is_some_and(|at| now.saturating_duration_since(at) < FLOODED_LATELY)
    }

    /// Lets go of a shared connection that is of no more use.
    pub(super) fn let_go(&mut self, origin: &Arc<Origin>, shared: &Arc<Http2>) {
        if let Some(host) = self.hosts.get_mut(origin) {
            host.shared.retain(|other| !Arc::ptr_eq(other, shared));
        }
        if shared.has_flooded() {
            self.floods.set(origin.clone(), Instant::now());
        }
    }

    /// Keeps a connection, in place of the one that has rested longest where there are more than `most`.
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
            self.dismiss(oldest);
        }
    }

    /// Lets go of those that have rested long enough or were closed by their receiver; answers whether any are left.
    pub(super) fn look_at_those_at_rest(&mut self, now: Instant) -> bool {
        let over = self.resting.iter_mut().filter_map(|(number, (_, resting))| {
            let stays = match resting {
                Resting::Http1(kept) => kept.may_serve(now),
                Resting::Http2 { shared, until } => shared.is_of_use(now) && now < *until,
            };
            (!stays).then_some(*number)
        });
        for number in over.collect::<Vec<_>>() {
            self.dismiss(number);
        }
        !self.resting.is_empty()
    }

    /// How many hosts are known, and how many connections rest.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.hosts.len(), self.resting.len())
    }

    /// Lets go of all that rest.
    pub(super) fn dismiss_all(&mut self) {
        let resting: Vec<u64> = self.resting.keys().copied().collect();
        resting.into_iter().for_each(|number| self.dismiss(number));
    }

    /// Lets go of a connection at rest.
    fn dismiss(&mut self, number: u64) {
        let Some((origin, resting)) = self.resting.remove(&number) else { return };
        match (resting, self.hosts.get_mut(&origin)) {
            (Resting::Http1(_), Some(host)) => host.resting.retain(|other| *other != number),
            (Resting::Http1(_), None) => {}
            (Resting::Http2 { shared, .. }, _) => self.let_go(&origin, &shared),
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
    /// A place on a shared connection that is of use. What is of none any more is let go.
    fn place(&mut self, now: Instant) -> Option<Arc<Http2>> {
        if self.shared.is_empty() {
            return None;
        }
        self.shared.retain(|shared| shared.is_of_use(now));
        self.shared.iter().find(|shared| shared.take_place()).cloned()
    }

    /// Who waits longest and would take a connection of HTTP/1.1.
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
