//! Endpoints: create, get, list, update, delete, pause, resume.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::events::checked_tenant;
use super::paging::{checked_limit, read_cursor};
use super::{Nothing, Page, invalid_request};
use crate::error::Result;
use crate::error::endpoint_not_found;
use crate::model::endpoint::Endpoint;
pub use crate::model::endpoint::{BURST, DESCRIPTION_CHARACTERS, MAX_ATTEMPTS, RATE_LIMIT_RPS};
use crate::model::endpoint_url::EndpointUrl;
use crate::model::event_filter::{Condition, EventFilter};
use crate::model::event_type::checked_patterns;
use crate::model::header_map::{HeaderMap, HeaderOwner};
use crate::model::ids::{EndpointId, SigningKeyId};
use crate::model::ordering::OnFailure;
use crate::model::retry_schedule::{self, RetrySchedule};
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::model::whole_number;
use crate::outbox::command::{self, EndpointChange};
use crate::outbox::endpoints::{ChangedEndpoint, StoredKey};
use crate::outbox::page::Listed;

/// The most endpoints of one page.
pub const PAGE_LIMIT: usize = 100;
const PAGE_DEFAULT: usize = 50;

/// Defines a request with the settings of an endpoint between fields of its own. They are written out in each, and not
/// laid in by serde, so that an error can name the field.
macro_rules! with_settings {
    ($(#[$meta:meta])* pub struct $name:ident { before { $($before:tt)* } after { $($after:tt)* } }) => {
        request! {
            $(#[$meta])*
            pub struct $name {
                $($before)*
                /// At most 500 characters; `""` is none.
                #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
                pub description: Option<String>,
                /// Deliveries a second, 0 to 1,000; 0 is unlimited.
                #[serde(default, deserialize_with = "whole_number::optional")]
                #[cfg_attr(feature = "schema", schemars(extend("maximum" = RATE_LIMIT_RPS)))]
                pub rate_limit_rps: Option<u32>,
                /// Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as `rate_limit_rps`.
                #[serde(default, deserialize_with = "whole_number::optional")]
                #[cfg_attr(feature = "schema", schemars(extend("maximum" = BURST)))]
                pub burst: Option<u32>,
                /// Sent with every delivery. They are replaced whole; `{}` is none.
                #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::EndpointHeaders>"))]
                pub headers: Option<HeaderMap>,
                $($after)*
                /// Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
                #[serde(default, deserialize_with = "whole_number::optional")]
                #[cfg_attr(feature = "schema", schemars(extend("maximum" = MAX_ATTEMPTS)))]
                pub max_attempts: Option<u32>,
                /// The customer it belongs to, whose events it gets; at most 128 characters, `""` is none.
                #[serde(default)]
                #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::model::event_record::TENANT_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
                pub tenant: Option<String>,
                /// The events that it wants: at most 100 patterns of types, such as `order.*`. `[]` is every type.
                #[serde(default)]
                #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<crate::model::event_type::EventPattern>>", extend("maxItems" = crate::model::event_type::PATTERNS_LIMIT)))]
                pub event_types: Option<Vec<String>>,
                /// Conditions on an event's payload, all of which must hold: at most 20, each with a JSON `pointer` and one of
                /// `equals`, `in`, `exists`, `starts_with`, `greater`, `less`. `[]` is none.
                #[serde(default)]
                #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Filter>"))]
                pub filter: Option<Vec<Condition>>,
                /// What follows for an ordering key when one of its messages is given up: `continue` with the next, or `halt`
                /// until a person replays or deletes it.
                #[serde(default)]
                pub on_failure: Option<OnFailure>,
            }
        }

        impl $name {
            /// The settings that both requests take alike.
            fn take_settings(&mut self) -> EndpointSettings {
                EndpointSettings {
                    description: self.description.take(),
                    rate_limit_rps: self.rate_limit_rps,
                    burst: self.burst,
                    headers: self.headers.take(),
                    max_attempts: self.max_attempts,
                    tenant: self.tenant.take(),
                    event_types: self.event_types.take(),
                    filter: self.filter.take(),
                    on_failure: self.on_failure,
                }
            }
        }
    };
}

/// The settings that `endpoints.create` and `endpoints.update` take alike.
#[derive(Debug)]
struct EndpointSettings {
    description: Option<String>,
    rate_limit_rps: Option<u32>,
    burst: Option<u32>,
    headers: Option<HeaderMap>,
    max_attempts: Option<u32>,
    tenant: Option<String>,
    event_types: Option<Vec<String>>,
    filter: Option<Vec<Condition>>,
    on_failure: Option<OnFailure>,
}

/// The filter of these conditions.
///
/// # Errors
/// `INVALID_REQUEST`, which names the condition.
pub(super) fn checked_filter(conditions: Vec<Condition>) -> Result<EventFilter> {
    EventFilter::new(conditions)
}

impl EndpointSettings {
    fn check(&self) -> Result<()> {
        if self.description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_CHARACTERS) {
            return Err(invalid_request(format!(
                "`description` must be at most {DESCRIPTION_CHARACTERS} characters"
            )));
        }
        at_most("rate_limit_rps", self.rate_limit_rps, RATE_LIMIT_RPS)?;
        at_most("burst", self.burst, BURST)?;
        at_most("max_attempts", self.max_attempts, MAX_ATTEMPTS)?;
        self.headers.as_ref().map_or(Ok(()), |headers| headers.check(HeaderOwner::Endpoint))
    }

    /// What is to change of an endpoint. A setting that is 0 or empty is cleared.
    ///
    /// # Errors
    /// `INVALID_REQUEST` for a tenant, patterns or a filter that cannot be.
    fn into_changes(self) -> Result<command::EndpointSettings> {
        let tenant = self.tenant.map(|tenant| checked_tenant(Some(tenant))).transpose()?;
        let event_types = self.event_types.map(checked_patterns).transpose()?;
        let filter = self.filter.map(checked_filter).transpose()?;
        let number = |number: u32| Some(number).filter(|number| *number > 0);
        Ok(command::EndpointSettings {
            description: self.description.map(|text| Some(text).filter(|text| !text.is_empty())),
            rate_limit_rps: self.rate_limit_rps.map(number),
            burst: self.burst.map(number),
            headers: self.headers.map(|headers| Some(headers).filter(|headers| !headers.is_empty())),
            max_attempts: self.max_attempts.map(number),
            tenant,
            event_types: event_types.map(|patterns| Some(patterns).filter(|patterns| !patterns.is_empty())),
            filter: filter.map(|filter| Some(filter).filter(|filter| !filter.conditions().is_empty())),
            on_failure: self.on_failure.map(|one| Some(one).filter(|one| *one == OnFailure::Halt)),
            ..command::EndpointSettings::default()
        })
    }
}

fn at_most(name: &str, value: Option<u32>, limit: u32) -> Result<()> {
    match value {
        Some(value) if value > limit => Err(invalid_request(format!("`{name}` must be 0 to {limit}"))),
        _ => Ok(()),
    }
}

with_settings! {
    /// What `endpoints.create` takes.
    #[derive(Clone, Debug, Default)]
    pub struct CreateEndpoint {
        before {
            /// 12 to 2,048 characters, `https`; its host resolves, to public addresses only unless `allow_local_endpoints` is set.
            #[cfg_attr(feature = "schema", schemars(with = "EndpointUrl"))]
            pub url: String,
        }
        after {
            /// Replaces the engine's schedule; an empty list is none.
            #[serde(default, deserialize_with = "retry_schedule::or_none")]
            pub retry_schedule: Option<Option<RetrySchedule>>,
        }
    }
}

/// A new endpoint. Its signing secret is shown only here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CreateEndpointResponse"))]
pub struct CreatedEndpoint {
    /// The endpoint's id, `ep_...`
    pub id: EndpointId,
    /// The normalised URL.
    #[cfg_attr(feature = "schema", schemars(with = "EndpointUrl"))]
    pub url: String,
    /// The secret that deliveries are signed with, `whsec_...`
    #[cfg_attr(feature = "schema", schemars(with = "SigningSecret"))]
    pub signing_secret: String,
    /// When the endpoint was made.
    pub created_at: Timestamp,
    /// The owner's words.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
    pub description: Option<String>,
    /// The signing key's id, `sk_...`
    pub signing_key_id: SigningKeyId,
    /// The last four characters of the secret.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::KeyHint"))]
    pub key_hint: String,
}

request! {
    /// Names an endpoint.
    #[derive(Clone, Debug)]
    pub struct EndpointRef {
        /// The endpoint's id, `ep_...`
        #[cfg_attr(feature = "schema", schemars(with = "crate::model::ids::EndpointId"))]
        pub endpoint_id: String,
    }
}

request! {
    /// What `endpoints.list` takes.
    #[derive(Clone, Debug, Default)]
    pub struct ListEndpoints {
        /// 1 to 100, 50 where absent.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = PAGE_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the page before.
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
        /// Only endpoints of this tenant.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::model::event_record::TENANT_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
        pub tenant: Option<String>,
    }
}

/// An endpoint in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndpointSummary {
    /// The endpoint's id, `ep_...`
    pub id: EndpointId,
    /// Where deliveries are posted to.
    #[cfg_attr(feature = "schema", schemars(with = "EndpointUrl"))]
    pub url: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether deliveries are held.
    pub paused: bool,
    /// The owner's words.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = DESCRIPTION_CHARACTERS)))]
    pub description: Option<String>,
    /// The customer it belongs to.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::model::event_record::TENANT_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
    pub tenant: Option<String>,
}

with_settings! {
    /// What `endpoints.update` takes. A field that is absent stays as it is.
    #[derive(Clone, Debug)]
    pub struct UpdateEndpoint {
        before {
            /// The endpoint's id, `ep_...`
            #[cfg_attr(feature = "schema", schemars(with = "EndpointId"))]
            pub endpoint_id: String,
            /// As for a new endpoint.
            #[cfg_attr(feature = "schema", schemars(with = "Option<EndpointUrl>"))]
            pub url: Option<String>,
        }
        after {
            /// Replaces the engine's schedule; an empty list or null clears it.
            #[serde(default, deserialize_with = "retry_schedule::or_none")]
            pub retry_schedule: Option<Option<RetrySchedule>>,
        }
    }
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

/// Whether an endpoint's deliveries are held.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PauseState"))]
pub struct PausedEndpoint {
    /// The endpoint's id, `ep_...`
    pub id: EndpointId,
    /// Whether deliveries are held now.
    pub paused: bool,
    /// After a resume: how many messages had come due meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub messages_requeued: Option<u64>,
}

pub(crate) fn parse_id(id: &str) -> Result<EndpointId> {
    id.parse().map_err(|_| endpoint_not_found())
}

fn check_url(context: &Context, url: &str) -> Result<EndpointUrl> {
    let url = context.guard.check_url(url)?;
    if context.config.verify_dns {
        context.guard.resolve(&url, &context.names, context.config.connect_timeout)?;
    }
    Ok(url)
}

pub(crate) fn create(context: &Context, mut request: CreateEndpoint) -> Result<CreatedEndpoint> {
    let settings = request.take_settings();
    settings.check()?;
    let settings = settings.into_changes()?;
    let url = check_url(context, &request.url)?;
    let now = Timestamp::now();
    let mut endpoint = Endpoint {
        id: EndpointId::generate()?,
        url: url.as_ref().to_owned(),
        description: None,
        rate_limit_rps: None,
        burst: None,
        headers: None,
        retry_schedule: request.retry_schedule.flatten(),
        max_attempts: None,
        paused: false,
        created_at: now,
        updated_at: now,
        tenant: None,
        event_types: None,
        filter: None,
        on_failure: None,
    };
    settings.apply_to(&mut endpoint);
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
    let tenant = checked_tenant(request.tenant)?;
    let (found, next) = context.reading().endpoints(tenant.as_deref(), after, limit)?;
    let summary = |endpoint: Endpoint| EndpointSummary {
        id: endpoint.id,
        url: endpoint.url,
        description: endpoint.description,
        paused: endpoint.paused,
        created_at: endpoint.created_at,
        tenant: endpoint.tenant,
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

pub(crate) fn update(context: &Context, mut request: UpdateEndpoint) -> Result<UpdatedEndpoint> {
    let settings = request.take_settings();
    settings.check()?;
    let settings = settings.into_changes()?;
    // Refuses an unknown endpoint before its new URL is resolved.
    get(context, EndpointRef { endpoint_id: request.endpoint_id.clone() })?;
    let url = request.url.as_deref().map(|url| check_url(context, url)).transpose()?;
    let settings = command::EndpointSettings {
        url: url.map(|url| url.as_ref().to_owned()),
        retry_schedule: request.retry_schedule,
        ..settings
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
    let ChangedEndpoint { endpoint, messages_released } =
        change(context, &request.endpoint_id, EndpointChange::Resume)?;
    Ok(PausedEndpoint {
        id: endpoint.id,
        paused: endpoint.paused,
        messages_requeued: Some(messages_released),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::operations::read;

    /// The settings in the requests of create and of update.
    fn settings(fields: &str) -> [Result<EndpointSettings>; 2] {
        let create = read::<CreateEndpoint>(&format!(r#"{{"url": "https://a.example", {fields}}}"#));
        let update = read::<UpdateEndpoint>(&format!(r#"{{"endpoint_id": "ep_1", {fields}}}"#));
        [create.map(|mut request| request.take_settings()), update.map(|mut request| request.take_settings())]
    }

    #[test]
    fn create_and_update_read_the_same_settings() {
        for read in settings(r#""burst": 5.0, "max_attempts": null, "unknown": {"burst": 6}, "headers": []"#)
        {
            let read = read.unwrap();
            assert_eq!((read.burst, read.max_attempts, read.rate_limit_rps), (Some(5), None, None));
            assert!(read.headers.is_some_and(|headers| headers.is_empty()) && read.description.is_none());
        }
        for (wrong, needle) in [
            (r#""burst": 1, "burst": 2"#, "`burst` is given twice"),
            (r#""burst": -1"#, "`burst` must be a whole number"),
            (r#""burst": 0.5"#, "`burst` must be a whole number"),
            (r#""description": 5"#, "`description` must be a string, not integer `5`"),
            (r#""headers": {"X-A": 1}"#, "`headers.X-A` must be a string"),
            (r#""retry_schedule": "never""#, "never"),
            (r#""retry_schedule": [1, "often"]"#, "`retry_schedule[1]` must be a number"),
        ] {
            for read in settings(wrong) {
                let refused = read.unwrap_err();
                assert_eq!(refused.code(), ErrorCode::InvalidRequest, "{wrong}");
                assert!(refused.message().contains(needle), "{wrong}: {refused}");
            }
        }
        let missing = read::<CreateEndpoint>(r#"{"burst": 1}"#).unwrap_err();
        assert!(missing.message().contains("`url` is missing"), "{missing}");
    }

    #[test]
    fn a_setting_that_is_absent_stays_and_an_empty_one_is_cleared() {
        let empty = EndpointSettings {
            description: Some(String::new()),
            rate_limit_rps: Some(0),
            burst: Some(7),
            headers: Some(HeaderMap::default()),
            max_attempts: None,
            tenant: Some(String::new()),
            event_types: Some(Vec::new()),
            filter: None,
            on_failure: Some(OnFailure::Continue),
        };
        let changes = empty.into_changes().unwrap();
        assert_eq!((changes.tenant, changes.event_types, changes.filter), (Some(None), Some(None), None));
        assert_eq!(changes.on_failure, Some(None));
        assert_eq!((changes.description, changes.rate_limit_rps), (Some(None), Some(None)));
        assert_eq!((changes.burst, changes.headers, changes.max_attempts), (Some(Some(7)), Some(None), None));
        assert!(changes.url.is_none() && changes.retry_schedule.is_none());
        let null = |text: &str| read::<UpdateEndpoint>(text).unwrap().retry_schedule;
        for clears in ["null", "[]"] {
            let given = format!(r#"{{"endpoint_id": "ep_1", "retry_schedule": {clears}}}"#);
            assert!(null(&given).is_some_and(|schedule| schedule.is_none()), "{clears}");
        }
        let created = read::<CreateEndpoint>(r#"{"url": "https://a.example", "retry_schedule": []}"#);
        assert!(created.is_ok_and(|created| created.retry_schedule.flatten().is_none()));
        assert!(null(r#"{"endpoint_id": "ep_1"}"#).is_none());
    }
}
