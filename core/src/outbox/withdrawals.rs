//! Messages that a group of changes keeps from being started while it is written: an operation that cancels or changes a
//! message must not have it begun at the same moment.

use crate::error::Result;
use crate::model::timestamp::Timestamp;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::link::{DeliveryLink, Notice, Withdrawal};
use crate::outbox::messages::Found;
use crate::outbox::rows::MessageKey;

/// The withdrawals of one group, also of one that is written again.
#[derive(Default)]
pub(crate) struct Withdrawals(Vec<Withdrawn>);

struct Withdrawn {
    message: MessageKey,
    /// Whether the mark that keeps it from being started is this group's.
    marked: bool,
}

impl Withdrawals {
    /// What is to become of a message, which is kept from being started where that asks for it, and for good where the group
    /// is committed.
    ///
    /// # Errors
    /// As [`MessageCommand::decide`].
    pub(crate) fn decide(
        &mut self,
        link: &DeliveryLink,
        command: MessageCommand,
        found: &Found,
        now: Timestamp,
    ) -> Result<Decision> {
        let decide = |in_flight| command.decide(&found.message, found.retry_type, in_flight, now);
        let decision = decide(link.is_in_flight(found.key))?;
        // If the message cannot be withdrawn, an attempt has begun since `is_in_flight` was read.
        if decision.withdraws() && !self.withdraw(link, found.key) { decide(true) } else { Ok(decision) }
    }

    /// Keeps a message from being started. False where an attempt is under way already.
    fn withdraw(&mut self, link: &DeliveryLink, message: MessageKey) -> bool {
        let withdrawal = link.withdraw(message);
        if withdrawal != Withdrawal::InFlight {
            self.0.push(Withdrawn { message, marked: withdrawal == Withdrawal::Marked });
        }
        withdrawal != Withdrawal::InFlight
    }

    /// The group was not written: what it withdrew waits as before. A mark of an earlier group stays, whose notice the loop
    /// may not have heard yet.
    pub(crate) fn give_back(&mut self, link: &DeliveryLink) {
        for withdrawn in self.0.drain(..).filter(|withdrawn| withdrawn.marked) {
            link.forget_withdrawn(withdrawn.message);
        }
    }

    /// The group is written: what the loop is to be told, before it is told anything else of the group. The loop then takes
    /// the marks off.
    pub(crate) fn notices(&mut self) -> Vec<Notice> {
        self.0.drain(..).map(|withdrawn| Notice::Withdrawn(withdrawn.message)).collect()
    }
}
