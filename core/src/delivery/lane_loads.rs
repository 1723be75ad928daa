//! The endpoints of the lanes in memory, and which of them are to be read anew.

use std::time::{Duration, Instant};

use super::targets::LaneEndpoint;
use crate::outbox::rows::{RowMap, RowSet};

/// How long it is waited before endpoints that could not be read are read again.
const AGAIN: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct LaneLoads {
    lanes: RowMap<i64, LaneEndpoint>,
    /// To be read, with the next request.
    wanted: RowSet<i64>,
    /// Not before this moment.
    not_before: Option<Instant>,
}

impl LaneLoads {
    pub(super) fn get(&self, lane: i64) -> Option<&LaneEndpoint> {
        self.lanes.get(&lane)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = i64> + '_ {
        self.lanes.keys().copied()
    }

    /// An endpoint is to be read.
    pub(super) fn want(&mut self, lane: i64) {
        self.wanted.insert(lane);
    }

    /// What to read now.
    pub(super) fn take_wanted(&mut self) -> Vec<i64> {
        if self.wanted.is_empty() || self.not_before.is_some_and(|at| Instant::now() < at) {
            return Vec::new();
        }
        self.not_before = None;
        self.wanted.drain().collect()
    }

    /// Whether what was read of the lane is old already: it was edited meanwhile, and is to be read again.
    pub(super) fn is_outdated(&self, lane: i64) -> bool {
        self.wanted.contains(&lane)
    }

    pub(super) fn loaded(&mut self, lane: i64, endpoint: LaneEndpoint) {
        self.lanes.insert(lane, endpoint);
    }

    /// It could not be read, and is tried again shortly.
    pub(super) fn failed(&mut self, lane: i64) {
        self.wanted.insert(lane);
        self.not_before = Some(Instant::now() + AGAIN);
    }

    pub(super) fn forget(&mut self, lane: i64) {
        self.lanes.remove(&lane);
    }
}
