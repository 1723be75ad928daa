//! Recording the outcomes of attempts.

use super::harness::*;
use crate::error::{ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::message::{Message, MessageStatus};
use crate::outbox::command::{EndpointChange, MessageCommand};
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::link::Notice;

pub(super) fn an_outcome_settles_its_message(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let id = h.send(message(endpoint))?;
    let found = h.find(&id)?;
    let at = later(60_000);
    let first = ended(&found, 1, Verdict::RetryAt { at, kind: RetryType::Fast });
    assert!(!h.record(first.clone())?);
    let waiting = h.find(&id)?;
    assert_eq!((waiting.retry_type, waiting.epoch), (Some(RetryType::Fast), 0));
    let waiting = waiting.message;
    assert_eq!((waiting.status, waiting.attempt_count), (MessageStatus::PendingRetry, 1));
    assert_eq!((waiting.next_attempt_at, waiting.response_status), (Some(at), Some(503)));
    assert_eq!(
        (waiting.last_error.as_deref(), waiting.response_latency_ms),
        (Some("attempt 1 failed"), Some(7))
    );
    assert_eq!(waiting.first_attempt_at, Some(first.attempt.created_at));
    assert!(waiting.queue_wait_ms.is_some() && waiting.updated_at >= waiting.created_at);
    let refill = h.refill(all_of(lane), now())?;
    assert!(refill.messages.is_empty() && refill.next_due == Some(at) && !refill.more);

    h.record(ended(&found, 2, Verdict::Succeeded))?;
    let delivered = h.find(&id)?;
    assert_eq!(delivered.retry_type, None);
    let delivered = delivered.message;
    assert_eq!((delivered.status, delivered.attempt_count), (MessageStatus::Succeeded, 2));
    assert_eq!((delivered.next_attempt_at, delivered.last_error, delivered.failed_at), (None, None, None));
    assert!(delivered.delivered_at.is_some() && delivered.total_delivery_ms.is_some());
    assert_eq!(
        (delivered.first_attempt_at, delivered.response_status),
        (waiting.first_attempt_at, Some(200))
    );
    assert!(delivered.payload_expires_at.is_some(), "the payload is kept");

    let dead = h.message_in(endpoint, State::Dead)?.message;
    assert_eq!((dead.status, dead.delivered_at), (MessageStatus::FailedPermanent, None));
    assert!(dead.failed_at.is_some());
    // A retry differs from a fresh message by having a due time, however early.
    let early = h.find(&h.send(message(endpoint))?)?;
    let at = crate::model::timestamp::Timestamp::from_millis(-5);
    h.record(ended(&early, 1, Verdict::RetryAt { at, kind: RetryType::Slow }))?;
    assert_eq!(h.refill(all_of(lane), now())?.messages[0].due_at, 1);
    Ok(())
}

/// Everything that a late outcome must leave unchanged.
fn decided(message: &Message) -> impl PartialEq + std::fmt::Debug {
    let Message { status, next_attempt_at, failed_at, deleted_at, replay_count, .. } = message;
    (*status, *next_attempt_at, *failed_at, *deleted_at, *replay_count)
}

pub(super) fn an_outcome_that_comes_after_a_command_is_fenced(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let commands = [
        MessageCommand::Cancel,
        MessageCommand::RetryNow,
        MessageCommand::Replay { is_relay: false },
        MessageCommand::Delete { by: None },
    ];
    for command in commands {
        for verdict in [Verdict::Dead, retry(RetryType::Fast), Verdict::Succeeded] {
            let what = format!("{verdict:?} after {command:?}");
            let before = h.message_in(endpoint, State::Slow)?;
            let id = before.message.id;
            let changed = h.change(&id, command)?.message;
            // The attempt began in a process that no longer leads.
            assert!(h.record(ended(&before, 2, verdict))?, "{what}");
            let now = h.find(&id)?;
            assert_eq!((now.epoch, now.message.attempt_count), (before.epoch + 1, 2), "{what}");
            assert_eq!(now.message.deleted_at, changed.deleted_at, "{what}");
            if verdict == Verdict::Succeeded {
                let delivered = &now.message;
                assert_eq!(
                    (delivered.status, delivered.next_attempt_at),
                    (MessageStatus::Succeeded, None),
                    "{what}"
                );
                assert!(delivered.delivered_at.is_some() && delivered.failed_at.is_none(), "{what}");
            } else {
                assert_eq!(decided(&now.message), decided(&changed), "{what}");
                assert_eq!(now.message.last_error.as_deref(), Some("attempt 2 failed"), "{what}");
            }
            assert_eq!(h.outbox.attempts(&id, 10)?.0.len(), 2, "{what}");
        }
    }
    Ok(())
}

pub(super) fn an_outcome_that_is_recorded_twice_is_recorded_once(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    for verdict in [Verdict::Succeeded, Verdict::Dead, retry(RetryType::Slow)] {
        let found = h.find(&h.send(message(endpoint))?)?;
        let outcome = ended(&found, 1, verdict);
        h.record(outcome.clone())?;
        let first = h.find(&found.message.id)?;
        h.record(outcome)?;
        let second = h.find(&found.message.id)?;
        let same = Message {
            updated_at: first.message.updated_at,
            delivered_at: first.message.delivered_at,
            failed_at: first.message.failed_at,
            total_delivery_ms: first.message.total_delivery_ms,
            ..second.message
        };
        assert_eq!((same, second.epoch), (first.message, first.epoch), "{verdict:?}");
        assert_eq!(h.outbox.attempts(&found.message.id, 10)?.0.len(), 1, "{verdict:?}");
    }
    Ok(())
}

pub(super) fn an_outcome_whose_row_is_gone_is_recorded_nowhere(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let found = h.message_in(endpoint, State::Succeeded)?;
    // The newest row stays, so that no row number is used twice.
    h.send(message(endpoint))?;
    h.store.drop_message(found.key)?;
    assert!(h.link.start(found.key, found.lane));
    let outcome = EndedAttempt { pause_endpoint: true, ..ended(&found, 2, Verdict::Dead) };
    assert!(h.record(outcome)?);
    assert!(!h.link.is_in_flight(found.key), "it is settled all the same");
    assert!(h.outbox.message(&found.message.id)?.is_none());
    assert_eq!(h.outbox.attempts(&found.message.id, 10)?, (Vec::new(), false));
    assert!(!h.outbox.endpoint(&endpoint)?.expect("an endpoint").paused);
    assert_eq!(h.refill(all_of(lane), now())?.messages.len(), 1);
    Ok(())
}

pub(super) fn an_outcome_whose_commit_fails_is_given_back(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let found = h.find(&h.send(message(endpoint))?)?;
    h.heard()?;
    assert!(h.link.start(found.key, found.lane));
    let outcome = EndedAttempt { pause_endpoint: true, ..ended(&found, 1, Verdict::Succeeded) };
    h.store.fail_commits(true);
    let refused = h.outbox.record(Box::new(outcome.clone()));
    let told = refused.is_ok().then(|| h.next());
    h.store.fail_commits(false);
    refused?;
    let Some(Notice::NotRecorded(back)) = told else { panic!("{told:?}") };
    assert_eq!((back.message, back.attempt.id), (found.key, outcome.attempt.id));
    assert!(h.heard()?.is_empty() && h.link.is_in_flight(found.key));
    assert_eq!(h.find(&found.message.id)?.message, found.message);
    assert!(h.outbox.attempts(&found.message.id, 10)?.0.is_empty());
    assert!(!h.outbox.endpoint(&endpoint)?.expect("an endpoint").paused);
    assert_eq!(h.refill(all_of(lane), now())?.messages.len(), 1);
    assert!(!h.record(*back)?);
    assert!(!h.link.is_in_flight(found.key));
    assert_eq!(h.find(&found.message.id)?.message.status, MessageStatus::Succeeded);
    Ok(())
}

pub(super) fn a_receiver_that_is_gone_pauses_its_endpoint(h: &Harness) -> Result<()> {
    let gone = |found| EndedAttempt { pause_endpoint: true, ..ended(found, 1, Verdict::Dead) };
    let (endpoint, lane) = h.endpoint()?;
    let found = h.message_in(endpoint, State::Queued)?;
    h.outbox.record(Box::new(gone(&found)))?;
    let told = h.next();
    if let Notice::NotRecorded(_) = told {
        return Err(crate::error::Error::new(ErrorCode::StorageUnavailable, "not recorded"));
    }
    assert!(matches!(told, Notice::EndpointChanged(changed) if changed == lane), "{told:?}");
    assert!(matches!(h.next(), Notice::Recorded { overtaken: false, .. }));
    assert!(h.outbox.endpoint(&endpoint)?.expect("an endpoint").paused);

    // A deleted endpoint goes on delivering, since nobody could resume it.
    let (endpoint, lane) = h.endpoint()?;
    let found = h.message_in(endpoint, State::Queued)?;
    h.outbox.change_endpoint(&endpoint, EndpointChange::Delete)?;
    h.record(gone(&found))?;
    let mut paused = None;
    h.outbox.lanes(&[lane], &mut |_, stored| paused = stored.map(|stored| stored.endpoint.paused))?;
    assert_eq!(paused, Some(false));
    Ok(())
}

pub(super) fn attempts_are_listed_in_order(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let found = h.find(&h.send(message(endpoint))?)?;
    let id = found.message.id;
    assert_eq!(h.outbox.attempts(&id, 10)?, (Vec::new(), false));
    let mut recorded = Vec::new();
    for number in [1, 2, 3] {
        let outcome = ended(&found, number, retry(RetryType::Slow));
        recorded.push(outcome.attempt.clone());
        h.record(outcome)?;
    }
    let (attempts, more) = h.outbox.attempts(&id, 3)?;
    assert!(!more);
    for (attempt, recorded) in attempts.iter().zip(&recorded) {
        let headers = attempt.request_headers.as_ref().expect("what was sent");
        assert_eq!(headers.get("X-Webhook-Attempt"), Some(&*recorded.attempt_no.to_string()));
        assert_eq!(headers.get("webhook-id"), Some(&*id.to_string()));
        let without = crate::model::attempt::Attempt { request_headers: None, ..attempt.clone() };
        assert_eq!(without, *recorded);
    }
    let (attempts, more) = h.outbox.attempts(&id, 2)?;
    assert_eq!((attempts.len(), attempts[1].attempt_no, more), (2, 2, true));
    let unknown = crate::model::ids::MessageId::generate_many(1)?[0];
    assert_eq!(h.outbox.attempts(&unknown, 10)?, (Vec::new(), false));
    Ok(())
}

pub(super) fn a_payload_may_be_dropped_with_its_delivery(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let found = h.find(&h.send(message(endpoint))?)?;
    let id = found.message.id;
    h.record(EndedAttempt { drop_payload: true, ..ended(&found, 1, retry(RetryType::Slow)) })?;
    assert!(h.find(&id)?.message.payload_expires_at.is_some(), "it is not delivered yet");
    h.record(EndedAttempt { drop_payload: true, ..ended(&found, 2, Verdict::Succeeded) })?;
    assert_eq!(h.find(&id)?.message.payload_expires_at, None);
    let answers = h.outbox.change(&[id], MessageCommand::Replay { is_relay: false })?;
    assert_eq!(answers.into_iter().map(code).collect::<Vec<_>>(), [Err(ErrorCode::PayloadUnavailable)]);
    Ok(())
}
