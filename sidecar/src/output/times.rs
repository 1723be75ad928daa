//! Times as a person reads them: how long ago, or in how long.

use clap::ValueEnum;
use hookbridge_core::model::timestamp::Timestamp;

use crate::terminal;

/// How times are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Times {
    /// Relative on a terminal, else absolute: what a script reads stays as it is.
    Auto,
    /// `3 min ago`; in an answer's lines with the moment beside it.
    Relative,
    /// RFC 3339 in UTC.
    Absolute,
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Farther away, the day says more than a number of days.
const FAR: i64 = 2 * 365 * DAY;

/// The moments of one answer, all seen from the same now.
#[derive(Clone, Copy)]
pub struct Clock {
    /// Absent where times are absolute.
    now: Option<Timestamp>,
}

impl Clock {
    pub fn new(times: Times) -> Self {
        let is_relative = match times {
            Times::Auto => terminal::stdout_is_terminal(),
            Times::Relative => true,
            Times::Absolute => false,
        };
        Self { now: is_relative.then(Timestamp::now) }
    }

    /// For what stays on the screen while time passes.
    pub const fn absolute() -> Self {
        Self { now: None }
    }

    /// A moment in a table.
    pub fn short(self, moment: Timestamp) -> String {
        self.now.map_or_else(|| moment.to_string(), |now| distance(moment, now))
    }

    /// A moment in a line of its own, which has room for the exact one too.
    pub fn long(self, moment: Timestamp) -> String {
        match self.now {
            None => moment.to_string(),
            Some(now) => {
                let exact = moment.to_string();
                let seconds = exact.split('.').next().unwrap_or(&exact).replacen('T', " ", 1);
                format!("{} ({seconds} UTC)", distance(moment, now))
            }
        }
    }
}

/// Two of a unit are needed before it is used, so that what is lost by rounding is at most a quarter.
fn distance(moment: Timestamp, now: Timestamp) -> String {
    let apart = moment.as_millis().saturating_sub(now.as_millis());
    let length = apart.saturating_abs();
    let (unit, name) = match length {
        ..SECOND => return "now".to_owned(),
        _ if length < 2 * MINUTE => (SECOND, "s"),
        _ if length < 2 * HOUR => (MINUTE, "min"),
        _ if length < 2 * DAY => (HOUR, "h"),
        _ if length < FAR => (DAY, "days"),
        _ => return moment.to_string().split('T').next().unwrap_or_default().to_owned(),
    };
    let count = (length + unit / 2) / unit;
    if apart > 0 { format!("in {count} {name}") } else { format!("{count} {name} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_as_far_away_as_it_is() {
        let now = Timestamp::from_millis(1_796_000_000_000);
        let at = |apart: i64| distance(Timestamp::from_millis(now.as_millis() + apart), now);
        assert_eq!((at(0), at(-999), at(999)), ("now".into(), "now".into(), "now".into()));
        assert_eq!((at(-SECOND), at(2 * SECOND)), ("1 s ago".into(), "in 2 s".into()));
        assert_eq!((at(-119 * SECOND), at(-2 * MINUTE)), ("119 s ago".into(), "2 min ago".into()));
        assert_eq!((at(119 * MINUTE), at(2 * HOUR)), ("in 119 min".into(), "in 2 h".into()));
        assert_eq!((at(-47 * HOUR), at(30 * DAY - 1)), ("47 h ago".into(), "in 30 days".into()));
        assert_eq!(at(3 * FAR), "2032-11-28");
        // A stranger's server may say any moment.
        for extreme in [i64::MIN, i64::MAX] {
            assert!(distance(Timestamp::from_millis(extreme), now).contains('-'));
        }
    }

    #[test]
    fn a_line_has_the_exact_moment_too() {
        let now = Timestamp::parse("2026-11-30T13:08:12Z").unwrap();
        let moment = Timestamp::parse("2026-11-30T13:05:11.250Z").unwrap();
        let clock = Clock { now: Some(now) };
        assert_eq!(clock.long(moment), "3 min ago (2026-11-30 13:05:11 UTC)");
        assert_eq!(clock.short(moment), "3 min ago");
        assert_eq!(Clock::absolute().long(moment), "2026-11-30T13:05:11.250Z");
        assert_eq!(Clock::absolute().short(moment), "2026-11-30T13:05:11.250Z");
    }
}
