//! Withdrawals: messages that a group of changes keeps from being started while the group is written. A message that is being
//! cancelled or changed must not be started at the same moment.

use crate::error::Result;
use crate::model::timestamp::Timestamp;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::link::{DeliveryLink, Notice, Withdrawal};
use crate::outbox::messages::Found;
use crate::outbox::rows::MessageKey;

/// The withdrawals of one group, also while the group is written again.
#[derive(Default)]
pub(crate) struct Withdrawals(Vec<Withdrawn>);

struct Withdrawn {
    message: MessageKey,
    /// Whether this group set the mark that keeps the message from being started.
    marked: bool,
}

impl Withdrawals {
    /// Decides a command. Where the decision needs it, the message is withdrawn: it is not started until the group fails.
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
        let decide = |in_flight| command.decide(&found.message, found.retry_type, in_flight, found.held, now);
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

    /// Call where the group was not written: its messages may be started again. Marks of earlier groups stay, since the
    /// loop may not have had their notices yet.
    pub(crate) fn give_back(&mut self, link: &DeliveryLink) {
        for withdrawn in self.0.drain(..).filter(|withdrawn| withdrawn.marked) {
            link.forget_withdrawn(withdrawn.message);
        }
    }

    /// Call where the group was written: the notices that the loop must get before any other notice of the group. The loop
    /// removes the marks.
    pub(crate) fn notices(&mut self) -> Vec<Notice> {
        self.0.drain(..).map(|withdrawn| Notice::Withdrawn(withdrawn.message)).collect()
    }
}
