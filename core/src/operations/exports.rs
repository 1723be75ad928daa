//! Exports (contract 1.8): create, list, get, delete, download.

use std::fs::File;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use url::Url;

use super::endpoints::parse_id as parse_endpoint;
use super::{Nothing, Page, invalid_request};
use crate::engine::process::Process;
use crate::error::{Error, ErrorCode, Result};
use crate::exports::{self as files, link};
use crate::model::export::{Export, ExportFilter, ExportStatus};
use crate::model::ids::ExportId;
use crate::model::message::MessageStatus;
use crate::model::random::random_bytes;
use crate::model::timestamp::Timestamp;
use crate::outbox::sqlite::exports;
use crate::outbox::sqlite::side_file;
use crate::outbox::sqlite::writer::edit::Edited;

/// What `exports.create` takes.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateExport {
    /// Messages accepted at this moment or later.
    pub start_time: Timestamp,
    /// Messages accepted before.
    pub end_time: Timestamp,
    /// Only with this status.
    #[serde(default)]
    pub status: Option<MessageStatus>,
    /// Only of this endpoint, which may have been deleted.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// `outbound`, where it is given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["outbound", null])))]
    pub direction: Option<String>,
}

/// `exports.list` takes nothing.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ListExports {}

/// Names an export.
#[derive(Clone, Debug, Deserialize)]
pub struct ExportRef {
    /// A UUIDv7 with dashes.
    pub export_id: String,
}

/// What `exports.download` answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Download {
    /// Where the file is: `file://` in this process, `https://` where a server was asked.
    pub download_url: String,
    /// The path at which a server gives the file away without a key, for a quarter of an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_path: Option<String>,
}

fn unknown() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such export")
}

fn find(process: &Process, id: &str) -> Result<Export> {
    let id = id.parse().map_err(|_| unknown())?;
    process.read(|connection| exports::find(connection, &id, Timestamp::now()))?.ok_or_else(unknown)
}

pub(crate) fn create(process: &Process, request: CreateExport) -> Result<Export> {
    if request.end_time <= request.start_time {
        return Err(invalid_request("`end_time` must be after `start_time`"));
    }
    if request.direction.as_deref().is_some_and(|direction| direction != "outbound") {
        return Err(invalid_request("`direction` must be `outbound`"));
    }
    let filter = ExportFilter {
        start: request.start_time,
        end: request.end_time,
        status: request.status,
        endpoint_id: request
            .endpoint_id
            .as_deref()
            .filter(|id| !id.is_empty())
            .map(parse_endpoint)
            .transpose()?,
    };
    let (most, folder) = (u64::from(process.config.max_exports), process.file.path());
    if files::bytes_on_disk(folder) >= process.config.max_export_bytes {
        return Err(files::exports_are_full(&process.config));
    }
    let (id, now, made) = (ExportId::generate()?, Timestamp::now(), random_bytes::<32>()?);
    let export = process.edit(move |context| {
        if exports::kept(context.connection, &id, now)? >= most {
            let message =
                format!("there are {most} exports (`max_exports`): delete one, or wait until one expires");
            return Ok(Err(Error::new(ErrorCode::RateLimitExceeded, message)));
        }
        exports::keep_secret(context.connection, &made)?;
        exports::insert(context.connection, &id, &filter, now)?;
        let answer = exports::find(context.connection, &id, now)?;
        Ok(answer.ok_or_else(unknown).map(|answer| Edited { answer, notices: Vec::new() }))
    })?;
    process.exporter.start(id)?;
    Ok(export)
}

pub(crate) fn list(process: &Process, _request: ListExports) -> Result<Page<Export>> {
    let data = process.read(|connection| exports::list(connection, Timestamp::now()))?;
    Ok(Page { data, has_more: false, next_cursor: None })
}

pub(crate) fn get(process: &Process, request: ExportRef) -> Result<Export> {
    find(process, &request.export_id)
}

pub(crate) fn delete(process: &Process, request: ExportRef) -> Result<Nothing> {
    let id: ExportId = request.export_id.parse().map_err(|_| unknown())?;
    // A group that is written again may find its own deletion.
    let mut found = false;
    process.edit(move |context| {
        found |= exports::delete(context.connection, &id)?;
        Ok(if found { Ok(Edited { answer: Nothing {}, notices: Vec::new() }) } else { Err(unknown()) })
    })?;
    // One that is being written finds its row gone.
    let _ = std::fs::remove_file(files::path(process.file.path(), &id));
    Ok(Nothing {})
}

/// An export that can be downloaded.
fn completed(process: &Process, export_id: &str) -> Result<Export> {
    let export = find(process, export_id)?;
    match export.status {
        ExportStatus::Completed => Ok(export),
        ExportStatus::Expired => {
            Err(Error::new(ErrorCode::ExportExpired, "the export is past its seven days: make a new one"))
        }
        ExportStatus::Failed => {
            let why = export.error_message.unwrap_or_default();
            Err(Error::new(ErrorCode::ExportNotReady, format!("the export failed: {why}")))
        }
        ExportStatus::Pending | ExportStatus::Processing => {
            Err(Error::new(ErrorCode::ExportNotReady, "the export is not written yet: ask again"))
        }
    }
}

pub(crate) fn download(process: &Process, request: ExportRef) -> Result<Download> {
    let export = completed(process, &request.export_id)?;
    let secret = process.read(exports::secret)?.ok_or_else(unknown)?;
    let path = files::path(process.file.path(), &export.id);
    let url = Url::from_file_path(&path)
        .map_err(|()| Error::new(ErrorCode::Internal, format!("{} has no URL", path.display())))?;
    Ok(Download {
        download_url: url.into(),
        signed_path: Some(link::sign(&secret, &export.id, Timestamp::now())?),
    })
}

fn open(process: &Process, export: &Export) -> Result<File> {
    let path = files::path(process.file.path(), &export.id);
    side_file::open_to_read(&path).map_err(|cause| {
        Error::new(ErrorCode::StorageUnavailable, format!("{} cannot be read: {cause}", path.display()))
    })
}

/// The file behind a signed link.
pub(crate) fn open_signed(process: &Process, export_id: &str, expires: i64, signature: &str) -> Result<File> {
    let id: ExportId = export_id.parse().map_err(|_| unknown())?;
    let secret = process.read(exports::secret)?.ok_or_else(unknown)?;
    link::check(&secret, &id, expires, signature, Timestamp::now())?;
    open(process, &completed(process, export_id)?)
}

/// Copies the file; its size.
pub(crate) fn copy(process: &Process, export_id: &str, into: &mut dyn Write) -> Result<u64> {
    let mut file = open(process, &completed(process, export_id)?)?;
    io::copy(&mut file, into).map_err(|cause| {
        Error::new(ErrorCode::StorageUnavailable, format!("the export cannot be copied: {cause}"))
    })
}
