//! What callers changed.

use super::harness::*;
use crate::error::Result;
use crate::model::activity::Activity;
use crate::model::ids::{ApiKeyId, EndpointId, MessageId};

fn activity(operation: &str) -> Activity {
    Activity {
        activity_id: 0,
        occurred_at: now(),
        operation: operation.to_owned(),
        api_key_id: ApiKeyId::from_bytes([7; 16]),
        api_key_label: "door".to_owned(),
        api_key_prefix: "hb_live_abc".to_owned(),
        endpoint_id: None,
        message_id: None,
        affected: 1,
        detail: None,
    }
}

pub(super) fn activity_is_listed_newest_first_by_pages(h: &Harness) -> Result<()> {
    assert_eq!(h.outbox.activities(None, 10)?, (Vec::new(), None));
    let whole = Activity {
        endpoint_id: Some(EndpointId::from_bytes([1; 16])),
        message_id: Some(MessageId::from_bytes([2; 16])),
        affected: 25_000,
        detail: Some(r#"{"status":"failed_permanent"}"#.to_owned()),
        ..activity("messages.replay_all")
    };
    for added in [activity("endpoints.pause"), whole.clone(), activity("api_keys.create")] {
        h.outbox.add_activity(added)?;
    }
    let (first, next) = h.outbox.activities(None, 2)?;
    assert_eq!(
        first.iter().map(|found| found.operation.as_str()).collect::<Vec<_>>(),
        ["api_keys.create", "messages.replay_all"]
    );
    assert_eq!(first[1], Activity { activity_id: first[1].activity_id, ..whole });
    assert!(first[0].activity_id > first[1].activity_id);
    let (second, end) = h.outbox.activities(next, 2)?;
    assert_eq!((second.len(), second[0].operation.as_str(), end), (1, "endpoints.pause", None));
    // A page that ends with the list has no next one.
    assert_eq!(h.outbox.activities(None, 3)?.1, None);
    Ok(())
}
