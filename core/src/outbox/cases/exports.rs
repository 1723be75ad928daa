//! The exports.

use std::time::{Duration, Instant};

use super::harness::*;
use crate::error::{ErrorCode, Result};
use crate::model::export::{ExportFilter, ExportStatus};
use crate::model::ids::{ExportId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::export_bytes::ExportWriter;
use crate::outbox::exports::Written;

/// More than one piece of any store, and no whole number of them.
const BYTES: usize = 2_500_000;

pub(in crate::outbox) fn everything() -> ExportFilter {
    ExportFilter { start: later(-3_600_000), end: later(3_600_000), status: None, endpoint_id: None }
}

const WHOLE: Written = Written::Whole { rows: 3, bytes: 99 };

fn create(h: &Harness, most: u64) -> Result<ExportId> {
    let id = ExportId::generate()?;
    h.outbox.create_export(id, everything(), most, [1; 32])?;
    Ok(id)
}

pub(super) fn an_export_is_made_once(h: &Harness) -> Result<()> {
    assert!(h.outbox.exports()?.is_empty() && h.outbox.unfinished_exports()?.is_empty());
    let (id, filter) = (ExportId::generate()?, everything());
    let made = h.outbox.create_export(id, filter.clone(), 5, [1; 32])?;
    assert_eq!((made.id, made.status, &made.filter), (id, ExportStatus::Pending, &filter));
    assert_eq!((made.started_at, made.completed_at, made.expires_at), (None, None, None));
    assert_eq!(h.outbox.create_export(id, filter, 5, [2; 32])?, made);
    assert_eq!(h.outbox.export(&id)?, Some(made.clone()));
    let second = create(h, 5)?;
    let listed: Vec<_> = h.outbox.exports()?.into_iter().map(|export| export.id).collect();
    assert_eq!((listed, h.outbox.unfinished_exports()?), (vec![second, id], vec![id, second]));
    assert!(h.outbox.delete_export(id)?);
    assert!(!h.outbox.delete_export(id)?);
    assert_eq!((h.outbox.export(&id)?, h.outbox.exports()?.len()), (None, 1));
    Ok(())
}

pub(super) fn there_is_room_for_so_many_exports(h: &Harness) -> Result<()> {
    let first = create(h, 2)?;
    let second = create(h, 2)?;
    assert_eq!(refusal(create(h, 2))?, ErrorCode::RateLimitExceeded);
    assert_eq!(h.outbox.exports()?.len(), 2);
    // An export that is requested again finds the first; one that failed or expired has no file.
    h.outbox.create_export(second, everything(), 2, [1; 32])?;
    h.outbox.begin_export(first)?;
    h.outbox.finish_export(first, Written::Failed("no room".to_owned()), later(60_000))?;
    h.outbox.begin_export(second)?;
    h.outbox.finish_export(second, WHOLE, later(-1))?;
    create(h, 1)?;
    Ok(())
}

pub(super) fn an_export_is_begun_and_finished_in_order(h: &Harness) -> Result<()> {
    let id = create(h, 9)?;
    let until = later(60_000);
    assert!(!h.outbox.finish_export(id, WHOLE, until)?, "it was not begun");
    assert!(h.outbox.begin_export(id)?);
    assert_eq!(h.outbox.export(&id)?.expect("an export").status, ExportStatus::Processing);
    assert!(h.outbox.begin_export(id)?, "whoever began it may be gone");
    assert_eq!(h.outbox.unfinished_exports()?, [id]);
    assert!(h.outbox.finish_export(id, WHOLE, until)?);
    let finished = h.outbox.export(&id)?.expect("an export");
    assert_eq!((finished.status, finished.expires_at), (ExportStatus::Completed, Some(until)));
    assert_eq!((finished.row_count, finished.file_size_bytes), (Some(3), Some(99)));
    assert!(finished.started_at.is_some() && finished.completed_at.is_some());
    assert!(!h.outbox.finish_export(id, Written::Failed("late".to_owned()), until)?);
    assert!(!h.outbox.begin_export(id)?);
    assert_eq!(h.outbox.export(&id)?, Some(finished));
    assert!(h.outbox.unfinished_exports()?.is_empty());

    let failed = create(h, 9)?;
    h.outbox.begin_export(failed)?;
    assert!(h.outbox.finish_export(failed, Written::Failed("no room".to_owned()), until)?);
    let export = h.outbox.export(&failed)?.expect("an export");
    assert_eq!((export.status, export.error_message.as_deref()), (ExportStatus::Failed, Some("no room")));

    let deleted = create(h, 9)?;
    h.outbox.begin_export(deleted)?;
    h.outbox.delete_export(deleted)?;
    assert!(!h.outbox.finish_export(deleted, WHOLE, until)?);
    assert!(!h.outbox.begin_export(deleted)?);
    Ok(())
}

pub(super) fn exports_expire_and_are_forgotten(h: &Harness) -> Result<()> {
    let (old, young, unfinished) = (create(h, 9)?, create(h, 9)?, create(h, 9)?);
    let moment = now();
    for (id, until) in [(old, later(-1_000)), (young, later(60_000))] {
        h.outbox.begin_export(id)?;
        h.outbox.finish_export(id, WHOLE, until)?;
    }
    let status = |id: &ExportId| -> Result<Option<ExportStatus>> {
        Ok(h.outbox.export(id)?.map(|export| export.status))
    };
    assert_eq!(
        (status(&old)?, status(&young)?),
        (Some(ExportStatus::Expired), Some(ExportStatus::Completed))
    );
    h.outbox.forget_exports(Timestamp::from_millis(moment.as_millis() - 60_000))?;
    assert_eq!(h.outbox.exports()?.len(), 3, "it expired later");
    for _ in 0..2 {
        h.outbox.forget_exports(moment)?;
        let left: Vec<_> = h.outbox.exports()?.into_iter().map(|export| export.id).collect();
        assert_eq!(left, [unfinished, young]);
    }
    Ok(())
}

pub(super) fn an_export_has_the_messages_of_its_filter(h: &Harness) -> Result<()> {
    let ((endpoint, _), (other, _)) = (h.endpoint()?, h.endpoint()?);
    let mut all = Vec::new();
    for state in State::ALL {
        all.push(h.message_in(endpoint, state)?.message);
        all.push(h.message_in(other, state)?.message);
    }
    let walk = |filter: &ExportFilter, looked_at: usize| -> Result<Vec<MessageId>> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let (messages, next) = h.outbox.exported(filter, after, looked_at)?;
            assert!(messages.len() <= looked_at);
            found.extend(messages.into_iter().map(|message| message.message_id));
            match next {
                Some(next) => after = Some(next),
                None => return Ok(found),
            }
        }
    };
    let status = Some(MessageStatus::FailedPermanent);
    let filters = [
        everything(),
        ExportFilter { endpoint_id: Some(other), ..everything() },
        ExportFilter { status, ..everything() },
        ExportFilter { status, endpoint_id: Some(endpoint), ..everything() },
        ExportFilter { status: Some(MessageStatus::Delivering), ..everything() },
        ExportFilter { start: all[4].created_at, ..everything() },
        ExportFilter { end: all[4].created_at, ..everything() },
    ];
    for filter in filters {
        let wanted: Vec<_> = all
            .iter()
            .filter(|message| message.created_at >= filter.start && message.created_at < filter.end)
            .filter(|message| filter.status.is_none_or(|status| status == message.status))
            .filter(|message| filter.endpoint_id.is_none_or(|id| id == message.endpoint_id))
            .map(|message| message.id)
            .collect();
        for looked_at in [1, 5, 100] {
            assert_eq!(walk(&filter, looked_at)?, wanted, "{filter:?}");
        }
    }
    let (lines, _) = h.outbox.exported(&everything(), None, 100)?;
    for (line, message) in lines.iter().zip(&all) {
        assert_eq!(
            (line.created_at, line.status, line.endpoint_id),
            (message.created_at, message.status, message.endpoint_id)
        );
        assert_eq!(
            (&*line.endpoint_url, line.attempt_count),
            ("https://example.com/hooks", message.attempt_count)
        );
        assert_eq!(
            (line.delivered_at, line.response_status),
            (message.delivered_at, message.response_status)
        );
        assert_eq!((&line.last_error, line.size_bytes), (&message.last_error, message.size_bytes));
        assert_eq!(crate::model::hex::encode(&line.payload_sha256), message.payload_sha256);
    }
    Ok(())
}

pub(super) fn the_first_secret_stays(h: &Harness) -> Result<()> {
    assert_eq!(h.outbox.link_secret()?, None);
    h.outbox.create_export(ExportId::generate()?, everything(), 9, [1; 32])?;
    h.outbox.create_export(ExportId::generate()?, everything(), 9, [2; 32])?;
    assert_eq!(h.outbox.link_secret()?, Some([1; 32]));
    Ok(())
}

/// The right to write an export. Who had it before gives it back without waiting for the database.
fn claimed(outbox: &dyn Outbox, id: ExportId) -> Result<Box<dyn ExportWriter>> {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        match outbox.claim_export(id)? {
            Some(writer) => return Ok(writer),
            None => assert!(Instant::now() < until, "{id} cannot be written"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn read(outbox: &dyn Outbox, id: &ExportId) -> Result<(Vec<u8>, u64)> {
    let mut file = outbox.open_export(&outbox.export(id)?.expect("an export"))?;
    let (length, mut bytes) = (file.length(), Vec::new());
    std::io::Read::read_to_end(&mut file, &mut bytes).expect("an export is read");
    Ok((bytes, length))
}

pub(super) fn the_bytes_of_an_export_are_read_as_they_were_written(h: &Harness) -> Result<()> {
    let bytes: Vec<u8> = (0..BYTES).map(|at| (at % 251) as u8).collect();
    let id = create(h, 9)?;
    let mut writer = claimed(&*h.outbox, id)?;
    assert!(h.outbox.begin_export(id)?);
    for part in bytes.chunks(300_000) {
        assert!(writer.write(part)?);
    }
    assert_eq!(writer.publish()?, Some(BYTES as u64));
    assert_eq!(h.outbox.export_bytes()?, BYTES as u64);
    let whole = Written::Whole { rows: 1, bytes: BYTES as u64 };
    assert!(h.outbox.finish_export(id, whole, later(60_000))?);
    drop(writer);
    let (found, length) = read(&*h.outbox, &id)?;
    assert!(found == bytes && length == BYTES as u64, "{} of {length} bytes", found.len());
    // An empty one has no bytes, and is one all the same.
    let empty = create(h, 9)?;
    let mut writer = claimed(&*h.outbox, empty)?;
    assert!(h.outbox.begin_export(empty)?);
    assert_eq!(writer.publish()?, Some(0));
    assert!(h.outbox.finish_export(empty, Written::Whole { rows: 0, bytes: 0 }, later(60_000))?);
    assert_eq!(read(&*h.outbox, &empty)?, (Vec::new(), 0));
    // A sweep keeps what is kept.
    h.outbox.sweep_export_bytes()?;
    assert_eq!(read(&*h.outbox, &id)?.0.len(), BYTES);
    h.outbox.delete_export(id)?;
    h.outbox.drop_export_bytes(&id)?;
    assert_eq!(h.outbox.export_bytes()?, 0);
    Ok(())
}

pub(super) fn who_writes_an_export_anew_finds_nothing_of_before(h: &Harness) -> Result<()> {
    let id = create(h, 9)?;
    let mut writer = claimed(&*h.outbox, id)?;
    assert!(h.outbox.begin_export(id)?);
    assert!(writer.write(&[1; BYTES])?);
    // It stops, as a process does that is closed.
    drop(writer);
    let mut writer = claimed(&*h.outbox, id)?;
    assert!(h.outbox.begin_export(id)?);
    assert!(writer.write(b"all")?);
    assert_eq!(writer.publish()?, Some(3));
    assert!(h.outbox.finish_export(id, Written::Whole { rows: 0, bytes: 3 }, later(60_000))?);
    assert_eq!((read(&*h.outbox, &id)?.0, h.outbox.export_bytes()?), (b"all".to_vec(), 3));
    Ok(())
}
