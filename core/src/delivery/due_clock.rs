//! The time by which the loop decides what is due: the wall clock's, going on at the steady clock's pace where that is set
//! back. It never goes back itself, so no retry is further off than it was.

use std::time::{Duration, Instant};

use crate::model::timestamp::Timestamp;
use crate::outbox::clock::{Noted, Reading};

/// What the clocks say at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Since the loop began, by a clock that is never set.
    pub mono: Duration,
    pub wall: Timestamp,
    /// The wall clock beside the machine's uptime; nothing where the system does not tell.
    pub reading: Option<Reading>,
}

impl Moment {
    /// Reads the clocks for a loop that began at `begun`.
    pub(super) fn take(begun: Instant) -> Self {
        let reading = Reading::take();
        let wall = reading.map_or_else(Timestamp::now, |reading| reading.wall);
        Self { mono: begun.elapsed(), wall, reading }
    }
}

/// What is due, by a clock that is not set back.
#[derive(Default)]
pub(super) struct DueClock {
    noted: Option<Noted>,
    /// The wall clock was set, or the machine was started anew, and the file may not know yet.
    is_news: bool,
}

impl DueClock {
    /// Takes in what the file has noted.
    pub(super) fn learn(&mut self, noted: Option<Noted>) {
        match (&mut self.noted, noted) {
            // What became of the clocks since is seen when they are read next.
            (None, noted) => self.noted = noted,
            (Some(known), Some(noted)) => known.behind = known.behind.max(noted.behind),
            (Some(_), None) => {}
        }
    }

    /// The time at `moment`.
    pub(super) fn now(&mut self, moment: &Moment) -> Timestamp {
        let Some(reading) = moment.reading else { return self.due_time(moment.wall) };
        let step = self.noted.map_or(0, |noted| noted.step(&reading));
        if step != 0 || self.noted.is_none_or(|noted| !noted.is_of_boot(&reading)) {
            self.noted = Some(Noted::after(self.noted.as_ref(), &reading));
            self.is_news = true;
        }
        if step != 0 {
            let way = if step > 0 { "forward" } else { "back" };
            tracing::warn!(
                target: "hookbridge::delivery",
                seconds = step.unsigned_abs() / 1000,
                "the wall clock was set {way}: retries and retention go on by the time that has passed"
            );
        }
        self.due_time(reading.wall)
    }

    fn due_time(&self, wall: Timestamp) -> Timestamp {
        self.noted.map_or(wall, |noted| noted.due_time(wall))
    }

    /// A time of this clock as the wall clock will show it.
    pub(super) fn as_wall(&self, at: Timestamp) -> Timestamp {
        let behind = self.noted.map_or(0, |noted| noted.behind);
        Timestamp::from_millis(at.as_millis().saturating_sub(behind))
    }

    /// Whether the file has to be told; once for each time.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.is_news)
    }
}
