//! What the loop knows of the endpoints it delivers to.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::scheduler::{LaneSettings, RateLimit, RowMap};
use super::wire::address_guard::AddressGuard;
use super::wire::target::Target;
use crate::error::Result;
use crate::model::header_map::HeaderOwner;
use crate::model::ids::EndpointId;
use crate::model::retry_schedule::RetrySchedule;
use crate::outbox::sqlite::{SqliteFile, endpoints, signing_keys};
use crate::relay::forward;
use crate::remote::client::ServerLink;

/// An endpoint as deliveries need it.
pub(super) struct LaneEndpoint {
    pub id: EndpointId,
    pub target: Arc<Target>,
    pub retry_schedule: Option<RetrySchedule>,
    pub max_attempts: Option<u32>,
}

#[derive(Default)]
pub(super) struct LaneCache {
    lanes: RowMap<i64, LaneEndpoint>,
}

impl LaneCache {
    pub(super) fn get(&self, lane: i64) -> Option<&LaneEndpoint> {
        self.lanes.get(&lane)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = i64> + '_ {
        self.lanes.keys().copied()
    }

    /// Reads an endpoint anew, and says what the scheduler is to know of it.
    pub(super) fn load(
        &mut self,
        file: &SqliteFile,
        server: Option<&Arc<ServerLink>>,
        lane: i64,
    ) -> Result<Option<LaneSettings>> {
        let found = file.read(|connection| {
            let Some(stored) = endpoints::of_lane(connection, lane)? else { return Ok(None) };
            Ok(Some((stored.endpoint, signing_keys::of_endpoint(connection, lane)?)))
        })?;
        let Some((endpoint, keys)) = found else { return Ok(None) };
        if let Some(link) = server {
            self.lanes.insert(
                lane,
                LaneEndpoint {
                    id: endpoint.id,
                    target: Arc::new(Target::server(link.clone(), endpoint.id)),
                    retry_schedule: Some(forward::schedule()),
                    max_attempts: Some(forward::MOST_ATTEMPTS),
                },
            );
            // The server paces and pauses.
            return Ok(Some(LaneSettings { paused: false, rate_limit: None }));
        }
        // It was checked by the rules in force when it was written; what counts now is the address that is
        // connected to, which the guard checks at each attempt.
        let url = AddressGuard::new(true).check_url(&endpoint.url)?;
        let mut headers = endpoint.headers.unwrap_or_default();
        let refused = headers.take_refused(HeaderOwner::Endpoint);
        if !refused.is_empty() {
            tracing::warn!(
                target: "hookbridge::delivery",
                endpoint_id = %endpoint.id,
                headers = ?refused,
                "the endpoint's messages are sent without headers that an older version accepted and that are refused now"
            );
        }
        let secrets: Vec<_> = keys.into_iter().map(|key| key.secret).collect();
        let rate_limit = endpoint
            .rate_limit_rps
            .and_then(NonZeroU32::new)
            .map(|rps| RateLimit { rps, burst: endpoint.burst.and_then(NonZeroU32::new).unwrap_or(rps) });
        self.lanes.insert(
            lane,
            LaneEndpoint {
                id: endpoint.id,
                target: Arc::new(Target::new(&url, headers, &secrets)?),
                retry_schedule: endpoint.retry_schedule,
                max_attempts: endpoint.max_attempts,
            },
        );
        Ok(Some(LaneSettings { paused: endpoint.paused, rate_limit }))
    }
}
