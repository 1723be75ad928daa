//! The scheduler: plain state without I/O, tasks or a clock. What happened comes in together with `now`,
//! what to do goes out, and the next moment at which time alone would change something is a value.

mod breaker;
mod lane;
mod poll;
mod slots;
#[cfg(test)]
mod tests;
mod token_bucket;
mod turns;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::model::timestamp::Timestamp;
pub use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::rows::{RowMap, RowSet};
pub use breaker::Health;
use lane::Lane;
pub use lane::LaneSettings;
use slots::Slots;
pub use token_bucket::RateLimit;
use turns::Turns;

/// How many attempts may have ended whose outcome is not on disk. They hold no slot, and all of them are repeated should the
/// process die: a disk that stalls must not make them many.
const MOST_UNRECORDED: usize = 1024;

/// Both clocks, as the driver read them. `mono` never goes back and drives buckets and cool-downs; `wall`
/// decides what is due, and may be set forward. The loop sees to it that it is not set back.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The wall clock.
    pub wall: Timestamp,
    /// Time since the loop began.
    pub mono: Duration,
}

/// What holds for all lanes together.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Attempts under way.
    pub max_in_flight: u32,
    /// Attempts under way in one lane.
    pub max_in_flight_per_endpoint: u32,
    /// Bytes of messages held in memory.
    pub memory_budget_bytes: usize,
}

/// A message that is due.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// Which.
    pub message: MessageKey,
    /// The memory it holds.
    pub bytes: usize,
    /// A retry whose time has come, as against a fresh message.
    pub scheduled: bool,
}

/// What the loop is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Read due messages of the lane and answer with [`Scheduler::refilled`].
    Refill {
        /// Which lane.
        lane: LaneKey,
        /// At most so many messages.
        room: usize,
        /// At most about so many bytes, though always one message.
        bytes: usize,
    },
    /// Begin an attempt and answer with [`Scheduler::attempt_ended`].
    Start {
        /// Which lane.
        lane: LaneKey,
        /// Which message.
        message: MessageKey,
    },
}

/// Where a withdrawn message was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// Not in memory.
    Unknown,
    /// Waiting: it will not be started.
    FromWindow,
    /// Under way or being recorded: it ends as it ends.
    InFlight,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Window,
    InFlight,
    /// The attempt ended; its outcome is not on disk yet.
    Ended,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    lane: LaneKey,
    bytes: usize,
    scheduled: bool,
    stage: Stage,
    /// Taken out of the window by `withdraw`; the entry there is skipped. Under way: it does not come back there.
    withdrawn: bool,
}

/// Lanes, limits, turns and timers.
#[derive(Debug)]
pub struct Scheduler {
    limits: Limits,
    lanes: RowMap<LaneKey, Lane>,
    known: RowMap<MessageKey, Known>,
    turns: Turns,
    /// A lane was given a turn since the last poll.
    turns_given: bool,
    /// When a lane has something to do by the steady clock, and by the wall clock.
    mono_timers: BTreeSet<(Duration, LaneKey)>,
    wall_timers: BTreeSet<(Timestamp, LaneKey)>,
    slots: Slots,
    /// Attempts that ended and wait to be on disk.
    unrecorded: usize,
    held_bytes: usize,
    /// What refills under way may bring.
    reserved_bytes: usize,
    /// Lanes for whose attempts something of ours is missing.
    short: usize,
}

impl Scheduler {
    /// A scheduler without lanes.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            lanes: RowMap::default(),
            known: RowMap::default(),
            turns: Turns::default(),
            turns_given: false,
            mono_timers: BTreeSet::new(),
            wall_timers: BTreeSet::new(),
            slots: Slots::new(limits.max_in_flight),
            unrecorded: 0,
            held_bytes: 0,
            reserved_bytes: 0,
            short: 0,
        }
    }

    /// Attempts under way.
    pub fn in_flight(&self) -> usize {
        self.slots.taken() as usize
    }

    /// How many lanes wait since something of ours was missing for their attempts.
    pub fn short_lanes(&self) -> usize {
        self.short
    }

    /// Whether nothing is started on the lane before its settings are known.
    #[cfg(test)]
    pub(crate) fn awaits_settings(&self, lane: LaneKey) -> bool {
        self.lanes.get(&lane).is_some_and(|lane| lane.unread)
    }

    /// How long the lane waits before it reads on, after a read that failed or a start that was refused.
    #[cfg(test)]
    pub(crate) fn pause_before_reading(&self, lane: LaneKey, mono: Duration) -> Option<Duration> {
        self.lanes.get(&lane)?.refill_wait(mono).map(|at| at.saturating_sub(mono))
    }

    /// Whether the message is in memory: waiting, under way or being recorded.
    pub fn is_known(&self, message: MessageKey) -> bool {
        self.known.contains_key(&message)
    }

    /// The messages of a lane that are in memory, for a refill to pass over.
    pub fn known_of(&self, lane: LaneKey) -> impl Iterator<Item = MessageKey> + '_ {
        self.lanes.get(&lane).into_iter().flat_map(|lane| lane.known.iter().copied())
    }

    /// Makes a lane or changes its settings. A pause empties the window; the end of one reads on.
    /// Returns the messages that are no longer held.
    pub fn set_lane(&mut self, key: LaneKey, settings: LaneSettings, now: Now) -> Vec<MessageKey> {
        let most = self.limits.max_in_flight_per_endpoint;
        let lane = self.lanes.entry(key).or_insert_with(|| Lane::new(settings, most, now.mono));
        let resumed = lane.paused && !settings.paused;
        lane.set(settings, now.mono);
        lane.more_on_disk |= resumed;
        let dropped = if settings.paused { self.drop_window(key) } else { Vec::new() };
        self.give_turn(key);
        dropped
    }

    /// The lane's endpoint was edited: nothing is started before [`Scheduler::set_lane`] says how it is now, or
    /// [`Scheduler::go_on`] that it is as it was.
    pub fn await_settings(&mut self, key: LaneKey) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.unread = true;
        }
    }

    /// The lane's endpoint is as it was.
    pub fn go_on(&mut self, key: LaneKey) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.unread = false;
            self.give_turn(key);
        }
    }

    /// Messages that wait on the lane were edited: its window is read anew. Returns those that are no longer held.
    pub fn reread(&mut self, key: LaneKey) -> Vec<MessageKey> {
        let Some(lane) = self.lanes.get(&key) else { return Vec::new() };
        // What is under way may have been edited as well: it does not come back to its window.
        for message in &lane.known {
            if let Some(known) = self.known.get_mut(message).filter(|known| known.stage == Stage::InFlight) {
                known.withdrawn = true;
            }
        }
        let dropped = self.drop_window(key);
        self.outbox_has_work(key);
        dropped
    }

    /// Forgets the lanes to which nothing has happened since the last call and that hold nothing. What was learned of their
    /// endpoints' health goes with them.
    pub fn forget_idle_lanes(&mut self) -> Vec<LaneKey> {
        let idle: Vec<LaneKey> = self
            .lanes
            .iter_mut()
            .filter_map(|(key, lane)| (!std::mem::take(&mut lane.touched) && lane.is_idle()).then_some(*key))
            .collect();
        idle.iter().for_each(|key| drop(self.lanes.remove(key)));
        idle
    }

    /// Empties every window, so that all is read anew: the outbox may have been edited by others.
    pub fn reread_all(&mut self) -> Vec<MessageKey> {
        let keys: Vec<LaneKey> = self.lanes.keys().copied().collect();
        keys.into_iter().flat_map(|key| self.reread(key)).collect()
    }

    fn drop_window(&mut self, key: LaneKey) -> Vec<MessageKey> {
        let Some(lane) = self.lanes.get_mut(&key) else { return Vec::new() };
        let dropped: Vec<MessageKey> = lane.clear().into_iter().map(|due| due.message).collect();
        dropped.into_iter().filter(|message| self.forget_waiting(*message)).collect()
    }

    /// Forgets a message whose window entry was taken out, unless it is under way again.
    fn forget_waiting(&mut self, message: MessageKey) -> bool {
        match self.known.get(&message) {
            Some(known) if known.stage == Stage::Window => self.forget(message).is_some(),
            _ => false,
        }
    }

    fn forget(&mut self, message: MessageKey) -> Option<Known> {
        let known = self.known.remove(&message)?;
        self.unrecorded -= usize::from(known.stage == Stage::Ended);
        self.held_bytes = self.held_bytes.saturating_sub(known.bytes);
        if let Some(lane) = self.lanes.get_mut(&known.lane) {
            lane.known.remove(&message);
        }
        Some(known)
    }

    /// A message just committed in this process. False where it is not taken: the lane remembers that the
    /// outbox has it.
    pub fn offer(&mut self, key: LaneKey, due: Due) -> bool {
        let (held, budget) = (self.held_bytes + due.bytes, self.limits.memory_budget_bytes);
        let fits = held + self.reserved_bytes <= budget;
        let known = self.known.contains_key(&due.message);
        let Some(lane) = self.lanes.get_mut(&key) else { return false };
        if known || !fits || !lane.takes_offer(held, budget) {
            lane.more_on_disk = true;
            self.give_turn(key);
            return false;
        }
        if lane.refilling.is_some() {
            lane.offered_meanwhile.insert(due.message);
        }
        self.hold(key, due);
        self.give_turn(key);
        true
    }

    fn hold(&mut self, key: LaneKey, due: Due) {
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        lane.push(due);
        lane.known.insert(due.message);
        self.held_bytes += due.bytes;
        self.known.insert(
            due.message,
            Known {
                lane: key,
                bytes: due.bytes,
                scheduled: due.scheduled,
                stage: Stage::Window,
                withdrawn: false,
            },
        );
    }

    /// The outbox may hold due messages of the lane that are not in memory.
    pub fn outbox_has_work(&mut self, key: LaneKey) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.more_on_disk = true;
            self.give_turn(key);
        }
    }

    /// Whether the lane is known.
    pub fn has_lane(&self, key: LaneKey) -> bool {
        self.lanes.contains_key(&key)
    }

    /// Something on disk will be due at `at`.
    pub fn expect(&mut self, key: LaneKey, at: Timestamp) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            // Only the earliest needs a timer: the refill that it causes learns the next.
            if lane.expect(at) {
                self.wall_timers.insert((at, key));
            }
        }
    }

    /// Answers a [`Command::Refill`]. Messages in memory already are passed over. Returns those not taken.
    pub fn refilled(
        &mut self,
        key: LaneKey,
        rows: &[Due],
        more: bool,
        next_due: Option<Timestamp>,
    ) -> Vec<MessageKey> {
        let Some(lane) = self.lanes.get_mut(&key) else {
            return rows.iter().map(|due| due.message).collect();
        };
        self.reserved_bytes = self.reserved_bytes.saturating_sub(lane.refilled(rows, more));
        // What came in while the read was under way is not part of it.
        lane.more_on_disk |= more;
        lane.next_due = [next_due, lane.expected_meanwhile.take()].into_iter().flatten().min();
        if let Some(at) = lane.next_due {
            self.wall_timers.insert((at, key));
        }
        let paused = lane.paused;
        let offered = std::mem::take(&mut lane.offered_meanwhile);
        let mut refused = Vec::new();
        for due in rows {
            if paused || (offered.contains(&due.message) && !self.known.contains_key(&due.message)) {
                refused.push(due.message);
            } else if !self.known.contains_key(&due.message) {
                self.hold(key, *due);
            }
        }
        if paused && !refused.is_empty() {
            self.outbox_has_work(key);
        }
        self.give_turn(key);
        refused
    }

    /// The storage could not be read: the lane asks again later.
    pub fn refill_failed(&mut self, key: LaneKey, now: Now) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            self.reserved_bytes = self.reserved_bytes.saturating_sub(lane.refill_failed(now.mono));
            self.give_turn(key);
        }
    }

    /// An attempt ended: its slot is free. The message stays known until [`Scheduler::recorded`].
    pub fn attempt_ended(&mut self, message: MessageKey, health: Health, now: Now) {
        let Some(known) = self.known.get_mut(&message).filter(|known| known.stage == Stage::InFlight) else {
            return;
        };
        known.stage = Stage::Ended;
        self.unrecorded += 1;
        let key = known.lane;
        if let Some(lane) = self.lanes.get_mut(&key) {
            self.short -= usize::from(lane.is_short_no_more());
            let before = lane.breaker.standing();
            self.slots.free(before);
            lane.in_flight = lane.in_flight.saturating_sub(1);
            lane.breaker.attempt_ended(health, now.mono);
            let standing = lane.breaker.standing();
            // The others under way in the lane change sides with it.
            self.slots.reclassify(before, standing, lane.in_flight);
            lane.place = self.turns.reclassify(key, lane.place, standing);
            self.give_turn(key);
        }
    }

    /// Something of ours was missing, so that no attempt was made: the slot is free, and the message is back where it was
    /// in its lane's window, to be tried again shortly. False where the window is no longer its place: then it is
    /// forgotten, and the outbox knows what became of it.
    pub fn put_back(&mut self, message: MessageKey, now: Now) -> bool {
        let Some(known) = self.known.get_mut(&message).filter(|known| known.stage == Stage::InFlight) else {
            return false;
        };
        let (key, due) = (known.lane, Due { message, bytes: known.bytes, scheduled: known.scheduled });
        let withdrawn = known.withdrawn;
        let Some(lane) = self.lanes.get_mut(&key) else { return false };
        if withdrawn || lane.paused {
            self.short += usize::from(lane.is_short_now(now.mono));
            self.abandon(message);
            return false;
        }
        known.stage = Stage::Window;
        self.slots.free(lane.breaker.standing());
        lane.in_flight = lane.in_flight.saturating_sub(1);
        self.short += usize::from(lane.put_back(due, now.mono));
        self.give_turn(key);
        true
    }

    /// A start that did not come to an attempt: the slot is free and the message forgotten.
    pub fn abandon(&mut self, message: MessageKey) {
        let Some(known) = self.known.get(&message).filter(|known| known.stage == Stage::InFlight) else {
            return;
        };
        let key = known.lane;
        self.forget(message);
        if let Some(lane) = self.lanes.get_mut(&key) {
            self.slots.free(lane.breaker.standing());
            lane.in_flight = lane.in_flight.saturating_sub(1);
            lane.more_on_disk = true;
        }
        self.give_turn(key);
    }

    /// A start that was refused, since an operation on the message is being written. It is forgotten as in
    /// [`Scheduler::abandon`], and read again after a pause.
    pub fn refused(&mut self, message: MessageKey, now: Now) {
        let lane = self.known.get(&message).map(|known| known.lane);
        self.abandon(message);
        if let Some(lane) = lane.and_then(|key| self.lanes.get_mut(&key)) {
            lane.refused(now.mono);
        }
    }

    /// The outcome is on disk: the message is forgotten, and due again at `next_due`.
    pub fn recorded(&mut self, message: MessageKey, next_due: Option<Timestamp>) {
        let Some(known) = self.forget(message) else { return };
        if let Some(at) = next_due {
            self.expect(known.lane, at);
        }
        self.give_turn(known.lane);
    }

    /// A message must not be started: it was cancelled, deleted or changed.
    pub fn withdraw(&mut self, message: MessageKey) -> Withdrawn {
        match self.known.get_mut(&message) {
            None => Withdrawn::Unknown,
            Some(known) => {
                known.withdrawn = true;
                if known.stage == Stage::Window { Withdrawn::FromWindow } else { Withdrawn::InFlight }
            }
        }
    }

    fn give_turn(&mut self, key: LaneKey) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.place = self.turns.give(key, lane.place);
            lane.touched = true;
        }
        self.turns_given = true;
    }
}
