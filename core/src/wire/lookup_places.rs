//! The places for look-ups, shared by all names. As with the slots for attempts (`scheduler/slots.rs`), names that hang
//! leave some places to unknown names, and both leave some to names that are answered quickly.

use std::time::{Duration, Instant};

/// A look-up that takes longer hangs. A name that is answered at all is answered sooner.
pub(super) const HANGS_AFTER: Duration = Duration::from_secs(1);

/// What is known of a name from its last look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameStanding {
    /// The name was not looked up yet.
    Unknown,
    /// The last look-up ended soon, with any answer.
    Quick,
    /// The last look-up hung.
    Hanging,
}

/// How many look-ups are under way, by what is known of their names.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PlacesTaken {
    unknown: usize,
    quick: usize,
    hanging: usize,
}

impl PlacesTaken {
    /// Counts the look-ups under way. Each is given by the standing of its name when it began, and by that time.
    pub(super) fn count(under_way: impl Iterator<Item = (NameStanding, Instant)>) -> Self {
        let mut taken = Self::default();
        for (standing, begun) in under_way {
            taken.add(if begun.elapsed() >= HANGS_AFTER { NameStanding::Hanging } else { standing });
        }
        taken
    }

    pub(super) fn add(&mut self, standing: NameStanding) {
        match standing {
            NameStanding::Unknown => self.unknown += 1,
            NameStanding::Quick => self.quick += 1,
            NameStanding::Hanging => self.hanging += 1,
        }
    }

    /// Whether a look-up may begin, of `most` places in all. Unknown names begin only a few at a time, since a name that
    /// turns out to hang keeps its place until the system gives it up: they get a quarter of the places in any second, and
    /// three quarters together with the names that hang. Names known to hang get a quarter.
    pub(super) fn has_room(self, standing: NameStanding, most: usize) -> bool {
        let part = |quarters: usize| (most * quarters / 4).max(1);
        self.unknown + self.quick + self.hanging < most
            && match standing {
                NameStanding::Quick => true,
                NameStanding::Unknown => self.unknown < part(1) && self.unknown + self.hanging < part(3),
                NameStanding::Hanging => self.hanging < part(1),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(taken: &mut PlacesTaken, standing: NameStanding) -> usize {
        let mut added = 0;
        while taken.has_room(standing, 64) {
            taken.add(standing);
            added += 1;
        }
        added
    }

    #[test]
    fn names_that_hang_leave_places_to_the_unknown_and_both_to_the_quick() {
        let mut taken = PlacesTaken::default();
        assert_eq!(fill(&mut taken, NameStanding::Hanging), 16);
        assert_eq!(fill(&mut taken, NameStanding::Unknown), 16);
        assert_eq!(fill(&mut taken, NameStanding::Quick), 32);
    }

    #[test]
    fn unknown_names_that_turn_out_to_hang_end_at_three_quarters() {
        let long_ago = Instant::now().checked_sub(HANGS_AFTER).unwrap();
        let mut turned = 0;
        loop {
            let hung = std::iter::repeat_n((NameStanding::Unknown, long_ago), turned);
            let begun = fill(&mut PlacesTaken::count(hung), NameStanding::Unknown);
            if begun == 0 {
                break;
            }
            turned += begun;
        }
        assert_eq!(turned, 48);
        let hung = std::iter::repeat_n((NameStanding::Unknown, long_ago), turned);
        assert_eq!(fill(&mut PlacesTaken::count(hung), NameStanding::Quick), 16);
    }

    #[test]
    fn a_single_place_serves_everybody() {
        for standing in [NameStanding::Unknown, NameStanding::Quick, NameStanding::Hanging] {
            assert!(PlacesTaken::default().has_room(standing, 1));
        }
    }
}
