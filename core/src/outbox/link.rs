//! Between the outbox and the loop that delivers: what the writer tells it, and what operations must
//! know of attempts under way.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::UnboundedSender;

use crate::model::shortage::ShortageReport;
use crate::outbox::DueMessage;
use crate::outbox::change::Change;
use crate::outbox::ended::EndedAttempt;
use crate::outbox::rows::{LaneKey, MessageKey, RowSet};

/// What the loop is told. Everything in it is on disk already, so a lost notice costs time, not messages.
#[derive(Debug)]
pub(crate) enum Notice {
    /// Messages just committed in this process.
    Accepted(Vec<DueMessage>),
    /// Other processes committed messages for these lanes, and edited this.
    OthersWrote { lanes: Vec<LaneKey>, edits: Vec<Change> },
    /// Anything may have been edited.
    RereadAll,
    /// An endpoint of this row changed.
    EndpointChanged(LaneKey),
    /// A message was cancelled or deleted: it must not be started any more.
    Withdrawn(MessageKey),
    /// An attempt is on disk.
    Recorded { ended: Box<EndedAttempt>, overtaken: bool },
    /// An attempt could not be recorded: it has to be tried again.
    NotRecorded(Box<EndedAttempt>),
    /// A message was made due anew, at once.
    Requeued { message: MessageKey, lane: LaneKey },
}

/// What came of keeping a message from being started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withdrawal {
    /// An attempt is under way already.
    InFlight,
    /// It is not started from now on: this call marked it.
    Marked,
    /// Nobody here would start it, or an earlier call marked it.
    AsBefore,
}

/// Which messages are in the hands of the loop.
#[derive(Default)]
struct Hands {
    in_flight: RowSet<MessageKey>,
    withdrawn: RowSet<MessageKey>,
}

/// A forked child makes a link of its own, so that nothing here has to be at rest when the process is copied.
pub(crate) struct DeliveryLink {
    leading: AtomicBool,
    inbox: Option<UnboundedSender<Notice>>,
    hands: Mutex<Hands>,
    /// What this process lacks for its attempts.
    shortage: Mutex<Option<ShortageReport>>,
}

/// Every section is a plain assignment, which a panic elsewhere leaves whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DeliveryLink {
    /// A link to the loop behind `inbox`; none where this process only enqueues.
    pub(crate) fn new(inbox: Option<UnboundedSender<Notice>>) -> Self {
        Self { leading: AtomicBool::new(false), inbox, hands: Mutex::default(), shortage: Mutex::default() }
    }

    /// Whether this process delivers.
    pub(crate) fn is_leading(&self) -> bool {
        self.leading.load(Ordering::Acquire)
    }

    pub(crate) fn set_leading(&self, leading: bool) {
        self.leading.store(leading, Ordering::Release);
        if !leading {
                *lock(&self.hands) = Hands::default();
            *lock(&self.shortage) = None;
        }
    }

    pub(crate) fn tell(&self, notice: Notice) {
        if let Some(inbox) = self.inbox.as_ref().filter(|_| self.is_leading()) {
            // A loop that is gone reads the outbox when it comes back.
            let _ = inbox.send(notice);
        }
    }

    /// What this process lacks for its attempts, for `stats`.
    pub(crate) fn set_shortage(&self, shortage: Option<ShortageReport>) {
        *lock(&self.shortage) = shortage;
    }

    pub(crate) fn shortage(&self) -> Option<ShortageReport> {
        lock(&self.shortage).clone()
    }

    /// Takes a message in hand, unless it was withdrawn.
    pub(crate) fn start(&self, message: MessageKey) -> bool {
        let mut hands = lock(&self.hands);
        !hands.withdrawn.contains(&message) && hands.in_flight.insert(message)
    }

    /// The outcomes of these messages' attempts are on disk.
    pub(crate) fn settle(&self, ended: &[MessageKey]) {
        if ended.is_empty() {
            return;
        }
        let mut hands = lock(&self.hands);
        for message in ended {
            hands.in_flight.remove(message);
        }
    }

    /// Whether an attempt of the message is under way in this process.
    pub(crate) fn is_in_flight(&self, message: MessageKey) -> bool {
        lock(&self.hands).in_flight.contains(&message)
    }

    /// Every message with an attempt under way in this process, in the order of acceptance.
    pub(crate) fn rows_in_flight(&self) -> Vec<MessageKey> {
        let mut rows: Vec<MessageKey> = lock(&self.hands).in_flight.iter().copied().collect();
        rows.sort_unstable();
        rows
    }

    pub(crate) fn in_flight(&self) -> usize {
        lock(&self.hands).in_flight.len()
    }

    /// Keeps a message from being started. For the writer, which takes the mark off again where its commit fails.
    pub(crate) fn withdraw(&self, message: MessageKey) -> Withdrawal {
        let mut hands = lock(&self.hands);
        if hands.in_flight.contains(&message) {
            Withdrawal::InFlight
        } else if self.is_leading() && hands.withdrawn.insert(message) {
            Withdrawal::Marked
        } else {
            Withdrawal::AsBefore
        }
    }

    /// The mark has done its work: the loop has forgotten the message, or the withdrawal was not committed.
    pub(crate) fn forget_withdrawn(&self, message: MessageKey) {
        lock(&self.hands).withdrawn.remove(&message);
    }
}
