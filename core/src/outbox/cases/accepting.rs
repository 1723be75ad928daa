//! Sending messages.

use std::sync::{Arc, Mutex};

use super::harness::*;
use crate::error::{Error, ErrorCode, Result, endpoint_not_found};
use crate::host::completion::{CompletionSink, Reply};
use crate::model::ids::EndpointId;
use crate::model::message::MessageStatus;
use crate::model::receipt::SendReceipt;
use crate::model::timestamp::Timestamp;
use crate::outbox::NewMessage;
use crate::outbox::accept::Caller;
use crate::outbox::command::{EndpointChange, MessageCommand};
use crate::outbox::link::Notice;

pub(super) fn a_message_is_accepted_and_the_loop_is_told(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let sent = NewMessage { headers: Some(r#"{"A":"b"}"#.to_owned()), ..message(endpoint) };
    let id = h.send(sent.clone())?;
    assert_eq!(id, sent.id);
    let Notice::Accepted(fresh) = h.next() else { panic!("not told") };
    let [due] = &fresh[..] else { panic!("{fresh:?}") };
    assert_eq!((due.id, due.lane, due.due_at, due.attempt_count, due.epoch), (id, lane, 0, 0, 0));
    assert_eq!((&due.headers, &due.payload), (&sent.headers, &sent.payload));
    let found = h.find(&id)?;
    assert_eq!((found.key, found.lane, found.epoch, found.retry_type), (due.key, lane, 0, None));
    let stored = found.message;
    assert_eq!((stored.status, stored.attempt_count, stored.replay_count), (MessageStatus::Queued, 0, 0));
    assert_eq!((stored.endpoint_id, stored.size_bytes, stored.created_at), (endpoint, 2, sent.created_at));
    assert_eq!(stored.payload_sha256, crate::model::hex::encode(&sent.payload_sha256));
    assert_eq!((stored.next_attempt_at, stored.first_attempt_at, stored.deleted_at), (None, None, None));
    Ok(())
}

/// Takes the one outcome of a send.
#[derive(Default)]
struct Sink(Mutex<Vec<(u64, Result<SendReceipt>)>>);

impl CompletionSink for Sink {
    fn complete(&self, outcomes: Vec<(u64, Result<SendReceipt>)>) {
        self.0.lock().unwrap().extend(outcomes);
    }
}

pub(super) fn whoever_waits_is_answered(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    for caller in [Caller::MayWait, Caller::MayCommit, Caller::MustNotWait] {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        h.outbox.accept(message(endpoint), caller, Reply::Future(sender))?;
        receiver.blocking_recv().expect("a send is answered")?;
        let sink = Arc::new(Sink::default());
        h.outbox.accept(message(endpoint), caller, Reply::Sink { sink: sink.clone(), tag: 7 })?;
        // The group is answered before the next group begins.
        h.heard()?;
        let mut outcomes = std::mem::take(&mut *sink.0.lock().unwrap());
        assert_eq!(outcomes.len(), 1, "{caller:?}");
        let (tag, outcome) = outcomes.remove(0);
        assert_eq!((tag, outcome?.status), (7, MessageStatus::Queued), "{caller:?}");
    }
    Ok(())
}

pub(super) fn an_endpoint_that_is_unknown_or_deleted_takes_nothing(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    h.send(message(endpoint))?;
    h.outbox.change_endpoint(&endpoint, EndpointChange::Delete)?;
    h.heard()?;
    for endpoint in [endpoint, EndpointId::from_bytes([9; 16])] {
        let sent = message(endpoint);
        assert_eq!(refusal(h.send(sent.clone()))?, ErrorCode::EndpointNotFound);
        assert!(h.outbox.message(&sent.id)?.is_none());
    }
    assert!(h.heard()?.is_empty());
    Ok(())
}

pub(super) fn a_relay_makes_lanes(h: &Harness) -> Result<()> {
    let relayed = EndpointId::generate()?;
    let sent = || NewMessage { makes_lane: true, ..message(relayed) };
    let (one, other) = (h.send(sent())?, h.send(sent())?);
    let (one, other) = (h.find(&one)?, h.find(&other)?);
    assert_eq!(one.lane, other.lane);
    assert_eq!(h.outbox.endpoint(&relayed)?.expect("the lane's endpoint").url, "");
    h.outbox.change_endpoint(&relayed, EndpointChange::Delete)?;
    let again = h.send(sent())?;
    assert_eq!(h.find(&again)?.lane, one.lane);
    assert!(h.outbox.endpoint(&relayed)?.is_some());
    Ok(())
}

pub(super) fn a_batch_answers_each_in_order(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let refused = || Error::new(ErrorCode::PayloadTooLarge, "too large");
    let (first, last) = (message(endpoint), message(endpoint));
    let unknown = message(EndpointId::from_bytes([9; 16]));
    let batch = vec![Ok(first.clone()), Err(refused()), Ok(unknown.clone()), Ok(last.clone())];
    let answers = h.outbox.accept_batch(batch)?;
    let receipt =
        |message: &NewMessage| Ok(SendReceipt { message_id: message.id, status: MessageStatus::Queued });
    assert_eq!(answers, [receipt(&first), Err(refused()), Err(endpoint_not_found()), receipt(&last)]);
    let Notice::Accepted(fresh) = h.next() else { panic!("not told") };
    assert_eq!(fresh.iter().map(|due| due.id).collect::<Vec<_>>(), [first.id, last.id]);
    assert!(h.outbox.message(&unknown.id)?.is_none());
    assert!(h.outbox.accept_batch(Vec::new())?.is_empty());
    Ok(())
}

pub(super) fn a_send_whose_commit_fails_was_not_accepted(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    let sent = named(endpoint, "k", "{}");
    h.refused(|| h.send(sent.clone()));
    h.refused(|| h.outbox.accept_batch(vec![Ok(sent.clone()), Ok(message(endpoint))]));
    assert!(h.heard()?.is_empty());
    assert!(h.outbox.message(&sent.id)?.is_none());
    assert!(h.refill(all_of(lane), now())?.messages.is_empty());
    // A second send is like any other, and the key is still unused.
    let again = NewMessage { payload: "[]".into(), payload_sha256: [1; 32], ..sent };
    assert_eq!(h.send(again.clone())?, again.id);
    assert_eq!(h.names_heard()?, ["Accepted"]);
    Ok(())
}

pub(super) fn an_idempotency_key_names_the_first_message_of_its_endpoint(h: &Harness) -> Result<()> {
    let ((endpoint, _), (other, _)) = (h.endpoint()?, h.endpoint()?);
    let first = h.send(named(endpoint, "k", "{}"))?;
    h.heard()?;
    assert_eq!(h.send(named(endpoint, "k", "{}"))?, first);
    assert_eq!(refusal(h.send(named(endpoint, "k", "[]")))?, ErrorCode::IdempotencyMismatch);
    assert!(h.heard()?.is_empty(), "nothing new was accepted");
    assert_ne!(h.send(named(other, "k", "[]"))?, first);
    assert_ne!(h.send(named(endpoint, "K", "{}"))?, first);
    // The key names the message in its later states too.
    let found = h.find(&first)?;
    h.record(ended(&found, 1, crate::outbox::ended::Verdict::Dead))?;
    assert_eq!(h.send(named(endpoint, "k", "{}"))?, first);
    assert_eq!(h.find(&first)?.message.idempotency_key.as_deref(), Some("k"));
    Ok(())
}

pub(super) fn an_idempotency_key_is_known_within_a_batch(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let batch = ["{}", "{}", "[]"].map(|payload| Ok(named(endpoint, "k", payload)));
    let answers = h.outbox.accept_batch(batch.to_vec())?;
    let [first, same, other] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(first, same);
    assert_eq!(code(other.clone()), Err(ErrorCode::IdempotencyMismatch));
    let Notice::Accepted(fresh) = h.next() else { panic!("not told") };
    assert_eq!(fresh.len(), 1);
    Ok(())
}

pub(super) fn a_message_that_comes_with_its_id_is_accepted_once(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let sent = NewMessage { id_is_given: true, ..named(endpoint, "k", "{}") };
    assert_eq!(h.send(sent.clone())?, sent.id);
    assert_eq!(h.names_heard()?, ["Accepted"]);
    let (other, unknown) = (
        NewMessage { id_is_given: true, ..message(endpoint) },
        NewMessage { id_is_given: true, ..message(EndpointId::from_bytes([9; 16])) },
    );
    let batch = [&sent, &other, &unknown].map(|message| Ok(message.clone()));
    let answers = h.outbox.accept_batch(batch.to_vec())?;
    assert_eq!(
        answers.iter().flatten().map(|receipt| receipt.message_id).collect::<Vec<_>>(),
        [sent.id, other.id]
    );
    assert_eq!(code(answers[2].clone()), Err(ErrorCode::EndpointNotFound));
    let Notice::Accepted(fresh) = h.next() else { panic!("not told") };
    assert_eq!(
        fresh.iter().map(|due| due.id).collect::<Vec<_>>(),
        [other.id],
        "what is known is not due anew"
    );
    let foreign =
        NewMessage { payload: "[]".into(), payload_sha256: [1; 32], idempotency_key: None, ..sent.clone() };
    assert_eq!(refusal(h.send(foreign))?, ErrorCode::IdempotencyMismatch);
    // What was accepted once stays so, whatever became of it and of its endpoint.
    h.change(&sent.id, MessageCommand::Delete { by: None })?;
    h.outbox.change_endpoint(&endpoint, EndpointChange::Delete)?;
    h.heard()?;
    assert_eq!((h.send(sent.clone())?, h.send(other.clone())?), (sent.id, other.id));
    assert!(h.heard()?.is_empty());
    Ok(())
}

pub(super) fn a_deleted_message_frees_its_key(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let first = h.send(named(endpoint, "k", "{}"))?;
    h.change(&first, MessageCommand::Delete { by: None })?;
    let second = h.send(named(endpoint, "k", "[]"))?;
    assert_ne!(second, first);
    assert_eq!(h.send(named(endpoint, "k", "[]"))?, second);
    // A message whose row is dropped frees its key too.
    let key = h.find(&second)?.key;
    h.send(message(endpoint))?;
    h.store.drop_message(key)?;
    assert!(h.outbox.message(&second)?.is_none());
    assert_ne!(h.send(named(endpoint, "k", "{}"))?, second);
    Ok(())
}

pub(super) fn a_payload_is_kept_as_long_as_the_message_says(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let created_at = now();
    let kept = |hours: Option<u32>| -> Result<Option<Timestamp>> {
        let sent = NewMessage { retention_hours: hours, created_at, ..message(endpoint) };
        Ok(h.find(&h.send(sent)?)?.message.payload_expires_at)
    };
    let hours = |hours: u64| Some(created_at.plus(std::time::Duration::from_secs(hours * 3_600)));
    assert_eq!(kept(None)?, Some(created_at.plus(PAYLOAD_RETENTION)));
    assert_eq!(kept(Some(0))?, Some(created_at.plus(PAYLOAD_RETENTION)), "it is dropped at its delivery");
    assert_eq!((kept(Some(1))?, kept(Some(72))?), (hours(1), hours(72)));
    Ok(())
}

pub(super) fn a_payload_is_read_as_it_was_accepted(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let text = " {\"n\": 1970670598291982290, \"x\": 1.10} ";
    let sent = NewMessage { headers: Some(r#"{"A":"b"}"#.to_owned()), ..with_payload(endpoint, text) };
    let id = h.send(sent)?;
    let plain = h.send(message(endpoint))?;
    let read = |id| -> Result<_> { Ok(h.outbox.payload(id)?.expect("a message")) };
    let (found, payload) = read(&id)?;
    let payload = payload.expect("a payload");
    assert_eq!((found.message.id, payload.body.as_ref()), (id, text.as_bytes()));
    assert_eq!(payload.headers.as_deref(), Some(r#"{"A":"b"}"#));
    assert_eq!(read(&plain)?.1.expect("a payload").headers, None);
    h.change(&id, MessageCommand::Delete { by: None })?;
    let (found, payload) = read(&id)?;
    assert!(found.message.deleted_at.is_some() && payload.is_none());
    let unknown = crate::model::ids::MessageId::generate_many(1)?[0];
    assert!(h.outbox.payload(&unknown)?.is_none());
    Ok(())
}
