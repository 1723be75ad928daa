//! Whose turn it is: lanes that may have something to do, and lanes that wait for a slot. What one poll costs must not grow with
//! the lanes that wait.

use std::collections::{BTreeSet, VecDeque};

use super::LaneKey;
use super::slots::Standing;

/// Where a lane stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere: nothing is to be done for it.
    #[default]
    Out,
    /// In the order of turns.
    InTurn,
    /// Among those that wait for a slot.
    Waiting(Standing, Ticket),
}

/// When a lane came to wait, as against others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

#[derive(Debug, Default)]
pub(super) struct Turns {
    order: VecDeque<LaneKey>,
    waiting: [BTreeSet<(Ticket, LaneKey)>; Standing::ALL.len()],
    /// Lanes to which something happened while they wait: they may want to read on, and keep their places.
    touched: Vec<LaneKey>,
    tickets: u64,
}

impl Turns {
    /// Puts a lane at the end of the order.
    pub(super) fn push(&mut self, key: LaneKey) -> Place {
        self.order.push_back(key);
        Place::InTurn
    }

    /// Has a lane wait for a slot, with the ticket it has or a new one.
    pub(super) fn wait(&mut self, key: LaneKey, standing: Standing, ticket: Option<Ticket>) -> Place {
        let ticket = ticket.unwrap_or_else(|| {
            self.tickets += 1;
            Ticket(self.tickets)
        });
        self.waiting[standing as usize].insert((ticket, key));
        Place::Waiting(standing, ticket)
    }

    /// Something happened to a lane, which then stands where it is to.
    pub(super) fn give(&mut self, key: LaneKey, place: Place) -> Place {
        match place {
            Place::Out => return self.push(key),
            Place::InTurn => {}
            Place::Waiting(..) => self.touched.push(key),
        }
        place
    }

    /// The lanes to which something happened while they wait.
    pub(super) fn take_touched(&mut self) -> Vec<LaneKey> {
        std::mem::take(&mut self.touched)
    }

    /// A lane that waits has changed sides: it keeps its ticket.
    pub(super) fn reclassify(&mut self, key: LaneKey, place: Place, to: Standing) -> Place {
        let Place::Waiting(from, ticket) = place else { return place };
        self.waiting[from as usize].remove(&(ticket, key));
        self.wait(key, to, Some(ticket))
    }

    /// The next lane and its ticket: of those that wait, who came first and for whom there is room; then those in the order.
    pub(super) fn next(&mut self, has_room: impl Fn(Standing) -> bool) -> Option<(LaneKey, Option<Ticket>)> {
        let first = Standing::ALL
            .into_iter()
            .filter(|standing| !self.waiting[*standing as usize].is_empty() && has_room(*standing))
            .min_by_key(|standing| self.waiting[*standing as usize].first().copied());
        match first {
            Some(standing) => {
                self.waiting[standing as usize].pop_first().map(|(ticket, key)| (key, Some(ticket)))
            }
            None => self.order.pop_front().map(|key| (key, None)),
        }
    }
}
