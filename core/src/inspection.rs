//! Looking into an outbox file without opening it for work, and at what is trusted beside it: for whoever wants to know what
//! is wrong.

use std::path::Path;

use serde::Serialize;

use crate::delivery::leadership::{Deliverer, Leadership};
use crate::delivery::wire::{tls, trust_store};
use crate::error::{Error, ErrorCode, Result};
use crate::model::timestamp::Timestamp;
use crate::outbox::sqlite::{inspection, own_file};

pub use crate::delivery::wire::trust_store::Trust;

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

/// Looks at the outbox in `database`, which may be open elsewhere. Nothing is changed and nothing is created. The check of
/// the whole file reads all of it.
///
/// # Errors
/// `STORAGE_UNAVAILABLE` where there is no such file, it cannot be read, it has two names or it is no SQLite database.
pub fn inspect(database: &Path) -> Result<Inspection> {
    if !database.is_file() {
        let message = format!("there is no file {}", database.display());
        return Err(Error::new(ErrorCode::StorageUnavailable, message));
    }
    // What lies beside it lies where a link leads to.
    let database = &own_file::resolved(database)?;
    let deliverer = Leadership::new(database).deliverer();
    inspection::look(database, deliverer)
}

/// Looks at the authorities that the system trusts, as this user.
pub fn trust() -> Trust {
    trust_store::look()
}

/// Whether the authorities in a `ca_file` can be read by this user.
///
/// # Errors
/// `INVALID_CONFIGURATION` where they cannot, or where it holds no certificate.
pub fn check_ca_file(path: &Path) -> Result<()> {
    tls::check_authorities(path)
}
