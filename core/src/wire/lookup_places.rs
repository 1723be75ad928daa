//! The places for look-ups that all names share. As with the slots for attempts (`scheduler/slots.rs`), names that hang
//! leave some to those of which nothing is known yet, and both leave some to those that are answered.

use std::time::{Duration, Instant};

/// Past this a look-up hangs: a name that is answered at all is answered sooner.
pub(super) const HANGS_AFTER: Duration = Duration::from_secs(1);

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has not been looked up yet.
    Unknown,
    /// Its last look-up ended soon, whatever the answer.
    Quick,
    /// Its last look-up hung.
    Hanging,
}

/// How many look-ups are under way, by what is known of their names now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Taken {
    unknown: usize,
    quick: usize,
    hanging: usize,
}

impl Taken {
    /// Counts those under way: how their names stood when they began, and when that was.
    pub(super) fn count(under_way: impl Iterator<Item = (Standing, Instant)>) -> Self {
        let mut taken = Self::default();
        for (standing, begun) in under_way {
            taken.add(if begun.elapsed() >= HANGS_AFTER { Standing::Hanging } else { standing });
        }
        taken
    }

    pub(super) fn add(&mut self, standing: Standing) {
        match standing {
            Standing::Unknown => self.unknown += 1,
            Standing::Quick => self.quick += 1,
            Standing::Hanging => self.hanging += 1,
        }
    }

    /// Whether one more may begin, of `most` in all. Only so many unknown ones begin at once, since each that turns out to hang
    /// keeps its place until the system gives it up: a quarter in any second, three quarters with all that hang. Of those that
    /// are known to hang a quarter is let in.
    pub(super) fn has_room(self, standing: Standing, most: usize) -> bool {
        let part = |quarters: usize| (most * quarters / 4).max(1);
        self.unknown + self.quick + self.hanging < most
            && match standing {
                Standing::Quick => true,
                Standing::Unknown => self.unknown < part(1) && self.unknown + self.hanging < part(3),
                Standing::Hanging => self.hanging < part(1),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(taken: &mut Taken, standing: Standing) -> usize {
        let mut added = 0;
        while taken.has_room(standing, 64) {
            taken.add(standing);
            added += 1;
        }
        added
    }

    #[test]
    fn names_that_hang_leave_places_to_the_unknown_and_both_to_the_quick() {
        let mut taken = Taken::default();
        assert_eq!(fill(&mut taken, Standing::Hanging), 16);
        assert_eq!(fill(&mut taken, Standing::Unknown), 16);
        assert_eq!(fill(&mut taken, Standing::Quick), 32);
    }

    #[test]
    fn unknown_names_that_turn_out_to_hang_end_at_three_quarters() {
        let long_ago = Instant::now().checked_sub(HANGS_AFTER).unwrap();
        let mut turned = 0;
        loop {
            let hung = std::iter::repeat_n((Standing::Unknown, long_ago), turned);
            let begun = fill(&mut Taken::count(hung), Standing::Unknown);
            if begun == 0 {
                break;
            }
            turned += begun;
        }
        assert_eq!(turned, 48);
        let hung = std::iter::repeat_n((Standing::Unknown, long_ago), turned);
        assert_eq!(fill(&mut Taken::count(hung), Standing::Quick), 16);
    }

    #[test]
    fn a_single_place_serves_everybody() {
        for standing in [Standing::Unknown, Standing::Quick, Standing::Hanging] {
            assert!(Taken::default().has_room(standing, 1));
        }
    }
}
