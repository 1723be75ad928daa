//! The endpoints of the lanes in memory, and which of them are to be read anew.

use std::time::Duration;

use super::targets::LaneEndpoint;
use crate::outbox::rows::{LaneKey, RowMap, RowSet};

/// How long it is waited before endpoints that could not be read are read again.
const AGAIN: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct LaneLoads {
    lanes: RowMap<LaneKey, LaneEndpoint>,
    /// To be read, with the next request.
    wanted: RowSet<LaneKey>,
    /// Not before this moment of the steady clock.
    not_before: Option<Duration>,
}

impl LaneLoads {
    pub(super) fn get(&self, lane: LaneKey) -> Option<&LaneEndpoint> {
        self.lanes.get(&lane)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = LaneKey> + '_ {
        self.lanes.keys().copied()
    }

    /// An endpoint is to be read.
    pub(super) fn want(&mut self, lane: LaneKey) {
        self.wanted.insert(lane);
    }

    /// What to read now.
    pub(super) fn take_wanted(&mut self, mono: Duration) -> Vec<LaneKey> {
        if self.wanted.is_empty() || self.not_before.is_some_and(|at| mono < at) {
            return Vec::new();
        }
        self.not_before = None;
        self.wanted.drain().collect()
    }

    /// When there is something to read.
    pub(super) fn next_load(&self) -> Option<Duration> {
        (!self.wanted.is_empty()).then(|| self.not_before.unwrap_or_default())
    }

    /// Whether what was read of the lane is old already: it was edited meanwhile, and is to be read again.
    pub(super) fn is_outdated(&self, lane: LaneKey) -> bool {
        self.wanted.contains(&lane)
    }

    pub(super) fn loaded(&mut self, lane: LaneKey, endpoint: LaneEndpoint) {
        self.lanes.insert(lane, endpoint);
    }

    /// It could not be read, and is tried again shortly.
    pub(super) fn failed(&mut self, lane: LaneKey, mono: Duration) {
        self.wanted.insert(lane);
        self.not_before = Some(mono + AGAIN);
    }

    pub(super) fn forget(&mut self, lane: LaneKey) {
        self.lanes.remove(&lane);
    }
}
