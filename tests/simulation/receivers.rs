//! Receivers and what they answer.

use std::time::Duration;

use crate::model::header_map::HeaderMap;
use crate::model::sent_headers::SentHeaders;
use crate::model::shortage::Shortage;
use crate::model::timestamp::Timestamp;
use crate::wire::client::{AttemptReport, ResponseReport};

/// How an endpoint behaves for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Manner {
    Well,
    /// Fails this share of attempts, in 256ths.
    Flaky(u8),
    /// Refuses connections.
    Down,
    /// Never answers within the timeout.
    Hangs,
    /// Asks for patience.
    RateLimits,
    /// Takes seconds for each answer.
    Slow,
    /// Says that the request is wrong.
    Refuses,
    /// 410.
    Gone,
}

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What one attempt will come to: after how long, which status, which `Retry-After`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub after: Duration,
    pub status: Option<u16>,
    pub retry_after: Option<Duration>,
    /// Something of ours was missing: the receiver was never asked.
    pub short: bool,
}

impl Answer {
    /// Nothing was asked, since something of ours was missing.
    pub(super) fn short(rng: &mut fastrand::Rng) -> Self {
        Self { after: Duration::from_micros(rng.u64(0..2_000)), status: None, retry_after: None, short: true }
    }
}

impl Answer {
    /// What the wire says of it.
    pub(super) fn report(&self, started_at: Timestamp) -> AttemptReport {
        let retry_after = self.retry_after.map(|delay| delay.as_secs().to_string());
        AttemptReport {
            started_at,
            latency_ms: u32::try_from(self.after.as_millis()).unwrap_or(u32::MAX),
            sent: SentHeaders::default(),
            response: self.status.map(|status| ResponseReport {
                status,
                headers: HeaderMap::default(),
                retry_after: retry_after.into_iter().collect(),
                date: None,
                body: Vec::new(),
                truncated: false,
                whole: true,
            }),
            error_text: self.status.is_none().then(|| "no answer".to_owned()),
            note: None,
            flooded: false,
            shortage: self.short.then_some(Shortage::Threads),
            resolved_ip: None,
            conn_reused: None,
            dns_ms: None,
            tcp_connect_ms: None,
            tls_handshake_ms: None,
            ttfb_ms: None,
            transfer_ms: None,
        }
    }
}

impl Manner {
    pub(super) fn any(rng: &mut fastrand::Rng) -> Self {
        match rng.u8(0..10) {
            0..=2 => Self::Well,
            3 | 4 => Self::Flaky(rng.u8(..)),
            5 => Self::Down,
            6 => Self::Hangs,
            7 => Self::RateLimits,
            8 => Self::Slow,
            _ if rng.u8(0..4) == 0 => Self::Gone,
            _ => Self::Refuses,
        }
    }

    pub(super) fn answer(self, rng: &mut fastrand::Rng) -> Answer {
        let quick = Duration::from_millis(rng.u64(1..50));
        let answer = |after, status, retry_after| Answer { after, status, retry_after, short: false };
        match self {
            Self::Well => answer(quick, Some(200), None),
            Self::Flaky(share) if rng.u8(..) < share => {
                let status = rng.choice([Some(500), Some(503), Some(302), Some(408), None]).flatten();
                answer(quick, status, rng.bool().then(|| Duration::from_secs(rng.u64(0..200_000))))
            }
            Self::Flaky(_) => answer(quick, Some(204), None),
            Self::Down => answer(Duration::from_millis(1), None, None),
            Self::Hangs => answer(REQUEST_TIMEOUT, None, None),
            Self::RateLimits => {
                answer(quick, Some(429), rng.bool().then(|| Duration::from_secs(rng.u64(0..90))))
            }
            Self::Slow => answer(Duration::from_millis(rng.u64(1_000..20_000)), Some(200), None),
            Self::Refuses => answer(quick, Some(422), None),
            Self::Gone => answer(quick, Some(410), None),
        }
    }
}
