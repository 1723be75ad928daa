//! The purpose of a file: see [`crate::outbox::purpose`].

use rusqlite::{Connection, OptionalExtension};

use super::storage_error;
use crate::config::Config;
use crate::error::Result;
use crate::outbox::purpose::becomes_relay;

const IS_RELAY: &str = "SELECT 1 FROM hookbridge_state WHERE name = 'relay'";
const HAS_ENDPOINTS: &str = "SELECT 1 FROM hookbridge_endpoints LIMIT 1";
const BECOME_RELAY: &str = "INSERT OR IGNORE INTO hookbridge_state VALUES ('relay', 1)";

fn holds(connection: &Connection, sql: &str) -> Result<bool> {
    let found = connection.query_row(sql, [], |_| Ok(())).optional();
    found.map(|found| found.is_some()).map_err(storage_error)
}

/// Whether the file is a relay's.
pub(super) fn is_relay(connection: &Connection) -> Result<bool> {
    holds(connection, IS_RELAY)
}

/// Marks a fresh file that is opened by a relay.
///
/// # Errors
/// `INVALID_CONFIGURATION` where the file has the other purpose.
pub(super) fn settle(connection: &Connection, config: &Config) -> Result<()> {
    if becomes_relay(config, is_relay(connection)?, || holds(connection, HAS_ENDPOINTS))? {
        connection.execute(BECOME_RELAY, []).map_err(storage_error)?;
    }
    Ok(())
}
