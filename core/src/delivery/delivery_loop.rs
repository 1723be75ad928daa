//! The loop that delivers, as plain state: it holds the messages in memory, tells the scheduler what happened, and says what
//! is to be done. Clocks, threads and sockets are the driver's, which tells it what came of that.

#[cfg(test)]
mod inside;
mod reads;

use std::sync::Arc;
use std::time::Duration;

use super::due_clock::{DueClock, Moment};
use super::events::EventHub;
use super::lack::{self, Lack};
use super::lane_loads::LaneLoads;
use super::outcome;
use super::reader::{self, Request};
use super::scheduler::{Command, Due, LaneKey, Limits, MessageKey, Now, Scheduler};
use super::targets::LaneEndpoint;
use crate::config::Config;
use crate::error::Error;
use crate::model::shortage::Shortage;
use crate::outbox::DueMessage;
use crate::outbox::clock::Reading;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::link::{DeliveryLink, Notice};
use crate::outbox::rows::{RowMap, RowSet};
use crate::wire::client::AttemptReport;

/// How long an outcome that could not be written waits before it is tried again.
const RECORD_AGAIN: Duration = Duration::from_millis(250);

/// What came of an order.
pub(crate) enum Finding {
    /// An attempt ended.
    Attempted { message: MessageKey, report: Box<AttemptReport> },
    /// An attempt's task ended without a report.
    Lost { message: MessageKey },
    /// What was read, or a part of it.
    Read(reader::Reading),
    /// Nothing can be read; `shortage` is what is missing for it.
    CannotRead { request: Request, error: Error, shortage: Option<Shortage> },
    /// The time of [`Order::RecordLater`] is over.
    RecordAgain(Box<EndedAttempt>),
    /// The outbox takes no outcomes any more.
    RecordRefused,
}

/// What the driver is to do. It carries them out in order, before it tells the loop anything.
pub(crate) enum Order {
    /// Begin an attempt at this message, of which [`DeliveryLoop::under_way`] has the details.
    Attempt(MessageKey),
    /// Read; at most one read is under way at a time.
    Read(Request),
    /// Have this written.
    Record(Box<EndedAttempt>),
    /// Come back with this after a time.
    RecordLater(Box<EndedAttempt>, Duration),
    /// Have the outbox know of the clocks.
    NoteClocks(Reading),
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
    /// Of the backoffs.
    chance: fastrand::Rng,
    /// Lanes that want to read on, with the room and the bytes they have; read together when the read under way is over.
    wanted: Vec<(LaneKey, usize, usize)>,
    /// It is to be read anew which lanes have something that waits; not before this moment where that failed.
    overview: Option<Duration>,
    reading: bool,
    /// When lanes that are idle are looked for.
    idle_at: Duration,
    /// Withdrawn while a read was under way that may still bring them in.
    withdrawn: RowSet<MessageKey>,
    unrecorded: usize,
    /// What this process lacks for its attempts.
    lack: Option<Lack>,
    commands: Vec<Command>,
    orders: Vec<Order>,
}

impl DeliveryLoop {
    /// A loop that knows nothing yet and will read everything: what an earlier deliverer was doing when it died is due again,
    /// since that it had begun was never written.
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
            withdrawn: RowSet::default(),
            unrecorded: 0,
            lack: None,
            commands: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// Takes what is to be done into `orders`, which is empty.
    pub(crate) fn take_orders(&mut self, orders: &mut Vec<Order>) {
        std::mem::swap(&mut self.orders, orders);
    }

    /// The message of an attempt that is to begin or is under way, and whom it goes to.
    pub(crate) fn under_way(&self, message: MessageKey) -> Option<(&DueMessage, &LaneEndpoint)> {
        let held = self.held.get(&message)?;
        Some((held, self.lanes.get(held.lane)?))
    }

    /// Nothing is under way and every outcome is on disk.
    pub(crate) fn is_quiet(&self) -> bool {
        self.scheduler.in_flight() == 0 && self.unrecorded == 0
    }

    /// After how long time alone changes something.
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

    /// The outbox told something.
    pub(crate) fn noticed(&mut self, notice: Notice, moment: &Moment) {
        match notice {
            Notice::Accepted(messages) => messages.into_iter().for_each(|message| self.accepted(message)),
            Notice::OthersWrote { lanes, edits } => {
                edits.into_iter().for_each(|edit| self.edited(edit));
                lanes.into_iter().for_each(|lane| self.lane_has_work(lane));
            }
            Notice::RereadAll => self.reread_all(moment),
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
            Notice::Recorded { ended, overtaken } => self.recorded(&ended, overtaken, moment),
            Notice::NotRecorded(ended) => self.orders.push(Order::RecordLater(ended, RECORD_AGAIN)),
        }
    }

    /// A read that began before the change may still bring the message in: its mark stays until it is over.
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
            // It is read from the outbox once its lane is known.
            self.load_lane(lane);
        } else if self.scheduler.offer(lane, as_due(&message)) {
            self.held.insert(message.key, message);
        }
    }

    /// Something came of an order. What the outbox told before it must be told first: a refill read what was written
    /// after that, and a pause must not be learned of only when the message behind it has begun.
    pub(crate) fn happened(&mut self, finding: Finding, moment: &Moment) {
        match finding {
            Finding::Attempted { message, report } => self.attempted(message, *report, moment),
            Finding::Lost { message } => {
                self.held.remove(&message);
                self.link.settle(&[message]);
                self.scheduler.abandon(message);
            }
            Finding::Read(reading) => self.read(reading, moment),
            Finding::CannotRead { request, error, shortage } => {
                self.cannot_read(request, &error, shortage, moment);
            }
            Finding::RecordAgain(ended) => self.orders.push(Order::Record(ended)),
            // The next process attempts it again.
            Finding::RecordRefused => self.unrecorded = self.unrecorded.saturating_sub(1),
        }
    }

    /// Does what is to be done at a moment.
    pub(crate) fn act(&mut self, moment: &Moment) {
        let now = self.now(moment);
        let mut dropped = Vec::new();
        lack::end(&mut self.lack, self.scheduler.short_lanes(), &self.link, moment);
        let mut commands = std::mem::take(&mut self.commands);
        self.scheduler.poll(now, &mut commands, &mut dropped);
        self.let_go(dropped);
        for command in commands.drain(..) {
            match command {
                Command::Refill { lane, room, bytes } => self.wanted.push((lane, room, bytes)),
                Command::Start { lane, message } => self.start(lane, message, now),
            }
        }
        self.commands = commands;
        self.forget_idle_lanes(moment);
        self.read_wanted(now.wall, moment);
    }

    fn start(&mut self, lane: LaneKey, message: MessageKey, now: Now) {
        if !self.held.contains_key(&message) || self.lanes.get(lane).is_none() {
            self.scheduler.abandon(message);
            return;
        }
        if !self.link.start(message) {
            self.held.remove(&message);
            self.scheduler.refused(message, now);
            return;
        }
        self.orders.push(Order::Attempt(message));
    }

    fn attempted(&mut self, message: MessageKey, report: AttemptReport, moment: &Moment) {
        if let Some(shortage) = report.shortage {
            self.short(message, shortage, report.error_text, moment);
            return;
        }
        let now = self.now(moment);
        let Some(held) = self.held.remove(&message) else { return };
        let judged = outcome::judge(
            &held,
            report,
            self.lanes.get(held.lane),
            &self.config,
            now.wall,
            &self.clock,
            self.chance.f64(),
        );
        self.scheduler.attempt_ended(message, judged.health, now);
        tracing::debug!(
            target: "hookbridge::delivery",
            message_id = %held.id,
            attempt_no = judged.ended.attempt.attempt_no,
            response_status = judged.ended.attempt.response_status,
            verdict = ?judged.ended.verdict,
            "attempt ended"
        );
        self.unrecorded += 1;
        self.orders.push(Order::Record(judged.ended));
    }

    /// Something of ours was missing: that was no attempt, and the message is tried again shortly.
    fn short(&mut self, message: MessageKey, shortage: Shortage, text: Option<String>, moment: &Moment) {
        lack::begin(&mut self.lack, shortage, text, &self.link, moment);
        self.link.settle(&[message]);
        let now = self.now(moment);
        if !self.scheduler.put_back(message, now) {
            self.held.remove(&message);
        }
    }

    fn recorded(&mut self, ended: &EndedAttempt, overtaken: bool, moment: &Moment) {
        self.unrecorded = self.unrecorded.saturating_sub(1);
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
    Due { message: message.key, bytes: message.weight(), scheduled: message.due_at > 0 }
}
