//! Exports: their rows, and reading the messages for a file.

use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::statement::{Columns, Sql, args, uuid};
use super::transaction::Applied;
use super::{Store, sign_in};
use crate::error::Result;
use crate::model::export::{Export, ExportFilter, ExportStatus};
use crate::model::ids::{EndpointId, ExportId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::exports::{ExportedMessage, Exports, Written, check_room};
use crate::outbox::numbers;
use crate::outbox::page::Cursor;

macro_rules! columns {
    () => {
        "id, status, filter_start, filter_end, filter_status, filter_endpoint, created_at, started_at, completed_at,
        expires_at, row_count, file_size_bytes, error_message"
    };
}

const FIND: &str = concat!("SELECT ", columns!(), " FROM hookbridge.exports WHERE id = $1");
const LIST: &str = concat!("SELECT ", columns!(), " FROM hookbridge.exports ORDER BY seq DESC");
const UNFINISHED: &str = "SELECT id FROM hookbridge.exports WHERE status IN (0, 1) ORDER BY seq";
/// Against others that create at the same moment: there is a bound on how many there are.
const LOCK: &str = "LOCK TABLE hookbridge.exports IN SHARE ROW EXCLUSIVE MODE";
const KEPT: &str = "SELECT count(*) FROM hookbridge.exports WHERE id <> $1 AND status <> 3
    AND (expires_at IS NULL OR expires_at > $2)";
const INSERT: &str = "INSERT INTO hookbridge.exports (id, status, filter_start, filter_end, filter_status, filter_endpoint, created_at)
    VALUES ($1, 0, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
const DELETE: &str = "DELETE FROM hookbridge.exports WHERE id = $1 RETURNING id";
const BEGIN: &str = "UPDATE hookbridge.exports SET status = 1, started_at = $2 WHERE id = $1 AND status IN (0, 1) RETURNING id";
const FINISH: &str =
    "UPDATE hookbridge.exports SET status = $2, completed_at = $3, expires_at = $4, row_count = $5,
        file_size_bytes = $6, error_message = $7 WHERE id = $1 AND status = 1 AND (writer IS NULL OR writer = $8) RETURNING id";
const FORGET: &str = "DELETE FROM hookbridge.exports WHERE expires_at < $1";
const MESSAGES: &str = "SELECT m.seq, m.created_at, m.status, e.id, m.id, e.url, m.attempt_count, m.delivered_at,
        m.response_status, m.response_latency_ms, m.last_error, m.idempotency_key, m.payload_sha256, m.size_bytes
    FROM hookbridge.messages m JOIN hookbridge.endpoints e ON e.seq = m.endpoint
    WHERE m.seq > $1 ORDER BY m.seq LIMIT $2";

const COMPLETED: i64 = 2;
const FAILED: i64 = 3;

fn export(row: &Row, now: Timestamp) -> Sql<Export> {
    let expires_at = row.maybe_time(9)?;
    let status = match row.int(1)? {
        0 => ExportStatus::Pending,
        1 => ExportStatus::Processing,
        COMPLETED if expires_at.is_some_and(|at| at <= now) => ExportStatus::Expired,
        COMPLETED => ExportStatus::Completed,
        _ => ExportStatus::Failed,
    };
    let number = |found: Option<i64>| found.and_then(|number| u64::try_from(number).ok());
    Ok(Export {
        id: ExportId::from_bytes(row.id(0)?),
        status,
        filter: ExportFilter {
            start: row.time(2)?,
            end: row.time(3)?,
            status: row.maybe_int(4)?.map(numbers::status),
            endpoint_id: row.maybe_id(5)?.map(EndpointId::from_bytes),
        },
        created_at: row.time(6)?,
        started_at: row.maybe_time(7)?,
        completed_at: row.maybe_time(8)?,
        expires_at,
        row_count: number(row.maybe_int(10)?),
        file_size_bytes: number(row.maybe_int(11)?),
        error_message: row.maybe_text(12)?,
    })
}

async fn find(client: &Client, id: Uuid, now: Timestamp) -> Sql<Option<Export>> {
    client.query_typed(FIND, args![id]).await?.first().map(|row| export(row, now)).transpose()
}

impl Exports for Store {
    fn export(&self, id: &ExportId) -> Result<Option<Export>> {
        let id = uuid(id.as_bytes());
        self.read(async move |_, client| find(client, id, Timestamp::now()).await)
    }

    fn exports(&self) -> Result<Vec<Export>> {
        self.read(async |_, client| {
            let now = Timestamp::now();
            client.query_typed(LIST, args![]).await?.iter().map(|row| export(row, now)).collect()
        })
    }

    fn unfinished_exports(&self) -> Result<Vec<ExportId>> {
        let unfinished: Vec<_> = self.read(async |_, client| {
            let rows = client.query_typed(UNFINISHED, args![]).await?;
            rows.iter().map(|row| row.id(0).map(ExportId::from_bytes)).collect()
        })?;
        self.writers.watch_only(&unfinished);
        Ok(unfinished)
    }

    fn create_export(
        &self,
        id: ExportId,
        filter: ExportFilter,
        most: u64,
        link_secret: [u8; 32],
    ) -> Result<Export> {
        self.change(async move |tx| {
            let id = uuid(id.as_bytes());
            tx.client.batch_execute(LOCK).await?;
            let kept = tx.client.query_typed(KEPT, args![id, tx.now.as_millis()]).await?;
            if let Err(refusal) = check_room(kept.first().map_or(Ok(0), |row| row.count(0))?, most) {
                return Ok(Err(refusal));
            }
            let values = args![
                id,
                filter.start.as_millis(),
                filter.end.as_millis(),
                filter.status.map(numbers::status_number),
                filter.endpoint_id.map(|id| uuid(id.as_bytes())),
                tx.now.as_millis(),
            ];
            tx.client.query_typed(INSERT, values).await?;
            sign_in::keep_secret(tx.client, sign_in::EXPORTS, &link_secret, false).await?;
            let found = find(tx.client, id, tx.now).await?;
            let gone =
                || crate::error::Error::new(crate::error::ErrorCode::Internal, "an export was not written");
            Ok(found.map(Applied::quietly).ok_or_else(gone))
        })
    }

    fn delete_export(&self, id: ExportId) -> Result<bool> {
        self.change(async move |tx| {
            let gone = tx.client.query_typed(DELETE, args![uuid(id.as_bytes())]).await?;
            Ok(Ok(Applied::quietly(!gone.is_empty())))
        })
    }

    fn begin_export(&self, id: ExportId) -> Result<bool> {
        self.change(async move |tx| {
            let begun = tx.client.query_typed(BEGIN, args![uuid(id.as_bytes()), tx.now.as_millis()]).await?;
            Ok(Ok(Applied::quietly(!begun.is_empty())))
        })
    }

    fn finish_export(&self, id: ExportId, written: Written, kept_until: Timestamp) -> Result<bool> {
        let writer = self.writers.own(&id);
        self.change(async move |tx| {
            let (status, rows, bytes, why) = match &written {
                Written::Whole { rows, bytes } => (COMPLETED, Some(*rows as i64), Some(*bytes as i64), None),
                Written::Failed(why) => (FAILED, None, None, Some(why.as_str())),
            };
            let values = args![
                uuid(id.as_bytes()),
                status,
                tx.now.as_millis(),
                kept_until.as_millis(),
                rows,
                bytes,
                why,
                writer
            ];
            let finished = tx.client.query_typed(FINISH, values).await?;
            Ok(Ok(Applied::quietly(!finished.is_empty())))
        })
    }

    fn forget_exports(&self, before: Timestamp) -> Result<()> {
        self.change(async move |tx| {
            tx.client.query_typed(FORGET, args![before.as_millis()]).await?;
            Ok(Ok(Applied::quietly(())))
        })
    }

    fn exported(
        &self,
        filter: &ExportFilter,
        after: Option<Cursor>,
        looked_at: usize,
    ) -> Result<(Vec<ExportedMessage>, Option<Cursor>)> {
        let (filter, after) = (filter.clone(), after.map_or(0, |Cursor(row)| row));
        self.read(async move |_, client| {
            let rows = client.query_typed(MESSAGES, args![after, looked_at as i64]).await?;
            let (mut found, mut last) = (Vec::new(), None);
            for row in &rows {
                last = Some(Cursor(row.int(0)?));
                let message = ExportedMessage {
                    created_at: row.time(1)?,
                    status: numbers::status(row.int(2)?),
                    endpoint_id: EndpointId::from_bytes(row.id(3)?),
                    message_id: MessageId::from_bytes(row.id(4)?),
                    endpoint_url: row.text(5)?,
                    attempt_count: row.small(6)?,
                    delivered_at: row.maybe_time(7)?,
                    response_status: row.maybe_int(8)?.and_then(|status| u16::try_from(status).ok()),
                    response_latency_ms: row.maybe_small(9)?,
                    last_error: row.maybe_text(10)?,
                    idempotency_key: row.maybe_text(11)?,
                    payload_sha256: row.sha256(12)?,
                    size_bytes: row.count(13)?,
                };
                let taken = message.created_at >= filter.start
                    && message.created_at < filter.end
                    && filter.status.is_none_or(|wanted| wanted == message.status)
                    && filter.endpoint_id.is_none_or(|wanted| wanted == message.endpoint_id);
                if taken {
                    found.push(message);
                }
            }
            Ok((found, last))
        })
    }

    fn link_secret(&self) -> Result<Option<[u8; 32]>> {
        self.read(async |_, client| sign_in::secret(client, sign_in::EXPORTS).await)
    }
}
