//! The endpoints and their signing keys.

use super::harness::*;
use crate::error::{ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::ids::{EndpointId, SigningKeyId};
use crate::outbox::command::{EndpointChange, EndpointSettings, KeyChange, MessageCommand};
use crate::outbox::ended::Verdict;
use crate::outbox::link::Notice;
use crate::outbox::rows::LaneKey;

fn changes() -> [EndpointChange; 3] {
    let settings = EndpointSettings { description: Some(Some("orders".to_owned())), ..Default::default() };
    [EndpointChange::Update(Box::new(settings)), EndpointChange::Pause, EndpointChange::Resume]
}

fn told_of(h: &Harness, lane: LaneKey) -> Result<()> {
    let heard = h.heard()?;
    assert!(matches!(heard[..], [Notice::EndpointChanged(changed)] if changed == lane), "{heard:?}");
    Ok(())
}

pub(super) fn endpoints_are_listed_newest_first_by_pages(h: &Harness) -> Result<()> {
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(h.endpoint()?.0);
    }
    h.outbox.change_endpoint(&made.remove(2), EndpointChange::Delete)?;
    made.reverse();
    for limit in 1..=6 {
        let (mut listed, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let (page, next) = h.outbox.endpoints(None, after, limit)?;
            assert!(page.len() <= limit);
            listed.extend(page.into_iter().map(|endpoint| endpoint.id));
            pages += 1;
            after = next;
            if after.is_none() {
                break;
            }
        }
        // The harness has an endpoint of its own, which is the oldest.
        assert_eq!((listed.len(), pages), (5, 5_usize.div_ceil(limit)), "{limit}");
        assert_eq!(listed[..4], made, "{limit}");
    }
    Ok(())
}

pub(super) fn an_endpoint_is_changed_and_the_loop_is_told(h: &Harness) -> Result<()> {
    let made = endpoint();
    let id = made.id;
    h.outbox.create_endpoint(made.clone(), key("whsec_first"))?;
    let Notice::EndpointChanged(lane) = h.next() else { panic!("not told") };
    assert_eq!(h.outbox.endpoint(&id)?, Some(made));
    for change in changes() {
        for time in ["first", "second"] {
            let before = h.outbox.endpoint(&id)?.expect("an endpoint");
            let changed = h.outbox.change_endpoint(&id, change.clone())?.endpoint;
            told_of(h, lane)?;
            let wanted = change.decide(&before, changed.updated_at);
            assert_eq!(Some(&changed), wanted.as_ref(), "{change:?}, {time}");
            assert_eq!(h.outbox.endpoint(&id)?, wanted, "{change:?}, {time}");
            assert!(changed.updated_at >= before.updated_at);
        }
    }
    Ok(())
}

pub(super) fn a_deleted_endpoint_is_unknown_and_delivers_on(h: &Harness) -> Result<()> {
    let (id, lane) = h.endpoint()?;
    h.send(message(id))?;
    h.outbox.change_endpoint(&id, EndpointChange::Pause)?;
    h.heard()?;
    let was = h.outbox.endpoint(&id)?;
    let deleted = h.outbox.change_endpoint(&id, EndpointChange::Delete)?;
    assert_eq!((Some(deleted.endpoint), deleted.messages_released), (was, 0));
    told_of(h, lane)?;
    assert_eq!(h.outbox.endpoint(&id)?, None);
    assert!(h.outbox.endpoints(None, None, 10)?.0.iter().all(|endpoint| endpoint.id != id));
    for id in [id, EndpointId::from_bytes([9; 16])] {
        for change in changes().into_iter().chain([EndpointChange::Delete]) {
            let refused = h.outbox.change_endpoint(&id, change);
            assert_eq!(refusal(refused)?, ErrorCode::EndpointNotFound);
        }
    }
    assert!(h.heard()?.is_empty());
    let mut paused = None;
    h.outbox.lanes(&[lane], &mut |_, stored| paused = stored.map(|stored| stored.endpoint.paused))?;
    assert_eq!(paused, Some(false), "what it had accepted goes out");
    assert_eq!(h.refill(all_of(lane), now())?.messages.len(), 1);
    Ok(())
}

pub(super) fn a_resume_counts_what_it_lets_go(h: &Harness) -> Result<()> {
    let (id, _) = h.endpoint()?;
    let (other, _) = h.endpoint()?;
    let resume =
        || h.outbox.change_endpoint(&id, EndpointChange::Resume).map(|changed| changed.messages_released);
    for state in State::ALL {
        h.message_in(id, state)?;
        h.message_in(other, state)?;
    }
    let due = h.message_in(id, State::Queued)?;
    let at = later(-10);
    h.record(ended(&due, 1, Verdict::RetryAt { at, kind: RetryType::Slow }))?;
    assert_eq!(resume()?, 0, "it was not paused");
    h.outbox.change_endpoint(&id, EndpointChange::Pause)?;
    let retried = h.message_in(id, State::Fast)?.message.id;
    h.change(&retried, MessageCommand::RetryNow)?;
    assert_eq!(resume()?, 3, "one queued, one retry that is due and one that was made due");
    assert_eq!(resume()?, 0);
    Ok(())
}

pub(super) fn signing_keys_are_one_or_two(h: &Harness) -> Result<()> {
    let (id, lane) = h.endpoint()?;
    let ids = |id: &EndpointId| -> Result<Vec<SigningKeyId>> {
        Ok(h.outbox.signing_keys(id)?.iter().map(|key| key.id).collect())
    };
    let first = ids(&id)?[0];
    let change = |change: KeyChange| h.outbox.change_signing_keys(&id, change);
    let delete = |id| KeyChange::Delete(Some(id));
    assert_eq!(refusal(change(delete(first)))?, ErrorCode::CannotDeleteLastSigningKey);
    assert_eq!(refusal(change(KeyChange::Delete(None)))?, ErrorCode::NotFound);
    let second = key("whsec_second");
    change(KeyChange::Create(second.clone()))?;
    told_of(h, lane)?;
    assert_eq!(ids(&id)?, [first, second.id]);
    assert_eq!(h.outbox.signing_keys(&id)?[1].secret, second.secret);
    assert_eq!(refusal(change(KeyChange::Create(key("whsec_third"))))?, ErrorCode::MaxSigningKeysReached);
    assert!(h.heard()?.is_empty(), "a refusal is no change");
    change(delete(first))?;
    told_of(h, lane)?;
    assert_eq!(ids(&id)?, [second.id]);
    assert_eq!(refusal(change(delete(first)))?, ErrorCode::NotFound);
    h.outbox.change_endpoint(&id, EndpointChange::Delete)?;
    assert_eq!(refusal(ids(&id))?, ErrorCode::EndpointNotFound);
    assert_eq!(refusal(change(delete(second.id)))?, ErrorCode::EndpointNotFound);
    Ok(())
}
