//! Another process delivers too, as from a database: lanes go to it and come back. What it delivers, it delivers at once.

use super::*;
use crate::outbox::cases::ended;
use crate::outbox::due::Due;
use crate::outbox::due_at;
use crate::outbox::ended::Verdict;
use crate::outbox::messages::Messages;
use crate::outbox::shards::{Shard, ShardSet};

/// Which lanes this process serves no more.
#[derive(Default)]
pub(super) struct HandOvers {
    chances: fastrand::Rng,
    /// Nothing of them is started here any more, and something may be under way.
    leaving: BTreeSet<LaneKey>,
    /// The other process has them.
    elsewhere: BTreeSet<LaneKey>,
}

impl HandOvers {
    /// None in a history in which this process delivers alone.
    pub(super) fn of(seed: u64) -> Option<Self> {
        (seed % 4 >= 2)
            .then(|| Self { chances: fastrand::Rng::with_seed(seed ^ 0x0c1a_55e5), ..Self::default() })
    }
}

fn shard(lane: LaneKey) -> ShardSet {
    std::iter::once(Shard::of(lane)).collect()
}

impl World {
    /// Lanes are given up, given away and taken back, and the other process delivers.
    pub(super) fn hand_over(&mut self) {
        let Some(mut hand_overs) = self.hand_overs.take() else { return };
        let busy = self.process.link.under_way_in();
        let (at_rest, leaving): (BTreeSet<LaneKey>, _) =
            hand_overs.leaving.iter().partition(|lane| !busy.contains(Shard::of(**lane)));
        hand_overs.leaving = leaving;
        hand_overs.elsewhere.extend(at_rest);
        let lane = self.lanes[hand_overs.chances.usize(0..self.lanes.len())].0;
        match hand_overs.chances.u8(0..6) {
            0 if !hand_overs.elsewhere.contains(&lane) && hand_overs.leaving.insert(lane) => {
                self.process.link.leave(&shard(lane));
                self.totals.handed_over += 1;
            }
            1 | 2 if hand_overs.elsewhere.remove(&lane) => self.process.link.serve(&shard(lane)),
            _ => {
                for lane in &hand_overs.elsewhere {
                    if hand_overs.chances.bool() {
                        self.is_delivered_elsewhere(*lane);
                    }
                }
            }
        }
        self.hand_overs = Some(hand_overs);
        self.take_notices();
    }

    /// The other process delivers the first message of the lane that is due.
    fn is_delivered_elsewhere(&mut self, lane: LaneKey) {
        if self.is_write_locked() || self.is_paused(lane) {
            return;
        }
        let wall = Timestamp::from_millis(self.wall);
        let first = {
            let state = self.elsewhere.state();
            let mut waiting = state.waiting_in(lane).filter(|(at, _)| due_at::is_due(*at, self.wall));
            waiting.find_map(|(_, key)| {
                let row = &state.messages()[&key];
                (!row.timing.is_over(wall)).then_some((row.id, row.attempt_count))
            })
        };
        let Some((id, attempts)) = first else { return };
        let found = self.elsewhere.message(&id).expect("the outbox is well").expect("it waits");
        let outcome = ended(&found, attempts + 1, Verdict::Succeeded);
        self.elsewhere.record(Box::new(outcome)).expect("the outbox is open");
        *self.successes.entry(found.key).or_default() += 1;
        self.totals.delivered_elsewhere += 1;
        self.soon(5_000, Event::Looks);
    }

    /// A process that takes over after a crash serves what the other one does not.
    pub(super) fn take_over(&mut self) {
        let Some(hand_overs) = &mut self.hand_overs else { return };
        hand_overs.leaving.clear();
        let elsewhere = hand_overs.elsewhere.iter().map(|lane| Shard::of(*lane)).collect();
        self.process.link.leave(&elsewhere);
        self.take_notices();
    }

    /// The other process goes.
    pub(super) fn takes_all_back(&mut self) {
        if self.hand_overs.take().is_some() {
            self.process.link.serve(&ShardSet::ALL);
            self.take_notices();
        }
    }

    /// Whether the other process has the lane.
    pub(super) fn is_elsewhere(&self, lane: LaneKey) -> bool {
        self.hand_overs.as_ref().is_some_and(|hand_overs| hand_overs.elsewhere.contains(&lane))
    }
}
