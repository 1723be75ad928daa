//! Exports (docs/contract.md#exports): create, list, get, delete, download.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use url::Url;

use super::context::Context;
use super::definition::request::request;
use super::endpoints::parse_id as parse_endpoint;
use super::reading::read;
use super::{Nothing, Page, invalid_request, write};
use crate::error::{Error, ErrorCode, Result};
use crate::exports::link;
use crate::model::export::{Export, ExportFilter, ExportStatus};
use crate::model::ids::ExportId;
use crate::model::message::MessageStatus;
use crate::model::random::random_bytes;
use crate::model::timestamp::Timestamp;
use crate::outbox::export_bytes::ExportFile;

request! {
    /// What `exports.create` takes.
    #[derive(Clone, Debug)]
    pub struct CreateExport {
        /// Messages accepted at this moment or later.
        pub start_time: Timestamp,
        /// Messages accepted before this moment.
        pub end_time: Timestamp,
        /// Only messages with this status.
        #[serde(default)]
        pub status: Option<MessageStatus>,
        /// Only messages of this endpoint, which may have been deleted.
        #[serde(default)]
        pub endpoint_id: Option<String>,
        /// `outbound`, where it is given.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("enum" = ["outbound", null])))]
        pub direction: Option<String>,
    }
}

request! {
    /// `exports.list` takes nothing.
    #[derive(Clone, Copy, Debug)]
    pub struct ListExports {}
}

request! {
    /// Names an export.
    #[derive(Clone, Debug)]
    pub struct ExportRef {
        /// The export's id, a UUIDv7 with dashes.
        #[cfg_attr(feature = "schema", schemars(with = "ExportId"))]
        pub export_id: String,
    }
}

/// What `exports.download` answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Download {
    /// The file's address: `file://` in this process, `https://` where a server was asked.
    pub download_url: String,
    /// The path at which a server hands the file out without an API key, for a quarter of an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub signed_path: Option<String>,
}

fn unknown() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such export")
}

fn find(context: &Context, id: &str) -> Result<Export> {
    let id = id.parse().map_err(|_| unknown())?;
    context.reading().export(&id)?.ok_or_else(unknown)
}

pub(crate) fn create(context: &Context, request: CreateExport) -> Result<Export> {
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
    context.exporter.check_room()?;
    let (id, most) = (ExportId::generate()?, u64::from(context.config.max_exports));
    let export = context.outbox.create_export(id, filter, most, random_bytes()?)?;
    context.exporter.start(id)?;
    Ok(export)
}

pub(crate) fn list(context: &Context, _request: ListExports) -> Result<Page<Export>> {
    let data = context.reading().exports()?;
    Ok(Page { data, has_more: false, next_cursor: None })
}

pub(crate) fn get(context: &Context, request: ExportRef) -> Result<Export> {
    find(context, &request.export_id)
}

pub(crate) fn delete(context: &Context, request: ExportRef) -> Result<Nothing> {
    let id: ExportId = request.export_id.parse().map_err(|_| unknown())?;
    if !context.outbox.delete_export(id)? {
        return Err(unknown());
    }
    // If the file is being written, `finish_export` finds no row and the writer removes it.
    context.exporter.remove(&id);
    Ok(Nothing {})
}

/// Finds an export and checks that its file can be downloaded.
fn completed(context: &Context, export_id: &str) -> Result<Export> {
    let export = find(context, export_id)?;
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

pub(crate) fn download(context: &Context, request: ExportRef) -> Result<Download> {
    let (export, signed_path) = signed(context, &request)?;
    let path = context.exporter.file(&export)?;
    let url = Url::from_file_path(&path)
        .map_err(|()| Error::new(ErrorCode::Internal, format!("{} has no URL", path.display())))?;
    Ok(Download { download_url: url.into(), signed_path: Some(signed_path) })
}

/// `exports.download` for the caller of a server, which hands the file out itself: no file is made for the answer.
pub(crate) fn link(context: &Context, request: &str) -> Result<String> {
    let (_, signed_path) = signed(context, &read(request)?)?;
    write(&Download { download_url: signed_path.clone(), signed_path: Some(signed_path) })
}

/// A completed export, and the path at which a server hands it out.
fn signed(context: &Context, request: &ExportRef) -> Result<(Export, String)> {
    let export = completed(context, &request.export_id)?;
    let secret = context.reading().link_secret()?.ok_or_else(unknown)?;
    let signed_path = link::sign(&secret, &export.id, Timestamp::now())?;
    Ok((export, signed_path))
}

/// Opens the file of an export for the owner of a signed link.
pub(crate) fn open_signed(
    context: &Context,
    export_id: &str,
    expires: i64,
    signature: &str,
) -> Result<ExportFile> {
    let id: ExportId = export_id.parse().map_err(|_| unknown())?;
    let secret = context.reading().link_secret()?.ok_or_else(unknown)?;
    link::check(&secret, &id, expires, signature, Timestamp::now())?;
    context.outbox.open_export(&completed(context, export_id)?)
}

/// Copies the export's file into `into` and returns its size in bytes.
pub(crate) fn copy(context: &Context, export_id: &str, into: &mut dyn Write) -> Result<u64> {
    let mut file = context.outbox.open_export(&completed(context, export_id)?)?;
    io::copy(&mut file, into).map_err(|cause| {
        Error::new(ErrorCode::StorageUnavailable, format!("the export cannot be copied: {cause}"))
    })
}
