//! A rate limit, as a token bucket.

use std::num::NonZeroU32;
use std::time::Duration;

/// `rps` tokens a second, at most `burst` saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Deliveries a second.
    pub rps: NonZeroU32,
    /// Deliveries at once.
    pub burst: NonZeroU32,
}

#[derive(Debug)]
pub(super) struct TokenBucket {
    limit: RateLimit,
    tokens: f64,
    filled_at: Duration,
}

impl TokenBucket {
    pub(super) fn new(limit: RateLimit, now: Duration) -> Self {
        Self { limit, tokens: f64::from(limit.burst.get()), filled_at: now }
    }

    pub(super) fn limit(&self) -> RateLimit {
        self.limit
    }

    /// Changes the limit. Saved tokens are kept, up to the new burst.
    pub(super) fn set_limit(&mut self, limit: RateLimit, now: Duration) {
        self.fill(now);
        self.limit = limit;
        self.tokens = self.tokens.min(f64::from(limit.burst.get()));
    }

    fn fill(&mut self, now: Duration) {
        self.tokens = self.saved(now);
        self.filled_at = self.filled_at.max(now);
    }

    /// How many tokens are saved.
    pub(super) fn saved(&self, now: Duration) -> f64 {
        let elapsed = now.saturating_sub(self.filled_at).as_secs_f64();
        (self.tokens + elapsed * f64::from(self.limit.rps.get())).min(f64::from(self.limit.burst.get()))
    }

    /// When there is a token: `now` where one is saved.
    pub(super) fn next_at(&self, now: Duration) -> Duration {
        let wait = (1.0 - self.saved(now)).max(0.0) / f64::from(self.limit.rps.get());
        now + Duration::from_secs_f64(wait)
    }

    /// Gives back a token that was taken for an attempt that was not made.
    pub(super) fn give_back(&mut self) {
        self.tokens = (self.tokens + 1.0).min(f64::from(self.limit.burst.get()));
    }

    /// Takes a token.
    ///
    /// # Errors
    /// When there will be one.
    pub(super) fn take(&mut self, now: Duration) -> Result<(), Duration> {
        self.fill(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        // Rather a little late than a little early: waking early would find no token.
        Err(self.next_at(now) + Duration::from_micros(50))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_the_rest_at_the_rate() {
        let limit = RateLimit { rps: NonZeroU32::new(10).unwrap(), burst: NonZeroU32::new(5).unwrap() };
        let mut bucket = TokenBucket::new(limit, Duration::ZERO);
        let (mut now, mut taken) = (Duration::ZERO, 0);
        while now < Duration::from_secs(2) {
            match bucket.take(now) {
                Ok(()) => taken += 1,
                Err(at) => {
                    assert!(at > now);
                    now = at;
                }
            }
        }
        assert!((24..=25).contains(&taken), "{taken}");
    }
}
