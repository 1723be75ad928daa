//! The link between the outbox and the delivery loop: notices from the writer, and what operations must know of attempts
//! under way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::model::event_type::EventType;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::shortage::ShortageReport;
use crate::model::timestamp::Timestamp;
use crate::outbox::DueMessage;
use crate::outbox::change::Change;
use crate::outbox::ended::EndedAttempt;
use crate::outbox::lane_state::{LaneState, Question};
use crate::outbox::rows::{LaneKey, MessageKey, RowMap, RowSet};

/// A notice to the loop. What it tells is on disk already, so a lost notice costs time, not messages.
#[derive(Debug)]
pub(crate) enum Notice {
    /// Messages that were just committed in this process.
    Accepted(Vec<DueMessage>),
    /// Other processes committed messages for these lanes, and made these changes.
    OthersWrote { lanes: Vec<LaneKey>, edits: Vec<Change> },
    /// Other processes may have changed anything.
    RereadAll,
    /// The endpoint of this lane changed.
    EndpointChanged(LaneKey),
    /// A message was cancelled, deleted or made due: its entry in memory must not be started.
    Withdrawn(MessageKey),
    /// The outcome of an attempt is on disk.
    Recorded { ended: Box<EndedAttempt>, overtaken: bool },
    /// The outcome of an attempt could not be written. Recording it must be tried again.
    NotRecorded(Box<EndedAttempt>),
    /// A message is due again, at once.
    Requeued { message: MessageKey, lane: LaneKey },
    /// Another message of the lane may be due, or due earlier than what was known: the outbox is to be read.
    LaneHasWork(LaneKey),
    /// A message was scheduled for this moment of due time.
    Scheduled { lane: LaneKey, at: Timestamp },
    /// Messages were given up without an attempt, since they have expired.
    Expired(Vec<ExpiredMessage>),
    /// Somebody asks how lanes stand.
    Asked(Question),
}

/// A message that was given up since it has expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpiredMessage {
    pub message_id: MessageId,
    pub endpoint_id: EndpointId,
    pub event_type: Option<EventType>,
    pub attempt_count: u32,
}

/// What is said of a message that was given up since it has expired.
pub(crate) const EXPIRED: &str = "the message expired before it was delivered";

/// How long an operation waits for the loop's answer.
const ANSWER_PATIENCE: Duration = Duration::from_millis(500);

/// The result of withdrawing a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withdrawal {
    /// An attempt is under way already.
    InFlight,
    /// This call marked the message: it is not started from now on.
    Marked,
    /// This process does not deliver, or an earlier call marked the message.
    AsBefore,
}

/// The messages with an attempt under way, and the withdrawn ones.
#[derive(Default)]
struct MessagesInHand {
    /// Since when each is being attempted.
    in_flight: RowMap<MessageKey, Timestamp>,
    withdrawn: RowSet<MessageKey>,
}

/// A forked child makes a link of its own, so that nothing here has to be at rest when the process is copied.
pub(crate) struct DeliveryLink {
    leading: AtomicBool,
    inbox: Option<UnboundedSender<Notice>>,
    in_hand: Mutex<MessagesInHand>,
    /// What this process lacks for its attempts.
    shortage: Mutex<Option<ShortageReport>>,
}

/// Locks, also where a thread panicked with the lock: no change of these values can be left half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DeliveryLink {
    /// A link to the loop that reads `inbox`; `None` where this process only enqueues.
    pub(crate) fn new(inbox: Option<UnboundedSender<Notice>>) -> Self {
        Self { leading: AtomicBool::new(false), inbox, in_hand: Mutex::default(), shortage: Mutex::default() }
    }

    /// Whether this process delivers.
    pub(crate) fn is_leading(&self) -> bool {
        self.leading.load(Ordering::Acquire)
    }

    pub(crate) fn set_leading(&self, leading: bool) {
        self.leading.store(leading, Ordering::Release);
        if !leading {
            *lock(&self.in_hand) = MessagesInHand::default();
            *lock(&self.shortage) = None;
        }
    }

    pub(crate) fn tell(&self, notice: Notice) {
        if let Some(inbox) = self.inbox.as_ref().filter(|_| self.is_leading()) {
            // If the loop is gone, the next one reads the outbox.
            let _ = inbox.send(notice);
        }
    }

    /// Publishes what this process lacks for its attempts, for `stats`.
    pub(crate) fn set_shortage(&self, shortage: Option<ShortageReport>) {
        *lock(&self.shortage) = shortage;
    }

    pub(crate) fn shortage(&self) -> Option<ShortageReport> {
        lock(&self.shortage).clone()
    }

    /// Marks a message as being attempted. False where it was withdrawn, or is being attempted already.
    pub(crate) fn start(&self, message: MessageKey) -> bool {
        let mut in_hand = lock(&self.in_hand);
        if in_hand.withdrawn.contains(&message) || in_hand.in_flight.contains_key(&message) {
            return false;
        }
        in_hand.in_flight.insert(message, Timestamp::now());
        true
    }

    /// Call when the outcomes of these messages' attempts are on disk.
    pub(crate) fn settle(&self, ended: &[MessageKey]) {
        if ended.is_empty() {
            return;
        }
        let mut in_hand = lock(&self.in_hand);
        for message in ended {
            in_hand.in_flight.remove(message);
        }
    }

    /// Whether an attempt of the message is under way in this process.
    pub(crate) fn is_in_flight(&self, message: MessageKey) -> bool {
        self.attempted_since(message).is_some()
    }

    /// Since when an attempt of the message is under way in this process; `None` where none is.
    pub(crate) fn attempted_since(&self, message: MessageKey) -> Option<Timestamp> {
        lock(&self.in_hand).in_flight.get(&message).copied()
    }

    /// Asks the loop how lanes stand, each with its answer. `None` where this process does not deliver, or the loop is not
    /// there in time.
    pub(crate) fn ask(&self, lanes: Vec<LaneKey>) -> Option<Vec<Option<LaneState>>> {
        if !self.is_leading() {
            return None;
        }
        let (answer, answered) = sync_channel(1);
        self.tell(Notice::Asked(Question { lanes, answer }));
        answered.recv_timeout(ANSWER_PATIENCE).ok()
    }

    /// Every message with an attempt under way in this process, in the order of acceptance.
    pub(crate) fn rows_in_flight(&self) -> Vec<MessageKey> {
        let mut rows: Vec<MessageKey> = lock(&self.in_hand).in_flight.keys().copied().collect();
        rows.sort_unstable();
        rows
    }

    pub(crate) fn in_flight(&self) -> usize {
        lock(&self.in_hand).in_flight.len()
    }

    /// Keeps a message from being started. The writer calls it, and removes the mark again if its commit fails.
    pub(crate) fn withdraw(&self, message: MessageKey) -> Withdrawal {
        let mut in_hand = lock(&self.in_hand);
        if in_hand.in_flight.contains_key(&message) {
            Withdrawal::InFlight
        } else if self.is_leading() && in_hand.withdrawn.insert(message) {
            Withdrawal::Marked
        } else {
            Withdrawal::AsBefore
        }
    }

    /// Removes the mark of a withdrawn message: the loop has dropped the message, or the withdrawal was not committed.
    pub(crate) fn forget_withdrawn(&self, message: MessageKey) {
        lock(&self.in_hand).withdrawn.remove(&message);
    }
}
