//! API keys. Only the hash and the prefix of a key are stored.

use super::Store;
use super::statement::{Columns, Sql, args, uuid};
use super::transaction::Applied;
use crate::error::Result;
use crate::model::api_key::ApiKey;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::{ApiKeys, Revision, StoredApiKey};
use crate::outbox::change::Change;
use crate::outbox::numbers;

const INSERT: &str = "INSERT INTO hookbridge.api_keys (id, sha256, prefix, label, created_at, scope)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sha256) DO NOTHING RETURNING id";
const BY_HASH: &str = "SELECT id FROM hookbridge.api_keys WHERE sha256 = $1";
const LIST: &str =
    "SELECT id, sha256, prefix, label, created_at, last_used_at, scope FROM hookbridge.api_keys ORDER BY seq";
const DELETE: &str = "DELETE FROM hookbridge.api_keys WHERE id = $1 RETURNING id";
const ANY: &str = "SELECT EXISTS (SELECT 1 FROM hookbridge.api_keys)";
const USED: &str = "UPDATE hookbridge.api_keys SET last_used_at = greatest(last_used_at, $2) WHERE id = $1";
const REVISION: &str = "SELECT coalesce(sum(edits), 0)::bigint FROM hookbridge.revisions";

impl ApiKeys for Store {
    fn api_keys(&self) -> Result<Vec<StoredApiKey>> {
        self.read(async |_, client| {
            let read = |row: &tokio_postgres::Row| {
                Ok(StoredApiKey {
                    sha256: row.sha256(1)?,
                    listed: ApiKey {
                        key_id: ApiKeyId::from_bytes(row.id(0)?),
                        prefix: row.text(2)?,
                        scope: Some(numbers::scope(row.int(6)?)),
                        label: row.text(3)?,
                        created_at: row.time(4)?,
                        last_used_at: row.maybe_time(5)?,
                    },
                })
            };
            client.query_typed(LIST, args![]).await?.iter().map(read).collect::<Sql<_>>()
        })
    }

    fn has_api_keys(&self) -> Result<bool> {
        self.read(async |_, client| {
            let rows = client.query_typed(ANY, args![]).await?;
            rows.first().map_or(Ok(false), |row| row.boolean(0))
        })
    }

    fn revision(&self) -> Result<Revision> {
        self.read(async |_, client| {
            let rows = client.query_typed(REVISION, args![]).await?;
            Ok(Revision(rows.first().map_or(Ok(0), |row| row.int(0))?))
        })
    }

    fn add_api_key(&self, key: StoredApiKey) -> Result<ApiKeyId> {
        self.change(async move |tx| {
            let ApiKey { key_id, label, prefix, scope, created_at, last_used_at: _ } = &key.listed;
            let values = args![
                uuid(key_id.as_bytes()),
                &key.sha256[..],
                *prefix,
                *label,
                created_at.as_millis(),
                numbers::scope_number(scope.unwrap_or_default()),
            ];
            if !tx.client.query_typed(INSERT, values).await?.is_empty() {
                let edited = vec![Change::ApiKeys];
                return Ok(Ok(Applied { answer: *key_id, edited, notices: Vec::new() }));
            }
            let known = tx.client.query_typed(BY_HASH, args![&key.sha256[..]]).await?;
            let known = known.first().map_or(Ok(*key_id.as_bytes()), |row| row.id(0))?;
            Ok(Ok(Applied::quietly(ApiKeyId::from_bytes(known))))
        })
    }

    fn delete_api_key(&self, id: ApiKeyId) -> Result<bool> {
        self.change(async move |tx| {
            let was_there = !tx.client.query_typed(DELETE, args![uuid(id.as_bytes())]).await?.is_empty();
            let edited = was_there.then_some(Change::ApiKeys).into_iter().collect();
            Ok(Ok(Applied { answer: was_there, edited, notices: Vec::new() }))
        })
    }

    fn api_key_used(&self, id: ApiKeyId, at: Timestamp) {
        self.change_later(async move |tx| {
            tx.client.query_typed(USED, args![uuid(id.as_bytes()), at.as_millis()]).await?;
            Ok(Ok(Applied::quietly(())))
        });
    }
}
