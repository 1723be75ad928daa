//! A request and its answer, over a connection of the pool.

use std::time::Instant;

use bytes::Bytes;
use http::Request;
use hyper::body::Incoming;

use super::answer::AnswerHeaders;
use super::connection::ConnectionFacts;
use super::failure::{ConnectFailure, Reason};
use super::http1::{BodyEnd, Broken, Framing};
use super::origin::Destination;
use super::pool::{Http1Lease, Http2Lease, Lease, Pool};
use crate::model::shortage::Shortage;

/// An answer whose head has come.
pub(crate) struct Answer {
    pub status: u16,
    pub headers: AnswerHeaders,
    body: Body,
}

/// Where the rest of an answer comes from.
enum Body {
    Over,
    Http1 { lease: Http1Lease, framing: Framing, reusable: bool },
    Http2 { lease: Http2Lease, incoming: Incoming },
}

/// How a request went, as far as it has come.
#[derive(Default)]
pub(crate) struct Course {
    /// The connection that it went by last, and whether that was a kept one.
    pub connection: Option<(ConnectionFacts, bool)>,
    /// What became of a kept connection in whose place a fresh one was taken.
    pub died: Option<String>,
}

/// A request without an answer.
pub(crate) enum Unanswered {
    NoConnection(ConnectFailure),
    /// It broke off; whether any of it may have gone out.
    Broken {
        text: String,
        /// What of ours was missing, so that it could not be sent or its answer not be read.
        shortage: Option<Shortage>,
        sent: bool,
    },
    /// The deadline came first.
    Late,
}

/// What holds for one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// By when the head of the answer must have come.
    pub deadline: Instant,
    /// Whether it may be sent again where it is not known whether the receiver got it.
    pub repeatable: bool,
}

impl Pool {
    /// Sends a request. Where a kept connection turns out to be dead before a byte of the answer, it is sent once more
    /// on a fresh one: the receiver had closed it, or lost it, before it could see the request.
    pub(crate) async fn request(
        &self,
        destination: &Destination,
        request: &Request<Bytes>,
        terms: Terms,
        course: &mut Course,
    ) -> Result<Answer, Unanswered> {
        loop {
            let again = course.died.is_some();
            let leased = self.lease(&destination.origin, terms.deadline, again).await;
            let lease = leased.map_err(Unanswered::NoConnection)?;
            let reused = lease.is_reused();
            course.connection = Some((lease.facts(), reused));
            let sent =
                tokio::time::timeout_at(terms.deadline.into(), send(lease, destination, request)).await;
            let broken = match sent {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(broken)) => broken,
                Err(_) => return Err(Unanswered::Late),
            };
            let Broken { reason: Reason { text, shortage }, heard, sent } = broken;
            if again || !reused || heard || shortage.is_some() || (sent && !terms.repeatable) {
                return Err(Unanswered::Broken { text, shortage, sent });
            }
            course.connection = None;
            course.died = Some(text);
        }
    }
}

async fn send(lease: Lease, destination: &Destination, request: &Request<Bytes>) -> Result<Answer, Broken> {
    match lease {
        Lease::Http1(mut lease) => {
            let head = lease.kept.http1.send(request, &destination.host).await?;
            let body = if !head.framing.is_over() {
                Body::Http1 { lease, framing: head.framing, reusable: head.reusable }
            } else {
                if head.reusable {
                    lease.give_back(head.headers.kept_for());
                }
                Body::Over
            };
            Ok(Answer { status: head.status, headers: head.headers, body })
        }
        Lease::Http2(lease) => {
            let (head, incoming) = lease.shared.send(request).await?.into_parts();
            let headers = AnswerHeaders::of(&head.headers);
            Ok(Answer { status: head.status.as_u16(), headers, body: Body::Http2 { lease, incoming } })
        }
    }
}

impl Answer {
    /// The next piece of the body, or how it ended. A connection whose answer is not read to its end is not used again.
    pub(crate) async fn next_piece(&mut self) -> Result<Bytes, BodyEnd> {
        let end = match &mut self.body {
            Body::Over => BodyEnd::Whole,
            Body::Http1 { lease, framing, .. } => match lease.kept.http1.next_piece(framing).await {
                Ok(piece) => return Ok(piece),
                Err(end) => end,
            },
            Body::Http2 { lease, incoming } => match lease.shared.next_piece(incoming).await {
                Ok(piece) => return Ok(piece),
                Err(end) => end,
            },
        };
        if let Body::Http1 { lease, reusable: true, .. } = std::mem::replace(&mut self.body, Body::Over)
            && end == BodyEnd::Whole
        {
            lease.give_back(self.headers.kept_for());
        }
        Err(end)
    }
}
