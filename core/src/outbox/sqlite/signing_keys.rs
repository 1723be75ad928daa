//! Signing keys on disk. They are read oldest first, which is the order in which they sign.

use rusqlite::{Connection, params};

use crate::model::ids::SigningKeyId;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::outbox::endpoints::StoredKey;

const INSERT: &str =
    "INSERT INTO hookbridge_signing_keys (id, endpoint_seq, secret, created_at) VALUES (?1, ?2, ?3, ?4)";
const OF_ENDPOINT: &str =
    "SELECT id, secret, created_at FROM hookbridge_signing_keys WHERE endpoint_seq = ?1 ORDER BY seq";
const DELETE: &str = "DELETE FROM hookbridge_signing_keys WHERE endpoint_seq = ?1 AND id = ?2";

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

pub(crate) fn delete(connection: &Connection, endpoint_seq: i64, id: &SigningKeyId) -> rusqlite::Result<()> {
    connection.prepare_cached(DELETE)?.execute(params![endpoint_seq, id.as_bytes()]).map(drop)
}
