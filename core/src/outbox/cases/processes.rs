//! Several processes with one outbox, and a closed outbox.

use std::time::{Duration, Instant};

use super::api_keys::api_key;
use super::exports::everything;
use super::harness::*;
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::{Reply, Slot};
use crate::model::ids::{ExportId, MessageId};
use crate::outbox::Outbox;
use crate::outbox::accept::Caller;
use crate::outbox::change::Change;
use crate::outbox::clock::Reading;
use crate::outbox::command::{EndpointChange, KeyChange, MessageCommand};
use crate::outbox::ended::Verdict;
use crate::outbox::figures::{Buckets, MINUTE};
use crate::outbox::link::Notice;
use crate::outbox::messages::{Filter, Order};

pub(super) fn one_process_leads(h: &Harness) -> Result<()> {
    let other = h.store.elsewhere()?;
    assert!(h.outbox.deliverer().is_none());
    assert!(h.outbox.try_lead()? && h.outbox.try_lead()?);
    if h.store.several_lead() {
        return several_lead(h, &*other);
    }
    assert!(!other.try_lead()?);
    h.outbox.keep_leading()?;
    let (ours, theirs) = (h.outbox.deliverer().expect("a leader"), other.deliverer().expect("a leader"));
    assert!(ours.this_engine && !theirs.this_engine);
    assert_eq!((ours.pid, ours.since), (theirs.pid, theirs.since));
    other.resign();
    assert!(!other.try_lead()?, "only who leads can resign");
    h.outbox.resign();
    assert!(other.try_lead()? && !h.outbox.try_lead()?);
    other.resign();
    assert!(h.outbox.deliverer().is_none());
    Ok(())
}

fn several_lead(h: &Harness, other: &dyn Outbox) -> Result<()> {
    let theirs = other.deliverer().expect("a process that delivers");
    assert!(h.outbox.deliverer().expect("this one").this_engine && !theirs.this_engine);
    assert!(other.try_lead()? && other.deliverer().expect("this one").this_engine);
    for outbox in [&*h.outbox, other] {
        outbox.keep_leading()?;
        outbox.resign();
        assert!(outbox.keep_leading().is_err());
    }
    assert!(h.outbox.deliverer().is_none());
    Ok(())
}

pub(super) fn another_process_is_noticed(h: &Harness) -> Result<()> {
    let other = h.store.elsewhere()?;
    let (endpoint, lane) = h.endpoint()?;
    let ((second, second_lane), found) = (h.endpoint()?, h.message_in(endpoint, State::Slow)?);
    // The first look may report anything.
    h.send_to(&*other, message(endpoint))?;
    while !match h.next_of_others() {
        Notice::OthersWrote { lanes, .. } => lanes.contains(&lane),
        _ => true,
    } {}
    let mut seen = (Vec::new(), Vec::new());
    let mut look_until = |lanes: &[_], edits: &[Change]| {
        while !(lanes.iter().all(|lane| seen.0.contains(lane))
            && edits.iter().all(|edit| seen.1.contains(edit)))
        {
            match h.next_of_others() {
                Notice::OthersWrote { lanes, edits } => {
                    seen.0.extend(lanes);
                    seen.1.extend(edits);
                }
                other => panic!("{other:?}"),
            }
        }
        seen = (Vec::new(), Vec::new());
    };
    let id = h.send_to(&*other, message(second))?;
    look_until(&[second_lane], &[]);
    assert_eq!(h.find(&id)?.lane, second_lane);
    other.change_endpoint(&second, EndpointChange::Pause)?;
    look_until(&[], &[Change::Endpoint(second_lane)]);
    other.change_signing_keys(&endpoint, KeyChange::Create(key("whsec_second")))?;
    look_until(&[], &[Change::Endpoint(lane)]);
    other.change(&[found.message.id], MessageCommand::RetryNow)?.remove(0)?;
    look_until(&[], &[Change::Messages(lane)]);
    let before = h.outbox.revision()?;
    other.add_api_key(api_key(1))?;
    look_until(&[], &[Change::ApiKeys]);
    assert!(h.outbox.revision()? > before && h.outbox.revision()? == other.revision()?);
    assert!(h.link.start(found.key, found.lane), "nobody here withdrew it");
    h.link.settle(&[found.key]);
    Ok(())
}

/// Every call that reads.
fn reads(outbox: &dyn Outbox) -> Vec<(&'static str, Result<()>)> {
    let buckets = Buckets { from: 0, width: MINUTE, count: 1 };
    let (id, export) = (MessageId::generate_many(1).unwrap()[0], ExportId::generate().unwrap());
    let endpoint = endpoint().id;
    vec![
        ("api_keys", outbox.api_keys().map(drop)),
        ("has_api_keys", outbox.has_api_keys().map(drop)),
        ("revision", outbox.revision().map(drop)),
        ("overview", outbox.overview().map(drop)),
        ("lanes", outbox.lanes(&[], &mut |_, _| {})),
        ("refill", outbox.refill(&[], now(), now(), &mut |_, _| {})),
        ("endpoint", outbox.endpoint(&endpoint).map(drop)),
        ("endpoints", outbox.endpoints(None, None, 1).map(drop)),
        ("export", outbox.export(&export).map(drop)),
        ("exports", outbox.exports().map(drop)),
        ("unfinished_exports", outbox.unfinished_exports().map(drop)),
        ("exported", outbox.exported(&everything(), None, 1).map(drop)),
        ("link_secret", outbox.link_secret().map(drop)),
        ("counts", outbox.counts(now()).map(drop)),
        ("counters", outbox.counters(buckets, None).map(drop)),
        ("anything_due", outbox.anything_due(now()).map(drop)),
        ("message", outbox.message(&id).map(drop)),
        ("attempts", outbox.attempts(&id, 1).map(drop)),
        ("page", outbox.page(&Filter::default(), Order::NewestFirst, None, 1).map(drop)),
    ]
}

/// Every call that changes something and returns its outcome.
fn changes(h: &Harness) -> Vec<(&'static str, Result<()>)> {
    let outbox = &*h.outbox;
    let (made, export) = (endpoint(), ExportId::generate().unwrap());
    let (id, sent) = (made.id, message(made.id));
    let gone = crate::outbox::messages::Found {
        key: crate::outbox::rows::MessageKey(1_000),
        lane: crate::outbox::rows::LaneKey(1_000),
        message: crate::model::message::Message { ..unknown() },
        retry_type: None,
        epoch: 0,
        held: false,
    };
    let send = |caller| outbox.accept(sent.clone(), caller, Reply::Thread(Slot::new()));
    vec![
        ("accept", send(Caller::MayWait)),
        ("accept", send(Caller::MayCommit)),
        ("accept", send(Caller::MustNotWait)),
        ("accept_batch", outbox.accept_batch(vec![Ok(sent.clone())]).map(drop)),
        ("add_api_key", outbox.add_api_key(api_key(1)).map(drop)),
        ("delete_api_key", outbox.delete_api_key(api_key(1).listed.key_id).map(drop)),
        ("record", outbox.record(Box::new(ended(&gone, 1, Verdict::Dead)))),
        ("create_endpoint", outbox.create_endpoint(made, key("whsec_first"))),
        ("change_endpoint", outbox.change_endpoint(&id, EndpointChange::Pause).map(drop)),
        ("change_signing_keys", outbox.change_signing_keys(&id, KeyChange::Delete(None))),
        ("create_export", outbox.create_export(export, everything(), 9, [1; 32]).map(drop)),
        ("delete_export", outbox.delete_export(export).map(drop)),
        ("begin_export", outbox.begin_export(export).map(drop)),
        ("forget_exports", outbox.forget_exports(now())),
        ("change", outbox.change(&[sent.id], MessageCommand::Cancel).map(drop)),
    ]
}

fn all_are(what: Vec<(&'static str, Result<()>)>, wanted: Result<(), ErrorCode>) -> Result<()> {
    for (name, outcome) in what {
        let is = outcome.as_ref().copied().map_err(Error::code);
        if is == Err(ErrorCode::StorageUnavailable) {
            return outcome;
        }
        assert_eq!(is, wanted, "{name}");
    }
    Ok(())
}

pub(super) fn a_closed_outbox_answers_so(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    h.send(message(endpoint))?;
    assert!(h.outbox.close(Instant::now() + Duration::from_secs(30)));
    all_are(reads(&*h.outbox), Err(ErrorCode::Closed))?;
    all_are(changes(h), Err(ErrorCode::Closed))?;
    // These calls return no outcome.
    h.outbox.api_key_used(api_key(1).listed.key_id, now());
    h.outbox.nudge();
    assert!(h.outbox.close(Instant::now()), "closed once more");
    // The data is still there for other processes.
    let again = h.store.elsewhere()?;
    assert_eq!(again.page(&Filter::default(), Order::NewestFirst, None, 9)?.messages.len(), 1);
    Ok(())
}

pub(super) fn an_outbox_that_refuses_changes_is_still_read(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let id = h.send(message(endpoint))?;
    h.outbox.refuse_changes();
    all_are(changes(h), Err(ErrorCode::Closed))?;
    all_are(reads(&*h.outbox), Ok(()))?;
    h.find(&id)?;
    Ok(())
}

pub(super) fn an_outbox_whose_commits_fail_is_not_writable(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    h.outbox.check_writable()?;
    h.refused(|| h.send(message(endpoint)));
    h.refused(|| h.outbox.check_writable());
    h.outbox.check_writable()?;
    h.send(message(endpoint))?;
    Ok(())
}

pub(super) fn the_clocks_are_noted(h: &Harness) -> Result<()> {
    let Some(reading) = Reading::take() else { return Ok(()) };
    h.outbox.note_clocks(reading);
    h.heard()?;
    let noted = h.outbox.overview()?.noted.expect("it was noted");
    assert_eq!((noted.behind, noted.is_of_boot(&reading)), (0, true));
    Ok(())
}

/// A message that is in no outbox.
fn unknown() -> crate::model::message::Message {
    crate::model::message::Message {
        id: MessageId::generate_many(1).unwrap()[0],
        project_id: String::new(),
        endpoint_id: endpoint().id,
        status: crate::model::message::MessageStatus::Queued,
        attempt_count: 0,
        replay_count: 0,
        content_type: String::new(),
        size_bytes: 0,
        payload_sha256: String::new(),
        created_at: now(),
        updated_at: now(),
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
        payload_expires_at: None,
        deleted_at: None,
        deleted_by_api_key_id: None,
        event_id: None,
        event_type: None,
        ordering_key: None,
        deliver_at: None,
        expires_at: None,
    }
}
