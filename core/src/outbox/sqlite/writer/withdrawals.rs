//! Messages that a group keeps from being started while it is written: an operation that cancels or changes a message must
//! not have it begun at the same moment.

use crate::outbox::link::{DeliveryLink, Notice, Withdrawal};

/// The withdrawals of one group, also of one that is written again.
#[derive(Default)]
pub(super) struct Withdrawals(Vec<Withdrawn>);

struct Withdrawn {
    seq: i64,
    /// Whether the mark that keeps it from being started is this group's.
    marked: bool,
}

impl Withdrawals {
    /// Keeps a message from being started. False where an attempt is under way already.
    pub(super) fn withdraw(&mut self, link: &DeliveryLink, seq: i64) -> bool {
        let withdrawal = link.withdraw(seq);
        if withdrawal != Withdrawal::InFlight {
            self.0.push(Withdrawn { seq, marked: withdrawal == Withdrawal::Marked });
        }
        withdrawal != Withdrawal::InFlight
    }

    /// The group was not written: what it withdrew waits as before. A mark of an earlier group stays, whose notice the loop
    /// may not have heard yet.
    pub(super) fn give_back(&mut self, link: &DeliveryLink) {
        for withdrawn in self.0.drain(..).filter(|withdrawn| withdrawn.marked) {
            link.forget_withdrawn(withdrawn.seq);
        }
    }

    /// The group is on disk: what the loop is to be told, before it is told anything else of the group. The loop then takes
    /// the marks off.
    pub(super) fn notices(&mut self) -> Vec<Notice> {
        self.0.drain(..).map(|withdrawn| Notice::Withdrawn { seq: withdrawn.seq }).collect()
    }
}
