//! Why a message is where it is, and when that changes.

#[cfg(test)]
mod tests;

use super::context::Context;
use super::messages::{ATTEMPTS_LIMIT, MessageRef, parse_id, shown};
use crate::error::{Result, message_not_found};
use crate::model::attempt::Attempt;
use crate::model::deliverer::Deliverer;
use crate::model::explanation::{Explanation, ExplanationCause as Cause, ExplanationReason, Progress};
use crate::model::message::{Message, MessageStatus};
use crate::model::shortage::ShortageReport;
use crate::model::timestamp::Timestamp;
use crate::outbox::lane_state::LaneState;
use crate::outbox::messages::Front;

/// Up to how many messages before this one are counted.
const MOST_AHEAD: u64 = 10_000;

/// All that decides where a message is.
struct Facts {
    message: Message,
    last_attempt: Option<Attempt>,
    /// `None` where the endpoint was deleted.
    endpoint: Option<EndpointFacts>,
    /// As the loop of this process has it.
    lane: Option<LaneState>,
    attempted_since: Option<Timestamp>,
    ahead: u64,
    /// The message that it waits behind in its order.
    front: Option<Front>,
    max_attempts: u32,
    deliverer: Option<Deliverer>,
    not_delivering: Option<String>,
    shortage: Option<ShortageReport>,
    now: Timestamp,
}

struct EndpointFacts {
    paused: bool,
    rate_limit_rps: Option<u32>,
}

pub(crate) fn explain(context: &Context, request: MessageRef) -> Result<Explanation> {
    let id = parse_id(&request.message_id)?;
    let now = Timestamp::now();
    let reading = context.reading();
    let found = reading.message(&id)?.ok_or_else(message_not_found)?;
    let waits = matches!(found.message.status, MessageStatus::Queued | MessageStatus::PendingRetry);
    let endpoint = reading.endpoint(&found.message.endpoint_id)?;
    let last_attempt = reading.attempts(&id, ATTEMPTS_LIMIT)?.0.pop();
    let ahead = if waits { reading.ahead(&found, now, MOST_AHEAD)? } else { 0 };
    let front = if found.held { reading.front(&found, MOST_AHEAD)? } else { None };
    drop(reading);
    let lane = context.link.ask(vec![found.lane]).and_then(|mut lanes| lanes.pop().flatten());
    let facts = Facts {
        last_attempt,
        max_attempts: endpoint
            .as_ref()
            .and_then(|one| one.max_attempts)
            .unwrap_or(context.config.max_attempts),
        endpoint: endpoint
            .map(|one| EndpointFacts { paused: one.paused, rate_limit_rps: one.rate_limit_rps }),
        lane,
        attempted_since: context.link.attempted_since(found.key),
        ahead,
        front,
        deliverer: context.deliverer(),
        not_delivering: context.not_delivering(),
        shortage: context.link.shortage(),
        message: shown(context, found),
        now,
    };
    Ok(facts.explained())
}

fn reason(cause: Cause, sentence: impl Into<String>) -> ExplanationReason {
    ExplanationReason {
        cause,
        sentence: sentence.into(),
        until: None,
        count: None,
        limit: None,
        pid: None,
        message_id: None,
    }
}

impl Facts {
    fn explained(&self) -> Explanation {
        let message = &self.message;
        let (progress, reasons) = if message.deleted_at.is_some() {
            (Progress::Deleted, vec![reason(Cause::Deleted, "It was deleted: it is not delivered any more.")])
        } else {
            match message.status {
                MessageStatus::Succeeded => (Progress::Delivered, self.delivered()),
                MessageStatus::FailedPermanent => (Progress::GivenUp, self.given_up()),
                MessageStatus::Delivering => (Progress::BeingAttempted, self.being_attempted()),
                MessageStatus::Queued | MessageStatus::PendingRetry => (Progress::Waiting, self.waiting()),
            }
        };
        Explanation {
            message_id: message.id,
            endpoint_id: message.endpoint_id,
            progress,
            sentence: reasons.first().map(|first| first.sentence.clone()).unwrap_or_default(),
            changes_at: if progress == Progress::Waiting { changes_at(&reasons) } else { None },
            reasons,
        }
    }

    fn attempts(&self) -> String {
        match self.message.attempt_count {
            1 => "1 attempt".to_owned(),
            count => format!("{count} attempts"),
        }
    }

    /// Said of a message that could be replayed if it had its payload.
    fn payload(&self) -> Option<ExplanationReason> {
        let text = "Its payload is no longer kept: it cannot be delivered again.";
        self.message.payload_expires_at.is_none().then(|| reason(Cause::PayloadGone, text))
    }

    fn delivered(&self) -> Vec<ExplanationReason> {
        let status = self
            .message
            .response_status
            .map_or_else(String::new, |status| format!(": the receiver answered {status}"));
        let text = format!("It was delivered after {}{status}.", self.attempts());
        let delivered = ExplanationReason {
            count: Some(u64::from(self.message.attempt_count)),
            ..reason(Cause::Delivered, text)
        };
        std::iter::once(delivered).chain(self.payload()).collect()
    }

    fn given_up(&self) -> Vec<ExplanationReason> {
        let cause = self.message.last_error.as_deref().unwrap_or("no attempt was made");
        // A retry was to follow the last attempt, and nothing else is said to have stopped it.
        let was_to_go_on = self
            .last_attempt
            .as_ref()
            .is_some_and(|last| last.retry_type.is_some() && last.error_text == self.message.last_error);
        let first = if was_to_go_on {
            reason(
                Cause::Cancelled,
                format!("Its retry was cancelled after {}. The last one said: {cause}.", self.attempts()),
            )
        } else {
            reason(Cause::GivenUp, format!("It was given up after {}: {cause}.", self.attempts()))
        };
        let first = ExplanationReason {
            count: Some(u64::from(self.message.attempt_count)),
            limit: Some(u64::from(self.max_attempts)),
            ..first
        };
        std::iter::once(first).chain(self.payload()).collect()
    }

    fn being_attempted(&self) -> Vec<ExplanationReason> {
        let number = self.message.attempt_count + 1;
        let since = self.attempted_since.map(|since| self.now.since(since).as_millis());
        let text = match since {
            Some(millis) => format!("Attempt {number} has been under way for {millis} ms."),
            None => format!("Attempt {number} is under way."),
        };
        vec![ExplanationReason { count: Some(u64::from(number)), ..reason(Cause::BeingAttempted, text) }]
    }

    /// Why it is not being attempted: who delivers, the endpoint, the message's own time, and the limits, in this order.
    fn waiting(&self) -> Vec<ExplanationReason> {
        let mut reasons: Vec<ExplanationReason> =
            [self.who_delivers(), self.endpoint(), self.order(), self.retry()]
                .into_iter()
                .flatten()
                .collect();
        reasons.extend(self.limits());
        // Held by nothing else, it waits for those before it.
        if self.retry().is_none() && self.front.is_none() && self.ahead > 0 {
            let more = if self.ahead >= MOST_AHEAD { "At least " } else { "" };
            let text = format!("{more}{} of the endpoint's messages are due before it.", self.ahead);
            reasons.push(ExplanationReason { count: Some(self.ahead), ..reason(Cause::Behind, text) });
        }
        reasons.extend(self.elsewhere());
        let held = reasons
            .iter()
            .any(|one| !matches!(one.cause, Cause::EndpointDeleted | Cause::DeliveredElsewhere));
        if !held {
            reasons.insert(0, reason(Cause::Due, "It is due: it is attempted in a moment."));
        }
        reasons
    }

    fn who_delivers(&self) -> Option<ExplanationReason> {
        if let Some(why) = &self.not_delivering {
            return Some(reason(
                Cause::CannotDeliver,
                format!("This process should deliver and cannot: {why}."),
            ));
        }
        let Some(deliverer) = &self.deliverer else {
            let text =
                "No process delivers from this outbox: start one with delivery on, or `hookbridge serve`.";
            return Some(reason(Cause::NobodyDelivers, text));
        };
        deliverer.stopped.then(|| {
            let pid = deliverer.pid;
            let text = format!(
                "Process {pid}, which delivers, is stopped: continue it (SIGCONT), or thaw its container."
            );
            ExplanationReason { pid: Some(pid), ..reason(Cause::DelivererStopped, text) }
        })
    }

    fn endpoint(&self) -> Option<ExplanationReason> {
        match &self.endpoint {
            None => Some(reason(
                Cause::EndpointDeleted,
                "Its endpoint was deleted. What it accepted before is still delivered.",
            )),
            Some(endpoint) if endpoint.paused => {
                Some(reason(Cause::Paused, "Its endpoint is paused: resume it."))
            }
            Some(_) => None,
        }
    }

    /// The message in front of it in its order.
    fn order(&self) -> Option<ExplanationReason> {
        let front = self.front?;
        let key = self.message.ordering_key.as_deref().unwrap_or_default();
        let id = front.message_id;
        let (cause, text) = if front.halted {
            let text = format!(
                "Message {id}, in front of it in the order of `{key}`, was given up, and the endpoint halts then: replay or \
                 delete that one."
            );
            (Cause::OrderHalted, text)
        } else {
            (Cause::BehindInOrder, format!("Message {id} is in front of it in the order of `{key}`."))
        };
        Some(ExplanationReason { count: Some(front.before), message_id: Some(id), ..reason(cause, text) })
    }

    fn retry(&self) -> Option<ExplanationReason> {
        let at = self.message.next_attempt_at.filter(|at| *at > self.now)?;
        if self.message.status == MessageStatus::Queued {
            let text = "It is scheduled: it is delivered at its time.";
            return Some(ExplanationReason { until: Some(at), ..reason(Cause::Scheduled, text) });
        }
        let count = self.message.attempt_count;
        let cause = self.message.last_error.as_deref().unwrap_or("it failed");
        let text = format!("Attempt {count} failed: {cause}. The next one is due at its time.");
        Some(ExplanationReason {
            until: Some(at),
            count: Some(u64::from(count)),
            limit: Some(u64::from(self.max_attempts)),
            ..reason(Cause::WaitsForRetry, text)
        })
    }

    /// The limits of the process that delivers, where this is the one.
    fn limits(&self) -> Vec<ExplanationReason> {
        let Some(lane) = &self.lane else { return Vec::new() };
        let mut reasons = Vec::new();
        if lane.short
            && let Some(shortage) = &self.shortage
        {
            reasons.push(reason(
                Cause::Shortage,
                format!("This process lacks something for its attempts: {}.", shortage.text),
            ));
        }
        if lane.breaker_open {
            let text = "The endpoint has failed several times in a row: one attempt at a time probes it until one succeeds.";
            reasons.push(ExplanationReason { until: lane.held_until, ..reason(Cause::BreakerOpen, text) });
        }
        if let Some(until) = lane.next_token {
            let rps = self.endpoint.as_ref().and_then(|endpoint| endpoint.rate_limit_rps).unwrap_or_default();
            let text = format!("The endpoint's rate limit of {rps} a second is used up.");
            reasons.push(ExplanationReason { until: Some(until), ..reason(Cause::RateLimited, text) });
        }
        if lane.in_flight >= lane.limit {
            let (count, limit) = (u64::from(lane.in_flight), u64::from(lane.limit));
            let text = format!("{count} of {limit} attempts that may be under way to the endpoint are.");
            reasons.push(ExplanationReason {
                count: Some(count),
                limit: Some(limit),
                ..reason(Cause::EndpointBusy, text)
            });
        } else if lane.slots_taken {
            let text = "As many attempts are under way to all endpoints as may be (`max_in_flight`).";
            reasons.push(reason(Cause::SlotsTaken, text));
        }
        reasons
    }

    fn elsewhere(&self) -> Option<ExplanationReason> {
        let other =
            self.deliverer.as_ref().filter(|deliverer| !deliverer.this_engine && !deliverer.stopped)?;
        let text =
            format!("Process {} delivers: its breaker and its limits cannot be seen from here.", other.pid);
        Some(ExplanationReason { pid: Some(other.pid), ..reason(Cause::DeliveredElsewhere, text) })
    }
}

/// When the last of the reasons that hold a message ends; `None` where one of them has no end that is known.
fn changes_at(reasons: &[ExplanationReason]) -> Option<Timestamp> {
    let held =
        reasons.iter().filter(|one| !matches!(one.cause, Cause::EndpointDeleted | Cause::DeliveredElsewhere));
    held.map(|one| one.until).collect::<Option<Vec<Timestamp>>>()?.into_iter().max()
}
