//! A request and its answer over a connection of the pool.

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

/// The source of the rest of an answer.
enum Body {
    Over,
    Http1 { lease: Http1Lease, framing: Framing, reusable: bool },
    Http2 { lease: Http2Lease, incoming: Incoming },
}

/// Facts about a request that hold also where it fails: its connection, and a dead connection before it.
#[derive(Default)]
pub(crate) struct Course {
    /// The connection that was used last, and whether it was a kept one.
    pub connection: Option<(ConnectionFacts, bool)>,
    /// Why a kept connection was dead, where a fresh one replaced it.
    pub died: Option<String>,
}

/// Why a request got no answer.
pub(crate) enum Unanswered {
    NoConnection(ConnectFailure),
    /// The connection broke before the head of an answer.
    Broken {
        text: String,
        /// What this machine lacked, where that is why the request could not be sent or its answer not be read.
        shortage: Option<Shortage>,
        /// Whether any of the request may have reached the receiver.
        sent: bool,
    },
    /// The deadline came first.
    Late,
}

/// The conditions of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// When the head of the answer must have come.
    pub deadline: Instant,
    /// Whether the request may be sent again where the receiver may have got it.
    pub repeatable: bool,
}

impl Pool {
    /// Sends a request and waits for the head of its answer. If a kept connection breaks before any byte of the answer, the
    /// request is sent once more on a fresh connection: the receiver had closed or lost the kept one before it saw the
    /// request.
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
    /// The next piece of the body, or how the body ended. A connection is used again only if its answer was read to the end.
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
