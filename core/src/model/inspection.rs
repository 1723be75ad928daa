//! The result of inspecting an outbox file.

use serde::Serialize;

use crate::model::deliverer::Deliverer;
use crate::model::timestamp::Timestamp;

/// An endpoint in an inspected file.
#[derive(Clone, Debug, Serialize)]
pub struct InspectedEndpoint {
    /// The endpoint's id, `ep_...`
    pub id: String,
    /// Where it delivers to; empty in a relay's file.
    pub url: String,
    /// Whether it is paused.
    pub paused: bool,
}

/// What an inspection found in a file.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// The version of the file's tables; 0 where it has none.
    pub schema_version: u64,
    /// The version that this program writes.
    pub newest_schema_version: u64,
    /// What SQLite's integrity check found; empty where the file is sound.
    pub damage: Vec<String>,
    /// Whether the file is a relay's: its messages are forwarded to a server.
    pub is_relay: bool,
    /// Messages that wait to be delivered, due or not.
    pub waiting: u64,
    /// Messages that are due on endpoints that are not paused.
    pub due: u64,
    /// When the oldest due message became due.
    pub oldest_due_at: Option<Timestamp>,
    /// Exports that have a file or will have one.
    pub exports: u64,
    /// The bytes of all export files.
    pub export_bytes: u64,
    /// Messages in the dead letter queue.
    pub dead: u64,
    /// When the newest message was accepted, by the clock of the process that accepted it.
    pub newest_message_at: Option<Timestamp>,
    /// The first thousand endpoints that were not deleted.
    pub endpoints: Vec<InspectedEndpoint>,
    /// The process that delivers; absent where none delivers.
    pub deliverer: Option<Deliverer>,
}

/// What an application's SQLite file has for a sidecar.
#[derive(Clone, Debug)]
pub struct InspectedSqliteOutbox {
    /// Messages that wait to be taken over.
    pub waiting: u64,
    /// When the oldest of them was written, by the application's clock.
    pub oldest_at: Option<Timestamp>,
    /// Messages that the outbox refuses.
    pub refused: u64,
    /// Why one of them is refused.
    pub example: Option<String>,
}
