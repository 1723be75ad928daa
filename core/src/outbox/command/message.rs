//! Commands on a message's delivery.

use crate::error::{Error, ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::ids::ApiKeyId;
use crate::model::message::{Message, MessageStatus};
use crate::model::timestamp::Timestamp;
use crate::outbox::link::Notice;
use crate::outbox::rows::{LaneKey, MessageKey};

/// The most replays of one message, those from the dead letter queue not counted.
pub(crate) const REPLAY_LIMIT: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageCommand {
    /// Queues a message whose last delivery has succeeded, failed, or waits for a slow retry.
    Replay {
        /// Whether the outbox is a relay's. A relay cannot replay a message that its server has: forwarded again, it would be the
        /// same message to the server, which would not deliver it again.
        is_relay: bool,
    },
    /// Queues a message of the dead letter queue, any number of times (docs/contract.md#dead-letters).
    ReplayDeadLetter,
    /// Gives up a message that waits for a retry.
    Cancel,
    /// Makes a waiting retry due now.
    RetryNow,
    /// Delivers a message that is scheduled at another moment, by the wall clock.
    Reschedule {
        at: Timestamp,
    },
    Delete {
        by: Option<ApiKeyId>,
    },
}

/// What a command does to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing: the message is deleted already.
    AsItIs,
    /// Queues the message again, with a fresh retry schedule.
    Requeue {
        /// Whether the replay counts towards the limit.
        counted: bool,
    },
    /// Makes a retry due now.
    MakeDue,
    /// Delivers a scheduled message at this moment, by the wall clock; at once where there is none.
    Schedule {
        at: Option<Timestamp>,
    },
    GiveUp,
    Delete {
        by: Option<ApiKeyId>,
    },
}

impl Decision {
    /// Whether the message must not be started from memory any more.
    pub(crate) fn withdraws(self) -> bool {
        matches!(self, Self::MakeDue | Self::Schedule { .. } | Self::GiveUp | Self::Delete { .. })
    }

    /// The notice for the delivery loop, once the decision is committed.
    pub(crate) fn notice(self, message: MessageKey, lane: LaneKey) -> Option<Notice> {
        match self {
            Self::Requeue { .. } | Self::MakeDue => Some(Notice::Requeued { message, lane }),
            // It may not be due for long: what is being read now must not bring it back as it was.
            Self::Schedule { .. } => Some(Notice::LaneHasWork(lane)),
            Self::AsItIs | Self::GiveUp | Self::Delete { .. } => None,
        }
    }
}

impl MessageCommand {
    /// Decides the command. `retry_type` is the kind of retry that the message waits for, if it does; `held` is whether it waits
    /// behind another of its ordering key.
    ///
    /// # Errors
    /// The refusals of docs/contract.md#what-each-state-allows.
    pub(crate) fn decide(
        self,
        message: &Message,
        retry_type: Option<RetryType>,
        in_flight: bool,
        held: bool,
        now: Timestamp,
    ) -> Result<Decision> {
        match self {
            Self::Replay { is_relay } => {
                if is_relay && message.status == MessageStatus::Succeeded {
                    return Err(Error::new(
                        ErrorCode::DeliveryInProgress,
                        "the message is being handed over",
                    ));
                }
                check_replay(message, retry_type, in_flight, now)?;
                if message.replay_count >= REPLAY_LIMIT {
                    let text = format!("a message is replayed at most {REPLAY_LIMIT} times");
                    return Err(Error::new(ErrorCode::ReplayLimitExceeded, text));
                }
                Ok(Decision::Requeue { counted: true })
            }
            Self::ReplayDeadLetter => {
                if message.status != MessageStatus::FailedPermanent {
                    let text =
                        format!("the message is {}, not in the dead letter queue", message.status.name());
                    return Err(Error::new(ErrorCode::InvalidStatus, text));
                }
                check_replay(message, retry_type, in_flight, now)?;
                Ok(Decision::Requeue { counted: false })
            }
            Self::Cancel => check_waiting(message, in_flight, held, "cancelled").map(|()| Decision::GiveUp),
            Self::RetryNow if is_scheduled(message) => {
                check_waiting(message, in_flight, held, "delivered now")
                    .map(|()| Decision::Schedule { at: None })
            }
            Self::RetryNow => {
                check_waiting(message, in_flight, false, "retried now").map(|()| Decision::MakeDue)
            }
            Self::Reschedule { at } if is_scheduled(message) => {
                check_waiting(message, in_flight, held, "rescheduled")
                    .map(|()| Decision::Schedule { at: Some(at).filter(|at| *at > now) })
            }
            Self::Reschedule { .. } => Err(Error::new(
                ErrorCode::InvalidStatus,
                format!("only a message that is scheduled can be rescheduled; this one is {}", said(message)),
            )),
            Self::Delete { .. } if message.deleted_at.is_some() => Ok(Decision::AsItIs),
            // An attempt under way may finish. No other follows.
            Self::Delete { by } => Ok(Decision::Delete { by }),
        }
    }
}

/// A message is not tried after its producer's `expires_at`.
fn check_expiry(message: &Message, now: Timestamp) -> Result<()> {
    match message.expires_at {
        Some(at) if at <= now => Err(Error::new(
            ErrorCode::InvalidStatus,
            format!("the message expired at {at}: it is not tried any more"),
        )),
        _ => Ok(()),
    }
}

fn check_replay(
    message: &Message,
    retry_type: Option<RetryType>,
    in_flight: bool,
    now: Timestamp,
) -> Result<()> {
    let refuse = |code, text: &str| Err(Error::new(code, text));
    if message.deleted_at.is_some() {
        return check_payload(message, now);
    }
    if in_flight || matches!(message.status, MessageStatus::Queued | MessageStatus::Delivering) {
        return refuse(ErrorCode::DeliveryInProgress, "the message is queued or being delivered");
    }
    if message.status == MessageStatus::PendingRetry && retry_type == Some(RetryType::Fast) {
        return refuse(ErrorCode::RetryInProgress, "the message waits for a fast retry");
    }
    check_expiry(message, now)?;
    check_payload(message, now)
}

/// Checks that a message has its payload.
///
/// # Errors
/// `PAYLOAD_UNAVAILABLE`, `RETENTION_EXPIRED`.
pub(crate) fn check_payload(message: &Message, now: Timestamp) -> Result<()> {
    let refuse = |code, text: &str| Err(Error::new(code, text));
    if message.deleted_at.is_some() {
        return refuse(ErrorCode::PayloadUnavailable, "the message was deleted");
    }
    match message.payload_expires_at {
        None => refuse(ErrorCode::PayloadUnavailable, "the payload is no longer kept"),
        Some(expiry) if expiry <= now => {
            refuse(ErrorCode::RetentionExpired, "the payload is past its retention")
        }
        Some(_) => Ok(()),
    }
}

/// Whether the message is scheduled and has not been attempted since.
fn is_scheduled(message: &Message) -> bool {
    message.status == MessageStatus::Queued
        && message.next_attempt_at.is_some()
        && message.deleted_at.is_none()
}

fn said(message: &Message) -> &'static str {
    if message.deleted_at.is_some() { "deleted" } else { message.status.name() }
}

fn check_waiting(message: &Message, in_flight: bool, held: bool, wanted: &str) -> Result<()> {
    let waits = message.status == MessageStatus::PendingRetry
        || is_scheduled(message)
        || (held && message.status == MessageStatus::Queued);
    let state = if message.deleted_at.is_some() || !waits {
        said(message)
    } else if in_flight {
        MessageStatus::Delivering.name()
    } else {
        return Ok(());
    };
    let text = format!(
        "only a message that is pending_retry, scheduled or behind another in its order can be {wanted}; this one is {state}"
    );
    Err(Error::new(ErrorCode::InvalidStatus, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{EndpointId, MessageId};
    use crate::model::message::{CONTENT_TYPE, PROJECT_ID};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn message(status: MessageStatus) -> Message {
        Message {
            id: MessageId::generate_many(1).unwrap()[0],
            project_id: PROJECT_ID.to_owned(),
            endpoint_id: EndpointId::generate().unwrap(),
            status,
            attempt_count: 1,
            replay_count: 0,
            content_type: CONTENT_TYPE.to_owned(),
            size_bytes: 2,
            payload_sha256: String::new(),
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            idempotency_key: None,
            next_attempt_at: None,
            last_error: None,
            response_status: None,
            response_latency_ms: None,
            first_attempt_at: None,
            delivered_at: None,
            failed_at: None,
            queue_wait_ms: None,
            total_delivery_ms: None,
            payload_expires_at: Some(Timestamp::from_millis(NOW.as_millis() + 1)),
            deleted_at: None,
            deleted_by_api_key_id: None,
            event_id: None,
            event_type: None,
            ordering_key: None,
            deliver_at: None,
            expires_at: None,
        }
    }

    /// Every state, and what replay, replay of a dead letter, cancel, retry now and delete come to in it.
    #[test]
    fn each_state_allows_what_the_contract_says() {
        use ErrorCode::{
            DeliveryInProgress as Busy, InvalidStatus as Wrong, PayloadUnavailable as NoPayload,
            ReplayLimitExceeded as TooOften, RetentionExpired as TooLate, RetryInProgress as Fast,
        };
        let (again, dead) =
            (Ok(Decision::Requeue { counted: true }), Ok(Decision::Requeue { counted: false }));
        let (give_up, due) = (Ok(Decision::GiveUp), Ok(Decision::MakeDue));
        let gone = Ok(Decision::Delete { by: None });
        let of = |status| (message(status), Some(RetryType::Slow), false);
        let waiting = of(MessageStatus::PendingRetry);
        let failed = of(MessageStatus::FailedPermanent);
        let deleted = |status| (Message { deleted_at: Some(NOW), ..message(status) }, None, false);
        let without_payload = Message { payload_expires_at: None, ..failed.0.clone() };
        let expired = Message { payload_expires_at: Some(NOW), ..failed.0.clone() };
        let replayed = Message { replay_count: REPLAY_LIMIT, ..failed.0.clone() };
        let once_less = Message { replay_count: REPLAY_LIMIT - 1, ..failed.0.clone() };
        let queued = MessageStatus::Queued;
        let table = [
            (of(queued), [Err(Busy), Err(Wrong), Err(Wrong), Err(Wrong), gone]),
            ((message(queued), None, true), [Err(Busy), Err(Wrong), Err(Wrong), Err(Wrong), gone]),
            (waiting.clone(), [again, Err(Wrong), give_up, due, gone]),
            ((waiting.0.clone(), None, true), [Err(Busy), Err(Wrong), Err(Wrong), Err(Wrong), gone]),
            ((waiting.0, Some(RetryType::Fast), false), [Err(Fast), Err(Wrong), give_up, due, gone]),
            (of(MessageStatus::Succeeded), [again, Err(Wrong), Err(Wrong), Err(Wrong), gone]),
            (failed.clone(), [again, dead, Err(Wrong), Err(Wrong), gone]),
            ((failed.0, None, true), [Err(Busy), Err(Busy), Err(Wrong), Err(Wrong), gone]),
            ((without_payload, None, false), [Err(NoPayload), Err(NoPayload), Err(Wrong), Err(Wrong), gone]),
            ((expired, None, false), [Err(TooLate), Err(TooLate), Err(Wrong), Err(Wrong), gone]),
            ((replayed, None, false), [Err(TooOften), dead, Err(Wrong), Err(Wrong), gone]),
            ((once_less, None, false), [again, dead, Err(Wrong), Err(Wrong), gone]),
            (
                deleted(MessageStatus::FailedPermanent),
                [Err(NoPayload), Err(NoPayload), Err(Wrong), Err(Wrong), Ok(Decision::AsItIs)],
            ),
            (
                deleted(MessageStatus::PendingRetry),
                [Err(NoPayload), Err(Wrong), Err(Wrong), Err(Wrong), Ok(Decision::AsItIs)],
            ),
        ];
        let commands = [
            MessageCommand::Replay { is_relay: false },
            MessageCommand::ReplayDeadLetter,
            MessageCommand::Cancel,
            MessageCommand::RetryNow,
            MessageCommand::Delete { by: None },
        ];
        for (row, ((message, retry_type, in_flight), wanted)) in table.into_iter().enumerate() {
            for (command, wanted) in commands.into_iter().zip(wanted) {
                let decision = command.decide(&message, retry_type, in_flight, false, NOW);
                let status = message.status;
                assert_eq!(
                    decision.map_err(|error| error.code()),
                    wanted,
                    "{row}: {command:?} of {status:?}"
                );
            }
        }
        let handed_over = MessageCommand::Replay { is_relay: true };
        let refused =
            handed_over.decide(&message(MessageStatus::Succeeded), None, false, false, NOW).unwrap_err();
        assert_eq!(refused.code(), Busy);
        assert!(
            handed_over.decide(&message(MessageStatus::FailedPermanent), None, false, false, NOW).is_ok()
        );
    }

    /// What waits without having been tried can be cancelled; what is scheduled can be moved, too.
    #[test]
    fn a_scheduled_message_and_one_behind_another_allow_what_the_contract_says() {
        let later = Timestamp::from_millis(NOW.as_millis() + 5);
        let scheduled = Message { next_attempt_at: Some(later), ..message(MessageStatus::Queued) };
        let decide = |command: MessageCommand, message: &Message, in_flight, held| {
            command.decide(message, None, in_flight, held, NOW).map_err(|error| error.code())
        };
        let moved = MessageCommand::Reschedule { at: later };
        for held in [false, true] {
            assert_eq!(decide(MessageCommand::Cancel, &scheduled, false, held), Ok(Decision::GiveUp));
            assert_eq!(
                decide(MessageCommand::RetryNow, &scheduled, false, held),
                Ok(Decision::Schedule { at: None })
            );
            assert_eq!(decide(moved, &scheduled, false, held), Ok(Decision::Schedule { at: Some(later) }));
        }
        // A moment that has passed is at once.
        let past = MessageCommand::Reschedule { at: NOW };
        assert_eq!(decide(past, &scheduled, false, false), Ok(Decision::Schedule { at: None }));
        let wrong = Err(ErrorCode::InvalidStatus);
        for command in [MessageCommand::Cancel, MessageCommand::RetryNow, moved] {
            assert_eq!(decide(command, &scheduled, true, false), wrong, "{command:?} of one under way");
            let deleted = Message { deleted_at: Some(NOW), ..scheduled.clone() };
            assert_eq!(decide(command, &deleted, false, false), wrong, "{command:?} of a deleted one");
        }
        let held = message(MessageStatus::Queued);
        assert_eq!(decide(MessageCommand::Cancel, &held, false, true), Ok(Decision::GiveUp));
        assert_eq!(decide(MessageCommand::RetryNow, &held, false, true), wrong);
        assert_eq!(decide(moved, &held, false, true), wrong);
        let expired = Message { expires_at: Some(NOW), ..message(MessageStatus::FailedPermanent) };
        assert_eq!(decide(MessageCommand::ReplayDeadLetter, &expired, false, false), wrong);
    }
}
