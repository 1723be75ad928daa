//! The link between the outbox and the delivery loop: notices from the writer, and what operations must know of attempts
//! under way.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
use crate::outbox::shards::{ServedShards, Shard, ShardSet};

/// A notice to the loop. What it tells is on disk already, so a lost notice costs time, not messages.
#[derive(Debug)]
pub(crate) enum Notice {
    /// Messages that were just committed in this process.
    Accepted(Vec<DueMessage>),
    /// Other processes committed messages for these lanes, and made these changes.
    OthersWrote { lanes: Vec<LaneKey>, edits: Vec<Change> },
    /// Other processes may have changed anything.
    RereadAll,
    /// Messages may wait in lanes that nobody has told of: which ones is to be read.
    #[cfg_attr(not(any(test, feature = "postgres")), expect(dead_code, reason = "said by a database alone"))]
    OverviewWanted,
    /// The lanes of these shards were given up. They may have come back since.
    #[cfg_attr(not(any(test, feature = "postgres")), expect(dead_code, reason = "said by a database alone"))]
    LanesLeft(ShardSet),
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
/// The last error of a message whose payload went before it was delivered.
pub(crate) const PAYLOAD_WENT: &str = "the payload passed its retention before it was delivered";

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

/// An attempt whose outcome is not on disk.
struct UnderWay {
    since: Timestamp,
    #[cfg_attr(
        not(any(test, feature = "postgres")),
        expect(dead_code, reason = "a file's lanes are never given up")
    )]
    lane: LaneKey,
}

/// The messages with an attempt under way, and the withdrawn ones.
#[derive(Default)]
struct MessagesInHand {
    in_flight: RowMap<MessageKey, UnderWay>,
    withdrawn: RowSet<MessageKey>,
    /// Shards that were given up, and of which the loop has not heard yet.
    left: ShardSet,
}

/// A forked child makes a link of its own, so that nothing here has to be at rest when the process is copied.
pub(crate) struct DeliveryLink {
    leading: AtomicBool,
    inbox: Option<UnboundedSender<Notice>>,
    in_hand: Mutex<MessagesInHand>,
    /// Whose lanes this process serves, while it delivers. Changed with `in_hand` locked, so that nothing of a lane is started
    /// once it is given up.
    served: ServedShards,
    /// How often shards were given up.
    #[cfg_attr(
        not(any(test, feature = "postgres")),
        expect(dead_code, reason = "a file's lanes are never given up")
    )]
    hand_overs: AtomicU64,
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
        Self {
            leading: AtomicBool::new(false),
            inbox,
            in_hand: Mutex::default(),
            served: ServedShards::all(),
            hand_overs: AtomicU64::new(0),
            shortage: Mutex::default(),
        }
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

    /// Marks a message as being attempted. False where it was withdrawn, is being attempted already, or is of a lane that
    /// another process serves.
    pub(crate) fn start(&self, message: MessageKey, lane: LaneKey) -> bool {
        let mut in_hand = lock(&self.in_hand);
        if in_hand.withdrawn.contains(&message)
            || in_hand.in_flight.contains_key(&message)
            || !self.serves(lane)
            // What the loop knows of the lane is of before: another process may have served it meanwhile.
            || in_hand.left.contains(Shard::of(lane))
        {
            return false;
        }
        in_hand.in_flight.insert(message, UnderWay { since: Timestamp::now(), lane });
        true
    }

    /// Whether the messages of this lane are for this process to deliver, when it delivers.
    pub(crate) fn serves(&self, lane: LaneKey) -> bool {
        self.served.contains(Shard::of(lane))
    }

    /// The shards whose lanes this process serves.
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn served(&self) -> ShardSet {
        self.served.get()
    }

    /// From now on this process serves these shards too. The loop is told by [`Notice::OverviewWanted`].
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn serve(&self, shards: &ShardSet) {
        let _in_hand = lock(&self.in_hand);
        self.served.add(shards);
        self.tell(Notice::OverviewWanted);
    }

    /// From now on nothing of these shards is started. What is under way goes on: [`DeliveryLink::under_way_in`] says where.
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn leave(&self, shards: &ShardSet) {
        let mut in_hand = lock(&self.in_hand);
        self.served.remove(shards);
        self.hand_overs.fetch_add(1, Ordering::AcqRel);
        if self.is_leading() {
            in_hand.left.add(shards);
            self.tell(Notice::LanesLeft(*shards));
        }
    }

    /// The loop has forgotten what it knew of these shards.
    pub(crate) fn has_forgotten(&self, shards: &ShardSet) {
        let mut in_hand = lock(&self.in_hand);
        in_hand.left = in_hand.left.without(shards);
    }

    /// How often shards were given up. Where that changes while something is committed, another process may have seen it first.
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn hand_overs(&self) -> u64 {
        self.hand_overs.load(Ordering::Acquire)
    }

    /// The shards in which an attempt is under way, or an outcome is not on disk.
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn under_way_in(&self) -> ShardSet {
        lock(&self.in_hand).in_flight.values().map(|under_way| Shard::of(under_way.lane)).collect()
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
        lock(&self.in_hand).in_flight.get(&message).map(|under_way| under_way.since)
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
