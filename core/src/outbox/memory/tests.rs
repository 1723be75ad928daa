//! Tests of what the outbox in memory offers beyond every store: writing by hand, and failures on demand.

use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::error::ErrorCode;
use crate::host::completion::Reply;
use crate::model::endpoint::Endpoint;
use crate::model::ids::{EndpointId, MessageId, SigningKeyId};
use crate::model::receipt::SendReceipt;
use crate::model::signing_key::SigningSecret;
use crate::outbox::NewMessage;
use crate::outbox::accept::{Accept, Caller};
use crate::outbox::change::Change;
use crate::outbox::command::{EndpointChange, MessageCommand};
use crate::outbox::due::Due;
use crate::outbox::endpoints::{Endpoints, StoredKey};
use crate::outbox::link::Notice;
use crate::outbox::rows::LaneKey;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const DAY: Duration = Duration::from_secs(86_400);

fn message(endpoint: EndpointId) -> NewMessage {
    NewMessage {
        id_is_given: false,
        id: MessageId::generate_many(1).unwrap()[0],
        endpoint_id: endpoint,
        payload: "{}".into(),
        payload_sha256: [1; 32],
        headers: None,
        idempotency_key: None,
        retention_hours: None,
        created_at: NOW,
        makes_lane: false,
        ordering_key: None,
        timing: crate::outbox::Timing::default(),
    }
}

/// An outbox whose process leads, with an endpoint, and what the loop is told.
fn outbox() -> (Arc<Memory>, EndpointId, UnboundedReceiver<Notice>) {
    let (inbox, told) = unbounded_channel();
    let link = Arc::new(DeliveryLink::new(Some(inbox)));
    link.set_leading(true);
    let outbox = Memory::new(link, DAY);
    outbox.set_now(NOW);
    let id = EndpointId::from_bytes([1; 16]);
    let endpoint = Endpoint {
        id,
        url: "https://example.com/".to_owned(),
        description: None,
        rate_limit_rps: None,
        burst: None,
        headers: None,
        retry_schedule: None,
        max_attempts: None,
        paused: false,
        created_at: NOW,
        updated_at: NOW,
        tenant: None,
        event_types: None,
        filter: None,
        on_failure: None,
    };
    let secret = SigningSecret::from_stored("whsec_1".to_owned());
    let key = StoredKey { id: SigningKeyId::from_bytes([1; 16]), secret, created_at: NOW };
    outbox.create_endpoint(endpoint, key).unwrap();
    (outbox, id, told)
}

fn send(outbox: &Memory, message: NewMessage) -> Arc<Slot<Result<SendReceipt>>> {
    let reply = Slot::new();
    outbox.accept(message, Caller::MustNotWait, Reply::Thread(reply.clone())).unwrap();
    reply
}

fn heard(told: &mut UnboundedReceiver<Notice>) -> Vec<String> {
    let mut heard = Vec::new();
    while let Ok(notice) = told.try_recv() {
        let text = format!("{notice:?}");
        heard.push(text.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned());
    }
    heard
}

#[test]
fn what_is_written_by_hand_is_seen_and_answered_when_it_is_committed() {
    let (outbox, endpoint, mut told) = outbox();
    heard(&mut told);
    outbox.write_by_hand();
    assert!(outbox.begin().is_none());
    let message = message(endpoint);
    let id = message.id;
    let sent = send(&outbox, message);
    let deleted = outbox.begin_change(&[id], MessageCommand::Delete { by: None });
    let group = outbox.begin().unwrap();
    assert!(outbox.state().messages().is_empty() && sent.wait_for(Duration::ZERO).is_none());
    let key = crate::outbox::rows::MessageKey(1);
    assert!(!outbox.link.start(key, LaneKey(1)), "it is withdrawn from here on");
    outbox.end(group, true);
    assert_eq!(sent.wait_for(Duration::ZERO).unwrap().unwrap().message_id, id);
    assert!(deleted.wait_for(Duration::ZERO).unwrap().unwrap()[0].as_ref().unwrap().changed);
    assert_eq!(heard(&mut told), ["Accepted", "Withdrawn"]);
    assert!(outbox.state().messages()[&key].deleted_at.is_some());
}

#[test]
fn what_is_not_committed_has_not_happened() {
    let (outbox, endpoint, mut told) = outbox();
    let message = message(endpoint);
    let id = message.id;
    send(&outbox, message);
    heard(&mut told);
    outbox.write_by_hand();
    let lane = LaneKey(1);
    let deleted = outbox.begin_change(&[id], MessageCommand::Delete { by: None });
    let paused = outbox.begin_change_endpoint(endpoint, EndpointChange::Pause);
    let group = outbox.begin().unwrap();
    outbox.end(group, false);
    let refused = deleted.wait_for(Duration::ZERO).unwrap().unwrap_err();
    assert_eq!(refused.code(), ErrorCode::StorageUnavailable);
    assert!(paused.wait_for(Duration::ZERO).unwrap().is_err());
    assert_eq!(heard(&mut told), [""; 0]);
    let key = outbox.state().key_of(&id).unwrap();
    assert!(outbox.link.start(key, lane) && !outbox.state().endpoints()[&lane].endpoint.paused);
    assert_eq!(outbox.state().waiting_in(lane).collect::<Vec<_>>(), [(0, key)]);
    assert_eq!(outbox.state().waiting_lanes(), [lane]);
}

#[test]
fn a_call_fails_where_the_test_says_so() {
    let (outbox, endpoint, _told) = outbox();
    outbox.fail_calls(|name| name == "accept" || name == "overview");
    let refused = send(&outbox, message(endpoint)).wait().unwrap_err();
    assert_eq!(refused.code(), ErrorCode::StorageUnavailable);
    assert!(outbox.overview().is_err() && outbox.endpoint(&endpoint).is_ok());
    outbox.fail_no_calls();
    assert!(send(&outbox, message(endpoint)).wait().is_ok() && outbox.overview().is_ok());
}

#[test]
fn another_process_is_noticed_by_what_it_committed() {
    let (outbox, endpoint, mut told) = outbox();
    let other = outbox.elsewhere();
    let mut look = || {
        outbox.look_for_others();
        heard(&mut told)
    };
    assert_eq!(look(), ["EndpointChanged", "RereadAll"], "the first look");
    send(&outbox, message(endpoint)).wait().unwrap();
    assert_eq!(look(), ["Accepted"], "nobody else wrote");
    send(&other, message(endpoint)).wait().unwrap();
    other.change_endpoint(&endpoint, EndpointChange::Pause).unwrap();
    outbox.look_for_others();
    match told.try_recv() {
        Ok(Notice::OthersWrote { lanes, edits }) => {
            assert_eq!((lanes, edits), (vec![LaneKey(1)], vec![Change::Endpoint(LaneKey(1))]));
        }
        other => panic!("{other:?}"),
    }
    outbox.look_for_others();
    assert_eq!(heard(&mut told), [""; 0]);
    outbox.keep_edits(1);
    other.change_endpoint(&endpoint, EndpointChange::Resume).unwrap();
    other.change_endpoint(&endpoint, EndpointChange::Pause).unwrap();
    outbox.look_for_others();
    assert_eq!(heard(&mut told), ["RereadAll"], "more edits than are kept");
}

#[test]
fn another_process_writes_when_the_open_group_has_ended() {
    let (outbox, endpoint, _told) = outbox();
    let other = outbox.elsewhere();
    outbox.write_by_hand();
    let ours = send(&outbox, message(endpoint));
    let group = outbox.begin().unwrap();
    let theirs = send(&other, message(endpoint));
    assert!(theirs.wait_for(Duration::ZERO).is_none() && outbox.state().messages().is_empty());
    outbox.end(group, false);
    assert!(
        ours.wait_for(Duration::ZERO).unwrap().is_err() && theirs.wait_for(Duration::ZERO).unwrap().is_ok()
    );
    assert_eq!(outbox.state().messages().len(), 1);
}

#[test]
fn a_clock_that_was_set_back_is_noted() {
    let (outbox, _, _told) = outbox();
    let set_back = Reading::at(501_000, 1_000, 1);
    outbox.note_clocks(Reading::at(1_000_000, 0, 1));
    outbox.note_clocks(set_back);
    outbox.set_clocks(set_back);
    let noted = outbox.overview().unwrap().noted.unwrap();
    assert_eq!((noted.behind, outbox.clock().now()), (500_000, set_back.wall));
}

#[test]
fn a_message_that_retention_drops_leaves_nothing() {
    let (outbox, endpoint, _told) = outbox();
    let id = send(&outbox, NewMessage { idempotency_key: Some("k".to_owned()), ..message(endpoint) });
    let id = id.wait().unwrap().message_id;
    let key = outbox.state().key_of(&id).unwrap();
    outbox.drop_message(key).unwrap();
    let state = outbox.state();
    assert!(state.messages().is_empty() && state.key_of(&id).is_none() && state.waiting_lanes().is_empty());
    drop(state);
    let anew = send(&outbox, NewMessage { idempotency_key: Some("k".to_owned()), ..message(endpoint) });
    assert_ne!(anew.wait().unwrap().message_id, id);
}
