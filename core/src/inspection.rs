//! Diagnosis: the state of an outbox file, read without opening it for work, and the certificate authorities that this user
//! can read.

use std::path::Path;

use crate::error::{Error, ErrorCode, Result};
use crate::model::ids::MessageId;
use crate::model::timestamp::Timestamp;
use crate::outbox::sqlite::application_file::ApplicationFile;
use crate::outbox::sqlite::leadership::Leadership;
use crate::outbox::sqlite::{export_files, inspection, own_file};
use crate::wire::{tls, trust_store};

pub use crate::model::inspection::{InspectedEndpoint, InspectedSqliteOutbox, Inspection};
pub use crate::wire::trust_store::Trust;

/// Inspects the outbox in `database`, which may be open in other processes. Changes and creates nothing. SQLite's integrity
/// check reads the whole file.
///
/// # Errors
/// `STORAGE_UNAVAILABLE` where there is no such file, it cannot be read, it has two names or it is no SQLite database.
pub fn inspect(database: &Path) -> Result<Inspection> {
    if !database.is_file() {
        let message = format!("there is no file {}", database.display());
        return Err(Error::new(ErrorCode::StorageUnavailable, message));
    }
    // The files beside the database lie beside the file that a symbolic link leads to.
    let database = &own_file::resolved(database)?;
    let deliverer = Leadership::new(database).deliverer();
    inspection::look(database, deliverer, export_files::bytes_on_disk(database))
}

/// Inspects the table of an application's SQLite file, from which a sidecar takes messages over.
///
/// # Errors
/// `STORAGE_UNAVAILABLE` where there is no such file, it has not the table, it has two names, or the application has its lock.
pub fn inspect_sqlite_outbox(file: &Path) -> Result<InspectedSqliteOutbox> {
    let found = ApplicationFile::open(file, None)?.waiting()?.ok_or_else(|| {
        let text = format!("the application has {} locked at the moment", file.display());
        Error::new(ErrorCode::StorageUnavailable, text)
    })?;
    let written_at = |id: MessageId| {
        let [a, b, c, d, e, f, ..] = *id.as_bytes();
        Timestamp::from_millis(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    };
    Ok(InspectedSqliteOutbox {
        waiting: found.rows,
        oldest_at: found.oldest.and_then(|id| id.parse().ok()).map(written_at),
        refused: found.refused,
        example: found.example,
    })
}

/// The authorities that the system trusts, as far as this user can read them.
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
