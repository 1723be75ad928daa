//! Actors: the labels of the API keys that `deleted_by_api_key_id` names (docs/contract.md#actors).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::invalid_request;
use crate::error::Result;

/// The most ids of one look-up, of both kinds together.
pub const ACTORS_LIMIT: usize = 100;

/// What `actors.lookup` takes: at least one of the two, each a comma-separated list.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct LookupActors {
    /// Ids of users. An outbox has none, so none is found.
    #[serde(default)]
    pub user_id: Option<String>,
    /// `key_...`
    #[serde(default)]
    pub api_key_id: Option<String>,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserActor {
    /// The user's mail address.
    pub email: String,
}

/// An API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApiKeyActor {
    /// The key's label; empty where it has none.
    pub label: String,
}

/// What `actors.lookup` answers: the actors that are known. A map is present only where the request named ids of its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Actors {
    /// Users by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, UserActor>"))]
    pub users: Option<BTreeMap<String, UserActor>>,
    /// API keys by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, ApiKeyActor>"))]
    pub api_keys: Option<BTreeMap<String, ApiKeyActor>>,
}

fn ids(list: Option<&str>) -> Vec<&str> {
    list.into_iter().flat_map(|list| list.split(',')).map(str::trim).filter(|id| !id.is_empty()).collect()
}

pub(crate) fn lookup(context: &Context, request: LookupActors) -> Result<Actors> {
    let (users, keys) = (ids(request.user_id.as_deref()), ids(request.api_key_id.as_deref()));
    let asked = users.len() + keys.len();
    if !(1..=ACTORS_LIMIT).contains(&asked) {
        return Err(invalid_request(format!(
            "`user_id` and `api_key_id` must name 1 to {ACTORS_LIMIT} ids in all, not {asked}"
        )));
    }
    let known = if keys.is_empty() { Vec::new() } else { context.reading().api_keys()? };
    let found = known
        .into_iter()
        .map(|key| (key.listed.key_id.to_string(), ApiKeyActor { label: key.listed.label }))
        .filter(|(id, _)| keys.contains(&id.as_str()))
        .collect();
    Ok(Actors {
        users: request.user_id.is_some().then(BTreeMap::new),
        api_keys: request.api_key_id.is_some().then_some(found),
    })
}
