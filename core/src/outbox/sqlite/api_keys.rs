//! API keys on disk, read oldest first. Only the hash and the prefix of a key are stored.

use rusqlite::{Connection, params};

use crate::model::api_key::ApiKey;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::StoredApiKey;
use crate::outbox::sqlite::stored;

const INSERT: &str = "INSERT INTO hookbridge_api_keys (id, sha256, prefix, label, created_at, scope)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (sha256) DO NOTHING";
const BY_HASH: &str = "SELECT id FROM hookbridge_api_keys WHERE sha256 = ?1";
const LIST: &str =
    "SELECT id, sha256, prefix, label, created_at, last_used_at, scope FROM hookbridge_api_keys ORDER BY seq";
const DELETE: &str = "DELETE FROM hookbridge_api_keys WHERE id = ?1";
const ANY: &str = "SELECT EXISTS (SELECT 1 FROM hookbridge_api_keys)";
const USED: &str =
    "UPDATE hookbridge_api_keys SET last_used_at = max(coalesce(last_used_at, 0), ?2) WHERE id = ?1";

/// Adds a key. False where the outbox has this key already.
pub(crate) fn insert(connection: &Connection, key: &StoredApiKey) -> rusqlite::Result<bool> {
    let ApiKey { key_id, label, prefix, scope, created_at, last_used_at: _ } = &key.listed;
    let values = params![
        key_id.as_bytes(),
        key.sha256,
        prefix,
        label,
        created_at.as_millis(),
        stored::scope_number(scope.unwrap_or_default())
    ];
    Ok(connection.prepare_cached(INSERT)?.execute(values)? > 0)
}

/// The id under which the key with this hash is stored.
pub(crate) fn by_hash(connection: &Connection, sha256: &[u8; 32]) -> rusqlite::Result<ApiKeyId> {
    connection.prepare_cached(BY_HASH)?.query_row([sha256], |row| row.get(0)).map(ApiKeyId::from_bytes)
}

pub(crate) fn list(connection: &Connection) -> rusqlite::Result<Vec<StoredApiKey>> {
    connection
        .prepare_cached(LIST)?
        .query_map([], |row| {
            Ok(StoredApiKey {
                sha256: row.get(1)?,
                listed: ApiKey {
                    key_id: ApiKeyId::from_bytes(row.get(0)?),
                    prefix: row.get(2)?,
                    scope: Some(stored::scope(row.get(6)?)),
                    label: row.get(3)?,
                    created_at: Timestamp::from_millis(row.get(4)?),
                    last_used_at: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
                },
            })
        })?
        .collect()
}

pub(crate) fn delete(connection: &Connection, id: &ApiKeyId) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(DELETE)?.execute([id.as_bytes()])? > 0)
}

pub(crate) fn any(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached(ANY)?.query_row([], |row| row.get(0))
}

/// Notes that a key was used. An older time than the stored one changes nothing.
pub(crate) fn used(connection: &Connection, id: &ApiKeyId, at: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(USED)?.execute(params![id.as_bytes(), at.as_millis()]).map(drop)
}
