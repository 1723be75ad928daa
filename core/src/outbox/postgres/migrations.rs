//! The tables, and how an older database is brought up to date.

use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use super::connections::storage_error;
use super::statement::{Columns, Sql, args};
use crate::error::{Error, ErrorCode, Result};
use crate::model::hex;

/// The migrations. Entry n brings a database from version n to version n + 1. An entry never changes.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
];

/// The number of the lock under which one process at a time migrates. It ends with the transaction, also behind a pooler.
const LOCK: i64 = 0x686f_6f6b_6272_6467;

const TABLE: &str = "CREATE SCHEMA IF NOT EXISTS hookbridge;
    CREATE TABLE IF NOT EXISTS hookbridge.migrations (
        version integer PRIMARY KEY,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        checksum bytea NOT NULL
    )";
const IS_THERE: &str = "SELECT to_regclass('hookbridge.migrations') IS NOT NULL";
const VERSION: &str = "SELECT coalesce(max(version), 0) FROM hookbridge.migrations";
const NOTE: &str = "INSERT INTO hookbridge.migrations (version, checksum) VALUES ($1::bigint, $2)";
const LOCKED: &str = "SELECT pg_advisory_xact_lock($1)";

async fn version(client: &Client) -> Sql<usize> {
    let is_there = client.query_typed(IS_THERE, args![]).await?;
    if !is_there.first().map_or(Ok(false), |row| row.boolean(0))? {
        return Ok(0);
    }
    let found = client.query_typed(VERSION, args![]).await?;
    Ok(usize::try_from(found.first().map_or(Ok(0), |row| row.int(0))?).unwrap_or(0))
}

fn too_new(found: usize) -> Error {
    Error::new(
        ErrorCode::SchemaTooNew,
        format!(
            "the outbox has schema version {found}, and this version of HookBridge knows up to {}: \
             open it with a newer HookBridge",
            MIGRATIONS.len()
        ),
    )
}

/// Checks that the database has the tables of this version.
///
/// # Errors
/// `SCHEMA_TOO_NEW`; `STORAGE_UNAVAILABLE` where tables are missing or older.
pub(super) async fn check(client: &Client) -> Result<()> {
    let found = version(client).await.map_err(storage_error)?;
    if found > MIGRATIONS.len() {
        return Err(too_new(found));
    }
    if found < MIGRATIONS.len() {
        let text = format!(
            "the database has schema version {found} of {}: migrate it as its owner first",
            MIGRATIONS.len()
        );
        return Err(Error::new(ErrorCode::StorageUnavailable, text));
    }
    Ok(())
}

/// Runs the migrations that the database lacks, one process at a time, in one transaction.
///
/// # Errors
/// `SCHEMA_TOO_NEW`, `STORAGE_UNAVAILABLE`
pub(super) async fn migrate(client: &Client) -> Result<()> {
    client.batch_execute("BEGIN").await.map_err(storage_error)?;
    let outcome = bring_up_to_date(client).await;
    let end = if matches!(outcome, Ok(Ok(()))) { "COMMIT" } else { "ROLLBACK" };
    client.batch_execute(end).await.map_err(storage_error)?;
    outcome.map_err(storage_error)?
}

/// All migrations with the notes that they leave, as statements.
pub(super) fn as_sql() -> String {
    let mut text = format!("{TABLE};\n");
    for (index, migration) in MIGRATIONS.iter().enumerate() {
        let checksum = hex::encode(&Sha256::digest(migration.as_bytes()));
        text += &format!(
            "\n{migration}\nINSERT INTO hookbridge.migrations (version, checksum) VALUES ({}, '\\x{checksum}');\n",
            index + 1
        );
    }
    format!("BEGIN;\n{text}\nCOMMIT;\n")
}

async fn bring_up_to_date(client: &Client) -> Sql<Result<()>> {
    client.query_typed(LOCKED, args![LOCK]).await?;
    client.batch_execute(TABLE).await?;
    let found = version(client).await?;
    if found > MIGRATIONS.len() {
        return Ok(Err(too_new(found)));
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(found) {
        client.batch_execute(migration).await?;
        let checksum: [u8; 32] = Sha256::digest(migration.as_bytes()).into();
        let number = index as i64 + 1;
        client.query_typed(NOTE, args![number, &checksum[..]]).await?;
    }
    Ok(Ok(()))
}
