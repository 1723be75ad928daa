//! Signing keys on disk, oldest first: the order in which they sign.

use rusqlite::{Connection, params};

use crate::model::ids::SigningKeyId;
use crate::model::signing_key::{SigningKey, SigningSecret};
use crate::model::timestamp::Timestamp;

const INSERT: &str =
    "INSERT INTO hookbridge_signing_keys (id, endpoint_seq, secret, created_at) VALUES (?1, ?2, ?3, ?4)";
const OF_ENDPOINT: &str =
    "SELECT id, secret, created_at FROM hookbridge_signing_keys WHERE endpoint_seq = ?1 ORDER BY seq";
const DELETE: &str = "DELETE FROM hookbridge_signing_keys WHERE endpoint_seq = ?1 AND id = ?2";

/// A key with its secret.
pub(crate) struct StoredKey {
    pub id: SigningKeyId,
    pub secret: SigningSecret,
    pub created_at: Timestamp,
}

impl StoredKey {
    pub(crate) fn listed(&self) -> SigningKey {
        SigningKey { id: self.id, key_hint: self.secret.hint().to_owned(), created_at: self.created_at }
    }
}

pub(crate) fn insert(connection: &Connection, endpoint_seq: i64, key: &StoredKey) -> rusqlite::Result<()> {
    connection
        .prepare_cached(INSERT)?
        .execute(params![key.id.as_bytes(), endpoint_seq, key.secret.expose(), key.created_at.as_millis()])
        .map(drop)
}

pub(crate) fn of_endpoint(connection: &Connection, endpoint_seq: i64) -> rusqlite::Result<Vec<StoredKey>> {
    connection
        .prepare_cached(OF_ENDPOINT)?
        .query_map([endpoint_seq], |row| {
            Ok(StoredKey {
                id: SigningKeyId::from_bytes(row.get(0)?),
                secret: SigningSecret::from_stored(row.get(1)?),
                created_at: Timestamp::from_millis(row.get(2)?),
            })
        })?
        .collect()
}

pub(crate) fn delete(
    connection: &Connection,
    endpoint_seq: i64,
    id: &SigningKeyId,
) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(DELETE)?.execute(params![endpoint_seq, id.as_bytes()])? > 0)
}
