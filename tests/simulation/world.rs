//! The world around the loop: clocks, one process that delivers and dies, another that only enqueues, receivers, an outbox
//! that survives.

mod driver;
mod hand_over;
mod moves;
mod process;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::delivery::delivery_loop::Finding;
use crate::delivery::due_clock::Moment;
use crate::delivery::reader::{Reading as Read, Request};
use crate::delivery::scheduler::RateLimit;
use crate::model::endpoint::Endpoint;
use crate::model::ids::{EndpointId, MessageId, SigningKeyId};
use crate::model::message::MessageStatus;
use crate::model::ordering::OnFailure;
use crate::model::retry_schedule::RetrySchedule;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::Reading;
use crate::outbox::command::{EndpointChange, MessageCommand};
use crate::outbox::ended::EndedAttempt;
use crate::outbox::endpoints::{Endpoints, StoredKey};
use crate::outbox::link::{EXPIRED, Notice};
use crate::outbox::memory::Memory;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::simulation::receivers::{Answer, Manner};
use hand_over::HandOvers;
pub(super) use process::Process;

const BEGINNING: i64 = 1_800_000_000_000;
/// Which start of the machine the clocks count from.
const BOOT: i64 = 7;
/// No message has so many bytes of payload.
const LARGEST: usize = 1_500;

/// What a run did, so that a run that did nothing is noticed.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub attempts: u64,
    pub delivered: u64,
    pub crashes: u64,
    pub withdrawn: u64,
    pub not_written: u64,
    pub edited_elsewhere: u64,
    pub rate_limited_starts: u64,
    pub held_by_pause: u64,
    pub repeated_after_crash: u64,
    pub looked_for_forgotten: u64,
    pub lost_reports: u64,
    pub shortages: u64,
    pub ordered: u64,
    pub scheduled: u64,
    pub expired: u64,
    pub handed_over: u64,
    pub delivered_elsewhere: u64,
}

impl Totals {
    pub(super) fn add(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.delivered += other.delivered;
        self.crashes += other.crashes;
        self.withdrawn += other.withdrawn;
        self.not_written += other.not_written;
        self.edited_elsewhere += other.edited_elsewhere;
        self.rate_limited_starts += other.rate_limited_starts;
        self.held_by_pause += other.held_by_pause;
        self.repeated_after_crash += other.repeated_after_crash;
        self.looked_for_forgotten += other.looked_for_forgotten;
        self.lost_reports += other.lost_reports;
        self.shortages += other.shortages;
        self.ordered += other.ordered;
        self.scheduled += other.scheduled;
        self.expired += other.expired;
        self.handed_over += other.handed_over;
        self.delivered_elsewhere += other.delivered_elsewhere;
    }

    /// Of [`super::SEEDS`].
    pub(super) fn check_enough_happened(&self) {
        let enough = [
            (self.attempts, 500_000),
            (self.crashes, 10_000),
            (self.withdrawn, 10_000),
            (self.not_written, 10_000),
            (self.edited_elsewhere, 10_000),
            (self.rate_limited_starts, 10_000),
            (self.held_by_pause, 1_000),
            (self.looked_for_forgotten, 1_000_000),
            (self.lost_reports, 10_000),
            (self.shortages, 10_000),
            (self.ordered, 100_000),
            (self.scheduled, 10_000),
            (self.expired, 1_000),
            (self.handed_over, 10_000),
            (self.delivered_elsewhere, 10_000),
        ];
        assert!(enough.iter().all(|(happened, least)| happened > least), "{self:?}");
    }
}

/// What happens at a moment.
pub(super) enum Event {
    /// The reader's thread takes the request up: endpoints first.
    ReadsEndpoints(Request),
    /// It reads what is due.
    ReadsDue(Request),
    /// It hands over what it has read so far.
    Read(Read),
    AttemptEnds {
        message: MessageKey,
        answer: Answer,
    },
    RecordAgain(Box<EndedAttempt>),
    /// The writer takes what has gathered, commits it, and tells what came of it.
    WriterBegins,
    WriterCommits,
    WriterTells,
    /// Another process commits something.
    Elsewhere(Edit),
    /// The writer looks for what other processes committed.
    Looks,
    /// The loop looks at what has come.
    Turn,
}

/// What another process does.
pub(super) enum Edit {
    Send(LaneKey),
    Pause(LaneKey),
    Resume(LaneKey),
    RetryNow(MessageKey),
    Delete(MessageKey),
}

pub(super) struct World {
    rng: fastrand::Rng,
    /// The chances of order and time.
    chances: fastrand::Rng,
    pub(super) mono: Duration,
    pub(super) wall: i64,
    /// No message that is due later than this may be started: the wall clock had it never been set back.
    latest_due: i64,
    pub(super) config: Arc<Config>,
    pub(super) lanes: Vec<(LaneKey, EndpointId)>,
    pub(super) manners: BTreeMap<LaneKey, Manner>,
    pub(super) process: Process,
    /// The outbox as another process has it, which only enqueues.
    elsewhere: Arc<Memory>,
    pub(super) events: BTreeMap<(Duration, u64), Event>,
    order: u64,
    sent: u64,
    /// When a message was sent, by the order of events.
    sent_at: BTreeMap<MessageId, u64>,
    /// Lanes whose pause was answered to the caller that asked for it, and when, by the order of events.
    pause_answered: BTreeMap<LaneKey, u64>,
    successes: BTreeMap<MessageKey, u32>,
    /// How many successes beyond the first each message may have: replays, and crashes before the record.
    excused: BTreeMap<MessageKey, u32>,
    /// Messages that another process changed: it does not know what is under way here.
    edited_elsewhere: BTreeSet<MessageKey>,
    settling: bool,
    /// Where another process delivers too.
    hand_overs: Option<HandOvers>,
    /// Whether attempts may end without a report, as where their task panics.
    loses_reports: bool,
    pub(super) totals: Totals,
}

impl World {
    pub(super) fn new(seed: u64, loses_reports: bool) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let config = Arc::new(Config {
            max_in_flight: rng.u32(1..40),
            max_in_flight_per_endpoint: rng.u32(1..10),
            memory_budget_bytes: rng.usize(2_000..100_000),
            allow_local_endpoints: true,
            ..Config::default()
        });
        let process = Process::new(&config, None, Duration::ZERO, rng.u64(..));
        let mut world = Self {
            mono: Duration::ZERO,
            wall: BEGINNING,
            latest_due: BEGINNING,
            config,
            lanes: Vec::new(),
            manners: BTreeMap::new(),
            elsewhere: process.outbox.elsewhere(),
            process,
            events: BTreeMap::new(),
            order: 0,
            sent: 0,
            sent_at: BTreeMap::new(),
            pause_answered: BTreeMap::new(),
            successes: BTreeMap::new(),
            excused: BTreeMap::new(),
            edited_elsewhere: BTreeSet::new(),
            settling: false,
            hand_overs: None,
            loses_reports,
            totals: Totals::default(),
            chances: fastrand::Rng::with_seed(seed ^ 0x05ee_d0f0_7de7),
            rng,
        };
        world.set_clocks();
        for number in 0..world.rng.u8(1..9) {
            world.make_endpoint(number);
        }
        world.schedule(Duration::ZERO, Event::Looks);
        world
    }

    /// Has another process deliver too, in some histories.
    pub(super) fn with_another(mut self, seed: u64) -> Self {
        self.hand_overs = HandOvers::of(seed);
        self
    }

    fn make_endpoint(&mut self, number: u8) {
        let rng = &mut self.rng;
        let schedule = match rng.u8(0..3) {
            0 => RetrySchedule::hookbridge(),
            1 => RetrySchedule::standard_webhooks(),
            _ => RetrySchedule::uniform(vec![Duration::from_millis(rng.u64(1..5_000))]),
        };
        let limit = (rng.u8(0..3) == 0).then(|| (rng.u32(1..200), rng.u32(1..20)));
        let now = Timestamp::from_millis(self.wall);
        let endpoint = Endpoint {
            id: EndpointId::from_bytes([number; 16]),
            url: "https://127.0.0.1/".to_owned(),
            description: None,
            rate_limit_rps: limit.map(|(rps, _)| rps),
            burst: limit.map(|(_, burst)| burst),
            headers: None,
            retry_schedule: Some(schedule),
            max_attempts: Some(rng.u32(1..9)),
            paused: false,
            created_at: now,
            updated_at: now,
            tenant: None,
            event_types: None,
            filter: None,
            on_failure: (number % 3 == 1).then_some(OnFailure::Halt),
        };
        let key = StoredKey {
            id: SigningKeyId::from_bytes([number; 16]),
            secret: SigningSecret::from_stored(format!("whsec_{number:032}")),
            created_at: now,
        };
        let id = endpoint.id;
        self.elsewhere.create_endpoint(endpoint, key).expect("an endpoint is made");
        let lane = self.elsewhere.state().lane_of(&id).expect("it has a row");
        let manner = if number == 0 { Manner::Well } else { Manner::any(&mut self.rng) };
        self.manners.insert(lane, manner);
        self.lanes.push((lane, id));
    }

    pub(super) fn moment(&self) -> Moment {
        let reading = self.reading();
        Moment { mono: self.mono - self.process.begun, wall: reading.wall, reading: Some(reading) }
    }

    fn reading(&self) -> Reading {
        Reading::at(self.wall, self.mono.as_millis() as i64, BOOT)
    }

    fn set_clocks(&self) {
        self.elsewhere.set_clocks(self.reading());
    }

    fn schedule(&mut self, after: Duration, event: Event) {
        self.order += 1;
        self.events.insert((self.mono + after, self.order), event);
    }

    /// Within `most` microseconds.
    fn soon(&mut self, most: u64, event: Event) {
        let after = Duration::from_micros(self.rng.u64(0..most));
        self.schedule(after, event);
    }

    fn any_lane(&mut self) -> (LaneKey, EndpointId) {
        let index = self.rng.usize(0..self.lanes.len());
        self.lanes[index]
    }

    fn endpoint_of(&self, lane: LaneKey) -> EndpointId {
        self.lanes.iter().find(|(key, _)| *key == lane).expect("a lane of this world").1
    }

    pub(super) fn is_paused(&self, lane: LaneKey) -> bool {
        self.process.outbox.state().endpoints()[&lane].endpoint.paused
    }

    /// Something happens, and time passes.
    pub(super) fn step(&mut self) {
        match self.rng.u8(0..36) {
            0..=11 => self.send(),
            12 | 13 => self.set_paused(),
            14 => self.edit_endpoint(),
            15 => self.cancel(),
            16 => self.delete(),
            17 => self.retry_now(),
            18 => self.replay(),
            19 => {
                let (lane, id) = self.any_lane();
                if id != EndpointId::from_bytes([0; 16]) {
                    let manner = Manner::any(&mut self.rng);
                    self.manners.insert(lane, manner);
                }
            }
            20 => self.set_wall_clock(),
            21 | 22 => self.crash(),
            23 => self.process.notices.push_back(Notice::RereadAll),
            24..=26 => {
                let hours = self.rng.u64(0..3 * 3_600_000);
                self.pass(Duration::from_millis(hours));
            }
            27..=30 => self.edit_elsewhere(),
            _ => {}
        }
        match self.chances.u8(0..24) {
            0 | 1 => self.give_up_expired(),
            2 => self.reschedule(),
            _ => {}
        }
        self.hand_over();
        self.act();
        let passed = Duration::from_micros(self.rng.u64(0..200_000));
        self.pass(passed);
        self.check_nothing_is_forgotten();
    }

    fn set_wall_clock(&mut self) {
        let by = self.rng.i64(-3_600_000..3_600_000);
        self.wall += by;
        self.latest_due += by.max(0);
        self.set_clocks();
    }

    fn pass(&mut self, passed: Duration) {
        let until = self.mono + passed;
        loop {
            let event_at = self.events.keys().next().map(|(at, _)| *at);
            let wake = self.next_wake().map(|wait| {
                // Timers are whole milliseconds of the wall clock.
                self.mono + wait.max(Duration::from_micros(100))
            });
            let next = [event_at, wake].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.advance(next.max(self.mono));
            if event_at == Some(next)
                && let Some((_, event)) = self.events.pop_first()
            {
                self.happen(event);
            }
            self.act();
        }
        self.advance(until.max(self.mono));
    }

    fn advance(&mut self, to: Duration) {
        // The wall clock goes by whole milliseconds; both advance together.
        let passed = to.as_millis() as i64 - self.mono.as_millis() as i64;
        self.wall += passed;
        self.latest_due += passed;
        self.mono = to;
        self.set_clocks();
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::ReadsEndpoints(request) => self.reads_endpoints(request),
            Event::ReadsDue(request) => self.reads_due(request),
            Event::Read(read) => self.found(Finding::Read(read)),
            Event::AttemptEnds { message, answer } => self.attempt_ends(message, answer),
            Event::RecordAgain(ended) => self.found(Finding::RecordAgain(ended)),
            Event::WriterBegins => self.writer_begins(),
            Event::WriterCommits => self.writer_commits(),
            Event::WriterTells => self.writer_tells(),
            Event::Elsewhere(edit) => self.happens_elsewhere(edit),
            Event::Looks => {
                self.process.outbox.look_for_others();
                self.take_notices();
            }
            Event::Turn => self.turn(),
        }
    }

    /// With every receiver well and every lane open, everything is delivered in the end.
    pub(super) fn settle(&mut self) {
        self.settling = true;
        self.takes_all_back();
        for (lane, _) in self.lanes.clone() {
            self.manners.insert(lane, Manner::Well);
            self.resume(lane);
        }
        for _ in 0..100_000 {
            self.clear_orders();
            if self.waiting().is_empty() && self.events.is_empty() {
                break;
            }
            // A receiver that was well by the end may still have been asked to pause by an older 410.
            for (lane, _) in self.lanes.clone() {
                if self.is_paused(lane) {
                    self.resume(lane);
                }
            }
            let event = self.events.keys().next().map(|(at, _)| at.saturating_sub(self.mono));
            let wake = self.next_wake();
            let wait = [event, wake].into_iter().flatten().min();
            let wait = wait.unwrap_or_else(|| {
                panic!(
                    "something waits and nothing will wake: {:?} {:?}",
                    self.waiting(),
                    self.process.state.scheduler()
                )
            });
            self.pass(wait.max(Duration::from_millis(1)));
            self.act();
        }
        let outbox = self.process.outbox.clone();
        for (key, message) in outbox.state().messages() {
            let deleted = message.deleted_at.is_some();
            assert!(deleted || message.due_at.is_none(), "{key:?} was never delivered: {message:?}");
            assert!(message.held_due_at.is_none(), "{key:?} waits behind nobody: {message:?}");
            self.totals.expired += u64::from(message.last_error.as_deref() == Some(EXPIRED));
            let successes = self.successes.get(key).copied().unwrap_or(0);
            assert!(
                message.status != MessageStatus::Succeeded || successes > 0,
                "{key:?} is recorded and never arrived"
            );
            let excused = self.excused.get(key).copied().unwrap_or(0);
            assert!(successes <= 1 + excused, "{key:?} arrived {successes} times, {excused} excused");
        }
        assert!(self.process.state.is_quiet());
        assert!(self.process.state.held().is_empty(), "held for ever: {:?}", self.process.state.held());
        assert_eq!(self.process.link.in_flight(), 0, "in flight for ever");
    }

    /// In the end a person deletes what halts an order, and the writer gives up what has expired.
    fn clear_orders(&mut self) {
        let outbox = self.process.outbox.clone();
        let (mut halting, mut expired) = (Vec::new(), false);
        for message in outbox.state().messages().values() {
            let waits = message.due_at.is_some() || message.held_due_at.is_some();
            if message.place.is_some() && !waits && message.deleted_at.is_none() {
                halting.push(message.id);
            }
            expired |= waits && message.timing.is_over(Timestamp::from_millis(self.wall));
        }
        if !halting.is_empty() {
            drop(outbox.begin_change(&halting, MessageCommand::Delete { by: None }));
            self.wake_writer();
        }
        if expired {
            self.give_up_expired();
        }
    }

    /// What is waiting to be delivered.
    fn waiting(&self) -> Vec<MessageKey> {
        let state = self.process.outbox.state();
        let waits = state.messages().iter().filter(|(_, message)| {
            (message.due_at.is_some() || message.held_due_at.is_some()) && message.deleted_at.is_none()
        });
        waits.map(|(key, _)| *key).collect()
    }
}

/// A rate limit as the ledger knows it.
fn limit(limit: Option<RateLimit>) -> Option<(u32, u32)> {
    limit.map(|limit| (NonZeroU32::get(limit.rps), NonZeroU32::get(limit.burst)))
}
