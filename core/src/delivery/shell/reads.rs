//! What the loop reads: endpoints that were edited, and what is due. Nothing is read on its own thread.

use std::time::{Duration, Instant};

use super::{Shell, as_due};
use crate::delivery::lack;
use crate::delivery::reader::{Loaded, Overview, Reader, Reading, Request, Wanted};
use crate::delivery::scheduler::{LaneKey, MessageKey};
use crate::error::{Error, ErrorCode, Result};
use crate::model::shortage::Shortage;
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::sqlite::due::Refill;

/// How long it is waited before the outbox is read again where it could not be read.
const READ_AGAIN: Duration = Duration::from_millis(100);
/// A lane leaves memory where nothing has happened to it for one to two of these.
pub(super) const IDLE_LANES_EVERY: Duration = Duration::from_secs(5 * 60);

/// What a request asked for.
struct Asked {
    overview: bool,
    load: Vec<i64>,
    refill: Vec<i64>,
}

impl Shell {
    /// What the reader's thread read.
    pub(super) fn read(&mut self, reading: Reading) {
        let Reading { overview, loaded, refilled, over } = reading;
        if let Some(overview) = overview {
            self.looked_over(overview);
        }
        loaded.into_iter().for_each(|loaded| self.loaded(loaded));
        for (lane, rows) in refilled {
            match rows {
                Ok(refill) => self.refilled(lane, refill),
                Err(error) => self.refill_failed(lane, &error),
            }
        }
        if over {
            self.read_over();
        }
    }

    /// An endpoint was edited, or is not in memory: it is read, and nothing is started on its lane before.
    pub(super) fn load_lane(&mut self, lane: i64) {
        self.scheduler.await_settings(LaneKey(lane));
        self.lanes.want(lane);
    }

    /// The outbox may have something for a lane.
    pub(super) fn lane_has_work(&mut self, lane: i64) {
        if self.scheduler.has_lane(LaneKey(lane)) {
            self.scheduler.outbox_has_work(LaneKey(lane));
        } else {
            self.load_lane(lane);
        }
    }

    fn loaded(&mut self, (lane, loaded): Loaded) {
        // One edit came after the other, and the later one is not read yet.
        if self.lanes.is_outdated(lane) {
            return;
        }
        match loaded {
            Ok(Some((endpoint, settings))) => {
                self.lanes.loaded(lane, endpoint);
                let now = self.now();
                let dropped = self.scheduler.set_lane(LaneKey(lane), settings, now);
                self.let_go(dropped);
            }
            Ok(None) => self.scheduler.go_on(LaneKey(lane)),
            Err(error) => {
                tracing::warn!(target: "hookbridge::delivery", %error, "an endpoint cannot be read");
                self.lanes.failed(lane);
            }
        }
    }

    /// Reads everything anew: all endpoints, and what waits.
    pub(super) fn reread_all(&mut self) {
        self.overview = Some(Instant::now());
        let lanes: Vec<i64> = self.lanes.keys().collect();
        lanes.into_iter().for_each(|lane| self.load_lane(lane));
        let dropped = self.scheduler.reread_all();
        self.let_go(dropped);
    }

    fn looked_over(&mut self, overview: Result<Overview>) {
        match overview {
            Ok(Overview { noted, waiting }) => {
                self.clock.learn(noted);
                for lane in waiting {
                    self.lane_has_work(lane);
                }
            }
            Err(error) => {
                tracing::warn!(target: "hookbridge::delivery", %error, "the outbox cannot be read");
                self.overview = Some(Instant::now() + READ_AGAIN);
            }
        }
    }

    /// What others edited.
    pub(super) fn edited(&mut self, edit: Change) {
        match edit {
            Change::Endpoint(lane) => self.load_lane(lane),
            Change::Messages(lane) if self.scheduler.has_lane(LaneKey(lane)) => {
                let dropped = self.scheduler.reread(LaneKey(lane));
                self.let_go(dropped);
            }
            Change::Messages(lane) => self.load_lane(lane),
            Change::ApiKeys => {}
        }
    }

    pub(super) fn let_go(&mut self, messages: Vec<MessageKey>) {
        for message in messages {
            self.held.remove(&message.0);
        }
    }

    pub(super) fn forget_idle_lanes(&mut self) {
        if Instant::now() >= self.idle_at {
            self.idle_at = Instant::now() + IDLE_LANES_EVERY;
            for lane in self.scheduler.forget_idle_lanes() {
                self.lanes.forget(lane.0);
            }
        }
    }

    fn refilled(&mut self, lane: i64, refill: Refill) {
        let mut dues = Vec::with_capacity(refill.messages.len());
        for message in refill.messages {
            let known = self.scheduler.is_known(MessageKey(message.seq));
            if !known && !self.withdrawn.contains(&message.seq) {
                dues.push(as_due(&message));
                self.held.insert(message.seq, message);
            }
        }
        for refused in self.scheduler.refilled(LaneKey(lane), &dues, refill.more, refill.next_due) {
            self.held.remove(&refused.0);
        }
    }

    fn refill_failed(&mut self, lane: i64, error: &Error) {
        tracing::warn!(target: "hookbridge::delivery", %error, "due messages cannot be read");
        let now = self.now();
        self.scheduler.refill_failed(LaneKey(lane), now);
    }

    fn read_over(&mut self) {
        self.reading = false;
        for seq in self.withdrawn.drain() {
            self.parts.link.forget_withdrawn(seq);
        }
    }

    /// Reads what is wanted, once the read before is over: under load that gathers much.
    pub(super) fn read_wanted(&mut self, now: Timestamp) {
        if self.reading {
            return;
        }
        let overview = self.overview.take_if(|at| Instant::now() >= *at).is_some();
        let load = self.lanes.take_wanted();
        if !overview && load.is_empty() && self.wanted.is_empty() {
            return;
        }
        let known = |lane| self.scheduler.known_of(lane).map(|message| message.0).collect();
        let refill: Vec<Wanted> = self
            .wanted
            .drain(..)
            .map(|(lane, room, bytes)| Wanted { lane: lane.0, room, bytes, known: known(lane) })
            .collect();
        let asked =
            Asked { overview, load: load.clone(), refill: refill.iter().map(|wanted| wanted.lane).collect() };
        if self.reader.is_none() {
            let parts = &self.parts;
            match Reader::start(parts.file.clone(), parts.targets.clone(), self.findings.clone()) {
                Ok(reader) => self.reader = Some(reader),
                Err(error) => {
                    lack::begin(&mut self.lack, Shortage::Threads, Some(error.to_string()), &self.parts.link);
                    return self.cannot_read(asked, &error);
                }
            }
        }
        let Some(reader) = &self.reader else { return };
        self.reading = reader.read(Request { overview, load, refill, now });
        if !self.reading {
            // It ended in a panic, of which it was told; another is started at the lanes' next try.
            self.reader = None;
            self.cannot_read(asked, &Error::new(ErrorCode::Internal, "the reader has ended"));
        }
    }

    /// What was asked for is asked for again.
    fn cannot_read(&mut self, asked: Asked, error: &Error) {
        if asked.overview {
            self.looked_over(Err(error.clone()));
        }
        asked.load.into_iter().for_each(|lane| self.loaded((lane, Err(error.clone()))));
        asked.refill.into_iter().for_each(|lane| self.refill_failed(lane, error));
    }
}
