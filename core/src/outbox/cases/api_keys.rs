//! The API keys.

use super::harness::*;
use crate::error::Result;
use crate::model::api_key::{ApiKey, ApiKeyScope};
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::StoredApiKey;
use crate::outbox::command::{EndpointChange, MessageCommand};

pub(super) fn api_key(sha256: u8) -> StoredApiKey {
    let listed = ApiKey {
        key_id: ApiKeyId::generate().unwrap(),
        label: "door".to_owned(),
        prefix: "hb_live_abc".to_owned(),
        scope: Some(if sha256 == 2 { ApiKeyScope::Read } else { ApiKeyScope::Full }),
        created_at: now(),
        last_used_at: None,
    };
    StoredApiKey { sha256: [sha256; 32], listed }
}

fn listed(h: &Harness) -> Result<Vec<ApiKey>> {
    Ok(h.outbox.api_keys()?.into_iter().map(|key| key.listed).collect())
}

pub(super) fn a_key_is_added_once(h: &Harness) -> Result<()> {
    assert!(!h.outbox.has_api_keys()? && h.outbox.api_keys()?.is_empty());
    let (first, second) = (api_key(1), api_key(2));
    assert_eq!(h.outbox.add_api_key(first.clone())?, first.listed.key_id);
    assert_eq!(h.outbox.add_api_key(second.clone())?, second.listed.key_id);
    assert_eq!(h.outbox.add_api_key(first.clone())?, first.listed.key_id);
    // A key that is added again under another id is unchanged.
    assert_eq!(h.outbox.add_api_key(api_key(1))?, first.listed.key_id);
    assert!(h.outbox.has_api_keys()?);
    assert_eq!(listed(h)?, [first.listed, second.listed]);
    assert_eq!(h.outbox.api_keys()?[1].sha256, [2; 32]);
    Ok(())
}

pub(super) fn a_key_is_deleted_once(h: &Harness) -> Result<()> {
    let (first, second) = (api_key(1), api_key(2));
    h.outbox.add_api_key(first.clone())?;
    h.outbox.add_api_key(second.clone())?;
    assert!(h.outbox.delete_api_key(first.listed.key_id)?);
    assert!(!h.outbox.delete_api_key(first.listed.key_id)?);
    assert_eq!(listed(h)?, [second.listed]);
    assert_eq!(h.outbox.add_api_key(first.clone())?, first.listed.key_id);
    Ok(())
}

pub(super) fn the_last_use_of_a_key_never_goes_back(h: &Harness) -> Result<()> {
    let key = api_key(1);
    h.outbox.add_api_key(key.clone())?;
    let used = |at: i64| -> Result<Option<Timestamp>> {
        h.outbox.api_key_used(key.listed.key_id, Timestamp::from_millis(at));
        // The write is not waited for; it is done at the latest with the next.
        h.heard()?;
        Ok(listed(h)?[0].last_used_at)
    };
    assert_eq!(used(2_000)?, Some(Timestamp::from_millis(2_000)));
    assert_eq!(used(1_000)?, Some(Timestamp::from_millis(2_000)));
    assert_eq!(used(3_000)?, Some(Timestamp::from_millis(3_000)));
    h.outbox.api_key_used(ApiKeyId::generate()?, now());
    h.heard()?;
    Ok(())
}

pub(super) fn the_revision_rises_with_edits_alone(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let found = h.message_in(endpoint, State::Slow)?;
    let key = api_key(1);
    let mut last = h.outbox.revision()?;
    let mut rises = |what: &str| -> Result<()> {
        let now = h.outbox.revision()?;
        assert!(now > last, "{what}");
        last = now;
        Ok(())
    };
    h.outbox.add_api_key(key.clone())?;
    rises("a key that was added")?;
    h.outbox.delete_api_key(key.listed.key_id)?;
    rises("a key that was deleted")?;
    h.outbox.change_endpoint(&endpoint, EndpointChange::Pause)?;
    rises("an endpoint that was changed")?;
    h.change(&found.message.id, MessageCommand::RetryNow)?;
    rises("a message that was changed")?;
    h.outbox.delete_api_key(key.listed.key_id)?;
    h.send(message(endpoint))?;
    h.record(ended(&h.find(&found.message.id)?, 2, crate::outbox::ended::Verdict::Succeeded))?;
    assert_eq!(h.outbox.revision()?, last, "nothing was edited");
    Ok(())
}
