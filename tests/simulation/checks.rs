//! What must hold after each step, judged from the outbox and from what was started, not from what the scheduler says.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::receivers::Manner;
use crate::world::{Event, Finding, Notice, World};

/// The longest that the scheduler waits after a read that failed.
const MOST_PATIENCE: Duration = Duration::from_secs(6);

impl World {
    /// A lane that answers well, with messages in memory and nothing under way, is served when a slot is
    /// free, and before any other gets a third turn.
    pub(crate) fn check_fairness(&mut self) {
        let mut waiting = BTreeSet::new();
        for (seq, held) in &self.process.held {
            let lane = held.lane;
            let endpoint = &self.process.lanes[&lane];
            let idle = self.process.ledger.in_flight(lane) == 0;
            if endpoint.paused {
                self.totals.held_by_pause += 1;
            }
            let healthy = self.process.ledger.only_answers(lane) && self.manners[&lane] == Manner::Well;
            if idle
                && healthy
                && lane == 0
                && !endpoint.paused
                && endpoint.rate_limit.is_none()
                && !self.process.in_flight.contains(seq)
                && !self.process.short.contains(&lane)
            {
                waiting.insert(lane);
            }
        }
        let full = self.process.scheduler.in_flight() >= self.limits.max_in_flight as usize;
        assert!(
            full || waiting.is_empty(),
            "slots are free and a healthy lane waits: {:?} {:?}",
            self.process.held,
            self.process.scheduler
        );
        self.process.overtaken_by.retain(|lane, _| waiting.contains(lane));
        for lane in waiting {
            let counts = self.process.overtaken_by.entry(lane).or_default();
            assert!(counts.values().all(|count| *count <= 2), "a healthy lane was passed over: {counts:?}");
        }
    }

    /// What is due, in a lane that is open and has nothing in memory or under way, is being read, or something
    /// that concerns the lane is on its way.
    pub(crate) fn check_nothing_is_forgotten(&mut self) {
        let mut due: BTreeSet<i64> = BTreeSet::new();
        for message in self.outbox.messages.values() {
            if message.is_due(self.wall) && !message.deleted {
                due.insert(message.lane);
            }
        }
        for held in self.process.held.values() {
            due.remove(&held.lane);
        }
        due.retain(|lane| {
            !self.outbox.endpoints[lane].paused
                && self.process.read_failed.get(lane).is_none_or(|at| {
                    // It asks again with growing patience.
                    self.mono - *at > MOST_PATIENCE
                })
        });
        for finding in &self.process.findings {
            if let Finding::Refilled { read, .. } = finding {
                due.retain(|lane| read.iter().all(|read| read.lane != *lane));
            }
        }
        for (lane, ..) in &self.process.wanted {
            due.remove(lane);
        }
        for notice in &self.process.notices {
            due.retain(|lane| !self.concerns(notice, *lane));
        }
        for event in self.events.values() {
            match event {
                Event::ReadBegins { wanted } => {
                    due.retain(|lane| wanted.iter().all(|wanted| wanted.lane != *lane));
                }
                Event::ReadDone { read, .. } => due.retain(|lane| read.iter().all(|read| read.lane != *lane)),
                Event::AttemptEnds { .. } | Event::Turn => {}
                Event::Commit(ended) => drop(due.remove(&ended.held.lane)),
                Event::Notice(notice) => due.retain(|lane| !self.concerns(notice, *lane)),
            }
        }
        // Its time has come just now.
        if self.process.scheduler.next_wake(self.now()) == Some(Duration::ZERO) {
            return;
        }
        self.totals.looked_for_forgotten += 1;
        assert!(due.is_empty(), "due and forgotten in lanes {due:?}: {:?}", self.process.scheduler);
    }

    fn concerns(&self, notice: &Notice, lane: i64) -> bool {
        match notice {
            Notice::RereadAll => true,
            Notice::Accepted(seq) | Notice::Withdrawn(seq) => self.outbox.messages[seq].lane == lane,
            Notice::OthersWrote(of) | Notice::EndpointChanged(of) | Notice::Requeued { lane: of, .. } => {
                *of == lane
            }
            Notice::Recorded { ended, .. } | Notice::NotRecorded(ended) => ended.held.lane == lane,
        }
    }
}
