//! What happens at random: producers, operators, other processes and crashes.

use bytes::Bytes;

use super::process::{Operation, Writing};
use super::*;
use crate::host::completion::{Reply, Slot};
use crate::outbox::accept::{Accept, Caller};
use crate::outbox::command::EndpointSettings;
use crate::outbox::messages::Messages;
use crate::outbox::{NewMessage, Timing};

static PAYLOAD: [u8; LARGEST] = [b'1'; LARGEST];

impl World {
    pub(super) fn send(&mut self) {
        let (lane, _) = self.any_lane();
        self.send_to(lane);
    }

    fn message_for(&mut self, lane: LaneKey) -> NewMessage {
        self.sent += 1;
        self.order += 1;
        let id = MessageId::from_bytes(u128::from(self.sent).to_be_bytes());
        self.sent_at.insert(id, self.order);
        let (ordering_key, timing) = self.order_and_time();
        NewMessage {
            id_is_given: false,
            id,
            endpoint_id: self.endpoint_of(lane),
            payload: Bytes::from_static(&PAYLOAD[..self.rng.usize(1..LARGEST)]),
            payload_sha256: [0; 32],
            headers: None,
            idempotency_key: None,
            retention_hours: None,
            created_at: Timestamp::from_millis(self.wall),
            makes_lane: false,
            ordering_key,
            timing,
        }
    }

    /// Some messages have an order, a time or an end. They have chances of their own, so that the rest of a history takes the
    /// course that it had without them.
    fn order_and_time(&mut self) -> (Option<String>, Timing) {
        let rng = &mut self.chances;
        let key = (rng.u8(0..3) == 0).then(|| ["a", "b"][rng.usize(0..2)].to_owned());
        let ahead = |rng: &mut fastrand::Rng, wall: i64| Timestamp::from_millis(wall + rng.i64(1..600_000));
        let deliver_at = (rng.u8(0..12) == 0).then(|| ahead(rng, self.wall));
        let expires_at =
            (rng.u8(0..12) == 0).then(|| ahead(rng, deliver_at.map_or(self.wall, Timestamp::as_millis)));
        self.totals.ordered += u64::from(key.is_some());
        self.totals.scheduled += u64::from(deliver_at.is_some());
        (key, Timing { deliver_at, expires_at })
    }

    /// The writer looks for messages that have expired, as it does once a second.
    pub(super) fn give_up_expired(&mut self) {
        drop(self.process.outbox.begin_to_give_up_expired());
        self.wake_writer();
    }

    /// A scheduled message is moved, or sent now.
    pub(super) fn reschedule(&mut self) {
        let at = Timestamp::from_millis(self.wall + self.chances.i64(-1_000..600_000));
        self.withdraw(MessageCommand::Reschedule { at });
    }

    pub(super) fn send_to(&mut self, lane: LaneKey) {
        for _ in 0..self.rng.u8(1..12) {
            let message = self.message_for(lane);
            let outbox = self.process.outbox.clone();
            outbox.accept(message, Caller::MustNotWait, Reply::Thread(Slot::new())).expect("it is open");
        }
        self.wake_writer();
    }

    pub(super) fn set_paused(&mut self) {
        let (lane, id) = self.any_lane();
        if self.is_paused(lane) {
            self.resume(lane);
        } else {
            // What is sent at about the same moment makes the loop read while the pause is on its way.
            if self.rng.bool() {
                self.send_to(lane);
            }
            let slot = self.process.outbox.begin_change_endpoint(id, EndpointChange::Pause);
            self.process.operations.push(Operation::Pause(lane, slot));
            self.wake_writer();
        }
    }

    pub(super) fn resume(&mut self, lane: LaneKey) {
        self.forget_pause(lane);
        let id = self.endpoint_of(lane);
        drop(self.process.outbox.begin_change_endpoint(id, EndpointChange::Resume));
        self.wake_writer();
    }

    fn forget_pause(&mut self, lane: LaneKey) {
        self.pause_answered.remove(&lane);
        // A pause that is not answered yet may be written before the resume.
        self.process
            .operations
            .retain(|operation| !matches!(operation, Operation::Pause(of, _) if *of == lane));
    }

    pub(super) fn edit_endpoint(&mut self) {
        let (_, id) = self.any_lane();
        let limit = self.rng.bool().then(|| (self.rng.u32(1..200), self.rng.u32(1..20)));
        let settings = EndpointSettings {
            rate_limit_rps: Some(limit.map(|(rps, _)| rps)),
            burst: Some(limit.map(|(_, burst)| burst)),
            max_attempts: Some(Some(self.rng.u32(1..9))),
            ..EndpointSettings::default()
        };
        let change = EndpointChange::Update(Box::new(settings));
        drop(self.process.outbox.begin_change_endpoint(id, change));
        self.wake_writer();
    }

    fn any_message(&mut self) -> Option<(MessageKey, MessageId)> {
        let outbox = self.process.outbox.clone();
        let state = outbox.state();
        let count = state.messages().len() as i64;
        let key = MessageKey((count > 0).then(|| self.rng.i64(1..=count))?);
        state.messages().get(&key).map(|message| (key, message.id))
    }

    fn withdraw(&mut self, command: MessageCommand) {
        let Some((_, id)) = self.any_message() else { return };
        let slot = self.process.outbox.begin_change(&[id], command);
        self.process.operations.push(Operation::Withdraw(slot));
        self.wake_writer();
    }

    pub(super) fn cancel(&mut self) {
        self.withdraw(MessageCommand::Cancel);
    }

    pub(super) fn delete(&mut self) {
        self.withdraw(MessageCommand::Delete { by: None });
    }

    pub(super) fn retry_now(&mut self) {
        self.withdraw(MessageCommand::RetryNow);
    }

    pub(super) fn replay(&mut self) {
        let Some((message, id)) = self.any_message() else { return };
        let slot = self.process.outbox.begin_change(&[id], MessageCommand::Replay { is_relay: false });
        self.process.operations.push(Operation::Replay(message, slot));
        self.wake_writer();
    }

    pub(super) fn edit_elsewhere(&mut self) {
        let (lane, _) = self.any_lane();
        // What is under way is of most interest: the other process does not know of it.
        let under_way: Vec<MessageKey> = self.process.under_way.keys().copied().collect();
        let any = self.any_message().map(|(message, _)| message);
        let message = self.rng.choice(under_way).filter(|_| self.rng.bool()).or(any);
        let edit = match (self.rng.u8(0..8), message) {
            (0, _) => Edit::Pause(lane),
            (1, _) => Edit::Resume(lane),
            (2 | 3, Some(message)) => Edit::RetryNow(message),
            (4, Some(message)) => Edit::Delete(message),
            _ => Edit::Send(lane),
        };
        self.soon(1_000, Event::Elsewhere(edit));
    }

    /// Another process commits something, of which this one learns when it looks.
    pub(super) fn happens_elsewhere(&mut self, edit: Edit) {
        if self.is_write_locked() {
            return self.soon(1_000, Event::Elsewhere(edit));
        }
        self.totals.edited_elsewhere += 1;
        match edit {
            Edit::Send(lane) => {
                for _ in 0..self.rng.u8(1..12) {
                    let message = self.message_for(lane);
                    let reply = Reply::Thread(Slot::new());
                    self.elsewhere.accept(message, Caller::MustNotWait, reply).expect("it is open");
                }
            }
            Edit::Pause(lane) => self.change_elsewhere(lane, EndpointChange::Pause),
            Edit::Resume(lane) => {
                self.forget_pause(lane);
                self.change_elsewhere(lane, EndpointChange::Resume);
            }
            Edit::RetryNow(message) => self.command_elsewhere(message, MessageCommand::RetryNow),
            Edit::Delete(message) => {
                self.command_elsewhere(message, MessageCommand::Delete { by: None });
            }
        }
        self.soon(5_000, Event::Looks);
    }

    fn change_elsewhere(&mut self, lane: LaneKey, change: EndpointChange) {
        let id = self.endpoint_of(lane);
        self.elsewhere.change_endpoint(&id, change).expect("the endpoint is there");
        self.forget_open_lanes();
    }

    fn command_elsewhere(&mut self, message: MessageKey, command: MessageCommand) {
        let id = self.elsewhere.state().messages()[&message].id;
        let answers = self.elsewhere.change(&[id], command).expect("the outbox is well");
        if answers.iter().flatten().any(|answer| answer.changed) {
            self.edited_elsewhere.insert(message);
        }
    }

    /// The process dies between any two steps, and another takes over.
    pub(super) fn crash(&mut self) {
        self.totals.crashes += 1;
        // Another process does not die with it.
        self.events.retain(|_, event| matches!(event, Event::Elsewhere(_)));
        if let Writing::Applied(group) = std::mem::replace(&mut self.process.writing, Writing::Nothing) {
            // It may have got as far as the commit.
            let written = self.rng.bool();
            drop(self.process.outbox.commit(group, written));
        }
        // A receiver that had said yes, to a process that could not write it down.
        let unwritten = std::mem::take(&mut self.process.unwritten);
        for (message, succeeded) in unwritten {
            let written = self.process.outbox.state().messages()[&message].status == MessageStatus::Succeeded;
            if succeeded && !written {
                *self.excused.entry(message).or_default() += 1;
                self.totals.repeated_after_crash += 1;
            }
        }
        // A replay may be written though nobody was answered.
        for operation in std::mem::take(&mut self.process.operations) {
            if let Operation::Replay(message, _) = operation {
                *self.excused.entry(message).or_default() += 1;
            }
        }
        let seed = self.rng.u64(..);
        self.process = Process::new(&self.config, Some(&self.process.outbox), self.mono, seed);
        self.take_over();
        self.schedule(Duration::ZERO, Event::Looks);
    }
}
