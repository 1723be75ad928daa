//! The harness's own account of a process's lanes: what is under way, how the endpoints answered, what the rate
//! limits allow. Limits are checked against it at each start.

use std::collections::BTreeMap;
use std::time::Duration;

use hookbridge_core::delivery::scheduler::{Health, Limits};

/// Failures in a row after which an endpoint gets one probe at a time.
const BROKEN_AFTER: u32 = 5;

#[derive(Debug, Default)]
struct Account {
    in_flight: u32,
    failures: u32,
    /// It answered, and has not failed [`BROKEN_AFTER`] times in a row since.
    proven: bool,
    /// It answered well the last time.
    well: bool,
    meter: Option<Meter>,
}

/// A rate limit: tokens a second, how many are saved, how many there are and since when.
#[derive(Debug)]
struct Meter {
    limit: (u32, u32),
    tokens: f64,
    at: Duration,
}

impl Meter {
    fn fill(&mut self, now: Duration) {
        let (rps, burst) = self.limit;
        let filled = self.tokens + f64::from(rps) * (now - self.at).as_secs_f64();
        (self.tokens, self.at) = (filled.min(f64::from(burst)), now);
    }
}

#[derive(Debug, Default)]
pub struct Ledger {
    lanes: BTreeMap<i64, Account>,
}

impl Ledger {
    pub fn in_flight(&self, lane: i64) -> u32 {
        self.lanes.get(&lane).map_or(0, |account| account.in_flight)
    }

    pub fn only_answers(&self, lane: i64) -> bool {
        self.lanes.get(&lane).is_some_and(|account| account.well)
    }

    /// What was saved under an older limit is kept as far as it fits.
    pub fn set_rate_limit(&mut self, lane: i64, limit: Option<(u32, u32)>, now: Duration) {
        let meter = &mut self.lanes.entry(lane).or_default().meter;
        match (limit, meter) {
            (None, meter) => *meter = None,
            (Some(limit), Some(meter)) if meter.limit == limit => {}
            (Some(limit), Some(meter)) => {
                meter.fill(now);
                meter.limit = limit;
                meter.tokens = meter.tokens.min(f64::from(limit.1));
            }
            (Some(limit), meter) => *meter = Some(Meter { limit, tokens: f64::from(limit.1), at: now }),
        }
    }

    pub fn started(&mut self, lane: i64, limits: Limits, now: Duration) {
        let account = self.lanes.entry(lane).or_default();
        account.in_flight += 1;
        let most = if account.failures >= BROKEN_AFTER { 1 } else { limits.max_in_flight_per_endpoint };
        assert!(account.in_flight <= most, "the lane overran its limit of {most}: {account:?}");
        if let Some(meter) = &mut account.meter {
            meter.fill(now);
            meter.tokens -= 1.0;
            assert!(meter.tokens >= -1e-3, "started without a token: {meter:?}");
        }
        let proven = account.proven;
        let all: u32 = self.lanes.values().map(|account| account.in_flight).sum();
        assert!(all <= limits.max_in_flight, "all lanes together overran the limit");
        // Those of which nothing good is known leave half of the slots to the others.
        if !proven {
            let unproven: u32 =
                self.lanes.values().filter(|account| !account.proven).map(|account| account.in_flight).sum();
            assert!(
                unproven <= (limits.max_in_flight / 2).max(1),
                "lanes of which nothing good is known hold {unproven} slots: {:?}",
                self.lanes
            );
        }
    }

    /// What was started came to no attempt: its token is saved again.
    pub fn nothing_was_tried(&mut self, lane: i64) {
        let account = self.lanes.entry(lane).or_default();
        account.in_flight -= 1;
        if let Some(meter) = &mut account.meter {
            meter.tokens = (meter.tokens + 1.0).min(f64::from(meter.limit.1));
        }
    }

    /// An attempt of which nothing was learned.
    pub fn abandoned(&mut self, lane: i64) {
        self.lanes.entry(lane).or_default().in_flight -= 1;
    }

    pub fn ended(&mut self, lane: i64, health: Health) {
        let account = self.lanes.entry(lane).or_default();
        account.in_flight -= 1;
        account.well = health == Health::Answered;
        if health == Health::Troubled {
            account.failures += 1;
            account.proven &= account.failures < BROKEN_AFTER;
        } else {
            (account.failures, account.proven) = (0, true);
        }
    }
}
