//! Two clocks read together: the wall clock, which may be set at any moment, and the machine's uptime, which only grows. Two such
//! readings show by how much the wall clock was set in between.

use std::sync::OnceLock;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::model::random::random_bytes;
use crate::model::timestamp::Timestamp;

/// How far the clocks may drift apart without the wall clock having been set.
const DRIFT_MS: i64 = 1_000;
/// How often both clocks are read, at most, until no pause falls between the two reads.
const READINGS: usize = 5;
/// The longest pause between the two reads.
const PAUSE_MS: i64 = 20;
/// How long a machine may be off before its clock is doubted, and how long it must be up until the doubt ends. By then a
/// clock that lost its time has been set right.
const OFF_WITHOUT_DOUBT_MS: i64 = 3_600_000;
const DOUBT_ENDS_MS: i64 = 3_600_000;

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The wall clock.
    pub wall: Timestamp,
    /// How long the machine has been up, in milliseconds.
    uptime: i64,
    /// Identifies the boot that the uptime counts from.
    boot: i64,
}

impl Reading {
    /// What both might say: for tests.
    #[cfg(test)]
    pub(crate) fn at(wall: i64, uptime: i64, boot: i64) -> Self {
        Self { wall: Timestamp::from_millis(wall), uptime, boot }
    }

    /// Reads both clocks; `None` where the system cannot be asked at the moment.
    pub(crate) fn take() -> Option<Self> {
        let boot = boot()?;
        let mut before = uptime()?;
        for _ in 0..READINGS {
            let (wall, after) = (Timestamp::now(), uptime()?);
            if after - before <= PAUSE_MS {
                return Some(Self { wall, uptime: before, boot });
            }
            before = after;
        }
        None
    }
}

/// Whether a message was accepted after the wall clock was set by `step` to be `now`, as far as its time tells.
pub(crate) fn is_after_step(created_at: i64, now: i64, step: i64) -> bool {
    created_at.abs_diff(now) < created_at.abs_diff(now.saturating_sub(step))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The uptime, including sleep.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn uptime() -> Option<i64> {
    let up = nix::time::clock_gettime(nix::time::ClockId::CLOCK_BOOTTIME).ok()?;
    Some(millis(up.into()))
}

/// The time since the process first asked.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn uptime() -> Option<i64> {
    static FIRST: OnceLock<std::time::Instant> = OnceLock::new();
    Some(millis(FIRST.get_or_init(std::time::Instant::now).elapsed()))
}

/// Identifies the machine's boot, alike for every process. Where the system has no boot id, each process counts as a boot.
fn boot() -> Option<i64> {
    static BOOT: OnceLock<i64> = OnceLock::new();
    if let Some(known) = BOOT.get() {
        return Some(*known);
    }
    let found = match std::fs::read("/proc/sys/kernel/random/boot_id") {
        Ok(id) => i64::from_be_bytes(*Sha256::digest(&id).first_chunk()?),
        // A shortage may pass: the caller asks again later.
        Err(cause)
            if [nix::libc::EMFILE, nix::libc::ENFILE, nix::libc::ENOMEM]
                .map(Some)
                .contains(&cause.raw_os_error()) =>
        {
            return None;
        }
        Err(_) => i64::from_be_bytes(random_bytes::<8>().ok()?),
    };
    Some(*BOOT.get_or_init(|| found))
}

/// The state of the clocks that is kept from one reading to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    pub boot: i64,
    /// When the machine was started, by the wall clock as it was last set.
    pub started: i64,
    /// The wall clock's time at the last reading.
    pub wall: i64,
    /// How far the wall clock was set back in all. Due times are compared with the wall clock plus this, a time that never
    /// goes back.
    pub behind: i64,
    /// The boot after which the clock could not be trusted yet; 0 where there was none.
    pub doubted: i64,
}

impl Noted {
    /// By how many milliseconds the wall clock was set since: above zero forward, below zero back. Across a boot only a
    /// step back can be seen, since a machine that was off looks like one whose clock was set forward.
    pub(crate) fn step(&self, now: &Reading) -> i64 {
        let wall = now.wall.as_millis();
        let step = if self.boot == now.boot {
            wall.saturating_sub(now.uptime).saturating_sub(self.started)
        } else {
            wall.saturating_sub(self.wall).min(0)
        };
        if step.saturating_abs() < DRIFT_MS { 0 } else { step }
    }

    /// The state after a reading.
    pub(crate) fn after(before: Option<&Self>, now: &Reading) -> Self {
        let wall = now.wall.as_millis();
        let started = wall.saturating_sub(now.uptime);
        let Some(before) = before else {
            return Self { boot: now.boot, started, wall, behind: 0, doubted: 0 };
        };
        let step = before.step(now);
        let same_boot = before.boot == now.boot;
        let was_off = if same_boot { 0 } else { wall.saturating_sub(before.wall) };
        Self {
            boot: now.boot,
            // The start time stays, so that small differences add up to a step.
            started: if same_boot && step == 0 { before.started } else { started },
            wall,
            behind: before.behind.saturating_add(step.min(0).saturating_neg()),
            doubted: match was_off {
                off if off > OFF_WITHOUT_DOUBT_MS => now.boot,
                _ if same_boot => before.doubted,
                _ => 0,
            },
        }
    }

    /// What holds after a reading, and by how much the wall clock was set. The latter is `None` where nothing is to be written:
    /// nothing follows from the reading, and the last was noted less than `older_than` milliseconds ago.
    pub(crate) fn noting(before: Option<&Self>, now: &Reading, older_than: i64) -> (Self, Option<i64>) {
        let after = Self::after(before, now);
        let Some(before) = before else { return (after, Some(0)) };
        let step = before.step(now);
        if step == 0 && before.boot == after.boot && after.wall.saturating_sub(before.wall) < older_than {
            return (*before, None);
        }
        (after, Some(step))
    }

    /// Whether `now` is of the same boot.
    pub(crate) fn is_of_boot(&self, now: &Reading) -> bool {
        self.boot == now.boot
    }

    /// Whether the wall clock may still be wrong after a long time off.
    pub(crate) fn is_doubtful(&self, now: &Reading) -> bool {
        self.doubted == now.boot && now.uptime < DOUBT_ENDS_MS
    }

    /// The time that due times are compared with.
    pub(crate) fn due_time(&self, wall: Timestamp) -> Timestamp {
        Timestamp::from_millis(wall.as_millis().saturating_add(self.behind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;

    fn at(wall: i64, uptime: i64, boot: i64) -> Reading {
        Reading::at(wall, uptime, boot)
    }

    fn due(noted: &Noted, now: &Reading) -> i64 {
        noted.due_time(now.wall).as_millis()
    }

    #[test]
    fn both_clocks_of_this_machine_agree() {
        let (one, other) = (Reading::take().unwrap(), Reading::take().unwrap());
        assert_eq!(Noted::after(None, &one).step(&other), 0);
        assert!(other.uptime >= one.uptime && other.boot == one.boot);
    }

    #[test]
    fn what_is_due_goes_on_at_the_pace_of_the_steady_clock_where_the_wall_clock_is_set_back() {
        let begun = Noted::after(None, &at(10 * DAY, 0, 1));
        let ahead = at(11 * DAY + 1_000, 1_000, 1);
        let noted = Noted::after(Some(&begun), &ahead);
        assert_eq!((begun.step(&ahead), noted.behind, due(&noted, &ahead)), (DAY, 0, 11 * DAY + 1_000));
        let right = at(10 * DAY + 2_000, 2_000, 1);
        let noted = Noted::after(Some(&noted), &right);
        assert_eq!((noted.behind, due(&noted, &right)), (DAY, 11 * DAY + 2_000));
        // Slept for two days: both clocks know of it.
        let woken = at(12 * DAY, 2 * DAY, 1);
        assert_eq!(noted.step(&woken), 0);
    }

    #[test]
    fn small_differences_add_up_to_a_step() {
        let begun = Noted::after(None, &at(10 * DAY, 0, 1));
        let mut noted = begun;
        for n in 1..=9 {
            let now = at(10 * DAY + n * 900, n * 1_000, 1);
            assert_eq!(noted.step(&now), 0, "{n}");
            noted = Noted::after(Some(&noted), &now);
        }
        assert_eq!(noted.step(&at(10 * DAY + 9_000, 10_000, 1)), -1_000);
    }

    #[test]
    fn over_a_start_of_the_machine_time_never_goes_back_and_a_long_gap_is_doubted_for_an_hour() {
        let begun = Noted::after(None, &at(10 * DAY, 5 * DAY, 1));
        let back = at(DAY, 10, 2);
        let noted = Noted::after(Some(&begun), &back);
        assert_eq!(
            (begun.step(&back), due(&noted, &back), noted.is_doubtful(&back)),
            (-9 * DAY, 10 * DAY, false)
        );
        let (young, old) = (at(50 * DAY, 10, 3), at(50 * DAY + HOUR, 10 + HOUR, 3));
        let noted = Noted::after(Some(&begun), &young);
        assert_eq!(begun.step(&young), 0);
        assert!(noted.is_doubtful(&young) && Noted::after(Some(&noted), &young).is_doubtful(&young));
        assert!(!Noted::after(Some(&noted), &old).is_doubtful(&old));
        // Set right before the hour is over: a step as any other.
        let right = at(10 * DAY + 600_000, 600_000, 3);
        assert_eq!(noted.step(&right), 10 * DAY - 50 * DAY + 10);
        assert!(!Noted::after(Some(&begun), &at(10 * DAY + HOUR, 10, 4)).is_doubtful(&at(
            10 * DAY + HOUR,
            10,
            4
        )));
    }
}
