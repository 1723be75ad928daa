//! What must hold after each step, judged from the outbox and from what was started, not from what the scheduler says.

use std::collections::BTreeSet;
use std::time::Duration;

use super::receivers::Manner;
use super::world::{Event, World};
use crate::delivery::delivery_loop::Finding;
use crate::delivery::reader::{Reading, Request};
use crate::outbox::due_at;
use crate::outbox::rows::LaneKey;

/// The longest that the scheduler waits after a read that failed.
const MOST_PATIENCE: Duration = Duration::from_secs(6);
/// What a message weighs beside its payload.
const LARGEST: usize = 1_700;

impl World {
    pub(super) fn check_after_acting(&mut self) {
        let forgotten =
            self.process.ledger.lanes().filter(|lane| !self.process.state.scheduler().remembers(*lane));
        for lane in forgotten.collect::<Vec<_>>() {
            self.process.ledger.forget(lane);
        }
        self.check_fairness();
        let held: usize = self.process.state.held().values().map(|held| held.weight()).sum();
        // One message for every lane, however full the memory is, or the last of a refill that does not fit whole.
        let most = self.config.memory_budget_bytes + LARGEST * self.lanes.len();
        assert!(held <= most, "{held} bytes are held and {most} are allowed");
    }

    /// A lane that answers well, with messages in memory and nothing under way, is served when a slot is
    /// free, and before any other gets a third turn.
    fn check_fairness(&mut self) {
        let mut waiting = BTreeSet::new();
        let (well, _) = self.lanes[0];
        let paused = self.is_paused(well);
        for (message, held) in self.process.state.held() {
            let lane = held.lane;
            if self.process.known_to_be_paused.contains(&lane) {
                self.totals.held_by_pause += 1;
            }
            let idle = self.process.ledger.in_flight(lane) == 0;
            let healthy = self.process.ledger.only_answers(lane) && self.manners[&lane] == Manner::Well;
            if idle
                && healthy
                && lane == well
                && !paused
                && !self.process.state.awaits_settings(lane)
                && !self.process.ledger.is_limited(lane)
                && !self.process.under_way.contains_key(message)
                && !self.process.short.contains(&lane)
                && self.process.link.serves(lane)
            {
                waiting.insert(lane);
            }
        }
        let scheduler = self.process.state.scheduler();
        let full = scheduler.in_flight() >= self.config.max_in_flight as usize;
        assert!(full || waiting.is_empty(), "slots are free and a healthy lane waits: {scheduler:?}");
        self.process.overtaken_by.retain(|lane, _| waiting.contains(lane));
        for lane in waiting {
            let counts = self.process.overtaken_by.entry(lane).or_default();
            assert!(counts.values().all(|count| *count <= 2), "a healthy lane was passed over: {counts:?}");
        }
    }

    /// What is due, in a lane that is open and has nothing in memory or under way, is being read, or something
    /// that concerns the lane is on its way.
    pub(super) fn check_nothing_is_forgotten(&mut self) {
        // What the writer has not told yet, and what the loop has not heard, may be of any lane.
        let told = self.process.notices.is_empty() && !self.process.is_writing();
        let on_its_way = self.events.values().any(|event| matches!(event, Event::Looks));
        if !told || on_its_way {
            return;
        }
        let mut due: BTreeSet<LaneKey> = BTreeSet::new();
        for message in self.process.outbox.state().messages().values() {
            // Of one that expires the lane is looked at again within a second, whichever way the clock was set.
            let expires = message.timing.expires_at.is_some();
            let is_due = message.due_at.is_some_and(|due_at| due_at::is_due(due_at, self.wall));
            if message.deleted_at.is_none() && is_due && !expires {
                due.insert(message.lane);
            }
        }
        let (scheduler, moment) = (self.process.state.scheduler(), self.moment());
        due.retain(|lane| {
            let pause = scheduler.pause_before_reading(*lane, moment.mono);
            !self.is_paused(*lane)
                && self.process.link.serves(*lane)
                && !self.process.state.expects(*lane)
                && pause.is_none_or(|pause| pause > MOST_PATIENCE)
                && self.process.read_failed.get(lane).is_none_or(|at| {
                    // It asks again with growing patience.
                    self.mono - *at > MOST_PATIENCE
                })
        });
        for held in self.process.state.held().values() {
            due.remove(&held.lane);
        }
        for finding in &self.process.findings {
            match finding {
                Finding::Read(read) => remove_read(&mut due, read),
                Finding::RecordAgain(ended) => drop(due.remove(&ended.lane)),
                _ => {}
            }
        }
        for event in self.events.values() {
            match event {
                Event::ReadsEndpoints(request) | Event::ReadsDue(request) => remove_wanted(&mut due, request),
                Event::Read(read) => remove_read(&mut due, read),
                Event::RecordAgain(ended) => drop(due.remove(&ended.lane)),
                _ => {}
            }
        }
        // Its time has come just now.
        if self.next_wake() == Some(Duration::ZERO) {
            return;
        }
        self.totals.looked_for_forgotten += 1;
        let rows = || {
            let state = self.process.outbox.state();
            let waiting =
                state.messages().iter().filter(|(_, row)| row.due_at.is_some() && due.contains(&row.lane));
            waiting
                .map(|(key, row)| {
                    format!(
                        "{key:?} {:?} {:?} {:?} {:?}",
                        row.due_at, row.ordering_key, row.place, row.timing
                    )
                })
                .collect::<Vec<_>>()
        };
        assert!(
            due.is_empty(),
            "due and forgotten in lanes {due:?} at {}: {:?} {:?}",
            self.wall,
            rows(),
            self.process.state.scheduler()
        );
    }
}

fn remove_read(due: &mut BTreeSet<LaneKey>, read: &Reading) {
    due.retain(|lane| {
        read.loaded.iter().all(|(of, _)| of != lane) && read.refilled.iter().all(|(of, _)| of != lane)
    });
    if read.overview.is_some() {
        due.clear();
    }
}

fn remove_wanted(due: &mut BTreeSet<LaneKey>, request: &Request) {
    due.retain(|lane| {
        !request.load.contains(lane) && request.refill.iter().all(|wanted| wanted.lane != *lane)
    });
    if request.overview {
        due.clear();
    }
}
