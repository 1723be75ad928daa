//! The writer's thread: it takes what has gathered, commits it or fails, and tells what came of it. The loop goes on between
//! any two of these.

use super::process::{Operation, Writing};
use super::*;

impl World {
    /// Something waits to be written.
    pub(super) fn wake_writer(&mut self) {
        if matches!(self.process.writing, Writing::Nothing) {
            self.process.writing = Writing::Woken;
            self.soon(2_000, Event::WriterBegins);
        }
    }

    pub(super) fn writer_begins(&mut self) {
        self.process.writing = match self.process.outbox.begin() {
            Some(group) => {
                self.soon(6_000, Event::WriterCommits);
                Writing::Applied(group)
            }
            None => Writing::Nothing,
        };
    }

    pub(super) fn writer_commits(&mut self) {
        let Writing::Applied(group) = std::mem::replace(&mut self.process.writing, Writing::Nothing) else {
            return;
        };
        let fails = !self.settling && self.rng.u8(..) < 8;
        self.totals.not_written += u64::from(fails);
        let written = self.process.outbox.commit(group, !fails);
        self.forget_open_lanes();
        self.process.writing = Writing::Done(written);
        self.soon(3_000, Event::WriterTells);
    }

    pub(super) fn writer_tells(&mut self) {
        let Writing::Done(written) = std::mem::replace(&mut self.process.writing, Writing::Woken) else {
            return;
        };
        self.process.outbox.tell(written);
        self.take_notices();
        self.operations_answered();
        self.soon(1_000, Event::WriterBegins);
    }

    /// Whether another process has to wait for the write lock.
    pub(super) fn is_write_locked(&self) -> bool {
        matches!(self.process.writing, Writing::Applied(_))
    }

    pub(super) fn take_notices(&mut self) {
        if self.process.hear() {
            self.wake();
        }
    }

    fn operations_answered(&mut self) {
        for operation in std::mem::take(&mut self.process.operations) {
            match operation {
                Operation::Pause(lane, slot) => match slot.wait_for(Duration::ZERO) {
                    None => self.process.operations.push(Operation::Pause(lane, slot)),
                    Some(Err(_)) => {}
                    Some(Ok(_)) => self.pause_was_answered(lane),
                },
                Operation::Replay(message, slot) => match slot.wait_for(Duration::ZERO) {
                    None => self.process.operations.push(Operation::Replay(message, slot)),
                    Some(Ok(answers)) if answers.iter().flatten().any(|done| done.changed) => {
                        *self.excused.entry(message).or_default() += 1;
                    }
                    Some(_) => {}
                },
                Operation::Withdraw(slot) => match slot.wait_for(Duration::ZERO) {
                    None => self.process.operations.push(Operation::Withdraw(slot)),
                    Some(Ok(answers)) => {
                        self.totals.withdrawn +=
                            answers.iter().flatten().filter(|done| done.changed).count() as u64;
                    }
                    Some(Err(_)) => {}
                },
            }
        }
    }

    /// What was known of a pause ends with it, though the loop may not have heard.
    pub(super) fn forget_open_lanes(&mut self) {
        let paused = std::mem::take(&mut self.process.known_to_be_paused);
        self.process.known_to_be_paused = paused.into_iter().filter(|lane| self.is_paused(*lane)).collect();
    }

    fn pause_was_answered(&mut self, lane: LaneKey) {
        // It may have been resumed since.
        if self.is_paused(lane) {
            self.order += 1;
            self.pause_answered.entry(lane).or_insert(self.order);
            // Who asked for the pause sends on, and counts on it.
            if !self.settling && self.rng.bool() {
                self.send_to(lane);
            }
        }
    }
}
