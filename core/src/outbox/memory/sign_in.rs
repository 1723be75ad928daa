//! Sessions, login codes and addresses of consoles.

use super::Memory;
use super::job::Applied;
use crate::error::Result;
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::sign_in::{CONSOLES_KEPT, LoginCode, SignIn};

impl SignIn for Memory {
    fn session_secret(&self) -> Result<Option<[u8; 32]>> {
        self.read("session_secret", |rows| rows.session_secret.committed().get(&()).copied())
    }

    fn keep_session_secret(&self, made: [u8; 32], replace: bool) -> Result<[u8; 32]> {
        self.change_and_wait("keep_session_secret", move |transaction| {
            let secrets = &mut transaction.rows.session_secret;
            let kept = secrets.get(&()).copied().filter(|_| !replace).unwrap_or(made);
            secrets.put((), kept);
            Ok(Applied::quietly(kept))
        })
    }

    fn add_login_code(&self, code: LoginCode, now: Timestamp) -> Result<()> {
        self.change_and_wait("add_login_code", move |transaction| {
            let codes = &mut transaction.rows.login_codes;
            let expired: Vec<_> =
                codes.range(..).filter(|(_, code)| code.expires_at <= now).map(|(key, _)| *key).collect();
            expired.into_iter().for_each(|key| codes.delete(key));
            codes.put(code.sha256, code);
            Ok(Applied::quietly(()))
        })
    }

    fn take_login_code(&self, sha256: [u8; 32], now: Timestamp) -> Result<Option<ApiKeyId>> {
        self.change_and_wait("take_login_code", move |transaction| {
            let codes = &mut transaction.rows.login_codes;
            let found = codes.get(&sha256).copied();
            if found.is_some() {
                codes.delete(sha256);
            }
            let key = found.filter(|code| now < code.expires_at).map(|code| code.key);
            Ok(Applied::quietly(key))
        })
    }

    fn note_console(&self, url: String, now: Timestamp) -> Result<()> {
        self.change_and_wait("note_console", move |transaction| {
            let consoles = &mut transaction.rows.consoles;
            consoles.put(url.clone(), now);
            let mut known: Vec<_> = consoles.range(..).map(|(url, at)| (*at, url.clone())).collect();
            known.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
            known.into_iter().skip(CONSOLES_KEPT).for_each(|(_, url)| consoles.delete(url));
            Ok(Applied::quietly(()))
        })
    }

    fn consoles(&self) -> Result<Vec<String>> {
        self.read("consoles", |rows| {
            let mut known: Vec<_> = rows.consoles.committed().iter().collect();
            known.sort_unstable_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
            known.into_iter().map(|(url, _)| url.clone()).collect()
        })
    }
}
