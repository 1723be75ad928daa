//! What is lent to a request, and how it comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Pool;
use super::hosts::REST;
use crate::wire::connection::ConnectionFacts;
use crate::wire::http1::Http1;
use crate::wire::http2::Http2;
use crate::wire::origin::Origin;

/// Of the time that a receiver says it keeps an idle connection, what is left to it.
const BEFORE_ITS_END: Duration = Duration::from_secs(1);

/// A connection of HTTP/1.1.
pub(in crate::wire) struct Kept {
    pub http1: Http1,
    pub facts: ConnectionFacts,
    /// When it takes no more requests.
    pub expires: Instant,
    /// When it has rested long enough.
    pub rests_until: Instant,
    /// Whether a request has used it.
    pub used: bool,
}

impl Kept {
    /// Whether it can be used (again): young enough, and nothing has come on it that nobody asked for.
    pub(super) fn may_serve(&mut self, now: Instant) -> bool {
        now < self.expires && now < self.rests_until && self.http1.is_quiet()
    }
}

/// A connection that can serve.
pub(super) enum Connection {
    Http1(Box<Kept>),
    Http2(Arc<Http2>),
}

/// A connection, for one request.
pub(in crate::wire) enum Lease {
    Http1(Http1Lease),
    Http2(Http2Lease),
}

/// Dropped, it closes the connection.
pub(in crate::wire) struct Http1Lease {
    pub(super) pool: Pool,
    pub(super) origin: Arc<Origin>,
    pub kept: Box<Kept>,
    /// Whether an earlier request has used it.
    pub reused: bool,
}

/// Dropped, it leaves the place on the connection to others.
pub(in crate::wire) struct Http2Lease {
    pub(super) pool: Pool,
    pub(super) origin: Arc<Origin>,
    pub shared: Arc<Http2>,
    pub reused: bool,
}

impl Lease {
    pub(in crate::wire) fn facts(&self) -> ConnectionFacts {
        match self {
            Self::Http1(lease) => lease.kept.facts,
            Self::Http2(lease) => lease.shared.facts,
        }
    }

    pub(in crate::wire) fn is_reused(&self) -> bool {
        match self {
            Self::Http1(lease) => lease.reused,
            Self::Http2(lease) => lease.reused,
        }
    }
}

impl Http1Lease {
    /// The answer has ended well: the connection may serve again. `kept_for` is what the receiver said of that.
    pub(in crate::wire) fn give_back(mut self, kept_for: Option<Duration>) {
        let rest = kept_for.map_or(REST, |kept| kept.saturating_sub(BEFORE_ITS_END).min(REST));
        self.kept.rests_until = Instant::now() + rest;
        self.kept.used = true;
        if rest > Duration::ZERO && self.kept.http1.is_at_end() {
            self.pool.rest(self.origin, self.kept);
        }
    }
}

impl Drop for Http2Lease {
    fn drop(&mut self) {
        self.pool.leave(&self.origin, &self.shared);
    }
}
