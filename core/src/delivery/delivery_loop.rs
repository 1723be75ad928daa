//! The delivery loop, as plain state: it holds the messages in memory, tells the scheduler what happened, and gives orders. The
//! driver has the clocks, threads and sockets; it carries the orders out and reports back with findings.

#[cfg(test)]
mod inside;
mod reads;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use super::due_clock::{DueClock, Moment};
use super::events::EventHub;
use super::lane_loads::LaneLoads;
use super::ongoing_shortage::{self, OngoingShortage};
use super::outcome;
use super::reader::{self, Request};
use super::scheduler::{Command, Due, LaneKey, Limits, MessageKey, Now, Scheduler};
use super::targets::LaneEndpoint;
use crate::config::Config;
use crate::error::Error;
use crate::model::shortage::Shortage;
use crate::model::timestamp::Timestamp;
use crate::outbox::DueMessage;
use crate::outbox::clock::Reading;
use crate::outbox::due_at;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::lane_state::Question;
use crate::outbox::link::{DeliveryLink, ExpiredMessage, Notice};
use crate::outbox::rows::{RowMap, RowSet};
use crate::outbox::shards::ShardSet;
use crate::wire::client::AttemptReport;

/// The pause before an outcome that could not be written is written again.
const RECORD_AGAIN: Duration = Duration::from_millis(250);

/// The result of an order.
pub(crate) enum Finding {
    /// An attempt ended.
    Attempted { message: MessageKey, report: Box<AttemptReport> },
    /// An attempt's task ended without a report.
    Lost { message: MessageKey },
    /// A part of what a request asked for.
    Read(reader::Reading),
    /// Nothing can be read. `shortage` names what the process lacks for it.
    CannotRead { request: Request, error: Error, shortage: Option<Shortage> },
    /// The pause of an [`Order::RecordLater`] is over.
    RecordAgain(Box<EndedAttempt>),
    /// The outbox is closed and takes no more outcomes.
    RecordRefused,
}

/// What the driver is to do. It carries orders out in their order, before it tells the loop anything.
pub(crate) enum Order {
    /// Begin an attempt at this message; [`DeliveryLoop::under_way`] has the details.
    Attempt(MessageKey),
    /// Read from the outbox. At most one read is under way at a time.
    Read(Request),
    /// Have this outcome written.
    Record(Box<EndedAttempt>),
    /// Come back with this outcome after a pause.
    RecordLater(Box<EndedAttempt>, Duration),
    /// Have the outbox note this reading of the clocks.
    NoteClocks(Reading),
}

/// An ordering key of which a message is under way.
struct Busy {
    message: MessageKey,
    /// Messages of the key that wait for it, although the outbox has them as due.
    aside: RowSet<MessageKey>,
}

pub(crate) struct DeliveryLoop {
    config: Arc<Config>,
    link: Arc<DeliveryLink>,
    events: Arc<EventHub>,
    scheduler: Scheduler,
    lanes: LaneLoads,
    /// Messages in a window or under way.
    held: RowMap<MessageKey, DueMessage>,
    clock: DueClock,
    /// The randomness of backoffs.
    chance: fastrand::Rng,
    /// Lanes that want to read on, with their room in messages and in bytes. They are read together when the read under way
    /// is over.
    wanted: Vec<(LaneKey, usize, usize)>,
    /// When to read which lanes have messages that wait. Later than now after a read that failed.
    overview: Option<Duration>,
    reading: bool,
    /// When idle lanes are looked for next.
    idle_at: Duration,
    /// Ordering keys with an attempt under way or being recorded. An operation may let the next message of a key go while the
    /// attempt of the one before still runs: it is set aside until that has ended.
    busy: HashMap<(LaneKey, Arc<str>), Busy>,
    /// Messages that were withdrawn during the read under way, which may still return them.
    withdrawn: RowSet<MessageKey>,
    /// Shards that were given up during the read under way: what it returns of them is of before.
    left: ShardSet,
    unrecorded: usize,
    /// What this process lacks for its attempts at the moment.
    shortage: Option<OngoingShortage>,
    commands: Vec<Command>,
    orders: Vec<Order>,
}

impl DeliveryLoop {
    /// A loop that knows nothing yet and will read everything. An attempt that an earlier deliverer died in is due again,
    /// since its start was never written.
    pub(crate) fn new(
        config: Arc<Config>,
        link: Arc<DeliveryLink>,
        events: Arc<EventHub>,
        chance: fastrand::Rng,
    ) -> Self {
        let limits = Limits {
            max_in_flight: config.max_in_flight,
            max_in_flight_per_endpoint: config.max_in_flight_per_endpoint,
            memory_budget_bytes: config.memory_budget_bytes,
        };
        Self {
            config,
            link,
            events,
            scheduler: Scheduler::new(limits),
            lanes: LaneLoads::default(),
            held: RowMap::default(),
            clock: DueClock::default(),
            chance,
            wanted: Vec::new(),
            overview: Some(Duration::ZERO),
            reading: false,
            idle_at: reads::IDLE_LANES_EVERY,
            busy: HashMap::new(),
            withdrawn: RowSet::default(),
            left: ShardSet::default(),
            unrecorded: 0,
            shortage: None,
            commands: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// Moves the orders into `orders`, which must be empty.
    pub(crate) fn take_orders(&mut self, orders: &mut Vec<Order>) {
        std::mem::swap(&mut self.orders, orders);
    }

    /// The message and the endpoint of an attempt that is to begin or is under way.
    pub(crate) fn under_way(&self, message: MessageKey) -> Option<(&DueMessage, &LaneEndpoint)> {
        let held = self.held.get(&message)?;
        Some((held, self.lanes.get(held.lane)?))
    }

    /// Whether no attempt is under way and every outcome is on disk.
    pub(crate) fn is_quiet(&self) -> bool {
        self.scheduler.in_flight() == 0 && self.unrecorded == 0
    }

    /// How long until the passing of time alone gives the loop something to do.
    pub(crate) fn next_wake(&mut self, moment: &Moment) -> Option<Duration> {
        let now = self.now(moment);
        let reads = self.next_read().map(|at| at.saturating_sub(moment.mono));
        [self.scheduler.next_wake(now), reads].into_iter().flatten().min()
    }

    fn now(&mut self, moment: &Moment) -> Now {
        let now = Now { wall: self.clock.now(moment), mono: moment.mono };
        if self.clock.take_news()
            && let Some(reading) = moment.reading
        {
            self.orders.push(Order::NoteClocks(reading));
        }
        now
    }

    /// Takes a notice from the outbox.
    pub(crate) fn noticed(&mut self, notice: Notice, moment: &Moment) {
        match notice {
            Notice::Accepted(messages) => messages.into_iter().for_each(|message| self.accepted(message)),
            Notice::OthersWrote { lanes, edits } => {
                edits.into_iter().for_each(|edit| self.edited(edit));
                lanes.into_iter().for_each(|lane| self.lane_has_work(lane));
            }
            Notice::RereadAll => self.reread_all(moment),
            Notice::OverviewWanted => self.overview = Some(moment.mono),
            Notice::LanesLeft(shards) => self.leave_lanes(&shards),
            Notice::EndpointChanged(lane) => self.load_lane(lane),
            Notice::Withdrawn(message) => {
                self.scheduler.withdraw(message);
                self.remember_withdrawn(message);
            }
            Notice::Requeued { message, lane } => {
                self.scheduler.withdraw(message);
                self.link.forget_withdrawn(message);
                self.withdrawn.remove(&message);
                self.lane_has_work(lane);
            }
            Notice::LaneHasWork(lane) => self.lane_has_work(lane),
            Notice::Scheduled { lane, at } if self.scheduler.has_lane(lane) => {
                self.scheduler.expect(lane, at)
            }
            Notice::Scheduled { lane, .. } => self.load_lane(lane),
            Notice::Expired(messages) => self.expired(&messages, moment),
            Notice::Recorded { ended, overtaken } => self.recorded(&ended, overtaken, moment),
            Notice::Asked(question) => self.asked(&question, moment),
            Notice::NotRecorded(ended) => self.orders.push(Order::RecordLater(ended, RECORD_AGAIN)),
        }
    }

    fn asked(&self, question: &Question, moment: &Moment) {
        let state = |lane: &LaneKey| self.scheduler.lane_state(*lane, moment.mono, moment.wall);
        // Nobody listens where whoever asked has waited long enough.
        let _ = question.answer.try_send(question.lanes.iter().map(state).collect());
    }

    /// A read that began before the message was withdrawn may still return it: the mark in the link stays until that read
    /// is over.
    fn remember_withdrawn(&mut self, message: MessageKey) {
        if self.reading {
            self.withdrawn.insert(message);
        } else {
            self.link.forget_withdrawn(message);
        }
    }

    fn accepted(&mut self, message: DueMessage) {
        let lane = message.lane;
        if !self.scheduler.has_lane(lane) {
            // The message is read from the outbox once its lane is known.
            self.load_lane(lane);
        } else if self.scheduler.offer(lane, as_due(&message)) {
            self.held.insert(message.key, message);
        }
    }

    /// Takes a finding from the driver. Notices that the outbox sent before it must have been taken: a refill may hold messages
    /// written after those notices, and a pause must be known before a message behind it begins.
    pub(crate) fn happened(&mut self, finding: Finding, moment: &Moment) {
        match finding {
            Finding::Attempted { message, report } => self.attempted(message, *report, moment),
            Finding::Lost { message } => {
                if let Some(held) = self.held.remove(&message) {
                    self.key_is_free(held.lane, held.ordering_key.as_ref());
                }
                self.link.settle(&[message]);
                self.scheduler.abandon(message);
            }
            Finding::Read(reading) => self.read(reading, moment),
            Finding::CannotRead { request, error, shortage } => {
                self.cannot_read(request, &error, shortage, moment);
            }
            Finding::RecordAgain(ended) => self.orders.push(Order::Record(ended)),
            // The next deliverer attempts the message again.
            Finding::RecordRefused => self.unrecorded = self.unrecorded.saturating_sub(1),
        }
    }

    /// Polls the scheduler, and orders the reads and attempts that it wants.
    pub(crate) fn act(&mut self, moment: &Moment) {
        let now = self.now(moment);
        let mut dropped = Vec::new();
        ongoing_shortage::end(&mut self.shortage, self.scheduler.short_lanes(), &self.link, moment);
        let mut commands = std::mem::take(&mut self.commands);
        self.scheduler.poll(now, &mut commands, &mut dropped);
        self.drop_held(dropped);
        for command in commands.drain(..) {
            match command {
                Command::Refill { lane, room, bytes } => self.wanted.push((lane, room, bytes)),
                Command::Start { lane, message } => self.start(lane, message, now, moment.wall),
            }
        }
        self.commands = commands;
        self.forget_idle_lanes(moment);
        self.read_wanted(now.wall, moment);
    }

    fn start(&mut self, lane: LaneKey, message: MessageKey, now: Now, wall: Timestamp) {
        if !self.held.contains_key(&message) || self.lanes.get(lane).is_none() {
            self.scheduler.abandon(message);
            return;
        }
        // The store gives up what has expired. By then nothing of it is started.
        let has_expired = self.held.get(&message).is_some_and(|held| held.timing.is_over(wall));
        if has_expired || !self.link.start(message, lane) {
            self.held.remove(&message);
            self.scheduler.refused(message, now);
            return;
        }
        if !self.takes_its_turn(message) {
            self.link.settle(&[message]);
            self.held.remove(&message);
            self.scheduler.abandon(message);
            return;
        }
        self.orders.push(Order::Attempt(message));
    }

    /// Whether no other message of its ordering key is under way. If one is, it is set aside.
    fn takes_its_turn(&mut self, message: MessageKey) -> bool {
        let Some(held) = self.held.get(&message) else { return true };
        let Some(key) = &held.ordering_key else { return true };
        match self.busy.entry((held.lane, key.clone())) {
            Entry::Vacant(free) => {
                free.insert(Busy { message, aside: RowSet::default() });
                true
            }
            Entry::Occupied(mut busy) => {
                if busy.get().message != message {
                    busy.get_mut().aside.insert(message);
                    return false;
                }
                true
            }
        }
    }

    /// The attempt of an ordering key has ended, and what came of it is on disk: another may begin.
    fn key_is_free(&mut self, lane: LaneKey, key: Option<&Arc<str>>) {
        let Some(key) = key else { return };
        if let Some(busy) = self.busy.remove(&(lane, key.clone()))
            && !busy.aside.is_empty()
        {
            self.lane_has_work(lane);
        }
    }

    /// Messages of a lane that are set aside. A refill passes them over.
    fn set_aside(&self, lane: LaneKey) -> impl Iterator<Item = MessageKey> + '_ {
        let of_lane = self.busy.iter().filter(move |((of, _), busy)| *of == lane && !busy.aside.is_empty());
        of_lane.flat_map(|(_, busy)| busy.aside.iter().copied())
    }

    /// The store gave messages up.
    fn expired(&self, messages: &[ExpiredMessage], moment: &Moment) {
        for expired in messages {
            self.events.publish(|| outcome::expired(expired, moment.wall));
        }
    }

    fn attempted(&mut self, message: MessageKey, report: AttemptReport, moment: &Moment) {
        if let Some(shortage) = report.shortage {
            self.short(message, shortage, report.error_text, moment);
            return;
        }
        let now = self.now(moment);
        let Some(held) = self.held.remove(&message) else { return };
        let judgement = outcome::judge(
            &held,
            report,
            self.lanes.get(held.lane),
            &self.config,
            now.wall,
            &self.clock,
            self.chance.f64(),
        );
        self.scheduler.attempt_ended(message, judgement.health, now);
        let (verdict, next_attempt_at) = judgement.ended.verdict.said();
        tracing::debug!(
            target: "hookbridge::delivery",
            message_id = %held.id,
            attempt_no = judgement.ended.attempt.attempt_no,
            response_status = judgement.ended.attempt.response_status,
            verdict,
            next_attempt_at = next_attempt_at.map(tracing::field::display),
            "attempt ended"
        );
        self.unrecorded += 1;
        self.orders.push(Order::Record(judgement.ended));
    }

    /// This process lacked something, so no attempt was made. The message is tried again shortly.
    fn short(&mut self, message: MessageKey, shortage: Shortage, text: Option<String>, moment: &Moment) {
        ongoing_shortage::begin(&mut self.shortage, shortage, text, &self.link, moment);
        self.link.settle(&[message]);
        let now = self.now(moment);
        if let Some(held) = self.held.get(&message) {
            let (lane, key) = (held.lane, held.ordering_key.clone());
            self.key_is_free(lane, key.as_ref());
        }
        if !self.scheduler.put_back(message, now) {
            self.held.remove(&message);
        }
    }

    fn recorded(&mut self, ended: &EndedAttempt, overtaken: bool, moment: &Moment) {
        self.unrecorded = self.unrecorded.saturating_sub(1);
        self.key_is_free(ended.lane, ended.ordering_key.as_ref());
        let next_due = match ended.verdict {
            Verdict::RetryAt { at, .. } if !overtaken => Some(at),
            _ => None,
        };
        self.scheduler.recorded(ended.message, next_due);
        if overtaken {
            self.scheduler.outbox_has_work(ended.lane);
        }
        self.events.publish(|| outcome::event(ended, &self.clock, moment.wall));
    }
}

fn as_due(message: &DueMessage) -> Due {
    Due { message: message.key, bytes: message.weight(), scheduled: due_at::is_retry(message.due_at) }
}
