//! What the console's sessions keep in the outbox: the secret that signs them, codes that sign a browser in once, and where
//! consoles are served.

use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;

/// A code that signs a browser in once. The code itself is never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoginCode {
    pub sha256: [u8; 32],
    pub key: ApiKeyId,
    pub expires_at: Timestamp,
}

/// How many addresses of consoles are remembered.
pub(crate) const CONSOLES_KEPT: usize = 8;

/// Sessions, login codes and addresses of consoles.
pub(crate) trait SignIn: Send + Sync {
    /// The secret that signs sessions; `None` before the first one.
    fn session_secret(&self) -> Result<Option<[u8; 32]>>;

    /// Stores a secret for sessions and returns the one in force: with `replace` the new one, else the one that was there.
    fn keep_session_secret(&self, made: [u8; 32], replace: bool) -> Result<[u8; 32]>;

    /// Adds a code, and drops those that expired before `now`.
    fn add_login_code(&self, code: LoginCode, now: Timestamp) -> Result<()>;

    /// Takes a code away, and returns whose it was if it had not expired.
    fn take_login_code(&self, sha256: [u8; 32], now: Timestamp) -> Result<Option<ApiKeyId>>;

    /// Notes that a console is served at `url` from now on.
    fn note_console(&self, url: String, now: Timestamp) -> Result<()>;

    /// Where consoles were served, the newest first.
    fn consoles(&self) -> Result<Vec<String>>;
}
