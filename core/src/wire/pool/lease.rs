//! Leases: a connection that is lent to a request, and its way back into the pool.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Pool;
use super::hosts::REST;
use crate::wire::connection::ConnectionFacts;
use crate::wire::http1::Http1;
use crate::wire::http2::Http2;
use crate::wire::origin::Origin;

/// How much earlier than the receiver's own limit an idle connection is given up.
const BEFORE_ITS_END: Duration = Duration::from_secs(1);

/// A connection of HTTP/1.1 that the pool keeps.
pub(in crate::wire) struct KeptHttp1 {
    pub http1: Http1,
    pub facts: ConnectionFacts,
    /// When the connection takes no more requests.
    pub expires: Instant,
    /// When the connection has rested long enough.
    pub rests_until: Instant,
    /// Whether a request has used it.
    pub used: bool,
}

impl KeptHttp1 {
    /// Whether the connection can serve a request: it is young enough, and no unrequested bytes have come.
    pub(super) fn may_serve(&mut self, now: Instant) -> bool {
        now < self.expires && now < self.rests_until && self.http1.is_quiet()
    }
}

/// A usable connection.
pub(super) enum Connection {
    Http1(Box<KeptHttp1>),
    Http2(Arc<Http2>),
}

/// A connection that is lent to one request.
pub(in crate::wire) enum Lease {
    Http1(Http1Lease),
    Http2(Http2Lease),
}

/// An HTTP/1.1 connection that is lent. Dropping the lease closes the connection; [`Http1Lease::give_back`] keeps it.
pub(in crate::wire) struct Http1Lease {
    pub(super) pool: Pool,
    pub(super) origin: Arc<Origin>,
    pub kept: Box<KeptHttp1>,
    /// Whether an earlier request has used it.
    pub reused: bool,
}

/// A place on an HTTP/2 connection that is lent. Dropping the lease gives the place back.
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
    /// Gives the connection back after an answer that ended well. `kept_for` is how long the receiver keeps idle connections.
    pub(in crate::wire) fn give_back(mut self, kept_for: Option<Duration>) {
        let rest = kept_for.map_or(REST, |kept| kept.saturating_sub(BEFORE_ITS_END).min(REST));
        self.kept.rests_until = Instant::now() + rest;
        self.kept.used = true;
        if rest > Duration::ZERO && self.kept.http1.is_at_end() {
            self.pool.take_back(self.origin, self.kept);
        }
    }
}

impl Drop for Http2Lease {
    fn drop(&mut self) {
        self.pool.end_request(&self.origin, &self.shared);
    }
}
