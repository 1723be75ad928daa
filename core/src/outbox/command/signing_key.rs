//! Commands on the signing keys of an endpoint, which always has one or two.

use crate::error::{Error, ErrorCode, Result};
use crate::model::ids::SigningKeyId;
use crate::model::signing_key::MAX_SIGNING_KEYS;
use crate::outbox::endpoints::StoredKey;

#[derive(Clone)]
pub(crate) enum KeyChange {
    Create(StoredKey),
    /// `None` for a malformed id. It is no key of the endpoint, which is looked up first all the same.
    Delete(Option<SigningKeyId>),
}

/// What a command does to an endpoint's keys.
#[derive(Clone, Copy)]
pub(crate) enum KeyDecision<'a> {
    Insert(&'a StoredKey),
    Delete(SigningKeyId),
}

impl KeyChange {
    /// Decides the command on the keys `known`.
    ///
    /// # Errors
    /// `MAX_SIGNING_KEYS_REACHED`, `NOT_FOUND`, `CANNOT_DELETE_LAST_SIGNING_KEY`.
    pub(crate) fn decide(&self, known: &[StoredKey]) -> Result<KeyDecision<'_>> {
        match self {
            Self::Create(_) if known.len() >= MAX_SIGNING_KEYS => Err(Error::new(
                ErrorCode::MaxSigningKeysReached,
                format!("an endpoint has at most {MAX_SIGNING_KEYS} signing keys: delete one first"),
            )),
            Self::Create(key) => Ok(KeyDecision::Insert(key)),
            Self::Delete(id) => {
                let id = id
                    .filter(|id| known.iter().any(|known| known.id == *id))
                    .ok_or_else(|| Error::new(ErrorCode::NotFound, "the endpoint has no such signing key"))?;
                if known.len() == 1 {
                    return Err(Error::new(
                        ErrorCode::CannotDeleteLastSigningKey,
                        "the only signing key of an endpoint cannot be deleted: create another first",
                    ));
                }
                Ok(KeyDecision::Delete(id))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signing_key::SigningSecret;
    use crate::model::timestamp::Timestamp;

    fn key(number: u8) -> StoredKey {
        StoredKey {
            id: SigningKeyId::from_bytes([number; 16]),
            secret: SigningSecret::from_stored(String::new()),
            created_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn one_or_two_keys_are_there_at_any_time() {
        use ErrorCode::{CannotDeleteLastSigningKey, MaxSigningKeysReached, NotFound};
        let delete = |number| KeyChange::Delete(Some(SigningKeyId::from_bytes([number; 16])));
        let (create, malformed) = (KeyChange::Create(key(3)), KeyChange::Delete(None));
        let one = [key(1)];
        let two = [key(1), key(2)];
        let table = [
            (&one[..], &create, Ok("insert 3")),
            (&one[..], &delete(1), Err(CannotDeleteLastSigningKey)),
            (&one[..], &delete(2), Err(NotFound)),
            (&one[..], &malformed, Err(NotFound)),
            (&two[..], &create, Err(MaxSigningKeysReached)),
            (&two[..], &delete(1), Ok("delete 1")),
            (&two[..], &delete(2), Ok("delete 2")),
            (&two[..], &delete(3), Err(NotFound)),
            (&two[..], &malformed, Err(NotFound)),
        ];
        for (row, (known, change, wanted)) in table.into_iter().enumerate() {
            let decided = change.decide(known).map(|decision| match decision {
                KeyDecision::Insert(key) => format!("insert {}", key.id.as_bytes()[0]),
                KeyDecision::Delete(id) => format!("delete {}", id.as_bytes()[0]),
            });
            let decided = decided.as_deref().map_err(Error::code);
            assert_eq!(decided, wanted, "row {row}");
        }
    }
}
