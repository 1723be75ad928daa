//! Sessions, login codes and addresses of consoles.

use super::Store;
use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::sign_in::{LoginCode, SignIn};
use crate::outbox::sqlite::sign_in;
use crate::outbox::sqlite::writer::change::{AddLoginCode, KeepSecret, NoteConsole, TakeLoginCode};

impl SignIn for Store {
    fn session_secret(&self) -> Result<Option<[u8; 32]>> {
        self.file.read(sign_in::secret)
    }

    fn keep_session_secret(&self, made: [u8; 32], replace: bool) -> Result<[u8; 32]> {
        self.change_one(KeepSecret { made, replace })
    }

    fn add_login_code(&self, code: LoginCode, now: Timestamp) -> Result<()> {
        self.change_one(AddLoginCode { code, now })
    }

    fn take_login_code(&self, sha256: [u8; 32], now: Timestamp) -> Result<Option<ApiKeyId>> {
        let taken = self.change_one(TakeLoginCode::new(sha256))?;
        Ok(taken.filter(|(_, expires_at)| now < *expires_at).map(|(key, _)| key))
    }

    fn note_console(&self, url: String, now: Timestamp) -> Result<()> {
        self.change_one(NoteConsole { url, now })
    }

    fn consoles(&self) -> Result<Vec<String>> {
        self.file.read(sign_in::consoles)
    }
}
