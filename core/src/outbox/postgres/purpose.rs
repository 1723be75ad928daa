//! The purpose of a database: see [`crate::outbox::purpose`].

use tokio_postgres::Client;

use super::connections::storage_error;
use super::statement::{Columns, Sql, args};
use crate::config::Config;
use crate::error::{Error, ErrorCode, Result};
use crate::outbox::purpose::becomes_relay;

/// The mark stands where other things stand that have a name and are one.
const STANDING: &str = "SELECT EXISTS (SELECT FROM hookbridge.secrets WHERE name = 'relay'),
    EXISTS (SELECT FROM hookbridge.endpoints), EXISTS (SELECT FROM hookbridge.secrets WHERE name = 'moving')";
const BECOME_RELAY: &str =
    "INSERT INTO hookbridge.secrets (name, value) VALUES ('relay', '') ON CONFLICT (name) DO NOTHING";

async fn standing(client: &Client) -> Sql<(bool, bool, bool)> {
    let rows = client.query_typed(STANDING, args![]).await?;
    rows.first()
        .map_or(Ok((false, false, false)), |row| Ok((row.boolean(0)?, row.boolean(1)?, row.boolean(2)?)))
}

/// Marks a fresh database that is opened by a relay.
///
/// # Errors
/// `INVALID_CONFIGURATION` where the database has the other purpose, or a file is still being moved into it; `STORAGE_UNAVAILABLE`.
pub(super) async fn settle(client: &Client, config: &Config) -> Result<()> {
    let (is_relay, has_endpoints, is_being_filled) = standing(client).await.map_err(storage_error)?;
    if is_being_filled {
        let text =
            "a file is being moved into this database, and that has not ended: run `hookbridge move` again";
        return Err(Error::new(ErrorCode::InvalidConfiguration, text));
    }
    if becomes_relay(config, is_relay, || Ok(has_endpoints))? {
        client.execute_typed(BECOME_RELAY, args![]).await.map_err(storage_error)?;
    }
    Ok(())
}
