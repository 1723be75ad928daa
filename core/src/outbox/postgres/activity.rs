//! What callers changed.

use super::Store;
use super::statement::{Columns, Sql, args, uuid};
use super::transaction::Applied;
use crate::error::Result;
use crate::model::activity::Activity;
use crate::model::ids::{ApiKeyId, EndpointId, MessageId};
use crate::outbox::activity::{ACTIVITIES_KEPT, Activities};
use crate::outbox::page::Cursor;

const INSERT: &str =
    "INSERT INTO hookbridge.activity (occurred_at, operation, api_key_id, api_key_label, api_key_prefix,
        endpoint_id, message_id, affected, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING seq";
const DROP_OLD: &str = "DELETE FROM hookbridge.activity WHERE seq <= $1";
const LIST: &str =
    "SELECT seq, occurred_at, operation, api_key_id, api_key_label, api_key_prefix, endpoint_id, message_id,
        affected, detail FROM hookbridge.activity WHERE seq < $1 ORDER BY seq DESC LIMIT $2";

impl Activities for Store {
    fn add_activity(&self, activity: Activity) -> Result<()> {
        self.change(async move |tx| {
            let values = args![
                activity.occurred_at.as_millis(),
                activity.operation,
                uuid(activity.api_key_id.as_bytes()),
                activity.api_key_label,
                activity.api_key_prefix,
                activity.endpoint_id.map(|id| uuid(id.as_bytes())),
                activity.message_id.map(|id| uuid(id.as_bytes())),
                activity.affected as i64,
                activity.detail,
            ];
            let rows = tx.client.query_typed(INSERT, values).await?;
            let seq = rows.first().map_or(Ok(0), |row| row.int(0))?;
            tx.client.query_typed(DROP_OLD, args![seq - ACTIVITIES_KEPT as i64]).await?;
            Ok(Ok(Applied::quietly(())))
        })
    }

    fn activities(&self, after: Option<Cursor>, limit: usize) -> Result<(Vec<Activity>, Option<Cursor>)> {
        let before = after.map_or(i64::MAX, |Cursor(row)| row);
        self.read(async move |_, client| {
            let rows = client.query_typed(LIST, args![before, limit as i64 + 1]).await?;
            let read = |row: &tokio_postgres::Row| {
                Ok(Activity {
                    activity_id: row.count(0)?,
                    occurred_at: row.time(1)?,
                    operation: row.text(2)?,
                    api_key_id: ApiKeyId::from_bytes(row.id(3)?),
                    api_key_label: row.text(4)?,
                    api_key_prefix: row.text(5)?,
                    endpoint_id: row.maybe_id(6)?.map(EndpointId::from_bytes),
                    message_id: row.maybe_id(7)?.map(MessageId::from_bytes),
                    affected: row.count(8)?,
                    detail: row.maybe_text(9)?,
                })
            };
            let mut found = rows.iter().map(read).collect::<Sql<Vec<_>>>()?;
            let more = found.len() > limit;
            found.truncate(limit);
            let last = found.last().filter(|_| more);
            let next = last.and_then(|last| i64::try_from(last.activity_id).ok()).map(Cursor);
            Ok((found, next))
        })
    }
}
