//! Changes whose commits fail: nothing has changed, and the same change succeeds afterwards.

use super::api_keys::api_key;
use super::commands::{COMMANDS, allowed};
use super::exports::everything;
use super::harness::*;
use crate::error::Result;
use crate::model::ids::ExportId;
use crate::outbox::command::{EndpointChange, EndpointSettings, KeyChange};
use crate::outbox::exports::Written;

pub(super) fn a_message_whose_command_fails_is_as_before_and_can_be_started(h: &Harness) -> Result<()> {
    let (endpoint, lane) = h.endpoint()?;
    for state in State::ALL {
        // A command that changes nothing has no commit that could fail.
        let changing = COMMANDS.into_iter().zip(allowed(state)).filter(|(_, [first, _])| *first == Ok(true));
        for (command, _) in changing {
            let what = format!("{command:?} in {state:?}");
            let before = h.message_in(endpoint, state)?;
            let id = before.message.id;
            let due = |h: &Harness| -> Result<bool> {
                let due = h.refill(all_of(lane), later(120_000))?.messages;
                Ok(due.iter().any(|due| due.key == before.key))
            };
            let was_due = due(h)?;
            // Other changes share the transaction, so they fail with it.
            h.refused(|| h.outbox.change(&[id, id], command));
            let heard = h.heard()?;
            assert!(heard.is_empty(), "{what}: {heard:?}");
            let after = h.find(&id)?;
            assert_eq!((&after.message, after.epoch), (&before.message, before.epoch), "{what}");
            assert_eq!((after.retry_type, due(h)?), (before.retry_type, was_due), "{what}");
            assert!(h.link.start(before.key, before.lane), "{what}: it is not withdrawn");
            h.link.settle(&[before.key]);
            let answers = h.outbox.change(&[id], command)?;
            assert!(matches!(&answers[0], Ok(changed) if changed.changed), "{what}: {answers:?}");
            assert_eq!(h.find(&id)?.epoch, before.epoch + 1, "{what}");
            h.heard()?;
            h.link.forget_withdrawn(before.key);
        }
    }
    Ok(())
}

pub(super) fn an_endpoint_whose_change_fails_is_as_before(h: &Harness) -> Result<()> {
    let made = endpoint();
    h.refused(|| h.outbox.create_endpoint(made.clone(), key("whsec_first")));
    assert_eq!((h.outbox.endpoint(&made.id)?, h.heard()?.len()), (None, 0));
    h.outbox.create_endpoint(made.clone(), key("whsec_first"))?;
    assert_eq!(h.outbox.endpoint(&made.id)?, Some(made.clone()));
    h.send(message(made.id))?;
    h.heard()?;
    let settings = EndpointSettings { description: Some(Some("orders".to_owned())), ..Default::default() };
    let changes = [
        EndpointChange::Update(Box::new(settings)),
        EndpointChange::Pause,
        EndpointChange::Resume,
        EndpointChange::Delete,
    ];
    for change in changes {
        let before = h.outbox.endpoint(&made.id)?;
        h.refused(|| h.outbox.change_endpoint(&made.id, change.clone()));
        assert_eq!((h.outbox.endpoint(&made.id)?, h.heard()?.len()), (before, 0), "{change:?}");
        let changed = h.outbox.change_endpoint(&made.id, change.clone())?;
        let releases_messages = matches!(change, EndpointChange::Resume);
        assert_eq!(
            (changed.messages_released, h.names_heard()?.len()),
            (u64::from(releases_messages), 1),
            "{change:?}"
        );
    }
    Ok(())
}

pub(super) fn keys_and_exports_whose_change_fails_are_as_before(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let ids =
        || -> Result<Vec<_>> { Ok(h.outbox.signing_keys(&endpoint)?.iter().map(|key| key.id).collect()) };
    let (first, second) = (ids()?, key("whsec_second"));
    let create = || h.outbox.change_signing_keys(&endpoint, KeyChange::Create(second.clone()));
    h.refused(create);
    assert_eq!(ids()?, first);
    create()?;
    let delete = || h.outbox.change_signing_keys(&endpoint, KeyChange::Delete(Some(first[0])));
    h.refused(delete);
    assert_eq!(ids()?, [first[0], second.id]);
    delete()?;
    assert_eq!(ids()?, [second.id]);

    let api_key = api_key(1);
    let revision = h.outbox.revision()?;
    h.refused(|| h.outbox.add_api_key(api_key.clone()));
    assert_eq!((h.outbox.has_api_keys()?, h.outbox.revision()?), (false, revision));
    h.outbox.add_api_key(api_key.clone())?;
    h.refused(|| h.outbox.delete_api_key(api_key.listed.key_id));
    assert!(h.outbox.has_api_keys()? && h.outbox.delete_api_key(api_key.listed.key_id)?);

    let id = ExportId::generate()?;
    let create = || h.outbox.create_export(id, everything(), 1, [1; 32]);
    h.refused(create);
    assert_eq!((h.outbox.export(&id)?, h.outbox.link_secret()?), (None, None));
    let mut last = create()?;
    let steps: [(&str, &dyn Fn() -> Result<bool>); 3] = [
        ("begin", &|| h.outbox.begin_export(id)),
        ("finish", &|| h.outbox.finish_export(id, Written::Whole { rows: 1, bytes: 2 }, later(60_000))),
        ("delete", &|| h.outbox.delete_export(id)),
    ];
    for (name, step) in steps {
        h.refused(step);
        assert_eq!(h.outbox.export(&id)?.as_ref(), Some(&last), "{name}");
        assert!(step()?, "{name}");
        if let Some(export) = h.outbox.export(&id)? {
            last = export;
        }
    }
    Ok(())
}
