//! Sessions, login codes and addresses of consoles.

use tokio_postgres::Client;

use super::Store;
use super::statement::{Columns, Sql, args, uuid};
use super::transaction::Applied;
use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::sign_in::{CONSOLES_KEPT, LoginCode, SignIn};

const SECRET: &str = "SELECT value FROM hookbridge.secrets WHERE name = $1";
const KEEP_SECRET: &str =
    "INSERT INTO hookbridge.secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const REPLACE_SECRET: &str = "INSERT INTO hookbridge.secrets (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const DROP_EXPIRED: &str = "DELETE FROM hookbridge.login_codes WHERE expires_at <= $1";
const ADD_CODE: &str =
    "INSERT INTO hookbridge.login_codes (sha256, api_key_id, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT (sha256) DO UPDATE SET api_key_id = excluded.api_key_id, expires_at = excluded.expires_at";
const TAKE_CODE: &str =
    "DELETE FROM hookbridge.login_codes WHERE sha256 = $1 RETURNING api_key_id, expires_at";
const NOTE_CONSOLE: &str = "INSERT INTO hookbridge.consoles (url, started_at) VALUES ($1, $2)
    ON CONFLICT (url) DO UPDATE SET started_at = excluded.started_at";
const FORGET_CONSOLES: &str = "DELETE FROM hookbridge.consoles WHERE url NOT IN
    (SELECT url FROM hookbridge.consoles ORDER BY started_at DESC, url COLLATE \"C\" LIMIT $1)";
const CONSOLES: &str = "SELECT url FROM hookbridge.consoles ORDER BY started_at DESC, url COLLATE \"C\"";

/// The name of the secret that signs sessions, and of the one that signs links to exports.
const SESSIONS: &str = "sessions";
pub(super) const EXPORTS: &str = "exports";

pub(super) async fn secret(client: &Client, name: &str) -> Sql<Option<[u8; 32]>> {
    let rows = client.query_typed(SECRET, args![name]).await?;
    rows.first().map(|row| row.sha256(0)).transpose()
}

/// Stores a secret unless there is one; with `replace` in any case.
pub(super) async fn keep_secret(client: &Client, name: &str, made: &[u8; 32], replace: bool) -> Sql<()> {
    let sql = if replace { REPLACE_SECRET } else { KEEP_SECRET };
    client.query_typed(sql, args![name, &made[..]]).await.map(drop)
}

impl SignIn for Store {
    fn session_secret(&self) -> Result<Option<[u8; 32]>> {
        self.read(async |_, client| secret(client, SESSIONS).await)
    }

    fn keep_session_secret(&self, made: [u8; 32], replace: bool) -> Result<[u8; 32]> {
        self.change(async move |tx| {
            keep_secret(tx.client, SESSIONS, &made, replace).await?;
            Ok(Ok(Applied::quietly(secret(tx.client, SESSIONS).await?.unwrap_or(made))))
        })
    }

    fn add_login_code(&self, code: LoginCode, now: Timestamp) -> Result<()> {
        self.change(async move |tx| {
            tx.client.query_typed(DROP_EXPIRED, args![now.as_millis()]).await?;
            let values = args![&code.sha256[..], uuid(code.key.as_bytes()), code.expires_at.as_millis()];
            tx.client.query_typed(ADD_CODE, values).await?;
            Ok(Ok(Applied::quietly(())))
        })
    }

    fn take_login_code(&self, sha256: [u8; 32], now: Timestamp) -> Result<Option<ApiKeyId>> {
        self.change(async move |tx| {
            let rows = tx.client.query_typed(TAKE_CODE, args![&sha256[..]]).await?;
            let Some(row) = rows.first() else { return Ok(Ok(Applied::quietly(None))) };
            let (key, expires_at) = (ApiKeyId::from_bytes(row.id(0)?), row.time(1)?);
            Ok(Ok(Applied::quietly((expires_at > now).then_some(key))))
        })
    }

    fn note_console(&self, url: String, now: Timestamp) -> Result<()> {
        self.change(async move |tx| {
            tx.client.query_typed(NOTE_CONSOLE, args![url, now.as_millis()]).await?;
            tx.client.query_typed(FORGET_CONSOLES, args![CONSOLES_KEPT as i64]).await?;
            Ok(Ok(Applied::quietly(())))
        })
    }

    fn consoles(&self) -> Result<Vec<String>> {
        self.read(async |_, client| {
            client.query_typed(CONSOLES, args![]).await?.iter().map(|row| row.text(0)).collect()
        })
    }
}
