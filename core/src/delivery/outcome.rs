//! Turns the wire's report of an attempt into what is recorded, published and learned.

use std::time::Duration;

use super::due_clock::DueClock;
use super::retry_policy::{Next, RetryPolicy};
use super::scheduler::Health;
use super::targets::LaneEndpoint;
use crate::config::Config;
use crate::model::attempt::{Attempt, RetryType};
use crate::model::event::{Event, EventKind};
use crate::model::ids::{AttemptId, EndpointId, MessageId};
use crate::model::retry_after::{answered_at, retry_after};
use crate::model::timestamp::Timestamp;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::link::{EXPIRED, ExpiredMessage};
use crate::outbox::{DueMessage, due_at};
use crate::wire::client::AttemptReport;
use crate::wire::outcome::{Outcome, classify};

/// The verdict on an attempt, with what the scheduler learns from it.
pub(super) struct Judgement {
    pub ended: Box<EndedAttempt>,
    pub health: Health,
}

/// Decides what follows an attempt. `now` is a due time of `clock`; `chance`, from 0 to 1, spreads backoffs.
pub(super) fn judge(
    message: &DueMessage,
    mut report: AttemptReport,
    endpoint: Option<&LaneEndpoint>,
    config: &Config,
    now: Timestamp,
    clock: &DueClock,
    chance: f64,
) -> Judgement {
    let asked_delay = report.response.as_ref().and_then(|response| {
        let answered = answered_at(response.date.as_deref(), clock.as_wall(now));
        retry_after(response.retry_after.iter().map(String::as_str), answered)
    });
    let outcome = match endpoint {
        Some(endpoint) => endpoint.target.judge(&mut report, asked_delay),
        None => classify(report.status(), asked_delay),
    };
    let attempt_no = message.attempt_count + 1;
    let policy = RetryPolicy {
        schedule: endpoint.and_then(|lane| lane.retry_schedule.as_ref()).unwrap_or(&config.retry_schedule),
        max_attempts: endpoint.and_then(|lane| lane.max_attempts).unwrap_or(config.max_attempts),
    };
    let failure = attempt_no - message.schedule_start.min(message.attempt_count);
    let answered = if report.flooded { Health::Flooded } else { Health::Answered };
    let (verdict, kind, delay, health) = match outcome {
        Outcome::Succeeded => (Verdict::Succeeded, None, None, answered),
        Outcome::Permanent { .. } => (Verdict::Dead, None, None, answered),
        Outcome::Retry { kind, retry_after } => {
            let health = if kind == RetryType::Fast { Health::RateLimited } else { Health::Troubled };
            match policy.after_failure(failure, kind, retry_after, now, chance) {
                // A retry that comes too late is none.
                Next::RetryAt { at, .. } if message.timing.is_over(clock.as_wall(at)) => {
                    (Verdict::Dead, None, None, health)
                }
                Next::RetryAt { at, delay } => {
                    (Verdict::RetryAt { at, kind }, Some(kind), Some(delay), health)
                }
                Next::Dead => (Verdict::Dead, None, None, health),
            }
        }
    };
    let gone = outcome == Outcome::Permanent { gone: true };
    let ended = EndedAttempt {
        message: message.key,
        lane: message.lane,
        message_id: message.id,
        endpoint_id: endpoint.map(|lane| lane.id),
        epoch: message.epoch,
        sent: std::mem::take(&mut report.sent),
        attempt: attempt(message, report, attempt_no, kind, delay, clock),
        verdict,
        event: message.event.clone(),
        ordering_key: message.ordering_key.clone(),
        drop_payload: message.retention_hours == Some(0),
        pause_endpoint: gone,
    };
    Judgement { ended: Box::new(ended), health }
}

fn attempt(
    message: &DueMessage,
    report: AttemptReport,
    attempt_no: u32,
    kind: Option<RetryType>,
    delay: Option<Duration>,
    clock: &DueClock,
) -> Attempt {
    let due = due_at::moment(message.due_at).map_or(message.created_at, |at| clock.as_wall(at));
    let waited = report.started_at.since(due).as_millis();
    // Without random bits the message's id serves, which is unique together with the attempt number.
    let id = AttemptId::generate().unwrap_or_else(|_| AttemptId::from_bytes(*message.id.as_bytes()));
    Attempt {
        processing_ms: Some(u32::try_from(waited).unwrap_or(u32::MAX)),
        retry_type: kind,
        retry_after_seconds: delay.map(|delay| delay.as_secs_f64().ceil() as u64),
        ..report.recorded(id, attempt_no)
    }
}

/// The event of a recorded attempt.
pub(super) fn event(ended: &EndedAttempt, clock: &DueClock, occurred_at: Timestamp) -> Event {
    let (kind, next_attempt_at) = match ended.verdict {
        Verdict::Succeeded => (EventKind::MessageDelivered, None),
        Verdict::RetryAt { at, .. } => (EventKind::AttemptFailed, Some(clock.as_wall(at))),
        Verdict::Dead => (EventKind::MessageDead, None),
    };
    let unknown = EndpointId::from_bytes([0; 16]);
    let message_id: MessageId = ended.message_id;
    Event {
        kind,
        message_id: Some(message_id),
        endpoint_id: Some(ended.endpoint_id.unwrap_or(unknown)),
        event_type: ended.event.as_ref().map(|event| event.event_type.clone()),
        attempt_no: Some(ended.attempt.attempt_no),
        response_status: ended.attempt.response_status,
        error_text: ended.attempt.error_text.clone(),
        next_attempt_at,
        occurred_at,
    }
}

/// The event of a message that was given up since it has expired.
pub(super) fn expired(expired: &ExpiredMessage, occurred_at: Timestamp) -> Event {
    Event {
        kind: EventKind::MessageDead,
        message_id: Some(expired.message_id),
        endpoint_id: Some(expired.endpoint_id),
        event_type: expired.event_type.clone(),
        attempt_no: Some(expired.attempt_count),
        response_status: None,
        error_text: Some(EXPIRED.to_owned()),
        next_attempt_at: None,
        occurred_at,
    }
}
