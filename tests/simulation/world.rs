//! The world around the scheduler: clocks, one process that delivers and dies, receivers, an outbox that survives.

mod moves;
mod shell;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use hookbridge_core::delivery::retry_policy::{Next, RetryPolicy};
use hookbridge_core::delivery::scheduler::{Command, Health, LaneKey, Limits, MessageKey, Now, Scheduler};
use hookbridge_core::model::attempt::RetryType;
use hookbridge_core::model::retry_schedule::RetrySchedule;
use hookbridge_core::model::timestamp::Timestamp;
use hookbridge_core::wire::outcome::{Outcome, classify};

use crate::ledger::Ledger;
use crate::outbox::{Endpoint, Message, Outbox, Read, Status};
use crate::receivers::{Answer, Manner};

const BEGINNING: i64 = 1_800_000_000_000;
/// No message has so many bytes.
const LARGEST: usize = 1_500;
/// As in the shell: how long an outcome that could not be written waits.
const RECORD_AGAIN: Duration = Duration::from_millis(250);

/// What a run did, so that a run that did nothing is noticed.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    pub attempts: u64,
    pub delivered: u64,
    pub crashes: u64,
    pub withdrawn: u64,
    pub rate_limited_starts: u64,
    pub held_by_pause: u64,
    pub repeated_after_crash: u64,
    pub looked_for_forgotten: u64,
    pub lost_reports: u64,
    pub shortages: u64,
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.delivered += other.delivered;
        self.crashes += other.crashes;
        self.withdrawn += other.withdrawn;
        self.rate_limited_starts += other.rate_limited_starts;
        self.held_by_pause += other.held_by_pause;
        self.repeated_after_crash += other.repeated_after_crash;
        self.looked_for_forgotten += other.looked_for_forgotten;
        self.lost_reports += other.lost_reports;
        self.shortages += other.shortages;
    }
}

/// The message as it was read, which is what the attempt and its outcome go by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) lane: i64,
    bytes: usize,
    epoch: u32,
    attempt_count: u32,
    schedule_start: u32,
}

impl Held {
    fn of(message: &Message) -> Self {
        Self {
            lane: message.lane,
            bytes: message.bytes,
            epoch: message.epoch,
            attempt_count: message.attempt_count,
            schedule_start: message.schedule_start,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Ended {
    seq: i64,
    pub(crate) held: Held,
    status: Status,
    due_at: Option<i64>,
    gone: bool,
}

/// A lane that wants to read on.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) lane: i64,
    room: usize,
    bytes: usize,
    known: BTreeSet<i64>,
}

/// What was read for one lane; nothing where the storage failed.
#[derive(Debug)]
pub(crate) struct ReadLane {
    pub(crate) lane: i64,
    rows: Option<(Vec<(i64, Held)>, Read)>,
}

#[derive(Debug)]
pub(crate) enum Event {
    /// The reader takes its snapshot.
    ReadBegins {
        wanted: Vec<Wanted>,
    },
    /// It hands over what it has read so far.
    ReadDone {
        read: Vec<ReadLane>,
        over: bool,
    },
    AttemptEnds {
        seq: i64,
        answer: Answer,
    },
    Commit(Ended),
    Notice(Notice),
    /// The loop looks at what has come.
    Turn,
}

/// What the shell's own tasks report.
#[derive(Debug)]
pub(crate) enum Finding {
    Attempted { seq: i64, answer: Answer },
    Refilled { read: Vec<ReadLane>, over: bool },
}

#[derive(Debug)]
pub(crate) enum Notice {
    Accepted(i64),
    OthersWrote(i64),
    RereadAll,
    EndpointChanged(i64),
    Withdrawn(i64),
    Requeued { seq: i64, lane: i64 },
    Recorded { ended: Ended, overtaken: bool },
    NotRecorded(Ended),
}

impl std::fmt::Debug for Read {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} rows", self.rows.len())
    }
}

/// What dies with the process.
pub(crate) struct Process {
    pub(crate) scheduler: Scheduler,
    begun: Duration,
    /// Told by the writer and not looked at yet, in the order of its commits.
    pub(crate) notices: VecDeque<Notice>,
    /// Found by tasks and not looked at yet: a channel of its own, whose order says nothing of the notices'.
    pub(crate) findings: VecDeque<Finding>,
    /// The loop has been woken.
    woken: bool,
    pub(crate) held: HashMap<i64, Held>,
    pub(crate) lanes: BTreeMap<i64, Endpoint>,
    pub(crate) in_flight: BTreeSet<i64>,
    withdrawn: BTreeSet<i64>,
    /// Marks that wait for the read under way.
    marks: BTreeSet<i64>,
    /// Lanes that want to read on, which waits for the read under way.
    pub(crate) wanted: Vec<(i64, usize, usize)>,
    reading: bool,
    /// Lanes for whose last attempt something of ours was missing.
    pub(crate) short: BTreeSet<i64>,
    /// When a lane's read failed last.
    pub(crate) read_failed: BTreeMap<i64, Duration>,
    pub(crate) ledger: Ledger,
    /// For a lane that waits with nothing under way: how often each other one was served meanwhile.
    pub(crate) overtaken_by: BTreeMap<i64, BTreeMap<i64, u32>>,
}

pub struct World {
    rng: fastrand::Rng,
    pub(crate) mono: Duration,
    pub(crate) wall: i64,
    /// The latest moment that the wall clock ever showed.
    latest_wall: i64,
    pub(crate) limits: Limits,
    pub(crate) outbox: Outbox,
    pub(crate) manners: BTreeMap<i64, Manner>,
    pub(crate) process: Process,
    pub(crate) events: BTreeMap<(Duration, u64), Event>,
    order: u64,
    /// The writer's answers come in the order of its commits.
    writer_at: Duration,
    /// Lanes whose pause was answered to who asked for it, and when, by the order of events.
    pause_answered: BTreeMap<i64, u64>,
    successes: BTreeMap<i64, u32>,
    /// How many successes beyond the first each message may have: replays, and crashes before the record.
    excused: BTreeMap<i64, u32>,
    settling: bool,
    /// Whether attempts may end without a report, as where their task panics.
    loses_reports: bool,
    pub totals: Totals,
}

impl World {
    pub fn new(seed: u64, loses_reports: bool) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let limits = Limits {
            max_in_flight: rng.u32(1..40),
            max_in_flight_per_endpoint: rng.u32(1..10),
            memory_budget_bytes: rng.usize(2_000..100_000),
        };
        let mut outbox = Outbox::default();
        let mut manners = BTreeMap::new();
        for lane in 0..rng.i64(1..9) {
            let schedule = match rng.u8(0..3) {
                0 => RetrySchedule::hookbridge(),
                1 => RetrySchedule::standard_webhooks(),
                _ => RetrySchedule::uniform(vec![Duration::from_millis(rng.u64(1..5_000))]),
            };
            let endpoint = Endpoint {
                paused: false,
                rate_limit: (rng.u8(0..3) == 0).then(|| (rng.u32(1..200), rng.u32(1..20))),
                schedule,
                max_attempts: rng.u32(1..9),
            };
            outbox.endpoints.insert(lane, endpoint);
            manners.insert(lane, if lane == 0 { Manner::Well } else { Manner::any(&mut rng) });
        }
        let mut world = Self {
            mono: Duration::ZERO,
            wall: BEGINNING,
            latest_wall: BEGINNING,
            limits,
            outbox,
            manners,
            process: Process::new(limits, Duration::ZERO),
            events: BTreeMap::new(),
            order: 0,
            writer_at: Duration::ZERO,
            pause_answered: BTreeMap::new(),
            successes: BTreeMap::new(),
            excused: BTreeMap::new(),
            settling: false,
            loses_reports,
            totals: Totals::default(),
            rng,
        };
        world.reread_all();
        world
    }

    pub(crate) fn now(&self) -> Now {
        Now { wall: Timestamp::from_millis(self.wall), mono: self.mono - self.process.begun }
    }

    fn schedule(&mut self, after: Duration, event: Event) {
        self.order += 1;
        self.events.insert((self.mono + after, self.order), event);
    }

    /// What the writer tells, in the order in which it wrote.
    fn tell(&mut self, notice: Notice) {
        let delay = Duration::from_micros(self.rng.u64(0..3_000));
        self.writer_at = self.writer_at.max(self.mono + delay);
        self.order += 1;
        self.events.insert((self.writer_at, self.order), Event::Notice(notice));
    }

    fn any_lane(&mut self) -> i64 {
        self.rng.i64(0..self.outbox.endpoints.len() as i64)
    }

    fn any_message(&mut self) -> Option<i64> {
        let count = self.outbox.messages.len() as i64;
        (count > 0).then(|| self.rng.i64(1..=count))
    }

    /// Something happens, and time passes.
    pub fn step(&mut self) {
        match self.rng.u8(0..32) {
            0..=11 => self.send(),
            12 | 13 => self.set_paused(),
            14 => self.edit_endpoint(),
            15 => self.cancel_or_delete(false),
            16 => self.cancel_or_delete(true),
            17 => self.retry_now(),
            18 => self.replay(),
            19 => {
                let lane = self.any_lane();
                if lane > 0 {
                    let manner = Manner::any(&mut self.rng);
                    self.manners.insert(lane, manner);
                }
            }
            20 => self.wall += self.rng.i64(-3_600_000..3_600_000),
            21 | 22 => self.crash(),
            23 => self.tell(Notice::RereadAll),
            24..=26 => {
                let hours = self.rng.u64(0..3 * 3_600_000);
                self.pass(Duration::from_millis(hours));
            }
            _ => {}
        }
        self.latest_wall = self.latest_wall.max(self.wall);
        self.act();
        let passed = Duration::from_micros(self.rng.u64(0..200_000));
        self.pass(passed);
        self.check_nothing_is_forgotten();
    }

    fn pass(&mut self, passed: Duration) {
        let until = self.mono + passed;
        loop {
            let event_at = self.events.keys().next().map(|(at, _)| *at);
            let wake = self.process.scheduler.next_wake(self.now()).map(|wait| {
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
        self.wall += to.as_millis() as i64 - self.mono.as_millis() as i64;
        self.mono = to;
        self.latest_wall = self.latest_wall.max(self.wall);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::ReadBegins { wanted } => self.reads(wanted),
            Event::ReadDone { read, over } => {
                self.process.findings.push_back(Finding::Refilled { read, over });
                self.wake();
            }
            Event::AttemptEnds { seq, answer } => {
                self.process.findings.push_back(Finding::Attempted { seq, answer });
                self.wake();
            }
            Event::Commit(ended) => self.commit(ended),
            Event::Notice(notice) => {
                if let Notice::EndpointChanged(lane) = notice
                    && self.outbox.endpoints[&lane].paused
                {
                    self.order += 1;
                    self.pause_answered.entry(lane).or_insert(self.order);
                    // Who asked for the pause sends on, and counts on it.
                    if !self.settling && self.rng.bool() {
                        self.send_to(lane);
                    }
                }
                self.process.notices.push_back(notice);
                self.wake();
            }
            Event::Turn => self.turn(),
        }
    }

    /// With every receiver well and every lane open, everything is delivered in the end.
    pub fn settle(&mut self) {
        self.settling = true;
        let lanes: Vec<i64> = self.outbox.endpoints.keys().copied().collect();
        for lane in lanes {
            self.manners.insert(lane, Manner::Well);
            self.resume(lane);
        }
        for _ in 0..100_000 {
            let waiting =
                self.outbox.messages.values().any(|message| message.is_waiting() && !message.deleted);
            if !waiting && self.events.is_empty() {
                break;
            }
            // A receiver that was well by the end may still have been asked to pause by an older 410.
            let paused: Vec<i64> = self
                .outbox
                .endpoints
                .iter()
                .filter(|(_, endpoint)| endpoint.paused)
                .map(|(lane, _)| *lane)
                .collect();
            paused.into_iter().for_each(|lane| self.resume(lane));
            let event = self.events.keys().next().map(|(at, _)| at.saturating_sub(self.mono));
            let wake = self.process.scheduler.next_wake(self.now());
            let wait = [event, wake].into_iter().flatten().min();
            let wait = wait.unwrap_or_else(|| {
                let waiting: Vec<_> =
                    self.outbox.messages.iter().filter(|(_, message)| message.is_waiting()).collect();
                panic!("something waits and nothing will wake: {waiting:?} {:?}", self.process.scheduler)
            });
            self.pass(wait.max(Duration::from_millis(1)));
            self.act();
        }
        for (seq, message) in &self.outbox.messages {
            assert!(message.deleted || !message.is_waiting(), "{seq} was never delivered: {message:?}");
            let successes = self.successes.get(seq).copied().unwrap_or(0);
            assert!(
                message.status != Status::Succeeded || successes > 0,
                "{seq} is recorded and never arrived"
            );
            let excused = self.excused.get(seq).copied().unwrap_or(0);
            assert!(successes <= 1 + excused, "{seq} arrived {successes} times, {excused} excused");
        }
        assert_eq!(self.process.scheduler.in_flight(), 0);
        assert!(self.process.held.is_empty(), "held for ever: {:?}", self.process.held);
    }
}

impl Process {
    fn new(limits: Limits, begun: Duration) -> Self {
        Self {
            scheduler: Scheduler::new(limits),
            begun,
            notices: VecDeque::new(),
            findings: VecDeque::new(),
            woken: false,
            held: HashMap::new(),
            lanes: BTreeMap::new(),
            in_flight: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            marks: BTreeSet::new(),
            wanted: Vec::new(),
            reading: false,
            short: BTreeSet::new(),
            read_failed: BTreeMap::new(),
            ledger: Ledger::default(),
            overtaken_by: BTreeMap::new(),
        }
    }
}
