//! Moving an outbox from a file into a PostgreSQL database.

use std::path::Path;

use crate::config::Config;
use crate::config::database_url::DatabaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::host::fork;
pub use crate::outbox::moving::MovedTable;
use crate::outbox::postgres::{self, Settings};
use crate::outbox::sqlite::moving::MovingFile;

/// Moves the whole outbox of a file into a PostgreSQL database that was migrated and never used, and compares both sides. A move that
/// was ended at any moment goes on where it was. Nobody else may have the file open; from the beginning on it is marked, and every
/// program is refused that opens it. With `looks_only` nothing is written: it says how many rows there are. `tell` is told of each
/// step: the table, and how many of its rows are there.
///
/// # Errors
/// `INVALID_CONFIGURATION` where `database` is no address of PostgreSQL, is a relay's or has other data, or where the file has moved
/// elsewhere; `STORAGE_UNAVAILABLE` where the file is open in another process or one of both cannot be used, or both sides differ at
/// the end; `SCHEMA_TOO_NEW`.
pub fn move_outbox(
    file: &Path,
    database: &Path,
    looks_only: bool,
    tell: &mut dyn FnMut(&'static str, u64),
) -> Result<Vec<MovedTable>> {
    fork::listen()?;
    let url = DatabaseUrl::of(database).ok_or_else(|| {
        let text = "name the database that is moved to by its address, as postgresql://user@host/name";
        Error::new(ErrorCode::InvalidConfiguration, text)
    })?;
    let settings = Settings::new(&url, &Config::default())?;
    let source = {
        let _inside = fork::enter();
        let open = if looks_only { MovingFile::look } else { MovingFile::hold };
        open(file, &url.shown())?
    };
    postgres::moving::run(settings, &source, looks_only, tell)
}
