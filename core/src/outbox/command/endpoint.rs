//! Commands on an endpoint.

use crate::model::endpoint::Endpoint;
use crate::model::event_filter::EventFilter;
use crate::model::event_type::EventPattern;
use crate::model::header_map::HeaderMap;
use crate::model::ordering::OnFailure;
use crate::model::retry_schedule::RetrySchedule;
use crate::model::timestamp::Timestamp;

/// Changes of an endpoint's settings. An absent setting stays as it is; an inner `None` clears it.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointSettings {
    pub url: Option<String>,
    pub description: Option<Option<String>>,
    pub rate_limit_rps: Option<Option<u32>>,
    pub burst: Option<Option<u32>>,
    pub headers: Option<Option<HeaderMap>>,
    pub retry_schedule: Option<Option<RetrySchedule>>,
    pub max_attempts: Option<Option<u32>>,
    pub tenant: Option<Option<String>>,
    pub event_types: Option<Option<Vec<EventPattern>>>,
    pub filter: Option<Option<EventFilter>>,
    pub on_failure: Option<Option<OnFailure>>,
}

#[derive(Clone, Debug)]
pub(crate) enum EndpointChange {
    Update(Box<EndpointSettings>),
    Pause,
    Resume,
    Delete,
}

impl EndpointChange {
    /// The changed endpoint; `None` where it is deleted.
    pub(crate) fn decide(&self, endpoint: &Endpoint, now: Timestamp) -> Option<Endpoint> {
        let mut endpoint = Endpoint { updated_at: now, ..endpoint.clone() };
        match self {
            Self::Update(settings) => settings.apply_to(&mut endpoint),
            Self::Pause => endpoint.paused = true,
            Self::Resume => endpoint.paused = false,
            Self::Delete => return None,
        }
        Some(endpoint)
    }

    /// Whether the change releases messages that a pause held.
    pub(crate) fn releases_messages(&self, endpoint: &Endpoint) -> bool {
        matches!(self, Self::Resume) && endpoint.paused
    }
}

impl EndpointSettings {
    pub(crate) fn apply_to(&self, endpoint: &mut Endpoint) {
        fn set<T: Clone>(setting: &mut T, new: Option<&T>) {
            if let Some(new) = new {
                *setting = new.clone();
            }
        }
        set(&mut endpoint.url, self.url.as_ref());
        set(&mut endpoint.description, self.description.as_ref());
        set(&mut endpoint.rate_limit_rps, self.rate_limit_rps.as_ref());
        set(&mut endpoint.burst, self.burst.as_ref());
        set(&mut endpoint.headers, self.headers.as_ref());
        set(&mut endpoint.retry_schedule, self.retry_schedule.as_ref());
        set(&mut endpoint.max_attempts, self.max_attempts.as_ref());
        set(&mut endpoint.tenant, self.tenant.as_ref());
        set(&mut endpoint.event_types, self.event_types.as_ref());
        set(&mut endpoint.filter, self.filter.as_ref());
        set(&mut endpoint.on_failure, self.on_failure.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::EndpointId;

    const NOW: Timestamp = Timestamp::from_millis(2);

    fn endpoint(paused: bool) -> Endpoint {
        Endpoint {
            id: EndpointId::from_bytes([7; 16]),
            url: "https://example.com/".to_owned(),
            description: Some("orders".to_owned()),
            rate_limit_rps: Some(5),
            burst: Some(6),
            headers: None,
            retry_schedule: None,
            max_attempts: Some(7),
            paused,
            created_at: Timestamp::from_millis(1),
            updated_at: Timestamp::from_millis(1),
            tenant: None,
            event_types: None,
            filter: None,
            on_failure: None,
        }
    }

    #[test]
    fn each_change_makes_of_each_endpoint_what_it_says() {
        let update = EndpointChange::Update(Box::new(EndpointSettings {
            description: Some(None),
            burst: Some(Some(9)),
            ..EndpointSettings::default()
        }));
        for paused in [false, true] {
            let found = endpoint(paused);
            let touched = Endpoint { updated_at: NOW, ..found.clone() };
            let updated = Endpoint { description: None, burst: Some(9), ..touched.clone() };
            let table = [
                (&update, Some(updated), false),
                (&EndpointChange::Pause, Some(Endpoint { paused: true, ..touched.clone() }), false),
                (&EndpointChange::Resume, Some(Endpoint { paused: false, ..touched }), paused),
                (&EndpointChange::Delete, None, false),
            ];
            for (change, becomes, releases_messages) in table {
                assert_eq!(change.decide(&found, NOW), becomes, "{change:?}, paused: {paused}");
                assert_eq!(
                    change.releases_messages(&found),
                    releases_messages,
                    "{change:?}, paused: {paused}"
                );
            }
        }
    }

    #[test]
    fn every_setting_is_set_where_it_is_given_and_only_there() {
        let found = endpoint(false);
        let nothing = EndpointChange::Update(Box::default());
        assert_eq!(nothing.decide(&found, found.updated_at), Some(found.clone()));
        let cleared = EndpointChange::Update(Box::new(EndpointSettings {
            url: Some("https://example.org/".to_owned()),
            description: Some(None),
            rate_limit_rps: Some(None),
            burst: Some(None),
            headers: Some(None),
            retry_schedule: Some(Some(RetrySchedule::hookbridge())),
            max_attempts: Some(None),
            tenant: Some(Some("acme".to_owned())),
            event_types: Some(Some(vec![EventPattern::new("order.*").unwrap()])),
            filter: Some(Some(EventFilter::default())),
            on_failure: Some(Some(OnFailure::Halt)),
        }));
        let wanted = Endpoint {
            url: "https://example.org/".to_owned(),
            description: None,
            rate_limit_rps: None,
            burst: None,
            headers: None,
            retry_schedule: Some(RetrySchedule::hookbridge()),
            max_attempts: None,
            tenant: Some("acme".to_owned()),
            event_types: Some(vec![EventPattern::new("order.*").unwrap()]),
            filter: Some(EventFilter::default()),
            on_failure: Some(OnFailure::Halt),
            updated_at: NOW,
            ..found.clone()
        };
        assert_eq!(cleared.decide(&found, NOW), Some(wanted));
    }
}
