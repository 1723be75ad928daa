//! A poll of the scheduler: it gives lanes their turns, and finds what to read and what to start.

use std::time::Duration;

use super::lane::Ready;
use super::turns::Place;
use super::{Command, LaneKey, MOST_UNRECORDED, MessageKey, Now, Scheduler, Stage};

/// A refill may bring at most this part (one of so many) of what is left of the memory budget, so that no lane takes it all.
const REFILLS_IN_BUDGET: usize = 4;

/// The result of a lane's turn.
enum Turn {
    Again,
    /// Ready, but every slot is taken.
    NoSlot,
    Over,
}

impl Scheduler {
    /// Finds all that can be done now. Lanes take turns, with one attempt a turn. Withdrawn messages that are met go to
    /// `dropped`.
    pub fn poll(&mut self, now: Now, commands: &mut Vec<Command>, dropped: &mut Vec<MessageKey>) {
        while let Some((at, key)) = self.mono_timers.first().copied().filter(|(at, _)| *at <= now.mono) {
            self.mono_timers.remove(&(at, key));
            self.give_turn(key);
        }
        while let Some((at, key)) = self.wall_timers.first().copied().filter(|(at, _)| *at <= now.wall) {
            self.wall_timers.remove(&(at, key));
            self.give_turn(key);
        }
        for key in self.turns.take_touched() {
            self.refill_if_wanted(key, now, commands);
        }
        loop {
            let full = self.unrecorded >= MOST_UNRECORDED;
            let slots = &self.slots;
            let next = self.turns.next(|standing| !full && slots.has_room(standing));
            let Some((key, ticket)) = next else { break };
            self.refill_if_wanted(key, now, commands);
            let turn = self.start_one(key, now, commands, dropped);
            if let Some(lane) = self.lanes.get_mut(&key) {
                lane.place = match turn {
                    Turn::Again => self.turns.push(key),
                    Turn::NoSlot => self.turns.wait(key, lane.breaker.standing(), ticket),
                    Turn::Over => Place::Out,
                };
            }
        }
        self.turns_given = false;
    }

    fn refill_if_wanted(&mut self, key: LaneKey, now: Now, commands: &mut Vec<Command>) {
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        if !lane.wants_refill(now) {
            if let Some(at) = lane.refill_wait(now.mono) {
                self.mono_timers.insert((at, key));
            }
            // The timer may have gone off before the wall clock was set back: it is set again.
            if let Some(at) = lane.next_due.filter(|at| *at > now.wall) {
                self.wall_timers.insert((at, key));
            }
            return;
        }
        let left = self.limits.memory_budget_bytes.saturating_sub(self.held_bytes + self.reserved_bytes);
        let idle = lane.held() == 0 && lane.in_flight == 0;
        if left == 0 && !idle {
            return;
        }
        // An idle lane reads one message even when the memory is full.
        let (room, bytes) = if left == 0 { (1, 0) } else { lane.begin_refill(now.mono) };
        let bytes = bytes.min(left / REFILLS_IN_BUDGET);
        lane.refilling = Some(bytes);
        lane.more_on_disk = false;
        lane.expected_meanwhile = None;
        lane.offered_meanwhile.clear();
        self.reserved_bytes += bytes;
        commands.push(Command::Refill { lane: key, room, bytes: bytes.max(1) });
    }

    fn start_one(
        &mut self,
        key: LaneKey,
        now: Now,
        commands: &mut Vec<Command>,
        dropped: &mut Vec<MessageKey>,
    ) -> Turn {
        let Some(lane) = self.lanes.get_mut(&key) else { return Turn::Over };
        match lane.readiness(now.mono) {
            Ready::No => return Turn::Over,
            Ready::At(at) => {
                self.mono_timers.insert((at, key));
                return Turn::Over;
            }
            Ready::Now => {}
        }
        let standing = lane.breaker.standing();
        if !self.slots.has_room(standing) || self.unrecorded >= MOST_UNRECORDED {
            return Turn::NoSlot;
        }
        if let Err(at) = lane.take_token(now.mono) {
            self.mono_timers.insert((at, key));
            return Turn::Over;
        }
        let Some(due) = lane.pop(now.mono) else { return Turn::Over };
        let Some(known) = self.known.get_mut(&due.message).filter(|known| known.stage == Stage::Window)
        else {
            return Turn::Again;
        };
        if known.withdrawn {
            // If an operation made the message due again, the outbox has it.
            lane.more_on_disk = true;
            self.forget_waiting(due.message);
            dropped.push(due.message);
            return Turn::Again;
        }
        known.stage = Stage::InFlight;
        lane.in_flight += 1;
        self.slots.take(standing);
        commands.push(Command::Start { lane: key, message: due.message });
        Turn::Again
    }

    /// How long until the passing of time alone gives [`Scheduler::poll`] something to do. Zero where something happened
    /// since the last poll; `None` where no timer is set.
    pub fn next_wake(&self, now: Now) -> Option<Duration> {
        if self.turns_given {
            return Some(Duration::ZERO);
        }
        let mono = self.mono_timers.first().map(|(at, _)| at.saturating_sub(now.mono));
        let wall = self.wall_timers.first().map(|(at, _)| at.since(now.wall));
        match (mono, wall) {
            (Some(mono), Some(wall)) => Some(mono.min(wall)),
            (mono, wall) => mono.or(wall),
        }
    }
}
