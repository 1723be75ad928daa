//! An export (contract 1.8): a CSV file of messages, written in the background.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::model::ids::{EndpointId, ExportId};
use crate::model::message::{self, MessageStatus};
use crate::model::timestamp::Timestamp;

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl Serialize for Export {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("project_id", message::PROJECT_ID)?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("direction", "outbound")?;
        map.serialize_entry("filter_start_time", &self.filter.start)?;
        map.serialize_entry("filter_end_time", &self.filter.end)?;
        map.serialize_entry("filter_status", &self.filter.status)?;
        map.serialize_entry("filter_endpoint_id", &self.filter.endpoint_id.map(|id| id.dashed()))?;
        map.serialize_entry("row_count", &self.row_count)?;
        map.serialize_entry("file_size_bytes", &self.file_size_bytes)?;
        map.serialize_entry("error_message", &self.error_message)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("started_at", &self.started_at)?;
        map.serialize_entry("completed_at", &self.completed_at)?;
        map.serialize_entry("expires_at", &self.expires_at)?;
        map.end()
    }
}
