//! What dies with a process.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::config::Config;
use crate::delivery::delivery_loop::{DeliveryLoop, Finding};
use crate::delivery::events::EventHub;
use crate::error::Result;
use crate::model::timestamp::Timestamp;
use crate::outbox::endpoints::ChangedEndpoint;
use crate::outbox::link::{DeliveryLink, Notice};
use crate::outbox::memory::{Group, Memory, Pending, Written};
use crate::outbox::messages::Changed;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::simulation::ledger::Ledger;

/// An attempt under way.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct UnderWay {
    pub lane: LaneKey,
    pub started_at: Timestamp,
    /// The receiver's answer counts as the schedule's step of this failure, should it fail.
    pub failure: u32,
}

/// What the outcome of an attempt has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    /// The least backoff, where it is tried again.
    pub backoff: Option<Duration>,
    pub succeeded: bool,
}

/// An operation whose answer is not there yet.
pub(super) enum Operation {
    Pause(LaneKey, Pending<ChangedEndpoint>),
    Replay(MessageKey, Pending<Vec<Result<Changed>>>),
    Withdraw(Pending<Vec<Result<Changed>>>),
}

/// How far the writer's group is.
pub(super) enum Writing {
    Nothing,
    /// The thread was woken.
    Woken,
    Applied(Group),
    Done(Written),
}

pub(in crate::simulation) struct Process {
    pub outbox: Arc<Memory>,
    pub link: Arc<DeliveryLink>,
    inbox: UnboundedReceiver<Notice>,
    pub state: DeliveryLoop,
    pub begun: Duration,
    /// Told by the writer and not looked at yet, in the order of its commits.
    pub notices: VecDeque<Notice>,
    /// Found by tasks and not looked at yet: a channel of its own, whose order says nothing of the notices'.
    pub findings: VecDeque<Finding>,
    /// The loop has been woken.
    pub(super) woken: bool,
    pub(super) writing: Writing,
    pub(super) operations: Vec<Operation>,
    pub under_way: BTreeMap<MessageKey, UnderWay>,
    pub(super) expected: BTreeMap<MessageKey, Expected>,
    /// Ended, and not known to be on disk; whether they succeeded.
    pub(super) unwritten: BTreeMap<MessageKey, bool>,
    /// Lanes that the loop was told to be paused.
    pub known_to_be_paused: BTreeSet<LaneKey>,
    /// Lanes for whose last attempt something of ours was missing.
    pub short: BTreeSet<LaneKey>,
    /// When a lane could not be read last.
    pub read_failed: BTreeMap<LaneKey, Duration>,
    pub ledger: Ledger,
    /// For a lane that waits with nothing under way: how often each other one was served meanwhile.
    pub overtaken_by: BTreeMap<LaneKey, BTreeMap<LaneKey, u32>>,
}

impl Process {
    /// A process that delivers what is in the outbox of the one before.
    pub(super) fn new(config: &Arc<Config>, before: Option<&Memory>, begun: Duration, seed: u64) -> Self {
        let (sender, inbox) = unbounded_channel();
        let link = Arc::new(DeliveryLink::new(Some(sender)));
        link.set_leading(true);
        let outbox = match before {
            Some(before) => before.over(link.clone()),
            None => Memory::new(link.clone(), config.payload_retention),
        };
        outbox.write_by_hand();
        let chance = fastrand::Rng::with_seed(seed);
        let events = Arc::new(EventHub::default());
        Self {
            outbox,
            state: DeliveryLoop::new(config.clone(), link.clone(), events, chance),
            link,
            inbox,
            begun,
            notices: VecDeque::new(),
            findings: VecDeque::new(),
            woken: false,
            writing: Writing::Nothing,
            operations: Vec::new(),
            under_way: BTreeMap::new(),
            expected: BTreeMap::new(),
            unwritten: BTreeMap::new(),
            known_to_be_paused: BTreeSet::new(),
            short: BTreeSet::new(),
            read_failed: BTreeMap::new(),
            ledger: Ledger::default(),
            overtaken_by: BTreeMap::new(),
        }
    }

    /// Whether something is being written.
    pub(in crate::simulation) fn is_writing(&self) -> bool {
        !matches!(self.writing, Writing::Nothing)
    }

    /// Takes what the writer told into `notices`. Whether there was anything.
    pub(super) fn hear(&mut self) -> bool {
        let before = self.notices.len();
        while let Ok(notice) = self.inbox.try_recv() {
            self.notices.push_back(notice);
        }
        self.notices.len() > before
    }
}
