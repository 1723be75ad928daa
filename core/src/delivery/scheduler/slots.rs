//! The slots for attempts, which all lanes share. Lanes whose endpoints hang must leave slots to lanes whose endpoints
//! answer, and to lanes whose endpoints were not tried yet.

/// What is known of a lane's endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has not been tried since the start.
    Untried,
    /// It has only failed since the start, or has failed often enough to open the breaker.
    Failing,
    /// It answers.
    Proven,
}

impl Standing {
    pub(super) const ALL: [Self; 3] = [Self::Untried, Self::Failing, Self::Proven];
}

/// How many attempts are under way, and how many may be.
#[derive(Debug)]
pub(super) struct Slots {
    most: u32,
    untried: u32,
    failing: u32,
    proven: u32,
}

impl Slots {
    pub(super) fn new(most: u32) -> Self {
        Self { most, untried: 0, failing: 0, proven: 0 }
    }

    pub(super) fn taken(&self) -> u32 {
        self.untried + self.failing + self.proven
    }

    /// Whether a lane of this standing may start one more attempt. Untried and failing lanes share half of the slots, and failing
    /// lanes get at most half of that half.
    pub(super) fn has_room(&self, standing: Standing) -> bool {
        let part = |divisor: u32| (self.most / divisor).max(1);
        let unproven = self.untried + self.failing;
        self.taken() < self.most
            && match standing {
                Standing::Proven => true,
                Standing::Untried => unproven < part(2),
                Standing::Failing => unproven < part(2) && self.failing < part(4),
            }
    }

    fn of(&mut self, standing: Standing) -> &mut u32 {
        match standing {
            Standing::Untried => &mut self.untried,
            Standing::Failing => &mut self.failing,
            Standing::Proven => &mut self.proven,
        }
    }

    pub(super) fn take(&mut self, standing: Standing) {
        *self.of(standing) += 1;
    }

    pub(super) fn free(&mut self, standing: Standing) {
        let taken = self.of(standing);
        *taken = taken.saturating_sub(1);
    }

    /// A lane with `count` attempts under way has changed its standing.
    pub(super) fn reclassify(&mut self, from: Standing, to: Standing, count: u32) {
        let taken = self.of(from);
        *taken = taken.saturating_sub(count);
        *self.of(to) += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_lanes_leave_slots_to_the_untried_and_both_to_the_proven() {
        let mut slots = Slots::new(64);
        let mut fill = |standing| {
            let mut taken = 0;
            while slots.has_room(standing) {
                slots.take(standing);
                taken += 1;
            }
            taken
        };
        assert_eq!(fill(Standing::Failing), 16);
        assert_eq!(fill(Standing::Untried), 16);
        assert_eq!(fill(Standing::Proven), 32);
        assert_eq!(slots.taken(), 64);
        slots.reclassify(Standing::Untried, Standing::Failing, 4);
        slots.free(Standing::Proven);
        assert!(!slots.has_room(Standing::Untried) && slots.has_room(Standing::Proven));
        slots.free(Standing::Failing);
        assert!(slots.has_room(Standing::Untried) && !slots.has_room(Standing::Failing));
    }

    #[test]
    fn a_single_slot_serves_everybody() {
        for standing in [Standing::Untried, Standing::Failing, Standing::Proven] {
            assert!(Slots::new(1).has_room(standing));
        }
    }
}
