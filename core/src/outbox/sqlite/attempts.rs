//! Attempts on disk, clustered by message. Of the request's headers only those are stored that do not follow from the
//! message and the attempt.

use rusqlite::{Connection, Row, Statement, params};

use super::schema::ATTEMPT_ROWS;
use super::{stored, text_column};
use crate::model::attempt::Attempt;
use crate::model::ids::{AttemptId, MessageId};
use crate::model::sent_headers::SentHeaders;
use crate::model::timestamp::Timestamp;

/// The columns in the order in which [`insert`] binds them and [`attempt`] reads them.
macro_rules! columns {
    () => {
        "row, id, created_at, response_status, response_latency_ms, processing_ms, error_text, response_headers,
        retry_type, retry_after_seconds, resolved_ip, request_headers, dns_ms, tcp_connect_ms, tls_handshake_ms,
        ttfb_ms, transfer_ms, conn_reused, response_body, response_body_truncated, note"
    };
}

const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM hookbridge_attempts WHERE row = ?1 AND id = ?2)";
pub(crate) const INSERT: &str = concat!(
    "INSERT OR REPLACE INTO hookbridge_attempts (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)"
);
const OF_MESSAGE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM hookbridge_attempts WHERE row >= ?1 AND row < ?2 ORDER BY row LIMIT ?3"
);

fn row_of(seq: i64, attempt_no: u32) -> i64 {
    seq * ATTEMPT_ROWS + i64::from(attempt_no).min(ATTEMPT_ROWS - 1)
}

/// Whether the attempt is recorded already.
pub(crate) fn exists(connection: &Connection, seq: i64, attempt: &Attempt) -> rusqlite::Result<bool> {
    let row = row_of(seq, attempt.attempt_no);
    connection.prepare_cached(EXISTS)?.query_row(params![row, attempt.id.as_bytes()], |row| row.get(0))
}

pub(crate) fn insert(
    insert: &mut Statement<'_>,
    seq: i64,
    attempt: &Attempt,
    sent: &SentHeaders,
) -> rusqlite::Result<()> {
    insert
        .execute(params![
            row_of(seq, attempt.attempt_no),
            attempt.id.as_bytes(),
            attempt.created_at.as_millis(),
            attempt.response_status,
            attempt.response_latency_ms,
            attempt.processing_ms,
            attempt.error_text,
            text_column::write(attempt.response_headers.as_ref())?,
            attempt.retry_type.map(stored::retry_type_number),
            attempt.retry_after_seconds.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX)),
            attempt.resolved_ip.map(|ip| ip.to_string()),
            text_column::write(Some(sent))?,
            attempt.dns_ms,
            attempt.tcp_connect_ms,
            attempt.tls_handshake_ms,
            attempt.ttfb_ms,
            attempt.transfer_ms,
            attempt.conn_reused,
            attempt.response_body.as_ref().map(|body| body.as_bytes()),
            attempt.response_body_truncated,
            attempt.note,
        ])
        .map(drop)
}

/// Reads a row of [`columns`].
fn attempt(row: &Row<'_>, seq: i64, id: &MessageId) -> rusqlite::Result<Attempt> {
    let attempt_no = u32::try_from(row.get::<_, i64>(0)? - seq * ATTEMPT_ROWS).unwrap_or(0);
    let created_at = Timestamp::from_millis(row.get(2)?);
    let sent: Option<SentHeaders> = text_column::read(row, 11)?;
    let request_headers = sent.map(|sent| {
        let listed = sent.list(id, attempt_no, created_at.as_seconds());
        listed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    });
    Ok(Attempt {
        attempt_no,
        id: AttemptId::from_bytes(row.get(1)?),
        created_at,
        response_status: row.get(3)?,
        response_latency_ms: row.get(4)?,
        processing_ms: row.get(5)?,
        error_text: row.get(6)?,
        response_headers: text_column::read(row, 7)?,
        retry_type: row.get::<_, Option<i64>>(8)?.map(stored::retry_type),
        retry_after_seconds: row.get(9)?,
        resolved_ip: text_column::parse(row, 10)?,
        request_headers,
        dns_ms: row.get(12)?,
        tcp_connect_ms: row.get(13)?,
        tls_handshake_ms: row.get(14)?,
        ttfb_ms: row.get(15)?,
        transfer_ms: row.get(16)?,
        conn_reused: row.get(17)?,
        response_body: row
            .get::<_, Option<Vec<u8>>>(18)?
            .map(|body| String::from_utf8_lossy(&body).into_owned()),
        response_body_truncated: row.get(19)?,
        note: row.get(20)?,
    })
}

/// The first `limit` attempts of a message, and whether there are more.
pub(crate) fn of_message(
    connection: &Connection,
    seq: i64,
    id: &MessageId,
    limit: usize,
) -> rusqlite::Result<(Vec<Attempt>, bool)> {
    let mut attempts = connection
        .prepare_cached(OF_MESSAGE)?
        .query_map(params![seq * ATTEMPT_ROWS, (seq + 1) * ATTEMPT_ROWS, limit as i64 + 1], |row| {
            attempt(row, seq, id)
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let more = attempts.len() > limit;
    attempts.truncate(limit);
    Ok((attempts, more))
}
