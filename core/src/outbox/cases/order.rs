//! Order among the messages of one endpoint and ordering key, and messages with a time.

use super::harness::{Harness, all_of, ended, later, message, now, refusal, retry};
use crate::error::{ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::ordering::OnFailure;
use crate::model::timestamp::Timestamp;
use crate::outbox::command::{EndpointChange, EndpointSettings, MessageCommand};
use crate::outbox::ended::Verdict;
use crate::outbox::messages::Front;
use crate::outbox::rows::LaneKey;
use crate::outbox::{NewMessage, Timing};

fn ordered(endpoint: EndpointId, key: &str) -> NewMessage {
    NewMessage { ordering_key: Some(key.to_owned()), ..message(endpoint) }
}

/// The ids of what is due in a lane.
fn due(h: &Harness, lane: LaneKey, at: Timestamp) -> Result<Vec<MessageId>> {
    Ok(h.refill(all_of(lane), at)?.messages.iter().map(|message| message.id).collect())
}

fn end(h: &Harness, id: &MessageId, number: u32, verdict: Verdict) -> Result<bool> {
    h.record(ended(&h.find(id)?, number, verdict))
}

pub(crate) fn of_one_key_only_the_message_in_front_is_due(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let first = h.send(ordered(endpoint, "a"))?;
    let second = h.send(ordered(endpoint, "a"))?;
    let third = h.send(ordered(endpoint, "a"))?;
    let other = h.send(ordered(endpoint, "b"))?;
    let free = h.send(message(endpoint))?;
    // The loop is told of those that are due alone.
    assert_eq!(h.names_heard()?, ["Accepted", "Accepted", "Accepted"]);
    assert_eq!(due(h, lane, now())?, [first, other, free]);
    let found = h.find(&third)?;
    assert_eq!((found.held, found.message.status), (true, MessageStatus::Queued));
    let front = Front { message_id: first, halted: false, before: 2 };
    assert_eq!(h.outbox.front(&found, 10)?, Some(front));
    assert_eq!(h.outbox.front(&h.find(&first)?, 10)?, None);
    assert_eq!(h.outbox.counts(now())?.queued, 5);

    // One that is tried again keeps its place; success lets the next go.
    end(h, &first, 1, retry(RetryType::Slow))?;
    assert_eq!(due(h, lane, later(120_000))?, [first, other, free]);
    end(h, &first, 2, Verdict::Succeeded)?;
    assert_eq!(due(h, lane, now())?, [second, other, free]);
    // So do giving up and deleting.
    end(h, &second, 1, Verdict::Dead)?;
    assert_eq!(due(h, lane, now())?, [third, other, free]);
    let fourth = h.send(ordered(endpoint, "a"))?;
    h.change(&third, MessageCommand::Delete { by: None })?;
    assert_eq!(due(h, lane, now())?, [other, free, fourth]);
    Ok(())
}

pub(crate) fn whatever_ends_the_message_in_front_tells_the_loop(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let ids: Vec<MessageId> = (0..4).map(|_| h.send(ordered(endpoint, "a"))).collect::<Result<_>>()?;
    h.heard()?;
    end(h, &ids[0], 1, Verdict::Succeeded)?;
    assert_eq!(h.names_heard()?, ["LaneHasWork"]);
    end(h, &ids[1], 1, retry(RetryType::Slow))?;
    assert!(h.names_heard()?.is_empty(), "it keeps its place");
    h.change(&ids[1], MessageCommand::Cancel)?;
    assert_eq!(h.names_heard()?, ["Withdrawn", "LaneHasWork"]);
    assert_eq!(due(h, lane, now())?, [ids[2]]);
    // One behind another can be cancelled, which lets nothing go.
    h.change(&ids[3], MessageCommand::Cancel)?;
    assert_eq!(h.names_heard()?, ["Withdrawn"]);
    assert_eq!(h.find(&ids[3])?.message.status, MessageStatus::FailedPermanent);
    assert_eq!(due(h, lane, now())?, [ids[2]]);
    Ok(())
}

pub(crate) fn a_replayed_message_takes_a_place_again(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let first = h.send(ordered(endpoint, "a"))?;
    let second = h.send(ordered(endpoint, "a"))?;
    let third = h.send(ordered(endpoint, "a"))?;
    end(h, &first, 1, Verdict::Dead)?;
    assert_eq!(due(h, lane, now())?, [second]);
    // It goes before those that wait, and not before the one that may be under way.
    h.change(&first, MessageCommand::Replay { is_relay: false })?;
    assert_eq!(due(h, lane, now())?, [second]);
    assert!(h.find(&first)?.held);
    end(h, &second, 1, Verdict::Succeeded)?;
    assert_eq!(due(h, lane, now())?, [first]);
    end(h, &first, 2, Verdict::Succeeded)?;
    end(h, &third, 1, Verdict::Succeeded)?;
    // With nobody in front it is due at once.
    h.change(&second, MessageCommand::Replay { is_relay: false })?;
    assert_eq!(due(h, lane, now())?, [second]);
    Ok(())
}

pub(crate) fn a_key_that_halts_waits_for_a_person(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let halt = EndpointSettings { on_failure: Some(Some(OnFailure::Halt)), ..EndpointSettings::default() };
    h.outbox.change_endpoint(&endpoint, EndpointChange::Update(Box::new(halt)))?;
    let first = h.send(ordered(endpoint, "a"))?;
    let second = h.send(ordered(endpoint, "a"))?;
    let other = h.send(ordered(endpoint, "b"))?;
    end(h, &first, 1, Verdict::Dead)?;
    assert_eq!(due(h, lane, now())?, [other]);
    let third = h.send(ordered(endpoint, "a"))?;
    let front = Front { message_id: first, halted: true, before: 2 };
    assert_eq!(h.outbox.front(&h.find(&third)?, 10)?, Some(front));
    // A replay goes first, and a delete lets the next go.
    h.change(&first, MessageCommand::ReplayDeadLetter)?;
    assert_eq!(due(h, lane, now())?, [first, other]);
    end(h, &first, 2, Verdict::Dead)?;
    assert_eq!(due(h, lane, now())?, [other]);
    h.change(&first, MessageCommand::Delete { by: None })?;
    assert_eq!(due(h, lane, now())?, [second, other]);
    end(h, &second, 1, Verdict::Succeeded)?;
    assert_eq!(due(h, lane, now())?, [other, third]);
    Ok(())
}

pub(crate) fn an_attempt_that_was_overtaken_lets_the_next_go(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let first = h.send(ordered(endpoint, "a"))?;
    let second = h.send(ordered(endpoint, "a"))?;
    end(h, &first, 1, retry(RetryType::Slow))?;
    let under_way = h.find(&first)?;
    h.change(&first, MessageCommand::RetryNow)?;
    assert!(h.record(ended(&under_way, 2, Verdict::Succeeded))?, "it was overtaken");
    assert_eq!(due(h, lane, now())?, [second]);
    Ok(())
}

pub(crate) fn a_scheduled_message_is_due_at_its_time(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let at = later(60_000);
    let timing = Timing { deliver_at: Some(at), expires_at: None };
    let scheduled = h.send(NewMessage { timing, ..message(endpoint) })?;
    assert_eq!(h.names_heard()?, ["Scheduled"]);
    let sooner = Timing { deliver_at: Some(later(30_000)), expires_at: None };
    let sooner = h.send(NewMessage { timing: sooner, ..message(endpoint) })?;
    let found = h.find(&scheduled)?.message;
    assert_eq!(
        (found.status, found.next_attempt_at, found.deliver_at),
        (MessageStatus::Queued, Some(at), Some(at))
    );
    let refill = h.refill(all_of(lane), now())?;
    assert!(refill.messages.is_empty());
    assert_eq!(refill.next_due, h.find(&sooner)?.message.next_attempt_at);
    assert!(!h.outbox.anything_due(now())?);
    let counts = h.outbox.counts(now())?;
    assert_eq!((counts.queued, counts.waiting_for_retry), (2, 0));
    let same = h.send(NewMessage { timing, ..message(endpoint) })?;
    // Retries come first, then what was scheduled, by its moment and then as it was accepted, then what is fresh.
    let fresh = h.send(message(endpoint))?;
    let again = h.send(message(endpoint))?;
    end(h, &again, 1, Verdict::RetryAt { at: later(1), kind: RetryType::Slow })?;
    assert_eq!(due(h, lane, later(60_001))?, [again, sooner, scheduled, same, fresh]);
    assert_eq!(h.outbox.ahead(&h.find(&fresh)?, later(60_001), 10)?, 4);
    assert_eq!(h.outbox.ahead(&h.find(&same)?, later(60_001), 10)?, 3);
    assert_eq!(h.outbox.ahead(&h.find(&scheduled)?, later(60_001), 10)?, 2);
    let due = h.refill(all_of(lane), later(60_001))?;
    let [retry, first, ..] = due.messages.as_slice() else { panic!("five are due") };
    assert!(retry.due_at > 0 && first.due_at < 0, "only the retry has been tried");
    Ok(())
}

pub(crate) fn a_scheduled_message_is_moved_cancelled_and_sent_now(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let timing = Timing { deliver_at: Some(later(60_000)), expires_at: None };
    let scheduled = || NewMessage { timing, ..message(endpoint) };
    let (moved, cancelled, sent) = (h.send(scheduled())?, h.send(scheduled())?, h.send(scheduled())?);
    h.heard()?;
    let at = later(3_600_000);
    let changed = h.change(&moved, MessageCommand::Reschedule { at })?;
    assert_eq!(changed.message.next_attempt_at, Some(at));
    assert_eq!(h.names_heard()?, ["Withdrawn", "LaneHasWork"]);
    h.change(&cancelled, MessageCommand::Cancel)?;
    h.change(&sent, MessageCommand::RetryNow)?;
    assert_eq!(due(h, lane, now())?, [sent]);
    assert_eq!(h.refill(all_of(lane), now())?.next_due, Some(at));
    assert_eq!(h.find(&cancelled)?.message.status, MessageStatus::FailedPermanent);
    let fresh = h.send(message(endpoint))?;
    let refused = refusal(h.change(&fresh, MessageCommand::Reschedule { at }))?;
    assert_eq!(refused, ErrorCode::InvalidStatus);
    // Behind another it keeps its own time.
    let front = h.send(ordered(endpoint, "a"))?;
    let behind = h.send(NewMessage { timing, ..ordered(endpoint, "a") })?;
    assert_eq!(h.find(&behind)?.message.next_attempt_at, timing.deliver_at);
    h.change(&behind, MessageCommand::Reschedule { at })?;
    end(h, &front, 1, Verdict::Succeeded)?;
    assert_eq!(h.find(&behind)?.message.next_attempt_at, Some(at));
    let then = due(h, lane, later(3_600_001))?;
    assert!(then.contains(&moved) && then.contains(&behind), "{then:?}");
    Ok(())
}

pub(crate) fn a_message_that_has_expired_is_not_due(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let timing = Timing { deliver_at: None, expires_at: Some(later(60_000)) };
    let expires = h.send(NewMessage { timing, ..message(endpoint) })?;
    let stays = h.send(message(endpoint))?;
    assert_eq!(h.find(&expires)?.message.expires_at, timing.expires_at);
    assert_eq!(due(h, lane, now())?, [expires, stays]);
    assert_eq!(due(h, lane, later(60_001))?, [stays]);
    Ok(())
}
