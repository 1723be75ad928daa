//! What a file is for: to be delivered from, or to be forwarded. The two must not mix, since the same endpoint id means a
//! row here in one and a row of the server in the other.

use rusqlite::{Connection, OptionalExtension};

use super::storage_error;
use crate::config::{Config, Delivery};
use crate::error::{Error, ErrorCode, Result};

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

/// Marks a fresh file that is opened as a relay's, and refuses one that is for something else.
///
/// # Errors
/// `INVALID_CONFIGURATION` where the file is for the other purpose.
pub(super) fn settle(connection: &Connection, config: &Config) -> Result<()> {
    let refused = |message| Err(Error::new(ErrorCode::InvalidConfiguration, message));
    match (&config.server, is_relay(connection)?) {
        (Some(_), true) => Ok(()),
        (None, false) => Ok(()),
        // To look at it, or to put messages beside those of the relay.
        (None, true) if config.delivery == Delivery::Off => Ok(()),
        (None, true) => refused(
            "this outbox is a relay's: open it with the `base_url` that it forwards to, or with `delivery` off",
        ),
        (Some(_), false) if holds(connection, HAS_ENDPOINTS)? => {
            refused("this outbox has endpoints of its own and cannot be a relay's: name another file")
        }
        (Some(_), false) => connection.execute(BECOME_RELAY, []).map(drop).map_err(storage_error),
    }
}
