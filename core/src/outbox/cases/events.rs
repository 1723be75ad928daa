//! Events, and the messages that they make.

use sha2::{Digest, Sha256};

use super::harness::{Harness, all_of, code, ended, endpoint, key, later, now, refusal};
use crate::error::{Error, ErrorCode, Result};
use crate::model::endpoint::Endpoint;
use crate::model::event_filter::{Condition, EventFilter};
use crate::model::event_type::{EventPattern, EventType};
use crate::model::event_type_entry::EventTypeEntry;
use crate::model::ids::{EndpointId, EventId};
use crate::model::receipt::EventReceipt;
use crate::outbox::Timing;
use crate::outbox::accept::Caller;
use crate::outbox::command::{EndpointChange, EndpointSettings, MessageCommand};
use crate::outbox::ended::Verdict;
use crate::outbox::event_types::EventTypeChange;
use crate::outbox::events::{NewEvent, SoughtEvents};
use crate::outbox::link::Notice;
use crate::outbox::rows::LaneKey;

fn named(name: &str) -> EventType {
    EventType::new(name).unwrap()
}

fn event(name: &str, payload: &str) -> NewEvent {
    NewEvent {
        id: EventId::generate().unwrap(),
        event_type: named(name),
        tenant: None,
        payload: payload.to_owned().into(),
        payload_sha256: Sha256::digest(payload.as_bytes()).into(),
        headers: None,
        idempotency_key: None,
        retention_hours: None,
        created_at: now(),
        ordering_key: None,
        timing: Timing::default(),
        for_server: false,
    }
}

fn send(h: &Harness, event: NewEvent) -> Result<EventReceipt> {
    let missing = || Err(Error::new(ErrorCode::Internal, "no answer"));
    h.outbox.accept_events_now(vec![Ok(event)], Caller::MayWait)?.pop().unwrap_or_else(missing)
}

/// An endpoint that wants these types, all where there are none.
fn subscribed(h: &Harness, change: impl FnOnce(&mut Endpoint)) -> Result<(EndpointId, LaneKey)> {
    h.heard()?;
    let mut made = Endpoint { tenant: Some("acme".to_owned()), ..endpoint() };
    change(&mut made);
    let id = made.id;
    h.outbox.create_endpoint(made, key("whsec_first"))?;
    match h.next() {
        Notice::EndpointChanged(lane) => Ok((id, lane)),
        other => panic!("{other:?}"),
    }
}

fn patterns(of: &[&str]) -> Option<Vec<EventPattern>> {
    Some(of.iter().map(|pattern| EventPattern::new(*pattern).unwrap()).collect())
}

fn acme(name: &str, payload: &str) -> NewEvent {
    NewEvent { tenant: Some("acme".to_owned()), ..event(name, payload) }
}

pub(crate) fn an_event_makes_a_message_for_every_endpoint_that_wants_it(h: &Harness) -> Result<()> {
    let (all, lane) = subscribed(h, |_| {})?;
    let (orders, _) = subscribed(h, |one| one.event_types = patterns(&["order.*"]))?;
    let (users, _) = subscribed(h, |one| one.event_types = patterns(&["user.*", "*.deleted"]))?;
    let (rich, _) = subscribed(h, |one| {
        let above =
            Condition { pointer: "/total".to_owned(), greater: Some(99.into()), ..Condition::default() };
        one.filter = Some(EventFilter::new(vec![above]).unwrap());
    })?;
    let (other, _) = subscribed(h, |one| one.tenant = Some("other".to_owned()))?;
    let ids = |receipt: &EventReceipt| -> Vec<EndpointId> {
        receipt.messages.iter().map(|message| message.endpoint_id).collect()
    };
    let sent = send(h, acme("order.created", r#"{"total": 100}"#))?;
    assert_eq!((sent.matched, ids(&sent)), (Some(3), vec![all, orders, rich]));
    assert_eq!(ids(&send(h, acme("order.deleted", r#"{"total": 1}"#))?), [all, orders, users]);
    assert_eq!(ids(&send(h, acme("user", "[]"))?), [all]);
    let foreign = NewEvent { tenant: Some("other".to_owned()), ..event("order.created", "{}") };
    assert_eq!(ids(&send(h, foreign)?), [other]);

    // The deliveries say the type, and share the payload.
    let due = h.refill(all_of(lane), now())?;
    let first = &due.messages[0];
    assert_eq!(first.id, sent.messages[0].message_id);
    let of_event = first.event.as_ref().expect("it is of an event");
    assert_eq!((of_event.id, of_event.event_type.as_str()), (sent.event_id, "order.created"));
    assert_eq!(first.payload.as_ref(), br#"{"total": 100}"#);
    let found = h.find(&first.id)?.message;
    assert_eq!((found.event_id, found.event_type.as_deref()), (Some(sent.event_id), Some("order.created")));
    let kept = h.outbox.payload(&first.id)?.and_then(|(_, payload)| payload).expect("it is kept");
    assert_eq!(kept.body.as_ref(), br#"{"total": 100}"#);

    // An endpoint that changes is asked as it is then; a deleted one is not.
    let settings =
        EndpointSettings { event_types: Some(patterns(&["user.*"])), ..EndpointSettings::default() };
    h.outbox.change_endpoint(&orders, EndpointChange::Update(Box::new(settings)))?;
    h.outbox.change_endpoint(&all, EndpointChange::Delete)?;
    assert_eq!(ids(&send(h, acme("order.created", r#"{"total": 100}"#))?), [rich]);
    // And so it is in another process.
    let elsewhere = h.store.elsewhere()?;
    let answers = elsewhere.accept_events_now(vec![Ok(acme("user.created", "{}"))], Caller::MayWait)?;
    assert_eq!(ids(answers[0].as_ref().unwrap()), [orders, users]);
    h.outbox.change_endpoint(&orders, EndpointChange::Delete)?;
    let answers = elsewhere.accept_events_now(vec![Ok(acme("user.created", "{}"))], Caller::MayWait)?;
    assert_eq!(ids(answers[0].as_ref().unwrap()), [users]);
    Ok(())
}

/// However many there are, each message is the one that its receipt says, in the store and in the delivery loop.
pub(crate) fn each_message_of_an_event_is_for_the_endpoint_that_its_receipt_names(h: &Harness) -> Result<()> {
    for count in [1, 2, 3, 7, 8, 9, 11, 19] {
        let tenant = format!("of-{count}");
        let mut endpoints = Vec::new();
        for _ in 0..count {
            endpoints.push(subscribed(h, |one| one.tenant = Some(tenant.clone()))?);
        }
        h.heard()?;
        let more = |event: NewEvent| NewEvent { tenant: Some(tenant.clone()), ..event };
        let now_due = send(h, more(event("order.created", "{}")))?;
        let timing = Timing { deliver_at: Some(later(60_000)), expires_at: Some(later(90_000)) };
        let scheduled = send(h, more(NewEvent { timing, ..event("order.created", "[]") }))?;
        for (receipt, at, deliver_at) in
            [(&now_due, now(), None), (&scheduled, later(60_001), timing.deliver_at)]
        {
            let named: Vec<EndpointId> = receipt.messages.iter().map(|one| one.endpoint_id).collect();
            assert_eq!(named, endpoints.iter().map(|(id, _)| *id).collect::<Vec<_>>());
            for (sent, (id, lane)) in receipt.messages.iter().zip(&endpoints) {
                let found = h.find(&sent.message_id)?;
                assert_eq!((found.lane, found.message.endpoint_id), (*lane, *id));
                assert_eq!(
                    (found.message.deliver_at, found.message.event_id),
                    (deliver_at, Some(receipt.event_id))
                );
                let due = h.refill(all_of(*lane), at)?.messages;
                let due = due.iter().find(|one| one.id == sent.message_id).expect("it is due");
                assert_eq!((due.key, due.timing.deliver_at), (found.key, deliver_at));
            }
        }
    }
    Ok(())
}

pub(crate) fn an_event_that_nobody_wants_is_kept(h: &Harness) -> Result<()> {
    let lonely = NewEvent { tenant: Some("nobody".to_owned()), ..event("order.created", "{}") };
    let sent = send(h, lonely)?;
    assert_eq!((sent.matched, sent.messages.len()), (Some(0), 0));
    let found = h.outbox.event(&sent.event_id)?.expect("it is kept");
    assert_eq!((found.matched, found.has_payload, found.tenant.as_deref()), (0, true, Some("nobody")));
    assert_eq!(h.outbox.event(&EventId::generate().unwrap())?, None);
    Ok(())
}

pub(crate) fn an_idempotency_key_names_the_first_event_of_its_tenant(h: &Harness) -> Result<()> {
    subscribed(h, |_| {})?;
    let once =
        |name: &str, payload: &str| NewEvent { idempotency_key: Some("k".to_owned()), ..acme(name, payload) };
    let first = send(h, once("order.created", "{}"))?;
    assert_eq!(send(h, once("order.created", "{}"))?, first);
    let refused = refusal(send(h, once("order.created", "[]")))?;
    assert_eq!(refused, ErrorCode::IdempotencyMismatch);
    assert_eq!(refusal(send(h, once("order.changed", "{}")))?, ErrorCode::IdempotencyMismatch);
    for tenant in [None, Some("other".to_owned())] {
        let other = send(h, NewEvent { tenant, ..once("order.created", "{}") })?;
        assert_ne!(other.event_id, first.event_id);
    }
    let answers = h.outbox.accept_events_now(
        vec![
            Ok(NewEvent { idempotency_key: Some("b".to_owned()), ..acme("a", "1") }),
            Err(Error::new(ErrorCode::InvalidRequest, "refused before")),
            Ok(NewEvent { idempotency_key: Some("b".to_owned()), ..acme("a", "1") }),
        ],
        Caller::MayCommit,
    )?;
    let ids: Vec<_> = answers.iter().map(|answer| answer.as_ref().map(|one| one.event_id).ok()).collect();
    assert!(ids[0].is_some() && ids[0] == ids[2] && ids[1].is_none(), "{ids:?}");
    Ok(())
}

pub(crate) fn an_event_whose_commit_fails_was_not_accepted(h: &Harness) -> Result<()> {
    subscribed(h, |one| one.tenant = Some("failing".to_owned()))?;
    let refused = || NewEvent { tenant: Some("failing".to_owned()), ..event("a.b", "{}") };
    let lost = refused();
    let id = lost.id;
    h.refused(|| send(h, lost));
    assert_eq!(h.outbox.event(&id)?, None);
    // An endpoint whose making failed is not among those that want the next event.
    let made = Endpoint { tenant: Some("failing".to_owned()), ..endpoint() };
    h.refused(|| h.outbox.create_endpoint(made, key("whsec_x")));
    assert_eq!(send(h, refused())?.matched, Some(1));
    Ok(())
}

pub(crate) fn a_shared_payload_goes_with_the_last_message_that_needs_it(h: &Harness) -> Result<()> {
    subscribed(h, |_| {})?;
    subscribed(h, |_| {})?;
    let sent = send(h, NewEvent { retention_hours: Some(0), ..acme("a.b", r#"{"x":1}"#) })?;
    let [first, second] = [sent.messages[0].message_id, sent.messages[1].message_id];
    let delivered = |id| -> Result<bool> {
        let found = h.find(&id)?;
        h.record(crate::outbox::ended::EndedAttempt {
            drop_payload: true,
            ..ended(&found, 1, Verdict::Succeeded)
        })
    };
    delivered(first)?;
    assert!(h.find(&first)?.message.payload_expires_at.is_none(), "its own is gone");
    assert!(h.outbox.payload(&first)?.is_some_and(|(_, payload)| payload.is_none()));
    assert!(h.outbox.payload(&second)?.is_some_and(|(_, payload)| payload.is_some()));
    assert!(h.outbox.event(&sent.event_id)?.is_some_and(|event| event.has_payload));
    h.change(&second, MessageCommand::Delete { by: None })?;
    assert!(h.outbox.event(&sent.event_id)?.is_some_and(|event| !event.has_payload));
    // A message of its own has its own.
    let alone = send(h, acme("a.b", "{}"))?;
    h.change(&alone.messages[0].message_id, MessageCommand::Delete { by: None })?;
    assert!(h.outbox.event(&alone.event_id)?.is_some_and(|event| event.has_payload));
    Ok(())
}

pub(crate) fn events_are_listed_newest_first_by_pages(h: &Harness) -> Result<()> {
    subscribed(h, |_| {})?;
    subscribed(h, |_| {})?;
    let mut sent = Vec::new();
    for number in 0..7 {
        let name = if number % 2 == 0 { "even.one" } else { "odd.one" };
        sent.insert(0, send(h, acme(name, "{}"))?);
    }
    send(h, event("even.one", "{}"))?;
    let all = |sought: SoughtEvents| -> Result<Vec<EventId>> {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = h.outbox.events(&sought, after, 3)?;
            assert!(page.len() <= 3);
            listed.extend(page.into_iter().map(|event| event.event_id));
            after = next;
            if after.is_none() {
                return Ok(listed);
            }
        }
    };
    let acme_only = SoughtEvents { tenant: Some("acme".to_owned()), ..SoughtEvents::default() };
    let wanted: Vec<EventId> = sent.iter().map(|one| one.event_id).collect();
    assert_eq!(all(acme_only.clone())?, wanted);
    let odd = SoughtEvents { event_type: Some("odd.one".to_owned()), ..acme_only.clone() };
    assert_eq!(all(odd)?.len(), 3);
    let future = SoughtEvents { created_from: Some(later(60_000)), ..acme_only };
    assert!(all(future)?.is_empty());
    let newest = &sent[0];
    let (page, next) = h.outbox.event_messages(&newest.event_id, None, 1)?;
    assert_eq!(page[0].message_id, newest.messages[0].message_id);
    let (page, next) = h.outbox.event_messages(&newest.event_id, next, 1)?;
    assert_eq!((page[0].message_id, next), (newest.messages[1].message_id, None));
    Ok(())
}

pub(crate) fn what_an_endpoint_has_missed_is_made_up(h: &Harness) -> Result<()> {
    let (early, _) = subscribed(h, |_| {})?;
    let first = send(h, acme("order.created", r#"{"n":1}"#))?;
    let second = send(h, acme("order.created", r#"{"n":2}"#))?;
    send(h, acme("user.created", "{}"))?;
    send(h, event("order.created", "{}"))?;
    let (late, lane) = subscribed(h, |one| one.event_types = patterns(&["order.*"]))?;
    let third = send(h, acme("order.created", r#"{"n":3}"#))?;
    assert_eq!(third.matched, Some(2));
    let every = SoughtEvents::default();
    let missed = h.outbox.missed(&late, &every, None, 10)?;
    let ids: Vec<EventId> = missed.events.iter().map(|(_, id)| *id).collect();
    assert_eq!((ids, missed.next), (vec![first.event_id, second.event_id], None));
    assert!(
        h.outbox
            .missed(&early, &SoughtEvents { tenant: Some("acme".to_owned()), ..every.clone() }, None, 10)?
            .events
            .is_empty()
    );
    // By pages too.
    let page = h.outbox.missed(&late, &every, None, 1)?;
    assert_eq!(page.events.len(), 1);
    let rest = h.outbox.missed(&late, &every, page.next, 1)?;
    assert_eq!(rest.events[0].1, second.event_id);

    let keys = missed.events.iter().map(|(key, _)| *key).collect::<Vec<_>>();
    let made = h.outbox.make_up(&late, keys.clone(), 60_000)?;
    assert_eq!(made.len(), 2);
    let due = h.refill(all_of(lane), now())?;
    let due_ids: Vec<_> = due.messages.iter().map(|message| message.id).collect();
    assert!(due_ids.contains(&made[0]) && !due_ids.contains(&made[1]), "they are spread");
    assert_eq!(h.find(&made[0])?.message.event_id, Some(first.event_id));
    // None is made twice.
    assert!(h.outbox.make_up(&late, keys, 0)?.is_empty());
    assert!(h.outbox.missed(&late, &every, None, 10)?.events.is_empty());
    let unknown = EndpointId::generate().unwrap();
    assert_eq!(refusal(h.outbox.missed(&unknown, &every, None, 10))?, ErrorCode::EndpointNotFound);
    assert_eq!(refusal(h.outbox.make_up(&unknown, Vec::new(), 0))?, ErrorCode::EndpointNotFound);
    Ok(())
}

pub(crate) fn the_catalogue_has_each_type_once(h: &Harness) -> Result<()> {
    let entry = |name: &str| EventTypeEntry {
        name: named(name),
        description: Some("orders".to_owned()),
        schema: Some(serde_json::json!({"type": "object"})),
        example: None,
        deprecated: false,
        created_at: now(),
        updated_at: now(),
    };
    for name in ["b.two", "a.one", "c.three"] {
        h.outbox.add_event_type(entry(name))?;
    }
    assert_eq!(refusal(h.outbox.add_event_type(entry("a.one")))?, ErrorCode::AlreadyExists);
    let names = |entries: &[EventTypeEntry]| -> Vec<String> {
        entries.iter().map(|entry| entry.name.to_string()).collect()
    };
    let (page, more) = h.outbox.event_types(None, 2)?;
    assert_eq!((names(&page), more), (vec!["a.one".to_owned(), "b.two".to_owned()], true));
    let (page, more) = h.outbox.event_types(Some("b.two"), 2)?;
    assert_eq!((names(&page), more), (vec!["c.three".to_owned()], false));
    let change = EventTypeChange {
        schema: Some(None),
        deprecated: Some(true),
        example: Some(Some(serde_json::json!({"id": 1}))),
        ..EventTypeChange::default()
    };
    let changed = h.outbox.change_event_type(&named("a.one"), change)?;
    assert!(changed.deprecated && changed.schema.is_none() && changed.description.is_some());
    assert_eq!(h.outbox.event_type(&named("a.one"))?.as_ref(), Some(&changed));
    h.outbox.delete_event_type(&named("a.one"))?;
    assert_eq!(h.outbox.event_type(&named("a.one"))?, None);
    for gone in [
        code(h.outbox.delete_event_type(&named("a.one"))),
        code(h.outbox.change_event_type(&named("a.one"), EventTypeChange::default())),
    ] {
        match gone {
            Err(ErrorCode::StorageUnavailable) => {
                return Err(Error::new(ErrorCode::StorageUnavailable, "a call failed"));
            }
            other => assert_eq!(other, Err(ErrorCode::NotFound)),
        }
    }
    Ok(())
}
