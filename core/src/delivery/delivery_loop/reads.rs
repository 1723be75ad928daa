//! What the loop reads from the outbox: endpoints that changed, and due messages.

use std::time::Duration;

use super::{DeliveryLoop, Order, as_due};
use crate::delivery::due_clock::Moment;
use crate::delivery::ongoing_shortage;
use crate::delivery::reader::{Loaded, Reading, Request};
use crate::delivery::scheduler::{LaneKey, MessageKey};
use crate::error::{Error, Result};
use crate::model::shortage::Shortage;
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::due::{Overview, Refill, Wanted};
use crate::outbox::shards::{Shard, ShardSet};

/// The pause before the outbox is read again, where a read failed.
const READ_AGAIN: Duration = Duration::from_millis(100);
/// A lane leaves memory once nothing has happened to it for one to two of these periods.
pub(super) const IDLE_LANES_EVERY: Duration = Duration::from_secs(5 * 60);

impl DeliveryLoop {
    /// Takes a part of what was read.
    pub(super) fn read(&mut self, reading: Reading, moment: &Moment) {
        let Reading { overview, loaded, refilled, over } = reading;
        if let Some(overview) = overview {
            self.overview_read(overview, moment);
        }
        loaded.into_iter().for_each(|loaded| self.loaded(loaded, moment));
        for (lane, rows) in refilled {
            match rows {
                Ok(refill) => self.refilled(lane, refill),
                Err(error) => self.refill_failed(lane, &error, moment),
            }
        }
        if over {
            self.read_over();
        }
    }

    /// Has an endpoint read that changed or is not in memory. Nothing is started on its lane before.
    pub(super) fn load_lane(&mut self, lane: LaneKey) {
        // Messages of a lane that another process serves come here too: whoever accepts them does not know.
        if self.link.serves(lane) {
            self.scheduler.await_settings(lane);
            self.lanes.want(lane);
        }
    }

    /// Forgets what waits in the lanes of shards that were given up, and how their endpoints are. What is under way is recorded.
    pub(super) fn leave_lanes(&mut self, shards: &ShardSet) {
        let left: Vec<LaneKey> = self.lanes.keys().filter(|lane| shards.contains(Shard::of(*lane))).collect();
        for lane in left {
            let dropped = self.scheduler.leave_lane(lane);
            self.drop_held(dropped);
        }
        if self.reading {
            self.left.add(shards);
        }
        self.link.has_forgotten(shards);
    }

    /// The outbox may have due messages for a lane.
    pub(super) fn lane_has_work(&mut self, lane: LaneKey) {
        if self.scheduler.has_lane(lane) {
            self.scheduler.outbox_has_work(lane);
        } else {
            self.load_lane(lane);
        }
    }

    fn loaded(&mut self, (lane, loaded): Loaded, moment: &Moment) {
        // The endpoint changed again after this was read; the next read brings the change.
        if self.lanes.is_outdated(lane) {
            return;
        }
        if self.left.contains(Shard::of(lane)) || !self.link.serves(lane) {
            return self.load_lane(lane);
        }
        match loaded {
            Ok(Some((endpoint, settings))) => {
                self.lanes.loaded(lane, endpoint);
                let now = self.now(moment);
                let dropped = self.scheduler.set_lane(lane, settings, now);
                self.drop_held(dropped);
            }
            Ok(None) => self.scheduler.go_on(lane),
            Err(error) => {
                tracing::warn!(target: "hookbridge::delivery", %error, "an endpoint cannot be read");
                self.lanes.failed(lane, moment.mono);
            }
        }
    }

    /// Has everything read again: all endpoints, and all messages that wait.
    pub(super) fn reread_all(&mut self, moment: &Moment) {
        self.overview = Some(moment.mono);
        let lanes: Vec<LaneKey> = self.lanes.keys().collect();
        lanes.into_iter().for_each(|lane| self.load_lane(lane));
        let dropped = self.scheduler.reread_all();
        self.drop_held(dropped);
    }

    fn overview_read(&mut self, overview: Result<Overview>, moment: &Moment) {
        match overview {
            Ok(Overview { noted, waiting }) => {
                self.clock.learn(noted);
                for lane in waiting {
                    self.lane_has_work(lane);
                }
            }
            Err(error) => {
                tracing::warn!(target: "hookbridge::delivery", %error, "the outbox cannot be read");
                self.overview = Some(moment.mono + READ_AGAIN);
            }
        }
    }

    /// Takes a change by another process.
    pub(super) fn edited(&mut self, edit: Change) {
        match edit {
            Change::Endpoint(lane) => self.load_lane(lane),
            Change::Messages(lane) if self.scheduler.has_lane(lane) => {
                let dropped = self.scheduler.reread(lane);
                self.drop_held(dropped);
            }
            Change::Messages(lane) => self.load_lane(lane),
            Change::ApiKeys => {}
        }
    }

    pub(super) fn drop_held(&mut self, messages: Vec<MessageKey>) {
        for message in messages {
            self.held.remove(&message);
        }
    }

    pub(super) fn forget_idle_lanes(&mut self, moment: &Moment) {
        if moment.mono >= self.idle_at {
            self.idle_at = moment.mono + IDLE_LANES_EVERY;
            for lane in self.scheduler.forget_idle_lanes() {
                self.lanes.forget(lane);
            }
        }
    }

    fn refilled(&mut self, lane: LaneKey, mut refill: Refill) {
        if self.left.contains(Shard::of(lane)) {
            refill = Refill { messages: Vec::new(), more: true, next_due: None };
        }
        let mut dues = Vec::with_capacity(refill.messages.len());
        for message in refill.messages {
            let known = self.scheduler.is_known(message.key);
            if !known && !self.withdrawn.contains(&message.key) {
                dues.push(as_due(&message));
                self.held.insert(message.key, message);
            }
        }
        for refused in self.scheduler.refilled(lane, &dues, refill.more, refill.next_due) {
            self.held.remove(&refused);
        }
    }

    fn refill_failed(&mut self, lane: LaneKey, error: &Error, moment: &Moment) {
        tracing::warn!(target: "hookbridge::delivery", %error, "due messages cannot be read");
        let now = self.now(moment);
        self.scheduler.refill_failed(lane, now);
    }

    fn read_over(&mut self) {
        (self.reading, self.left) = (false, ShardSet::default());
        for message in self.withdrawn.drain() {
            self.link.forget_withdrawn(message);
        }
    }

    /// When the overview or endpoints are to be read next; `None` while a read is under way.
    pub(super) fn next_read(&self) -> Option<Duration> {
        if self.reading { None } else { self.overview.into_iter().chain(self.lanes.next_load()).min() }
    }

    /// Orders one read of everything wanted, once the read before is over. Under load one read serves many lanes.
    pub(super) fn read_wanted(&mut self, now: Timestamp, moment: &Moment) {
        if self.reading {
            return;
        }
        let overview = self.overview.take_if(|at| moment.mono >= *at).is_some();
        let load = self.lanes.take_wanted(moment.mono);
        if !overview && load.is_empty() && self.wanted.is_empty() {
            return;
        }
        let wanted = std::mem::take(&mut self.wanted);
        let known = |lane| self.scheduler.known_of(lane).chain(self.set_aside(lane)).collect();
        let refill = wanted
            .into_iter()
            .map(|(lane, room, bytes)| Wanted { lane, room, bytes, known: known(lane) })
            .collect();
        self.reading = true;
        self.orders.push(Order::Read(Request { overview, load, refill, now, wall: moment.wall }));
    }

    /// Has everything that the request asked for read again later.
    pub(super) fn cannot_read(
        &mut self,
        request: Request,
        error: &Error,
        shortage: Option<Shortage>,
        moment: &Moment,
    ) {
        if let Some(shortage) = shortage {
            ongoing_shortage::begin(
                &mut self.shortage,
                shortage,
                Some(error.to_string()),
                &self.link,
                moment,
            );
        }
        self.read_over();
        if request.overview {
            self.overview_read(Err(error.clone()), moment);
        }
        request.load.into_iter().for_each(|lane| self.loaded((lane, Err(error.clone())), moment));
        request.refill.into_iter().for_each(|wanted| self.refill_failed(wanted.lane, error, moment));
    }
}
