//! Whole histories over the scheduler against a model of the outbox: a seed makes the history, and each
//! step checks what must always hold.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::Duration;

use super::*;

const BASE: i64 = 1_800_000_000_000;

#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Waiting { due: i64 },
    Done,
}

/// The outbox as the scheduler's shell would see it.
struct Model {
    scheduler: Scheduler,
    rng: fastrand::Rng,
    mono: Duration,
    wall: i64,
    messages: BTreeMap<i64, (i64, Fate)>,
    running: BTreeSet<i64>,
    paused: BTreeSet<i64>,
    per_lane: BTreeMap<i64, u32>,
    limits: Limits,
}

impl Model {
    fn new(seed: u64, lanes: i64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let limits = Limits {
            max_in_flight: rng.u32(2..40),
            max_in_flight_per_endpoint: rng.u32(1..10),
            memory_budget_bytes: rng.usize(2_000..100_000),
        };
        let mut model = Self {
            scheduler: Scheduler::new(limits),
            rng,
            mono: Duration::ZERO,
            wall: BASE,
            messages: BTreeMap::new(),
            running: BTreeSet::new(),
            paused: BTreeSet::new(),
            per_lane: BTreeMap::new(),
            limits,
        };
        for lane in 0..lanes {
            let rate_limit = model.rng.bool().then(|| RateLimit {
                rps: NonZeroU32::new(model.rng.u32(1..1000)).unwrap(),
                burst: NonZeroU32::new(model.rng.u32(1..20)).unwrap(),
            });
            let now = model.now();
            model.scheduler.set_lane(LaneKey(lane), LaneSettings { paused: false, rate_limit }, now);
        }
        model
    }

    fn now(&self) -> Now {
        Now { wall: Timestamp::from_millis(self.wall), mono: self.mono }
    }

    fn send(&mut self, lane: i64) {
        let seq = self.messages.len() as i64 + 1;
        self.messages.insert(seq, (lane, Fate::Waiting { due: 0 }));
        let due = Due { message: MessageKey(seq), bytes: self.rng.usize(1..1500), scheduled: false };
        if self.rng.bool() {
            self.scheduler.offer(LaneKey(lane), due);
        } else {
            self.scheduler.outbox_has_work(LaneKey(lane));
        }
    }

    fn refill(&mut self, lane: i64, room: usize) {
        if self.rng.u8(..) < 10 {
            let now = self.now();
            self.scheduler.refill_failed(LaneKey(lane), now);
            return;
        }
        let waiting = self.messages.iter().filter_map(|(seq, (of, fate))| match fate {
            Fate::Waiting { due } if *of == lane && !self.scheduler.is_known(MessageKey(*seq)) => {
                Some((*seq, *due))
            }
            _ => None,
        });
        let (due, later): (Vec<_>, Vec<_>) = waiting.partition(|(_, due)| *due <= self.wall);
        let rows: Vec<Due> = due
            .iter()
            .take(room)
            .map(|(seq, due)| Due { message: MessageKey(*seq), bytes: 500, scheduled: *due > 0 })
            .collect();
        let next = later.iter().map(|(_, due)| Timestamp::from_millis(*due)).min();
        self.scheduler.refilled(LaneKey(lane), &rows, due.len() > room, next);
    }

    fn poll(&mut self) {
        let (mut commands, mut dropped) = (Vec::new(), Vec::new());
        let now = self.now();
        self.scheduler.poll(now, &mut commands, &mut dropped);
        for command in commands {
            match command {
                Command::Refill { lane, room, .. } => self.refill(lane.0, room),
                Command::Start { lane, message } => {
                    let (of, fate) = self.messages[&message.0];
                    assert_eq!(of, lane.0);
                    // A refill hands over only what is due; a clock set back after it changes nothing.
                    assert!(matches!(fate, Fate::Waiting { .. }), "started after it was done");
                    assert!(self.running.insert(message.0), "two attempts of one message at once");
                    assert!(!self.paused.contains(&lane.0), "started while paused");
                    let count = self.per_lane.entry(lane.0).or_default();
                    *count += 1;
                    assert!(*count <= self.limits.max_in_flight_per_endpoint);
                    assert!(self.running.len() <= self.limits.max_in_flight as usize);
                }
            }
        }
    }

    fn end(&mut self, seq: i64, health: Health) {
        self.running.remove(&seq);
        let (lane, _) = self.messages[&seq];
        *self.per_lane.entry(lane).or_default() -= 1;
        let now = self.now();
        self.scheduler.attempt_ended(MessageKey(seq), health, now);
        let next = (health != Health::Answered).then(|| self.wall + self.rng.i64(0..60_000));
        let fate = next.map_or(Fate::Done, |due| Fate::Waiting { due });
        if self.messages[&seq].1 != Fate::Done {
            self.messages.insert(seq, (lane, fate));
        }
        self.scheduler.recorded(MessageKey(seq), next.map(Timestamp::from_millis));
    }

    fn step(&mut self, lanes: i64) {
        let lane = self.rng.i64(0..lanes);
        match self.rng.u8(0..16) {
            0..=5 => self.send(lane),
            6..=10 => {
                if let Some(seq) = self.rng.choice(self.running.iter().copied().collect::<Vec<_>>()) {
                    let health = match self.rng.u8(0..4) {
                        0 => Health::Troubled,
                        1 => Health::RateLimited,
                        _ => Health::Answered,
                    };
                    self.end(seq, health);
                }
            }
            11 => self.set_paused(lane, self.paused.contains(&lane)),
            // A delete or a cancel.
            12 => {
                let waiting: Vec<i64> = self.messages.keys().copied().collect();
                if let Some(seq) = self.rng.choice(waiting)
                    && self.scheduler.withdraw(MessageKey(seq)) != Withdrawn::InFlight
                {
                    self.messages.entry(seq).and_modify(|(_, fate)| *fate = Fate::Done);
                }
            }
            // Clocks: the steady one goes on, the other may jump either way.
            13 => self.wall += self.rng.i64(-3_600_000..3_600_000),
            14 => drop(self.scheduler.reread_all()),
            _ => {
                let passed = self.rng.u64(0..5_000);
                self.mono += Duration::from_millis(passed);
                self.wall += passed as i64;
            }
        }
        self.poll();
    }

    fn set_paused(&mut self, lane: i64, resume: bool) {
        if resume {
            self.paused.remove(&lane)
        } else {
            self.paused.insert(lane)
        };
        let now = self.now();
        let settings = LaneSettings { paused: !resume, rate_limit: None };
        self.scheduler.set_lane(LaneKey(lane), settings, now);
    }

    /// With every receiver well and every lane open, everything is delivered in the end.
    fn settle(&mut self, lanes: i64) {
        for lane in 0..lanes {
            self.set_paused(lane, true);
        }
        for _ in 0..200_000 {
            while let Some(seq) = self.running.first().copied() {
                self.end(seq, Health::Answered);
            }
            self.poll();
            if self.messages.values().all(|(_, fate)| *fate == Fate::Done) {
                return;
            }
            // A refill that was answered during the poll has given its lane another turn.
            if self.running.is_empty() && self.scheduler.turn.is_empty() {
                let wait =
                    self.scheduler.next_wake(self.now()).expect("something waits and nothing will wake");
                let wait = wait.max(Duration::from_millis(1));
                self.mono += wait;
                self.wall += wait.as_millis() as i64;
                self.poll();
            }
        }
        panic!("not everything was delivered");
    }
}

#[test]
fn no_history_loses_doubles_or_overruns() {
    for seed in 0..1_500 {
        let lanes = 1 + seed as i64 % 7;
        let result = std::panic::catch_unwind(|| {
            let mut model = Model::new(seed, lanes);
            for _ in 0..150 {
                model.step(lanes);
            }
            model.settle(lanes);
            assert_eq!(model.scheduler.in_flight(), 0);
            assert_eq!(model.scheduler.in_flight_unproven, 0);
        });
        if let Err(cause) = result {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(cause);
        }
    }
}

#[test]
fn a_hundred_hanging_lanes_leave_slots_to_the_healthy_one() {
    let limits = Limits { max_in_flight: 64, max_in_flight_per_endpoint: 32, memory_budget_bytes: 1 << 20 };
    let mut scheduler = Scheduler::new(limits);
    let now = Now { wall: Timestamp::from_millis(BASE), mono: Duration::ZERO };
    let mut seq = 0;
    let mut fill = |scheduler: &mut Scheduler, lane: i64| {
        for _ in 0..10 {
            seq += 1;
            scheduler.offer(LaneKey(lane), Due { message: MessageKey(seq), bytes: 10, scheduled: false });
        }
    };
    for lane in 0..101 {
        scheduler.set_lane(LaneKey(lane), LaneSettings::default(), now);
        scheduler.refilled(LaneKey(lane), &[], false, None);
        if let Some(lane) = scheduler.lanes.get_mut(&LaneKey(lane)) {
            lane.more_on_disk = false;
        }
        fill(&mut scheduler, lane);
    }
    // The last lane has answered before; the others never do.
    scheduler.lanes.get_mut(&LaneKey(100)).unwrap().breaker.attempt_ended(Health::Answered, Duration::ZERO);
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    let started: Vec<i64> = commands
        .iter()
        .filter_map(|command| match command {
            Command::Start { lane, .. } => Some(lane.0),
            Command::Refill { .. } => None,
        })
        .collect();
    assert_eq!(started.iter().filter(|lane| **lane == 100).count(), 2, "its limit has grown to two");
    assert_eq!(started.len(), 34, "half of 64 slots for those that never answered");
}
