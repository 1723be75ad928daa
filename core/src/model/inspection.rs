//! What a look at an outbox file tells.

use serde::Serialize;

use crate::model::deliverer::Deliverer;
use crate::model::timestamp::Timestamp;

/// An endpoint, as far as a look at the file tells.
#[derive(Clone, Debug, Serialize)]
pub struct InspectedEndpoint {
    /// `ep_...`
    pub id: String,
    /// Where it delivers to; empty in a relay's file.
    pub url: String,
    /// Whether it is paused.
    pub paused: bool,
}

/// What a look at the file tells.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// The version of its tables; 0 where there are none.
    pub schema_version: u64,
    /// The version that this program writes.
    pub newest_schema_version: u64,
    /// What SQLite's own check found; empty where the file is sound.
    pub damage: Vec<String>,
    /// Whether its messages are forwarded to a server.
    pub is_relay: bool,
    /// Messages that wait, due or not.
    pub waiting: u64,
    /// Messages that are due on endpoints that are not paused.
    pub due: u64,
    /// When the oldest of those became due.
    pub oldest_due_at: Option<Timestamp>,
    /// Exports that have a file or will have one, and the bytes of the files.
    pub exports: u64,
    /// See [`Self::exports`].
    pub export_bytes: u64,
    /// Messages in the dead letter queue.
    pub dead: u64,
    /// When the newest message was accepted, by the clock of whoever accepted it.
    pub newest_message_at: Option<Timestamp>,
    /// Endpoints that are not deleted, the first thousand.
    pub endpoints: Vec<InspectedEndpoint>,
    /// Who delivers; absent where nobody does.
    pub deliverer: Option<Deliverer>,
}
