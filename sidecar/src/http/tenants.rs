//! Who holds a connection, and for how long. A place is held by who uses it: without a request under way only for as long as
//! the next one's headers may take, and with an answer that is not taken only for as long as that may take, whatever the
//! protocol. Who has shown no key gives way to who comes when all places are taken, and at a stop at once.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::sync::{Notify, watch};

use super::limits::Limits;

/// What is left of a stop to who has nothing under way, so that an answer still goes out.
const FAREWELL: Duration = Duration::from_secs(1);
/// How often, at most and at least, it is looked who has stayed too long.
const LOOKS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// What a connection is told. Each is more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    Stay,
    /// Take no more requests, and end once what is under way has.
    Finish,
    /// End now.
    Leave,
}

/// Every connection there is.
#[derive(Default)]
pub struct Tenants {
    all: Mutex<HashMap<u64, Arc<Tenant>>>,
    next: AtomicU64,
    emptied: Notify,
}

/// One connection.
pub struct Tenant {
    known: AtomicBool,
    held: Mutex<Held>,
    order: watch::Sender<Order>,
}

struct Held {
    under_way: usize,
    /// Since nothing is under way.
    rests_since: Instant,
    finishes_since: Option<Instant>,
    /// When a piece of each answer was last taken.
    answers: HashMap<u64, Instant>,
    next: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection's entry, which goes with it.
pub struct Entry {
    tenants: Arc<Tenants>,
    number: u64,
    pub tenant: Arc<Tenant>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut all = lock(&self.tenants.all);
        all.remove(&self.number);
        if all.is_empty() {
            self.tenants.emptied.notify_waiters();
        }
    }
}

impl Tenants {
    /// A connection that was accepted.
    pub fn enter(self: &Arc<Self>) -> Entry {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let tenant = Arc::new(Tenant {
            known: AtomicBool::new(false),
            held: Mutex::new(Held {
                under_way: 0,
                rests_since: Instant::now(),
                finishes_since: None,
                answers: HashMap::new(),
                next: 0,
            }),
            order: watch::Sender::new(Order::Stay),
        });
        lock(&self.all).insert(number, tenant.clone());
        Entry { tenants: self.clone(), number, tenant }
    }

    /// Has the oldest of those that have shown no key leave.
    pub fn make_room(&self) {
        let all = lock(&self.all);
        let unknown = all.iter().filter(|(_, tenant)| {
            !tenant.known.load(Ordering::Acquire) && *tenant.order.borrow() != Order::Leave
        });
        if let Some((_, oldest)) = unknown.min_by_key(|(number, _)| **number) {
            oldest.tell(Order::Leave);
        }
    }

    /// Looks after those who stay too long, without end.
    pub async fn look_after(&self, limits: Limits, mut stopping: watch::Receiver<bool>) {
        let pause = limits.header_patience.min(limits.write_patience) / 8;
        let pause = pause.clamp(LOOKS.0, LOOKS.1);
        let mut stopped_at = None;
        loop {
            if stopped_at.is_none() {
                let stopped = stopping.wait_for(|stopping| *stopping);
                if tokio::time::timeout(pause, stopped).await.is_ok() {
                    stopped_at = Some(Instant::now());
                }
            } else {
                tokio::time::sleep(LOOKS.0).await;
            }
            let now = Instant::now();
            let all: Vec<Arc<Tenant>> = lock(&self.all).values().cloned().collect();
            for tenant in all {
                tenant.look(now, limits, stopped_at);
            }
        }
    }

    /// Waits until nobody is left.
    pub async fn gone(&self) {
        loop {
            let emptied = self.emptied.notified();
            if lock(&self.all).is_empty() {
                return;
            }
            emptied.await;
        }
    }
}

impl Tenant {
    /// It has shown a key.
    pub fn is_known(&self) {
        self.known.store(true, Ordering::Release);
    }

    pub fn orders(&self) -> watch::Receiver<Order> {
        self.order.subscribe()
    }

    fn tell(&self, order: Order) {
        self.order.send_if_modified(|current| {
            let is_more = order > *current;
            if is_more {
                *current = order;
            }
            is_more
        });
    }

    fn look(&self, now: Instant, limits: Limits, stopped_at: Option<Instant>) {
        let mut held = lock(&self.held);
        let longer_than =
            |since: Instant, patience: Duration| now.saturating_duration_since(since) > patience;
        let rests = held.under_way == 0;
        if let Some(stopped_at) = stopped_at {
            held.finishes_since.get_or_insert(now);
            self.tell(Order::Finish);
            let may_stay = !rests && self.known.load(Ordering::Acquire);
            if !may_stay && longer_than(stopped_at.max(held.rests_since), FAREWELL) {
                return self.tell(Order::Leave);
            }
        }
        if held.answers.values().any(|taken| longer_than(*taken, limits.write_patience)) {
            return self.tell(Order::Leave);
        }
        match held.finishes_since {
            // What was answered may still be on its way.
            Some(since) if rests && longer_than(since.max(held.rests_since), limits.write_patience) => {
                self.tell(Order::Leave);
            }
            None if rests && longer_than(held.rests_since, limits.header_patience) => {
                held.finishes_since = Some(now);
                self.tell(Order::Finish);
            }
            _ => {}
        }
    }

    /// A request of this connection, until its answer has been taken or given up.
    pub fn begin(self: &Arc<Self>) -> Turn {
        let mut held = lock(&self.held);
        held.under_way += 1;
        held.next += 1;
        Turn { number: held.next, tenant: self.clone() }
    }
}

/// A request under way.
pub struct Turn {
    tenant: Arc<Tenant>,
    number: u64,
}

impl Turn {
    /// A piece of the answer is there to be taken, or was.
    fn progresses(&self) {
        lock(&self.tenant.held).answers.insert(self.number, Instant::now());
    }

    /// Its answer, which is under way until all of it was taken.
    pub fn answering(self, body: Body) -> Taken {
        self.progresses();
        Taken { body, turn: self }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut held = lock(&self.tenant.held);
        held.answers.remove(&self.number);
        held.under_way -= 1;
        if held.under_way == 0 {
            held.rests_since = Instant::now();
        }
    }
}

/// An answer of which it is known when something was last taken.
pub struct Taken {
    body: Body,
    turn: Turn,
}

impl HttpBody for Taken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(Some(Ok(_)))) {
            self.turn.progresses();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
