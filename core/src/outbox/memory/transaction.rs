//! The open transaction, as jobs see it.

use std::collections::{BTreeMap, BTreeSet};

use super::Clock;
use super::rows::Rows;
use crate::error::{Error, ErrorCode, Result};
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::clock::{Noted, Reading, is_after_step};
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::figures::{Counters, MINUTE, floor};
use crate::outbox::link::DeliveryLink;
use crate::outbox::messages::Found;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::withdrawals::Withdrawals;

/// The most changes that are kept. A process that has missed more reads everything again.
pub(super) const EDITS_KEPT: i64 = 10_000;

/// The text of an injected failure.
pub(super) fn unavailable() -> Error {
    Error::new(ErrorCode::StorageUnavailable, "the outbox cannot be read or written: a test has it fail")
}

pub(super) struct Transaction<'a> {
    pub rows: &'a mut Rows,
    pub now: Timestamp,
    clock: Clock,
    pub payload_retention: std::time::Duration,
    link: &'a DeliveryLink,
    withdrawals: &'a mut Withdrawals,
    /// The group's counters, written once for the whole group.
    tally: BTreeMap<LaneKey, Counters>,
    changes: BTreeSet<Change>,
    /// Why the group cannot be written.
    failed: Option<Error>,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(
        rows: &'a mut Rows,
        clock: Clock,
        payload_retention: std::time::Duration,
        link: &'a DeliveryLink,
        withdrawals: &'a mut Withdrawals,
    ) -> Self {
        let (now, tally, changes) = (clock.now(), BTreeMap::new(), BTreeSet::new());
        Self { rows, now, clock, payload_retention, link, withdrawals, tally, changes, failed: None }
    }

    /// Decides a command on a message. Keeps the message from being started where the decision asks for that.
    pub(super) fn decide(&mut self, command: MessageCommand, found: &Found) -> Result<Decision> {
        self.withdrawals.decide(self.link, command, found, self.now)
    }

    /// Fails the whole group: a row that must be unique is there already.
    pub(super) fn is_not_unique(&mut self, row: &str) -> Error {
        let text = format!("the outbox cannot be read or written: there is such {row} already");
        self.failed.insert(Error::new(ErrorCode::StorageUnavailable, text)).clone()
    }

    /// The counters of an endpoint.
    pub(super) fn count(&mut self, lane: LaneKey) -> &mut Counters {
        self.tally.entry(lane).or_default()
    }

    /// Has every process read a change.
    pub(super) fn changed(&mut self, change: Change) {
        self.changes.insert(change);
    }

    /// The time that due times are compared with.
    pub(super) fn due_time(&self) -> i64 {
        self.now.as_millis().saturating_add(self.rows.behind())
    }

    /// Notes the clocks if they were set, or if the last note is older than `older_than` milliseconds.
    pub(super) fn note_clocks(&mut self, older_than: i64) {
        if let Some(reading) = self.clock.reading() {
            self.note(&reading, older_than);
        }
    }

    /// Notes a given reading of the clocks, as [`Transaction::note_clocks`] does.
    pub(super) fn note(&mut self, reading: &Reading, older_than: i64) {
        let (noted, step) = Noted::noting(self.rows.noted.get(&()), reading, older_than);
        let Some(step) = step else { return };
        if step != 0
            && let Some(newest) = self.newest_before(reading.wall.as_millis(), step)
        {
            let number = self.rows.clock_steps.last_key().map_or(1, |last| last + 1);
            self.rows.clock_steps.put(number, (newest, step));
        }
        self.rows.noted.put((), noted);
    }

    /// The newest message that was accepted before the clock was set by `step` to `now`. Where this is uncertain, the
    /// answer is the one that keeps messages for longer.
    fn newest_before(&self, now: i64, step: i64) -> Option<MessageKey> {
        let mut rows: Vec<_> = self.rows.messages.range(..).collect();
        rows.sort_unstable_by_key(|(key, _)| std::cmp::Reverse(**key));
        let before = rows.iter().find(|(_, row)| !is_after_step(row.created_at.as_millis(), now, step));
        before.or_else(|| rows.last().filter(|_| step > 0)).map(|(key, _)| **key)
    }

    /// Writes the group's counters and changes.
    ///
    /// # Errors
    /// Why the group cannot be written.
    pub(super) fn finish(self, edits_kept: i64) -> Result<()> {
        let at = floor(self.now.as_millis(), MINUTE);
        for (lane, counted) in self.tally {
            add_to_counters(self.rows, (at, lane), &counted);
        }
        for change in self.changes {
            let revision = self.rows.changes.last_key().map_or(1, |last| last + 1);
            self.rows.changes.put(revision, change);
            self.rows.changes.delete(revision - edits_kept);
        }
        self.failed.map_or(Ok(()), Err)
    }
}

pub(super) fn add_to_counters(rows: &mut Rows, place: (i64, LaneKey), counted: &Counters) {
    match rows.counters.get_mut(&place) {
        Some(counters) => counters.add(counted),
        None => rows.counters.put(place, *counted),
    }
}
