//! Lists of messages.

use super::harness::*;
use crate::error::{ErrorCode, Result};
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::outbox::NewMessage;
use crate::outbox::command::EndpointChange;
use crate::outbox::ended::Verdict;
use crate::outbox::messages::{Filter, Order};

/// Reads every page. Returns the messages and the number of pages.
fn walk(h: &Harness, filter: &Filter, order: Order, limit: usize) -> Result<(Vec<MessageId>, usize)> {
    let (mut all, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let listing = h.outbox.page(filter, order, after, limit)?;
        assert!(listing.messages.len() <= limit);
        pages += 1;
        all.extend(listing.messages.iter().map(|(_, summary)| summary.message_id));
        match listing.next {
            Some(next) => assert_ne!(after.replace(next), Some(next), "a page goes on"),
            None => return Ok((all, pages)),
        }
    }
}

/// Lists in both orders, which must find the same messages.
fn found(h: &Harness, filter: &Filter) -> Result<Vec<MessageId>> {
    let (oldest_first, _) = walk(h, filter, Order::OldestFirst, 2)?;
    let (mut newest_first, _) = walk(h, filter, Order::NewestFirst, 3)?;
    newest_first.reverse();
    assert_eq!(newest_first, oldest_first, "{filter:?}");
    Ok(oldest_first)
}

fn send_many(h: &Harness, endpoint: EndpointId, count: usize) -> Result<Vec<MessageId>> {
    let batch: Vec<NewMessage> = (0..count).map(|_| message(endpoint)).collect();
    let ids = batch.iter().map(|message| message.id).collect();
    h.outbox.accept_batch(batch.into_iter().map(Ok).collect())?;
    Ok(ids)
}

pub(super) fn pages_hold_every_message_once_in_either_order(h: &Harness) -> Result<()> {
    let all = Filter::default();
    assert_eq!(walk(h, &all, Order::NewestFirst, 10)?, (Vec::new(), 1));
    let (endpoint, _) = h.endpoint()?;
    let ids = send_many(h, endpoint, 7)?;
    for limit in 1..=8 {
        let (oldest_first, pages) = walk(h, &all, Order::OldestFirst, limit)?;
        assert_eq!((oldest_first, pages), (ids.clone(), ids.len().div_ceil(limit)), "{limit}");
        let (mut newest_first, pages) = walk(h, &all, Order::NewestFirst, limit)?;
        newest_first.reverse();
        assert_eq!((newest_first, pages), (ids.clone(), ids.len().div_ceil(limit)), "{limit}");
    }
    let listing = h.outbox.page(&all, Order::NewestFirst, None, 1)?;
    let (key, summary) = &listing.messages[0];
    let found = h.find(&ids[6])?;
    assert_eq!((*key, summary.message_id), (found.key, found.message.id));
    assert_eq!((&*summary.endpoint, summary.status), ("https://example.com/hooks", MessageStatus::Queued));
    assert_eq!((summary.created_at, summary.attempt_count), (found.message.created_at, 0));
    Ok(())
}

pub(super) fn a_filter_takes_what_it_names(h: &Harness) -> Result<()> {
    let ((one, _), (other, _)) = (h.endpoint()?, h.endpoint()?);
    let mut by_state = Vec::new();
    for state in State::ALL {
        by_state.push((h.message_in(one, state)?.message, h.message_in(other, state)?.message));
    }
    let of = |endpoint: Option<EndpointId>, statuses: &[MessageStatus], without_deleted: bool| Filter {
        endpoint,
        statuses: statuses.to_vec(),
        without_deleted,
        ..Filter::default()
    };
    let statuses = [
        vec![],
        vec![MessageStatus::Queued],
        vec![MessageStatus::PendingRetry],
        vec![MessageStatus::Succeeded],
        vec![MessageStatus::FailedPermanent],
        vec![MessageStatus::Delivering],
        vec![MessageStatus::Succeeded, MessageStatus::Queued],
        vec![MessageStatus::FailedPermanent, MessageStatus::PendingRetry],
    ];
    for endpoint in [None, Some(one), Some(other)] {
        for statuses in &statuses {
            for without_deleted in [false, true] {
                let messages = by_state.iter().flat_map(|(ours, theirs)| [ours, theirs]);
                let wanted: Vec<_> = messages
                    .filter(|message| endpoint.is_none_or(|endpoint| message.endpoint_id == endpoint))
                    .filter(|message| statuses.is_empty() || statuses.contains(&message.status))
                    .filter(|message| !without_deleted || message.deleted_at.is_none())
                    .map(|message| message.id)
                    .collect();
                let filter = of(endpoint, statuses, without_deleted);
                assert_eq!(found(h, &filter)?, wanted, "{filter:?}");
            }
        }
    }
    for endpoint in [one, EndpointId::from_bytes([9; 16])] {
        h.outbox.change_endpoint(&one, EndpointChange::Delete).or_else(|error| match error.code() {
            ErrorCode::EndpointNotFound => Ok(crate::outbox::endpoints::ChangedEndpoint {
                endpoint: super::harness::endpoint(),
                messages_released: 0,
            }),
            _ => Err(error),
        })?;
        let listing = h.outbox.page(&of(Some(endpoint), &[], false), Order::NewestFirst, None, 1);
        assert_eq!(refusal(listing)?, ErrorCode::EndpointNotFound);
    }
    // The range is of acceptance times: the first is in it, the second is not.
    let second = by_state[2].0.created_at;
    let from = Filter { created_from: Some(second), ..Filter::default() };
    let before = Filter { created_before: Some(second), ..Filter::default() };
    let (mut whole, behind) = (found(h, &before)?, found(h, &from)?);
    assert!(!behind.is_empty() && behind.contains(&by_state[2].0.id) && !whole.contains(&by_state[2].0.id));
    whole.extend(behind);
    assert_eq!(whole, found(h, &Filter::default())?);
    let never = Filter { created_from: Some(later(86_400_000)), ..Filter::default() };
    assert!(found(h, &never)?.is_empty());
    Ok(())
}

pub(super) fn a_page_may_be_of_named_messages(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let ids = send_many(h, endpoint, 6)?;
    let mut keys = Vec::new();
    for id in &ids {
        keys.push(h.find(id)?.key);
    }
    let among = |keys: Vec<_>| Filter { delivering: Some(keys), ..Filter::default() };
    assert_eq!(found(h, &among(vec![keys[1], keys[4], keys[5]]))?, [ids[1], ids[4], ids[5]]);
    assert!(found(h, &among(Vec::new()))?.is_empty());
    h.record(ended(&h.find(&ids[1])?, 1, Verdict::Dead))?;
    // One that waits no more is not being delivered, and other statuses may stand beside.
    assert_eq!(found(h, &among(vec![keys[1], keys[4]]))?, [ids[4]]);
    let dead_too = Filter { statuses: vec![MessageStatus::FailedPermanent], ..among(vec![keys[4]]) };
    assert_eq!(found(h, &dead_too)?, [ids[1], ids[4]]);
    let only = |key| Filter { only: Some(key), ..Filter::default() };
    assert_eq!((found(h, &only(keys[1]))?, found(h, &only(keys[5]))?), (vec![ids[1]], vec![ids[5]]));
    Ok(())
}

pub(super) fn a_page_looks_at_a_bounded_number(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let looked_at = h.store.looked_at();
    let first = h.message_in(endpoint, State::Succeeded)?.message.id;
    send_many(h, endpoint, looked_at)?;
    let last = h.message_in(endpoint, State::Succeeded)?.message.id;
    let filter = Filter { statuses: vec![MessageStatus::Succeeded], ..Filter::default() };
    for (order, wanted) in [(Order::NewestFirst, [last, first]), (Order::OldestFirst, [first, last])] {
        let page = h.outbox.page(&filter, order, None, 10)?;
        assert_eq!(page.messages.len(), 1, "{order:?}");
        assert!(page.next.is_some(), "{order:?}: there is more");
        let (ids, pages) = walk(h, &filter, order, 10)?;
        assert_eq!((ids, pages), (wanted.to_vec(), 2), "{order:?}");
    }
    Ok(())
}

pub(super) fn what_comes_between_two_pages_is_not_lost(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let ids = send_many(h, endpoint, 4)?;
    let all = Filter::default();
    let oldest = h.outbox.page(&all, Order::OldestFirst, None, 2)?;
    let newest = h.outbox.page(&all, Order::NewestFirst, None, 2)?;
    let late = h.send(message(endpoint))?;
    let rest = |order, after| -> Result<Vec<MessageId>> {
        let page = h.outbox.page(&all, order, after, 10)?;
        Ok(page.messages.iter().map(|(_, summary)| summary.message_id).collect())
    };
    assert_eq!(rest(Order::OldestFirst, oldest.next)?, [ids[2], ids[3], late]);
    assert_eq!(rest(Order::NewestFirst, newest.next)?, [ids[1], ids[0]]);
    // A cursor at a message that is gone still works.
    let gone = oldest.messages[1].0;
    h.store.drop_message(gone)?;
    assert_eq!(rest(Order::OldestFirst, oldest.next)?, [ids[2], ids[3], late]);
    Ok(())
}

pub(super) fn dead_letters_are_read_newest_first(h: &Harness) -> Result<()> {
    let ((one, _), (other, _)) = (h.endpoint()?, h.endpoint()?);
    let mut dead = Vec::new();
    for _ in 0..3 {
        h.message_in(one, State::Succeeded)?;
        dead.push(h.message_in(one, State::Dead)?.message);
        dead.push(h.message_in(other, State::Dead)?.message);
    }
    h.change(
        &dead.pop().expect("a message").id,
        crate::outbox::command::MessageCommand::Delete { by: None },
    )?;
    dead.reverse();
    for endpoint in [None, Some(one), Some(other)] {
        let wanted: Vec<_> =
            dead.iter().filter(|message| endpoint.is_none_or(|of| of == message.endpoint_id)).collect();
        for limit in 1..=4 {
            let (mut found, mut after, mut calls) = (Vec::new(), None, 0);
            loop {
                after = h.outbox.dead_letters(endpoint.as_ref(), after, limit, &mut |one| found.push(one))?;
                calls += 1;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(calls, wanted.len().div_ceil(limit), "{limit}");
            let ids: Vec<_> = found.iter().map(|one| (one.message_id, one.endpoint_id)).collect();
            assert_eq!(ids, wanted.iter().map(|one| (one.id, one.endpoint_id)).collect::<Vec<_>>());
            for (letter, message) in found.iter().zip(&wanted) {
                assert_eq!(Some(letter.failed_at), message.failed_at);
                assert_eq!(
                    (&letter.last_error, letter.response_status),
                    (&message.last_error, message.response_status)
                );
                assert_eq!(letter.endpoint, "https://example.com/hooks");
            }
        }
    }
    let unknown = EndpointId::from_bytes([9; 16]);
    assert_eq!(
        refusal(h.outbox.dead_letters(Some(&unknown), None, 1, &mut |_| {}))?,
        ErrorCode::EndpointNotFound
    );
    Ok(())
}

pub(super) fn what_is_due_before_a_message_is_counted(h: &Harness) -> Result<()> {
    let ((one, _), (other, _)) = (h.endpoint()?, h.endpoint()?);
    let ids = send_many(h, one, 3)?;
    send_many(h, other, 3)?;
    let ahead = |id: &MessageId, at, most| -> Result<u64> { h.outbox.ahead(&h.find(id)?, at, most) };
    for (place, id) in ids.iter().enumerate() {
        assert_eq!(ahead(id, now(), 100)?, place as u64);
    }
    assert_eq!(ahead(&ids[2], now(), 1)?, 1, "no more than is asked for");
    // A retry whose time has come goes before the fresh ones, and one whose time has not come goes before none.
    let retried = h.message_in(one, State::Slow)?.message;
    let due = retried.next_attempt_at.expect("a retry").plus(std::time::Duration::from_secs(1));
    assert_eq!((ahead(&ids[2], now(), 100)?, ahead(&ids[2], due, 100)?), (2, 3));
    assert_eq!(ahead(&retried.id, due, 100)?, 0);
    assert_eq!(ahead(&h.message_in(one, State::Succeeded)?.message.id, due, 100)?, 0);
    Ok(())
}
