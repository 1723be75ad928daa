//! The exports.

use super::job::Applied;
use super::transaction::Transaction;
use super::{Memory, Rows};
use crate::error::Result;
use crate::model::export::{Export, ExportFilter, ExportStatus};
use crate::model::ids::ExportId;
use crate::model::timestamp::Timestamp;
use crate::outbox::exports::{ExportedMessage, Exports, Written, check_room};
use crate::outbox::page::Cursor;
use crate::outbox::rows::MessageKey;

/// An export as it is shown: one that has expired has no file.
fn shown(export: &Export, now: Timestamp) -> Export {
    let is_expired =
        export.status == ExportStatus::Completed && export.expires_at.is_some_and(|at| at <= now);
    let status = if is_expired { ExportStatus::Expired } else { export.status };
    Export { status, ..export.clone() }
}

fn is_unfinished(export: &Export) -> bool {
    matches!(export.status, ExportStatus::Pending | ExportStatus::Processing)
}

fn row_of(rows: &Rows, id: &ExportId) -> Option<i64> {
    rows.exports.range(..).filter(|(_, export)| export.id == *id).map(|(row, _)| *row).next()
}

fn create(
    transaction: &mut Transaction<'_>,
    (id, filter): (ExportId, &ExportFilter),
    most: u64,
    link_secret: [u8; 32],
) -> Result<Export> {
    let now = transaction.now;
    let exports = &mut transaction.rows.exports;
    let has_file = |export: &Export| {
        export.status != ExportStatus::Failed && export.expires_at.is_none_or(|at| at > now)
    };
    let others = exports.range(..).filter(|(_, export)| export.id != id && has_file(export)).count();
    check_room(others as u64, most)?;
    if let Some(known) = row_of(transaction.rows, &id).and_then(|row| transaction.rows.exports.get(&row)) {
        return Ok(shown(known, now));
    }
    let export = Export {
        id,
        status: ExportStatus::Pending,
        filter: filter.clone(),
        created_at: now,
        started_at: None,
        completed_at: None,
        expires_at: None,
        row_count: None,
        file_size_bytes: None,
        error_message: None,
    };
    let exports = &mut transaction.rows.exports;
    let row = exports.last_key().map_or(1, |last| last + 1);
    exports.put(row, export.clone());
    if transaction.rows.link_secret.get(&()).is_none() {
        transaction.rows.link_secret.put((), link_secret);
    }
    Ok(export)
}

impl Memory {
    /// Changes an export if `is_as_expected` holds. Returns whether it did.
    fn change_export(
        &self,
        name: &'static str,
        id: ExportId,
        is_as_expected: impl Fn(&Export) -> bool + Send + 'static,
        change: impl Fn(&mut Export, Timestamp) + Send + 'static,
    ) -> Result<bool> {
        self.change_and_wait(name, move |transaction| {
            let Some(row) = row_of(transaction.rows, &id) else { return Ok(Applied::quietly(false)) };
            let exports = &mut transaction.rows.exports;
            if !exports.get(&row).is_some_and(&is_as_expected) {
                return Ok(Applied::quietly(false));
            }
            if let Some(export) = exports.get_mut(&row) {
                change(export, transaction.now);
            }
            Ok(Applied::quietly(true))
        })
    }
}

impl Exports for Memory {
    fn export(&self, id: &ExportId) -> Result<Option<Export>> {
        let now = self.clock().now();
        self.read("export", |rows| {
            let exports = rows.exports.committed();
            exports.values().find(|export| export.id == *id).map(|export| shown(export, now))
        })
    }

    fn exports(&self) -> Result<Vec<Export>> {
        let now = self.clock().now();
        self.read("exports", |rows| {
            rows.exports.committed().values().rev().map(|export| shown(export, now)).collect()
        })
    }

    fn unfinished_exports(&self) -> Result<Vec<ExportId>> {
        self.read("unfinished_exports", |rows| {
            let exports = rows.exports.committed();
            exports.values().filter(|export| is_unfinished(export)).map(|export| export.id).collect()
        })
    }

    fn create_export(
        &self,
        id: ExportId,
        filter: ExportFilter,
        most: u64,
        link_secret: [u8; 32],
    ) -> Result<Export> {
        self.change_and_wait("create_export", move |transaction| {
            create(transaction, (id, &filter), most, link_secret).map(Applied::quietly)
        })
    }

    fn delete_export(&self, id: ExportId) -> Result<bool> {
        self.change_and_wait("delete_export", move |transaction| {
            let row = row_of(transaction.rows, &id);
            row.into_iter().for_each(|row| transaction.rows.exports.delete(row));
            Ok(Applied::quietly(row.is_some()))
        })
    }

    fn begin_export(&self, id: ExportId) -> Result<bool> {
        self.change_export("begin_export", id, is_unfinished, |export, now| {
            (export.status, export.started_at) = (ExportStatus::Processing, Some(now));
        })
    }

    fn finish_export(&self, id: ExportId, written: Written, kept_until: Timestamp) -> Result<bool> {
        let is_being_written = |export: &Export| export.status == ExportStatus::Processing;
        self.change_export("finish_export", id, is_being_written, move |export, now| {
            (export.completed_at, export.expires_at) = (Some(now), Some(kept_until));
            match &written {
                Written::Whole { rows, bytes } => {
                    export.status = ExportStatus::Completed;
                    (export.row_count, export.file_size_bytes) = (Some(*rows), Some(*bytes));
                }
                Written::Failed(why) => {
                    (export.status, export.error_message) = (ExportStatus::Failed, Some(why.clone()));
                }
            }
        })
    }

    fn forget_exports(&self, before: Timestamp) -> Result<()> {
        self.change_and_wait("forget_exports", move |transaction| {
            let exports = &mut transaction.rows.exports;
            let is_old = |export: &Export| export.expires_at.is_some_and(|at| at < before);
            let old: Vec<i64> =
                exports.range(..).filter(|(_, export)| is_old(export)).map(|(row, _)| *row).collect();
            old.into_iter().for_each(|row| exports.delete(row));
            Ok(Applied::quietly(()))
        })
    }

    fn exported(
        &self,
        filter: &ExportFilter,
        after: Option<Cursor>,
        looked_at: usize,
    ) -> Result<(Vec<ExportedMessage>, Option<Cursor>)> {
        self.read("exported", |rows| {
            let (mut found, mut last) = (Vec::new(), None);
            let behind = after.map_or(0, |Cursor(row)| row);
            for (key, row) in rows.messages().range(MessageKey(behind + 1)..).take(looked_at) {
                last = Some(Cursor(key.0));
                let Some(stored) = rows.endpoints().get(&row.lane) else { continue };
                let taken = row.created_at >= filter.start
                    && row.created_at < filter.end
                    && filter.status.is_none_or(|wanted| wanted == row.status)
                    && filter.endpoint_id.is_none_or(|wanted| wanted == stored.endpoint.id);
                if taken {
                    found.push(ExportedMessage {
                        created_at: row.created_at,
                        status: row.status,
                        endpoint_id: stored.endpoint.id,
                        message_id: row.id,
                        endpoint_url: stored.endpoint.url.clone(),
                        attempt_count: row.attempt_count,
                        delivered_at: row.delivered_at,
                        response_status: row.response_status,
                        response_latency_ms: row.response_latency_ms,
                        last_error: row.last_error.clone(),
                        idempotency_key: row.idempotency_key.clone(),
                        payload_sha256: row.payload_sha256,
                        size_bytes: row.size_bytes,
                    });
                }
            }
            (found, last)
        })
    }

    fn link_secret(&self) -> Result<Option<[u8; 32]>> {
        self.read("link_secret", |rows| rows.link_secret.committed().get(&()).copied())
    }
}
