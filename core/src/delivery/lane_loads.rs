//! The endpoints of the lanes in memory, and which of them are to be read.

use std::time::Duration;

use super::targets::LaneEndpoint;
use crate::outbox::rows::{LaneKey, RowMap, RowSet};

/// The pause before endpoints are read again, where reading them failed.
const AGAIN: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct LaneLoads {
    lanes: RowMap<LaneKey, LaneEndpoint>,
    /// Lanes whose endpoints the next request reads.
    wanted: RowSet<LaneKey>,
    /// Nothing is read before this moment of the steady clock.
    not_before: Option<Duration>,
}

impl LaneLoads {
    pub(super) fn get(&self, lane: LaneKey) -> Option<&LaneEndpoint> {
        self.lanes.get(&lane)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = LaneKey> + '_ {
        self.lanes.keys().copied()
    }

    /// Has the lane's endpoint read.
    pub(super) fn want(&mut self, lane: LaneKey) {
        self.wanted.insert(lane);
    }

    /// The lanes whose endpoints are to be read now.
    pub(super) fn take_wanted(&mut self, mono: Duration) -> Vec<LaneKey> {
        if self.wanted.is_empty() || self.not_before.is_some_and(|at| mono < at) {
            return Vec::new();
        }
        self.not_before = None;
        self.wanted.drain().collect()
    }

    /// When endpoints are to be read next; `None` where none are.
    pub(super) fn next_load(&self) -> Option<Duration> {
        (!self.wanted.is_empty()).then(|| self.not_before.unwrap_or_default())
    }

    /// Whether an endpoint that was just read is outdated: it changed meanwhile and is to be read again.
    pub(super) fn is_outdated(&self, lane: LaneKey) -> bool {
        self.wanted.contains(&lane)
    }

    pub(super) fn loaded(&mut self, lane: LaneKey, endpoint: LaneEndpoint) {
        self.lanes.insert(lane, endpoint);
    }

    /// The lane's endpoint could not be read, and is read again shortly.
    pub(super) fn failed(&mut self, lane: LaneKey, mono: Duration) {
        self.wanted.insert(lane);
        self.not_before = Some(mono + AGAIN);
    }

    pub(super) fn forget(&mut self, lane: LaneKey) {
        self.lanes.remove(&lane);
    }
}
