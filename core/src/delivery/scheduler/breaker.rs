//! The in-flight limit of a lane, and its breaker, which holds fresh messages back while the endpoint fails.

use std::time::Duration;

use super::slots::Standing;

/// Failures in a row that open the breaker.
const OPENS_AFTER: u32 = 5;
/// How long fresh messages wait after a failed probe, at first and at most.
const COOL_DOWN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));
/// The longest such wait for an endpoint that answers and floods. It has to wait at all because each attempt costs a connection.
const COOL_DOWN_OF_FLOODS: Duration = Duration::from_secs(1);

/// How an endpoint answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It works: it answered 2xx, or a 4xx about this one message.
    Answered,
    /// A network error, a timeout, 5xx, 3xx, 408 or 425.
    Troubled,
    /// It answered 429: it works and wants fewer requests.
    RateLimited,
    /// It answered, and sent so much that the connection had to be closed.
    Flooded,
}

#[derive(Debug)]
pub(super) struct Breaker {
    limit: u32,
    most: u32,
    failures: u32,
    proven: bool,
    floods: bool,
    cool_down: Duration,
    cool_until: Duration,
}

impl Breaker {
    pub(super) fn new(most: u32) -> Self {
        Self {
            limit: 1,
            most: most.max(1),
            failures: 0,
            proven: false,
            floods: false,
            cool_down: COOL_DOWN.0,
            cool_until: Duration::ZERO,
        }
    }

    /// How many attempts may be under way in the lane.
    pub(super) fn limit(&self) -> u32 {
        if self.is_open() { 1 } else { self.limit }
    }

    pub(super) fn is_open(&self) -> bool {
        self.failures >= OPENS_AFTER
    }

    /// What is known of the endpoint, since the start or since the breaker last opened.
    pub(super) fn standing(&self) -> Standing {
        match (self.proven, self.failures) {
            (true, _) => Standing::Proven,
            (false, 0) => Standing::Untried,
            (false, _) => Standing::Failing,
        }
    }

    /// Until when fresh messages are held back.
    pub(super) fn cool_until(&self) -> Duration {
        if self.is_open() || self.floods { self.cool_until } else { Duration::ZERO }
    }

    pub(super) fn attempt_ended(&mut self, health: Health, now: Duration) {
        self.floods = health == Health::Flooded;
        match health {
            Health::Answered => {
                // One more for each success: the limit doubles with every round trip.
                self.limit = if self.is_open() { 1 } else { (self.limit + 1).min(self.most) };
                self.failures = 0;
                self.proven = true;
                self.cool_down = COOL_DOWN.0;
            }
            Health::RateLimited => {
                self.limit = (self.limit / 2).max(1);
                self.failures = 0;
                self.proven = true;
            }
            Health::Flooded => {
                self.limit = 1;
                self.failures = 0;
                self.proven = true;
                self.cool_until = now + self.cool_down;
                self.cool_down = (self.cool_down * 2).min(COOL_DOWN_OF_FLOODS);
            }
            Health::Troubled => {
                self.limit = (self.limit / 2).max(1);
                self.failures = self.failures.saturating_add(1);
                if self.is_open() {
                    self.proven = false;
                    self.cool_until = now + self.cool_down;
                    self.cool_down = (self.cool_down * 2).min(COOL_DOWN.1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_grows_while_it_answers_and_shrinks_to_a_probe() {
        let mut breaker = Breaker::new(32);
        assert_eq!((breaker.limit(), breaker.standing()), (1, Standing::Untried));
        for _ in 0..100 {
            breaker.attempt_ended(Health::Answered, Duration::ZERO);
        }
        assert_eq!((breaker.limit(), breaker.standing()), (32, Standing::Proven));
        for _ in 0..5 {
            breaker.attempt_ended(Health::Troubled, Duration::from_secs(1));
        }
        assert!(breaker.is_open() && breaker.standing() == Standing::Failing);
        assert_eq!(breaker.limit(), 1);
        assert_eq!(breaker.cool_until(), Duration::from_millis(1100));
        for _ in 0..20 {
            breaker.attempt_ended(Health::Troubled, Duration::from_secs(2));
        }
        assert_eq!(breaker.cool_until(), Duration::from_secs(12));
        breaker.attempt_ended(Health::Answered, Duration::from_secs(3));
        assert_eq!((breaker.limit(), breaker.cool_until()), (1, Duration::ZERO));
    }

    #[test]
    fn one_that_answers_and_floods_is_asked_one_at_a_time_and_ever_more_rarely() {
        let mut breaker = Breaker::new(32);
        for _ in 0..100 {
            breaker.attempt_ended(Health::Answered, Duration::ZERO);
        }
        breaker.attempt_ended(Health::Flooded, Duration::from_secs(1));
        assert_eq!((breaker.limit(), breaker.standing()), (1, Standing::Proven));
        assert_eq!(breaker.cool_until(), Duration::from_millis(1_100));
        for _ in 0..20 {
            breaker.attempt_ended(Health::Flooded, Duration::from_secs(2));
        }
        assert_eq!(breaker.cool_until(), Duration::from_secs(3));
        breaker.attempt_ended(Health::Answered, Duration::from_secs(4));
        assert_eq!((breaker.limit(), breaker.cool_until()), (2, Duration::ZERO));
    }
}
