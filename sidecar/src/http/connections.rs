//! Which connections are open, and which of them must go. A client keeps its connection only while it uses it: without a
//! request under way for as long as the next request's headers may take, and with an answer that it does not read for as
//! long as a write may take, over HTTP/1 and HTTP/2 alike. A connection that has shown no API key is closed when a new one
//! finds no permit, and at once when the server stops.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};

use super::limits::Limits;
#[cfg(feature = "console")]
use super::permits::Permits;

/// After a stop, an idle connection stays this long, so that its last answer still reaches the client.
const LAST_ANSWER: Duration = Duration::from_secs(1);
/// The shortest and the longest pause between two checks of all connections.
const CHECK_PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Whether a connection is to end. It only ever moves downwards in this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shutdown {
    /// The connection goes on.
    None,
    /// No new requests; the connection ends after those under way.
    Graceful,
    /// The connection ends now.
    Immediate,
}

/// All open connections of the server.
#[derive(Default)]
pub struct Connections {
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    next_number: AtomicU64,
    all_closed: Notify,
}

/// One open connection.
pub struct Connection {
    /// A request on it showed a valid API key.
    authenticated: AtomicBool,
    activity: Mutex<Activity>,
    shutdown: watch::Sender<Shutdown>,
    /// Its place among the connections of the API's clients, or of browsers.
    permit: Mutex<Option<OwnedSemaphorePermit>>,
    #[cfg(feature = "console")]
    of_a_browser: AtomicBool,
}

/// The requests and answers of a connection.
struct Activity {
    requests: usize,
    /// The end of the last request, or the beginning of the connection.
    idle_since: Instant,
    /// When a graceful shutdown began.
    shutdown_since: Option<Instant>,
    /// For each answer under way, when the client last took a part of it.
    answers: HashMap<u64, Instant>,
    next_request: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a connection in [`Connections`] until it is dropped.
pub struct Registration {
    connections: Arc<Connections>,
    number: u64,
    pub connection: Arc<Connection>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        lock(&self.connection.permit).take();
        let mut open = lock(&self.connections.open);
        open.remove(&self.number);
        if open.is_empty() {
            self.connections.all_closed.notify_waiters();
        }
    }
}

impl Connections {
    /// Adds a connection that was just accepted.
    pub fn register(self: &Arc<Self>, permit: Option<OwnedSemaphorePermit>) -> Registration {
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection {
            authenticated: AtomicBool::new(false),
            activity: Mutex::new(Activity {
                requests: 0,
                idle_since: Instant::now(),
                shutdown_since: None,
                answers: HashMap::new(),
                next_request: 0,
            }),
            shutdown: watch::Sender::new(Shutdown::None),
            permit: Mutex::new(permit),
            #[cfg(feature = "console")]
            of_a_browser: AtomicBool::new(false),
        });
        lock(&self.open).insert(number, connection.clone());
        Registration { connections: self.clone(), number, connection }
    }

    /// Closes the oldest connection that has shown no API key.
    pub fn close_oldest_unauthenticated(&self) {
        let open = lock(&self.open);
        let unauthenticated = open.iter().filter(|(_, connection)| {
            !connection.authenticated.load(Ordering::Acquire)
                && *connection.shutdown.borrow() != Shutdown::Immediate
        });
        if let Some((_, oldest)) = unauthenticated.min_by_key(|(number, _)| **number) {
            oldest.request_shutdown(Shutdown::Immediate);
        }
    }

    /// Checks every connection against `limits` again and again. Never returns.
    pub async fn enforce(&self, limits: Limits, mut stopping: watch::Receiver<bool>) {
        let pause = limits.header_patience.min(limits.write_patience) / 8;
        let pause = pause.clamp(CHECK_PAUSE.0, CHECK_PAUSE.1);
        let mut stopped_at = None;
        loop {
            if stopped_at.is_none() {
                let stopped = stopping.wait_for(|stopping| *stopping);
                if tokio::time::timeout(pause, stopped).await.is_ok() {
                    stopped_at = Some(Instant::now());
                }
            } else {
                tokio::time::sleep(CHECK_PAUSE.0).await;
            }
            let now = Instant::now();
            let open: Vec<Arc<Connection>> = lock(&self.open).values().cloned().collect();
            for connection in open {
                connection.check(now, limits, stopped_at);
            }
        }
    }

    /// Waits until no connection is open.
    pub async fn wait_until_closed(&self) {
        loop {
            let all_closed = self.all_closed.notified();
            if lock(&self.open).is_empty() {
                return;
            }
            all_closed.await;
        }
    }
}

impl Connection {
    /// Notes that a request showed a valid API key, or a link that the engine signed.
    pub fn mark_authenticated(&self) {
        self.authenticated.store(true, Ordering::Release);
    }

    /// Notes that a browser has asked for the console over it: from now on it has one of `places`, as long as there is one,
    /// instead of one of those of the API's clients.
    #[cfg(feature = "console")]
    pub fn is_of_a_browser(&self, places: &Permits) {
        if !self.of_a_browser.swap(true, Ordering::AcqRel)
            && let Some(place) = places.try_acquire_owned()
        {
            *lock(&self.permit) = Some(place);
        }
    }

    pub fn shutdown(&self) -> watch::Receiver<Shutdown> {
        self.shutdown.subscribe()
    }

    fn request_shutdown(&self, shutdown: Shutdown) {
        self.shutdown.send_if_modified(|current| {
            let is_further = shutdown > *current;
            if is_further {
                *current = shutdown;
            }
            is_further
        });
    }

    fn check(&self, now: Instant, limits: Limits, stopped_at: Option<Instant>) {
        let mut activity = lock(&self.activity);
        let longer_than =
            |since: Instant, patience: Duration| now.saturating_duration_since(since) > patience;
        let is_idle = activity.requests == 0;
        if let Some(stopped_at) = stopped_at {
            activity.shutdown_since.get_or_insert(now);
            self.request_shutdown(Shutdown::Graceful);
            let may_stay = !is_idle && self.authenticated.load(Ordering::Acquire);
            if !may_stay && longer_than(stopped_at.max(activity.idle_since), LAST_ANSWER) {
                return self.request_shutdown(Shutdown::Immediate);
            }
        }
        if activity.answers.values().any(|taken| longer_than(*taken, limits.write_patience)) {
            return self.request_shutdown(Shutdown::Immediate);
        }
        match activity.shutdown_since {
            // The last answer may still be on its way: the connection gets as long as a write may take.
            Some(since) if is_idle && longer_than(since.max(activity.idle_since), limits.write_patience) => {
                self.request_shutdown(Shutdown::Immediate);
            }
            None if is_idle && longer_than(activity.idle_since, limits.header_patience) => {
                activity.shutdown_since = Some(now);
                self.request_shutdown(Shutdown::Graceful);
            }
            _ => {}
        }
    }

    /// Counts a request until its answer was sent or given up.
    pub fn begin_request(self: &Arc<Self>) -> ActiveRequest {
        let mut activity = lock(&self.activity);
        activity.requests += 1;
        activity.next_request += 1;
        ActiveRequest { number: activity.next_request, connection: self.clone() }
    }
}

/// A request under way on a connection.
pub struct ActiveRequest {
    connection: Arc<Connection>,
    number: u64,
}

impl ActiveRequest {
    /// The client has taken a part of the answer, or can begin to.
    fn progressed(&self) {
        lock(&self.connection.activity).answers.insert(self.number, Instant::now());
    }

    /// The answer's body. The request is under way until the body is dropped.
    pub fn answer_with(self, body: Body) -> AnswerBody {
        self.progressed();
        AnswerBody { body, request: self }
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        let mut activity = lock(&self.connection.activity);
        activity.answers.remove(&self.number);
        activity.requests -= 1;
        if activity.requests == 0 {
            activity.idle_since = Instant::now();
        }
    }
}

/// The body of an answer. It notes when the client takes a part of it.
pub struct AnswerBody {
    body: Body,
    request: ActiveRequest,
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(Some(Ok(_)))) {
            self.request.progressed();
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
