//! The purpose of a file: an outbox that is delivered from, or a relay's file that is forwarded. The two must not mix: an
//! endpoint id names a row of the file in the one, and an endpoint of the server in the other.

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

/// Marks a fresh file that is opened by a relay.
///
/// # Errors
/// `INVALID_CONFIGURATION` where the file has the other purpose.
pub(super) fn settle(connection: &Connection, config: &Config) -> Result<()> {
    let refused = |message| Err(Error::new(ErrorCode::InvalidConfiguration, message));
    match (&config.server, is_relay(connection)?) {
        (Some(_), true) => Ok(()),
        (None, false) => Ok(()),
        // With `delivery` off the file is only read, or messages are added for the relay to forward.
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
