//! Signing keys of an endpoint: create (rotate), list, delete. An endpoint always has one or two.

use super::context::Context;
use super::definition::request::request;
use super::endpoints::{EndpointRef, parse_id};
use super::{Nothing, Page};
use crate::error::Result;
use crate::model::ids::SigningKeyId;
use crate::model::signing_key::{NewSigningKey, SigningKey, SigningSecret};
use crate::model::timestamp::Timestamp;
use crate::outbox::command::KeyChange;
use crate::outbox::endpoints::StoredKey;

request! {
    /// Names a signing key of an endpoint.
    #[derive(Clone, Debug)]
    pub struct SigningKeyRef {
        /// The endpoint's id, `ep_...`
        #[cfg_attr(feature = "schema", schemars(with = "crate::model::ids::EndpointId"))]
        pub endpoint_id: String,
        /// The signing key's id, `sk_...`
        #[cfg_attr(feature = "schema", schemars(with = "SigningKeyId"))]
        pub key_id: String,
    }
}

pub(crate) fn create(context: &Context, request: EndpointRef) -> Result<NewSigningKey> {
    let endpoint_id = parse_id(&request.endpoint_id)?;
    let key = StoredKey {
        id: SigningKeyId::generate()?,
        secret: SigningSecret::generate()?,
        created_at: Timestamp::now(),
    };
    let created = NewSigningKey {
        id: key.id,
        signing_secret: key.secret.expose().to_owned(),
        key_hint: key.secret.hint().to_owned(),
        created_at: key.created_at,
    };
    context.outbox.change_signing_keys(&endpoint_id, KeyChange::Create(key))?;
    Ok(created)
}

pub(crate) fn list(context: &Context, request: EndpointRef) -> Result<Page<SigningKey>> {
    let endpoint_id = parse_id(&request.endpoint_id)?;
    let keys = context.reading().signing_keys(&endpoint_id)?;
    Ok(Page { data: keys.iter().map(StoredKey::listed).collect(), has_more: false, next_cursor: None })
}

pub(crate) fn delete(context: &Context, request: SigningKeyRef) -> Result<Nothing> {
    let endpoint_id = parse_id(&request.endpoint_id)?;
    context.outbox.change_signing_keys(&endpoint_id, KeyChange::Delete(request.key_id.parse().ok()))?;
    Ok(Nothing {})
}
