//! Signing keys of an endpoint: create (rotate), list, delete. One or two at any time.

use serde::Deserialize;

use super::context::Context;
use super::endpoints::{EndpointRef, parse_id, row};
use super::{Nothing, Page};
use crate::error::{Error, ErrorCode, Result};
use crate::model::ids::SigningKeyId;
use crate::model::signing_key::{MAX_SIGNING_KEYS, NewSigningKey, SigningKey, SigningSecret};
use crate::model::timestamp::Timestamp;
use crate::outbox::change::Change;
use crate::outbox::endpoints::StoredKey;
use crate::outbox::link::Notice;
use crate::outbox::sqlite::signing_keys;
use crate::outbox::sqlite::writer::edit::Edited;

/// Names a signing key of an endpoint.
#[derive(Clone, Debug, Deserialize)]
pub struct SigningKeyRef {
    /// `ep_...`
    pub endpoint_id: String,
    /// `sk_...`
    pub key_id: String,
}

pub(crate) fn create(context: &Context, request: EndpointRef) -> Result<NewSigningKey> {
    let endpoint_id = parse_id(&request.endpoint_id)?;
    let key = StoredKey {
        id: SigningKeyId::generate()?,
        secret: SigningSecret::generate()?,
        created_at: Timestamp::now(),
    };
    context.edit(move |context| {
        let seq = match row(context.connection, &endpoint_id)? {
            Ok(seq) => seq,
            Err(error) => return Ok(Err(error)),
        };
        let known = signing_keys::of_endpoint(context.connection, seq)?;
        if !known.iter().any(|known| known.id == key.id) {
            if known.len() >= MAX_SIGNING_KEYS {
                return Ok(Err(Error::new(
                    ErrorCode::MaxSigningKeysReached,
                    format!("an endpoint has at most {MAX_SIGNING_KEYS} signing keys: delete one first"),
                )));
            }
            signing_keys::insert(context.connection, seq, &key)?;
        }
        context.changed(Change::Endpoint(seq));
        let created = NewSigningKey {
            id: key.id,
            signing_secret: key.secret.expose().to_owned(),
            key_hint: key.secret.hint().to_owned(),
            created_at: key.created_at,
        };
        Ok(Ok(Edited::telling(created, Notice::EndpointChanged(seq))))
    })
}

pub(crate) fn list(context: &Context, request: EndpointRef) -> Result<Page<SigningKey>> {
    let endpoint_id = parse_id(&request.endpoint_id)?;
    let keys = context.reading().signing_keys(&endpoint_id)?;
    Ok(Page { data: keys.iter().map(StoredKey::listed).collect(), has_more: false, next_cursor: None })
}

pub(crate) fn delete(context: &Context, request: SigningKeyRef) -> Result<Nothing> {
    let endpoint_id = parse_id(&request.endpoint_id)?;
    let unknown = || Error::new(ErrorCode::NotFound, "the endpoint has no such signing key");
    // A malformed id is no key of an endpoint, which has to be there all the same.
    let key_id: Option<SigningKeyId> = request.key_id.parse().ok();
    context.edit(move |context| {
        let seq = match row(context.connection, &endpoint_id)? {
            Ok(seq) => seq,
            Err(error) => return Ok(Err(error)),
        };
        let known = signing_keys::of_endpoint(context.connection, seq)?;
        let Some(key_id) = key_id.filter(|key_id| known.iter().any(|known| known.id == *key_id)) else {
            return Ok(Err(unknown()));
        };
        if known.len() == 1 {
            return Ok(Err(Error::new(
                ErrorCode::CannotDeleteLastSigningKey,
                "the only signing key of an endpoint cannot be deleted: create another first",
            )));
        }
        signing_keys::delete(context.connection, seq, &key_id)?;
        context.changed(Change::Endpoint(seq));
        Ok(Ok(Edited::telling(Nothing {}, Notice::EndpointChanged(seq))))
    })
}
