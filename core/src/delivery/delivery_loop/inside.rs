//! What the simulation looks at inside.

use super::DeliveryLoop;
use crate::delivery::scheduler::{LaneKey, MessageKey, Scheduler};
use crate::outbox::DueMessage;
use crate::outbox::rows::RowMap;

impl DeliveryLoop {
    pub(crate) fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// Messages in a window or under way.
    pub(crate) fn held(&self) -> &RowMap<MessageKey, DueMessage> {
        &self.held
    }

    /// Whether what is read of the lane's endpoint now is outdated.
    pub(crate) fn awaits_endpoint(&self, lane: LaneKey) -> bool {
        self.lanes.is_outdated(lane)
    }

    /// Whether nothing is started on the lane until its endpoint was read.
    pub(crate) fn awaits_settings(&self, lane: LaneKey) -> bool {
        self.scheduler.awaits_settings(lane)
    }

    /// Whether it is about to read something of the lane.
    pub(crate) fn expects(&self, lane: LaneKey) -> bool {
        self.overview.is_some()
            || self.lanes.is_outdated(lane)
            || self.wanted.iter().any(|(wanted, ..)| *wanted == lane)
    }
}
