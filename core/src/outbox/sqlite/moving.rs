//! A file whose outbox moves into a database: it is kept to this process, marked, and read as a database has its rows.

use std::path::Path;
use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::clock::behind;
use super::leadership::Leadership;
use super::moved::{self, Mark};
use super::stored::failed_permanent;
use super::{SqliteFile, own_file, purpose, sole_copy, storage_error};
use crate::config::{Config, Delivery};
use crate::error::{Error, ErrorCode, Result, closed};
use crate::host::fork;
use crate::outbox::moving::{BEGINNING, Batch, Move, Source, Table, Value};

/// How many rows are read at once, and after how many bytes a batch ends.
const ROWS: usize = 1_000;
const BYTES: usize = 8 << 20;

/// A due time without what due time is ahead of the wall clock here. The database has no such lead.
macro_rules! due {
    ($column:literal) => {
        concat!(
            "CASE WHEN ",
            $column,
            " > 0 THEN max(",
            $column,
            " - ",
            behind!(),
            ", 1) WHEN ",
            $column,
            " < 0 THEN ",
            $column,
            " - ",
            behind!(),
            " ELSE ",
            $column,
            " END"
        )
    };
}

/// The statement that reads a table's rows: first what `?1` is compared with, then the columns. In the order of the first.
fn select(table: Table) -> String {
    let select = match table {
        Table::Endpoints => {
            "SELECT seq, seq, id, url, description, rate_limit_rps, burst, headers, retry_schedule, max_attempts, paused,
            created_at, updated_at, deleted_at, tenant, event_types, filter, on_failure
            FROM hookbridge_endpoints WHERE seq > ?1"
        }
        Table::SigningKeys => {
            "SELECT seq, seq, id, endpoint_seq, secret, created_at FROM hookbridge_signing_keys WHERE seq > ?1"
        }
        Table::ApiKeys => {
            "SELECT seq, seq, id, sha256, prefix, label, scope, created_at, last_used_at FROM hookbridge_api_keys
            WHERE seq > ?1"
        }
        Table::Secrets => {
            "SELECT n, name, value FROM (SELECT row_number() OVER (ORDER BY name) AS n, name, value FROM hookbridge_secrets
            WHERE name NOT IN ('moved', 'relay')) WHERE n > ?1"
        }
        Table::EventTypes => {
            "SELECT seq, name, description, schema, example, deprecated, created_at, updated_at FROM hookbridge_event_types
            WHERE seq > ?1"
        }
        Table::Events => {
            "SELECT seq, seq, id, type, tenant, idempotency_key, ordering_key, size_bytes, payload_sha256, created_at, deliver_at,
            expires_at, retention_hours, matched, needed_by, unwanted_until FROM hookbridge_events WHERE seq > ?1"
        }
        Table::EventKeys => {
            "SELECT seq, coalesce(tenant, ''), idempotency_key, id FROM hookbridge_events
            WHERE seq > ?1 AND idempotency_key IS NOT NULL"
        }
        Table::Messages => concat!(
            "SELECT seq, id, seq, endpoint_seq, status, ", due!("due_at"), ", attempt_count, schedule_start, epoch, replay_count,
            retry_type, size_bytes, payload_sha256, idempotency_key, created_at, updated_at, retention_hours, payload_expires_at,
            first_attempt_at, delivered_at, failed_at, last_error, response_status, response_latency_ms, deleted_at,
            deleted_by_api_key, event_seq, coalesce(payload_gone, 0), ordering_key, deliver_at, expires_at
            FROM hookbridge_messages WHERE seq > ?1"
        ),
        Table::Payloads => {
            "SELECT p.seq, coalesce(m.id, v.id), p.headers, p.body FROM hookbridge_payloads p
            LEFT JOIN hookbridge_messages m ON m.seq = p.seq LEFT JOIN hookbridge_events v ON v.seq = -p.seq
            WHERE p.seq > ?1 AND coalesce(m.id, v.id) IS NOT NULL"
        }
        Table::Attempts => {
            "SELECT a.row, m.id, a.row % 65536, a.id, a.created_at, a.response_status, a.response_latency_ms, a.processing_ms,
            a.error_text, a.response_headers, a.retry_type, a.retry_after_seconds, a.resolved_ip, a.request_headers, a.dns_ms,
            a.tcp_connect_ms, a.tls_handshake_ms, a.ttfb_ms, a.transfer_ms, a.conn_reused, a.response_body,
            a.response_body_truncated, a.note
            FROM hookbridge_attempts a JOIN hookbridge_messages m ON m.seq = a.row / 65536 WHERE a.row > ?1"
        }
        Table::Keys => {
            "SELECT seq, endpoint_seq, idempotency_key, id, payload_sha256 FROM hookbridge_messages
            WHERE seq > ?1 AND idempotency_key IS NOT NULL AND deleted_at IS NULL"
        }
        Table::DeadLetters => concat!(
            "SELECT seq, seq, endpoint_seq, id FROM hookbridge_messages WHERE seq > ?1 AND status = ", failed_permanent!(),
            " AND deleted_at IS NULL"
        ),
        // For a database's retention, which counts on those that come two days late.
        Table::LateChanges => {
            "SELECT seq, id, updated_at FROM hookbridge_messages WHERE seq > ?1 AND updated_at >= created_at + 86400000"
        }
        // With the messages that are accepted and not counted yet (sqlite/metrics.rs).
        Table::Metrics => {
            "SELECT n, at, endpoint_seq, zeroblob(16), total, succeeded, failed, retries, answers, latency_ms FROM (
                SELECT row_number() OVER (ORDER BY at, endpoint_seq) AS n, at, endpoint_seq, sum(total) AS total,
                    sum(succeeded) AS succeeded, sum(failed) AS failed, sum(retries) AS retries, sum(answers) AS answers,
                    sum(latency_ms) AS latency_ms
                FROM (SELECT * FROM hookbridge_metrics UNION ALL
                    SELECT created_at - created_at % 60000, endpoint_seq, 1, 0, 0, 0, 0, 0 FROM hookbridge_messages
                    WHERE seq > (SELECT value FROM hookbridge_state WHERE name = 'metrics_accepted'))
                GROUP BY at, endpoint_seq) WHERE n > ?1"
        }
        Table::Activity => {
            "SELECT seq, seq, occurred_at, operation, api_key_id, api_key_label, api_key_prefix, endpoint_id, message_id, affected,
            detail FROM hookbridge_activity WHERE seq > ?1"
        }
        Table::Ordered => concat!(
            "SELECT seq, endpoint_seq, ordering_key, seq, id, in_order = 0, ", due!("held_due_at"), ", expires_at
            FROM hookbridge_messages WHERE seq > ?1 AND in_order IS NOT NULL"
        ),
        Table::Waiting => concat!(
            "SELECT m.seq, m.endpoint_seq, ", due!("m.due_at"), ", m.seq, m.id, coalesce(v.id, m.id), m.attempt_count,
            m.schedule_start, m.epoch, m.created_at, m.retention_hours, m.event_seq, m.ordering_key, m.deliver_at, m.expires_at
            FROM hookbridge_messages m LEFT JOIN hookbridge_events v ON v.seq = m.event_seq
            WHERE m.seq > ?1 AND m.due_at IS NOT NULL"
        ),
    };
    format!("{select} ORDER BY 1")
}

/// A file that is moved. No other process has it open, where it is held.
pub(crate) struct MovingFile {
    file: Arc<SqliteFile>,
    /// The address that it moves to, without what is secret in it.
    to: String,
    leadership: Option<Leadership>,
}

fn refused(path: &Path, why: &str) -> Error {
    Error::new(ErrorCode::StorageUnavailable, format!("the outbox {} {why}", path.display()))
}

impl MovingFile {
    /// Opens the file to be looked at.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`, also where there is no such file; `INVALID_CONFIGURATION` where it is a relay's.
    pub(crate) fn look(database: &Path, to: &str) -> Result<Self> {
        if !database.is_file() {
            // Opening would create it.
            return Err(refused(database, "is no file"));
        }
        let config = Config { database: database.to_owned(), delivery: Delivery::Off, ..Config::default() };
        let file = SqliteFile::open(&config, None)?;
        fork::register(Arc::downgrade(&file) as _);
        if fork::lock(&file.writer).as_ref().map_or(Ok(false), purpose::is_relay)? {
            let text = "this outbox is a relay's: its messages go to the server that it forwards to, and nowhere else";
            return Err(Error::new(ErrorCode::InvalidConfiguration, text));
        }
        Ok(Self { file, to: to.to_owned(), leadership: None })
    }

    /// Opens the file and keeps others from delivering from it.
    ///
    /// # Errors
    /// As [`Self::look`], and `STORAGE_UNAVAILABLE` where another process has it open.
    pub(crate) fn hold(database: &Path, to: &str) -> Result<Self> {
        if database.is_file() && sole_copy::is_open_elsewhere(&own_file::resolved(database)?) {
            return Err(refused(
                database,
                "is open in another process: stop whatever sends to it or delivers from it",
            ));
        }
        let mut held = Self::look(database, to)?;
        let leadership = Leadership::new(held.file.path());
        if !leadership.try_take()? {
            return Err(refused(database, "is delivered from by another process: stop it"));
        }
        held.leadership = Some(leadership);
        Ok(held)
    }

    fn change(&self, change: impl FnOnce(&Connection) -> rusqlite::Result<()>) -> Result<()> {
        let _inside = fork::enter();
        let mut writer = fork::lock(&self.file.writer);
        let Some(connection) = writer.as_mut() else { return Err(closed()) };
        let transaction =
            Transaction::new(connection, TransactionBehavior::Immediate).map_err(storage_error)?;
        change(&transaction).and_then(|()| transaction.commit()).map_err(storage_error)
    }
}

impl Drop for MovingFile {
    fn drop(&mut self) {
        if let Some(leadership) = &self.leadership {
            leadership.release();
        }
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Int(number),
        // The one character that PostgreSQL cannot keep.
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).replace('\0', "\u{fffd}")),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        // No column of ours has fractions.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}

fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Int(_) => 8,
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
    }
}

impl Source for MovingFile {
    fn rows(&self, table: Table, after: i64) -> Result<Batch> {
        let sql = select(table);
        let columns = table.columns().len();
        self.file.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let mut found = statement.query([after])?;
            let mut batch = Batch { rows: Vec::new(), reached: after };
            let mut bytes = 0;
            while batch.rows.len() < ROWS && bytes < BYTES {
                let Some(row) = found.next()? else { break };
                let read = |column| row.get_ref(column + 1).map(value);
                let values = (0..columns).map(read).collect::<rusqlite::Result<Vec<Value>>>()?;
                bytes += values.iter().map(weight).sum::<usize>();
                batch.reached = row.get(0)?;
                batch.rows.push(values);
            }
            Ok(batch)
        })
    }

    fn count(&self, table: Table) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM ({})", select(table));
        self.file.read(|connection| connection.query_row(&sql, [BEGINNING], |row| row.get(0)))
    }

    fn found(&self) -> Result<Option<Move>> {
        let _inside = fork::enter();
        let writer = fork::lock(&self.file.writer);
        let mark = writer.as_ref().map_or(Ok(None), moved::find)?;
        Ok(mark.map(|mark| Move { sentence: moved::sentence(&mark), id: mark.id, is_done: mark.is_done }))
    }

    fn mark(&self, id: &str, is_done: bool) -> Result<()> {
        let mark = Mark { id: id.to_owned(), to: self.to.clone(), is_done };
        self.change(|connection| moved::set(connection, &mark))
    }
}
