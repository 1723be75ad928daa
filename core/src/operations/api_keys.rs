//! API keys (docs/contract.md#api-keys): create, list, delete, and install a configured one.

use super::context::Context;
use super::definition::request::request;
use super::{Nothing, Page, invalid_request};
use crate::error::{Error, ErrorCode, Result};
use crate::model::api_key::LABEL_CHARACTERS;
use crate::model::api_key::{ApiKey, ApiKeyMode, ApiKeyScope, ApiKeySecret, NewApiKey};
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::StoredApiKey;

/// The label of an installed key.
const INSTALLED: &str = "HOOKBRIDGE_API_KEY";

request! {
    /// What `api_keys.create` takes.
    #[derive(Clone, Debug, Default)]
    pub struct CreateApiKey {
        /// `live` where absent.
        #[serde(default)]
        pub mode: Option<ApiKeyMode>,
        /// A label for people, at most 255 characters.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = LABEL_CHARACTERS)))]
        pub label: Option<String>,
        /// What the key lets its owner do over HTTP, `full` where absent.
        #[serde(default)]
        pub scope: Option<ApiKeyScope>,
    }
}

request! {
    /// `api_keys.list` takes nothing.
    #[derive(Clone, Copy, Debug)]
    pub struct ListApiKeys {}
}

request! {
    /// Names an API key.
    #[derive(Clone, Debug)]
    pub struct ApiKeyRef {
        /// The API key's id, `key_...`
        #[cfg_attr(feature = "schema", schemars(with = "ApiKeyId"))]
        pub key_id: String,
    }
}

fn stored(secret: &ApiKeySecret, label: String, scope: ApiKeyScope) -> Result<StoredApiKey> {
    let listed = ApiKey {
        key_id: ApiKeyId::generate()?,
        label,
        prefix: secret.prefix().to_owned(),
        scope: Some(scope),
        created_at: Timestamp::now(),
        last_used_at: None,
    };
    Ok(StoredApiKey { sha256: secret.sha256(), listed })
}

/// Stores `key` unless the outbox has it already, and returns the id under which it is stored.
fn add(context: &Context, key: StoredApiKey) -> Result<ApiKeyId> {
    let added = context.outbox.add_api_key(key);
    context.keys.edited();
    added
}

pub(crate) fn create(context: &Context, request: CreateApiKey) -> Result<NewApiKey> {
    let label = request.label.unwrap_or_default();
    if label.chars().count() > LABEL_CHARACTERS {
        return Err(invalid_request(format!("`label` has at most {LABEL_CHARACTERS} characters")));
    }
    let secret = ApiKeySecret::generate(request.mode.unwrap_or_default())?;
    let key = stored(&secret, label, request.scope.unwrap_or_default())?;
    let listed = key.listed.clone();
    let key_id = add(context, key)?;
    Ok(NewApiKey {
        key_id,
        key: secret.expose().to_owned(),
        prefix: listed.prefix,
        scope: listed.scope,
        label: listed.label,
        created_at: listed.created_at,
    })
}

pub(crate) fn install(context: &Context, key: &str) -> Result<ApiKeyId> {
    let secret = ApiKeySecret::parse(key).ok_or_else(|| {
        Error::new(
            ErrorCode::InvalidConfiguration,
            "an API key is `hb_live_` or `hb_test_` and 32 letters and digits",
        )
    })?;
    add(context, stored(&secret, INSTALLED.to_owned(), ApiKeyScope::Full)?)
}

/// The key of that label; where there is none, a new one that nobody can show.
pub(crate) fn of_label(context: &Context, label: &str) -> Result<ApiKeyId> {
    let known = context.reading().api_keys()?;
    let found = known
        .iter()
        .find(|key| key.listed.label == label && key.listed.scope.unwrap_or_default() == ApiKeyScope::Full);
    if let Some(found) = found {
        return Ok(found.listed.key_id);
    }
    let secret = ApiKeySecret::generate(ApiKeyMode::Live)?;
    add(context, stored(&secret, label.to_owned(), ApiKeyScope::Full)?)
}

pub(crate) fn list(context: &Context, _request: ListApiKeys) -> Result<Page<ApiKey>> {
    let mut data: Vec<ApiKey> =
        context.reading().api_keys()?.into_iter().map(|stored| stored.listed).collect();
    for key in &mut data {
        key.last_used_at = context.keys.last_used(key);
    }
    Ok(Page { data, has_more: false, next_cursor: None })
}

pub(crate) fn delete(context: &Context, request: ApiKeyRef) -> Result<Nothing> {
    let unknown = || Error::new(ErrorCode::NotFound, "there is no such API key");
    let key_id: ApiKeyId = request.key_id.parse().map_err(|_| unknown())?;
    let deleted = context.outbox.delete_api_key(key_id);
    context.keys.edited();
    if deleted? { Ok(Nothing {}) } else { Err(unknown()) }
}
