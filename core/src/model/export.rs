//! An export (docs/contract.md#exports): a CSV file of messages, written in the background.

use serde::{Deserialize, Serialize, Serializer};

use crate::model::ids::{EndpointId, ExportId};
use crate::model::message::{self, MessageStatus};
use crate::model::timestamp::Timestamp;

/// The one direction of an outbox.
const DIRECTION: &str = "outbound";

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, transform = crate::model::schema::words))]
pub enum ExportStatus {
    /// Asked for.
    Pending,
    /// Being written.
    Processing,
    /// There to be downloaded.
    Completed,
    /// It could not be written; `error_message` says why.
    Failed,
    /// Its seven days are over and the file is gone.
    Expired,
}

/// Which messages it has.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportFilter {
    /// Accepted at this moment or later.
    pub start: Timestamp,
    /// Accepted before.
    pub end: Timestamp,
    /// Only with this status.
    pub status: Option<MessageStatus>,
    /// Only of this endpoint.
    pub endpoint_id: Option<EndpointId>,
}

/// An export. In JSON the filter's fields stand beside the others (`filter_start_time` and so on), and
/// `filter_endpoint_id` is the endpoint's UUID with dashes.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// A UUIDv7.
    pub id: ExportId,
    /// Where it stands.
    pub status: ExportStatus,
    /// Which messages it has.
    pub filter: ExportFilter,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When writing began, the last time.
    pub started_at: Option<Timestamp>,
    /// When it was there, or had failed.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Export"))]
struct Shown<'a> {
    /// A UUIDv7.
    id: ExportId,
    /// Always `proj_default`.
    project_id: &'a str,
    /// Where it stands.
    status: ExportStatus,
    /// Always `outbound`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [DIRECTION])))]
    direction: &'a str,
    /// Messages accepted at this moment or later.
    filter_start_time: Timestamp,
    /// Messages accepted before.
    filter_end_time: Timestamp,
    /// Only with this status.
    filter_status: Option<MessageStatus>,
    /// Only of this endpoint: its id's digits as a UUID with dashes.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::DashedId>"))]
    filter_endpoint_id: Option<String>,
    /// How many messages it has.
    row_count: Option<u64>,
    /// How large the file is.
    file_size_bytes: Option<u64>,
    /// Why it failed.
    error_message: Option<&'a str>,
    /// When it was asked for.
    created_at: Timestamp,
    /// When writing began, the last time.
    started_at: Option<Timestamp>,
    /// When it was there, or had failed.
    completed_at: Option<Timestamp>,
    /// Until when the file is kept.
    expires_at: Option<Timestamp>,
}

impl Serialize for Export {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = Shown {
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
        Shown::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Shown::json_schema(generator)
    }
}
