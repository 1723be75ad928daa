//! Sessions, login codes and addresses of consoles, on disk.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::sign_in::{CONSOLES_KEPT, LoginCode};

const SECRET: &str = "SELECT value FROM hookbridge_secrets WHERE name = 'sessions'";
const KEEP_SECRET: &str = "INSERT OR IGNORE INTO hookbridge_secrets (name, value) VALUES ('sessions', ?1)";
const REPLACE_SECRET: &str =
    "INSERT OR REPLACE INTO hookbridge_secrets (name, value) VALUES ('sessions', ?1)";
const ADD_CODE: &str =
    "INSERT OR REPLACE INTO hookbridge_login_codes (sha256, api_key_id, expires_at) VALUES (?1, ?2, ?3)";
const DROP_EXPIRED: &str = "DELETE FROM hookbridge_login_codes WHERE expires_at <= ?1";
const TAKE_CODE: &str =
    "DELETE FROM hookbridge_login_codes WHERE sha256 = ?1 RETURNING api_key_id, expires_at";
const NOTE_CONSOLE: &str = "INSERT INTO hookbridge_consoles (url, started_at) VALUES (?1, ?2)
    ON CONFLICT (url) DO UPDATE SET started_at = excluded.started_at";
const FORGET_CONSOLES: &str = "DELETE FROM hookbridge_consoles WHERE url NOT IN
    (SELECT url FROM hookbridge_consoles ORDER BY started_at DESC, url LIMIT ?1)";
const CONSOLES: &str = "SELECT url FROM hookbridge_consoles ORDER BY started_at DESC, url";

pub(crate) fn secret(connection: &Connection) -> rusqlite::Result<Option<[u8; 32]>> {
    connection.prepare_cached(SECRET)?.query_row([], |row| row.get(0)).optional()
}

/// Stores a secret, and returns the one in force.
pub(crate) fn keep_secret(
    connection: &Connection,
    made: &[u8; 32],
    replace: bool,
) -> rusqlite::Result<[u8; 32]> {
    connection.prepare_cached(if replace { REPLACE_SECRET } else { KEEP_SECRET })?.execute([made])?;
    connection.prepare_cached(SECRET)?.query_row([], |row| row.get(0))
}

pub(crate) fn add_code(connection: &Connection, code: &LoginCode, now: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(DROP_EXPIRED)?.execute([now.as_millis()])?;
    let values = params![code.sha256, code.key.as_bytes(), code.expires_at.as_millis()];
    connection.prepare_cached(ADD_CODE)?.execute(values).map(drop)
}

/// Deletes a code. Whose it was, and when it expires.
pub(crate) fn take_code(
    connection: &Connection,
    sha256: &[u8; 32],
) -> rusqlite::Result<Option<(ApiKeyId, Timestamp)>> {
    connection
        .prepare_cached(TAKE_CODE)?
        .query_row([sha256], |row| {
            Ok((ApiKeyId::from_bytes(row.get(0)?), Timestamp::from_millis(row.get(1)?)))
        })
        .optional()
}

pub(crate) fn note_console(connection: &Connection, url: &str, now: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(NOTE_CONSOLE)?.execute(params![url, now.as_millis()])?;
    connection.prepare_cached(FORGET_CONSOLES)?.execute([CONSOLES_KEPT as i64]).map(drop)
}

pub(crate) fn consoles(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection.prepare_cached(CONSOLES)?.query_map([], |row| row.get(0))?.collect()
}
