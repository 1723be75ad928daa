//! Actors: the labels of the API keys that `deleted_by_api_key_id` names (docs/contract.md#actors).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::invalid_request;
use crate::error::Result;

/// The most ids of one look-up, of both kinds together.
pub const ACTORS_LIMIT: usize = 100;

/// Ids: a list, or a text with commas between them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "ListOrText")]
pub struct Ids(Vec<String>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a list of ids, or a string with commas between them")]
enum ListOrText {
    List(Vec<String>),
    Text(String),
}

impl From<ListOrText> for Ids {
    fn from(given: ListOrText) -> Self {
        let ids = match given {
            ListOrText::List(ids) => ids,
            ListOrText::Text(text) => text.split(',').map(str::to_owned).collect(),
        };
        let trimmed = ids.iter().map(|id| id.trim().to_owned());
        Self(trimmed.filter(|id| !id.is_empty()).collect())
    }
}

request! {
    /// What `actors.lookup` takes: at least one of the two.
    #[derive(Clone, Debug, Default)]
    pub struct LookupActors {
        /// Ids of users. An outbox has none, so none is found.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<String>>"))]
        pub user_id: Option<Ids>,
        /// Ids of API keys: `key_...`
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<String>>"))]
        pub api_key_id: Option<Ids>,
    }
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

/// The actors that are known. A map is present only where ids of its kind were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ActorLookupResult"))]
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

pub(crate) fn lookup(context: &Context, request: LookupActors) -> Result<Actors> {
    let listed = |ids: &Option<Ids>| ids.as_ref().map_or_else(Vec::new, |ids| ids.0.clone());
    let (users, keys) = (listed(&request.user_id), listed(&request.api_key_id));
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
        .filter(|(id, _)| keys.contains(id))
        .collect();
    Ok(Actors {
        users: request.user_id.is_some().then(BTreeMap::new),
        api_keys: request.api_key_id.is_some().then_some(found),
    })
}
