//! Whom attempts go to, and what an answer of theirs means.

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use http::Request;

use super::client::{AttemptReport, DeliveryRequest};
use super::origin::Destination;
use super::outcome::Outcome;
use crate::model::sent_headers::SentHeaders;
use crate::model::timestamp::Timestamp;

/// An attempt's request.
pub struct Prepared<'a> {
    /// What is kept of its headers.
    pub sent: SentHeaders,
    /// Where it goes and what it is, or why it cannot be made.
    pub request: Result<(&'a Destination, Request<Bytes>), String>,
}

/// Whom an endpoint's attempts go to. What does not change from one to the next is made once.
pub trait Target: Debug + Send + Sync {
    /// Makes the request of an attempt that begins at `started_at`, the moment that is signed.
    fn prepare<'a>(&'a self, delivery: &DeliveryRequest, started_at: Timestamp) -> Prepared<'a>;

    /// Says what the answer means; may put what went wrong into the report. `retry_after` is what the answer asked for.
    fn judge(&self, report: &mut AttemptReport, retry_after: Option<Duration>) -> Outcome;
}
