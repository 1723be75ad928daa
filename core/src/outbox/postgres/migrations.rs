//! The tables, and how an older database is brought up to date.

use sha2::{Digest, Sha256};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::connections::storage_error;
use super::restored;
use super::statement::{Columns, Sql, args};
use crate::error::{Error, ErrorCode, Result};
use crate::model::hex;

struct Migration {
    sql: &'static str,
    /// The oldest version of the program that may use a database after it: how many migrations that knows.
    oldest_reader: usize,
}

/// Entry n brings a database from version n to version n + 1. An entry never changes.
const MIGRATIONS: &[Migration] = &[
    Migration { sql: include_str!("migrations/0001.sql"), oldest_reader: 1 },
    Migration { sql: include_str!("migrations/0002.sql"), oldest_reader: 1 },
    Migration { sql: include_str!("migrations/0003.sql"), oldest_reader: 1 },
    // Older ones do not note what they change late.
    Migration { sql: include_str!("migrations/0004.sql"), oldest_reader: 4 },
    // Older ones write exports to files, which no other process finds.
    Migration { sql: include_str!("migrations/0005.sql"), oldest_reader: 5 },
];

/// The number of the lock under which one process at a time migrates. It ends with the transaction, also behind a pooler.
const LOCK: i64 = 0x686f_6f6b_6272_6467;
/// How long a process waits for another that migrates, in seconds. Nobody else waits meanwhile.
const TURN: u32 = 60;
/// How long it waits for a lock of a table, in seconds: whoever uses that table waits as long behind it.
const LOCK_PATIENCE: u32 = 2;

const TABLE: &str = "CREATE SCHEMA IF NOT EXISTS hookbridge;
    CREATE TABLE IF NOT EXISTS hookbridge.migrations (
        version integer PRIMARY KEY,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        checksum bytea NOT NULL
    );
    ALTER TABLE hookbridge.migrations ADD COLUMN IF NOT EXISTS oldest_reader integer NOT NULL DEFAULT 1";
const IS_THERE: &str = "SELECT to_regclass('hookbridge.migrations') IS NOT NULL";
const VERSION: &str = "SELECT coalesce(max(version), 0) FROM hookbridge.migrations";
const OLDEST_READER: &str = "SELECT coalesce(max(oldest_reader), 0) FROM hookbridge.migrations";
const NOTE: &str = "INSERT INTO hookbridge.migrations (version, checksum, oldest_reader) VALUES ($1::bigint, $2, $3::bigint)";
const LOCKED: &str = "SELECT pg_advisory_xact_lock($1)";
/// The sessions that have held a lock of ours for longer than a migration waits.
const HOLDERS: &str = "SELECT string_agg(format('%s of %s, %s', pid, usename, state), '; ') FROM pg_stat_activity a
    WHERE pid <> pg_backend_pid() AND xact_start < clock_timestamp() - make_interval(secs => $1::bigint) AND EXISTS (
        SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
        WHERE l.pid = a.pid AND l.granted AND c.relnamespace = to_regnamespace('hookbridge'))";

async fn version(client: &Client) -> Sql<usize> {
    let is_there = client.query_typed(IS_THERE, args![]).await?;
    if !is_there.first().map_or(Ok(false), |row| row.boolean(0))? {
        return Ok(0);
    }
    number(client, VERSION).await
}

async fn number(client: &Client, question: &str) -> Sql<usize> {
    let found = client.query_typed(question, args![]).await?;
    Ok(usize::try_from(found.first().map_or(Ok(0), |row| row.int(0))?).unwrap_or(0))
}

/// Refuses a database of a newer version than this program may use.
async fn check_newer(client: &Client, found: usize) -> Sql<Result<()>> {
    let known = MIGRATIONS.len();
    if found <= known || number(client, OLDEST_READER).await? <= known {
        return Ok(Ok(()));
    }
    Ok(Err(Error::new(
        ErrorCode::SchemaTooNew,
        format!(
            "the outbox has schema version {found}, and this version of HookBridge knows up to {known}: \
             open it with a newer HookBridge"
        ),
    )))
}

/// Checks that the database has the tables of this version, or those of a newer one that this may use.
///
/// # Errors
/// `SCHEMA_TOO_NEW`; `STORAGE_UNAVAILABLE` where tables are missing or older.
pub(super) async fn check(client: &Client) -> Result<()> {
    let found = version(client).await.map_err(storage_error)?;
    if found < MIGRATIONS.len() {
        let what = match found {
            0 => "the database has no tables of HookBridge".to_owned(),
            _ => format!(
                "the database has schema version {found}, and this version of HookBridge needs {}",
                MIGRATIONS.len()
            ),
        };
        let text = format!("{what}: run `hookbridge migrate` as its owner first");
        return Err(Error::new(ErrorCode::StorageUnavailable, text));
    }
    check_newer(client, found).await.map_err(storage_error)?
}

/// Runs the migrations that the database lacks, one process at a time, each in a transaction of its own.
///
/// # Errors
/// `SCHEMA_TOO_NEW`, `STORAGE_UNAVAILABLE`
pub(super) async fn migrate(client: &Client) -> Result<()> {
    while next(client).await? {}
    restored::mend(client).await.map_err(storage_error)
}

/// Runs one migration. False where the database lacks none.
async fn next(client: &Client) -> Result<bool> {
    let begin = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{TURN}s'"
    );
    client.batch_execute(&begin).await.map_err(storage_error)?;
    let outcome = match client.query_typed(LOCKED, args![LOCK]).await {
        Ok(_) => match bring_further(client).await {
            Ok(outcome) => outcome,
            Err(cause) => Err(refused(client, cause).await),
        },
        Err(cause) if is_late(&cause) => {
            let text =
                format!("another process has been migrating for {TURN} s: try again when it has ended");
            Err(Error::new(ErrorCode::StorageUnavailable, text))
        }
        Err(cause) => Err(storage_error(cause)),
    };
    let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
    client.batch_execute(end).await.map_err(storage_error)?;
    outcome
}

fn is_late(cause: &tokio_postgres::Error) -> bool {
    cause.code() == Some(&SqlState::LOCK_NOT_AVAILABLE)
}

/// The error of a migration that was refused. It was undone.
async fn refused(client: &Client, cause: tokio_postgres::Error) -> Error {
    if !is_late(&cause) {
        return storage_error(cause);
    }
    let holders = match client.batch_execute("ROLLBACK; BEGIN").await {
        Ok(()) => client.query_typed(HOLDERS, args![i64::from(LOCK_PATIENCE)]).await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    let holders = holders.first().and_then(|row| row.maybe_text(0).ok().flatten());
    let holders = holders.map_or_else(String::new, |holders| format!(" (process {holders})"));
    let text = format!(
        "the migration needs a table for itself, and another transaction{holders} has not let it go for {LOCK_PATIENCE} s: \
         nothing was changed. End that transaction and run `hookbridge migrate` again"
    );
    Error::new(ErrorCode::StorageUnavailable, text)
}

async fn bring_further(client: &Client) -> Sql<Result<bool>> {
    client.batch_execute(&format!("SET LOCAL lock_timeout = '{LOCK_PATIENCE}s'")).await?;
    let found = version(client).await?;
    let Some(migration) = MIGRATIONS.get(found) else {
        return Ok(check_newer(client, found).await?.map(|()| false));
    };
    client.batch_execute(TABLE).await?;
    client.batch_execute(migration.sql).await?;
    let (number, checksum) = (found as i64 + 1, checksum(migration));
    client.query_typed(NOTE, args![number, &checksum[..], migration.oldest_reader as i64]).await?;
    Ok(Ok(true))
}

fn checksum(migration: &Migration) -> [u8; 32] {
    Sha256::digest(migration.sql.as_bytes()).into()
}

/// All migrations with the notes that they leave, as statements for an empty database.
pub(super) fn as_sql() -> String {
    let mut text = format!("{TABLE};\n");
    for (index, migration) in MIGRATIONS.iter().enumerate() {
        text += &format!(
            "\n{}\nINSERT INTO hookbridge.migrations (version, checksum, oldest_reader) VALUES ({}, '\\x{}', {});\n",
            migration.sql,
            index + 1,
            hex::encode(&checksum(migration)),
            migration.oldest_reader
        );
    }
    format!("BEGIN;\n{text}\nCOMMIT;\n")
}
