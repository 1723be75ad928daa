//! The harness's own account of a process's lanes: what is under way, how the endpoints answered, what the rate
//! limits allow. Limits are checked against it at each start.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::delivery::scheduler::Health;
use crate::outbox::rows::LaneKey;

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
pub(super) struct Ledger {
    lanes: BTreeMap<LaneKey, Account>,
}

impl Ledger {
    pub(super) fn in_flight(&self, lane: LaneKey) -> u32 {
        self.lanes.get(&lane).map_or(0, |account| account.in_flight)
    }

    pub(super) fn only_answers(&self, lane: LaneKey) -> bool {
        self.lanes.get(&lane).is_some_and(|account| account.well)
    }

    /// What was saved under an older limit is kept as far as it fits.
    pub(super) fn set_rate_limit(&mut self, lane: LaneKey, limit: Option<(u32, u32)>, now: Duration) {
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

    pub(super) fn lanes(&self) -> impl Iterator<Item = LaneKey> + '_ {
        self.lanes.keys().copied()
    }

    /// The lane has left memory, and what was known of it with it.
    pub(super) fn forget(&mut self, lane: LaneKey) {
        let account = self.lanes.remove(&lane);
        assert!(
            account.is_none_or(|account| account.in_flight == 0),
            "forgotten while attempts are under way"
        );
    }

    pub(super) fn is_limited(&self, lane: LaneKey) -> bool {
        self.lanes.get(&lane).is_some_and(|account| account.meter.is_some())
    }

    /// An attempt began; `limits` are those of all lanes and of one. Whether the lane has a rate limit.
    pub(super) fn started(&mut self, lane: LaneKey, limits: (u32, u32), now: Duration) -> bool {
        let account = self.lanes.entry(lane).or_default();
        account.in_flight += 1;
        let most = if account.failures >= BROKEN_AFTER { 1 } else { limits.1 };
        assert!(account.in_flight <= most, "the lane overran its limit of {most}: {account:?}");
        if let Some(meter) = &mut account.meter {
            meter.fill(now);
            meter.tokens -= 1.0;
            assert!(meter.tokens >= -1e-3, "started without a token: {meter:?}");
        }
        let (proven, is_limited) = (account.proven, account.meter.is_some());
        let all: u32 = self.lanes.values().map(|account| account.in_flight).sum();
        assert!(all <= limits.0, "all lanes together overran the limit");
        // Those of which nothing good is known leave half of the slots to the others.
        if !proven {
            let unproven: u32 =
                self.lanes.values().filter(|account| !account.proven).map(|account| account.in_flight).sum();
            assert!(
                unproven <= (limits.0 / 2).max(1),
                "lanes of which nothing good is known hold {unproven} slots: {:?}",
                self.lanes
            );
        }
        is_limited
    }

    /// What was started came to no attempt: its token is saved again.
    pub(super) fn nothing_was_tried(&mut self, lane: LaneKey) {
        let account = self.lanes.entry(lane).or_default();
        account.in_flight -= 1;
        if let Some(meter) = &mut account.meter {
            meter.tokens = (meter.tokens + 1.0).min(f64::from(meter.limit.1));
        }
    }

    /// An attempt of which nothing was learned.
    pub(super) fn abandoned(&mut self, lane: LaneKey) {
        self.lanes.entry(lane).or_default().in_flight -= 1;
    }

    pub(super) fn ended(&mut self, lane: LaneKey, health: Health) {
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
