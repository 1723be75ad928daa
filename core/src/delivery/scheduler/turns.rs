//! The order in which lanes get their turns: lanes that may have something to do, and lanes that wait for a slot. The cost
//! of a poll must not grow with the number of lanes that wait.

use std::collections::{BTreeSet, VecDeque};

use super::LaneKey;
use super::slots::Standing;

/// Where a lane is in the order of turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// It has no turn: nothing is to be done for it.
    #[default]
    Out,
    /// It is to have a turn.
    InTurn,
    /// It waits for a slot.
    Waiting(Standing, Ticket),
}

/// The order in which lanes began to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

#[derive(Debug, Default)]
pub(super) struct Turns {
    order: VecDeque<LaneKey>,
    waiting: [BTreeSet<(Ticket, LaneKey)>; Standing::ALL.len()],
    /// Lanes to which something happened while they wait for a slot: they may want to read on. They keep their tickets.
    touched: Vec<LaneKey>,
    tickets: u64,
}

impl Turns {
    /// Gives a lane the last turn.
    pub(super) fn push(&mut self, key: LaneKey) -> Place {
        self.order.push_back(key);
        Place::InTurn
    }

    /// Has a lane wait for a slot, with its ticket or a new one.
    pub(super) fn wait(&mut self, key: LaneKey, standing: Standing, ticket: Option<Ticket>) -> Place {
        let ticket = ticket.unwrap_or_else(|| {
            self.tickets += 1;
            Ticket(self.tickets)
        });
        self.waiting[standing as usize].insert((ticket, key));
        Place::Waiting(standing, ticket)
    }

    /// Something happened to a lane at `place`. Returns its new place.
    pub(super) fn give(&mut self, key: LaneKey, place: Place) -> Place {
        match place {
            Place::Out => return self.push(key),
            Place::InTurn => {}
            Place::Waiting(..) => self.touched.push(key),
        }
        place
    }

    /// Takes the lanes to which something happened while they wait.
    pub(super) fn take_touched(&mut self) -> Vec<LaneKey> {
        std::mem::take(&mut self.touched)
    }

    /// The standing of a lane has changed. If it waits for a slot, it keeps its ticket.
    pub(super) fn reclassify(&mut self, key: LaneKey, place: Place, to: Standing) -> Place {
        let Place::Waiting(from, ticket) = place else { return place };
        self.waiting[from as usize].remove(&(ticket, key));
        self.wait(key, to, Some(ticket))
    }

    /// The next lane, with its ticket if it waited for a slot. Lanes that wait come first, by their tickets, as far as
    /// their standing has room; then come the turns.
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
