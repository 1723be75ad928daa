//! Attempts in the database. Of the request's headers only those are stored that do not follow from the message and the attempt.

use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::statement::{Columns, Sql, args, uuid};
use crate::model::attempt::Attempt;
use crate::model::ids::{AttemptId, MessageId};
use crate::model::sent_headers::SentHeaders;
use crate::outbox::ended::EndedAttempt;
use crate::outbox::numbers;

const INSERT: &str = "INSERT INTO hookbridge.attempts (message_id, attempt_no, id, created_at, response_status, response_latency_ms,
        processing_ms, error_text, response_headers, retry_type, retry_after_seconds, resolved_ip, request_headers, dns_ms,
        tcp_connect_ms, tls_handshake_ms, ttfb_ms, transfer_ms, conn_reused, response_body, response_body_truncated, note)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],
        $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::bigint[],
        $17::bigint[], $18::bigint[], $19::bool[], $20::bytea[], $21::bool[], $22::text[])
    ON CONFLICT (message_id, attempt_no) DO UPDATE SET id = excluded.id, created_at = excluded.created_at,
        response_status = excluded.response_status, response_latency_ms = excluded.response_latency_ms,
        processing_ms = excluded.processing_ms, error_text = excluded.error_text,
        response_headers = excluded.response_headers, retry_type = excluded.retry_type,
        retry_after_seconds = excluded.retry_after_seconds, resolved_ip = excluded.resolved_ip,
        request_headers = excluded.request_headers, dns_ms = excluded.dns_ms, tcp_connect_ms = excluded.tcp_connect_ms,
        tls_handshake_ms = excluded.tls_handshake_ms, ttfb_ms = excluded.ttfb_ms, transfer_ms = excluded.transfer_ms,
        conn_reused = excluded.conn_reused, response_body = excluded.response_body,
        response_body_truncated = excluded.response_body_truncated, note = excluded.note";
const OF_MESSAGE: &str = "SELECT attempt_no, id, created_at, response_status, response_latency_ms, processing_ms, error_text,
        response_headers, retry_type, retry_after_seconds, resolved_ip, request_headers, dns_ms, tcp_connect_ms,
        tls_handshake_ms, ttfb_ms, transfer_ms, conn_reused, response_body, response_body_truncated, note
    FROM hookbridge.attempts WHERE message_id = $1 ORDER BY attempt_no LIMIT $2";
const RECORDED: &str = "SELECT a.id FROM hookbridge.attempts a
    JOIN unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS t (message_id, attempt_no, id)
    ON a.message_id = t.message_id AND a.attempt_no = t.attempt_no AND a.id = t.id WHERE a.message_id = ANY($1)";

/// Text of strangers, without the one character that PostgreSQL cannot keep.
pub(super) fn kept(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn json<T: serde::Serialize>(value: Option<&T>) -> Option<String> {
    value.and_then(|value| serde_json::to_string(value).ok())
}

/// Those of these attempts that are recorded already, by their ids.
pub(super) async fn recorded<'a>(
    client: &Client,
    ended: impl Iterator<Item = &'a EndedAttempt> + Clone,
) -> Sql<Vec<AttemptId>> {
    let messages: Vec<Uuid> = ended.clone().map(|ended| uuid(ended.message_id.as_bytes())).collect();
    let numbers: Vec<i64> = ended.clone().map(|ended| i64::from(ended.attempt.attempt_no)).collect();
    let ids: Vec<Uuid> = ended.map(|ended| uuid(ended.attempt.id.as_bytes())).collect();
    let rows = client.query_typed(RECORDED, args![messages, numbers, ids]).await?;
    rows.iter().map(|row| row.id(0).map(AttemptId::from_bytes)).collect()
}

/// Writes attempts that have ended. No two are of one message and number.
pub(super) async fn insert(client: &Client, ended: &[&EndedAttempt]) -> Sql<()> {
    fn each<'a, T>(ended: &[&'a EndedAttempt], of: impl Fn(&'a Attempt) -> T) -> Vec<T> {
        ended.iter().map(|ended| of(&ended.attempt)).collect()
    }
    let messages: Vec<Uuid> = ended.iter().map(|ended| uuid(ended.message_id.as_bytes())).collect();
    let sent: Vec<Option<String>> = ended.iter().map(|ended| json(Some(&ended.sent))).collect();
    let wide = |number: Option<u32>| number.map(i64::from);
    let values = args![
        messages,
        each(ended, |attempt| i64::from(attempt.attempt_no)),
        each(ended, |attempt| uuid(attempt.id.as_bytes())),
        each(ended, |attempt| attempt.created_at.as_millis()),
        each(ended, |attempt| attempt.response_status.map(i64::from)),
        each(ended, |attempt| wide(attempt.response_latency_ms)),
        each(ended, |attempt| wide(attempt.processing_ms)),
        each(ended, |attempt| attempt.error_text.as_deref().map(kept)),
        each(ended, |attempt| json(attempt.response_headers.as_ref())),
        each(ended, |attempt| attempt.retry_type.map(numbers::retry_type_number)),
        each(ended, |attempt| attempt.retry_after_seconds.map(|s| i64::try_from(s).unwrap_or(i64::MAX))),
        each(ended, |attempt| attempt.resolved_ip.map(|ip| ip.to_string())),
        sent,
        each(ended, |attempt| wide(attempt.dns_ms)),
        each(ended, |attempt| wide(attempt.tcp_connect_ms)),
        each(ended, |attempt| wide(attempt.tls_handshake_ms)),
        each(ended, |attempt| wide(attempt.ttfb_ms)),
        each(ended, |attempt| wide(attempt.transfer_ms)),
        each(ended, |attempt| attempt.conn_reused),
        each(ended, |attempt| attempt.response_body.as_ref().map(|body| body.as_bytes())),
        each(ended, |attempt| attempt.response_body_truncated),
        each(ended, |attempt| attempt.note.as_deref().map(kept)),
    ];
    client.query_typed(INSERT, values).await.map(drop)
}

fn attempt(row: &Row, id: &MessageId) -> Sql<Attempt> {
    fn read<T: serde::de::DeserializeOwned>(text: Option<String>) -> Option<T> {
        text.and_then(|text| serde_json::from_str(&text).ok())
    }
    let (attempt_no, created_at) = (row.small(0)?, row.time(2)?);
    let sent: Option<SentHeaders> = read(row.maybe_text(11)?);
    let request_headers = sent.map(|sent| {
        let listed = sent.list(id, attempt_no, created_at.as_seconds());
        listed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    });
    Ok(Attempt {
        attempt_no,
        id: AttemptId::from_bytes(row.id(1)?),
        created_at,
        response_status: row.maybe_int(3)?.and_then(|status| u16::try_from(status).ok()),
        response_latency_ms: row.maybe_small(4)?,
        processing_ms: row.maybe_small(5)?,
        error_text: row.maybe_text(6)?,
        response_headers: read(row.maybe_text(7)?),
        retry_type: row.maybe_int(8)?.map(numbers::retry_type),
        retry_after_seconds: row.maybe_int(9)?.and_then(|seconds| u64::try_from(seconds).ok()),
        resolved_ip: row.maybe_text(10)?.and_then(|ip| ip.parse().ok()),
        request_headers,
        dns_ms: row.maybe_small(12)?,
        tcp_connect_ms: row.maybe_small(13)?,
        tls_handshake_ms: row.maybe_small(14)?,
        ttfb_ms: row.maybe_small(15)?,
        transfer_ms: row.maybe_small(16)?,
        conn_reused: row.try_get(17)?,
        response_body: row
            .try_get::<_, Option<Vec<u8>>>(18)?
            .map(|body| String::from_utf8_lossy(&body).into_owned()),
        response_body_truncated: row.try_get(19)?,
        note: row.maybe_text(20)?,
    })
}

/// The first `limit` attempts of a message, and whether there are more.
pub(super) async fn of_message(client: &Client, id: &MessageId, limit: usize) -> Sql<(Vec<Attempt>, bool)> {
    let rows = client.query_typed(OF_MESSAGE, args![uuid(id.as_bytes()), limit as i64 + 1]).await?;
    let mut attempts = rows.iter().map(|row| attempt(row, id)).collect::<Sql<Vec<_>>>()?;
    let more = attempts.len() > limit;
    attempts.truncate(limit);
    Ok((attempts, more))
}
