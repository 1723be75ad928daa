//! Reading due messages for the delivery loop.

use super::harness::*;
use crate::error::Result;
use crate::model::attempt::RetryType;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::command::{EndpointChange, KeyChange, MessageCommand};
use crate::outbox::due::{Refill, Wanted};
use crate::outbox::ended::Verdict;
use crate::outbox::rows::LaneKey;

/// A message whose retry is due in `millis` milliseconds.
fn retry_in(h: &Harness, endpoint: EndpointId, millis: i64) -> Result<MessageId> {
    let id = h.send(message(endpoint))?;
    let at = later(millis);
    h.record(ended(&h.find(&id)?, 1, Verdict::RetryAt { at, kind: RetryType::Slow }))?;
    Ok(id)
}

fn ids(refill: &Refill) -> Vec<MessageId> {
    refill.messages.iter().map(|due| due.id).collect()
}

pub(super) fn retries_come_before_fresh_messages(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let (first, second) = (h.send(message(endpoint))?, h.send(message(endpoint))?);
    let late = retry_in(h, endpoint, -1_000)?;
    let earlier = retry_in(h, endpoint, -2_000)?;
    let later_on = retry_in(h, endpoint, 60_000)?;
    let last = retry_in(h, endpoint, 90_000)?;
    let third = h.send(message(endpoint))?;
    let moment = now();
    let refill = h.refill(all_of(lane), moment)?;
    assert_eq!(ids(&refill), [earlier, late, first, second, third]);
    assert!(!refill.more);
    let due_at = h.find(&later_on)?.message.next_attempt_at.expect("a retry");
    assert_eq!(refill.next_due, Some(due_at));
    let refill = h.refill(all_of(lane), due_at)?;
    assert_eq!(ids(&refill), [earlier, late, later_on, first, second, third]);
    assert_eq!(refill.next_due, h.find(&last)?.message.next_attempt_at);
    let retry = &refill.messages[2];
    assert_eq!((retry.due_at, retry.attempt_count), (due_at.as_millis(), 1));
    // Deleted and dead messages are not due any more.
    h.change(&earlier, MessageCommand::Cancel)?;
    h.change(&first, MessageCommand::Delete { by: None })?;
    assert_eq!(ids(&h.refill(all_of(lane), moment)?), [late, second, third]);
    Ok(())
}

pub(super) fn a_refill_keeps_to_its_bounds(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let retry = retry_in(h, endpoint, -1_000)?;
    let mut all = vec![retry];
    for _ in 0..3 {
        all.push(h.send(with_payload(endpoint, &"x".repeat(1_000)))?);
    }
    let read = |wanted: Wanted| h.refill(wanted, now());
    for room in 1..=5 {
        let refill = read(Wanted { room, ..all_of(lane) })?;
        assert_eq!(ids(&refill), all[..room.min(4)], "room for {room}");
        assert_eq!(refill.more, room < 4, "room for {room}");
    }
    let refill = read(Wanted { room: 0, ..all_of(lane) })?;
    assert!(refill.messages.is_empty() && refill.more);
    // A refill brings at least one message, and more until its bytes are used up.
    assert_eq!(ids(&read(Wanted { bytes: 0, ..all_of(lane) })?), all[..1]);
    let refill = read(Wanted { bytes: 1_300, ..all_of(lane) })?;
    assert_eq!((ids(&refill), refill.more), (all[..2].to_vec(), true));
    // Known messages are passed over and take no room.
    let known = [h.find(&all[0])?.key, h.find(&all[2])?.key];
    let refill = read(Wanted { room: 2, known: known.into_iter().collect(), ..all_of(lane) })?;
    assert_eq!((ids(&refill), refill.more), (vec![all[1], all[3]], false));
    let refill = read(Wanted { room: 1, known: known.into_iter().collect(), ..all_of(lane) })?;
    assert_eq!((ids(&refill), refill.more), (vec![all[1]], true));
    Ok(())
}

pub(super) fn many_lanes_are_read_at_once(h: &Harness) -> Result<()> {
    let mut lanes = Vec::new();
    for _ in 0..10 {
        let (endpoint, lane) = h.endpoint()?;
        lanes.push((lane, h.send(message(endpoint))?));
    }
    lanes.reverse();
    let unknown = LaneKey(1_000_000);
    let mut wanted: Vec<_> = lanes.iter().map(|(lane, _)| all_of(*lane)).collect();
    wanted.insert(3, all_of(unknown));
    let mut read = Vec::new();
    h.outbox.refill(&wanted, now(), now(), &mut |lane, refill| read.push((lane, ids(&refill))))?;
    let (lane, nothing) = read.remove(3);
    assert_eq!((lane, nothing.len()), (unknown, 0));
    assert_eq!(read, lanes.into_iter().map(|(lane, id)| (lane, vec![id])).collect::<Vec<_>>());
    Ok(())
}

pub(super) fn lanes_are_told_with_their_secrets(h: &Harness) -> Result<()> {
    let ((endpoint, lane), (deleted, deleted_lane)) = (h.endpoint()?, h.endpoint()?);
    h.outbox.change_signing_keys(&endpoint, KeyChange::Create(key("whsec_second")))?;
    h.outbox.change_endpoint(&endpoint, EndpointChange::Pause)?;
    h.outbox.change_endpoint(&deleted, EndpointChange::Delete)?;
    let mut told = Vec::new();
    h.outbox.lanes(&[deleted_lane, LaneKey(1_000_000), lane], &mut |lane, stored| {
        let stored = stored.map(|stored| {
            let secrets = stored.secrets.iter().map(|secret| secret.expose().to_owned()).collect::<Vec<_>>();
            (stored.endpoint.id, stored.endpoint.paused, secrets)
        });
        told.push((lane, stored));
    })?;
    let secrets = |secrets: &[&str]| secrets.iter().map(|secret| (*secret).to_owned()).collect::<Vec<_>>();
    let wanted = [
        (deleted_lane, Some((deleted, false, secrets(&["whsec_first"])))),
        (LaneKey(1_000_000), None),
        (lane, Some((endpoint, true, secrets(&["whsec_first", "whsec_second"])))),
    ];
    assert_eq!(told, wanted);
    Ok(())
}

pub(super) fn the_overview_names_the_lanes_in_which_something_waits(h: &Harness) -> Result<()> {
    assert!(h.outbox.overview()?.waiting.is_empty());
    let mut lanes = Vec::new();
    for state in State::ALL {
        let (endpoint, lane) = h.endpoint()?;
        h.message_in(endpoint, state)?;
        h.message_in(endpoint, state)?;
        if matches!(state, State::Queued | State::Slow | State::Fast) {
            lanes.push(lane);
        }
        // The same for a paused lane, and for a deleted endpoint.
        if state == State::Slow {
            h.outbox.change_endpoint(&endpoint, EndpointChange::Pause)?;
        }
        if state == State::Fast {
            h.outbox.change_endpoint(&endpoint, EndpointChange::Delete)?;
        }
    }
    let mut waiting = h.outbox.overview()?.waiting;
    waiting.sort_unstable();
    assert_eq!(waiting, lanes);
    assert!(h.refill(all_of(lanes[1]), Timestamp::from_millis(i64::MAX))?.messages.len() == 2);
    Ok(())
}
