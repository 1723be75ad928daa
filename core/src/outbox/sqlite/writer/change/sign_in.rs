//! Changes of sessions, login codes and addresses of consoles. All but taking a code have the same result when they run anew.

use super::{Applied, Step};
use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::sign_in::LoginCode;
use crate::outbox::sqlite::sign_in;
use crate::outbox::sqlite::writer::WriteContext;

fn quietly<A>(answer: A) -> Result<Applied<A>> {
    Ok(Applied { answer, edited: None, notices: Vec::new() })
}

pub(in crate::outbox::sqlite) struct KeepSecret {
    pub made: [u8; 32],
    pub replace: bool,
}

impl Step for KeepSecret {
    type Answer = [u8; 32];

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<[u8; 32]>>> {
        sign_in::keep_secret(context.connection, &self.made, self.replace).map(quietly)
    }

    fn holds(&self, _: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(false)
    }
}

pub(in crate::outbox::sqlite) struct AddLoginCode {
    pub code: LoginCode,
    pub now: Timestamp,
}

impl Step for AddLoginCode {
    type Answer = ();

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<()>>> {
        sign_in::add_code(context.connection, &self.code, self.now).map(quietly)
    }

    fn holds(&self, _: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(false)
    }
}

/// Takes a code: whose it was, and when it expires.
pub(in crate::outbox::sqlite) struct TakeLoginCode {
    sha256: [u8; 32],
    taken: Option<(ApiKeyId, Timestamp)>,
}

impl TakeLoginCode {
    pub(in crate::outbox::sqlite) fn new(sha256: [u8; 32]) -> Self {
        Self { sha256, taken: None }
    }
}

impl Step for TakeLoginCode {
    type Answer = Option<(ApiKeyId, Timestamp)>;

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<Self::Answer>>> {
        self.taken = sign_in::take_code(context.connection, &self.sha256)?;
        Ok(quietly(self.taken))
    }

    fn holds(&self, _: &WriteContext<'_>) -> rusqlite::Result<bool> {
        // A code is never added twice: that it was taken holds.
        Ok(self.taken.is_some())
    }
}

pub(in crate::outbox::sqlite) struct NoteConsole {
    pub url: String,
    pub now: Timestamp,
}

impl Step for NoteConsole {
    type Answer = ();

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<()>>> {
        sign_in::note_console(context.connection, &self.url, self.now).map(quietly)
    }

    fn holds(&self, _: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(false)
    }
}
