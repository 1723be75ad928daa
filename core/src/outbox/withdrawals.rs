//! Messages that a group of changes keeps from being started while it is written: an operation that cancels or changes a
//! message must not have it begun at the same moment.

use crate::outbox::link::{DeliveryLink, Notice, Withdrawal};
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
    /// Keeps a message from being started. False where an attempt is under way already.
    pub(crate) fn withdraw(&mut self, link: &DeliveryLink, message: MessageKey) -> bool {
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
