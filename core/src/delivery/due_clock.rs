//! The clock that due times are compared with. It follows the wall clock, but where that is set back it goes on at the steady
//! clock's pace. It never goes back, so no retry moves further off.

use std::time::{Duration, Instant};

use crate::model::timestamp::Timestamp;
use crate::outbox::clock::{Noted, Reading};

/// All clocks, read at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The time since the loop began, by the steady clock, which is never set.
    pub mono: Duration,
    pub wall: Timestamp,
    /// The wall clock and the machine's uptime; `None` where the system cannot be asked.
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

/// Turns readings of the wall clock into due time.
#[derive(Default)]
pub(super) struct DueClock {
    noted: Option<Noted>,
    /// The wall clock was set or the machine was booted, and the outbox may not have noted it yet.
    is_news: bool,
}

impl DueClock {
    /// Takes in what the outbox has noted of the clocks.
    pub(super) fn learn(&mut self, noted: Option<Noted>) {
        match (&mut self.noted, noted) {
            // The next reading shows how the clocks were set since that note.
            (None, noted) => self.noted = noted,
            (Some(known), Some(noted)) => known.behind = known.behind.max(noted.behind),
            (Some(_), None) => {}
        }
    }

    /// The due time at `moment`.
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

    /// When `at`, a due time, will be by the wall clock.
    pub(super) fn as_wall(&self, at: Timestamp) -> Timestamp {
        let behind = self.noted.map_or(0, |noted| noted.behind);
        Timestamp::from_millis(at.as_millis().saturating_sub(behind))
    }

    /// Whether the outbox must note the clocks. True once for each change.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.is_news)
    }
}
