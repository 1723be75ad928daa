//! The mark of a database into which a file is moved: which move, and how far it has come.

use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

use crate::error::{Error, ErrorCode, Result};
use crate::outbox::moving::{BEGINNING, Batch, Table};
use crate::outbox::postgres::connections::storage_error;
use crate::outbox::postgres::statement::{Columns, Sql, args};

/// The marks stand where other things stand that have a name and are one. Processes refuse a database that has the first
/// (postgres/purpose.rs).
const FIND: &str =
    "SELECT value FROM hookbridge.secrets WHERE name IN ('moving', 'moved') ORDER BY name DESC LIMIT 1";
const BEGIN: &str =
    "INSERT INTO hookbridge.secrets (name, value) VALUES ('moving', $1) ON CONFLICT (name) DO NOTHING";
/// Only where nobody else has gone on.
const ADVANCE: &str = "UPDATE hookbridge.secrets SET value = $2 WHERE name = 'moving' AND value = $1";
const END: &str = "UPDATE hookbridge.secrets SET name = 'moved', value = $1 WHERE name = 'moving'";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Progress {
    pub id: String,
    pub is_done: bool,
    /// The table that is being filled, by its place in [`Table::ALL`].
    table: usize,
    /// Up to where the source's rows are there.
    pub after: i64,
    /// How many that is.
    pub rows: u64,
}

impl Progress {
    /// None where all are filled.
    pub(super) fn table(&self) -> Option<Table> {
        Table::ALL.get(self.table).copied()
    }

    pub(super) fn next_table(&self) -> Self {
        Self { table: self.table + 1, after: BEGINNING, rows: 0, ..self.clone() }
    }

    pub(super) fn reached(&self, batch: &Batch) -> Self {
        Self { after: batch.reached, rows: self.rows + batch.rows.len() as u64, ..self.clone() }
    }

    fn text(&self) -> Vec<u8> {
        // Numbers and texts cannot fail to be written.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

pub(super) async fn find(client: &Client) -> Result<Option<Progress>> {
    let rows = client.query_typed(FIND, args![]).await.map_err(storage_error)?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mark = serde_json::from_slice(&row.bytes(0).map_err(storage_error)?);
    let unreadable =
        |_| Error::new(ErrorCode::StorageUnavailable, "the database's mark of a move cannot be read");
    mark.map(Some).map_err(unreadable)
}

pub(super) async fn begin(client: &Client, id: &str) -> Result<Progress> {
    let progress = Progress { id: id.to_owned(), is_done: false, table: 0, after: BEGINNING, rows: 0 };
    let text = progress.text();
    client.execute_typed(BEGIN, args![&text[..]]).await.map_err(storage_error)?;
    Ok(progress)
}

/// Writes how far it has come. False where another process goes on with the move.
pub(super) async fn advance(client: &Client, from: &Progress, to: &Progress) -> Sql<bool> {
    let (from, to) = (from.text(), to.text());
    Ok(client.execute_typed(ADVANCE, args![&from[..], &to[..]]).await? == 1)
}

pub(super) async fn end(client: &Client, id: &str) -> Result<()> {
    let progress =
        Progress { id: id.to_owned(), is_done: true, table: Table::ALL.len(), after: BEGINNING, rows: 0 };
    let text = progress.text();
    client.execute_typed(END, args![&text[..]]).await.map(drop).map_err(storage_error)
}
