//! Sessions of the console: a browser signs in with an API key, or with a code that works once, and from then on shows two
//! halves, a cookie and a proof. Either alone is worth nothing. Neither has the key in it.
//!
//! A session is signed and not stored, so that it survives a restart and holds at every sidecar of the outbox. It ends with its
//! key, after [`IDLE`] without use, [`LONGEST`] after it began, and where the secret that signs it is replaced.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;

use super::api_keys;
use super::authentication::KeyHolder;
use super::context::Context;
use super::definition::request::request;
use crate::error::{Error, ErrorCode, Result};
use crate::model::api_key::ApiKeyScope;
use crate::model::ids::ApiKeyId;
use crate::model::random::random_bytes;
use crate::model::timestamp::Timestamp;
use crate::outbox::sign_in::LoginCode;

/// A session that is not used for so long ends.
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// A session ends so long after it began.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// A cookie that is older is replaced by a new one when it is used.
const RENEWED_AFTER: Duration = Duration::from_secs(600);
/// How long a login code works.
const CODE_LASTS: Duration = Duration::from_secs(60);
/// The label of the key whose sessions are begun from the machine itself.
const OWN_KEY: &str = "hookbridge console";

/// How a browser signs in.
#[derive(Clone, Copy)]
pub enum SignInWith<'a> {
    /// An API key.
    Key(&'a str),
    /// A code of `login_codes.create`.
    Code(&'a str),
}

/// A session that has begun.
pub struct Session {
    /// The half that the browser keeps as a cookie and no script can read.
    pub cookie: String,
    /// The half that the page keeps.
    pub proof: String,
    /// When it ends if it is not used.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub holder: KeyHolder,
}

/// A session that a request has shown.
pub struct Shown {
    /// Whose it is.
    pub holder: KeyHolder,
    /// When it ends if it is not used.
    pub expires_at: Timestamp,
    /// A cookie to keep in place of the one that was shown.
    pub renewed: Option<String>,
}

fn refused() -> Error {
    Error::new(ErrorCode::Unauthorized, "there is no session: sign in")
}

/// What a cookie says.
#[derive(Clone, Copy)]
struct Ticket {
    key: ApiKeyId,
    nonce: [u8; 16],
    begun_at: Timestamp,
    used_at: Timestamp,
}

const TICKET_BYTES: usize = 48;
const MAC_BYTES: usize = 32;

fn mac(secret: &[u8; 32], parts: &[&[u8]]) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|_| Error::new(ErrorCode::Internal, "a session cannot be signed"))?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(mac)
}

/// The parts of what is signed begin with what they are for, so that a cookie is no proof.
const COOKIE: &[u8] = b"hookbridge session cookie 1";
const PROOF: &[u8] = b"hookbridge session proof 1";

impl Ticket {
    fn bytes(&self) -> [u8; TICKET_BYTES] {
        let mut bytes = [0; TICKET_BYTES];
        bytes[..16].copy_from_slice(self.key.as_bytes());
        bytes[16..32].copy_from_slice(&self.nonce);
        bytes[32..40].copy_from_slice(&self.begun_at.as_millis().to_be_bytes());
        bytes[40..].copy_from_slice(&self.used_at.as_millis().to_be_bytes());
        bytes
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk::<16>()?;
        let (nonce, rest) = rest.split_first_chunk::<16>()?;
        let (begun_at, rest) = rest.split_first_chunk::<8>()?;
        let used_at: &[u8; 8] = rest.try_into().ok()?;
        let time = |bytes: &[u8; 8]| Timestamp::from_millis(i64::from_be_bytes(*bytes));
        Some(Self {
            key: ApiKeyId::from_bytes(*key),
            nonce: *nonce,
            begun_at: time(begun_at),
            used_at: time(used_at),
        })
    }

    fn cookie(&self, secret: &[u8; 32]) -> Result<String> {
        let mut bytes = self.bytes().to_vec();
        let mac = mac(secret, &[COOKIE, &bytes])?.finalize().into_bytes();
        bytes.extend_from_slice(&mac);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a cookie that was signed with `secret`; `None` for any other text.
    fn read(cookie: &str, secret: &[u8; 32]) -> Result<Option<Self>> {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(cookie) else { return Ok(None) };
        let Some((ticket, signed)) = bytes.split_last_chunk::<MAC_BYTES>() else { return Ok(None) };
        if mac(secret, &[COOKIE, ticket])?.verify_slice(signed).is_err() {
            return Ok(None);
        }
        Ok(Self::of(ticket))
    }

    fn proof(&self, secret: &[u8; 32]) -> Result<String> {
        let mac = mac(secret, &[PROOF, &self.nonce])?.finalize().into_bytes();
        Ok(URL_SAFE_NO_PAD.encode(mac))
    }

    fn is_proven_by(&self, proof: &str, secret: &[u8; 32]) -> Result<bool> {
        let Ok(proof) = URL_SAFE_NO_PAD.decode(proof) else { return Ok(false) };
        Ok(mac(secret, &[PROOF, &self.nonce])?.verify_slice(&proof).is_ok())
    }

    fn expires_at(&self) -> Timestamp {
        self.used_at.plus(IDLE).min(self.begun_at.plus(LONGEST))
    }
}

/// Begins a session.
///
/// # Errors
/// `UNAUTHORIZED` where the key is unknown, or the code is unknown, used or too old; `FORBIDDEN` for a key that may only send.
pub(crate) fn begin(context: &Context, with: SignInWith<'_>) -> Result<Session> {
    let now = Timestamp::now();
    let holder = match with {
        SignInWith::Key(key) => context.authenticate(key)?,
        SignInWith::Code(code) => {
            let unknown = || {
                Error::new(
                    ErrorCode::Unauthorized,
                    "the link was used, or is older than a minute: make a new one",
                )
            };
            let taken = context.outbox.take_login_code(Sha256::digest(code.as_bytes()).into(), now)?;
            context.key_holder(&taken.ok_or_else(unknown)?)?.ok_or_else(unknown)?
        }
    };
    if holder.scope == ApiKeyScope::Send {
        return Err(Error::new(
            ErrorCode::Forbidden,
            "the API key has the scope `send`, which can see nothing",
        ));
    }
    let secret = match context.outbox.session_secret()? {
        Some(secret) => secret,
        None => context.outbox.keep_session_secret(random_bytes()?, false)?,
    };
    let ticket = Ticket { key: holder.key_id, nonce: random_bytes()?, begun_at: now, used_at: now };
    Ok(Session {
        cookie: ticket.cookie(&secret)?,
        proof: ticket.proof(&secret)?,
        expires_at: ticket.expires_at(),
        holder,
    })
}

/// Checks the two halves of a session.
///
/// # Errors
/// `UNAUTHORIZED` where they are not of one session, it has ended, or its key was deleted.
pub(crate) fn show(context: &Context, cookie: &str, proof: &str) -> Result<Shown> {
    let now = Timestamp::now();
    let secret = context.outbox.session_secret()?.ok_or_else(refused)?;
    let ticket = Ticket::read(cookie, &secret)?.ok_or_else(refused)?;
    if !ticket.is_proven_by(proof, &secret)? || now >= ticket.expires_at() {
        return Err(refused());
    }
    let holder = context.key_holder(&ticket.key)?.ok_or_else(refused)?;
    let renewed = Ticket { used_at: now.max(ticket.used_at), ..ticket };
    let is_old = now.since(ticket.used_at) >= RENEWED_AFTER;
    Ok(Shown {
        holder,
        expires_at: renewed.expires_at(),
        renewed: is_old.then(|| renewed.cookie(&secret)).transpose()?,
    })
}

/// Ends every session of the outbox.
pub(crate) fn end_all(context: &Context) -> Result<()> {
    context.outbox.keep_session_secret(random_bytes()?, true).map(drop)
}

request! {
    /// `login_codes.create` takes nothing.
    #[derive(Clone, Debug, Default)]
    pub struct CreateLoginCode {
        /// The API key of the caller; set by a door that asks for one.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(skip))]
        pub caller_api_key_id: Option<ApiKeyId>,
    }
}

/// A code that signs a browser in once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateLoginCodeResponse {
    /// The code, shown only here. A console takes it behind its address: `/console#login=<code>`.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::LoginCode"))]
    pub code: String,
    /// Until when it works: 60 seconds from now.
    pub expires_at: Timestamp,
    /// Where consoles of this outbox were served last, the newest first.
    pub consoles: Vec<String>,
}

pub(crate) fn create_login_code(
    context: &Context,
    request: CreateLoginCode,
) -> Result<CreateLoginCodeResponse> {
    let key = match request.caller_api_key_id {
        Some(key) => key,
        // Whoever can write the outbox may sign in. The session needs a key all the same: it ends with it, and is named after it.
        None => api_keys::of_label(context, OWN_KEY)?,
    };
    let code = URL_SAFE_NO_PAD.encode(random_bytes::<16>()?);
    let now = Timestamp::now();
    let expires_at = now.plus(CODE_LASTS);
    let stored = LoginCode { sha256: Sha256::digest(code.as_bytes()).into(), key, expires_at };
    context.outbox.add_login_code(stored, now)?;
    Ok(CreateLoginCodeResponse { code, expires_at, consoles: context.reading().consoles()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            key: ApiKeyId::from_bytes([1; 16]),
            nonce: [2; 16],
            begun_at: Timestamp::from_millis(1_000),
            used_at: Timestamp::from_millis(2_000),
        }
    }

    #[test]
    fn a_cookie_is_read_with_its_secret_alone_and_in_one_piece() {
        let (ticket, secret) = (ticket(), [7; 32]);
        let cookie = ticket.cookie(&secret).unwrap();
        let read = Ticket::read(&cookie, &secret).unwrap().unwrap();
        assert_eq!(read.bytes(), ticket.bytes());
        assert!(Ticket::read(&cookie, &[8; 32]).unwrap().is_none());
        for place in 0..cookie.len() {
            let mut changed = cookie.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let read = Ticket::read(&changed, &secret).unwrap();
            assert!(read.is_none(), "{place}");
        }
        for other in ["", "x", &ticket.proof(&secret).unwrap(), &cookie[1..], &format!("{cookie}A")] {
            assert!(Ticket::read(other, &secret).unwrap().is_none(), "{other}");
        }
    }

    #[test]
    fn a_proof_is_of_one_session() {
        let (ticket, secret) = (ticket(), [7; 32]);
        let proof = ticket.proof(&secret).unwrap();
        let later = Ticket { used_at: Timestamp::from_millis(9_000), ..ticket };
        assert!(
            ticket.is_proven_by(&proof, &secret).unwrap() && later.is_proven_by(&proof, &secret).unwrap()
        );
        let other = Ticket { nonce: [3; 16], ..ticket };
        assert!(!other.is_proven_by(&proof, &secret).unwrap());
        assert!(!ticket.is_proven_by(&proof, &[8; 32]).unwrap());
        for wrong in ["", "x", &proof[1..], &ticket.cookie(&secret).unwrap()] {
            assert!(!ticket.is_proven_by(wrong, &secret).unwrap(), "{wrong}");
        }
    }

    #[test]
    fn a_session_ends_when_it_is_not_used_and_after_a_week() {
        let begun_at = Timestamp::from_millis(0);
        let at = |used_at| Ticket { begun_at, used_at, ..ticket() }.expires_at();
        assert_eq!(at(begun_at), begun_at.plus(IDLE));
        assert_eq!(at(begun_at.plus(LONGEST).minus(Duration::from_secs(60))), begun_at.plus(LONGEST));
    }
}
