//! Commands on messages.

use super::harness::*;
use crate::error::{ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::ids::{ApiKeyId, MessageId};
use crate::model::message::MessageStatus;
use crate::outbox::command::MessageCommand;
use crate::outbox::ended::Verdict;
use crate::outbox::link::Notice;

pub(super) const COMMANDS: [MessageCommand; 5] = [
    MessageCommand::Replay { is_relay: false },
    MessageCommand::ReplayDeadLetter,
    MessageCommand::Cancel,
    MessageCommand::RetryNow,
    MessageCommand::Delete { by: None },
];

/// The answers to a command in a state, the first time and the second: whether it changed something, or why it was refused.
pub(super) type Answers = [Result<bool, ErrorCode>; 2];

/// The table of docs/contract.md#what-each-state-allows, in the order of [`COMMANDS`].
pub(super) fn allowed(state: State) -> [Answers; 5] {
    use ErrorCode::{
        DeliveryInProgress as Busy, InvalidStatus as Wrong, PayloadUnavailable as NoPayload,
        RetryInProgress as Fast,
    };
    let never = |code| [Err(code), Err(code)];
    let then = |code| [Ok(true), Err(code)];
    let deleted = [Ok(true), Ok(false)];
    let due_again = [Ok(true), Ok(true)];
    match state {
        State::Queued => [never(Busy), never(Wrong), never(Wrong), never(Wrong), deleted],
        State::Slow => [then(Busy), never(Wrong), then(Wrong), due_again, deleted],
        State::Fast => [never(Fast), never(Wrong), then(Wrong), due_again, deleted],
        State::Succeeded => [then(Busy), never(Wrong), never(Wrong), never(Wrong), deleted],
        State::Dead => [then(Busy), then(Wrong), never(Wrong), never(Wrong), deleted],
        State::Deleted => {
            [never(NoPayload), never(NoPayload), never(Wrong), never(Wrong), [Ok(false), Ok(false)]]
        }
    }
}

pub(super) fn every_command_in_every_state_twice(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    for state in State::ALL {
        for (command, answers) in COMMANDS.into_iter().zip(allowed(state)) {
            let before = h.message_in(endpoint, state)?;
            let id = before.message.id;
            let mut last = before;
            for (wanted, time) in answers.into_iter().zip(["first", "second"]) {
                let what = format!("{command:?} in {state:?}, {time}");
                let answer = h.change(&id, command);
                if code(answer.as_ref().map_err(Clone::clone)) == Err(ErrorCode::StorageUnavailable) {
                    return answer.map(drop);
                }
                let now = h.find(&id)?;
                match &answer {
                    Ok(changed) => assert_eq!(changed.message, now.message, "{what}"),
                    Err(_) => assert_eq!(now.message, last.message, "{what}"),
                }
                let changed = answer.map(|changed| changed.changed).map_err(|error| error.code());
                assert_eq!(changed, wanted, "{what}");
                assert_eq!(now.epoch, last.epoch + i64::from(wanted == Ok(true)), "{what}");
                last = now;
            }
        }
    }
    Ok(())
}

pub(super) fn a_command_to_an_unknown_message_is_refused(h: &Harness) -> Result<()> {
    for command in COMMANDS {
        let answers = h.outbox.change(&MessageId::generate_many(2)?, command)?;
        let codes: Vec<_> = answers.into_iter().map(code).collect();
        assert_eq!(codes, [Err(ErrorCode::NotFound); 2], "{command:?}");
        assert!(h.outbox.change(&[], command)?.is_empty());
    }
    assert!(h.heard()?.is_empty());
    Ok(())
}

pub(super) fn each_of_many_has_its_own_answer(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let queued = h.message_in(endpoint, State::Queued)?.message.id;
    let dead = h.message_in(endpoint, State::Dead)?.message.id;
    let unknown = MessageId::generate_many(1)?[0];
    let ids = [dead, queued, unknown, dead];
    let answers = h.outbox.change(&ids, MessageCommand::ReplayDeadLetter)?;
    let codes: Vec<_> = answers.into_iter().map(code).collect();
    let wrong = Err(ErrorCode::InvalidStatus);
    assert_eq!(codes, [Ok(()), wrong, Err(ErrorCode::NotFound), wrong], "the last sees what the first did");
    assert_eq!(h.find(&dead)?.message.status, MessageStatus::Queued);
    Ok(())
}

pub(super) fn what_a_command_leaves_in_the_row(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let is_due = |id: MessageId| -> Result<Option<i64>> {
        let due = h.refill(all_of(lane), later(1))?.messages;
        Ok(due.into_iter().find(|due| due.id == id).map(|due| due.due_at))
    };
    let dead = h.message_in(endpoint, State::Dead)?;
    let replayed = h.change(&dead.message.id, MessageCommand::Replay { is_relay: false })?.message;
    assert_eq!((replayed.status, replayed.replay_count), (MessageStatus::Queued, 1));
    assert_eq!((replayed.attempt_count, replayed.failed_at, replayed.delivered_at), (1, None, None));
    let due = h.refill(all_of(lane), now())?.messages;
    let due = due.iter().find(|due| due.id == dead.message.id).expect("it is due at once");
    assert_eq!((due.due_at, due.attempt_count, due.schedule_start, due.epoch), (0, 1, 1, 1));

    let dead = h.message_in(endpoint, State::Dead)?.message.id;
    let replayed = h.change(&dead, MessageCommand::ReplayDeadLetter)?.message;
    assert_eq!((replayed.status, replayed.replay_count), (MessageStatus::Queued, 0));

    let waiting = h.message_in(endpoint, State::Slow)?.message;
    assert!(waiting.next_attempt_at > Some(now()) && is_due(waiting.id)?.is_none());
    let retried = h.change(&waiting.id, MessageCommand::RetryNow)?.message;
    assert_eq!(retried.status, MessageStatus::PendingRetry);
    assert!(retried.next_attempt_at.is_some_and(|at| at <= now()));
    assert!(is_due(waiting.id)?.is_some_and(|due_at| due_at > 0), "a retry, not a fresh message");

    let waiting = h.message_in(endpoint, State::Fast)?.message.id;
    let cancelled = h.change(&waiting, MessageCommand::Cancel)?.message;
    assert_eq!((cancelled.status, cancelled.next_attempt_at), (MessageStatus::FailedPermanent, None));
    assert!(cancelled.failed_at.is_some() && cancelled.last_error.is_some());
    assert_eq!(h.find(&waiting)?.retry_type, None);

    let queued = h.message_in(endpoint, State::Queued)?.message.id;
    let by = ApiKeyId::generate()?;
    let deleted = h.change(&queued, MessageCommand::Delete { by: Some(by) })?.message;
    assert_eq!((deleted.status, deleted.deleted_by_api_key_id), (MessageStatus::Queued, Some(by)));
    assert!(
        deleted.deleted_at.is_some() && deleted.payload_expires_at.is_none() && is_due(queued)?.is_none()
    );
    let again = h.change(&queued, MessageCommand::Delete { by: None })?;
    assert_eq!((again.changed, again.message), (false, deleted));
    Ok(())
}

pub(super) fn the_loop_is_told_what_a_command_did(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let table: [(State, MessageCommand, &[&str]); 6] = [
        (State::Queued, MessageCommand::Delete { by: None }, &["Withdrawn"]),
        (State::Slow, MessageCommand::Cancel, &["Withdrawn"]),
        (State::Slow, MessageCommand::RetryNow, &["Withdrawn", "Requeued"]),
        (State::Slow, MessageCommand::Replay { is_relay: false }, &["Requeued"]),
        (State::Dead, MessageCommand::ReplayDeadLetter, &["Requeued"]),
        (State::Dead, MessageCommand::Cancel, &[]),
    ];
    for (state, command, told) in table {
        let found = h.message_in(endpoint, state)?;
        let answer = h.outbox.change(&[found.message.id], command)?;
        assert_eq!(answer[0].is_err(), told.is_empty(), "{command:?}");
        let heard = h.heard()?;
        for notice in &heard {
            match notice {
                Notice::Withdrawn(key) => assert_eq!(*key, found.key),
                Notice::Requeued { message, lane } => assert_eq!((*message, *lane), (found.key, found.lane)),
                other => panic!("{command:?}: {other:?}"),
            }
        }
        let names: Vec<_> = heard.iter().map(|notice| format!("{notice:?}")).collect();
        assert!(
            names.len() == told.len() && names.iter().zip(told).all(|(is, name)| is.starts_with(name)),
            "{names:?}"
        );
        // The message is not started until the loop has taken the notice.
        assert_eq!(h.link.start(found.key, found.lane), !told.contains(&"Withdrawn"), "{command:?}");
        h.link.forget_withdrawn(found.key);
        h.link.settle(&[found.key]);
    }
    Ok(())
}

pub(super) fn a_message_under_way_is_neither_withdrawn_nor_replayed(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let found = h.message_in(endpoint, State::Slow)?;
    let id = found.message.id;
    assert!(h.link.start(found.key, found.lane));
    let refused = [
        (MessageCommand::Replay { is_relay: false }, ErrorCode::DeliveryInProgress),
        (MessageCommand::Cancel, ErrorCode::InvalidStatus),
        (MessageCommand::RetryNow, ErrorCode::InvalidStatus),
    ];
    for (command, wanted) in refused {
        let answers = h.outbox.change(&[id], command)?;
        assert_eq!(answers.into_iter().map(code).collect::<Vec<_>>(), [Err(wanted)], "{command:?}");
    }
    assert!(h.change(&id, MessageCommand::Delete { by: None })?.changed);
    assert!(h.heard()?.is_empty(), "the attempt may finish");
    assert!(h.link.is_in_flight(found.key));
    assert!(h.record(ended(&found, 2, Verdict::Dead))?, "overtaken");
    assert!(!h.link.is_in_flight(found.key));
    assert_eq!(h.find(&id)?.message.attempt_count, 2);
    Ok(())
}

pub(super) fn a_message_is_replayed_ten_times(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let id = h.message_in(endpoint, State::Dead)?.message.id;
    for number in 1..=10 {
        let replayed = h.change(&id, MessageCommand::Replay { is_relay: false })?;
        assert_eq!(replayed.message.replay_count, number);
        h.record(ended(&h.find(&id)?, number + 1, Verdict::Dead))?;
    }
    let answers = h.outbox.change(&[id], MessageCommand::Replay { is_relay: false })?;
    assert_eq!(code(answers.into_iter().next().unwrap()), Err(ErrorCode::ReplayLimitExceeded));
    assert!(
        h.change(&id, MessageCommand::ReplayDeadLetter)?.changed,
        "from the dead letters as often as one likes"
    );
    h.record(ended(&h.find(&id)?, 12, retry(RetryType::Slow)))?;
    assert_eq!(h.find(&id)?.message.replay_count, 10);
    Ok(())
}
