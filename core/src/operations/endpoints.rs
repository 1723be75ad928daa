//! Endpoints: create, get, list, update, delete, pause, resume.

use serde::{Deserialize, Deserializer, Serialize};

use super::context::Context;
use super::paging::{checked_limit, read_cursor};
use super::{Nothing, Page, invalid_request};
use crate::error::Result;
use crate::error::endpoint_not_found;
use crate::model::endpoint::Endpoint;
pub use crate::model::endpoint::{BURST, DESCRIPTION_CHARACTERS, MAX_ATTEMPTS, RATE_LIMIT_RPS};
use crate::model::endpoint_url::EndpointUrl;
use crate::model::header_map::{HeaderMap, HeaderOwner};
use crate::model::ids::{EndpointId, SigningKeyId};
use crate::model::retry_schedule::RetrySchedule;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::model::whole_number;
use crate::outbox::command::{EndpointChange, EndpointSettings};
use crate::outbox::endpoints::{ChangedEndpoint, StoredKey};
use crate::outbox::page::Listed;

/// The most endpoints of one page.
pub const PAGE_LIMIT: usize = 100;
const PAGE_DEFAULT: usize = 50;

/// What `endpoints.create` takes.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateEndpoint {
    /// 12 to 2,048 characters, `https`; its host resolves, to public addresses only unless `allow_local_endpoints` is set.
    #[cfg_attr(feature = "schema", schemars(with = "EndpointUrl"))]
    pub url: String,
    /// At most 500 characters.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
    pub description: Option<String>,
    /// 0 to 1,000; 0 is unlimited.
    #[serde(default, deserialize_with = "whole_number::optional")]
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = RATE_LIMIT_RPS)))]
    pub rate_limit_rps: Option<u32>,
    /// 0 to 10,000; 0 is the same as `rate_limit_rps`.
    #[serde(default, deserialize_with = "whole_number::optional")]
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = BURST)))]
    pub burst: Option<u32>,
    /// Sent with every delivery.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::EndpointHeaders>"))]
    pub headers: Option<HeaderMap>,
    /// Replaces the engine's schedule.
    pub retry_schedule: Option<RetrySchedule>,
    /// Replaces the engine's number of attempts, 1 to 100.
    #[serde(default, deserialize_with = "whole_number::optional")]
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = MAX_ATTEMPTS)))]
    pub max_attempts: Option<u32>,
}

/// What `endpoints.create` answers. The secret is shown only here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreatedEndpoint {
    /// `ep_...`
    pub id: EndpointId,
    /// The normalised URL.
    #[cfg_attr(feature = "schema", schemars(with = "EndpointUrl"))]
    pub url: String,
    /// The owner's words.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
    pub description: Option<String>,
    /// `sk_...`
    pub signing_key_id: SigningKeyId,
    /// `whsec_...`
    #[cfg_attr(feature = "schema", schemars(with = "SigningSecret"))]
    pub signing_secret: String,
    /// The last four characters of the secret.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::KeyHint"))]
    pub key_hint: String,
    /// When the endpoint was made.
    pub created_at: Timestamp,
}

/// Names an endpoint.
#[derive(Clone, Debug, Deserialize)]
pub struct EndpointRef {
    /// `ep_...`
    pub endpoint_id: String,
}

/// What `endpoints.list` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListEndpoints {
    /// 1 to 100, default 50.
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// An endpoint in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndpointSummary {
    /// `ep_...`
    pub id: EndpointId,
    /// Where deliveries are posted to.
    #[cfg_attr(feature = "schema", schemars(with = "EndpointUrl"))]
    pub url: String,
    /// The owner's words.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
    pub description: Option<String>,
    /// Whether deliveries are held.
    pub paused: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What `endpoints.update` takes. A field that is absent stays as it is.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UpdateEndpoint {
    /// `ep_...`
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub endpoint_id: String,
    /// As in `endpoints.create`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<EndpointUrl>"))]
    pub url: Option<String>,
    /// `""` clears it.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
    pub description: Option<String>,
    /// 0 clears it.
    #[serde(default, deserialize_with = "whole_number::optional")]
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = RATE_LIMIT_RPS)))]
    pub rate_limit_rps: Option<u32>,
    /// 0 clears it.
    #[serde(default, deserialize_with = "whole_number::optional")]
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = BURST)))]
    pub burst: Option<u32>,
    /// Replaced whole; `{}` clears them.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::EndpointHeaders>"))]
    pub headers: Option<HeaderMap>,
    /// Null clears it.
    #[serde(default, deserialize_with = "present")]
    pub retry_schedule: Option<Option<RetrySchedule>>,
    /// 0 clears it.
    #[serde(default, deserialize_with = "whole_number::optional")]
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = MAX_ATTEMPTS)))]
    pub max_attempts: Option<u32>,
}

/// What `endpoints.update` answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UpdatedEndpoint {
    /// The endpoint as it is now.
    #[serde(flatten)]
    pub endpoint: Endpoint,
    /// Always true.
    pub updated: bool,
}

/// What `endpoints.pause` and `endpoints.resume` answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PausedEndpoint {
    /// `ep_...`
    pub id: EndpointId,
    /// Whether deliveries are held now.
    pub paused: bool,
    /// After a resume: how many messages had come due meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub messages_requeued: Option<u64>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<RetrySchedule>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

pub(crate) fn parse_id(id: &str) -> Result<EndpointId> {
    id.parse().map_err(|_| endpoint_not_found())
}

fn at_most(name: &str, value: Option<u32>, limit: u32) -> Result<()> {
    match value {
        Some(value) if value > limit => Err(invalid_request(format!("`{name}` must be 0 to {limit}"))),
        _ => Ok(()),
    }
}

fn check(
    description: Option<&str>,
    rate_limit_rps: Option<u32>,
    burst: Option<u32>,
    max_attempts: Option<u32>,
    headers: Option<&HeaderMap>,
) -> Result<()> {
    if description.is_some_and(|text| text.chars().count() > DESCRIPTION_CHARACTERS) {
        return Err(invalid_request(format!(
            "`description` must be at most {DESCRIPTION_CHARACTERS} characters"
        )));
    }
    at_most("rate_limit_rps", rate_limit_rps, RATE_LIMIT_RPS)?;
    at_most("burst", burst, BURST)?;
    at_most("max_attempts", max_attempts, MAX_ATTEMPTS)?;
    headers.map_or(Ok(()), |headers| headers.check(HeaderOwner::Endpoint))
}

fn check_url(context: &Context, url: &str) -> Result<EndpointUrl> {
    let url = context.guard.check_url(url)?;
    if context.config.verify_dns {
        context.guard.resolve(&url, &context.names, context.config.connect_timeout)?;
    }
    Ok(url)
}

fn set(value: Option<u32>) -> Option<u32> {
    value.filter(|value| *value > 0)
}

fn filled(headers: Option<HeaderMap>) -> Option<HeaderMap> {
    headers.filter(|headers| !headers.is_empty())
}

pub(crate) fn create(context: &Context, request: CreateEndpoint) -> Result<CreatedEndpoint> {
    check(
        request.description.as_deref(),
        request.rate_limit_rps,
        request.burst,
        request.max_attempts,
        request.headers.as_ref(),
    )?;
    let url = check_url(context, &request.url)?;
    let now = Timestamp::now();
    let endpoint = Endpoint {
        id: EndpointId::generate()?,
        url: url.as_ref().to_owned(),
        description: request.description.filter(|text| !text.is_empty()),
        rate_limit_rps: set(request.rate_limit_rps),
        burst: set(request.burst),
        headers: filled(request.headers),
        retry_schedule: request.retry_schedule,
        max_attempts: set(request.max_attempts),
        paused: false,
        created_at: now,
        updated_at: now,
    };
    let key =
        StoredKey { id: SigningKeyId::generate()?, secret: SigningSecret::generate()?, created_at: now };
    let created = CreatedEndpoint {
        id: endpoint.id,
        url: endpoint.url.clone(),
        description: endpoint.description.clone(),
        signing_key_id: key.id,
        signing_secret: key.secret.expose().to_owned(),
        key_hint: key.secret.hint().to_owned(),
        created_at: now,
    };
    context.outbox.create_endpoint(endpoint, key)?;
    Ok(created)
}

pub(crate) fn get(context: &Context, request: EndpointRef) -> Result<Endpoint> {
    let id = parse_id(&request.endpoint_id)?;
    context.reading().endpoint(&id)?.ok_or_else(endpoint_not_found)
}

pub(crate) fn list(context: &Context, request: ListEndpoints) -> Result<Page<EndpointSummary>> {
    let limit = checked_limit(request.limit, PAGE_DEFAULT, PAGE_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Endpoints)?;
    let (found, next) = context.reading().endpoints(after, limit)?;
    let summary = |endpoint: Endpoint| EndpointSummary {
        id: endpoint.id,
        url: endpoint.url,
        description: endpoint.description,
        paused: endpoint.paused,
        created_at: endpoint.created_at,
    };
    Ok(Page {
        data: found.into_iter().map(summary).collect(),
        has_more: next.is_some(),
        next_cursor: next.map(|next| next.encode(Listed::Endpoints)),
    })
}

fn change(context: &Context, endpoint_id: &str, change: EndpointChange) -> Result<ChangedEndpoint> {
    context.outbox.change_endpoint(&parse_id(endpoint_id)?, change)
}

pub(crate) fn update(context: &Context, request: UpdateEndpoint) -> Result<UpdatedEndpoint> {
    check(
        request.description.as_deref(),
        request.rate_limit_rps,
        request.burst,
        request.max_attempts,
        request.headers.as_ref(),
    )?;
    // Refuses an unknown endpoint before its new URL is resolved.
    get(context, EndpointRef { endpoint_id: request.endpoint_id.clone() })?;
    let url = request.url.as_deref().map(|url| check_url(context, url)).transpose()?;
    let settings = EndpointSettings {
        url: url.map(|url| url.as_ref().to_owned()),
        description: request.description.map(|text| Some(text).filter(|text| !text.is_empty())),
        rate_limit_rps: request.rate_limit_rps.map(|rate| set(Some(rate))),
        burst: request.burst.map(|burst| set(Some(burst))),
        headers: request.headers.map(|headers| filled(Some(headers))),
        retry_schedule: request.retry_schedule,
        max_attempts: request.max_attempts.map(|most| set(Some(most))),
    };
    let changed = change(context, &request.endpoint_id, EndpointChange::Update(Box::new(settings)))?;
    Ok(UpdatedEndpoint { endpoint: changed.endpoint, updated: true })
}

pub(crate) fn delete(context: &Context, request: EndpointRef) -> Result<Nothing> {
    change(context, &request.endpoint_id, EndpointChange::Delete)?;
    Ok(Nothing {})
}

pub(crate) fn pause(context: &Context, request: EndpointRef) -> Result<PausedEndpoint> {
    let ChangedEndpoint { endpoint, .. } = change(context, &request.endpoint_id, EndpointChange::Pause)?;
    Ok(PausedEndpoint { id: endpoint.id, paused: endpoint.paused, messages_requeued: None })
}

pub(crate) fn resume(context: &Context, request: EndpointRef) -> Result<PausedEndpoint> {
    let ChangedEndpoint { endpoint, let_go } = change(context, &request.endpoint_id, EndpointChange::Resume)?;
    Ok(PausedEndpoint { id: endpoint.id, paused: endpoint.paused, messages_requeued: Some(let_go) })
}
