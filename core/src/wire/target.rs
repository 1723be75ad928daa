//! The target of attempts: it makes their requests and judges the answers.

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use http::Request;

use super::client::{AttemptReport, DeliveryRequest};
use super::origin::Destination;
use super::outcome::Outcome;
use crate::model::sent_headers::SentHeaders;
use crate::model::timestamp::Timestamp;

/// The request of one attempt.
pub struct Prepared<'a> {
    /// The part of the request's headers that the attempt's record stores.
    pub sent: SentHeaders,
    /// The request and where it goes, or why it cannot be made.
    pub request: Result<(&'a Destination, Request<Bytes>), String>,
}

/// The target of an endpoint's attempts. It is made once and holds what does not change from one attempt to the next.
pub trait Target: Debug + Send + Sync {
    /// Makes the request of an attempt that begins at `started_at`. This moment is signed.
    fn prepare<'a>(&'a self, delivery: &DeliveryRequest, started_at: Timestamp) -> Prepared<'a>;

    /// Judges the answer. May set `error_text` of the report. `retry_after` is the wait that the answer asked for.
    fn judge(&self, report: &mut AttemptReport, retry_after: Option<Duration>) -> Outcome;
}
