//! The scheduler: plain state without I/O, tasks or a clock. Its inputs say what happened and the time. Its outputs are
//! commands, and how long until the passing of time alone gives it something to do.

mod breaker;
mod lane;
mod poll;
mod slots;
mod state;
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

/// How many ended attempts may wait for their outcomes to be on disk. They hold no slot, and all of them are made again if the
/// process dies: a disk that stalls must not let them pile up.
const MOST_UNRECORDED: usize = 1024;

/// Both clocks, as the driver read them. `mono` never goes back and drives buckets and cool-downs. `wall` decides what is due; it
/// may jump forward, and the loop sees to it that it does not go back.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The due time, which follows the wall clock.
    pub wall: Timestamp,
    /// Time since the loop began.
    pub mono: Duration,
}

/// The limits that all lanes share.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most attempts under way.
    pub max_in_flight: u32,
    /// The most attempts under way in one lane.
    pub max_in_flight_per_endpoint: u32,
    /// The most bytes of messages in memory.
    pub memory_budget_bytes: usize,
}

/// A message that is due.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// Its key.
    pub message: MessageKey,
    /// How much memory it takes.
    pub bytes: usize,
    /// Whether it is a retry whose time has come, rather than a fresh message.
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
    /// Under way or being recorded: its attempt is not stopped.
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
struct KnownMessage {
    lane: LaneKey,
    bytes: usize,
    scheduled: bool,
    stage: Stage,
    /// `withdraw` was called. In the window the message is skipped; from an attempt under way it does not return to the window.
    withdrawn: bool,
}

/// Lanes, limits, turns and timers.
#[derive(Debug)]
pub struct Scheduler {
    limits: Limits,
    lanes: RowMap<LaneKey, Lane>,
    known: RowMap<MessageKey, KnownMessage>,
    turns: Turns,
    /// Whether a lane was given a turn since the last poll.
    turns_given: bool,
    /// When a lane has something to do, by the steady clock.
    mono_timers: BTreeSet<(Duration, LaneKey)>,
    /// When a lane has something to do, by the due time.
    wall_timers: BTreeSet<(Timestamp, LaneKey)>,
    slots: Slots,
    /// How many ended attempts wait for their outcomes to be on disk.
    unrecorded: usize,
    held_bytes: usize,
    /// How many bytes the refills under way may bring.
    reserved_bytes: usize,
    /// How many lanes wait because this process lacked something for their attempts.
    lanes_short: usize,
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
            lanes_short: 0,
        }
    }

    /// How many attempts are under way.
    pub fn in_flight(&self) -> usize {
        self.slots.taken() as usize
    }

    /// How many lanes wait because this process lacked something for their attempts.
    pub fn short_lanes(&self) -> usize {
        self.lanes_short
    }

    /// Whether nothing is started on the lane before its settings are known.
    #[cfg(test)]
    pub(crate) fn awaits_settings(&self, lane: LaneKey) -> bool {
        self.lanes.get(&lane).is_some_and(|lane| lane.unread)
    }

    /// Whether something is known of the lane, also where another process serves it.
    #[cfg(test)]
    pub(crate) fn remembers(&self, lane: LaneKey) -> bool {
        self.lanes.contains_key(&lane)
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

    /// The lane's messages that are in memory. A refill passes them over.
    pub fn known_of(&self, lane: LaneKey) -> impl Iterator<Item = MessageKey> + '_ {
        self.lanes.get(&lane).into_iter().flat_map(|lane| lane.known.iter().copied())
    }

    /// Creates a lane or changes its settings. A pause empties the window; after a pause the lane reads on.
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

    /// The lane's endpoint changed. Nothing is started before [`Scheduler::set_lane`] brings the new settings, or
    /// [`Scheduler::go_on`] says that the old ones hold.
    pub fn await_settings(&mut self, key: LaneKey) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.unread = true;
        }
    }

    /// The lane's settings hold on.
    pub fn go_on(&mut self, key: LaneKey) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.unread = false;
            self.give_turn(key);
        }
    }

    /// Another process serves the lane from now on: nothing of it is started or read any more. It is forgotten once what is under
    /// way is recorded, unless [`Scheduler::set_lane`] brings it back. Returns the messages no longer held.
    pub fn leave_lane(&mut self, key: LaneKey) -> Vec<MessageKey> {
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.leave();
        }
        self.drop_window(key)
    }

    /// Messages that wait on the lane were changed: its window is emptied and read again. Returns the messages no longer held.
    pub fn reread(&mut self, key: LaneKey) -> Vec<MessageKey> {
        let Some(lane) = self.lanes.get(&key) else { return Vec::new() };
        // Messages under way may have been changed too: they do not return to the window.
        for message in &lane.known {
            if let Some(known) = self.known.get_mut(message).filter(|known| known.stage == Stage::InFlight) {
                known.withdrawn = true;
            }
        }
        let dropped = self.drop_window(key);
        self.outbox_has_work(key);
        dropped
    }

    /// Forgets the lanes that hold nothing and to which nothing has happened since the last call, with all that was learned of
    /// their endpoints' health.
    pub fn forget_idle_lanes(&mut self) -> Vec<LaneKey> {
        let idle: Vec<LaneKey> = self
            .lanes
            .iter_mut()
            .filter_map(|(key, lane)| (!std::mem::take(&mut lane.touched) && lane.is_idle()).then_some(*key))
            .collect();
        idle.iter().for_each(|key| drop(self.lanes.remove(key)));
        idle
    }

    /// Empties every window, so that all is read again: other processes may have changed anything.
    pub fn reread_all(&mut self) -> Vec<MessageKey> {
        let keys: Vec<LaneKey> = self.lanes.keys().copied().collect();
        keys.into_iter().flat_map(|key| self.reread(key)).collect()
    }

    fn drop_window(&mut self, key: LaneKey) -> Vec<MessageKey> {
        let Some(lane) = self.lanes.get_mut(&key) else { return Vec::new() };
        let dropped: Vec<MessageKey> = lane.clear().into_iter().map(|due| due.message).collect();
        dropped.into_iter().filter(|message| self.forget_waiting(*message)).collect()
    }

    /// Forgets a message whose entry was taken out of the window, unless it is under way.
    fn forget_waiting(&mut self, message: MessageKey) -> bool {
        match self.known.get(&message) {
            Some(known) if known.stage == Stage::Window => self.forget(message).is_some(),
            _ => false,
        }
    }

    fn forget(&mut self, message: MessageKey) -> Option<KnownMessage> {
        let known = self.known.remove(&message)?;
        self.unrecorded -= usize::from(known.stage == Stage::Ended);
        self.held_bytes = self.held_bytes.saturating_sub(known.bytes);
        if let Some(lane) = self.lanes.get_mut(&known.lane) {
            lane.known.remove(&message);
        }
        Some(known)
    }

    /// Offers a message that this process just committed. False where the lane does not take it; the lane then remembers to
    /// read it from the outbox.
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
            KnownMessage {
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
        self.lanes.get(&key).is_some_and(|lane| !lane.left)
    }

    /// A message on disk will be due at `at`.
    pub fn expect(&mut self, key: LaneKey, at: Timestamp) {
        if let Some(lane) = self.lanes.get_mut(&key) {
            // Only the earliest time needs a timer: the refill at that time learns the next.
            if lane.expect(at) {
                self.wall_timers.insert((at, key));
            }
        }
    }

    /// Answers a [`Command::Refill`]. Messages in memory already are passed over. Returns the messages that were not taken.
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
        // Messages that came while the read was under way are not in it.
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

    /// The outbox could not be read: the lane asks again later.
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
            self.lanes_short -= usize::from(lane.end_shortage());
            let before = lane.breaker.standing();
            self.slots.free(before);
            lane.in_flight = lane.in_flight.saturating_sub(1);
            lane.breaker.attempt_ended(health, now.mono);
            let standing = lane.breaker.standing();
            // The lane's other attempts under way count by its new standing too.
            self.slots.reclassify(before, standing, lane.in_flight);
            lane.place = self.turns.reclassify(key, lane.place, standing);
            self.give_turn(key);
        }
    }

    /// This process lacked something, so no attempt was made. The slot is free, and the message is back at its place in the
    /// window, to be tried again shortly. False where it may not return to the window: then it is forgotten here and stays
    /// in the outbox.
    pub fn put_back(&mut self, message: MessageKey, now: Now) -> bool {
        let Some(known) = self.known.get_mut(&message).filter(|known| known.stage == Stage::InFlight) else {
            return false;
        };
        let (key, due) = (known.lane, Due { message, bytes: known.bytes, scheduled: known.scheduled });
        let withdrawn = known.withdrawn;
        let Some(lane) = self.lanes.get_mut(&key) else { return false };
        if withdrawn || lane.paused {
            self.lanes_short += usize::from(lane.begin_shortage(now.mono));
            self.abandon(message);
            return false;
        }
        known.stage = Stage::Window;
        self.slots.free(lane.breaker.standing());
        lane.in_flight = lane.in_flight.saturating_sub(1);
        self.lanes_short += usize::from(lane.put_back(due, now.mono));
        self.give_turn(key);
        true
    }

    /// A start led to no attempt: the slot is free and the message forgotten.
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

    /// A start was refused because an operation on the message is being written. The message is forgotten as in
    /// [`Scheduler::abandon`], and read again after a pause.
    pub fn refused(&mut self, message: MessageKey, now: Now) {
        let lane = self.known.get(&message).map(|known| known.lane);
        self.abandon(message);
        if let Some(lane) = lane.and_then(|key| self.lanes.get_mut(&key)) {
            lane.refused(now.mono);
        }
    }

    /// The outcome is on disk: the message is forgotten. Its lane expects it again at `next_due`.
    pub fn recorded(&mut self, message: MessageKey, next_due: Option<Timestamp>) {
        let Some(known) = self.forget(message) else { return };
        if let Some(at) = next_due {
            self.expect(known.lane, at);
        }
        self.give_turn(known.lane);
    }

    /// Has a message not be started, which was cancelled, deleted or changed.
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
