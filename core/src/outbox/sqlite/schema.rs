//! The tables, and how an older file is brought up to date.
//!
//! - `messages` has a row for each message. `due_at` is set exactly while the message waits: 0 for a `queued` message,
//!   which may go at once, and the wall time of the retry for a `pending_retry` one. A partial index over it finds the next
//!   delivery without reading history, and counting and listing the waiting messages reads this index alone. Messages that
//!   were given up, and deleted ones, have an index each; the dead ones have another by endpoint, which only they pay for.
//! - `payloads` has the payloads apart, so that a change of status never rewrites them. The messages of an event share the one
//!   of the event, whose `seq` there is the negative of the event's.
//! - `due_at` is below 0 for a message that is scheduled: its moment less what is more than any moment (`outbox/due_at.rs`). So
//!   the index tells the kinds of waiting apart, and each is in the order of its moments.
//! - `unwanted_until` is set of an event that nobody wanted and that has a retention of its own: no message drops its payload.
//! - `in_order` is set while a message with an ordering key has its place: 0 for the one in front, 1 for those behind it. Only
//!   the one in front has a `due_at`; the others have it in `held_due_at`.
//! - `attempts` are clustered by message: `row = message.seq * 65536 + attempt_no`.
//! - `state.revision` counts the changes that other processes must read (endpoints, edited due times, API keys). `changes`
//!   has a row for each of the newest.
//! - `api_keys` has the SHA-256 of each key, not the key. A key has 190 random bits, so that its plain hash cannot be reversed.
//! - `exports` has a row for each export. `secrets` has the secret that signs the links to their files.
//! - `metrics` counts what is committed after the table was made. What an older file held then is not counted.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::storage_error;
use crate::error::{Error, ErrorCode, Result};
use crate::model::timestamp::Timestamp;

const MIGRATIONS_TABLE: &str = "CREATE TABLE IF NOT EXISTS hookbridge_migrations (
    version INTEGER PRIMARY KEY,
    applied_at INTEGER NOT NULL
) STRICT";

/// The migrations. Entry n brings a file from version n to version n + 1. An entry never changes: literal numbers in it are
/// those of its time.
const MIGRATIONS: &[&str] = &["
CREATE TABLE hookbridge_endpoints (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    url TEXT NOT NULL,
    description TEXT,
    rate_limit_rps INTEGER,
    burst INTEGER,
    headers TEXT,
    retry_schedule TEXT,
    max_attempts INTEGER,
    paused INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;
CREATE TABLE hookbridge_signing_keys (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    endpoint_seq INTEGER NOT NULL,
    secret TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX hookbridge_signing_keys_of_endpoint ON hookbridge_signing_keys (endpoint_seq);
CREATE TABLE hookbridge_messages (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    endpoint_seq INTEGER NOT NULL,
    status INTEGER NOT NULL,
    due_at INTEGER,
    attempt_count INTEGER NOT NULL DEFAULT 0,
    schedule_start INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL DEFAULT 0,
    replay_count INTEGER NOT NULL DEFAULT 0,
    retry_type INTEGER,
    size_bytes INTEGER NOT NULL,
    payload_sha256 BLOB NOT NULL,
    idempotency_key TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    retention_hours INTEGER,
    payload_expires_at INTEGER,
    first_attempt_at INTEGER,
    delivered_at INTEGER,
    failed_at INTEGER,
    last_error TEXT,
    response_status INTEGER,
    response_latency_ms INTEGER,
    deleted_at INTEGER
) STRICT;
CREATE INDEX hookbridge_messages_waiting ON hookbridge_messages (endpoint_seq, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX hookbridge_messages_dead ON hookbridge_messages (seq) WHERE status = 3 AND deleted_at IS NULL;
CREATE UNIQUE INDEX hookbridge_messages_idempotency ON hookbridge_messages (endpoint_seq, idempotency_key)
    WHERE idempotency_key IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX hookbridge_messages_expiring ON hookbridge_messages (payload_expires_at)
    WHERE payload_expires_at IS NOT NULL;
CREATE TABLE hookbridge_payloads (
    seq INTEGER PRIMARY KEY,
    headers TEXT,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE hookbridge_attempts (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    response_status INTEGER,
    response_latency_ms INTEGER,
    processing_ms INTEGER,
    error_text TEXT,
    response_headers TEXT,
    retry_type INTEGER,
    retry_after_seconds INTEGER,
    resolved_ip TEXT,
    request_headers TEXT,
    dns_ms INTEGER,
    tcp_connect_ms INTEGER,
    tls_handshake_ms INTEGER,
    ttfb_ms INTEGER,
    transfer_ms INTEGER,
    conn_reused INTEGER,
    response_body BLOB,
    response_body_truncated INTEGER
) STRICT;
CREATE TABLE hookbridge_state (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO hookbridge_state VALUES ('revision', 0);
", "
CREATE TABLE hookbridge_api_keys (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    sha256 BLOB NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
", "
CREATE TABLE hookbridge_metrics (
    at INTEGER NOT NULL,
    endpoint_seq INTEGER NOT NULL,
    total INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    latency_ms INTEGER NOT NULL,
    PRIMARY KEY (at, endpoint_seq)
) STRICT, WITHOUT ROWID;
INSERT INTO hookbridge_state VALUES ('metrics_by_hour', 0), ('metrics_by_quarter', 0), ('metrics_by_day', 0);
INSERT INTO hookbridge_state SELECT 'metrics_accepted', coalesce(max(seq), 0) FROM hookbridge_messages;
", "
ALTER TABLE hookbridge_messages ADD COLUMN deleted_by_api_key BLOB;
", "
CREATE TABLE hookbridge_exports (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    status INTEGER NOT NULL,
    filter_start INTEGER NOT NULL,
    filter_end INTEGER NOT NULL,
    filter_status INTEGER,
    filter_endpoint BLOB,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    expires_at INTEGER,
    row_count INTEGER,
    file_size_bytes INTEGER,
    error_message TEXT
) STRICT;
CREATE TABLE hookbridge_secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
", "
DROP INDEX hookbridge_messages_dead;
CREATE INDEX hookbridge_messages_dead ON hookbridge_messages (seq, endpoint_seq, deleted_at)
    WHERE status = 3 AND deleted_at IS NULL;
CREATE INDEX hookbridge_messages_deleted ON hookbridge_messages (status, seq, endpoint_seq, deleted_at)
    WHERE deleted_at IS NOT NULL;
", "
CREATE TABLE hookbridge_clock_steps (
    seq INTEGER NOT NULL,
    step INTEGER NOT NULL
) STRICT;
", "
ALTER TABLE hookbridge_attempts ADD COLUMN note TEXT;
", "
CREATE TABLE hookbridge_changes (
    revision INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    endpoint_seq INTEGER
) STRICT;
", "
ALTER TABLE hookbridge_api_keys ADD COLUMN scope INTEGER NOT NULL DEFAULT 0;
", "
CREATE INDEX hookbridge_messages_dead_of_endpoint ON hookbridge_messages (endpoint_seq, deleted_at)
    WHERE status = 3 AND deleted_at IS NULL;
", "
CREATE TABLE hookbridge_activity (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    occurred_at INTEGER NOT NULL,
    operation TEXT NOT NULL,
    api_key_id BLOB NOT NULL,
    api_key_label TEXT NOT NULL,
    api_key_prefix TEXT NOT NULL,
    endpoint_id BLOB,
    message_id BLOB,
    affected INTEGER NOT NULL,
    detail TEXT
) STRICT;
CREATE TABLE hookbridge_login_codes (
    sha256 BLOB PRIMARY KEY,
    api_key_id BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE hookbridge_consoles (
    url TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
", "
ALTER TABLE hookbridge_endpoints ADD COLUMN tenant TEXT;
ALTER TABLE hookbridge_endpoints ADD COLUMN event_types TEXT;
ALTER TABLE hookbridge_endpoints ADD COLUMN filter TEXT;
ALTER TABLE hookbridge_endpoints ADD COLUMN on_failure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hookbridge_messages ADD COLUMN event_seq INTEGER;
ALTER TABLE hookbridge_messages ADD COLUMN payload_gone INTEGER;
ALTER TABLE hookbridge_messages ADD COLUMN ordering_key TEXT;
ALTER TABLE hookbridge_messages ADD COLUMN in_order INTEGER;
ALTER TABLE hookbridge_messages ADD COLUMN held_due_at INTEGER;
ALTER TABLE hookbridge_messages ADD COLUMN deliver_at INTEGER;
ALTER TABLE hookbridge_messages ADD COLUMN expires_at INTEGER;
CREATE UNIQUE INDEX hookbridge_messages_of_event ON hookbridge_messages (event_seq, endpoint_seq)
    WHERE event_seq IS NOT NULL;
CREATE INDEX hookbridge_messages_order ON hookbridge_messages (endpoint_seq, ordering_key, in_order, seq)
    WHERE in_order IS NOT NULL;
CREATE INDEX hookbridge_messages_held ON hookbridge_messages (seq, endpoint_seq, held_due_at)
    WHERE held_due_at IS NOT NULL;
CREATE INDEX hookbridge_messages_expires ON hookbridge_messages (expires_at)
    WHERE expires_at IS NOT NULL AND status < 2 AND deleted_at IS NULL;
CREATE TABLE hookbridge_events (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    type TEXT NOT NULL,
    tenant TEXT,
    idempotency_key TEXT,
    ordering_key TEXT,
    size_bytes INTEGER NOT NULL,
    payload_sha256 BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    deliver_at INTEGER,
    expires_at INTEGER,
    retention_hours INTEGER,
    matched INTEGER NOT NULL,
    needed_by INTEGER NOT NULL,
    message_seq INTEGER NOT NULL,
    unwanted_until INTEGER
) STRICT;
CREATE INDEX hookbridge_events_unwanted ON hookbridge_events (unwanted_until) WHERE unwanted_until IS NOT NULL;
CREATE UNIQUE INDEX hookbridge_events_idempotency ON hookbridge_events (coalesce(tenant, ''), idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE TABLE hookbridge_event_types (
    seq INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    schema TEXT,
    example TEXT,
    deprecated INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
"];

/// How many attempts of one message have room in the clustered key of `attempts`.
pub(crate) const ATTEMPT_ROWS: i64 = 65_536;

/// The version that this program writes.
pub(super) const NEWEST: usize = MIGRATIONS.len();

fn known(connection: &Connection) -> Result<bool> {
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_master WHERE name = 'hookbridge_migrations'", [], |row| {
            row.get(0)
        })
        .map_err(storage_error)?;
    Ok(tables > 0)
}

/// The schema version of a file; 0 where it has none of our tables.
pub(super) fn version_of(connection: &Connection) -> Result<u64> {
    if known(connection)? { version(connection).map(|version| version as u64) } else { Ok(0) }
}

fn version(connection: &Connection) -> Result<usize> {
    let version: i64 = connection
        .query_row("SELECT coalesce(max(version), 0) FROM hookbridge_migrations", [], |row| row.get(0))
        .map_err(storage_error)?;
    Ok(usize::try_from(version).unwrap_or(0))
}

/// Creates the tables, or runs the migrations that the file lacks.
///
/// # Errors
/// `SCHEMA_TOO_NEW` for a file of a newer version, `STORAGE_UNAVAILABLE` where it cannot be written.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    if known(connection)? && version(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    // Another process may be migrating too: the version is read again inside the transaction.
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate).map_err(storage_error)?;
    transaction.execute_batch(MIGRATIONS_TABLE).map_err(storage_error)?;
    let found = version(&transaction)?;
    if found > MIGRATIONS.len() {
        return Err(Error::new(
            ErrorCode::SchemaTooNew,
            format!(
                "the outbox has schema version {found}, and this version of HookBridge knows up to {}: \
                 open it with a newer HookBridge",
                MIGRATIONS.len()
            ),
        ));
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(found) {
        transaction.execute_batch(migration).map_err(storage_error)?;
        transaction
            .execute(
                "INSERT INTO hookbridge_migrations (version, applied_at) VALUES (?1, ?2)",
                (index as i64 + 1, Timestamp::now().as_millis()),
            )
            .map_err(storage_error)?;
    }
    transaction.commit().map_err(storage_error)
}
