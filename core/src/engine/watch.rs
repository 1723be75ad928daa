//! Watching an outbox: what happens to its messages, whichever process accepts and delivers them.
//!
//! What this process delivers is told by its own delivery loop. For the rest the newest messages are read again and again, and
//! compared with what was read before, while somebody watches. Nobody else pays for it.

mod seen;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::running::Running;
use crate::delivery::events::EventQueue;
use crate::error::{Result, closed};
use crate::model::event::Event;
use crate::operations::logs;
use seen::Seen;

/// How many of the newest messages are compared.
const WATCHED: usize = 500;
/// The longest time between two looks at the outbox.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The shortest time between two looks, however much this process delivers.
const LOOK_AT_MOST_EVERY: Duration = Duration::from_millis(100);

/// What was seen in one look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watched {
    /// What happened, in order as far as that is known.
    pub events: Vec<Event>,
    /// Whether more happened than was seen: whoever follows reads anew.
    pub gap: bool,
}

/// Watches an outbox from now on. Made by [`crate::Engine::watch`].
pub struct Watch {
    running: Arc<Running>,
    own: EventQueue,
    dropped: u64,
    seen: Seen,
    looked_at: Option<Instant>,
}

impl Watch {
    pub(super) fn new(running: Arc<Running>, own: EventQueue) -> Self {
        Self { running, own, dropped: 0, seen: Seen::default(), looked_at: None }
    }

    /// Waits until it is time to look, and returns what happened since the last look. The first look returns nothing: it is
    /// what later ones are compared with. Takes at most a quarter of a second and the time of one read.
    ///
    /// # Errors
    /// `CLOSED` once the engine is closed, `STORAGE_UNAVAILABLE` where the outbox cannot be read; the next look may succeed.
    pub fn look(&mut self) -> Result<Watched> {
        let mut own = Vec::new();
        if let Some(looked_at) = self.looked_at {
            let left = |pause: Duration| (looked_at + pause).saturating_duration_since(Instant::now());
            std::thread::sleep(left(LOOK_AT_MOST_EVERY));
            own.extend(self.own.next(left(LOOK_EVERY))?);
        }
        while let Some(event) = self.own.next(Duration::ZERO)? {
            own.push(event);
        }
        if self.own.is_closed() {
            return Err(closed());
        }
        self.looked_at = Some(Instant::now());
        let context = self.running.context()?;
        let revision = context.outbox.revision()?;
        let newest = logs::newest(context, WATCHED)?;
        let mut watched = Watched::default();
        let later = self.seen.own(own, &mut watched.events);
        watched.gap = self.seen.look(&newest, revision, newest.len() == WATCHED, &mut watched.events);
        watched.events.extend(self.seen.others(later));
        let dropped = self.own.dropped();
        watched.gap |= std::mem::replace(&mut self.dropped, dropped) != dropped;
        Ok(watched)
    }
}
