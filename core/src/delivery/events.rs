//! Events for the host, in queues. Each has a descriptor that any event loop can watch.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::error::{Error, ErrorCode, Result};
use crate::host::fork;
use crate::model::event::Event;

/// The most events that wait in one queue.
const CAPACITY: usize = 10_000;

#[derive(Default)]
struct Waiting {
    events: VecDeque<Event>,
    dropped: u64,
    closed: bool,
}

struct Shared {
    /// Locked only inside the gate of [`crate::host::fork`].
    waiting: Mutex<Waiting>,
    bell: UnixStream,
}

impl Shared {
    /// Makes the queue's descriptor readable.
    fn ring(&self) {
        // A pipe that is full is readable already.
        let _ = (&self.bell).write(&[1]);
    }
}

/// Hands events to every subscribed queue.
#[derive(Default)]
pub(crate) struct EventHub {
    queues: Mutex<Vec<Weak<Shared>>>,
    /// Why this process, which should deliver, cannot. Later subscribers get it too. Locked before `queues`, and only
    /// inside the gate.
    hindrance: Mutex<Option<Event>>,
    /// Whether any queue was ever subscribed. Without one, a delivery passes no gate and takes no lock for its event.
    listened_to: AtomicBool,
}

impl EventHub {
    pub(crate) fn subscribe(&self) -> Result<EventQueue> {
        let pair = UnixStream::pair().and_then(|(reader, bell)| {
            reader.set_nonblocking(true)?;
            bell.set_nonblocking(true)?;
            Ok((reader, bell))
        });
        let (reader, bell) = pair.map_err(|cause| {
            Error::new(ErrorCode::Internal, format!("an event queue cannot be made: {cause}"))
        })?;
        let shared = Arc::new(Shared { waiting: Mutex::default(), bell });
        let _inside = fork::enter();
        let hindrance = fork::lock(&self.hindrance);
        if let Some(event) = hindrance.as_ref() {
            fork::lock(&shared.waiting).events.push_back(event.clone());
            shared.ring();
        }
        fork::lock(&self.queues).push(Arc::downgrade(&shared));
        self.listened_to.store(true, Ordering::Release);
        Ok(EventQueue { shared, reader })
    }

    pub(crate) fn publish(&self, event: impl FnOnce() -> Event) {
        if !self.listened_to.load(Ordering::Acquire) {
            return;
        }
        let _inside = fork::enter();
        let mut queues = fork::lock(&self.queues);
        let event = event();
        queues.retain(|queue| {
            let Some(queue) = queue.upgrade() else { return false };
            let mut waiting = fork::lock(&queue.waiting);
            if waiting.events.len() >= CAPACITY {
                waiting.events.pop_front();
                waiting.dropped += 1;
            }
            waiting.events.push_back(event.clone());
            if waiting.events.len() == 1 {
                queue.ring();
            }
            true
        });
    }

    /// Whether no queue is left.
    pub(crate) fn is_deserted(&self) -> bool {
        let _inside = fork::enter();
        let mut queues = fork::lock(&self.queues);
        queues.retain(|queue| queue.strong_count() > 0);
        queues.is_empty()
    }

    /// Counts in every queue that something was left out.
    pub(crate) fn skip(&self) {
        let _inside = fork::enter();
        for queue in fork::lock(&self.queues).iter().filter_map(Weak::upgrade) {
            fork::lock(&queue.waiting).dropped += 1;
        }
    }

    /// Publishes why this process, which should deliver, cannot. False where that reason was the last one published.
    pub(crate) fn hinder(&self, why: &str) -> bool {
        let _inside = fork::enter();
        let mut hindrance = fork::lock(&self.hindrance);
        if hindrance.as_ref().is_some_and(|known| known.error_text.as_deref() == Some(why)) {
            return false;
        }
        let event = Event::not_delivering(why);
        *hindrance = Some(event.clone());
        self.publish(|| event);
        true
    }

    /// Clears the hindrance: nothing keeps this process from delivering.
    pub(crate) fn unhinder(&self) {
        let _inside = fork::enter();
        fork::lock(&self.hindrance).take();
    }

    /// Why this process, which should deliver, cannot; `None` where nothing keeps it.
    pub(crate) fn hindrance(&self) -> Option<String> {
        let _inside = fork::enter();
        fork::lock(&self.hindrance).as_ref().and_then(|event| event.error_text.clone())
    }

    /// Ends every queue, and wakes their readers.
    pub(crate) fn close(&self) {
        let _inside = fork::enter();
        for queue in fork::lock(&self.queues).drain(..).filter_map(|queue| queue.upgrade()) {
            fork::lock(&queue.waiting).closed = true;
            queue.ring();
        }
    }

    /// Forgets the queues in a forked child: they are the parent's.
    pub(crate) fn forget_in_child(&self) {
        fork::lock(&self.queues).clear();
        fork::lock(&self.hindrance).take();
    }
}

/// A queue of events, in order. It holds at most 10,000; past that the oldest are dropped and counted.
/// A queue belongs to the process that made it: a forked child makes its own.
pub struct EventQueue {
    shared: Arc<Shared>,
    reader: UnixStream,
}

impl EventQueue {
    /// Returns the next event, or `None` where none came within `timeout` or the engine was closed.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` where the descriptor cannot be watched.
    pub fn next(&self, timeout: Duration) -> Result<Option<Event>> {
        let deadline = Instant::now().checked_add(timeout);
        loop {
            {
                let _inside = fork::enter();
                let mut waiting = fork::lock(&self.shared.waiting);
                let event = waiting.events.pop_front();
                if waiting.events.is_empty() && !waiting.closed {
                    let _ = (&self.reader).read(&mut [0; 64]);
                }
                if event.is_some() || waiting.closed {
                    return Ok(event);
                }
            }
            let left = deadline.map_or(Duration::from_secs(3600), |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Ok(None);
            }
            let millis = u16::try_from(left.as_millis().max(1)).unwrap_or(u16::MAX);
            let mut watched = [PollFd::new(self.reader.as_fd(), PollFlags::POLLIN)];
            match poll(&mut watched, PollTimeout::from(millis)) {
                Ok(_) | Err(nix::errno::Errno::EINTR) => {}
                Err(cause) => {
                    return Err(Error::new(ErrorCode::Internal, format!("cannot wait for events: {cause}")));
                }
            }
        }
    }

    /// Takes all that waits at once, and returns the newest of it, so many at most, and whether that is not all.
    pub(crate) fn take_newest(&self, most: usize) -> (Vec<Event>, bool) {
        let _inside = fork::enter();
        let mut waiting = fork::lock(&self.shared.waiting);
        let mut events = std::mem::take(&mut waiting.events);
        if !waiting.closed {
            let _ = (&self.reader).read(&mut [0; 64]);
        }
        let more = events.len().saturating_sub(most);
        events.drain(..more);
        (events.into(), more > 0)
    }

    /// A descriptor that is readable while events wait, and once the engine is closed. Only watch it: `next` reads from it.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }

    /// Whether the engine was closed and every event was taken: no more will come.
    pub fn is_closed(&self) -> bool {
        let _inside = fork::enter();
        let waiting = fork::lock(&self.shared.waiting);
        waiting.closed && waiting.events.is_empty()
    }

    /// How many events were dropped because the queue was full. Of a queue that watches an outbox also how often more had
    /// happened than was seen.
    pub fn dropped(&self) -> u64 {
        let _inside = fork::enter();
        fork::lock(&self.shared.waiting).dropped
    }
}
