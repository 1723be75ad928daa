//! An export (docs/contract.md#exports): a CSV file of messages, written in the background.

use serde::{Deserialize, Serialize, Serializer};

use crate::model::ids::{EndpointId, ExportId};
use crate::model::message::{self, MessageStatus};
use crate::model::timestamp::Timestamp;

/// The one direction of an outbox.
const DIRECTION: &str = "outbound";

/// The state of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum ExportStatus {
    /// Requested, and not begun.
    Pending,
    /// Being written.
    Processing,
    /// Its file can be downloaded.
    Completed,
    /// Its file could not be written; `error_message` says why.
    Failed,
    /// Its seven days are over, and its file is gone.
    Expired,
}

/// Which messages an export has.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportFilter {
    /// Messages accepted at this moment or later.
    pub start: Timestamp,
    /// Messages accepted before this moment.
    pub end: Timestamp,
    /// Only messages with this status.
    pub status: Option<MessageStatus>,
    /// Only messages of this endpoint.
    pub endpoint_id: Option<EndpointId>,
}

/// An export. In JSON the filter's fields stand beside the others (`filter_start_time` and so on), and
/// `filter_endpoint_id` is the endpoint's UUID with dashes.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// A UUIDv7.
    pub id: ExportId,
    /// The export's state.
    pub status: ExportStatus,
    /// Which messages it has.
    pub filter: ExportFilter,
    /// When it was requested.
    pub created_at: Timestamp,
    /// When writing last began.
    pub started_at: Option<Timestamp>,
    /// When it was completed or failed.
    pub completed_at: Option<Timestamp>,
    /// Until when the file is kept.
    pub expires_at: Option<Timestamp>,
    /// How many messages it has.
    pub row_count: Option<u64>,
    /// How large the file is.
    pub file_size_bytes: Option<u64>,
    /// Why it failed.
    pub error_message: Option<String>,
}

/// An export: a CSV file of messages.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ExportRecord"))]
struct ExportJson<'a> {
    /// A UUIDv7.
    id: ExportId,
    /// Always `proj_default`.
    project_id: &'a str,
    /// The export's state.
    status: ExportStatus,
    /// Messages accepted at this moment or later.
    filter_start_time: Timestamp,
    /// Messages accepted before this moment.
    filter_end_time: Timestamp,
    /// When it was requested.
    created_at: Timestamp,
    /// Only messages with this status.
    filter_status: Option<MessageStatus>,
    /// Only messages of this endpoint: the digits of its id as a UUID with dashes.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::DashedId>"))]
    filter_endpoint_id: Option<String>,
    /// How many messages it has.
    row_count: Option<u64>,
    /// How large the file is.
    file_size_bytes: Option<u64>,
    /// Why it failed.
    error_message: Option<&'a str>,
    /// When writing last began.
    started_at: Option<Timestamp>,
    /// When it was completed or failed.
    completed_at: Option<Timestamp>,
    /// Until when the file is kept.
    expires_at: Option<Timestamp>,
    /// Always `outbound`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [DIRECTION])))]
    direction: &'a str,
}

impl Serialize for Export {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = ExportJson {
            id: self.id,
            project_id: message::PROJECT_ID,
            status: self.status,
            direction: DIRECTION,
            filter_start_time: self.filter.start,
            filter_end_time: self.filter.end,
            filter_status: self.filter.status,
            filter_endpoint_id: self.filter.endpoint_id.map(|id| id.dashed()),
            row_count: self.row_count,
            file_size_bytes: self.file_size_bytes,
            error_message: self.error_message.as_deref(),
            created_at: self.created_at,
            started_at: self.started_at,
            completed_at: self.completed_at,
            expires_at: self.expires_at,
        };
        shown.serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Export {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        ExportJson::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        ExportJson::json_schema(generator)
    }
}
