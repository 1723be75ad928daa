//! The state of a lane as it is shown.

use std::time::Duration;

use super::slots::Standing;
use super::{LaneKey, Scheduler};
use crate::model::timestamp::Timestamp;
use crate::outbox::lane_state::{LaneStanding, LaneState};

impl Scheduler {
    /// How the lane stands at `mono`, which is `wall` by the clock on the wall. `None` where it is not in memory.
    pub(crate) fn lane_state(&self, key: LaneKey, mono: Duration, wall: Timestamp) -> Option<LaneState> {
        let lane = self.lanes.get(&key)?;
        let later = |at: Duration| (at > mono).then(|| wall.plus(at.saturating_sub(mono)));
        let standing = lane.breaker.standing();
        Some(LaneState {
            standing: match standing {
                Standing::Untried => LaneStanding::Untried,
                Standing::Failing => LaneStanding::Failing,
                Standing::Proven => LaneStanding::Answering,
            },
            breaker_open: lane.breaker.is_open(),
            held_until: later(lane.breaker.cool_until()),
            in_flight: lane.in_flight,
            limit: lane.breaker.limit(),
            tokens: lane.bucket().map(|bucket| bucket.saved(mono)),
            next_token: lane.bucket().and_then(|bucket| later(bucket.next_at(mono))),
            slots_taken: !self.slots.has_room(standing),
            short: lane.is_short(),
        })
    }
}
