//! Watching an outbox: what happens to its messages, whichever process accepts and delivers them.
//!
//! What this process delivers is told by its own delivery loop. For the rest the newest messages are read again and again, and
//! compared with what was read before, while somebody watches. Nobody else pays for it.

mod seen;

use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::running::Running;
use crate::delivery::events::{EventHub, EventQueue};
use crate::error::{ErrorCode, Result, closed};
use crate::host::{fork, threads};
use crate::operations::logs;
use seen::Seen;

/// How many of the newest messages are compared.
const WATCHED: usize = 500;
/// How often the outbox is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The most that the own loop tells between two looks. Nobody reads more than this, and the loop should not pay for it.
const TOLD_AT_ONCE: usize = 200;
/// The pause after a look that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Everybody who watches in this process: one thread looks for all of them.
#[derive(Default)]
pub(super) struct Watchers {
    hub: EventHub,
    /// Whether the thread runs. Locked only inside the gate, and before the hub.
    looking: Mutex<bool>,
}

impl Watchers {
    /// A queue of what happens from now on. `events` gives what this process's own loop tells.
    pub(super) fn watch(
        self: &Arc<Self>,
        running: &Arc<Running>,
        events: impl FnOnce() -> Result<EventQueue>,
    ) -> Result<EventQueue> {
        let queue = self.hub.subscribe()?;
        {
            let _inside = fork::enter();
            let mut looking = fork::lock(&self.looking);
            if std::mem::replace(&mut *looking, true) {
                return Ok(queue);
            }
        }
        let begun = events().and_then(|own| {
            let mut watch = Watch::new(running, own);
            // What later looks are compared with.
            watch.look(&self.hub)?;
            let watchers = self.clone();
            let _inside = fork::enter();
            threads::start("hookbridge-watch", move || watchers.go_on(watch))
        });
        if let Err(error) = begun {
            self.stop_looking();
            return Err(error);
        }
        Ok(queue)
    }

    fn stop_looking(&self) {
        let _inside = fork::enter();
        *fork::lock(&self.looking) = false;
    }

    /// Looks until nobody watches, or until the engine is closed.
    fn go_on(&self, mut watch: Watch) {
        loop {
            let looked = watch.look(&self.hub);
            {
                let _inside = fork::enter();
                let mut looking = fork::lock(&self.looking);
                // Decided while it is locked: whoever subscribes afterwards starts another thread.
                if self.hub.is_deserted() {
                    *looking = false;
                    return;
                }
            }
            match looked {
                Ok(()) => {}
                Err(error) if error.code() == ErrorCode::Closed => {
                    self.stop_looking();
                    return self.hub.close();
                }
                Err(error) => {
                    tracing::debug!(target: "hookbridge::watch", %error, "the outbox cannot be looked at");
                    self.hub.skip();
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Ends every queue.
    pub(super) fn close(&self) {
        self.hub.close();
    }

    /// Forgets the parent's queues and its thread in a forked child.
    pub(super) fn forget_in_child(&self) {
        self.hub.forget_in_child();
        *fork::lock(&self.looking) = false;
    }
}

/// One look after the other.
struct Watch {
    /// An engine that is dropped is not kept by whoever watches it.
    running: Weak<Running>,
    own: EventQueue,
    dropped: u64,
    seen: Seen,
    looked_at: Option<Instant>,
}

impl Watch {
    fn new(running: &Arc<Running>, own: EventQueue) -> Self {
        Self { running: Arc::downgrade(running), own, dropped: 0, seen: Seen::default(), looked_at: None }
    }

    /// Waits until it is time to look, and tells what happened since the last look. The first look tells nothing.
    fn look(&mut self, hub: &EventHub) -> Result<()> {
        if let Some(looked_at) = self.looked_at {
            std::thread::sleep((looked_at + LOOK_EVERY).saturating_duration_since(Instant::now()));
        }
        let (own, left_out) = self.own.take_newest(TOLD_AT_ONCE);
        if self.own.is_closed() {
            return Err(closed());
        }
        self.looked_at = Some(Instant::now());
        let running = self.running.upgrade().ok_or_else(closed)?;
        let context = running.context()?;
        let revision = context.outbox.revision()?;
        let newest = logs::newest(context, WATCHED)?;
        let mut told = Vec::new();
        let unseen = self.seen.own(own, &mut told);
        let gap = self.seen.look(&newest, revision, newest.len() == WATCHED, unseen, &mut told);
        let dropped = self.own.dropped();
        if gap || left_out || std::mem::replace(&mut self.dropped, dropped) != dropped {
            hub.skip();
        }
        told.into_iter().for_each(|event| hub.publish(|| event));
        Ok(())
    }
}
