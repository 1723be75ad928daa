//! What happens at random: producers, operators and crashes.

use super::*;

impl World {
    pub(super) fn send(&mut self) {
        let lane = self.any_lane();
        self.send_to(lane);
    }

    pub(super) fn send_to(&mut self, lane: i64) {
        let elsewhere = self.rng.u8(0..3) == 0;
        for _ in 0..self.rng.u8(1..12) {
            let bytes = self.rng.usize(1..LARGEST);
            let seq = self.outbox.insert(lane, bytes, self.order);
            if elsewhere {
                self.tell(Notice::OthersWrote(lane));
            } else {
                self.tell(Notice::Accepted(seq));
            }
        }
    }

    pub(super) fn set_paused(&mut self) {
        let lane = self.any_lane();
        if self.outbox.endpoints[&lane].paused {
            self.resume(lane);
        } else {
            // What is sent at about the same moment makes the loop read while the pause is on its way.
            if self.rng.bool() {
                self.send_to(lane);
            }
            if let Some(endpoint) = self.outbox.endpoints.get_mut(&lane) {
                endpoint.paused = true;
            }
            self.tell(Notice::EndpointChanged(lane));
        }
    }

    pub(super) fn resume(&mut self, lane: i64) {
        if let Some(endpoint) = self.outbox.endpoints.get_mut(&lane) {
            endpoint.paused = false;
        }
        self.pause_answered.remove(&lane);
        self.tell(Notice::EndpointChanged(lane));
    }

    pub(super) fn edit_endpoint(&mut self) {
        let lane = self.any_lane();
        let limit = self.rng.bool().then(|| (self.rng.u32(1..200), self.rng.u32(1..20)));
        let most = self.rng.u32(1..9);
        if let Some(endpoint) = self.outbox.endpoints.get_mut(&lane) {
            endpoint.rate_limit = limit;
            endpoint.max_attempts = most;
        }
        self.tell(Notice::EndpointChanged(lane));
    }

    /// As the operations do: the mark first, so that no attempt starts; then the write; then the notice.
    pub(super) fn withdraw(&mut self, seq: i64) -> bool {
        if self.process.in_flight.contains(&seq) {
            return false;
        }
        self.process.withdrawn.insert(seq);
        true
    }

    pub(super) fn cancel_or_delete(&mut self, delete: bool) {
        let Some(seq) = self.any_message() else { return };
        let message = &self.outbox.messages[&seq];
        let may = if delete {
            !message.deleted
        } else {
            matches!(message.status, Status::PendingRetry(_)) && !message.deleted
        };
        if !may || (!self.withdraw(seq) && !delete) {
            return;
        }
        self.totals.withdrawn += 1;
        if let Some(message) = self.outbox.messages.get_mut(&seq) {
            message.due_at = None;
            message.epoch += 1;
            message.deleted |= delete;
            if !delete {
                message.status = Status::Dead;
            }
        }
        self.tell(Notice::Withdrawn(seq));
    }

    pub(super) fn retry_now(&mut self) {
        let Some(seq) = self.any_message() else { return };
        let message = &self.outbox.messages[&seq];
        if !matches!(message.status, Status::PendingRetry(_)) || message.deleted || !self.withdraw(seq) {
            return;
        }
        let wall = self.wall;
        let Some(message) = self.outbox.messages.get_mut(&seq) else { return };
        message.due_at = Some(wall);
        message.epoch += 1;
        let lane = message.lane;
        self.tell(Notice::Requeued { seq, lane });
    }

    pub(super) fn replay(&mut self) {
        let Some(seq) = self.any_message() else { return };
        let in_flight = self.process.in_flight.contains(&seq);
        let Some(message) = self.outbox.messages.get_mut(&seq) else { return };
        let refused = matches!(message.status, Status::Queued | Status::PendingRetry(RetryType::Fast));
        if refused || message.deleted || in_flight {
            return;
        }
        message.status = Status::Queued;
        message.due_at = Some(0);
        message.schedule_start = message.attempt_count;
        message.epoch += 1;
        let lane = message.lane;
        *self.excused.entry(seq).or_default() += 1;
        self.tell(Notice::Requeued { seq, lane });
    }

    /// The process dies between any two steps, and another takes over.
    pub(super) fn crash(&mut self) {
        self.totals.crashes += 1;
        let events = std::mem::take(&mut self.events);
        // A receiver that had said yes, to a process that could not write it down.
        let on_their_way = events.values().filter_map(|event| match event {
            Event::Commit(ended) | Event::Notice(Notice::NotRecorded(ended)) => Some(ended),
            _ => None,
        });
        let not_looked_at = self.process.notices.iter().filter_map(|notice| match notice {
            Notice::NotRecorded(ended) => Some(ended),
            _ => None,
        });
        for ended in on_their_way.chain(not_looked_at) {
            if ended.status == Status::Succeeded {
                *self.excused.entry(ended.seq).or_default() += 1;
                self.totals.repeated_after_crash += 1;
            }
        }
        self.process = Process::new(self.limits, self.mono);
        self.writer_at = self.mono;
        self.reread_all();
    }
}
