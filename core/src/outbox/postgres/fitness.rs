//! Whether a database is one that an outbox can be kept in.

use tokio_postgres::Client;

use super::connections::storage_error;
use super::statement::{Columns, args};
use crate::config::Durability;
use crate::error::{Error, ErrorCode, Result};

/// The oldest version that has what the statements use.
const OLDEST: i64 = 130_000;

/// Neon has `fsync` off and keeps what was committed elsewhere.
const STATE: &str = "SELECT current_setting('server_version_num')::bigint, current_setting('server_version'), current_setting('server_encoding'),
    current_setting('fsync') = 'off' AND current_setting('neon.timeline_id', true) IS NULL, current_setting('synchronous_commit')";

/// Checks the version, the encoding, and that the database keeps what it commits where `durability` promises it.
///
/// # Errors
/// `STORAGE_UNAVAILABLE`, with what is to be mended.
pub(super) async fn check(client: &Client, durability: Durability) -> Result<()> {
    let rows = client.query_typed(STATE, args![]).await.map_err(storage_error)?;
    let Some(row) = rows.first() else { return Ok(()) };
    let text = |column| row.text(column).map_err(storage_error);
    let (version, encoding, committing) = (text(1)?, text(2)?, text(4)?);
    let why = if row.int(0).map_err(storage_error)? < OLDEST {
        format!("its version is {version}, and PostgreSQL 13 is the oldest that can be used")
    } else if encoding != "UTF8" {
        format!(
            "its encoding is {encoding}, and must be UTF8: create a database with ENCODING 'UTF8' TEMPLATE template0"
        )
    } else if durability != Durability::Full {
        return Ok(());
    } else if row.boolean(3).map_err(storage_error)? {
        "it has fsync=off, and would lose messages by a power cut that were accepted: turn fsync on, or set `durability` to `normal`".to_owned()
    } else if committing == "off" {
        "synchronous_commit is off for this role, and a crash would lose messages that were accepted: turn it on for the role, or \
            set `durability` to `normal`"
            .to_owned()
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorCode::StorageUnavailable, format!("the database cannot be used: {why}")))
}
